"""How the daemon is doing, in a sentence; what of it is news goes to the log."""

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from reconciler.engine.report import PassReport

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class News:
    """What came of the last pass; written by the worker, read by others."""

    sentence: str = "starting"
    """For a person."""
    problems: tuple[str, ...] = ()
    """What is in the way, as the last pass told it."""
    refused: str = ""
    """Why a configuration was refused; empty: it was not."""
    polled: int | None = None
    """Unix seconds: the last pass in which nothing was in the way."""
    is_met: bool = False
    """Whether a pass has come to its end, well or not."""

    def hear(self, report: PassReport, owed: int, now: int) -> None:
        """Take note of what came of a pass, and of what is still owed."""
        self._tell(report.problems)
        if not report.problems:
            self.polled = now
        self.sentence = self._sentence(report, owed, now)
        self.is_met = True

    def fail(self, sentence: str) -> None:
        """Take note of why a task could not be done."""
        self._tell((sentence,))
        self.sentence = f"degraded: {sentence}"
        self.is_met = True

    def refuse(self, sentence: str) -> None:
        """Take note of a configuration that is not taken."""
        log.error("configuration refused", error=sentence)
        self.refused = sentence
        self.sentence = f"configuration refused, the old one stays: {sentence}"

    def accept(self) -> None:
        """Take note of a configuration that is taken."""
        log.info("configuration read")
        self.refused = ""

    def _tell(self, problems: tuple[str, ...]) -> None:
        for problem in problems:
            if problem not in self.problems:
                log.warning("problem", error=problem)
        if self.problems and not problems:
            log.info("problems are over")
        self.problems = problems

    def _sentence(self, report: PassReport, owed: int, now: int) -> str:
        parts = []
        if self.refused:
            parts.append("configuration refused, the old one stays")
        if report.problems:
            parts.append(f"degraded: {report.problems[0]}")
        if report.is_paused:
            parts.append("paused")
        if report.held:
            parts.append("held: `plexsync status` says why")
        if report.doubts:
            parts.append("in doubt: `plexsync status` says of what")
        parts += report.lulls
        if owed:
            parts.append(f"{owed:,} owed to Plex")
        elif not report.problems:
            moment = datetime.fromtimestamp(now, UTC).astimezone()
            parts.append(f"up to date with Stash at {moment:%H:%M}")
        if report.waiting:
            parts.append(f"{report.waiting:,} waiting for an item")
        return "; ".join(parts)
