"""What each PUT was about to do, what was there, and what became of it."""

import json
from collections.abc import Iterable
from dataclasses import replace

from peewee import fn

from state.database import rows
from state.models import Journal
from state.records import JournalRecord


class JournalBook:
    """The book of writes; a row without an outcome is open."""

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
        key = Journal.insert(
            link=row.link,
            target=row.target,
            item=row.item,
            scene=row.scene,
            pass_id=row.pass_id,
            revision=row.revision,
            opened_at=now,
            fields=row.fields,
            overwrites=overwrites,
            removals=removals,
            taken=json.dumps(list(taken)),
            outcome=None,
        ).execute()
        return replace(row, id=key, outcome=None)

    def close(self, row: int, outcome: str) -> None:
        """Write down what became of it."""
        Journal.update(outcome=outcome).where(Journal.id == row).execute()

    def opened(self, limit: int) -> list[JournalRecord]:
        """Read rows whose outcome is not known, in the order they were written."""
        query = Journal.select().where(Journal.outcome.is_null())
        return [_record(row) for row in query.order_by(Journal.id).limit(limit)]

    def counts(self) -> dict[str, int]:
        """Count rows by outcome."""
        query = Journal.select(Journal.outcome, fn.COUNT(Journal.id))
        grouped = query.group_by(Journal.outcome)
        return {outcome or "open": count for outcome, count in rows(grouped)}


def _record(row: Journal) -> JournalRecord:
    return JournalRecord(
        id=row.id,
        link=row.link,
        target=row.target,
        item=row.item,
        scene=row.scene,
        pass_id=row.pass_id,
        revision=row.revision,
        fields=row.fields,
        outcome=row.outcome,
    )
