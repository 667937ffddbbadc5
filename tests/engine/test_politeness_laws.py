"""Plex is busy with us for a share of its time."""

import pytest

from tests.sandbox.server import Fault, Request, What
from tests.world import Outcome, World

COUNT = 30


def _is_any(request: Request) -> bool:
    return bool(request.method)


def _answers_take(world: World, seconds: float, times: int = 10**6) -> None:
    """Let every answer of Plex take so long, on the world's clock."""
    slow = Fault(what=What.SLOW_AFTER, matches=_is_any, times=times, seconds=seconds)
    world.plex_wire.faults.add(slow)
    world.plex_wire._sleep = world.later


@pytest.fixture
def films(world: World) -> World:
    for number in range(COUNT):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    return world


def _share(world: World, answer: float) -> tuple[float, Outcome]:
    """Reconcile; say for which share of the time Plex was busy."""
    begin = world.moment
    outcome = world.reconcile()
    asked = sum(n for name, n in outcome.sent.items() if name.startswith("plex"))
    return asked * answer / (world.moment - begin), outcome


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_plex_is_busy_with_us_for_its_share_of_the_time(
    films: World, share: float
) -> None:
    films.share = share
    _answers_take(films, 0.2)

    busy, outcome = _share(films, 0.2)

    assert outcome.puts == COUNT
    assert share * 0.9 < busy < share * 1.1


def test_a_command_at_a_terminal_takes_all_it_needs(films: World) -> None:
    _answers_take(films, 0.2)

    busy, outcome = _share(films, 0.2)

    assert outcome.puts == COUNT
    assert busy == pytest.approx(1.0)


def test_a_plex_whose_answers_slow_down_is_given_more_peace(films: World) -> None:
    films.share = 0.3
    _answers_take(films, 0.1, times=COUNT // 2)
    _answers_take(films, 2.0)
    begin = films.moment

    films.reconcile()

    slow = COUNT // 2  # the writes that took 2 seconds each, at least
    assert films.moment - begin > slow * 2.0 / 0.1
