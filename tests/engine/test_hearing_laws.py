"""What Stash's hook tells: heard, marked, and with the pass that follows in Plex."""

from pathlib import Path

import pytest

from reconciler.clients.spool import Spool
from reconciler.core.brake import Limits
from reconciler.core.values import Field, OnDelete, SceneId
from reconciler.engine.hearing import hear, mark_heard
from reconciler.hook import HIGHEST, POLL, SCENE, leave
from state.ledger import Ledger
from tests.crash.boundaries import Crash
from tests.crash.test_laws import crashed
from tests.hook.others import Bound, others_spool
from tests.world import World

NOBODYS = 999_999
"""An id that no scene has had."""


def spool(world: World) -> Spool:
    spool = Spool(world.folder / "spool")
    spool.make()
    return spool


def tell(world: World, *scenes: int) -> None:
    """Do as the hook does."""
    folder = str(spool(world).folder)
    for scene in scenes:
        leave(folder, scene)


def listen(world: World) -> bool:
    """Do as the daemon does between two passes."""
    with Ledger(world.state) as ledger:
        return hear(ledger, spool(world))


def marked(world: World) -> list[int]:
    with Ledger(world.state) as ledger:
        return ledger.census.marked(1000, is_absent=False)


def tombstones(world: World) -> int:
    with Ledger(world.state) as ledger:
        return ledger.scenes.tombstones()


def quiet(world: World) -> None:
    """Nothing is left to do: one request, nothing written anywhere."""
    before = world.state.read_bytes()
    assert not listen(world)
    assert dict(world.reconcile().sent) == {"stash poll": 1}
    assert world.state.read_bytes() == before


def furnished(folder: Path) -> World:
    """Make three films, one of them of two files; all settled."""
    world = World(folder=folder)
    for stem in ("brook", "heron", "shore"):
        world.scene(stem, title=stem.title(), details=f"About the {stem}.")
    world.stash.scan_copy("/data/films/brook-long.mp4", 1)
    world.plex.add(world.section, "/media/films/brook-long.mp4")
    world.reconcile(is_full=True)
    world.later(600)
    world.reconcile()
    world.later(600)
    return world


@pytest.fixture
def films(tmp_path: Path) -> World:
    world = furnished(tmp_path)
    quiet(world)
    return world


def give_away(world: World) -> None:
    """Give a file of the first film to the second: Stash stamps neither."""
    file = world.stash.scenes[1].file_ids[1]
    world.stash.assign_file(2, file)


def assert_given_away(world: World) -> None:
    assert world.value("brook", Field.TITLE) == "Brook"
    assert world.value("brook-long", Field.TITLE) == "Heron"


def test_an_edit_that_was_told_is_in_plex_with_the_pass_it_calls_for(
    films: World,
) -> None:
    films.stash.update_scene(1, title="Brook, restored")
    tell(films, 1)

    assert listen(films)
    outcome = films.reconcile()

    assert films.value("brook", Field.TITLE) == "Brook, restored"
    assert outcome.report.problems == ()
    assert spool(films).is_empty()
    assert marked(films) == []


def test_law_1_what_no_stamp_tells_is_seen_where_the_hook_told_of_it(
    films: World,
) -> None:
    give_away(films)
    assert dict(films.reconcile().sent) == {"stash poll": 1}
    assert films.value("brook-long", Field.TITLE) == "Brook"

    tell(films, 1, 2)
    listen(films)
    films.reconcile()

    assert_given_away(films)
    films.later(600)
    films.reconcile()
    quiet(films)


def test_what_is_told_and_no_news_costs_one_request_and_nothing_of_plex(
    films: World,
) -> None:
    tell(films, 1, 2, 3)
    listen(films)

    outcome = films.reconcile()

    assert dict(outcome.sent) == {"stash poll": 1, "stash read": 1}
    quiet(films)


def test_a_scene_that_was_made_is_in_plex_with_the_pass_it_calls_for(
    films: World,
) -> None:
    scene = films.scene("tide", title="Tide")
    tell(films, scene)

    assert listen(films)
    films.reconcile()

    assert films.value("tide", Field.TITLE) == "Tide"


@pytest.mark.parametrize("on_delete", OnDelete)
def test_a_scene_that_is_gone_is_buried_with_the_pass_it_calls_for(
    films: World, on_delete: OnDelete
) -> None:
    films.on_delete = on_delete
    films.stash.destroy_scenes(3)
    tell(films, 3)

    assert listen(films)
    outcome = films.reconcile()

    assert outcome.report.counts["deleted scenes"] == 1
    assert (tombstones(films), marked(films)) == (1, [])
    item = films.item("shore")
    assert (Field.TITLE.value in item.locks) is (on_delete is OnDelete.KEEP)
    is_restored = on_delete is OnDelete.RESTORE
    assert films.value("shore", Field.TITLE) == ("shore" if is_restored else "Shore")
    films.later(600)
    films.reconcile()
    quiet(films)


