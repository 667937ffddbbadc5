"""How long a server that failed is left alone."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.errors import (
    AmbiguousError,
    BusyError,
    GoneError,
    PermanentError,
    ServerError,
    StrangerError,
    TransientError,
    UnauthorisedError,
    UnreachableError,
)
from reconciler.core.rest import PATIENCE, Outage, after, is_failure, may_ask

NOW = 1_800_000_000
DAY = 86400
CHANCE = st.randoms(use_true_random=False)
OF_SERVER = (UnreachableError("down"), UnauthorisedError("no"), StrangerError("who"))
OF_ONE = (TransientError("lost"), BusyError("busy"), AmbiguousError("unclear"))


class Last(Random):
    """Chance that always draws the end of the span."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


def fail(*errors: ServerError, asked_at: int = NOW) -> Outage:
    outage: Outage | None = None
    for error in errors:
        outage = after(outage, error, asked_at, Last())
    assert outage is not None
    return outage


@pytest.mark.parametrize("error", OF_SERVER)
def test_one_failure_of_the_server_s_own_is_enough(error: ServerError) -> None:
    outage = fail(error)

    assert (outage.until, outage.rests) == (NOW + 10, 1)
    assert (outage.kind, outage.cause) == (error.kind, str(error))


@pytest.mark.parametrize("error", OF_ONE)
def test_three_in_a_row_of_any_other_are_the_server_s(error: ServerError) -> None:
    rests = [fail(*[error] * n).until - NOW for n in range(1, PATIENCE + 2)]

    assert rests == [0, 0, 10, 20]


def test_the_rest_doubles_up_to_a_quarter_of_an_hour() -> None:
    rests = [fail(*[UnreachableError("down")] * n).until - NOW for n in range(1, 40)]

    assert rests[:8] == [10, 20, 40, 80, 160, 320, 640, 900]
    assert set(rests[8:]) == {900}


@given(chance=CHANCE, rests=st.integers(0, 3000))
def test_jitter_takes_up_to_half_of_a_rest(chance: Random, rests: int) -> None:
    before = Outage(began=NOW - DAY, failures=rests, rests=rests)

    outage = after(before, UnreachableError("down"), NOW, chance)

    whole = min(10 * 2 ** min(rests, 7), 900)
    assert whole / 2 <= outage.until - NOW <= whole
    assert outage.began == before.began


def test_what_the_server_asks_for_is_kept_though_a_person_asks() -> None:
    outage = fail(BusyError("later", retry_after=3600.0))

    assert outage.asked == outage.until == NOW + 3600
    assert not may_ask(outage, NOW + 3599, is_probing=True)
    assert may_ask(outage, NOW + 3600, is_probing=False)


def test_a_rest_of_our_own_choice_is_over_when_a_person_asks() -> None:
    outage = fail(UnreachableError("down"))

    assert not may_ask(outage, NOW + 9, is_probing=False)
    assert may_ask(outage, NOW + 9, is_probing=True)
    assert may_ask(outage, NOW + 10, is_probing=False)


def test_nobody_is_left_alone_for_more_than_a_day() -> None:
    outage = fail(BusyError("later", retry_after=1e9))

    assert outage.until == NOW + DAY


def test_a_rest_that_a_clock_ahead_has_written_is_none() -> None:
    outage = fail(UnreachableError("down"), asked_at=NOW + 30 * DAY)

    assert may_ask(outage, NOW, is_probing=False)


def test_what_is_gone_or_refused_was_answered() -> None:
    assert not is_failure(GoneError("no such item"))
    assert not is_failure(PermanentError("no"))
    assert all(is_failure(error) for error in (*OF_SERVER, *OF_ONE))
