"""What a person asks for by commands: what each is about, as people can see it."""

import json
from collections.abc import Iterator

from reconciler.core.values import Field
from reconciler.engine.conflicts import find_conflicts
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Errand,
    TakePlex,
    TakeStash,
    Undo,
)
from state.journal import Extent
from tests.machine.oracle import Oracle
from tests.machine.seen import SETS
from tests.world import World

_MANY = 10_000

Where = tuple[str, int, Field]
"""A scene or an item by its number, and one of its fields."""
About = list[tuple[str, Field]]


def about(oracle: Oracle, world: World, errand: Errand) -> About:
    """Name the fields that an errand may be about, by what a person can see of it."""
    everything = [key for key in oracle.words if _is_of(oracle, errand, key)]
    match errand:
        case Undo(pass_id=None, since=None | 0):
            return everything
        case Undo():
            written = set(_written(world, errand))
            return [
                key for key in everything if not written.isdisjoint(_at(oracle, key))
            ]
        case TakeStash(scenes=None) | TakePlex() if not oracle.in_doubt:
            listed = conflicts(world, errand)
            return [
                key for key in everything if not listed.isdisjoint(_at(oracle, key))
            ]
        case Claim():
            # nothing is asked for of a scene that Stash does not have
            return [key for key in everything if key[0] in oracle.scenes]
        case Adopt():
            return [key for key in everything if key[1] in SETS]
    return everything


def conflicts(world: World, errand: TakeStash | TakePlex) -> set[Where]:
    """Name the scenes and items and fields in which Plex is left to say otherwise."""
    with world.opened() as ledger:
        found = find_conflicts(ledger, errand.scenes, errand.fields)
        return {
            where
            for one in found
            for where in (
                ("scene", int(one.scene), one.field),
                ("item", int(one.item), one.field),
            )
        }


def _is_of(oracle: Oracle, errand: Errand, key: tuple[str, Field]) -> bool:
    fields = getattr(errand, "fields", None)
    # plexsync may not know yet that a film is another scene's
    is_there = errand.scenes is None or bool(errand.scenes & oracle.had[key[0]])
    return is_there and (fields is None or key[1] in fields)


def _among(oracle: Oracle, keys: About, found: set[Where]) -> About:
    return [key for key in keys if not found.isdisjoint(_at(oracle, key))]


def _at(oracle: Oracle, key: tuple[str, Field]) -> Iterator[Where]:
    """Name a field by all the scenes that ever had the film, and by its item."""
    stem, field = key
    for scene in oracle.had[stem]:
        yield "scene", scene, field
    if stem in oracle.keys:
        yield "item", oracle.keys[stem], field


def _written(world: World, errand: Undo) -> Iterator[Where]:
    with world.opened() as ledger:
        rows = ledger.journal.page(scene=None, before=None, limit=_MANY)
    extent = Extent(pass_id=errand.pass_id, since=errand.since)
    for row in filter(extent.holds, rows):
        for name in json.loads(row.fields):
            yield "scene", row.scene, Field(name)
            yield "item", int(row.item), Field(name)