def test_law_8_that_a_scene_is_gone_is_asked_of_stash_whatever_the_hook_says(
    films: World,
) -> None:
    """The hook may say so of a scene that is there, as after a failed commit."""
    tell(films, 3)
    listen(films)

    outcome = films.reconcile()

    assert outcome.puts == 0
    assert tombstones(films) == 0
    quiet(films)


def test_scenes_that_are_gone_while_stash_scans_wait_until_it_is_done(
    films: World,
) -> None:
    job = films.stash.jobs.start("Scanning...")
    films.stash.destroy_scenes(3)
    tell(films, 3)
    listen(films)
    films.reconcile()
    assert tombstones(films) == 0

    films.stash.jobs.finish(job)
    films.reconcile()

    assert (tombstones(films), marked(films)) == (1, [])


def test_law_8_scenes_gone_all_at_once_are_doubted_though_the_hook_told(
    films: World,
) -> None:
    films.limits = Limits(removals_floor=1, removals=0.01)
    before = films.plex.snapshot()
    films.stash.destroy_scenes(2, 3)
    tell(films, 2, 3)
    listen(films)

    outcome = films.reconcile()

    (doubt,) = outcome.report.doubts
    assert doubt.subject == "stash"
    assert tombstones(films) == 0
    assert films.plex.snapshot() == before


def test_law_2_a_scene_that_never_was_costs_one_poll_and_nothing_else(
    films: World,
) -> None:
    before = films.state.read_bytes()
    tell(films, NOBODYS, HIGHEST)

    assert listen(films)
    outcome = films.reconcile()

    assert dict(outcome.sent) == {"stash poll": 1}
    assert films.state.read_bytes() == before
    assert spool(films).is_empty()


def test_a_tombstone_is_not_read_again(films: World) -> None:
    films.stash.destroy_scenes(3)
    films.reconcile()
    films.later(600)
    films.reconcile()
    tell(films, 3)
    listen(films)

    assert dict(films.reconcile().sent) == {"stash poll": 1}


@pytest.mark.parametrize("ending", ["0", "-1", "01", "abc", f"{HIGHEST + 1}", ""])
def test_what_is_no_id_calls_for_nothing(films: World, ending: str) -> None:
    (spool(films).folder / f"{SCENE}{ending}").touch()
    before = films.state.read_bytes()

    assert not listen(films)

    assert spool(films).is_empty()
    assert films.state.read_bytes() == before


def test_a_spool_without_room_calls_for_a_pass(films: World) -> None:
    (spool(films).folder / POLL).touch()

    assert listen(films)

    assert spool(films).is_empty()
    assert marked(films) == []


def test_a_spool_that_is_full_is_heard_all_at_once(films: World) -> None:
    tell(films, *range(1, 1200))

    assert listen(films)

    assert spool(films).is_empty()
    assert marked(films) == [1, 2, 3]


def test_law_2_a_spool_that_cannot_be_emptied_calls_for_one_pass(
    films: World,
) -> None:
    with Ledger(films.state) as ledger, others_spool(1, 2) as kept:
        calls = [hear(ledger, Bound(kept)) for _ in range(3)]

        assert calls == [True, False, False]
        assert kept.is_empty()
        assert "cannot be emptied: permission denied" in kept.trouble
    assert marked(films) == [1, 2]


def test_to_be_told_twice_changes_nothing(films: World) -> None:
    with Ledger(films.state) as ledger:
        first = mark_heard(ledger, [SceneId(1), SceneId(2)])
        before = films.state.with_name("plexsync.db-wal").stat().st_size
        again = mark_heard(ledger, [SceneId(2), SceneId(1)])
        after = films.state.with_name("plexsync.db-wal").stat().st_size

    assert (first, again) == (2, 2)
    assert after == before
    assert marked(films) == [1, 2]


# law 5: a crash anywhere loses nothing


class DyingSpool:
    """A spool whose daemon dies before it can take anything out."""

    def __init__(self, spool: Spool) -> None:
        self.take = spool.take

    def forget(self, _heard: object) -> None:
        raise Crash


def test_law_5_what_was_marked_and_not_forgotten_is_heard_again(films: World) -> None:
    give_away(films)
    tell(films, 1, 2)
    with Ledger(films.state) as ledger, pytest.raises(Crash):
        hear(ledger, DyingSpool(spool(films)))
    assert (marked(films), spool(films).is_empty()) == ([1, 2], False)

    listen(films)
    films.reconcile()

    assert_given_away(films)
    assert spool(films).is_empty()


def hear_and_pass(world: World) -> None:
    listen(world)
    world.reconcile()


def told_of_a_gift(folder: Path) -> World:
    world = furnished(folder)
    give_away(world)
    tell(world, 1, 2)
    return world


def test_law_5_a_crash_anywhere_loses_no_word_of_the_hook(tmp_path: Path) -> None:
    """No stamp tells of what has changed here: what was lost nobody would see."""
    for world in crashed(tmp_path, told_of_a_gift, hear_and_pass):
        hear_and_pass(world)
        world.later(600)
        hear_and_pass(world)

        assert_given_away(world)
        assert marked(world) == []
