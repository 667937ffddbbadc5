"""The state and its backups: how each was found, and what was put where."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console

from reconciler.core.wording import several
from reconciler.render import paper
from state.backups import Backup
from state.recovery import Recovery
from state.soundness import Finding, Soundness

AFTER = (
    "the next pass looks at every item first, and what it would write then waits for"
    " `plexsync approve`; what was undone, released or settled since is to be asked for"
    " again"
)
"""What it means that a state was put back."""

_KILO = 1000


def sized(size: int) -> str:
    """Write how long a file is."""
    if size < _KILO:
        return f"{size} bytes"
    if size < _KILO**2:
        return f"{size / _KILO:.1f} kB"
    return f"{size / _KILO**2:.1f} MB"


def show_made(console: Console, made: Backup, dropped: Sequence[Backup]) -> None:
    """Show a backup that was made."""
    paper.say(console, f"{made.path}: {sized(made.size)}, whole")
    if dropped:
        old = several(len(dropped), "older one")
        paper.say(console, f"{old} dropped: [state] keep_backups")


def made_fields(made: Backup, dropped: Sequence[Backup]) -> dict[str, Any]:
    """Take what a document says of it."""
    at = int(made.made_at.timestamp())
    backup = {"path": str(made.path), "made_at": at, "size": made.size}
    return {"backup": backup, "dropped": [str(one.path) for one in dropped]}


def show_soundness(
    console: Console,
    state: Soundness | None,
    backups: Sequence[tuple[Backup, Soundness]],
) -> None:
    """Show how the state and its backups were found, a line each."""
    rows = []
    if state is not None:
        rows.append(("state", "", *_found(state)))
    rows += [("backup", _moment(one.made_at), *_found(its)) for one, its in backups]
    if rows:
        headings = ("what", "made", "size", "version", "found", "file")
        paper.columns(console, headings, rows)
    else:
        paper.say(console, "there is no state yet, nor a backup")


def soundness_fields(
    state: Soundness | None, backups: Sequence[tuple[Backup, Soundness]]
) -> dict[str, Any]:
    """Take what a document says of it."""
    return {
        "state": None if state is None else _fields(state),
        "backups": [
            {**_fields(its), "made_at": int(one.made_at.timestamp())}
            for one, its in backups
        ],
    }


def restored_fields(done: Recovery) -> dict[str, Any]:
    """Take what a document says of a state that was put back."""
    of = None if done.made_at is None else int(done.made_at.timestamp())
    return {
        "backup": None if done.backup is None else str(done.backup),
        "made_at": of,
        "aside": [str(path) for path in done.aside],
        "spoilt": [_fields(one) for one in done.spoilt],
        "dead_letters": done.letters,
        "untaken": done.untaken,
    }


def _fields(one: Soundness) -> dict[str, Any]:
    return {
        "path": str(one.path),
        "size": one.size,
        "version": one.version,
        "finding": one.finding,
        "problem": one.problem,
    }


def _found(one: Soundness) -> tuple[str, str, str, str]:
    version = (one.version or "").partition("_")[0]
    problem = one.problem or Finding.SOUND
    return sized(one.size), version, problem, str(one.path)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
