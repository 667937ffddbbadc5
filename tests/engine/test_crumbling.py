"""A Stash that loses its scenes a few at a time: the parts of a loss add up."""

import pytest

from reconciler.core.brake import Limits
from reconciler.core.values import Field, OnDelete
from reconciler.engine.doubting import approve_doubt
from state.ledger import Ledger
from tests.world import World

DAY = 24 * 3600


@pytest.fixture
def films(world: World) -> World:
    """Return fifty films, settled and quiet, of which twenty may go."""
    for number in range(50):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.later(600)
    world.limits = Limits(overwrites_floor=10**9, removals_floor=20)
    world.on_delete = OnDelete.RESTORE
    return world


def tombstones(world: World) -> int:
    with Ledger(world.state) as ledger:
        return ledger.scenes.tombstones()


def destroy(world: World, first: int, last: int) -> None:
    world.stash.destroy_scenes(*range(first, last + 1))


def titles(world: World) -> int:
    """Count the items that have the title that Stash gave them."""
    return sum(
        world.value(f"brook-{number}", Field.TITLE) == f"Brook {number}"
        for number in range(50)
    )


def test_deletions_of_one_day_add_up(films: World) -> None:
    destroy(films, 1, 20)
    assert films.reconcile().report.doubts == ()
    assert (tombstones(films), titles(films)) == (20, 30)
    films.later(600)
    destroy(films, 21, 40)

    (doubt,) = films.reconcile().report.doubts

    assert doubt.reason.startswith(
        "40 of 50 scenes are gone from stash within 24 hours, 20 of them before now,"
        " the limit is 20 (2 % of 50, at least 20, by [brake] removals)"
    )
    assert (tombstones(films), titles(films)) == (20, 30)


def test_one_at_a_time_they_add_up_as_well(films: World) -> None:
    for number in range(1, 31):
        destroy(films, number, number)
        films.later(600)
        films.reconcile()

    assert (tombstones(films), titles(films)) == (20, 30)


def test_what_went_a_day_ago_counts_no_more(films: World) -> None:
    destroy(films, 1, 20)
    films.reconcile()
    films.later(DAY)
    destroy(films, 21, 40)

    assert films.reconcile().report.doubts == ()
    assert (tombstones(films), titles(films)) == (40, 10)


def test_a_persons_word_is_good_for_one_part_of_a_loss(films: World) -> None:
    destroy(films, 1, 20)
    films.reconcile()
    films.later(600)
    destroy(films, 21, 25)
    films.reconcile()
    with Ledger(films.state) as ledger:
        approve_doubt(ledger, "stash")
    assert films.reconcile().report.doubts == ()
    assert tombstones(films) == 25
    films.later(600)
    destroy(films, 26, 26)

    assert films.reconcile().report.doubts

    assert (tombstones(films), titles(films)) == (25, 25)


def test_scenes_whose_files_others_have_by_now_are_no_loss(films: World) -> None:
    """Cleaned and scanned anew, their items are where they were."""
    for number in range(20):
        films.stash.clean(*films.stash.scenes[number + 1].file_ids)
        scene = films.stash.scan_new_file(f"/data/films/brook-{number}.mp4")
        films.stash.update_scene(scene, title=f"Brook {number}")
    films.reconcile()
    films.later(600)
    destroy(films, 21, 40)

    assert films.reconcile().report.doubts == ()
    assert tombstones(films) == 40
