"""Nothing is written while Plex is better left alone; requests are counted."""

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.core.lull import Hours
from reconciler.core.values import Field
from reconciler.engine.errands import Undo
from reconciler.engine.lulls import Streams
from tests.sandbox.server import Fault, Request, Response, What
from tests.world import World

COUNT = 30


@pytest.fixture
def films(world: World) -> World:
    for number in range(COUNT):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    return world


def _edit(world: World, times: int = 1) -> None:
    for number in range(times):
        world.stash.update_scene(number + 1, title=f"Stream {number}, {world.moment}")


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


def test_nothing_is_written_in_plex_s_own_hours_and_all_of_it_after(
    films: World,
) -> None:
    films.is_quiet_with_plex = True
    films.plex.model.butler_hours = (23, 4)
    _at(films, "03:30")
    before = films.plex.snapshot()

    first = films.reconcile()
    assert first.report.lulls == ("plex's own maintenance until 04:00",)
    assert (first.puts, first.sent["plex settings"]) == (0, 1)
    assert first.report.problems == ()
    assert films.plex.snapshot() == before
    _at(films, "04:00")

    assert films.reconcile().puts == COUNT


def test_plex_is_asked_for_its_hours_once_an_hour_and_where_something_is_owed(
    films: World,
) -> None:
    films.is_quiet_with_plex = True
    _at(films, "12:00")
    sent = [films.reconcile().sent["plex settings"]]
    for minutes in (10, 40, 9, 1):
        films.later(minutes * 60)
        _edit(films)
        outcome = films.reconcile()
        sent.append(outcome.sent["plex settings"])
        assert outcome.puts == 1
    assert sent == [1, 0, 0, 0, 1]

    films.later(86_400)
    assert films.reconcile().sent == {"stash poll": 1}


def test_other_hours_of_plex_hold_within_an_hour(films: World) -> None:
    films.is_quiet_with_plex = True
    _at(films, "12:00")
    films.reconcile()
    films.plex.model.butler_hours = (13, 15)
    _at(films, "13:05")
    _edit(films)

    assert films.reconcile().puts == 0


def test_a_plex_whose_hours_end_where_they_begin_has_none(films: World) -> None:
    films.is_quiet_with_plex = True
    films.plex.model.butler_hours = (3, 3)
    _at(films, "03:30")

    assert films.reconcile().puts == COUNT


def test_where_plex_does_not_tell_its_hours_that_is_told_and_nothing_written(
    films: World,
) -> None:
    """They were asked for, so they are not guessed."""
    films.is_quiet_with_plex = True
    body = b"<MediaContainer><Setting id='FriendlyName' value='x'/></MediaContainer>"
    answer = Response(headers=(("Content-Type", "text/xml"),), body=body)
    told = Fault(what=What.ANSWERED, matches=_is_of_settings, times=99, answer=answer)
    films.plex_wire.faults.add(told)

    outcome = films.reconcile()

    assert outcome.puts == 0
    (problem,) = outcome.report.problems
    assert "write them into [schedule] quiet" in problem
    films.plex_wire.faults.clear()
    _at(films, "12:00")
    assert films.reconcile().puts == COUNT


def _is_of_settings(request: Request) -> bool:
    return request.path == "/:/prefs"


def test_a_plan_tells_of_plex_s_own_hours(films: World) -> None:
    films.is_quiet_with_plex = True
    _at(films, "03:30")

    assert films.plan().report.lulls == ("plex's own maintenance until 05:00",)
    _at(films, "05:30")
    plan = films.plan()
    assert plan.report.lulls == ()
    assert plan.sent["plex settings"] == 1


def test_where_hours_are_not_asked_for_nobody_looks_at_them(films: World) -> None:
    _at(films, "03:30")

    outcome = films.reconcile()

    assert (outcome.puts, outcome.sent["plex settings"]) == (COUNT, 0)
    assert outcome.sent["plex streams"] == 0


def _play(world: World) -> None:
    world.plex.model.playing.append(world.key("brook-0"))


def test_nothing_is_written_while_somebody_streams_and_all_of_it_after(
    films: World,
) -> None:
    films.streams = Streams(clock=films.clock)
    _play(films)
    before = films.plex.snapshot()

    first = films.reconcile()
    assert first.report.lulls == ("somebody is streaming",)
    assert (first.puts, first.sent["plex streams"]) == (0, 1)
    assert films.plex.snapshot() == before
    films.plex.model.playing.clear()
    films.later(60)

    assert films.reconcile().puts == COUNT


def test_plex_is_asked_for_streams_once_a_minute_and_where_something_is_owed(
    films: World,
) -> None:
    films.streams = Streams(clock=films.clock)
    _play(films)
    sent = [films.reconcile().sent["plex streams"]]
    for seconds in (20, 39, 1):
        films.later(seconds)
        sent.append(films.reconcile().sent["plex streams"])
    assert sent == [1, 0, 0, 1]
    films.plex.model.playing.clear()
    films.later(60)
    assert films.reconcile().puts == COUNT

    films.later(86_400)
    assert films.reconcile().sent == {"stash poll": 1}


def test_who_begins_to_stream_in_the_middle_is_left_alone_within_a_minute(
    films: World,
) -> None:
    """What was written until then is read back and recorded."""
    films.streams = Streams(clock=films.clock)
    films.share = 0.05
    slow = Fault(what=What.SLOW_AFTER, matches=_is_put, times=10**6, seconds=1.0)
    films.plex_wire.faults.add(slow)
    films.plex_wire._sleep = films.later
    begun = films.moment
    films.plex.model.playing.clear()
    handle = films.plex_wire._front._handle

    def play_later(request: Request) -> Response:
        if films.moment - begun > 100 and not films.plex.model.playing:
            _play(films)
        return handle(request)

    films.plex_wire._front._handle = play_later

    outcome = films.reconcile()

    assert 100 < films.moment - begun < 100 + 60 + 60
    assert 0 < outcome.puts < COUNT
    assert outcome.report.lulls == ("somebody is streaming",)
    assert outcome.report.counts["written items"] == outcome.puts
    films.plex.model.playing.clear()
    films.plex_wire._front._handle = handle
    films.later(60)
    assert films.reconcile().puts == COUNT - outcome.puts


def _is_put(request: Request) -> bool:
    return request.method == "PUT"


def test_what_a_person_asks_for_is_done_while_somebody_streams(films: World) -> None:
    films.reconcile()
    films.streams = Streams(clock=films.clock)
    films.is_quiet_with_plex = True
    _at(films, "03:30")
    _play(films)

    outcome = films.carry_out(Undo(since=0))

    assert films.value("brook-3", Field.TITLE) == "brook-3"
    assert outcome.sent["plex streams"] == outcome.sent["plex settings"] == 0


def test_hours_that_begin_in_the_middle_end_the_writing(films: World) -> None:
    films.quiet = (Hours.parse("23:00-05:30"),)
    films.share = 0.05
    slow = Fault(what=What.SLOW_AFTER, matches=_is_put, times=10**6, seconds=1.0)
    films.plex_wire.faults.add(slow)
    films.plex_wire._sleep = films.later
    _at(films, "22:57")

    outcome = films.reconcile()

    assert 0 < outcome.puts < COUNT
    assert outcome.report.lulls == ("quiet hours until 05:30",)
    assert outcome.report.counts["written items"] == outcome.puts
