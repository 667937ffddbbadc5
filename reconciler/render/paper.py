"""What a screen and a pipe have in common: where text is put, and how it is laid out.

A terminal folds and may be coloured; a pipe gets whole lines, and no colours.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reconciler.core import wording
from reconciler.core.canonical import identity
from reconciler.engine.report import Content

_ENDLESS = 100_000
"""The width of a pipe: what reads it breaks lines as it likes."""

_LABEL = 14
_CUT = 60
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f]")

several, moment = wording.several, wording.moment


def paper(*, is_errors: bool = False, stream: TextIO | None = None) -> Console:
    """Make what is written on: standard output, or standard error."""
    console = Console(
        stderr=is_errors, file=stream, highlight=False, markup=False, emoji=False
    )
    if not console.is_terminal:
        console.width = _ENDLESS
    return console


def say(console: Console, text: str | Text = "") -> None:
    """Write a sentence, which the terminal may fold but we do not break."""
    console.print(clean(text) if isinstance(text, str) else text, soft_wrap=True)


def label(console: Console, what: str, text: str) -> None:
    """Write a sentence behind what it is about."""
    say(console, f"{what:<{_LABEL}} {text}")


def heading(console: Console, text: str) -> None:
    """Write what a list is about."""
    say(console, Text(clean(text), style="bold"))


def counts(console: Console, title: str, found: Mapping[str, int]) -> None:
    """Write a histogram, the largest first; nothing where there is nothing."""
    if not found:
        return
    if title:
        heading(console, title)
    width = len(str(max(found.values())))
    for name, count in sorted(found.items(), key=lambda pair: (-pair[1], pair[0])):
        say(console, f"  {count:>{width}}  {name}")


def columns(
    console: Console, headings: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    """Write a table; what is a number stands to the right."""
    cells = [[clean(cell) for cell in row] for row in rows]
    table = Table(box=None, pad_edge=False, show_edge=False)
    for position, name in enumerate(headings):
        own = [row[position] for row in cells if row[position]]
        is_number = bool(own) and all(cell.isdecimal() for cell in own)
        table.add_column(
            name, justify="right" if is_number else "left", overflow="fold"
        )
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.out(line.rstrip(), highlight=False)


def clean(text: str) -> str:
    """Take out what would steer a terminal: names come from elsewhere."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def cell(content: Content) -> str:
    """Write a value or a set into a table: on one line, and not too long."""
    text = content if isinstance(content, str) else ", ".join(content)
    flat = " ".join(text.split()) or "-"
    return flat if len(flat) <= _CUT else flat[: _CUT - 1] + "…"


def pair(old: Content, new: Content, *, lock: bool | None = None) -> tuple[str, str]:
    """Write what a field has, and beside it what it is to have.

    Of one that stays, about its lock; of sets that are too long to be compared by eye,
    what comes (+) and what goes (-).
    """
    if old == new and lock is not None:
        return cell(old), "the same, locked" if lock else "the same, unlocked"
    if isinstance(old, str) or isinstance(new, str) or not _is_cut(old, new):
        return cell(old), cell(new)
    had, has = ({identity(one): one for one in each} for each in (old, new))
    moved = [f"+{one}" for key, one in has.items() if key not in had]
    moved += [f"-{one}" for key, one in had.items() if key not in has]
    if not moved:
        return cell(old), "the same, in another order" if old != new else "the same"
    return f"{len(old)} in all", _fitted(moved)


def _is_cut(*sets: tuple[str, ...]) -> bool:
    return any(len(", ".join(each)) > _CUT for each in sets)


def _fitted(names: Sequence[str]) -> str:
    """List as many names as there is room for, the first at least; count the others."""
    fitting = [names[0]]
    for name in names[1:]:
        if len(", ".join([*fitting, name])) > _CUT:
            break
        fitting.append(name)
    more = len(names) - len(fitting)
    return ", ".join(fitting) + (f" and {more} more" if more else "")


def once(rows: Iterable[tuple[str, ...]], width: int) -> list[tuple[str, ...]]:
    """Leave the first *width* cells of a row empty that say what those above say."""
    found: list[tuple[str, ...]] = []
    last: tuple[str, ...] = ()
    for row in rows:
        is_same = row[:width] == last
        found.append((*[""] * width, *row[width:]) if is_same else row)
        last = row[:width]
    return found
