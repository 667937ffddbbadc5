"""Which item holds a file of which scene, and what is remembered of its fields."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from peewee import fn

from state.database import LedgerDatabase
from state.models import DeadLetter, Field, Journal, Link, Outbox, Target
from state.outbox import OutboxBook
from state.records import FieldRecord, LinkRecord, PathRecord
from state.worded import GIVEN, SOME, Worded

_PATH, _FORMER = "path", "former"
"""What a link rests on: a file of the scene, or of the scene that had its id before."""

_ADD = """
INSERT INTO link (target, item, scene, path, evidence, incarnation, lost)
VALUES (?, ?, ?, ?, ?, 1, 0) RETURNING id
"""

UNKNOWN = "?"
"""The marker of a library that may hold more than it was seen to when it was listed."""

_PUT_FIELD = """
INSERT INTO field
  (link, field, base, seen, verdict, reason, ours, first, owned, yielded, forms, wish)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (link, field) DO UPDATE SET
  base = excluded.base, seen = excluded.seen, verdict = excluded.verdict,
  reason = excluded.reason, ours = excluded.ours, first = excluded.first,
  owned = excluded.owned, yielded = excluded.yielded, forms = excluded.forms,
  wish = excluded.wish
"""

_BY_ID = Worded(Link.select().where(Link.id.in_(SOME)))
_OF_SCENES = Worded(Link.select().where(Link.scene.in_(SOME)).order_by(Link.id))
_AT = Worded(
    Link.select().where(Link.target == GIVEN, Link.item.in_(SOME)).order_by(Link.id)
)
_MEMORIES = Worded(Field.select().where(Field.link.in_(SOME)))
_DECIDED = Worded(
    Link.select(Link.scene)
    .join(Field, on=Field.link == Link.id)
    .where(Link.scene.in_(SOME))
    .distinct()
)
_OPEN = Journal.select(Journal.link).where(Journal.outcome.is_null())
_RIVAL = Link.alias()
_CONTESTED = Worded(
    Link.select(Link.id)
    .join(
        _RIVAL,
        on=(_RIVAL.target == Link.target)
        & (_RIVAL.item == Link.item)
        & (_RIVAL.scene != Link.scene),
    )
    .where(Link.id.in_(SOME), _RIVAL.lost == 0)
    .distinct()
)
_COUNTS = Worded(Link.select(Link.lost, fn.COUNT(Link.id)).group_by(Link.lost))


class Links:
    """The book of links."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def get(self, links: Iterable[int]) -> dict[int, LinkRecord]:
        """Read links by id."""
        return {row.id: _link(row) for row in _BY_ID.models(self._db, links)}

    def of_scenes(self, scenes: Iterable[int]) -> dict[int, list[LinkRecord]]:
        """Read the links of each scene, lost ones included."""
        found: dict[int, list[LinkRecord]] = defaultdict(list)
        for row in _OF_SCENES.models(self._db, scenes):
            found[row.scene].append(_link(row))
        return found

    def page(
        self,
        *,
        after: int,
        limit: int,
        scenes: Iterable[int] | None = None,
        target: int | None = None,
        with_lost: bool = False,
    ) -> list[LinkRecord]:
        """Read links in order: of some scenes, of a target, all; lost ones if asked."""
        query = Link.select().where(Link.id > after)
        if not with_lost:
            query = query.where(Link.lost == 0)
        if scenes is not None:
            query = query.where(Link.scene.in_(list(scenes)))
        if target is not None:
            query = query.where(Link.target == target)
        return [_link(row) for row in query.order_by(Link.id).limit(limit)]

    def add(self, scene: int, place: PathRecord) -> LinkRecord:
        """Link *scene* to the item that holds a file of it."""
        values = (place.target, place.item, scene, place.path, _PATH)
        ((key,),) = self._db.ask(_ADD, *values)
        return LinkRecord(
            id=key, target=place.target, item=place.item, scene=scene, path=place.path
        )

    def rebind(self, link: LinkRecord, place: PathRecord) -> LinkRecord:
        """Follow a scene to the item that holds its file now.

        Another item is a new incarnation: what was decided stays, what was seen does
        not. A write that may still land is left to who has the item that it lands on.
        """
        is_new = place.item != link.item
        incarnation = link.incarnation + int(is_new)
        Link.update(
            item=place.item,
            path=place.path,
            incarnation=incarnation,
            lost=0,
            evidence=_PATH,
        ).where(Link.id == link.id).execute()
        if is_new:
            Field.update(seen=None).where(Field.link == link.id).execute()
            self._leave_open(link)
        return LinkRecord(
            id=link.id,
            target=link.target,
            item=place.item,
            scene=link.scene,
            path=place.path,
            incarnation=incarnation,
        )

    def _leave_open(self, link: LinkRecord) -> None:
        there = [k for k in self.at([(link.target, link.item)]) if not k.is_lost]
        if there:
            is_its = (Journal.link == link.id) & Journal.outcome.is_null()
            Journal.update(link=there[0].id).where(is_its).execute()

    def at(self, items: Iterable[tuple[int, str]]) -> list[LinkRecord]:
        """Read every link to these items of targets, lost ones included."""
        found: list[LinkRecord] = []
        by_target: dict[int, list[str]] = defaultdict(list)
        for target, item in items:
            by_target[target].append(item)
        for target, keys in by_target.items():
            found += [_link(row) for row in _AT.models(self._db, target, keys)]
        return found

    def take_over(self, link: LinkRecord, scene: int, path: str) -> LinkRecord:
        """Give a link, with all that is remembered of it, to another scene.

        What was refused is not: that was what the scene before it had said.
        """
        DeadLetter.delete().where(DeadLetter.link == link.id).execute()
        Link.update(scene=scene, path=path, lost=0, evidence=_PATH).where(
            Link.id == link.id
        ).execute()
        return replace(link, scene=scene, path=path, is_lost=False, is_former=False)

    def exchange(
        self, link: LinkRecord, rival: LinkRecord
    ) -> tuple[LinkRecord, LinkRecord]:
        """Have the scenes of two links to one item change places, and no path.

        Returns the link that is the former's now, and the one that is the latter's.
        """
        # one scene has one link to an item: it makes room before the other comes
        Link.update(scene=-rival.scene).where(Link.id == rival.id).execute()
        given = self.take_over(link, rival.scene, link.path)
        return self.take_over(rival, link.scene, rival.path), given

    def inherit(self, link: LinkRecord, heir: LinkRecord) -> LinkRecord:
        """Let a link take the place of *heir*, of which nothing is decided yet.

        What was written, tried or asked for under the heir was of the same item. What
        the heir is owed waits while a write of the link may still land.
        """
        self._take_wishes(link.id, heir.id)
        self._take_entry(link.id, heir.id)
        Journal.update(link=link.id).where(Journal.link == heir.id).execute()
        DeadLetter.delete().where(DeadLetter.link == heir.id).execute()
        Link.delete().where(Link.id == heir.id).execute()
        return self.take_over(link, heir.scene, heir.path)

    def _take_entry(self, link: int, heir: int) -> None:
        """Owe a link what its heir is owed, and its own only while a write is open.

        That may still land, and what is newer waits as long as it does.
        """
        is_certain = Outbox.link.not_in(_OPEN)
        Outbox.delete().where(Outbox.link == link, is_certain).execute()
        owed = OutboxBook(self._db).of_links([link, heir])
        own, given = owed.get(link), owed.get(heir)
        if own is not None and given is not None:
            Outbox.update(
                fields=json.dumps(sorted({*own.fields, *given.fields})),
                cause=own.cause,
                not_before=max(own.not_before, given.not_before),
            ).where(Outbox.link == heir).execute()
            Outbox.delete().where(Outbox.link == link).execute()
        Outbox.update(link=link).where(Outbox.link == heir).execute()

    def _take_wishes(self, link: int, heir: int) -> None:
        records = self.memories([link])[link]
        wishes = {
            name: replace(records.get(name, FieldRecord()), wish=record.wish)
            for name, record in self.memories([heir])[heir].items()
        }
        self.remember(link, wishes)
        Field.delete().where(Field.link == heir).execute()

    def renew(self, link: int) -> None:
        """Meet the item as if for the first time: nothing of it is seen or settled."""
        Field.update(seen=None, verdict=None, wish=None).where(
            Field.link == link
        ).execute()

    def lose(self, links: Iterable[int]) -> None:
        """Record that these items no longer hold their scenes' files.

        What a library holds is known no more then: it may be what was listed already.
        """
        lost = list(links)
        Link.update(lost=1).where(Link.id.in_(lost)).execute()
        of_links = Link.select(Link.target).where(Link.id.in_(lost))
        listed = Target.id.in_(of_links) & (Target.marker != "")
        Target.update(marker=UNKNOWN).where(listed).execute()

    def disown(self, links: Iterable[int]) -> None:
        """Record that their scenes' ids have become others'."""
        Link.update(evidence=_FORMER).where(Link.id.in_(list(links))).execute()

    def decided(self, scenes: Iterable[int]) -> set[int]:
        """Find those scenes of whose links anything is remembered."""
        return {scene for (scene,) in _DECIDED.rows(self._db, scenes)}

    def contested(self, links: Iterable[int]) -> set[int]:
        """Find those links whose item several scenes claim."""
        return {link for (link,) in _CONTESTED.rows(self._db, links)}

    def memories(self, links: Iterable[int]) -> dict[int, dict[str, FieldRecord]]:
        """Read what is remembered of the fields of each link."""
        found: dict[int, dict[str, FieldRecord]] = defaultdict(dict)
        for row in _MEMORIES.models(self._db, links):
            found[row.link][row.field] = _field(row)
        return found

    def remember(self, link: int, fields: Mapping[str, FieldRecord]) -> None:
        """Record what is to be remembered of some fields of a link."""
        values = [(link, name, *_values(record)) for name, record in fields.items()]
        self._db.many(_PUT_FIELD, values)

    def counts(self) -> dict[str, int]:
        """Count links by how they stand: linked, lost."""
        counts = _COUNTS.rows(self._db)
        return {"lost" if lost else "linked": count for lost, count in counts}

    def contested_items(self) -> int:
        """Count the items that several scenes claim."""
        query = Link.select(Link.item).where(Link.lost == 0)
        return (
            query.group_by(Link.target, Link.item).having(fn.COUNT(Link.id) > 1).count()
        )


def _link(row: Link) -> LinkRecord:
    return LinkRecord(
        id=row.id,
        target=row.target,
        item=row.item,
        scene=row.scene,
        path=row.path,
        incarnation=row.incarnation,
        is_lost=bool(row.lost),
        is_former=row.evidence == _FORMER,
    )


def _values(record: FieldRecord) -> tuple[object, ...]:
    return (
        record.base,
        record.seen,
        record.verdict,
        record.reason,
        int(record.ours),
        record.first,
        record.owned,
        record.yielded,
        record.forms,
        record.wish,
    )


def _field(row: Field) -> FieldRecord:
    return FieldRecord(
        base=row.base,
        seen=row.seen,
        verdict=row.verdict,
        reason=row.reason,
        ours=bool(row.ours),
        first=row.first,
        owned=row.owned,
        yielded=row.yielded,
        forms=row.forms,
        wish=row.wish,
    )
