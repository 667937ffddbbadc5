"""When a server could not be asked: one open row for each that cannot be asked now."""

from dataclasses import asdict

from state.database import LedgerDatabase
from state.happenings import Outage
from state.records import OutageRecord
from state.worded import Worded

_OPEN = Worded(Outage.select().where(Outage.ended.is_null()))


class Outages:
    """The book of outages, by server."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def standing(self, server: str) -> OutageRecord | None:
        """Read the outage that has not ended yet."""
        found = [row for row in _OPEN.models(self._db) if row.server == server]
        return _record(found[0]) if found else None

    def put(self, outage: OutageRecord) -> None:
        """Record an outage as it is now, in place of what stands of that server."""
        content = asdict(outage) | {"ended": None}
        content["of_write"] = int(content.pop("is_of_write"))
        mine = (Outage.server == outage.server) & Outage.ended.is_null()
        if not Outage.update(content).where(mine).execute():
            Outage.insert(content).execute()

    def end(self, server: str, *, now: int) -> None:
        """Record that a server answers; where it was never left alone, forget it."""
        mine = (Outage.server == server) & Outage.ended.is_null()
        Outage.delete().where(mine & (Outage.rests == 0)).execute()
        Outage.update(ended=now).where(mine).execute()

    def last(self, limit: int) -> list[OutageRecord]:
        """Read the newest outages, the newest first."""
        query = Outage.select().order_by(Outage.id.desc()).limit(limit)
        return [_record(row) for row in query]

    def prune(self, before: int) -> int:
        """Forget outages that ended before then; tell how many."""
        return int(Outage.delete().where(Outage.ended < before).execute())


def _record(row: Outage) -> OutageRecord:
    return OutageRecord(
        server=row.server,
        began=row.began,
        ended=row.ended,
        failures=row.failures,
        rests=row.rests,
        rests_until=row.rests_until,
        asked_until=row.asked_until,
        is_of_write=bool(row.of_write),
        kind=row.kind,
        cause=row.cause,
    )
