"""Plex is busy with us for a share of its time, and at some times not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.core.lull import Hours
from reconciler.core.values import Field
from reconciler.engine.errands import Undo
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


def _at(world: World, clock: str) -> None:
    """Go on to the next time that the clock of this machine shows that."""
    hour, minute = map(int, clock.split(":"))
    local = datetime.fromtimestamp(world.moment, UTC).astimezone()
    then = local.replace(hour=hour, minute=minute, second=0)
    then += timedelta(days=then <= local)
    world.later(then.timestamp() - world.moment)


def test_nothing_is_written_in_quiet_hours_and_all_of_it_after(films: World) -> None:
    films.quiet = (Hours.parse("23:00-05:30"),)
    _at(films, "23:30")

    first = films.reconcile()
    assert (first.puts, first.report.lulls) == (0, ("quiet hours until 05:30",))
    assert first.report.problems == ()
    _at(films, "05:30")

    assert films.reconcile().puts == COUNT


def test_what_a_person_asks_for_is_done_in_quiet_hours(films: World) -> None:
    films.reconcile()
    films.quiet = (Hours.parse("00:00-24:00"),)
    films.later(60)

    films.carry_out(Undo(since=0))

    assert films.value("brook-3", Field.TITLE) == "brook-3"


def test_nothing_is_written_to_a_library_while_plex_scans_it(films: World) -> None:
    section = films.plex.model.sections[films.section]
    section.is_scanning = True

    first = films.reconcile()
    assert (first.puts, first.report.lulls) == (0, ("Films is being scanned",))
    section.is_scanning = False
    films.later(60)

    assert films.reconcile().puts == COUNT
