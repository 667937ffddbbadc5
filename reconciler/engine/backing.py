"""Plex backs its own database up before the first pass that writes to many items."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from reconciler.clock import Clock
from reconciler.core import backup
from reconciler.core.wording import several
from reconciler.engine.ports import Library
from reconciler.engine.report import Audience, Tally
from state.ledger import Ledger
from state.servers import ServerRecord

log = structlog.get_logger(__name__)

WAITING = "waiting for plex to back up its database"
"""How the stage begins that lasts for minutes without a step."""

_MINUTE = 60
_WHY = "before many items are written for the first time"


@dataclass(slots=True, kw_only=True)
class Backing:
    """Has a backup made, once for each server, and waits for it.

    Nothing has been written before that is remembered, so whatever a crash leaves
    behind, asking once more costs no more than another backup.
    """

    ledger: Ledger
    library: Library
    clock: Clock
    audience: Audience
    tally: Tally
    is_wanted: bool
    is_stopped: Callable[[], bool]
    """Whether something else comes first: what is begun is waited for another time."""

    def is_due(self, machine: str) -> bool:
        """Whether a server is still to be backed up before many items are written."""
        if not self.is_wanted:
            return False
        return self.ledger.servers.get(machine).backup_over is None

    def wait(self, machine: str) -> bool:
        """Ask for the backup, and wait; False: it is to be waited for another time."""
        known = self.ledger.servers.get(machine)
        if known.backup_at is None:
            known = self._ask(known)
        if known.backup_over is None:
            self.audience.stage(_waiting(known), None)
        while (known := self._look(known)).backup_over is None:
            # only now: else who is stopped each time would never see the end of it
            if self.is_stopped():
                return False
            self.clock.wait(backup.PAUSE)
        return True

    def _ask(self, known: ServerRecord) -> ServerRecord:
        asked, now = self.library.back_up(), self.clock.unix()
        log.info("backup asked for", refusal=asked.refusal)
        known = replace(known, backup_at=now, backup_activity=asked.activity)
        if asked.refusal:
            self.tally.note(
                f"plex has not backed up its database {_WHY}: {asked.refusal}"
            )
            known = replace(known, backup_over=now)
        return self._put(known)

    def _look(self, known: ServerRecord) -> ServerRecord:
        """Look whether it is over, and tell how."""
        if known.backup_over is not None:
            return known
        activity, now = known.backup_activity, self.clock.unix()
        goes_on = self.library.is_at(activity) if activity else None
        waited = now - (known.backup_at or 0)
        if not backup.is_over(waited, goes_on=goes_on):
            return known
        self.tally.note(_told(goes_on=goes_on))
        log.info("backup waited for", seconds=waited, goes_on=goes_on)
        return self._put(replace(known, backup_over=now))

    def _put(self, known: ServerRecord) -> ServerRecord:
        with self.ledger.transaction():
            self.ledger.servers.put(known)
        return known


def _waiting(known: ServerRecord) -> str:
    longest = backup.LONGEST if known.backup_activity else backup.LEAST
    return f"{WAITING}, for {several(int(longest / _MINUTE), 'minute')} at most"


def _told(*, goes_on: bool | None) -> str:
    if goes_on is None:
        asked = f"plex was asked to back up its database, {_WHY}"
        return f"{asked}; it does not tell when it is done"
    if goes_on:
        minutes = int(backup.LONGEST / _MINUTE)
        asked = f"plex was asked to back up its database, {_WHY}"
        return f"{asked}, and is still at it after {minutes} minutes"
    return f"plex has backed up its database, {_WHY}"
