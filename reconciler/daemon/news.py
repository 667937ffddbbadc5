"""How the daemon is doing: written by the worker, read by whoever tells of it."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from reconciler.core.wording import several
from reconciler.daemon.standing import Counters
from reconciler.engine.health import HealthItem, Trouble
from reconciler.engine.report import PassReport
from reconciler.engine.status import Status

_TIMES = re.compile(r"\b\d\d:\d\d:\d\d\b")

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class News:
    """What came of the passes so far; each field is set in one go."""

    sentence: str = "starting"
    """For a person."""
    problems: tuple[str, ...] = ()
    """What is in the way, as the last pass told it."""
    failure: str = ""
    """Why the last task could not be done at all; empty: it could."""
    refused: int = 0
    """Mistakes in the configuration that was last read and not taken."""
    polled: tuple[int, float] | None = None
    """When Stash last answered a poll: unix seconds, and by the monotonic clock."""
    is_met: bool = False
    """Whether a pass has come to its end, well or not."""
    status: Status = field(default_factory=Status)
    counters: Counters = field(default_factory=Counters)
    _passes: Counter[str] = field(default_factory=Counter)

    def hear(self, report: PassReport, owed: int, now: int) -> None:
        """Take note of what came of a pass, and of what is still owed."""
        self._tell((*report.problems, *report.missing))
        self.failure = ""
        self.sentence = self._sentence(report, owed, now)
        self.is_met = True

    def count(
        self, report: PassReport, requests: dict[str, int], seconds: float
    ) -> None:
        """Add up a pass, and what was sent since the start."""
        self._passes["failed" if report.problems else "done"] += 1
        self.counters = Counters(
            requests=requests,
            passes=dict(self._passes),
            seconds=self.counters.seconds + seconds,
            written=self.counters.written + report.counts.get("written items", 0),
        )

    def fail(self, sentence: str) -> None:
        """Take note of why a task could not be done."""
        self._tell((sentence,))
        self.failure = sentence
        self.sentence = f"degraded: {sentence}"
        self.is_met = True

    def refuse(self, problems: tuple[str, ...]) -> None:
        """Take note of a configuration that is not taken, and of its mistakes."""
        for problem in problems:
            log.error("configuration refused", error=problem)
        self.refused = len(problems)
        self.sentence = f"configuration refused, the old one stays: {problems[0]}"

    def accept(self) -> None:
        """Take note of a configuration that is taken."""
        log.info("configuration read")
        self.refused = 0

    def items(self) -> tuple[HealthItem, ...]:
        """Say what no ledger tells."""
        if not self.failure:
            return ()
        item = HealthItem(
            type=Trouble.FAILED,
            message="the last task could not be done",
            hint="the log of `plexsync run` says why",
            about="failure",
        )
        return (item,)

    def _tell(self, problems: tuple[str, ...]) -> None:
        # until when a server is left alone is another time with each rest
        known = {_TIMES.sub("", problem) for problem in self.problems}
        for problem in problems:
            if _TIMES.sub("", problem) not in known:
                log.warning("problem", error=problem)
        self.problems = problems

    def _sentence(self, report: PassReport, owed: int, now: int) -> str:
        parts = []
        if self.refused:
            parts.append("configuration refused, the old one stays")
        if self.problems:
            parts.append(f"degraded: {self.problems[0]}")
        if report.is_paused:
            parts.append("paused")
        if report.held:
            parts.append("held: `plexsync status` says why")
        if report.doubts:
            parts.append("in doubt: `plexsync status` says of what")
        parts += report.lulls
        if owed:
            parts.append(f"{several(owed, 'item')} owed to Plex")
        elif not self.problems:
            moment = datetime.fromtimestamp(now, UTC).astimezone()
            parts.append(f"up to date with Stash at {moment:%H:%M}")
        if report.waiting:
            parts.append(f"{several(report.waiting, 'scene')} without an item")
        return "; ".join(parts)
