"""What is owed to Plex, newest wins: owe, settle, postpone, bury, cancel."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from peewee import fn

from state import loads
from state.database import LedgerDatabase, rows
from state.due import WISHED, Due, count_put_off, count_tried, read_due, read_tried
from state.journal import certain_at
from state.models import DeadLetter, Field, Outbox
from state.records import (
    EntryRecord,
    FailureRecord,
    LoadRecord,
    Stage,
    TriesRecord,
    WeightRecord,
)
from state.tries import most, once_more, tries_of, tries_text
from state.worded import GIVEN, SOME, Worded

_OWE = """
INSERT OR REPLACE INTO outbox
  (link, target, fields, revision, stage, cause, pass, owed_at, attempts, not_before,
   tries)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_OWED = """
SELECT fields, stage, pass, revision, tries FROM outbox WHERE link = ?
"""

_DROPPED = """
SELECT field FROM dead_letter
WHERE link = ? AND revision = ? AND dropped_at IS NOT NULL
"""

_LEAVE = "UPDATE outbox SET fields = ?, tries = ?, attempts = ? WHERE link = ?"

_POSTPONE = """
UPDATE outbox SET attempts = ?, not_before = ?, error = ?, tries = ? WHERE link = ?
"""

_COUNTS = Worded(
    Outbox.select(Outbox.stage, fn.COUNT(Outbox.link)).group_by(Outbox.stage)
)
_PLANNED = Worded(
    Outbox.select(Outbox.pass_id)
    .where(Outbox.stage == Stage.PLANNED)
    .distinct()
    .order_by(Outbox.pass_id)
)
_NEXT_DUE = Worded(
    Outbox.select(fn.MIN(Outbox.not_before)).where(Outbox.not_before > GIVEN)
)
_OF_LINKS = Worded(Outbox.select().where(Outbox.link.in_(SOME)))
_CANCEL = Worded(Outbox.delete().where(Outbox.link.in_(SOME)))


