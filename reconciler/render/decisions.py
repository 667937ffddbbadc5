"""What was decided and by whom: conflicts, what was spared, what was written before."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich.console import Console

from reconciler.engine.conflicts import Conflict
from reconciler.engine.history import Past
from reconciler.engine.leaving import Leaving
from reconciler.engine.report import UNDONE, Line, PassReport
from reconciler.render import paper

_PAST = ("scene", "name", "field", "had", "got", "because")
_ITEM = 2
"""Columns that say which item it is: its scene and its name."""

_AS_SEEN = "as last looked at (`plexsync reconcile --full` looks at everything)"


def conflict_fields(one: Conflict) -> dict[str, Any]:
    """Take what a document says of a conflict."""
    return asdict(one)


def past_fields(one: Past) -> dict[str, Any]:
    """Take what a document says of a field that was written."""
    fields = asdict(one)
    fields["pass"] = fields.pop("pass_id")
    return fields


def show_conflicts(console: Console, found: Sequence[Conflict]) -> None:
    """Show what is left to Plex, and how it is settled."""
    if not found:
        paper.say(console, f"nothing in Plex stands against Stash, {_AS_SEEN}")
        return
    rows = [
        (
            one.library,
            str(one.scene),
            one.name,
            one.field,
            *reversed(paper.pair(one.plex, one.stash)),
            one.reason,
        )
        for one in found
    ]
    headings = ("library", "scene", "name", "field", "stash", "plex", "because")
    paper.columns(console, headings, rows)
    paper.say(console)
    paper.say(
        console,
        f"{_AS_SEEN}. `plexsync conflicts take stash` writes what Stash has,"
        " `take plex` leaves it until Stash changes the field: of --all or a --scene",
    )


def show_settled(console: Console, report: PassReport, *, is_plan: bool) -> None:
    """Say how many fields were left to Plex."""
    if count := report.counts.get("settled fields", 0):
        plain = "is" if count == 1 else "are"
        verb, them = "would be" if is_plan else plain, "it" if count == 1 else "them"
        what = paper.several(count, "field")
        paper.say(console, f"{what} {verb} left to Plex until Stash changes {them}")


def show_undone(console: Console, report: PassReport) -> None:
    """Say how many fields were asked for and stay as `undo` has left them."""
    if count := report.counts.get(UNDONE, 0):
        verb, it = ("stays", "it") if count == 1 else ("stay", "them")
        what = paper.several(count, "field")
        paper.say(console, f"{what} {verb} undone until Stash changes {it}")


def show_spared(console: Console, spared: Sequence[Line]) -> None:
    """Show what was asked for and left, and why: most has changed meanwhile."""
    if not spared:
        return
    paper.say(console)
    paper.heading(console, f"left as it is: {paper.several(len(spared), 'field')}")
    rows = [
        (
            str(line.scene),
            line.name,
            line.field,
            *paper.pair(line.old, line.new),
            line.reason,
        )
        for line in spared
    ]
    headings = ("scene", "name", "field", "has", "was asked for", "because")
    paper.columns(console, headings, rows)


def show_history(console: Console, found: Iterable[Past]) -> None:
    """Show what was written, the newest first; on a screen, pass by pass."""
    every = list(found)
    if not every:
        paper.say(console, "nothing is remembered as written")
        return
    if not console.is_terminal:
        rows = [(paper.moment(one.at), str(one.pass_id), *_past(one)) for one in every]
        paper.columns(console, ("when", "pass", *_PAST), rows)
        return
    for number, group in groupby(every, key=lambda one: one.pass_id):
        own = list(group)
        what = paper.several(len(own), "field")
        paper.heading(console, f"pass {number}, {paper.moment(own[-1].at)}: {what}")
        rows = [_past(one) for one in own]
        paper.columns(console, _PAST, paper.once(rows, _ITEM))
        paper.say(console)


def _past(one: Past) -> tuple[str, ...]:
    is_done = one.outcome == "applied"
    return (
        str(one.scene),
        one.name,
        one.field,
        *paper.pair(one.old, one.new, lock=one.lock),
        one.reason if is_done else f"{one.reason}: {one.outcome}",
    )


def show_leaving(console: Console, leaving: Leaving) -> None:
    """Show what leaving would do, either way."""
    paper.heading(console, "leaving with the values: `plexsync release`")
    paper.label(
        console,
        "",
        f"takes {paper.several(leaving.locks, 'lock')} off and leaves every value",
    )
    paper.heading(console, "leaving without a trace: `plexsync undo --since start`")
    paper.label(
        console,
        "",
        f"puts {paper.several(leaving.values, 'value')} back, takes"
        f" {paper.several(leaving.elements, 'element')} out, and leaves"
        f" {paper.several(leaving.kept, 'field')} that others have in Plex, as last"
        " looked at",
    )
    paper.say(console)
    paper.say(
        console,
        "before either, stop `plexsync run` and its timers (`plexsync systemd"
        " uninstall`), or they write again; after it, take the program out, and"
        f" {leaving.state}* with it; either command has --dry-run to show every field",
    )
