"""A write that lands late is seen, whatever has changed in Stash meanwhile."""

from reconciler.core.values import Field
from reconciler.engine.errands import Release, Undo
from state.ledger import Ledger
from tests.faults.catalogue import is_put
from tests.sandbox.server import Fault, What
from tests.world import World


def held_back(world: World) -> None:
    """Have a write of a title and a summary go out of which nothing is known."""
    world.scene("ice", title="Ice", details="The ice sings.")
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_put))
    world.reconcile()
    with Ledger(world.state) as ledger:
        assert len(ledger.journal.opened(9)) == 1


def lands(world: World) -> None:
    world.plex.person.edit(world.key("ice"), title="Ice", summary="The ice sings.")


def is_taken_back_in_time(world: World) -> None:
    """Nothing is left of the summary that has landed, and nothing is written twice."""
    for _ in range(4):
        world.later(120)
        world.reconcile()

    assert world.value("ice", Field.SUMMARY) == ""
    assert world.value("ice", Field.TITLE) == "Ice"
    assert world.reconcile(is_full=True).puts == 0


def test_law_1_what_lands_after_stash_has_taken_it_back_is_taken_back_too(
    world: World,
) -> None:
    held_back(world)
    world.later(30)  # it may still land
    world.stash.update_scene(1, details="")
    world.reconcile()
    lands(world)

    is_taken_back_in_time(world)


def test_law_1_what_lands_between_the_look_and_the_delivery_is_taken_back_too(
    world: World,
) -> None:
    """Stash is so slow that what may still land at the look is due at the delivery."""
    held_back(world)
    world.later(30)
    world.stash.update_scene(1, details="")
    is_slow = True

    def while_stash_is_asked() -> bool:
        nonlocal is_slow
        if is_slow:
            is_slow = False
            world.later(130)
            lands(world)
        return False

    world.is_over = while_stash_is_asked
    world.reconcile()
    assert not is_slow

    is_taken_back_in_time(world)


def found_anew(world: World, **fields: str) -> None:
    """Let another scene have the only scene's file, without any pass in between."""
    (scene,) = world.stash.scenes
    files = world.stash.scenes[scene].file_ids
    world.stash.destroy_scenes(scene)
    world.stash.create_scene(file_ids=files, **fields)  # type: ignore[arg-type] # by name


def test_law_1_what_lands_when_another_scene_has_the_file_is_taken_back_too(
    world: World,
) -> None:
    held_back(world)
    world.later(30)
    found_anew(world, title="Ice")
    world.reconcile()
    lands(world)

    is_taken_back_in_time(world)


def test_law_7_a_late_write_never_lands_on_what_another_scene_says_since(
    world: World,
) -> None:
    world.scene("ice", title="Ice")
    world.plex_wire.faults.add(Fault(what=What.SLOW_BEFORE, matches=is_put))
    world.reconcile()
    world.later(5)
    found_anew(world, title="ICE")
    assert world.reconcile().puts == 0
    world.later(20)
    assert world.plex_wire.faults.release() == 1

    world.later(60)
    world.reconcile()

    assert world.value("ice", Field.TITLE) == "ICE"
    world.later(60)
    assert world.reconcile(is_full=True).puts == 0


def test_law_2_what_lands_and_is_wanted_costs_no_write(world: World) -> None:
    held_back(world)
    lands(world)
    world.later(120)

    after = world.reconcile()
    world.later(120)
    quiet = world.reconcile()

    assert (after.puts, quiet.puts) == (0, 0)
    assert set(quiet.sent) == {"stash poll"}


def test_law_10_an_undo_that_was_not_read_back_at_once_stays_one(world: World) -> None:
    """A person has taken one of the genres out that it had brought back."""
    before = [world.stash.create_tag(name) for name in ("Ice", "Snow")]
    after = [world.stash.create_tag(name) for name in ("Nature", "Silent")]
    scene = world.scene("ice", tag_ids=tuple(before))
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, tag_ids=tuple(after))
    changed = world.reconcile().report.pass_id
    assert changed is not None
    world.later(600)
    world.plex_wire.faults.add(Fault(what=What.RESET_AFTER, matches=is_put))
    world.carry_out(Undo(pass_id=changed))
    assert set(world.value("ice", Field.GENRES)) == {"Ice", "Snow"}
    world.plex.person.untag(world.key("ice"), "genre", "Snow", lock=True)

    for _ in range(3):
        world.later(600)
        world.reconcile()

    assert world.value("ice", Field.GENRES) == ("Ice",)