class OutboxBook:
    """The book of deliveries owed."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def owe(self, entry: EntryRecord, *, now: int) -> None:
        """Owe a delivery; it takes the place of whatever was owed to the link.

        Fields still owed from before stay owed, under the new revision; and what has
        not been let go yet stays with the pass that planned it. While a write of the
        item is open, whichever link's, what is newer waits until it cannot land.
        Dead letters of the fields are taken back, and what was tried in vain stays so,
        unless the revision is another. What was dropped is owed only then.
        """
        dropped = self._db.ask(_DROPPED, entry.link, entry.revision)
        fields = set(entry.fields) - {name for (name,) in dropped}
        if fields:
            self._owe(replace(entry, fields=tuple(fields)), now=now)

    def ask(self, entry: EntryRecord, *, now: int) -> None:
        """Owe what a person asked for; what the brake has not let go stays planned.

        Its attempts begin anew, and what was dropped is owed as well.
        """
        owed = self.of_links([entry.link]).get(entry.link)
        is_planned = owed is not None and owed.stage == Stage.PLANNED
        stage = Stage.PLANNED if is_planned else Stage.RELEASED
        asked = frozenset(entry.fields)
        self._owe(replace(entry, stage=stage), now=now, anew=asked)

    def _owe(
        self, entry: EntryRecord, *, now: int, anew: frozenset[str] = frozenset()
    ) -> None:
        fields, pass_id = set(entry.fields), entry.pass_id
        not_before = certain_at(self._db, entry.link, now)
        tries: dict[str, TriesRecord] = {}
        for names, stage, number, revision, tried in self._db.ask(_OWED, entry.link):
            fields |= set(json.loads(names))
            pass_id = number if stage == Stage.PLANNED else pass_id
            tries = tries_of(tried) if revision == entry.revision else {}
        tries = {name: one for name, one in tries.items() if name not in anew}
        entry = replace(entry, fields=tuple(sorted(fields)), pass_id=pass_id)
        values = _values(entry, now)
        self._db.ask(_OWE, *values, most(tries), not_before, tries_text(tries))
        self._db.many(
            "DELETE FROM dead_letter WHERE link = ? AND field = ?",
            [(entry.link, name) for name in entry.fields],
        )

    def cancel(self, links: Iterable[int]) -> None:
        """Owe these links nothing any more."""
        _CANCEL.run(self._db, links)

    def cancel_unasked(self, link: int) -> None:
        """Owe a link nothing any more but what a person asked for by a command."""
        entry = self.of_links([link]).get(link)
        if entry is not None:
            wished = Field.select(Field.field).where(
                Field.link == link, Field.wish.is_null(is_null=False)
            )
            unasked = set(entry.fields) - {name for (name,) in rows(wished)}
            self.settle(link, revision=entry.revision, fields=unasked)

    def settle(self, link: int, *, revision: int, fields: Iterable[str]) -> None:
        """Strike off fields that are done, if *revision* is still the newest."""
        entry = self.of_links([link]).get(link)
        if entry is None or entry.revision != revision:
            return
        left = sorted(set(entry.fields) - set(fields))
        if left:
            tries = {name: one for name, one in entry.tries.items() if name in left}
            values = (json.dumps(left), tries_text(tries), most(tries))
            self._db.ask(_LEAVE, *values, link)
        else:
            self.cancel([link])

    def postpone(
        self,
        link: int,
        *,
        not_before: int,
        error: str,
        now: int,
        fields: Iterable[str] | None = None,
    ) -> None:
        """Count a delivery of *fields*, or of all, that did not come off; try later."""
        entry = self.of_links([link]).get(link)
        if entry is None:
            return
        tries = dict(entry.tries)
        for name in entry.fields if fields is None else fields:
            tries[name] = once_more(tries.get(name), now)
        values = (most(tries), not_before, error, tries_text(tries))
        self._db.ask(_POSTPONE, *values, link)

    def give_cause(self, link: int, cause: str) -> None:
        """Say what has a link looked at from now on."""
        Outbox.update(cause=cause).where(Outbox.link == link).execute()

    def bury(
        self,
        link: int,
        *,
        revision: int,
        fields: Iterable[str],
        failure: FailureRecord,
        now: int,
    ) -> None:
        """Make dead letters of fields, if *revision* is still the newest."""
        entry = self.of_links([link]).get(link)
        if not (entry and entry.revision == revision):
            return  # cancelled or owed anew meanwhile: there is nothing to give up
        names = sorted(set(fields))
        for name in names:
            tried = once_more(entry.tries.get(name), now)
            DeadLetter.insert(
                link=link,
                field=name,
                target=entry.target,
                revision=entry.revision,
                attempts=tried.attempts,
                first_at=tried.first_at,
                buried_at=now,
                error=failure.error,
                kind=failure.kind,
                chain=json.dumps(failure.chain),
                server=failure.server,
            ).on_conflict_replace().execute()
        self.settle(link, revision=entry.revision, fields=names)

    def due(self, due: Due, limit: int) -> list[EntryRecord]:
        """Read entries in the order of their links."""
        return [_entry(row) for row in read_due(self._db, due, limit)]

    def tried(self, limit: int) -> list[EntryRecord]:
        """Read released entries tried in vain, the next to be tried first."""
        return [_entry(row) for row in read_tried(self._db, limit)]

    def of_links(self, links: Iterable[int]) -> dict[int, EntryRecord]:
        """Read what is owed to some links."""
        return {row.link: _entry(row) for row in _OF_LINKS.models(self._db, links)}

    def forecast(self, weights: Mapping[int, WeightRecord]) -> None:
        """Record what entries would come to, by their links, where that is not known.

        What was judged once is not judged otherwise by who only looks.
        """
        self._db.many(
            "UPDATE outbox SET overwrites = ?, removals = ?, rewrites = ?, writes = ?,"
            " taken = ? WHERE link = ? AND overwrites IS NULL",
            [
                (
                    w.overwrites,
                    w.removals,
                    w.rewrites,
                    w.writes,
                    json.dumps(w.taken),
                    link,
                )
                for link, w in weights.items()
            ],
        )

    def load(
        self, pass_id: int, *, since: int, excluding: Iterable[str] = ()
    ) -> LoadRecord:
        """Add up what a pass's planned entries come to, and what counts beside them.

        That is what was written *since*, but for rows with an outcome of *excluding*,
        which changed nothing, and the forecast of what is released; neither counts of
        passes that were approved.
        """
        return loads.add_up(self._db, pass_id, since, excluding)

    def release(
        self, pass_id: int, *, is_seen: bool = False, is_idle: bool = False
    ) -> int:
        """Let delivery take a pass's planned entries; tell how many.

        Only those that are forecast, where they have to be *seen*, or *idle*: those
        that would write nothing, and only have to be looked at.
        """
        change = Outbox.update(stage=Stage.RELEASED)
        mine = (Outbox.stage == Stage.PLANNED) & (Outbox.pass_id == pass_id)
        if is_seen:
            mine &= Outbox.overwrites.is_null(is_null=False)
        if is_idle:
            mine &= Outbox.writes == 0
        return int(change.where(mine).execute())

    def retract(self) -> list[int]:
        """Take back what was let go and is still owed; name the passes it is of."""
        query = Outbox.select(Outbox.pass_id).where(Outbox.stage == Stage.RELEASED)
        passes = [p for (p,) in rows(query.distinct().order_by(Outbox.pass_id))]
        change = Outbox.update(stage=Stage.PLANNED)
        change.where(Outbox.stage == Stage.RELEASED).execute()
        return passes

    def planned_passes(self) -> list[int]:
        """Name the passes that still have planned entries."""
        return [p for (p,) in _PLANNED.rows(self._db)]

    def counts(self) -> dict[str, int]:
        """Count entries by stage."""
        return dict(_COUNTS.rows(self._db))

    def asked(self) -> int:
        """Count the entries with a field that a person asked something of."""
        return Outbox.select().where(Outbox.link.in_(WISHED)).count()

    def next_due(self, now: int) -> int | None:
        """Say when the first of what is put off is to be tried, in unix seconds."""
        ((moment,),) = _NEXT_DUE.rows(self._db, now)
        return None if moment is None else int(moment)

    def postponed(self) -> int:
        """Count the released entries that were tried and are still owed."""
        return count_tried(self._db)

    def put_off(self, now: int, horizon: int) -> tuple[int, int | None]:
        """Count those of them that wait, and say when the first is tried, unix seconds.

        What is not to be tried before *horizon* either does not wait, as in `Due`.
        """
        return count_put_off(self._db, now, horizon)


def _values(entry: EntryRecord, owed_at: int) -> tuple[object, ...]:
    return (
        entry.link,
        entry.target,
        json.dumps(entry.fields),
        entry.revision,
        entry.stage,
        entry.cause,
        entry.pass_id,
        owed_at,
    )


def _entry(row: Outbox) -> EntryRecord:
    return EntryRecord(
        link=row.link,
        target=row.target,
        fields=tuple(json.loads(row.fields)),
        revision=row.revision,
        stage=Stage(row.stage),
        cause=row.cause,
        pass_id=row.pass_id,
        attempts=row.attempts,
        not_before=row.not_before,
        error=row.error,
        tries=tries_of(row.tries),
    )
