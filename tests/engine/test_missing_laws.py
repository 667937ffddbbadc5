"""A library that the configuration names and Plex has not: the others go on."""

import pytest

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.match import Mapping
from reconciler.core.values import Field, Policy, SceneId
from reconciler.engine.errands import Adopt, Undo
from state.ledger import Ledger
from tests.world import FILMS, World, rules

SHORTS = "Shorts"
SENTENCE = (
    'plex has no library "Shorts"; it has "Clips", "Films": correct [plex] libraries'
)


@pytest.fixture
def both(world: World) -> World:
    """Return a world with a film and a short, which both are delivered."""
    world.rules = {FILMS: rules(), SHORTS: rules()}
    world.mappings += (Mapping(stash="/data/shorts", plex="/media/shorts"),)
    shorts = world.plex.add_section(SHORTS, "/media/shorts")
    world.scene("brook", title="Brook")
    scene = world.stash.scan_new_file("/data/shorts/frost.mp4")
    world.stash.update_scene(scene, title="Frost")
    world.plex.add(shorts, "/media/shorts/frost.mp4")
    world.reconcile()
    world.later(600)
    return world


def call(world: World, title: str, number: int = 2) -> None:
    """Give the second library another title."""
    world.plex.model.sections[number].title = title


def short(world: World) -> str:
    key = world.plex.scanner.key_of(2, "/media/shorts/frost.mp4")
    return world.plex.snapshot_of(key).values["title"]


def linked(world: World) -> dict[str, int]:
    with Ledger(world.state) as ledger:
        return ledger.links.counts()


def edit(world: World) -> None:
    world.stash.update_scene(1, title="Brook, again")
    world.stash.update_scene(2, title="Frost, again")


@pytest.mark.parametrize(
    "scope", [{}, {"is_full": True}, {"part": (0, 1)}], ids=["new", "full", "sweep"]
)
def test_the_others_go_on_and_what_is_known_of_it_is_kept(
    both: World, scope: dict[str, object]
) -> None:
    call(both, "Clips")
    edit(both)

    outcome = both.reconcile(**scope)

    assert outcome.report.missing == (SENTENCE,)
    assert outcome.report.problems == ()
    assert both.value("brook", Field.TITLE) == "Brook, again"
    assert (short(both), linked(both)) == ("Frost", {"linked": 2})
    call(both, SHORTS)
    both.later(60)
    done = both.reconcile()
    assert (done.report.missing, short(both)) == ((), "Frost, again")
    assert done.report.causes == {"changed in stash": 1} or scope


def test_stash_is_recorded_though_no_library_is_there(world: World) -> None:
    world.rules = {SHORTS: rules()}
    world.scene("brook", title="Brook")

    outcome = world.reconcile()

    assert len(outcome.report.missing) == 1
    with Ledger(world.state) as ledger:
        assert (ledger.scenes.count(), ledger.links.counts()) == (1, {})


def test_what_could_not_be_looked_at_is_not_let_go(both: World) -> None:
    """Or the brake would have let it go unseen."""
    both.limits = Limits(overwrites=0, overwrites_floor=0)
    both.rules[SHORTS] = rules(title=Rule(policy=Policy.ENFORCE))
    key = both.plex.scanner.key_of(2, "/media/shorts/frost.mp4")
    both.plex.person.edit(key, title="Somebody's")
    call(both, "Clips")
    edit(both)

    first = both.reconcile()
    again = both.reconcile()

    assert both.value("brook", Field.TITLE) == "Brook, again"
    assert first.report.held == again.report.held == ()
    with Ledger(both.state) as ledger:
        assert ledger.outbox.counts() == {"planned": 1}
    call(both, SHORTS)
    (held,) = both.reconcile().report.held
    assert held.pass_id == first.report.pass_id
    assert short(both) == "Somebody's"


def test_what_is_asked_for_waits_for_it(both: World) -> None:
    call(both, "Clips")

    undone = both.carry_out(Undo(since=0))
    adopted = both.carry_out(Adopt(scenes=frozenset({SceneId(2)})))

    assert undone.report.missing == adopted.report.missing == (SENTENCE,)
    assert (both.value("brook", Field.TITLE), short(both)) == ("brook", "Frost")
    call(both, SHORTS)
    both.later(60)
    both.reconcile()
    assert short(both) == "frost"