def test_law_5_what_is_left_of_a_set_that_was_not_read_back_is_ours(
    world: World,
) -> None:
    """A person has taken one of two genres out before anybody looked."""
    tags = [world.stash.create_tag(name) for name in ("Nature", "Silent")]
    scene = world.scene("ice", tag_ids=tuple(tags))
    world.plex_wire.faults.add(Fault(what=What.RESET_AFTER, matches=is_put))
    world.reconcile()
    world.plex.person.untag(world.key("ice"), "genre", "Nature", lock=True)
    world.later(120)
    world.reconcile()
    assert "Silent" in world.value("ice", Field.GENRES)
    world.later(120)
    world.stash.update_scene(scene, tag_ids=())

    world.reconcile()

    assert world.value("ice", Field.GENRES) == ()
    assert "genre" not in world.item("ice").locks


def is_late(world: World) -> None:
    """Have the next write answered with 200, and made when it is let go."""
    world.plex_wire.faults.add(Fault(what=What.LATE, matches=is_put))


def test_law_5_what_lands_after_a_200_is_ours(world: World) -> None:
    """A genre that the write adds is wanted when it is seen, and later no more."""
    tags = [world.stash.create_tag(name) for name in ("Nature", "Silent")]
    scene = world.scene("ice", tag_ids=tuple(tags))
    is_late(world)
    world.reconcile()
    assert world.value("ice", Field.GENRES) == ()
    assert world.plex_wire.faults.release() == 1
    world.later(120)
    world.reconcile()
    world.later(120)
    world.stash.update_scene(scene, tag_ids=(tags[0],))

    world.reconcile()

    assert world.value("ice", Field.GENRES) == ("Nature",)


def test_law_7_what_lands_after_a_200_never_lands_on_a_newer_write(
    world: World,
) -> None:
    scene = world.scene("ice", title="Ice", details="The ice sings.")
    is_late(world)
    world.reconcile()
    world.later(5)
    world.stash.update_scene(scene, title="Ice in May")
    assert world.reconcile().puts == 0
    assert world.plex_wire.faults.release() == 1
    world.later(120)

    world.reconcile()

    assert world.value("ice", Field.TITLE) == "Ice in May"
    world.later(120)
    assert world.reconcile(is_full=True).puts == 0


def test_law_1_of_a_write_that_plex_made_in_part_the_rest_may_land_late(
    world: World,
) -> None:
    """The rest is taken back where Stash has taken it back before it landed."""
    tags = [world.stash.create_tag(name) for name in ("Nature", "Silent")]
    scene = world.scene("ice", title="Ice", tag_ids=tuple(tags))
    is_late(world)
    world.reconcile()
    world.plex.person.edit(world.key("ice"), title="Ice")  # as the write will have it
    world.later(5)
    world.reconcile()
    assert world.plex_wire.faults.release() == 1
    world.stash.update_scene(scene, tag_ids=())

    for _ in range(3):
        world.later(120)
        world.reconcile()

    assert world.value("ice", Field.TITLE) == "Ice"
    assert world.value("ice", Field.GENRES) == ()


def test_law_7_a_write_that_is_never_made_keeps_a_command_for_a_minute_at_most(
    world: World,
) -> None:
    """It is tried seldomer each time: a command does not wait as long."""
    world.scene("ice", title="Ice")
    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=is_put, times=99))
    for _ in range(6):
        world.later(3600)
        world.reconcile()
    asked = Release()

    at_once = world.carry_out(asked)
    world.later(61)
    a_minute_later = world.carry_out(asked)

    assert "may still land" in " ".join(at_once.report.problems)
    assert a_minute_later.report.problems == ()
    with world.opened() as ledger:
        assert ledger.outbox.counts() == {}
