"""How things stand, as tables for people and as fields for programs."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from reconciler.engine.checking import Matches
from reconciler.engine.status import Status
from reconciler.render.terminal import show_counts


def status_fields(status: Status) -> dict[str, Any]:
    """Take what the document says of how things stand."""
    return asdict(status)


def match_fields(matches: Matches) -> dict[str, Any]:
    """Take what the document says of matches."""
    return asdict(matches)


def show_status(console: Console, status: Status) -> None:
    """Show how things stand, the troubles last."""
    _say(console, "scenes", f"{status.scenes} known, recorded up to {_moment(status)}")
    _say(console, "links", f"{status.links.get('linked', 0)} to items in Plex")
    _say(console, "last pass", _last(status))
    show_counts(console, "owed to Plex", status.outbox)
    show_counts(console, "waiting for an item in Plex", status.waiting)
    show_counts(console, "fields", status.fields)
    if status.retrying:
        _say(
            console, "retrying", f"{status.retrying} items; see the last pass's errors"
        )
    if status.contested:
        _say(
            console,
            "contested",
            f"{status.contested} items are claimed by several scenes and not written:"
            " merge the scenes in Stash, or split the item in Plex",
        )
    for number in status.held:
        _say(console, "held", f"pass {number}: `plexsync approve {number}` lets it go")
    for letter in status.letters:
        what = f"scene {letter.scene}, {letter.field}: {letter.error}"
        _say(console, "dead letter", what)


def show_check(
    console: Console, facts: Mapping[str, str], matches: Matches | None
) -> None:
    """Show what answered, and which scenes have an item."""
    for server, fact in facts.items():
        _say(console, server, fact)
    if matches is None:
        return
    show_counts(console, "scenes", matches.counts)
    for sample in matches.samples:
        _say(console, "not in Plex", sample)
    for mapped, found in matches.hints:
        _say(
            console,
            "hint",
            f"Plex has files of the same name under {found}: if that is the folder"
            f" mapped to {mapped} now, correct [[paths]]",
        )


def _say(console: Console, what: str, text: str) -> None:
    console.print(Text(f"{what:<14} {text}"))


def _moment(status: Status) -> str:
    if status.watermark is None:
        return "nothing yet"
    moment = datetime.fromtimestamp(status.watermark, UTC)
    return moment.isoformat(sep=" ", timespec="seconds")


def _last(status: Status) -> str:
    if status.last is None:
        return "none that did anything"
    moment = datetime.fromtimestamp(status.last.started_at, UTC)
    outcome = status.last.outcome or "cut short"
    return f"{status.last.id} at {moment:%Y-%m-%d %H:%M:%S} UTC, {outcome}"
