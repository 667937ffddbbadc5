"""Laws 5 and 6, asked of the world: a pass or a command crashed at every boundary."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.core.values import Field, SceneId
from reconciler.engine.errands import Undo
from tests.crash.boundaries import Crash, count_only, crash_at, watched
from tests.engine.films import everything, furnish
from tests.world import World

FROM_THE_START = Undo(since=0)
DAY = 86400
Make = Callable[[Path], World]


def crashed(
    folder: Path, make: Make, act: Callable[[World], object]
) -> Iterator[World]:
    """Make a world anew for each boundary of *act*, crash there, and start anew."""
    (folder / "whole").mkdir()
    world = make(folder / "whole")
    with watched(count_only) as reached:
        act(world)
    for number in range(1, reached() + 1):
        place = folder / str(number)
        place.mkdir()
        world = make(place)
        with pytest.raises(Crash), watched(crash_at(number)):
            act(world)
        world.restart()
        yield world


def _with_genres_of_others(folder: Path) -> World:
    world = World(folder=folder)
    furnish(world, 2)
    key = world.key("reel-0001")
    world.plex.person.tag(key, "genre", "Heirloom", "Nature", lock=False)
    world.plex.person.edit(key, lock=False, summary="Words")
    return world


def test_law_5_after_a_crash_anywhere_undo_still_restores_everything(
    tmp_path: Path,
) -> None:
    before = everything(_with_genres_of_others(tmp_path))
    for world in crashed(tmp_path, _with_genres_of_others, World.reconcile):
        world.reconcile()
        assert world.value("reel-0000", Field.TITLE) == "Reel 0"
        assert world.value("reel-0001", Field.TITLE) == "Reel 1"

        world.carry_out(FROM_THE_START)

        assert everything(world) == before


def _imported(folder: Path) -> World:
    world = World(folder=folder)
    furnish(world, 2)
    world.reconcile()
    return world


def test_law_5_a_command_crashed_anywhere_is_done_whole_or_not_at_all(
    tmp_path: Path,
) -> None:
    def undo(world: World) -> None:
        world.carry_out(FROM_THE_START)

    done = []
    for world in crashed(tmp_path, _imported, undo):
        world.reconcile()

        stand = {
            (world.value(stem, Field.TITLE), world.value(stem, Field.SUMMARY))
            for stem in ("reel-0000", "reel-0001")
        }
        is_done = stand == {("reel-0000", ""), ("reel-0001", "")}
        is_left = not any(summary == "" for _, summary in stand)
        assert is_done or is_left
        # and nothing of it comes to light later
        assert world.reconcile(is_full=True).puts == 0
        done.append(is_done)
    # once it is written down it is done, crash or no crash
    assert done == sorted(done)
    assert done[-1]


@pytest.fixture
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.clients.stash.SCAN_PAGE", 3)
    monkeypatch.setattr("reconciler.clients.stash_queries.SCAN_PAGE", 3)
    monkeypatch.setattr("reconciler.clients.stash_polls.SCAN_PAGE", 3)
    monkeypatch.setattr("reconciler.engine.recording.CHUNK", 2)


def _over_weeks(folder: Path) -> World:
    """Save seven known scenes, days apart, the last one first; Plex is down.

    Known ones: that one is there which is not known, its count would tell.
    """
    world = World(folder=folder)
    scenes = [world.scene(f"brook-{number}") for number in range(7)]
    world.reconcile()
    for scene in reversed(scenes):
        world.later(3 * DAY)
        world.stash.update_scene(SceneId(scene), title=f"Brook {scene}")
    world.later(DAY)
    world.plex_wire.up = False
    return world


@pytest.mark.usefixtures("_small_pages")
def test_law_6_a_scan_crashed_anywhere_misses_nothing(tmp_path: Path) -> None:
    for world in crashed(tmp_path, _over_weeks, World.reconcile):
        world.plex_wire.up = True

        world.reconcile()

        titles = {item.values["title"] for item in world.plex.snapshot().values()}
        assert titles == {f"Brook {number}" for number in range(1, 8)}


def _come_at_last(folder: Path) -> World:
    """Return a scene that has waited for its item for a week, and its item."""
    world = World(folder=folder)
    furnish(world, 2)
    world.scene("moor", in_plex=False, title="The moor")
    world.reconcile()
    world.later(7 * DAY)
    world.reconcile()
    world.plex.add(world.section, "/media/films/moor.mp4")
    return world


def test_law_5_an_item_that_came_before_a_crash_is_linked_after_it(
    tmp_path: Path,
) -> None:
    for world in crashed(tmp_path, _come_at_last, World.reconcile):
        world.reconcile()

        assert world.value("moor", Field.TITLE) == "The moor"
