"""What the log is told of a pass while it goes on, beside what the engine tells it."""

import structlog

from reconciler.engine.report import Line

log = structlog.get_logger(__name__)


class Diary:
    """An audience that writes to the log; its beats show that a pass goes on."""

    def __init__(self) -> None:
        self.beats = 0

    def stage(self, name: str, total: int | None) -> None:
        """Take note of a stage."""
        self.beats += 1
        log.debug("stage", stage=name, of=total)

    def advance(self, steps: int = 1) -> None:
        """Take note of steps."""
        self.beats += max(steps, 1)

    def line(self, line: Line) -> None:
        """Tell of a field that was written, which a person may want to see by name."""
        self.beats += 1
        log.debug(
            "written",
            scene=line.scene,
            item=line.item,
            library=line.library,
            name=line.name,
            field=line.field,
            old=line.old,
            new=line.new,
            reason=line.reason,
            cause=line.cause,
        )
