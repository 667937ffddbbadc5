"""What the items of a Plex have at one moment, as far as the laws are about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.core.canonical import identity
from reconciler.core.values import Field
from tests.sandbox.plex.tags import shown
from tests.world import World

VALUES: Mapping[Field, str] = {
    Field.TITLE: "title",
    Field.SUMMARY: "summary",
    Field.STUDIO: "studio",
    Field.DATE: "originallyAvailableAt",
}
SETS: Mapping[Field, str] = {Field.GENRES: "genre", Field.ACTORS: "actor"}
NAMES = {**VALUES, **SETS}
"""The managed fields, and what Plex calls them."""

_FOLLOWS = frozenset({"year"})
"""What Plex itself moves with a managed value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One field of one item: its value or its elements by identity, and its lock."""

    value: str = ""
    elements: frozenset[str] = frozenset()
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One item as it stands."""

    section: int
    files: tuple[str, ...]
    fields: Mapping[Field, Stand]
    rest: tuple[object, ...]
    """All that plexsync does not manage."""
    spelled: Mapping[str, tuple[str, ...]]
    """Tags of every kind, in Plex's spelling."""


def look(world: World) -> dict[int, Seen]:
    """Look at every item of every library."""
    return {key: _seen(world, key) for key in world.plex.model.items}


def _seen(world: World, key: int) -> Seen:
    model = world.plex.model
    item = model.items[key]
    spelled = {
        kind: tuple(shown(model, tagging) for tagging in taggings)
        for kind, taggings in item.tags.items()
        if taggings
    }
    names = {kind: frozenset(map(identity, found)) for kind, found in spelled.items()}
    fields = {
        field: Stand(value=item.values.get(name, ""), locked=name in item.locks)
        for field, name in VALUES.items()
    }
    fields |= {
        field: Stand(elements=names.get(name, frozenset()), locked=name in item.locks)
        for field, name in SETS.items()
    }
    managed = {*NAMES.values(), *_FOLLOWS}
    posters = item.galleries.get("posters")
    rest = (
        item.guid,
        {k: v for k, v in item.values.items() if k not in managed and v},
        frozenset(item.locks) - managed,
        {kind: found for kind, found in names.items() if kind not in managed},
        posters.selected if posters else "",
        item.deleted_at,
    )
    return Seen(
        section=item.section,
        files=tuple(part.file for part in item.parts),
        fields=fields,
        rest=rest,
        spelled=spelled,
    )
