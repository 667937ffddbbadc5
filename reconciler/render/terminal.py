"""What a person sees while a pass runs: a bar at a terminal, lines in a pipe."""

from collections import Counter
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from reconciler.engine.backing import WAITING
from reconciler.engine.report import Line
from reconciler.render import paper

_SHOWN = 200
"""Lines of each cause that a screen is given; the JSON document has all of them."""


class Watcher:
    """An audience at a terminal: a bar on standard error while something is done.

    Where standard error is no terminal, each stage that does something leaves a line;
    that in which Plex is waited for has its line at once.
    """

    def __init__(self, errors: Console) -> None:
        self._errors = errors
        self.lines: dict[str, list[Line]] = {}
        """The first lines of each cause, up to the end of an item."""
        self.more: Counter[str] = Counter()
        """Cause -> how many more there are."""
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=errors,
            transient=True,
            disable=not errors.is_terminal,
        )
        self._task: TaskID | None = None
        self._name, self._steps = "", 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._progress.stop()
        self._leave_line()

    def stage(self, name: str, total: int | None) -> None:
        """Begin another bar."""
        self._leave_line()
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._name = paper.clean(name)
        if name.startswith(WAITING) and not self._errors.is_terminal:
            paper.say(self._errors, self._name)
        self._task = self._progress.add_task(self._name, total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar on."""
        self._steps += steps
        if self._task is not None:
            self._progress.advance(self._task, steps)

    def line(self, line: Line) -> None:
        """Keep a line for the table, as many as a screen can use."""
        kept = self.lines.setdefault(line.cause, [])
        if len(kept) < _SHOWN or (not self.more[line.cause] and _is_of(kept[-1], line)):
            kept.append(line)
        else:
            self.more[line.cause] += 1

    def _leave_line(self) -> None:
        if self._steps and self._name and not self._errors.is_terminal:
            paper.say(self._errors, f"{self._name}: {self._steps}")
        self._steps = 0


def _is_of(one: Line, other: Line) -> bool:
    return (one.library, one.item) == (other.library, other.item)
