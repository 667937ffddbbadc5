"""What a person at a terminal sees while a pass runs, and what stays there."""

from collections.abc import Mapping
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
from rich.table import Table
from rich.text import Text

from reconciler.engine.report import Line, PassReport

_SHOWN = 200
"""Lines of a plan that a screen is given; the JSON document has all of them."""

_CUT = 60


class Watcher:
    """An audience at a terminal: a bar on standard error while something is done.

    Where standard error is no terminal, each stage that does something leaves a line.
    """

    def __init__(self, errors: Console) -> None:
        self._errors = errors
        self.lines: list[Line] = []
        self.more = 0
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
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
        self._name = name
        self._task = self._progress.add_task(name, total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar on."""
        self._steps += steps
        if self._task is not None:
            self._progress.advance(self._task, steps)

    def line(self, line: Line) -> None:
        """Keep a line for the table, as many as a screen can use."""
        if len(self.lines) < _SHOWN:
            self.lines.append(line)
        else:
            self.more += 1

    def _leave_line(self) -> None:
        if self._steps and not self._errors.is_terminal:
            self._errors.print(f"{self._name}: {self._steps}", highlight=False)
        self._steps = 0


def show_changes(console: Console, watcher: Watcher) -> None:
    """Show changes field by field, old and new, grouped by what caused them."""
    for cause in dict.fromkeys(line.cause for line in watcher.lines):
        table = Table(title=cause, title_justify="left", box=None, pad_edge=False)
        for heading in ("item", "name", "field", "has", "is to have", "because"):
            table.add_column(heading, overflow="fold")
        for line in watcher.lines:
            if line.cause == cause:
                table.add_row(*_cells(line))
        console.print(table)
        console.print()
    if watcher.more:
        console.print(f"... and {watcher.more} more; --json shows all of them")


def show_counts(console: Console, title: str, counts: Mapping[str, int]) -> None:
    """Show a histogram, the largest first; nothing where there is nothing."""
    if not counts:
        return
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("", justify="right")
    table.add_column("")
    for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        table.add_row(str(count), Text(name))
    console.print(table)


def show_plan(console: Console, report: PassReport) -> None:
    """Say in a line what a plan comes to, and what has it so."""
    items = _several(report.counts.get("items to write", 0), "item")
    fields = _several(sum(report.causes.values()), "field")
    console.print(f"{items} would be written ({fields})", highlight=False)
    if report.waiting:
        what = _several(report.waiting, "scene")
        console.print(f"{what} without an item in Plex yet", highlight=False)


def show_outcome(console: Console, report: PassReport) -> None:
    """Say in a line or two what came of a pass."""
    counts = report.counts
    said = [
        _several(counts.get("written items", 0), "item") + " written",
        _several(counts.get("written fields", 0), "field"),
    ]
    console.print(f"{said[0]} ({said[1]})", highlight=False)
    if report.waiting:
        what = _several(report.waiting, "scene")
        console.print(f"{what} without an item in Plex yet", highlight=False)
    if report.undelivered:
        what = _several(report.undelivered, "item")
        console.print(f"{what} not delivered yet; run again later", highlight=False)


def _cells(line: Line) -> tuple[Text, ...]:
    cells = (line.item, line.name, line.field, _cell(line.old), _cell(line.new))
    return (*(Text(cell) for cell in cells), Text(line.reason))


def _cell(content: str | tuple[str, ...]) -> str:
    text = content if isinstance(content, str) else ", ".join(content)
    flat = " ".join(text.split())
    return flat if len(flat) <= _CUT else flat[: _CUT - 1] + "…"


def _several(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
