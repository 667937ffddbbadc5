"""A write that lands late is seen, whatever has changed in Stash meanwhile."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.core.retry import VERIFY_AFTER
from reconciler.core.values import Field, OnDelete
from reconciler.engine.errands import Release, Undo
from state.journal import LANDS_WITHIN
from state.ledger import Ledger
from tests.engine.test_binding import renumber
from tests.faults.catalogue import is_get, is_put
from tests.sandbox.server import Fault, What
from tests.sandbox.stash.records import Scene
from tests.world import World


def held_back(world: World) -> None:
    """Have a write of a title and a summary go out of which nothing is known."""
    world.scene("ice", title="Ice", details="The ice sings.")
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_put))
    world.reconcile()
    with Ledger(world.state) as ledger:
        assert len(ledger.journal.opened(9)) == 1


def writes_late(world: World) -> None:
    """Have a pass give up a write that Plex makes when it is let go."""
    world.plex_wire.faults.add(Fault(what=What.SLOW_BEFORE, matches=is_put))
    world.reconcile()
    world.later(5)


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
    writes_late(world)
    found_anew(world, title="ICE")
    assert world.reconcile().puts == 0
    world.later(20)
    assert world.plex_wire.faults.release() == 1

    world.later(60)
    world.reconcile()

    assert world.value("ice", Field.TITLE) == "ICE"
    world.later(60)
    assert world.reconcile(is_full=True).puts == 0


SHORE = "/media/films/shore/ice.mp4"


def moves(world: World) -> None:
    """Have the film's file move, of which Plex does not know yet."""
    (file,) = world.stash.scenes[1].file_ids
    world.stash.move_files([file], "/data/films/shore", "ice.mp4")
    world.stash.update_scene(1, date="2021-05-04")
    assert world.reconcile().report.waiting == 1


def is_found(world: World) -> int:
    """Have Plex find the file where it is now; give the key of its item."""
    world.plex.scanner.rename_file("/media/films/ice.mp4", SHORE)
    world.plex.scanner.scan(world.section)
    return world.plex.scanner.key_of(world.section, SHORE)


def test_law_7_a_late_write_never_lands_on_what_is_newer_once_its_item_was_lost(
    world: World,
) -> None:
    world.scene("ice", title="Ice")
    writes_late(world)
    moves(world)
    key = is_found(world)
    world.stash.update_scene(1, title="ICE")
    assert world.reconcile().puts == 0
    world.later(20)
    assert world.plex_wire.faults.release() == 1

    world.later(60)
    world.reconcile()

    assert world.plex.snapshot_of(key).values["title"] == "ICE"


def test_law_1_what_lands_in_an_item_that_was_lost_is_taken_back_when_it_is_found(
    world: World,
) -> None:
    held_back(world)
    moves(world)
    lands(world)
    world.later(120)
    world.stash.update_scene(1, details="")
    assert world.reconcile().puts == 0
    with Ledger(world.state) as ledger:
        assert (ledger.outbox.counts(), ledger.journal.opened(9)) == ({}, [])
    key = is_found(world)

    world.reconcile()

    assert not world.plex.snapshot_of(key).values.get("summary")
    assert world.plex.snapshot_of(key).values["title"] == "Ice"


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


def test_of_many_writes_that_may_land_three_scenes_are_named(world: World) -> None:
    for stem in ("brook", "frost", "glacier", "ice", "moss"):
        world.scene(stem, title=stem.title())
    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=is_put, times=99))
    world.reconcile()

    refused = world.carry_out(Release())

    (told,) = refused.report.problems[:1]
    assert "of scenes 1, 2, 3 and 2 more may still land" in told
    assert refused.puts == 0


def test_the_ledger_waits_for_a_write_as_long_as_the_core_says() -> None:
    assert LANDS_WITHIN == VERIFY_AFTER


def lands_after(world: World) -> None:
    """Let it land when two passes had the time to write something newer."""
    for _ in range(2):
        world.reconcile()
        world.later(5)
    assert world.value("ice", Field.TITLE) != "Newer", "it waits"
    assert world.plex_wire.faults.release() == 1
    for _ in range(3):
        world.later(60)
        world.reconcile()


