"""What each PUT was about to do, what was there, and what became of it."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from peewee import ModelSelect, fn

from state.database import LedgerDatabase, rows
from state.models import Journal
from state.records import JournalRecord
from state.worded import GIVEN, SOME, Worded

_OPEN = """
INSERT INTO journal
  (link, target, item, scene, pass, planned, revision, opened_at, fields, overwrites,
   removals, taken)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""

_PART = """
INSERT INTO journal
  (link, target, item, scene, pass, planned, revision, opened_at, fields, overwrites,
   removals, taken)
SELECT link, target, item, scene, pass, planned, revision, opened_at, ?, 0, 0, '[]'
FROM journal WHERE id = ?
"""

LANDS_WITHIN = 60
"""Seconds within which a write that is open may still land."""

# few rows are open, as a rule; by its own choice SQLite walks through all there are,
# from the newest on
_LAST_OPENED = """
SELECT MAX(opened_at) FROM journal INDEXED BY journal_open
JOIN link ON link.target = journal.target AND link.item = journal.item
WHERE journal.outcome IS NULL AND link.id = ?
"""

_OPENED = Worded(
    Journal.select()
    .where(Journal.outcome.is_null(), Journal.id > GIVEN)
    .order_by(Journal.id)
    .limit(GIVEN)
)
_OF_LINKS = Worded(
    Journal.select()
    .where(Journal.link.in_(SOME), Journal.opened_at >= GIVEN)
    .order_by(Journal.id)
)
_OLD = Journal.select(Journal.id).where(
    Journal.opened_at < GIVEN, Journal.outcome.is_null(is_null=False)
)
_PRUNE = Worded(Journal.delete().where(Journal.id.in_(_OLD.limit(GIVEN))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Which rows are asked for; the default is all."""

    pass_id: int | None = None
    """The pass that sent it, or that planned it."""
    scenes: Collection[int] | None = None
    since: int | None = None

    def holds(self, row: JournalRecord) -> bool:
        """Whether *row* is one of them."""
        return (
            self.pass_id in {None, row.pass_id, row.planned}
            and (self.scenes is None or row.scene in self.scenes)
            and row.opened_at >= (self.since or 0)
        )


class JournalBook:
    """The book of writes; a row without an outcome is open."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def open(
        self,
        row: JournalRecord,
        *,
        now: int,
        overwrites: int,
        removals: int,
        taken: Iterable[str] = (),
    ) -> JournalRecord:
        """Write down a PUT that is about to be sent; the id given is ignored."""
        about = (row.link, row.target, row.item, row.scene, row.pass_id, row.planned)
        weight = (overwrites, removals, json.dumps(list(taken)))
        ((key,),) = self._db.ask(_OPEN, *about, row.revision, now, row.fields, *weight)
        return replace(row, id=key, outcome=None, opened_at=now)

    def narrow(self, row: int, fields: str) -> None:
        """Leave of a row what was sent: the rest of it never was."""
        self._db.ask("UPDATE journal SET fields = ? WHERE id = ?", fields, row)

    def part(self, row: int, fields: str, outcome: str, *, rest: str) -> None:
        """Close a row with some of its fields; the *rest* has an open one of its own.

        What the write weighs stays with the first.
        """
        self._db.ask(_PART, rest, row)
        self.narrow(row, fields)
        self.close(row, outcome)

    def close(self, row: int, outcome: str) -> None:
        """Write down what became of it."""
        self._db.ask("UPDATE journal SET outcome = ? WHERE id = ?", outcome, row)

    def opened(self, limit: int, *, after: int = 0) -> list[JournalRecord]:
        """Read rows beyond *after* whose outcome is not known, as they were written."""
        return [_record(row) for row in _OPENED.models(self._db, after, limit)]

    def page(
        self, *, scene: int | None, before: int | None, limit: int
    ) -> list[JournalRecord]:
        """Read rows of a scene or of all, the newest first, older than *before*."""
        query = Journal.select()
        if scene is not None:
            query = query.where(Journal.scene == scene)
        if before is not None:
            query = query.where(Journal.id < before)
        return [_record(row) for row in query.order_by(Journal.id.desc()).limit(limit)]

    def links(self, extent: Extent, *, after: int, limit: int) -> list[int]:
        """Name the links beyond *after* that rows of an extent are about, in order."""
        query = Journal.select(Journal.link).where(Journal.link > after)
        found = _within(query, extent).distinct().order_by(Journal.link).limit(limit)
        return [link for (link,) in rows(found)]

    def of_links(
        self, links: Iterable[int], *, since: int = 0
    ) -> dict[int, list[JournalRecord]]:
        """Read each link's rows since a moment, in the order they were written."""
        found: dict[int, list[JournalRecord]] = defaultdict(list)
        for row in _OF_LINKS.models(self._db, links, since):
            found[row.link].append(_record(row))
        return found

    def prune(self, before: int, limit: int) -> int:
        """Forget some closed rows that were opened before a moment; tell how many."""
        return _PRUNE.run(self._db, before, limit)

    def of_passes(
        self, passes: Collection[int], *, excluding: Iterable[str]
    ) -> Counter[int]:
        """Count the rows that each of these passes has sent or planned.

        But for those with an outcome of *excluding*, which changed nothing.
        """
        numbers = list(passes)
        is_of = Journal.pass_id.in_(numbers) | Journal.planned.in_(numbers)
        is_done = Journal.outcome.is_null() | Journal.outcome.not_in(list(excluding))
        query = Journal.select(Journal.pass_id, Journal.planned, fn.COUNT(Journal.id))
        grouped = query.where(is_of, is_done).group_by(Journal.pass_id, Journal.planned)
        found = Counter[int]()
        for sent, planned, count in rows(grouped):
            found.update(dict.fromkeys({sent, planned} & set(numbers), count))
        return found

    def counts(self) -> dict[str, int]:
        """Count rows by outcome."""
        query = Journal.select(Journal.outcome, fn.COUNT(Journal.id))
        grouped = query.group_by(Journal.outcome)
        return {outcome or "open": count for outcome, count in rows(grouped)}


def certain_at(db: LedgerDatabase, link: int, now: int) -> int:
    """Say when no open write to a link's item can land any more; 0: none is open."""
    ((opened,),) = db.ask(_LAST_OPENED, link)
    # one of a time to come was opened by a clock that was wrong
    return 0 if opened is None else min(opened, now) + LANDS_WITHIN


def _within(query: "ModelSelect[Any]", extent: Extent) -> "ModelSelect[Any]":
    if extent.pass_id is not None:
        is_sent = Journal.pass_id == extent.pass_id
        query = query.where(is_sent | (Journal.planned == extent.pass_id))
    if extent.scenes is not None:
        query = query.where(Journal.scene.in_(sorted(extent.scenes)))
    if extent.since is not None:
        query = query.where(Journal.opened_at >= extent.since)
    return query


def _record(row: Journal) -> JournalRecord:
    return JournalRecord(
        id=row.id,
        link=row.link,
        target=row.target,
        item=row.item,
        scene=row.scene,
        pass_id=row.pass_id,
        planned=row.planned,
        revision=row.revision,
        fields=row.fields,
        outcome=row.outcome,
        opened_at=row.opened_at,
    )
