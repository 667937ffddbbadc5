"""Another tool that takes back what we wrote: after two rounds it is left."""

from reconciler.core.desire import Rule
from reconciler.core.memory import Reason
from reconciler.core.values import Field
from reconciler.engine.conflicts import find_conflicts
from reconciler.engine.errands import TakeStash
from state.ledger import Ledger
from tests.engine.films import everything
from tests.engine.test_errands import START
from tests.world import FILMS, Outcome, World, rules

HOUR = 3600


def loose(world: World) -> None:
    world.rules = {FILMS: rules(summary=Rule(lock=False), genres=Rule(lock=False))}


def taken_back(world: World) -> Outcome:
    """Let the other tool write its own an hour later, and look at everything."""
    world.later(HOUR)
    world.plex.person.edit(world.key("glacier"), lock=False, summary="Theirs")
    return world.reconcile(is_full=True)


def test_the_third_time_in_a_day_it_is_left_and_told(world: World) -> None:
    loose(world)
    world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()

    assert [taken_back(world).puts for _ in range(2)] == [1, 1]
    third = taken_back(world)

    assert third.puts == 0
    assert third.report.reasons[Reason.FIGHT] == 1
    assert world.value("glacier", Field.SUMMARY) == "Theirs"
    with Ledger(world.state) as ledger:
        assert [(c.field, c.reason) for c in find_conflicts(ledger)] == [
            (Field.SUMMARY, Reason.FIGHT)
        ]


def test_it_is_left_a_day_later_too_until_stash_changes_it(world: World) -> None:
    loose(world)
    scene = world.scene("glacier", details="Ice.")
    world.reconcile()
    for _ in range(3):
        taken_back(world)

    assert world.reconcile(is_full=True).puts == 0
    world.later(25 * HOUR)
    assert world.reconcile(is_full=True).puts == 0
    world.stash.update_scene(scene, details="Snow.")
    assert world.reconcile().puts == 1

    assert world.value("glacier", Field.SUMMARY) == "Snow."


def test_what_stash_changes_is_written_in_the_midst_of_a_fight(world: World) -> None:
    loose(world)
    scene = world.scene("glacier", details="Ice.")
    world.reconcile()
    for _ in range(3):
        taken_back(world)
    world.later(HOUR)
    world.stash.update_scene(scene, details="Snow.")

    assert world.reconcile().puts == 1
    assert taken_back(world).puts == 0


def test_three_times_in_more_than_a_day_are_no_fight(world: World) -> None:
    loose(world)
    world.scene("glacier", details="Ice.")
    world.reconcile()

    for _ in range(4):
        world.later(13 * HOUR)
        assert taken_back(world).puts == 1

    assert world.value("glacier", Field.SUMMARY) == "Ice."


def test_a_fight_over_one_field_leaves_the_others(world: World) -> None:
    loose(world)
    ice = world.stash.create_tag("Ice")
    scene = world.scene("glacier", details="Ice.", tag_ids=(ice,))
    world.reconcile()
    for _ in range(3):
        taken_back(world)
    world.plex.person.untag(world.key("glacier"), "genre", "Ice", lock=False)

    outcome = world.reconcile(scenes=frozenset({scene}))

    assert [line.field for line in outcome.lines] == [Field.GENRES]
    assert world.value("glacier", Field.GENRES) == ("Ice",)


def test_an_element_that_is_taken_out_thrice_stays_out(world: World) -> None:
    loose(world)
    ice = world.stash.create_tag("Ice")
    world.scene("glacier", tag_ids=(ice,))
    world.reconcile()
    puts = []
    for _ in range(4):
        world.later(HOUR)
        world.plex.person.untag(world.key("glacier"), "genre", "Ice", lock=False)
        puts.append(world.reconcile(is_full=True).puts)

    assert puts == [1, 1, 0, 0]
    assert world.value("glacier", Field.GENRES) == ()


def test_a_fight_is_settled_for_stash_and_undone_to_the_start(world: World) -> None:
    loose(world)
    world.scene("glacier", details="Ice.")
    before = everything(world)
    world.reconcile()
    for _ in range(3):
        taken_back(world)

    world.carry_out(TakeStash())
    assert world.value("glacier", Field.SUMMARY) == "Ice."
    world.carry_out(START)

    assert world.value("glacier", Field.SUMMARY) == "Theirs"
    assert before.keys() == everything(world).keys()