def file_goes_to_another(world: World) -> None:
    """Have the scene that is written lose a file, and another take it up."""
    world.scene("hail", title="Hail")
    world.scene("snow", title="Snow")
    world.reconcile()
    world.later(600)
    file = world.stash.scan_copy("/data/films/ice.mp4", 1)
    world.plex.add(world.section, "/media/films/ice.mp4")
    writes_late(world)
    world.stash.assign_file(2, file)
    world.stash.update_scene(1)
    world.stash.update_scene(2, title="Newer")


def scene_goes_and_another_comes(world: World) -> None:
    world.scene("ice", title="Ice")
    writes_late(world)
    (scene,) = world.stash.scenes
    files = world.stash.scenes[scene].file_ids
    world.stash.destroy_scenes(scene)
    world.scene("hail", title="Hail")
    world.reconcile()
    world.stash.create_scene(file_ids=files, title="Newer")


def scenes_change_places(world: World) -> None:
    """They do in an item that Plex has made of both, and that it splits again."""
    for stem in ("ice", "snow"):
        world.scene(stem, title=stem.title())
    world.reconcile()
    world.later(600)
    world.stash.update_scene(1, title="The ice")
    writes_late(world)
    world.plex.moves.merge(world.key("ice"), [world.key("snow")])
    world.reconcile(is_full=True)
    renumber(world, 1, 2)
    world.stash.update_scene(2, title="Newer")
    world.reconcile()
    world.plex.moves.split(world.key("ice"))
    world.reconcile(is_full=True)


def file_is_split_off(world: World) -> None:
    """Plex has made one item of two, and leaves it to the one that is not written."""
    world.scene("ice", title="Newer")
    world.reconcile()
    world.later(600)
    world.scene("snow", title="Snow")
    writes_late(world)
    written = world.key("snow")
    world.plex.moves.merge(written, [world.key("ice")])
    world.reconcile(is_full=True)
    world.plex.model.items[written].media.reverse()
    world.plex.moves.split(written)
    assert world.key("ice") == written
    world.reconcile(is_full=True)


@pytest.mark.parametrize(
    "changes_hands",
    [
        file_goes_to_another,
        scene_goes_and_another_comes,
        scenes_change_places,
        file_is_split_off,
    ],
)
def test_law_7_a_late_write_never_lands_on_a_newer_one_of_whoever_has_the_item_now(
    world: World, changes_hands: Callable[[World], None]
) -> None:
    changes_hands(world)

    lands_after(world)

    assert world.value("ice", Field.TITLE) == "Newer"
    assert world.reconcile(is_full=True).puts == 0


@pytest.mark.parametrize("on_delete", OnDelete)
def test_law_10_what_lands_when_the_scene_has_gone_is_no_exception(
    world: World, on_delete: OnDelete
) -> None:
    """Its values are kept, and can be undone; or its locks, or all of it, taken off."""
    world.on_delete = on_delete
    world.scene("ice", title="Ice", details="The ice sings.")
    before = world.item("ice")
    writes_late(world)
    world.scene("hail", title="Hail")
    world.stash.destroy_scenes(1)

    lands_after(world)

    found = world.item("ice")
    assert bool(found.locks) is (on_delete is OnDelete.KEEP)
    assert (found.values == before.values) is (on_delete is OnDelete.RESTORE)
    world.carry_out(Undo(since=0))
    assert world.item("ice").values == before.values


def test_law_9_what_lands_when_the_file_has_gone_is_left(world: World) -> None:
    """And is ours, should the file come back."""
    world.scene("hail", title="Hail")
    world.reconcile()
    world.later(600)
    file = world.stash.scan_copy("/data/films/ice.mp4", 1)
    world.plex.add(world.section, "/media/films/ice.mp4")
    writes_late(world)
    world.stash.delete_files(file)
    world.stash.update_scene(1, title="Newer")

    lands_after(world)

    assert world.value("ice", Field.TITLE) == "Hail"
    world.stash.scan_copy("/data/films/ice.mp4", 1)
    world.reconcile()
    assert world.value("ice", Field.TITLE) == "Newer"


def same_scene(world: World, row: Scene) -> None:
    """Have Stash know a scene again that it had deleted."""
    rows = {**world.stash.scenes, row.id: replace(row, updated_at=world.stash.now())}
    world.stash.scenes.replace_all(dict(sorted(rows.items())), max(rows))


def another_scene(world: World, row: Scene) -> None:
    world.stash.create_scene(
        file_ids=row.file_ids, title=row.title, details=row.details
    )


