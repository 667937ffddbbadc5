"""The passes that did something: when, and what came of them."""

import json
from collections.abc import Mapping

from state.models import Pass
from state.records import PassRecord


class Passes:
    """The book of passes."""

    def begin(self, kind: str, *, now: int) -> int:
        """Give a number to a pass that has something to record."""
        key: int = Pass.insert(
            kind=kind, started_at=now, ended_at=None, outcome=None, counts="{}"
        ).execute()
        return key

    def end(
        self, key: int, *, outcome: str, counts: Mapping[str, int], now: int
    ) -> None:
        """Record what came of a pass."""
        Pass.update(
            ended_at=now, outcome=outcome, counts=json.dumps(dict(counts))
        ).where(Pass.id == key).execute()

    def last(self, limit: int) -> list[PassRecord]:
        """Read the newest passes, the newest first."""
        query = Pass.select().order_by(Pass.id.desc()).limit(limit)
        return [
            PassRecord(
                id=row.id,
                kind=row.kind,
                started_at=row.started_at,
                ended_at=row.ended_at,
                outcome=row.outcome,
                counts=json.loads(row.counts),
            )
            for row in query
        ]
