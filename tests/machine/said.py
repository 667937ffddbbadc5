"""What Stash says of a scene's item, in the form that this Plex gives it."""

import re
import unicodedata

from reconciler.core.canonical import block, identity, line
from reconciler.core.values import Field
from tests.machine.seen import Stand
from tests.sandbox.plex.switches import Switches
from tests.world import World

_WIDTH = 255


def says(world: World, scene: int, stem: str) -> dict[Field, Stand]:
    """Say what Stash wants of the item of a scene's file; empty is no opinion."""
    stash, form = world.stash, _Form(world.plex.model.switches)
    row = stash.scenes[scene]
    studio = "" if row.studio_id is None else stash.studios[row.studio_id].name
    tags = [stash.tags[tag].name for tag in row.tag_ids]
    people = [stash.performers[one].name for one in row.performer_ids]
    return {
        Field.TITLE: Stand(value=form.short(line(row.title) or stem)),
        Field.SUMMARY: Stand(value=form.long(block(row.details))),
        Field.STUDIO: Stand(value=form.short(line(studio))),
        # a mere month or year is its first day
        Field.DATE: Stand(value=f"{row.date}-01-01"[:10] if row.date else ""),
        Field.GENRES: Stand(elements=form.names(tags)),
        Field.ACTORS: Stand(elements=form.names(people)),
    }


def falls_back(world: World, scene: int) -> bool:
    """Whether the title is only the file's stem: `fill`, and never locked."""
    return not line(world.stash.scenes[scene].title)


class _Form:
    """Plex's normal form, worked out anew from the switches."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def short(self, text: str) -> str:
        formed = self.long(text)
        return formed[:_WIDTH] if self._switches.cuts_at_255 else formed

    def long(self, text: str) -> str:
        if self._switches.newlines_become_spaces:
            text = re.sub(r"\r\n|\r|\n", " ", text)
        if self._switches.trims:
            text = text.strip()
        return unicodedata.normalize("NFC", text) if self._switches.normalises else text

    def names(self, names: list[str]) -> frozenset[str]:
        return frozenset(identity(self.short(line(name))) for name in names)