@pytest.mark.parametrize("comes_back", [same_scene, another_scene])
@pytest.mark.parametrize("what", [What.RESET_AFTER, What.SLOW_BEFORE])
@pytest.mark.parametrize("on_delete", [OnDelete.RELEASE, OnDelete.RESTORE])
def test_law_1_a_file_that_is_back_though_its_going_is_not_known_is_met_anew(
    world: World,
    on_delete: OnDelete,
    what: What,
    comes_back: Callable[[World, Scene], None],
) -> None:
    """Plex has taken the locks off, or all back, and could not be asked in between."""
    world.on_delete = on_delete
    scene = world.scene("ice", title="Ice", details="The ice sings.")
    world.scene("hail", title="Hail")
    world.reconcile()
    world.later(600)
    row = world.stash.scenes[scene]
    world.stash.destroy_scenes(scene)
    world.plex_wire.faults.add(Fault(what=what, matches=is_put))
    world.reconcile()
    world.later(5)
    comes_back(world, row)
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_get, times=9))
    world.reconcile()
    world.plex_wire.faults.clear()
    world.plex_wire.faults.release()
    world.later(60)

    world.reconcile()

    assert world.value("ice", Field.TITLE) == "Ice"
    world.later(60)
    (*_, scene) = (n for n, one in world.stash.scenes.items() if one.title == "Ice")
    world.stash.update_scene(scene, title="The ice", details="It sings.")
    world.reconcile()
    assert world.value("ice", Field.TITLE) == "The ice"
    assert world.value("ice", Field.SUMMARY) == "It sings."


def test_law_10_a_release_that_was_not_read_back_at_once_stays_one(
    world: World,
) -> None:
    """Though Stash has said more of the scene before it is read back."""
    scene = world.scene("ice", title="Ice")
    world.reconcile()
    world.later(600)
    world.plex_wire.faults.add(Fault(what=What.RESET_AFTER, matches=is_put))
    world.carry_out(Release())
    world.later(5)
    world.stash.update_scene(scene, title="The ice")
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_get, times=9))
    world.reconcile()
    world.plex_wire.faults.clear()

    for _ in range(3):
        world.later(120)
        world.reconcile()

    assert world.value("ice", Field.TITLE) == "Ice"
    assert not world.item("ice").locks


def test_law_1_what_is_newer_waits_for_a_minute_at_most(world: World) -> None:
    """However seldom by now what it takes the place of was tried."""
    scene = world.scene("ice", title="Ice")
    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=is_put, times=4))
    for _ in range(4):
        world.later(3600)
        world.reconcile()
    world.later(5)
    world.stash.update_scene(scene, title="Newer")
    assert world.reconcile().puts == 0
    world.later(60)

    world.reconcile()

    assert world.value("ice", Field.TITLE) == "Newer"


def test_law_2_a_scene_that_is_gone_is_not_asked_for_while_plex_is_away(
    world: World,
) -> None:
    """It is buried when it is known what its last write came to."""
    world.is_probing = False
    world.scene("hail", title="Hail")
    scene = world.scene("ice", title="Ice")
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_put, skip=1))
    world.reconcile()
    away = Fault(what=What.RESET_BEFORE, matches=lambda _: True, times=10**6)
    world.plex_wire.faults.add(away)
    world.later(5)
    world.stash.destroy_scenes(scene)
    world.reconcile()

    for _ in range(3):
        world.later(600)
        sent = world.reconcile().sent
        assert [one for one in sent if one.startswith("stash")] == ["stash poll"]

    world.plex_wire.faults.clear()
    for _ in range(3):
        world.later(600)
        world.reconcile()
    with Ledger(world.state) as ledger:
        assert ledger.scenes.buried([scene]) == {scene}


def test_what_was_sent_by_a_clock_that_was_ahead_is_known_by_now(world: World) -> None:
    """Nothing is owed to its link any more, so nothing but its age tells."""
    world.scene("hail", title="Hail")
    world.reconcile()
    world.ours_ahead = 3600
    world.later(600)
    file = world.stash.scan_copy("/data/films/ice.mp4", 1)
    world.plex.add(world.section, "/media/films/ice.mp4")
    writes_late(world)
    world.stash.delete_files(file)
    world.stash.update_scene(1, title="Newer")
    world.reconcile()
    world.ours_ahead = 0
    world.later(5)

    world.reconcile()

    with Ledger(world.state) as ledger:
        assert ledger.journal.opened(9) == []
