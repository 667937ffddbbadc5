"""What is known of Plex: its libraries, and which item holds which file."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from peewee import SQL, fn

from state.database import LedgerDatabase, rows
from state.models import ItemPath, Missing, Target
from state.records import PathRecord, TargetRecord
from state.shown import Shown
from state.worded import GIVEN, SOME, Worded

_MISSING = Worded(Missing.select().order_by(Missing.title))
_TARGETS = Worded(Target.select().order_by(Target.id))
_OF_ITEMS = Worded(
    ItemPath.select().where(ItemPath.target == GIVEN, ItemPath.item.in_(SOME))
)
_HOLDING = Worded(
    ItemPath.select()
    .where(ItemPath.path.in_(SOME))
    .order_by(ItemPath.target, ItemPath.item, ItemPath.path)
)
_NUMBERED = Worded(
    ItemPath.select(SQL("rowid"), ItemPath.item, ItemPath.path).where(
        ItemPath.target == GIVEN, ItemPath.item.in_(SOME)
    )
)
# asked for the target as well, SQLite would go by that, and through all of its files
_HOLDERS = Worded(
    ItemPath.select(SQL("rowid"), ItemPath.target).where(ItemPath.path.in_(SOME))
)
_COUNT = Worded(
    ItemPath.select(fn.COUNT(ItemPath.path)).where(ItemPath.target == GIVEN)
)

_PAGE = 500
"""Rows that are gone through at a time, and go in one transaction at most."""


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

    def missing(self) -> dict[str, int]:
        """Read which libraries were looked for in vain, and since when."""
        return {row.title: row.since for row in _MISSING.models(self._db)}

    def put_missing(self, titles: Collection[str], *, now: int) -> None:
        """Record which libraries are missing; those that were stay so since then."""
        Missing.delete().where(Missing.title.not_in(list(titles))).execute()
        for title in titles:
            Missing.insert(title=title, since=now).on_conflict_ignore().execute()

    def listed(self, target: int, *, marker: str, cursor: int) -> None:
        """Record that a listing is complete, and up to where."""
        change = Target.update(marker=marker, cursor=cursor)
        change.where(Target.id == target).execute()

    def put(
        self,
        target: int,
        shown: Shown,
        pairs: Sequence[tuple[str, str]],
        *,
        is_complete: bool = True,
    ) -> list[str]:
        """Record (item, path) pairs of a listing; tell which paths came or went.

        A path that an item no longer has goes, unless the same listing has *shown* it:
        an item with many files may be spread over several calls. A file lies in one
        item: where another comes with it, the one that an older listing had it in has
        gone. Of what is known nothing is written, and nothing else is held of it than
        that a complete listing has shown it: the last word of another kind holds.
        """
        listed = set(pairs)
        known = self._numbered(target, listed)
        came = listed - known.keys()
        self._db.many(
            "INSERT INTO item_path (target, item, path) VALUES (?, ?, ?)",
            [(target, item, path) for item, path in sorted(came)],
        )
        there = self._numbered(target, listed) if came else known
        shown.add(there[pair] for pair in (listed if is_complete else came))
        gone = {
            pair: row
            for pair, row in known.items()
            if pair not in listed and row not in shown
        }
        self.drop(gone.values())
        held = _HOLDERS.rows(self._db, sorted({path for _, path in came}))
        self.drop(row for row, of in held if of == target and row not in shown)
        return sorted({path for _, path in came | gone.keys()})

    def unlisted(self, target: int, shown: Shown) -> Iterator[dict[int, str]]:
        """Yield what a complete listing has not *shown*: paths, by their rows.

        Goes through all that is known of the target, a page at a time; what was yielded
        may be dropped meanwhile.
        """
        last: tuple[str, ...] = ("", "")
        while page := self._db.ask(
            "SELECT item, path, rowid FROM item_path"
            " WHERE target = ? AND (item, path) > (?, ?) ORDER BY item, path LIMIT ?",
            *(target, *last, _PAGE),
        ):
            last = page[-1][:2]
            if some := {row: path for _, path, row in page if row not in shown}:
                yield some

    def drop(self, rows: Iterable[int]) -> None:
        """Forget some files of items, by their rows."""
        self._db.many("DELETE FROM item_path WHERE rowid = ?", [(row,) for row in rows])

    def paths(self, target: int, items: Iterable[str]) -> dict[str, set[str]]:
        """Read which files each of some items is known to hold."""
        found: dict[str, set[str]] = {}
        for row in _OF_ITEMS.models(self._db, target, items):
            found.setdefault(row.item, set()).add(row.path)
        return found

    def forget(self, target: int, item: str, *, but: Iterable[str] = ()) -> None:
        """Forget what an item was seen not to hold any more: all *but* these files."""
        ItemPath.delete().where(
            ItemPath.target == target,
            ItemPath.item == item,
            ItemPath.path.not_in(list(but)),
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

    def _numbered(
        self, target: int, pairs: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], int]:
        """Read all that the items of these pairs hold, with the number of each row."""
        items = sorted({item for item, _ in pairs})
        found = _NUMBERED.rows(self._db, target, items)
        return {(item, path): row for row, item, path in found}


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
