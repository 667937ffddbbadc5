"""Who watches the daemon's passes: the log tells of them, so beats are enough."""

import structlog

log = structlog.get_logger(__name__)


class Diary:
    """An audience whose beats show that a pass goes on."""

    def __init__(self) -> None:
        self.beats = 0

    def stage(self, name: str, total: int | None) -> None:
        """Tell of a stage that has something to do."""
        self.beats += 1
        if total:
            log.debug("stage", stage=name, of=total)

    def advance(self, steps: int = 1) -> None:
        """Take note of steps."""
        self.beats += max(steps, 1)

    def line(self, _: object) -> None:
        """Take note of a field; the engine has told the log of it."""
        self.beats += 1
