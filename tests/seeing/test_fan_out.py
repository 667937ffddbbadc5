"""Many scenes that share a performer who is renamed: one poll, no more reads."""

from dataclasses import dataclass

import pytest

from reconciler.core.desire import Rule
from reconciler.core.values import Field, Policy
from state.ledger import Ledger
from tests.world import FILMS, Outcome, World, rules

SIZES = [200, pytest.param(1000, marks=pytest.mark.slow)]
"""Of the scenes that share one, in batches of each kind."""
OTHERS = 50


@dataclass(frozen=True, kw_only=True)
class Renamed:
    """What came of it: the pass that saw it, and the one that delivered it."""

    world: World
    shared: int
    """How many scenes have the performer."""
    owed: set[int]
    """The scenes of the links that something was owed to after the first."""
    seen: Outcome
    delivered: Outcome
    before: dict[int, object]
    """The items that had nothing to do with it, as they were."""


@pytest.fixture(scope="module", params=SIZES)
def renamed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Renamed:
    """Rename the performer of most films of a library that is settled and quiet."""
    shared: int = request.param
    world = World(folder=tmp_path_factory.mktemp("fan"))
    off = Rule(policy=Policy.OFF)
    only_actors = {field.value: off for field in Field if field is not Field.ACTORS}
    world.rules = {FILMS: rules(**only_actors)}
    ada, ben = map(world.stash.create_performer, ("Ada Brook", "Ben Carr"))
    for number in range(shared + OTHERS):
        cast = (ada, ben) if number < shared else (ben,)
        path = f"brook-{number:04}"
        world.scene(path, in_plex=False, performer_ids=cast)
        world.plex.scanner.add_file(f"/media/films/{path}.mp4")
    world.plex.scanner.scan(world.section)
    world.reconcile()
    world.later(2 * 86400)
    world.stash.update_scene(shared + OTHERS)  # what polls reach back from
    world.reconcile()
    assert dict(world.reconcile().sent) == {"stash poll": 1}
    before = _others(world)
    world.later(5)
    world.stash.update_performer(ada, name="Ada Beck")

    world.is_paused = True
    seen = world.reconcile()
    with Ledger(world.state) as ledger:
        links = {link.id: link.scene for link in ledger.links.page(after=0, limit=9999)}
        owed = {links[link] for link in ledger.outbox.of_links(links)}
    world.is_paused = False
    return Renamed(
        world=world,
        shared=shared,
        owed=owed,
        seen=seen,
        delivered=world.reconcile(),
        before=before,
    )


def _others(world: World) -> dict[int, object]:
    return {
        key: item
        for key, item in world.plex.snapshot().items()
        if "Ada Brook" not in item.tags["actor"]
    }


def test_exactly_the_scenes_that_refer_to_it_are_owed(renamed: Renamed) -> None:
    shared = {i for i, s in renamed.world.stash.scenes.items() if 1 in s.performer_ids}

    assert len(shared) == renamed.shared
    assert renamed.owed == shared


def test_stash_is_asked_for_the_poll_and_those_scenes_only(renamed: Renamed) -> None:
    asked = {k: n for k, n in renamed.seen.sent.items() if k.startswith("stash")}

    assert asked == {"stash poll": 1, "stash read": renamed.shared // 100}


def test_plex_is_asked_for_their_items_only(renamed: Renamed) -> None:
    """Read, written and read back; fifty at a time, but for the writes."""
    asked = {k: n for k, n in renamed.delivered.sent.items() if k != "stash poll"}

    assert asked == {
        "plex sections": 1,
        "plex items": 2 * renamed.shared // 50,
        "plex put": renamed.shared,
    }
    assert {key: renamed.world.plex.snapshot()[key] for key in renamed.before} == (
        renamed.before
    )


def test_all_of_them_say_so(renamed: Renamed) -> None:
    casts = [set(i.tags["actor"]) for i in renamed.world.plex.snapshot().values()]

    assert casts.count({"Ada Beck", "Ben Carr"}) == renamed.shared
    assert casts.count({"Ben Carr"}) == OTHERS
