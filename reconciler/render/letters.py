"""Dead letters: a line each, or all that is known of one."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from reconciler.core.values import Field
from reconciler.engine.letters import Letter, Revived
from reconciler.render import paper
from state.records import DeadLetterRecord

NONE = "there are no dead letters"
LEFT = "left until Stash changes the scene"

_DROPPED = ("library", "item", "name", "scene", "field", "dropped_at")


def letter_fields(one: Letter) -> dict[str, Any]:
    """Take what a document says of a dead letter."""
    fields = asdict(one)
    del fields["dropped_at"]
    return {"class": fields.pop("kind"), **fields}


def dropped_fields(one: Letter) -> dict[str, Any]:
    """Take what a document says of one that was dropped."""
    return {name: getattr(one, name) for name in _DROPPED}


def brief_fields(one: DeadLetterRecord) -> dict[str, Any]:
    """Take what the document of `status` says of a dead letter."""
    return {
        "link": one.link,
        "field": one.field,
        "scene": one.scene,
        "target": one.target,
        "class": one.failure.kind,
        "attempts": one.attempts,
        "buried_at": one.buried_at,
        "error": one.failure.error,
    }


def show_letters(console: Console, found: Sequence[Letter]) -> None:
    """Show dead letters, a line each, and what can be done about them."""
    if not found:
        paper.say(console, NONE)
        return
    headings = ("scene", "library", "name", "field", "class", "when", "attempts")
    rows = [
        (
            str(one.scene),
            one.library,
            one.name,
            one.field,
            one.kind,
            paper.moment(one.last_tried_at),
            str(one.attempts),
        )
        for one in found
    ]
    paper.columns(console, headings, rows)
    paper.say(console)
    paper.say(
        console,
        "`plexsync dead-letters show SCENE` says why; `retry` owes them again: --all,"
        " an --error CLASS or a --scene",
    )


def show_dropped(console: Console, found: Sequence[Letter]) -> None:
    """Show what was dropped, a line each."""
    if not found:
        return
    paper.say(console)
    paper.heading(console, f"dropped, and {LEFT}")
    rows = [
        (str(one.scene), one.library, one.name, one.field, paper.moment(one.dropped_at))
        for one in found
        if one.dropped_at is not None
    ]
    headings = ("scene", "library", "name", "field", "when")
    paper.columns(console, headings, rows)
    paper.say(console)
    paper.say(
        console,
        "`plexsync conflicts take stash --scene ID --field F` writes one after all",
    )


def nothing_sentence(
    fields: Collection[Field] | None,
    others: Sequence[Letter],
    dropped: Sequence[Letter] = (),
) -> str:
    """Say that there are no dead letters of some fields, and what there is instead."""
    if dropped:
        return f"{NONE} but what was dropped already: that is {LEFT}"
    if fields is None or not others:
        return NONE
    only = ", ".join(sorted({one.field for one in others}))
    return f"{NONE} of {', '.join(sorted(fields))}, only of {only}"


def dropped_sentence(dropped: int) -> str:
    """Say how many dead letters were dropped, and what becomes of their fields."""
    if dropped == 1:
        return f"1 dead letter forgotten; its field is {LEFT}"
    return f"{dropped} dead letters forgotten; their fields are {LEFT}s"


def show_whole(console: Console, found: Sequence[Letter]) -> None:
    """Show all that is known of dead letters."""
    for one in found:
        paper.heading(console, f"{one.library}, {one.name}: {one.field}")
        paper.label(console, "scene", f"{one.scene}, item {one.item} in Plex")
        paper.label(console, "stash says", paper.cell(one.stash))
        paper.label(console, "error", f"{one.kind}: {one.error}")
        for cause in one.chain[1:]:
            says = f": {cause['says']}" if cause["says"] else ""
            paper.label(console, "because of", f"{cause['class']}{says}")
        tried = paper.several(one.attempts, "time")
        first, last = paper.moment(one.first_tried_at), paper.moment(one.last_tried_at)
        when = first if first == last else f"{first} to {last}"
        paper.label(console, "tried", f"{tried}, {when}")
        paper.label(console, "server", f"Plex {one.server or 'of unknown version'}")
        if one.dropped_at is not None:
            when = paper.moment(one.dropped_at)
            paper.label(console, "dropped", f"{when}: {LEFT}")


def revived_sentences(found: Revived, deliverer: str) -> list[str]:
    """Say how many fields are owed again, and who delivers them."""
    told = []
    if found.absent:
        what = paper.several(found.absent, "field")
        told.append(f"{what} left: the item or the scene is not there")
    if not found.fields:
        return [*told, "nothing is owed again"]
    what = f"{paper.several(found.fields, 'field')} of"
    what = f"{what} {paper.several(found.items, 'item')}"
    them = "it" if found.fields == 1 else "them"
    verb = "is" if found.fields == 1 else "are"
    told.append(f"{what} {verb} owed again; {deliverer} delivers {them}")
    return told
