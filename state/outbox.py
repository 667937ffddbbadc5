"""What is owed to Plex: one entry a link, the newest wins.

Owe, settle, postpone, bury, cancel.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from peewee import fn

from state.database import LedgerDatabase, rows
from state.models import DeadLetter, Field, Link, Outbox
from state.records import (
    DeadLetterRecord,
    EntryRecord,
    LoadRecord,
    Stage,
    WeightRecord,
)

_OWE = """
INSERT OR REPLACE INTO outbox
  (link, target, fields, revision, stage, cause, pass, owed_at, attempts, not_before)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
"""

_OWED = """
SELECT fields, stage, pass, not_before, EXISTS (
  SELECT 1 FROM journal WHERE journal.link = outbox.link AND outcome IS NULL
) FROM outbox WHERE link = ?
"""

_LOAD = """
WITH mine AS (
  SELECT overwrites, removals, rewrites, taken FROM outbox
  WHERE stage = 'planned' AND pass = ?
), done AS (
  SELECT overwrites, removals, 0 AS rewrites, taken FROM journal
  WHERE opened_at >= ?
    AND (outcome IS NULL OR outcome NOT IN (SELECT value FROM json_each(?)))
    AND planned NOT IN (SELECT id FROM pass WHERE approved)
  UNION ALL
  SELECT overwrites, removals, rewrites, taken FROM outbox
  WHERE stage = 'released' AND pass NOT IN (SELECT id FROM pass WHERE approved)
), mine_taken AS (
  SELECT DISTINCT element.value FROM mine, json_each(mine.taken) AS element
), done_taken AS (
  SELECT DISTINCT element.value FROM done, json_each(done.taken) AS element
)
SELECT
  (SELECT COALESCE(SUM(overwrites), 0) FROM mine),
  (SELECT COALESCE(SUM(removals), 0) FROM mine) + (
    SELECT COUNT(*) FROM mine_taken WHERE value NOT IN (SELECT value FROM done_taken)
  ),
  (SELECT COALESCE(SUM(rewrites), 0) FROM mine),
  (SELECT COALESCE(SUM(overwrites), 0) FROM done),
  (SELECT COALESCE(SUM(removals), 0) FROM done) + (SELECT COUNT(*) FROM done_taken),
  (SELECT COALESCE(SUM(rewrites), 0) FROM done)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Which entries are asked for."""

    stage: Stage | None = None
    now: int | None = None
    """Leave out what is not to be tried yet."""
    horizon: int | None = None
    """What is not to be tried before then either was put off by a clock that was wrong,
    and is not left out."""
    target: int | None = None
    after: int = 0
    """Continue behind this link."""
    pass_id: int | None = None
    is_unseen: bool = False
    """Only those of which it is not known yet what they would come to."""
    is_wished: bool = False
    """Only those with a field that a person asked something of."""


class OutboxBook:
    """The book of deliveries owed."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def owe(self, entry: EntryRecord, *, now: int) -> None:
        """Owe a delivery; it takes the place of whatever was owed to the link.

        Fields still owed from before stay owed, under the new revision; and what has
        not been let go yet stays with the pass that planned it. While a write is open
        of which it is not known if it landed, what is newer waits as long as it does.
        """
        fields, pass_id, not_before = set(entry.fields), entry.pass_id, 0
        for names, stage, number, moment, is_open in self._db.ask(_OWED, entry.link):
            fields |= set(json.loads(names))
            pass_id = number if stage == Stage.PLANNED else pass_id
            not_before = moment if is_open else 0
        entry = replace(entry, fields=tuple(sorted(fields)), pass_id=pass_id)
        self._db.ask(_OWE, *_values(entry, now), not_before)
        self._db.many(
            "DELETE FROM dead_letter WHERE link = ? AND field = ?",
            [(entry.link, name) for name in entry.fields],
        )

    def ask(self, entry: EntryRecord, *, now: int) -> None:
        """Owe what a person asked for; what the brake has not let go stays planned."""
        query = Outbox.select(Outbox.stage).where(Outbox.link == entry.link)
        is_planned = [stage for (stage,) in rows(query)] == [Stage.PLANNED]
        stage = Stage.PLANNED if is_planned else Stage.RELEASED
        self.owe(replace(entry, stage=stage), now=now)

    def cancel(self, links: Iterable[int]) -> None:
        """Owe these links nothing any more."""
        Outbox.delete().where(Outbox.link.in_(list(links))).execute()

    def cancel_unasked(self, link: int) -> None:
        """Owe a link nothing any more but what a person asked for by a command."""
        entry = Outbox.get_or_none(Outbox.link == link)
        if entry is not None:
            wished = Field.select(Field.field).where(
                Field.link == link, Field.wish.is_null(is_null=False)
            )
            unasked = set(json.loads(entry.fields)) - {name for (name,) in rows(wished)}
            self.settle(link, revision=entry.revision, fields=unasked)

    def settle(self, link: int, *, revision: int, fields: Iterable[str]) -> None:
        """Strike off fields that are done, if *revision* is still the newest."""
        entry = Outbox.get_or_none(Outbox.link == link)
        if entry is None or entry.revision != revision:
            return
        left = sorted(set(json.loads(entry.fields)) - set(fields))
        if left:
            Outbox.update(fields=json.dumps(left)).where(Outbox.link == link).execute()
        else:
            Outbox.delete().where(Outbox.link == link).execute()

    def postpone(
        self, link: int, *, not_before: int, error: str, cause: str | None = None
    ) -> None:
        """Count a delivery that did not come off, and try it later."""
        Outbox.update(
            attempts=Outbox.attempts + 1,
            not_before=not_before,
            error=error,
            cause=Outbox.cause if cause is None else cause,
        ).where(Outbox.link == link).execute()

    def bury(
        self, link: int, *, revision: int, fields: Iterable[str], error: str, now: int
    ) -> None:
        """Make dead letters of fields, if *revision* is still the newest."""
        entry = Outbox.get_or_none(Outbox.link == link, Outbox.revision == revision)
        if entry is None:
            return  # cancelled or owed anew meanwhile: there is nothing to give up
        names = sorted(set(fields))
        for name in names:
            DeadLetter.insert(
                link=link,
                field=name,
                target=entry.target,
                revision=entry.revision,
                attempts=entry.attempts + 1,
                buried_at=now,
                error=error,
            ).on_conflict_replace().execute()
        self.settle(link, revision=entry.revision, fields=names)

    def due(self, due: Due, limit: int) -> list[EntryRecord]:
        """Read entries in the order of their links."""
        query = Outbox.select().where(Outbox.link > due.after)
        if due.stage is not None:
            query = query.where(Outbox.stage == due.stage)
        if due.now is not None:
            is_ripe = Outbox.not_before <= due.now
            if due.horizon is not None:
                is_ripe |= Outbox.not_before > due.horizon
            query = query.where(is_ripe)
        if due.target is not None:
            query = query.where(Outbox.target == due.target)
        if due.pass_id is not None:
            query = query.where(Outbox.pass_id == due.pass_id)
        if due.is_unseen:
            query = query.where(Outbox.overwrites.is_null())
        if due.is_wished:
            wished = Field.select(Field.link).where(Field.wish.is_null(is_null=False))
            query = query.where(Outbox.link.in_(wished))
        return [_entry(row) for row in query.order_by(Outbox.link).limit(limit)]

    def of_links(self, links: Iterable[int]) -> dict[int, EntryRecord]:
        """Read what is owed to some links."""
        query = Outbox.select().where(Outbox.link.in_(list(links)))
        return {row.link: _entry(row) for row in query}

    def forecast(self, weights: Mapping[int, WeightRecord]) -> None:
        """Record what entries would come to, by their links."""
        self._db.many(
            "UPDATE outbox SET overwrites = ?, removals = ?, rewrites = ?, taken = ?"
            " WHERE link = ?",
            [
                (w.overwrites, w.removals, w.rewrites, json.dumps(w.taken), link)
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
        nothing = json.dumps(list(excluding))
        ((overwrites, removals, rewrites, *done),) = self._db.ask(
            _LOAD, pass_id, since, nothing
        )
        return LoadRecord(
            overwrites=overwrites,
            removals=removals,
            rewrites=rewrites,
            done_overwrites=done[0],
            done_removals=done[1],
            done_rewrites=done[2],
        )

    def release(self, pass_id: int, *, is_seen: bool = False) -> int:
        """Let delivery take a pass's planned entries; tell how many.

        Only those that are forecast, where they have to be *seen*.
        """
        change = Outbox.update(stage=Stage.RELEASED)
        mine = (Outbox.stage == Stage.PLANNED) & (Outbox.pass_id == pass_id)
        if is_seen:
            mine &= Outbox.overwrites.is_null(is_null=False)
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
        query = Outbox.select(Outbox.pass_id).where(Outbox.stage == Stage.PLANNED)
        return [p for (p,) in rows(query.distinct().order_by(Outbox.pass_id))]

    def counts(self) -> dict[str, int]:
        """Count entries by stage."""
        query = Outbox.select(Outbox.stage, fn.COUNT(Outbox.link))
        return dict(rows(query.group_by(Outbox.stage)))

    def postponed(self) -> int:
        """Count the released entries that were tried and are still owed."""
        query = Outbox.select().where(Outbox.stage == Stage.RELEASED)
        return query.where(Outbox.attempts > 0).count()

    def dead_letters(self, limit: int) -> list[DeadLetterRecord]:
        """Read the newest dead letters."""
        order = DeadLetter.select().order_by(
            DeadLetter.buried_at.desc(), DeadLetter.link, DeadLetter.field
        )
        letters = list(order.limit(limit))
        links = Link.select().where(Link.id.in_([letter.link for letter in letters]))
        scenes = {link.id: link.scene for link in links}
        return [
            DeadLetterRecord(
                link=letter.link,
                field=letter.field,
                scene=scenes[letter.link],
                target=letter.target,
                attempts=letter.attempts,
                buried_at=letter.buried_at,
                error=letter.error,
            )
            for letter in letters
        ]

    def dead(self) -> int:
        """Count the dead letters."""
        return DeadLetter.select().count()


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
    )
