"""What a pass came to, and what a plan would come to, for people."""

from collections.abc import Mapping, Sequence

from rich.console import Console

from reconciler.engine.report import Line, OfPlan, PassReport
from reconciler.render import paper
from reconciler.render.terminal import Watcher

_HEADINGS = ("scene", "name", "field", "has", "is to have", "because")
_ITEM = 3
"""Columns that say which item it is: its library, its scene and its name."""


def show_changes(console: Console, watcher: Watcher) -> None:
    """Show changes field by field, old and new, grouped by what caused them."""
    lines = watcher.lines
    has_several = len({line.library for own in lines.values() for line in own}) > 1
    for cause, own in lines.items():
        count = len(own) + watcher.more[cause]
        paper.heading(console, f"{cause}: {paper.several(count, 'field')}")
        headings = ("library", *_HEADINGS) if has_several else _HEADINGS
        rows = _rows(own, is_brief=console.is_terminal)
        paper.columns(console, headings, [row[-len(headings) :] for row in rows])
        if more := watcher.more[cause]:
            paper.say(console, f"... and {more} more; --json shows all of them")
        paper.say(console)


def show_plan(console: Console, report: PassReport) -> None:
    """Say in a line what a plan comes to."""
    items = paper.several(report.counts.get("items to write", 0), "item")
    fields = paper.several(sum(report.causes.values()), "field")
    whole = "not all could be looked at; so far, " if report.problems else ""
    paper.say(console, f"{whole}{items} would be written ({fields})")
    for why in report.lulls:
        paper.say(console, f"reconcile would leave it for later: {why}")
    _show_put_off(console, report)
    for note in report.notes:
        paper.say(console, note)
    _show_deleted(console, report)
    _show_waiting(console, report)


def _show_put_off(console: Console, report: PassReport) -> None:
    """Say what a plan leaves out, since it was tried in vain and waits."""
    if report.retry_at is None:
        return
    is_one = report.put_off == 1
    what = f"{paper.several(report.put_off, 'item')} tried in vain"
    verb = "is owed and waits" if is_one else "are owed and wait, the first"
    until = f"until {paper.moment(report.retry_at)}"
    paper.say(console, f"{what} {verb} {until}; `plexsync status` says more")


def show_outcome(
    console: Console, report: PassReport, owed: int, asked: int | None = None
) -> None:
    """Say in a line or two what came of a pass.

    Of the items *owed* a command that a person types is about those *asked* for.
    """
    items = paper.several(report.counts.get("written items", 0), "item")
    fields = paper.several(report.counts.get("written fields", 0), "field")
    number = "" if report.pass_id is None else f"pass {report.pass_id}: "
    paper.say(console, f"{number}{items} written ({fields})")
    if report.is_paused:
        words = "paused: nothing is written until `plexsync resume`"
        paper.say(console, words)
    for why in report.lulls:
        paper.say(console, f"left for later: {why}")
    for note in report.notes:
        paper.say(console, note)
    if report.of_plan is None:
        mine = owed if asked is None else asked
        _show_owed(console, mine, "still owed; `plexsync status` says more")
        _show_owed(console, owed - mine, "owed besides, for the next reconcile")
    else:
        _show_of_plan(console, report.of_plan, owed)
    _show_deleted(console, report)
    _show_waiting(console, report)


def show_histograms(
    console: Console, report: PassReport, requests: Mapping[str, int]
) -> None:
    """Show why the rest was left alone, and what was sent, if that was asked for."""
    fields = paper.several(sum(report.reasons.values()), "field")
    paper.counts(console, f"left alone: {fields}, because", report.reasons)
    total = paper.several(sum(requests.values()), "request")
    paper.counts(console, f"sent: {total}", requests)


def _show_of_plan(console: Console, plan: OfPlan, owed: int) -> None:
    """Say what became of a saved plan, and of what it is not about."""
    if plan.already:
        what = paper.several(plan.already, "field")
        verb = "was" if plan.already == 1 else "were"
        paper.say(console, f"{what} of the plan {verb} as planned already")
    words = "still owed what the plan has; `plexsync status` says more"
    _show_owed(console, plan.owed_items, words)
    others = owed - plan.owed_items
    _show_owed(console, others, "owed besides; `plexsync status` says more")


def _show_owed(console: Console, owed: int, words: str) -> None:
    if owed:
        verb = "is" if owed == 1 else "are"
        paper.say(console, f"{paper.several(owed, 'item')} {verb} {words}")


def _show_deleted(console: Console, report: PassReport) -> None:
    if deleted := report.counts.get("deleted scenes", 0):
        what = paper.several(deleted, "scene")
        verb = "is" if deleted == 1 else "are"
        paper.say(console, f"{what} {verb} gone from Stash, and remembered")


def _show_waiting(console: Console, report: PassReport) -> None:
    if report.waiting:
        what = paper.several(report.waiting, "scene")
        verb = "waits" if report.waiting == 1 else "wait"
        paper.say(
            console, f"{what} {verb} for an item in Plex; `plexsync check` says why"
        )


def _rows(lines: Sequence[Line], *, is_brief: bool) -> list[tuple[str, ...]]:
    """Lay lines out; a screen has an item's name only once, a pipe on each line."""
    rows: list[tuple[str, ...]] = [
        (
            line.library,
            str(line.scene),
            line.name,
            line.field,
            *paper.pair(line.old, line.new, lock=line.lock),
            f"{line.reason}, cut to fit" if line.is_cut else line.reason,
        )
        for line in lines
    ]
    return paper.once(rows, _ITEM) if is_brief else rows
