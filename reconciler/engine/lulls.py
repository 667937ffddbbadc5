"""When nothing is written to Plex: quiet hours, a scan, its maintenance, streams."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reconciler.clock import Clock
from reconciler.core.lull import Hours, within
from reconciler.engine.ports import Library
from reconciler.engine.report import Tally
from reconciler.engine.settings import Settings
from reconciler.engine.surveying import Surveyor
from state.ledger import Ledger

_HOUR = 3600
"""Seconds for which it is known what hours Plex has; they are asked for no oftener."""

_MINUTE = 60.0
"""Seconds for which it is known whether somebody streams, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """The hours in which nothing is written, by the clock of this machine."""

    hours: tuple[Hours, ...]
    clock: Clock
    name: str = "quiet hours"

    def reason(self) -> str:
        """Say why nothing is written now; empty where it may be."""
        found = within(self.hours, self.clock.now().astimezone())
        return "" if found is None else f"{self.name} until {found.end:%H:%M}"


@dataclass(slots=True, kw_only=True)
class Streams:
    """Whether somebody streams; asked once a minute, so it lives longer than a pass."""

    clock: Clock
    _count: int = 0
    _asked_at: float | None = None

    def reason(self, library: Library) -> str:
        """Say that somebody streams; empty where nobody does."""
        now = self.clock.monotonic()
        if self._asked_at is None or now - self._asked_at >= _MINUTE:
            self._count = library.streams()
            self._asked_at = now
        return "somebody is streaming" if self._count else ""


@dataclass(slots=True, kw_only=True)
class Lulls:
    """Why nothing is to be written now: asked before each batch that is."""

    ledger: Ledger
    library: Library
    surveyor: Surveyor
    settings: Settings
    clock: Clock
    streams: Streams | None
    tally: Tally
    quiet: Quiet = field(init=False)

    def __post_init__(self) -> None:
        self.quiet = Quiet(hours=self.settings.quiet, clock=self.clock)

    def reason(self, target: int) -> str:
        """Say why nothing is to be written to a library; empty where it may be.

        What may cost a request comes last.
        """
        return (
            self.quiet.reason()
            or self._scan(target)
            or self._maintenance(target)
            or ("" if self.streams is None else self.streams.reason(self.library))
        )

    def foresee(self) -> None:
        """Tell why nothing would be written now; where nothing is owed, unasked."""
        if reason := self.quiet.reason():
            self.tally.lull(reason)
        elif self.ledger.outbox.counts():
            for target in self.surveyor.connect():
                if reason := self.reason(target):
                    self.tally.lull(reason)

    def _scan(self, target: int) -> str:
        section = self.surveyor.connect().get(target)
        if section is not None and section.is_scanning:
            return f"{section.title} is being scanned"
        return ""

    def _maintenance(self, target: int) -> str:
        if not self.settings.is_quiet_with_plex:
            return ""
        machine = self.surveyor.linker.targets[target].machine
        known, now = self.ledger.servers.get(machine), self.clock.unix()
        if known.hours_at is None or not 0 <= now - known.hours_at < _HOUR:
            hours = self.library.hours()
            text = "" if hours is None else str(hours)
            known = replace(known, hours=text, hours_at=now)
            with self.ledger.transaction():
                self.ledger.servers.put(known)
        return _of_plex([known.hours], self.clock)


def known_maintenance(ledger: Ledger, clock: Clock) -> str:
    """Say that it is Plex's own maintenance, as far as the ledger knows its hours."""
    machines = {one.machine for one in ledger.items.targets() if one.is_active}
    hours = [ledger.servers.get(machine).hours for machine in sorted(machines)]
    return _of_plex(hours, clock)


def _of_plex(texts: Iterable[str], clock: Clock) -> str:
    hours = tuple(Hours.parse(text) for text in texts if text)
    return Quiet(hours=hours, clock=clock, name="plex's own maintenance").reason()
