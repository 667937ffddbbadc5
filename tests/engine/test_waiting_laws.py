"""What scenes cost that wait for an item, and how soon it is found."""

import pytest

from reconciler.core.values import Field
from reconciler.engine.patience import Patience
from tests.sandbox.server import Fault, Request, What
from tests.world import Outcome, World

MINUTE, HOUR = 60, 3600
PAUSE = 15 * MINUTE


@pytest.fixture
def waits(world: World) -> World:
    """Return a world with a daemon's patience, and a scene that waits for ever."""
    world.scene("brook", title="Brook")
    world.scene("glacier", in_plex=False, title="Glacier")
    world.patience = Patience(clock=world.clock)
    world.is_probing = False
    world.reconcile()
    return world


def live(world: World, seconds: int) -> list[int]:
    """Make a pass each minute; say how often each asked for Plex's libraries."""
    return [later(world).sent["plex sections"] for _ in range(seconds // MINUTE)]


def later(world: World, seconds: float = MINUTE, **scope: object) -> Outcome:
    world.later(seconds)
    return world.reconcile(**scope)


def old(world: World) -> World:
    """Let what waits have waited for hours; the last look was just now."""
    assert later(world, 2 * HOUR).sent["plex sections"] == 1
    return world


def test_law_2_each_pass_of_the_first_hour_looks_and_then_one_each_quarter(
    waits: World,
) -> None:
    assert live(waits, HOUR - MINUTE) == [1] * 59

    assert live(waits, HOUR) == ([0] * 14 + [1]) * 4


def test_a_pass_without_a_look_asks_plex_nothing_and_writes_nothing(
    waits: World,
) -> None:
    old(waits)
    before = waits.state.read_bytes()

    assert dict(later(waits).sent) == {"stash poll": 1}
    assert waits.state.read_bytes() == before


@pytest.mark.parametrize("minutes", [0, 7, 14])
def test_law_1_what_comes_late_is_found_within_a_quarter_of_an_hour(
    waits: World, minutes: int
) -> None:
    old(waits)
    live(waits, minutes * MINUTE)
    waits.plex.add(waits.section, "/media/films/glacier.mp4")

    looks = live(waits, PAUSE)

    assert sum(looks) >= 1
    assert waits.value("glacier", Field.TITLE) == "Glacier"


def test_what_begins_to_wait_is_looked_for_at_once_and_in_each_pass(
    waits: World,
) -> None:
    old(waits)
    later(waits)
    waits.scene("heron", in_plex=False, title="Heron")

    assert live(waits, 5 * MINUTE) == [1] * 5


def test_a_scene_that_is_given_another_file_waits_anew(waits: World) -> None:
    """As one does that is filed away in a library's folder days after it came."""
    old(waits)
    later(waits)
    waits.stash.move_files([2], "/data/films/ice")

    assert live(waits, 5 * MINUTE) == [1] * 5
    waits.plex.add(waits.section, "/media/films/ice/glacier.mp4")
    later(waits)

    item = waits.plex.scanner.key_of(waits.section, "/media/films/ice/glacier.mp4")
    assert waits.plex.snapshot_of(item).values["title"] == "Glacier"


def test_a_scene_that_is_edited_is_looked_for_once(waits: World) -> None:
    old(waits)
    later(waits)
    waits.stash.update_scene(2, title="Glacier, wider")

    assert live(waits, 4 * MINUTE) == [1, 0, 0, 0]


def test_a_sweep_a_full_pass_and_a_person_look_at_once(waits: World) -> None:
    old(waits)
    later(waits)

    assert later(waits, part=(1, 3)).sent["plex sections"] == 1
    assert later(waits).sent["plex sections"] == 0
    assert later(waits, is_full=True).sent["plex sections"] == 1
    assert later(waits).sent["plex sections"] == 0
    patience, waits.patience = waits.patience, None
    assert live(waits, 3 * MINUTE) == [1, 1, 1]
    waits.patience = patience
    assert later(waits).sent["plex sections"] == 0


def test_a_library_that_is_doubted_is_looked_at_in_each_pass(waits: World) -> None:
    old(waits)
    for key in waits.plex.snapshot():
        waits.plex.scanner.trash(key)
    later(waits, is_full=True)

    assert live(waits, 5 * MINUTE) == [1] * 5


def test_a_look_that_failed_is_made_again_with_the_next_pass(waits: World) -> None:
    old(waits)
    live(waits, PAUSE - MINUTE)
    busy = Fault(what=What.ANSWERED, matches=_is_of_sections)
    waits.plex_wire.faults.add(busy)

    assert live(waits, 4 * MINUTE) == [1, 1, 0, 0]


def _is_of_sections(request: Request) -> bool:
    return request.path == "/library/sections"


def test_a_plex_that_was_away_is_looked_at_when_it_is_back(waits: World) -> None:
    old(waits)
    live(waits, PAUSE - MINUTE)
    waits.plex_wire.up = False
    live(waits, 2 * MINUTE)
    waits.plex_wire.up = True

    assert sum(live(waits, 3 * MINUTE)) == 1


def test_who_starts_anew_looks_at_once(waits: World) -> None:
    old(waits)
    waits.patience = Patience(clock=waits.clock)

    assert live(waits, 3 * MINUTE) == [1, 0, 0]


@pytest.mark.parametrize("days", [-30, 30])
def test_a_clock_that_was_set_neither_storms_plex_nor_hides_an_item(
    waits: World, days: int
) -> None:
    old(waits)
    waits.ours_ahead = days * 24 * HOUR
    looks = live(waits, HOUR)
    waits.plex.add(waits.section, "/media/films/glacier.mp4")
    live(waits, PAUSE)

    assert sum(looks) == 4
    assert waits.value("glacier", Field.TITLE) == "Glacier"
