"""How things stand: status and check, as sentences for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from rich.console import Console

from reconciler.core.absence import STASH
from reconciler.engine.checking import Hint, Matches, Sample
from reconciler.engine.health import OF_LIBRARIES, OF_STASH, HealthItem, Trouble
from reconciler.engine.history import Passed
from reconciler.engine.running import HELD
from reconciler.engine.status import AtWork, Status, Tried
from reconciler.render import letters, paper
from reconciler.render.document import VERSION
from state.records import PassRecord, Stage
from state.restorations import RestorationRecord

_OVER = 3
"""How many outages that are over are shown."""


def show_status(
    console: Console, status: Status, items: Sequence[HealthItem], *, now: int
) -> None:
    """Show how things stand *now*, in unix seconds, the troubles, the past."""
    paper.label(console, *_at_work(status.at_work))
    known = "nothing" if status.watermark is None else paper.moment(status.watermark)
    paper.label(console, "scenes", f"{status.scenes} known; read up to {known}")
    if status.deleted:
        gone = paper.several(status.deleted, "scene")
        paper.label(console, "deleted", f"{gone} gone from Stash, remembered")
    linked = paper.several(status.links.get("linked", 0), "item")
    paper.label(console, "links", f"{linked} in Plex")
    paper.label(console, "last pass", _last(status.last, goes_on=status.under_way))
    if status.returned is not None:
        since = f"what failed has answered, last at {paper.moment(status.returned)}"
        paper.label(console, "since then", f"{since}; quiet passes are not recorded")
    _show_owed(console, status, now)
    paper.counts(console, "fields", _in_words(status.fields))
    _show_believed(console, status)
    show_health(console, status, items, now=now)
    _show_over(console, status)


def _at_work(writer: AtWork | None) -> tuple[str, str]:
    if writer is None:
        return "daemon", "not running"
    since = "" if writer.since is None else f" since {paper.moment(writer.since)}"
    if writer.is_daemon:
        return "daemon", f"running{since}"
    # a daemon may have lent it the state
    return "at work", f"`plexsync {writer.command or '...'}`{since}"


_VERDICTS = {"adopted": "not ours"}
"""Verdicts by another word: `adopt` is a command."""


def _in_words(fields: Mapping[str, int]) -> dict[str, int]:
    found = {}
    for name, count in fields.items():
        verdict, _, reason = name.partition(": ")
        found[f"{_VERDICTS.get(verdict, verdict)}: {reason}"] = count
    return found


def show_health(
    console: Console, status: Status, items: Sequence[HealthItem], *, now: int
) -> None:
    """Show every trouble, what to do about it, and beneath it what is known of it."""
    for item in items:
        paper.label(console, item.type, f"{item.message}; {item.hint}")
        for line in details(status, item, now):
            paper.label(console, "", line)
    for lull in status.lulls:
        paper.label(console, "quiet", f"{lull}: nothing is written but by command")


def details(status: Status, item: HealthItem, now: int) -> Iterator[str]:
    """Take what is known *now* of a trouble, names and what servers say included."""
    match item.type:
        case Trouble.HELD:
            yield from _reasons(status, item.about)
        case Trouble.DOUBT:
            for subject, reason in status.doubts.items():
                if item.about == (OF_STASH if subject == STASH else OF_LIBRARIES):
                    yield reason
        case Trouble.OUTAGE | Trouble.UNAUTHORISED:
            yield from _rest(status, item.about, now)
        case Trouble.LETTERS:
            yield from _letters(status)
        case Trouble.MISSING:
            yield from status.missing
        case Trouble.WAITING:
            for library, count in sorted(status.waiting.items()):
                yield f"{count} in {library}"


def _reasons(status: Status, about: str) -> Iterator[str]:
    """Take why a pass is held."""
    for hold in status.holds:
        if about == f"pass {hold.number}":
            yield from hold.reasons


def _rest(status: Status, server: str, now: int) -> Iterator[str]:
    """Take why a server is left alone, and until when, if it is still."""
    for outage in status.outages:
        if outage.server == server and outage.ended is None:
            until = f"left alone until {paper.moment(outage.rests_until)}: "
            yield f"{until if outage.rests_until > now else ''}{outage.cause}"


def _show_owed(console: Console, status: Status, now: int) -> None:
    planned = status.outbox.get(Stage.PLANNED, 0)
    released = status.outbox.get(Stage.RELEASED, 0)
    if planned and not status.held:
        paper.label(console, "planned", f"{paper.several(planned, 'item')} to look at")
    if released:
        tried = _tried_of(released, status.retrying)
        paper.label(console, "owed", f"{paper.several(released, 'item')}{tried}")
    for one in status.tried:
        paper.label(console, "", _tried(one, now))
    if (more := status.retrying - len(status.tried)) > 0:
        paper.label(console, "", f"... and {more} more")


def _tried_of(released: int, retrying: int) -> str:
    """Say how many items of those that are owed were tried in vain."""
    if not retrying:
        return ""
    if retrying == released:
        return f", {'all ' if released > 1 else ''}tried in vain so far"
    return f", {retrying} of them tried in vain so far"


def _tried(one: Tried, now: int) -> str:
    """Say how often an item was tried in vain, when it is again, and why."""
    times = "once" if one.attempts == 1 else f"{one.attempts} times"
    next_at = f"not before {paper.moment(one.not_before)}"
    again = next_at if now < one.not_before else "with the next pass"
    what = f"{one.library}, {one.name} (scene {one.scene}): {', '.join(one.fields)}"
    return f"{what}; tried {times}, again {again}: {one.error}"


def _show_believed(console: Console, status: Status) -> None:
    """Show what the next pass settles."""
    for subject in status.believed:
        what = f"{subject} is believed by the next `plexsync reconcile`"
        paper.label(console, "approved", what)


def _show_over(console: Console, status: Status) -> None:
    """Show the last outages that are over, without what was to be done about them."""
    over = (one for one in status.outages if one.ended is not None)
    for one in islice(over, _OVER):
        since = f"{paper.moment(one.began)} to {paper.moment(one.ended or 0)}"
        cause = one.cause.rpartition(": ")[0] or one.cause
        paper.label(console, "was out", f"{one.server}, {since}: {cause}")


def _letters(status: Status) -> Iterator[str]:
    for letter in status.letters:
        yield f"scene {letter.scene}, {letter.field}: {letter.failure.error}"
    if (more := status.dead - len(status.letters)) > 0:
        yield f"... and {more} more dead letters"


def _last(last: PassRecord | None, *, goes_on: bool) -> str:
    if last is None:
        return "none that did anything"
    begun = f"{last.id}, {paper.moment(last.started_at)}"
    if last.outcome is None:
        cut = "was cut short; `plexsync reconcile` goes on from there"
        return f"{begun}: {'under way' if goes_on else cut}"
    items = paper.several(last.counts.get("written items", 0), "item")
    return f"{begun}: {last.outcome}, {items} written"


def status_fields(status: Status, items: Sequence[HealthItem]) -> dict[str, Any]:
    """Take what a document says of how things stand."""
    holds = [{"pass": one.number, "reasons": one.reasons} for one in status.holds]
    brief = [letters.brief_fields(one) for one in status.letters]
    told = [health_fields(one) for one in items]
    known = {"holds": holds, "letters": brief, "health": told}
    return {**asdict(status), **known, "restored": _restored_fields(status.restored)}


def _restored_fields(one: RestorationRecord | None) -> dict[str, Any] | None:
    if one is None:
        return None
    when = {"at": one.at, "of": one.made_at, "ended": one.ended}
    return {**when, "pass": one.pass_id}


def status_document(status: Status, items: Sequence[HealthItem]) -> dict[str, Any]:
    """Make the whole document of `status`, of which nothing has gone wrong."""
    head = {"version": VERSION, "command": "status", "exit_code": 0, "problems": []}
    return {**head, **status_fields(status, items)}


def health_fields(item: HealthItem) -> dict[str, str]:
    """Take what a document says of a trouble."""
    return {"type": item.type, "message": item.message, "hint": item.hint}


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
    return "held, let go since" if one.outcome == HELD else one.outcome


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
