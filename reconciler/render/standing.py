"""How things stand: status and check, as sentences for people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from reconciler.engine.checking import Hint, Matches, Sample
from reconciler.engine.history import Passed
from reconciler.engine.status import Status
from reconciler.render import letters, paper
from state.records import OutageRecord, PassRecord, Stage


def show_status(console: Console, status: Status) -> None:
    """Show how things stand, the troubles last."""
    known = "nothing" if status.watermark is None else paper.moment(status.watermark)
    paper.label(console, "scenes", f"{status.scenes} known; read up to {known}")
    if status.deleted:
        gone = paper.several(status.deleted, "scene")
        paper.label(console, "deleted", f"{gone} gone from Stash, remembered")
    linked = paper.several(status.links.get("linked", 0), "item")
    paper.label(console, "links", f"{linked} in Plex")
    for library, count in sorted(status.waiting.items()):
        what = f"{paper.several(count, 'scene')} without an item in {library}"
        paper.label(console, "waiting", f"{what}; `plexsync check` says why")
    paper.label(console, "last pass", _last(status.last, goes_on=status.under_way))
    if status.returned is not None:
        since = f"what failed has answered, last at {paper.moment(status.returned)}"
        paper.label(console, "since then", f"{since}; quiet passes are not recorded")
    _show_owed(console, status)
    paper.counts(console, "fields", _in_words(status.fields))
    _show_troubles(console, status)


_VERDICTS = {"adopted": "not ours"}
"""Verdicts by another word: `adopt` is a command."""


def _in_words(fields: Mapping[str, int]) -> dict[str, int]:
    found = {}
    for name, count in fields.items():
        verdict, _, reason = name.partition(": ")
        found[f"{_VERDICTS.get(verdict, verdict)}: {reason}"] = count
    return found


def show_pause(console: Console, since: int | None) -> None:
    """Show that nothing is written, if that is so."""
    if since is not None:
        begun = paper.moment(since)
        what = f"since {begun}: nothing is written until `plexsync resume`"
        paper.label(console, "paused", what)


def show_quiet(console: Console, reason: str) -> None:
    """Show that it is one of the hours in which nothing is written, if it is."""
    if reason:
        paper.label(console, "quiet", f"{reason}: nothing is written but by command")


def _show_owed(console: Console, status: Status) -> None:
    planned = status.outbox.get(Stage.PLANNED, 0)
    released = status.outbox.get(Stage.RELEASED, 0)
    if planned and not status.held:
        paper.label(console, "planned", f"{paper.several(planned, 'item')} to look at")
    if released:
        tried = f", {status.retrying} tried in vain so far" if status.retrying else ""
        paper.label(console, "owed", f"{paper.several(released, 'item')}{tried}")


def _show_troubles(console: Console, status: Status) -> None:
    if status.contested:
        paper.label(
            console,
            "contested",
            f"{paper.several(status.contested, 'item')} claimed by several scenes and"
            " not written: merge the scenes in Stash, or split the item in Plex",
        )
    for subject, reason in status.doubts.items():
        if subject in status.believed:
            what = f"{subject} is believed by the next `plexsync reconcile`"
            paper.label(console, "approved", what)
        else:
            paper.label(console, "doubted", reason)
    for hold in status.holds:
        paper.label(
            console,
            "held",
            f"pass {hold.number}, by the brake: {'; '.join(hold.reasons)};"
            " `plexsync plan` shows what it would do,"
            f" `plexsync approve {hold.number}` lets it go",
        )
    for outage in status.outages:
        _show_outage(console, outage)
    for letter in status.letters:
        what = f"scene {letter.scene}, {letter.field}: {letter.failure.error}"
        paper.label(console, "dead letter", what)
    if status.dead > len(status.letters):
        more = status.dead - len(status.letters)
        paper.label(console, "", f"... and {more} more dead letters")
    if status.dead:
        what = "`plexsync dead-letters` tells more, and has them tried again"
        paper.label(console, "", what)


def _show_outage(console: Console, outage: OutageRecord) -> None:
    if outage.ended is not None:
        since = f"{paper.moment(outage.began)} to {paper.moment(outage.ended)}"
        what = f"{outage.server}, {since}: {outage.kind}, {outage.cause}"
        paper.label(console, "was out", what)
        return
    until = paper.moment(outage.rests_until)
    what = (
        f"{outage.server}, since {paper.moment(outage.began)}, left alone until"
        f" {until}: {outage.cause}"
    )
    paper.label(console, "out", what)


def _last(last: PassRecord | None, *, goes_on: bool) -> str:
    if last is None:
        return "none that did anything"
    begun = f"{last.id}, {paper.moment(last.started_at)}"
    if last.outcome is None:
        cut = "was cut short; `plexsync reconcile` goes on from there"
        return f"{begun}: {'under way' if goes_on else cut}"
    items = paper.several(last.counts.get("written items", 0), "item")
    return f"{begun}: {last.outcome}, {items} written"


def status_fields(status: Status) -> dict[str, Any]:
    """Take what a document says of how things stand."""
    holds = [{"pass": one.number, "reasons": one.reasons} for one in status.holds]
    brief = [letters.brief_fields(one) for one in status.letters]
    return {**asdict(status), "holds": holds, "letters": brief}


def passed_fields(one: Passed) -> dict[str, Any]:
    """Take what a document says of a pass."""
    fields = asdict(one)
    return {"pass": fields.pop("number"), **fields}


def show_passes(console: Console, found: Sequence[Passed]) -> None:
    """Show the passes that did something, the newest first."""
    if not found:
        paper.say(console, "no pass has done anything yet")
        return
    headings = ("pass", "when", "what", "items written", "came to")
    rows = [
        (
            str(one.number),
            paper.moment(one.started_at),
            one.kind,
            str(one.writes),
            _came_to(one),
        )
        for one in found
    ]
    paper.columns(console, headings, rows)


def _came_to(one: Passed) -> str:
    if one.held:
        return "held by the brake"
    if one.outcome is None:
        return "under way" if one.under_way else "cut short"
    return one.outcome


def show_matches(console: Console, matches: Matches) -> None:
    """Show how many scenes match, why the others do not, and what would mend it."""
    share = f" ({matches.matched / matches.scenes:.0%})" if matches.scenes else ""
    found = f"{matches.matched} of {matches.scenes}{share} have an item in Plex"
    paper.heading(console, f"scenes: {found}")
    paper.counts(console, "", matches.counts)
    for standing in dict.fromkeys(sample.standing for sample in matches.samples):
        own = [sample for sample in matches.samples if sample.standing == standing]
        _show_samples(console, standing, own)
    for hint in matches.hints:
        _show_hint(console, hint)


def _show_samples(console: Console, standing: str, samples: Sequence[Sample]) -> None:
    paper.say(console)
    paper.heading(console, f"{standing}, for example")
    has_items = any(sample.items for sample in samples)
    has_other = any(sample.plex != sample.stash for sample in samples)
    rows = [
        (
            str(sample.scene),
            sample.stash or "-",
            *([sample.plex] * has_other),
            *([", ".join(sample.items)] * has_items),
        )
        for sample in samples
    ]
    headings = ["scene", "file in Stash"]
    headings += ["expected in Plex as"] * has_other + ["items in Plex"] * has_items
    paper.columns(console, headings, rows)


def _show_hint(console: Console, hint: Hint) -> None:
    scenes = paper.several(hint.scenes, "scene")
    verb = "correct" if hint.is_correction else "add"
    paper.say(console)
    paper.heading(console, f"hint: {verb} a mapping")
    paper.say(
        console,
        f"{scenes} without an item lie below {hint.stash}; Plex has files of the"
        f" same names below {hint.plex}. If that is the same folder, {verb}",
    )
    for key in ("[[paths]]", f"stash = {_toml(hint.stash)}"):
        paper.say(console, f"    {key}")
    paper.say(console, f"    plex = {_toml(hint.plex)}")


def _toml(path: str) -> str:
    return f"'{path}'" if "\\" in path and "'" not in path else f'"{path}"'


def show_facts(console: Console, facts: Mapping[str, str]) -> None:
    """Show what is there, a line each."""
    for what, fact in facts.items():
        paper.label(console, what, fact)
