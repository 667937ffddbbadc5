"""The passes that did something: when, and what came of them."""

import json
from collections.abc import Mapping, Sequence

from state.database import LedgerDatabase
from state.models import Pass
from state.records import HeldRecord, PassRecord
from state.worded import Worded

_BEGIN = "INSERT INTO pass (kind, started_at, counts) VALUES (?, ?, '{}') RETURNING id"
_END = "UPDATE pass SET ended_at = ?, outcome = ?, counts = ? WHERE id = ?"
_HELD = Worded(
    Pass.select(Pass.id, Pass.held)
    .where(Pass.held.is_null(is_null=False))
    .order_by(Pass.id)
)


class Passes:
    """The book of passes."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def begin(self, kind: str, *, now: int) -> int:
        """Give a number to a pass that has something to record."""
        ((key,),) = self._db.ask(_BEGIN, kind, now)
        return int(key)

    def end(
        self, key: int, *, outcome: str, counts: Mapping[str, int], now: int
    ) -> None:
        """Record what came of a pass."""
        self._db.ask(_END, now, outcome, json.dumps(dict(counts)), key)

    def hold(
        self, key: int, reasons: Sequence[str], *, until_approved: bool = False
    ) -> None:
        """Record why a pass is held, and whether only a person lets it go."""
        held = {"reasons": list(reasons), "until_approved": until_approved}
        Pass.update(held=json.dumps(held)).where(Pass.id == key).execute()

    def let_go(self, key: int) -> None:
        """Record that a pass is held no more."""
        Pass.update(held=None).where(Pass.id == key).execute()

    def approve(self, key: int) -> None:
        """Record that a person lets a pass go, whatever it comes to."""
        Pass.update(held=None, approved=1).where(Pass.id == key).execute()

    def held(self) -> dict[int, HeldRecord]:
        """Read why passes are held, those with nothing left to hold included."""
        return {number: _held(text) for number, text in _HELD.rows(self._db)}

    def last(self, limit: int) -> list[PassRecord]:
        """Read the newest passes, the newest first."""
        query = Pass.select().order_by(Pass.id.desc()).limit(limit)
        return [_record(row) for row in query]

    def get(self, number: int) -> PassRecord | None:
        """Read one pass; None: there is none of that number."""
        row = Pass.get_or_none(Pass.id == number)
        return None if row is None else _record(row)


def _record(row: Pass) -> PassRecord:
    return PassRecord(
        id=row.id,
        kind=row.kind,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        counts=json.loads(row.counts),
    )


def _held(text: str) -> HeldRecord:
    content = json.loads(text)
    return HeldRecord(
        reasons=tuple(content["reasons"]), until_approved=content["until_approved"]
    )
