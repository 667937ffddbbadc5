"""What a person asks for by commands: what each is about, as people can see it."""

import json
from collections.abc import Iterator

from reconciler.core.values import Field
from reconciler.engine.conflicts import find_conflicts
from reconciler.engine.errands import Adopt, Errand, TakePlex, TakeStash, Undo
from state.journal import Extent
from tests.machine.oracle import Oracle
from tests.machine.seen import SETS
from tests.world import World

_MANY = 10_000

About = list[tuple[str, Field]]


def about(oracle: Oracle, world: World, errand: Errand) -> About:
    """Name the fields that an errand may be about, by what a person can see of it."""
    everything = [key for key in oracle.words if _is_of(oracle, errand, key)]
    match errand:
        case Undo(pass_id=None, since=None | 0):
            return everything
        case Undo():
            written = set(_written(world, errand))
            return [key for key in everything if _place(oracle, key) in written]
        case TakeStash() | TakePlex() if not oracle.in_doubt:
            listed = conflicts(world, errand)
            return [
                key for key in everything if (_scene(oracle, key), key[1]) in listed
            ]
        case Adopt():
            return [key for key in everything if key[1] in SETS]
    return everything


def conflicts(world: World, errand: TakeStash | TakePlex) -> set[tuple[int, Field]]:
    """Name the scenes and fields in which Plex is left to say otherwise."""
    with world.opened() as ledger:
        found = find_conflicts(ledger, errand.scenes, errand.fields)
        return {(int(one.scene), one.field) for one in found}


def _is_of(oracle: Oracle, errand: Errand, key: tuple[str, Field]) -> bool:
    fields = getattr(errand, "fields", None)
    is_there = errand.scenes is None or _scene(oracle, key) in errand.scenes
    return is_there and (fields is None or key[1] in fields)


def _scene(oracle: Oracle, key: tuple[str, Field]) -> int | None:
    return oracle.scenes.get(key[0])


def _place(oracle: Oracle, key: tuple[str, Field]) -> tuple[int | None, Field]:
    # what was written for a scene that has gone is undone with the item
    return oracle.keys.get(key[0]), key[1]


def _written(world: World, errand: Undo) -> Iterator[tuple[int | None, Field]]:
    with world.opened() as ledger:
        rows = ledger.journal.page(scene=None, before=None, limit=_MANY)
    extent = Extent(pass_id=errand.pass_id, since=errand.since)
    for row in filter(extent.holds, rows):
        for name in json.loads(row.fields):
            yield int(row.item), Field(name)
