"""The timetable: nothing is missed and nothing runs twice, whatever the clock does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

import pytest
import time_machine

from reconciler.clock import Clock
from reconciler.daemon.agenda import Task
from reconciler.daemon.timetable import Timetable

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
POLL, SWEEP = 60.0, 3600.0


@dataclass(kw_only=True)
class Minutes:
    """A timetable under a wall clock that a test sets, and the time it takes."""

    wall: time_machine.Traveller
    monotonic: float = 0.0
    posted: list[tuple[float, Task]] = field(default_factory=list)
    timetable: Timetable = field(init=False)

    def __post_init__(self) -> None:
        self.timetable = Timetable(
            lambda task: self.posted.append((self.monotonic, task)),
            Clock(monotonic=lambda: self.monotonic),
        )
        self.timetable.keep({Task.POLL: POLL, Task.SWEEP: SWEEP})
        self.timetable.start()

    def live(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.monotonic += 1
            self.wall.shift(1)
            self.timetable.tick()

    def jump(self, seconds: float) -> None:
        self.wall.shift(seconds)

    def polls(self) -> list[float]:
        return [moment for moment, task in self.posted if task is Task.POLL]


@pytest.fixture
def minutes() -> Iterator[Minutes]:
    with time_machine.travel(START, tick=False) as wall:
        yield Minutes(wall=wall)


def test_each_task_is_posted_in_its_time(minutes: Minutes) -> None:
    minutes.live(7200)
    assert minutes.polls() == [POLL * n for n in range(1, 121)]
    assert [m for m, task in minutes.posted if task is Task.SWEEP] == [3600, 7200]


@pytest.mark.parametrize("jump", [-3600, -86400, -5])
def test_a_clock_that_is_set_back_stops_nothing(minutes: Minutes, jump: int) -> None:
    minutes.live(90)
    minutes.jump(jump)
    minutes.live(600)
    polls = minutes.polls()
    assert polls == [POLL * n for n in range(1, 12)]


@pytest.mark.parametrize("jump", [3600, 3 * 3600, 30 * 86400])
def test_a_clock_that_is_set_forward_makes_what_is_due_run_once(
    minutes: Minutes, jump: int
) -> None:
    minutes.live(90)
    minutes.jump(jump)
    minutes.live(300)
    # once at once, and then in the rhythm that it had
    assert minutes.polls() == [60, 91, 120, 180, 240, 300, 360]


def test_back_and_forth_is_as_if_nothing_had_been(minutes: Minutes) -> None:
    minutes.live(90)
    minutes.jump(-3600)
    minutes.live(10)
    minutes.jump(3600)
    minutes.live(300)
    assert len(minutes.polls()) in {6, 7}
    assert max(b - a for a, b in pairwise(minutes.polls())) <= POLL


def test_other_intervals_hold_from_now_on(minutes: Minutes) -> None:
    minutes.live(90)
    minutes.timetable.keep({Task.POLL: 10.0, Task.SWEEP: SWEEP})
    minutes.live(30)
    assert minutes.polls() == [60, 100, 110, 120]


def test_the_same_intervals_keep_their_time(minutes: Minutes) -> None:
    minutes.live(50)
    minutes.timetable.keep({Task.POLL: POLL, Task.SWEEP: SWEEP})
    minutes.live(20)
    assert minutes.polls() == [60]


def test_a_moment_is_kept_once_and_the_last_one_told_holds(minutes: Minutes) -> None:
    moment = int(START.timestamp())
    minutes.timetable.at(Task.DELIVER, moment + 5)
    minutes.timetable.at(Task.DELIVER, moment + 20)
    minutes.live(50)
    assert minutes.posted == [(20, Task.DELIVER)]


def test_it_says_how_long_there_is_nothing_to_do(minutes: Minutes) -> None:
    assert minutes.timetable.tick() == POLL
