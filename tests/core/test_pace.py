"""How long a server is left in peace after an answer, and when nothing is written."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.lull import Hours, within
from reconciler.core.pace import LONGEST, Usual, peace

SECONDS = st.floats(0.001, 60)
SHARE = st.floats(0.01, 1)


@given(took=SECONDS, usual=SECONDS, share=SHARE)
def test_a_server_is_busy_with_us_for_its_share_of_the_time_at_most(
    took: float, usual: float, share: float
) -> None:
    rest = peace(took, usual, share)

    assert rest == LONGEST or took / (took + rest) <= share * 1.001


@given(took=SECONDS, share=st.floats(0.01, 0.99))
def test_it_is_less_where_answers_slow_down(took: float, share: float) -> None:
    slow = peace(took, took / 8, share)

    assert slow == LONGEST or took / (took + slow) == pytest.approx(share / 4)


@given(took=SECONDS, usual=SECONDS)
def test_a_person_who_waits_gives_no_peace(took: float, usual: float) -> None:
    assert peace(took, usual, 1.0) == 0


@given(start=SECONDS, took=SECONDS)
def test_what_is_usual_follows_what_answers_take(start: float, took: float) -> None:
    usual = Usual(seconds=start)
    for _ in range(400):
        usual = usual.learn(took)

    assert usual.seconds == pytest.approx(took, rel=0.01)


def test_one_very_slow_answer_is_not_usual() -> None:
    assert Usual(seconds=0.1).learn(60.0).seconds < 0.11


NIGHT = Hours(begin=time(23, 0), end=time(2, 30))
NOON = Hours(begin=time(12, 0), end=time(13, 0))


@pytest.mark.parametrize(
    ("clock", "found"),
    [
        ("22:59", None),
        ("23:00", NIGHT),
        ("00:00", NIGHT),
        ("02:29", NIGHT),
        ("02:30", None),
        ("12:00", NOON),
        ("12:59", NOON),
        ("13:00", None),
    ],
)
def test_quiet_hours_hold_their_beginning_and_not_their_end(
    clock: str, found: Hours | None
) -> None:
    moment = datetime.combine(
        datetime(2026, 3, 1, tzinfo=UTC), time.fromisoformat(clock), UTC
    )

    assert within([NIGHT, NOON], moment) == found


def test_hours_that_end_where_they_begin_are_a_whole_day() -> None:
    assert Hours(begin=time(5, 0), end=time(5, 0)).holds(time(4, 59))
