"""What is known of Plex: its libraries, and which item holds which file."""

from collections.abc import Iterable, Sequence

from peewee import fn

from state.database import LedgerDatabase, rows
from state.models import ItemPath, Target
from state.records import PathRecord, TargetRecord
from state.worded import GIVEN, SOME, Worded

_TARGETS = Worded(Target.select().order_by(Target.id))
_OF_ITEMS = Worded(
    ItemPath.select().where(ItemPath.target == GIVEN, ItemPath.item.in_(SOME))
)
_HOLDING = Worded(
    ItemPath.select()
    .where(ItemPath.path.in_(SOME))
    .order_by(ItemPath.target, ItemPath.item, ItemPath.path)
)
_NEWEST_LISTING = Worded(
    ItemPath.select(fn.MAX(ItemPath.listing)).where(ItemPath.target == GIVEN)
)
_COUNT = Worded(
    ItemPath.select(fn.COUNT(ItemPath.path)).where(ItemPath.target == GIVEN)
)


class Items:
    """The book of what Plex has, as far as listings tell."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def targets(self) -> list[TargetRecord]:
        """Read every library that was ever a target."""
        return [_target(row) for row in _TARGETS.models(self._db)]

    def put_targets(self, targets: Sequence[tuple[str, str, str]]) -> None:
        """Take (machine, section, title) for the targets, and no others any more."""
        Target.update(active=0).execute()
        for machine, section, title in targets:
            Target.insert(
                machine=machine,
                section=section,
                title=title,
                marker="",
                cursor=0,
                active=1,
            ).on_conflict(
                conflict_target=[Target.machine, Target.section],
                update={Target.title: title, Target.active: 1},
            ).execute()

    def listed(self, target: int, *, marker: str, cursor: int) -> None:
        """Record that a listing is complete, and up to where."""
        change = Target.update(marker=marker, cursor=cursor)
        change.where(Target.id == target).execute()

    def next_listing(self, target: int) -> int:
        """Give a number to a listing that is about to be recorded."""
        ((newest,),) = _NEWEST_LISTING.rows(self._db, target)
        return int(newest or 0) + 1

    def put(
        self,
        target: int,
        listing: int,
        pairs: Sequence[tuple[str, str]],
        *,
        is_complete: bool = True,
    ) -> list[str]:
        """Record (item, path) pairs of a listing; tell which paths came or went.

        A path that an item no longer has goes, unless the same listing had it: an item
        with many files may be spread over several calls. A file lies in one item: where
        another comes with it, the one that an older listing had it in has gone. Only a
        complete listing numbers what is known anew: others write nothing about it.
        """
        listed = set(pairs)
        items = sorted({item for item, _ in listed})
        known = {
            (row.item, row.path): row.listing
            for row in _OF_ITEMS.models(self._db, target, items)
        }
        self._db.many(
            "INSERT INTO item_path (target, item, path, listing) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (target, item, path)"
            " DO UPDATE SET listing = excluded.listing",
            [
                (target, item, path, listing)
                for item, path in pairs
                if is_complete or (item, path) not in known
            ],
        )
        came = listed - known.keys()
        gone = {
            pair
            for pair, last in known.items()
            if last != listing and pair not in listed
        }
        self._db.many(
            "DELETE FROM item_path WHERE target = ? AND item = ? AND path = ?",
            [(target, item, path) for item, path in gone],
        )
        self._db.many(
            "DELETE FROM item_path WHERE target = ? AND path = ? AND listing < ?",
            [(target, path, listing) for _, path in came],
        )
        return sorted({path for _, path in came | gone})

    def paths(self, target: int, items: Iterable[str]) -> dict[str, set[str]]:
        """Read which files each of some items is known to hold."""
        found: dict[str, set[str]] = {}
        for row in _OF_ITEMS.models(self._db, target, items):
            found.setdefault(row.item, set()).add(row.path)
        return found

    def drop_unlisted(self, target: int, listing: int, limit: int) -> list[str]:
        """Forget, and name, some paths that a complete *listing* did not have."""
        unlisted = (ItemPath.target == target) & (ItemPath.listing != listing)
        query = (
            ItemPath.select(ItemPath.item, ItemPath.path).where(unlisted).limit(limit)
        )
        stale = rows(query)
        self._db.many(
            "DELETE FROM item_path WHERE target = ? AND item = ? AND path = ?",
            [(target, item, path) for item, path in stale],
        )
        return [path for _, path in stale]

    def forget(self, target: int, item: str) -> None:
        """Forget an item that was seen not to be there, or not to hold its file."""
        ItemPath.delete().where(
            ItemPath.target == target, ItemPath.item == item
        ).execute()

    def holding(self, paths: Iterable[str]) -> list[PathRecord]:
        """Find every item, in whatever target, that holds one of these files."""
        return [
            PathRecord(target=row.target, item=row.item, path=row.path)
            for row in _HOLDING.models(self._db, paths)
        ]

    def beginning(
        self, target: int, path: str, limit: int = -1
    ) -> list[tuple[str, str]]:
        """Find (item, file) of the files in *target* whose paths begin so."""
        end = path[:-1] + chr(ord(path[-1]) + 1)
        # the plus keeps SQLite from going by the target, and through all of its files
        found = self._db.ask(
            "SELECT item, path FROM item_path WHERE path >= ? AND path < ?"
            " AND +target = ? ORDER BY path LIMIT ?",
            *(path, end, target, limit),
        )
        return [(item, file) for item, file in found]

    def named_alike(self, path: str, limit: int = 3) -> list[str]:
        """Find some files of the same name elsewhere; walks over all paths."""
        name = path.replace("\\", "/").rsplit("/", 1)[-1]
        alike = ItemPath.path.endswith(f"/{name}") | ItemPath.path.endswith(f"\\{name}")
        query = ItemPath.select(ItemPath.path).where(alike).distinct()
        order = query.order_by(ItemPath.path)
        return [found for (found,) in rows(order.limit(limit))]

    def count(self, target: int) -> int:
        """Count the files that a target's items hold."""
        ((count,),) = _COUNT.rows(self._db, target)
        return int(count)


def _target(row: Target) -> TargetRecord:
    return TargetRecord(
        id=row.id,
        machine=row.machine,
        section=row.section,
        title=row.title,
        marker=row.marker,
        cursor=row.cursor,
        is_active=bool(row.active),
    )
