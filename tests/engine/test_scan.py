"""How Stash is read: nothing is missed, and the watermark never runs ahead."""

from datetime import timedelta, timezone

import pytest

from reconciler.core.values import Field
from state.ledger import Ledger
from tests.crash.boundaries import Crash, crash_at, watched
from tests.world import START, World


def _watermark(world: World) -> int | None:
    with Ledger(world.state) as ledger:
        return ledger.scenes.scan().watermark


def test_two_edits_in_one_second_both_arrive(world: World) -> None:
    """The stamp is the same for both, and the first was read in between."""
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.stash.update_scene(scene, title="Glacier, again")

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier, again"


def test_an_edit_that_becomes_visible_long_after_its_stamp_arrives(
    world: World,
) -> None:
    scene = world.scene("glacier", title="Glacier")
    other = world.scene("brook", title="Brook")
    world.later(600)
    world.reconcile()
    world.stash.slow(300, lambda: world.stash.update_scene(scene, title="Slow"))
    world.later(200)
    world.stash.update_scene(other, title="Quick")
    world.reconcile()
    world.later(200)
    world.stash.catch_up()

    world.reconcile()

    assert world.value("brook", Field.TITLE) == "Quick"
    assert world.value("glacier", Field.TITLE) == "Slow"


@pytest.mark.parametrize("hours", [-11, -5, 0, 2, 13])
def test_a_change_of_the_servers_zone_hides_nothing(world: World, hours: int) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(600)
    world.stash.zone = timezone(timedelta(hours=hours))
    world.stash.update_scene(scene, title="Glacier, elsewhere")

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier, elsewhere"


def test_the_watermark_is_not_taken_beyond_the_servers_clock(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.later(86400)
    world.stash.update_scene(scene, title="From the future")
    world.later(-86400)

    world.reconcile()

    assert _watermark(world) == START


def test_a_save_without_a_change_costs_no_request_to_plex(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene)

    assert dict(world.reconcile().sent) == {"stash poll": 1}


def test_rows_settle_once_and_are_then_slim(world: World) -> None:
    world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(600)
    world.reconcile()

    with Ledger(world.state) as ledger:
        assert ledger.scenes.oldest_unsettled() is None
    before = world.state.read_bytes()
    world.reconcile()
    assert world.state.read_bytes() == before


def test_a_scan_that_was_cut_short_goes_on_and_ends_complete(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.engine.recording.CHUNK", 2)
    for number in range(7):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    world.plex_wire.up = False
    with Ledger(world.state):
        pass  # what making it takes is not what is cut short
    with pytest.raises(Crash), watched(crash_at(12)):
        world.reconcile()
    assert _watermark(world) is None
    with Ledger(world.state) as ledger:
        assert ledger.scenes.scan().cursor is not None
        assert ledger.scenes.count() > 0
    world.plex_wire.up = True
    world.restart()

    world.reconcile()

    assert _watermark(world) == START
    assert world.value("brook-6", Field.TITLE) == "Brook 6"


def test_one_old_scene_alone_makes_no_later_pass_read_more(world: World) -> None:
    tag = world.stash.create_tag("Nature")
    scene = world.scene("glacier", title="Glacier", tag_ids=(tag,))
    world.later(10 * 86400)
    world.scene("brook", title="Brook")
    world.reconcile()
    world.later(600)
    world.stash.update_tag(tag, name="Ice")

    world.reconcile(scenes=frozenset({scene}))

    with Ledger(world.state) as ledger:
        assert ledger.scenes.get([scene])[scene].is_settled


def test_one_scene_alone_leaves_the_watermark(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.scene("brook", title="Brook")

    outcome = world.reconcile(scenes=frozenset({scene}))

    assert outcome.puts == 1
    assert _watermark(world) is None
