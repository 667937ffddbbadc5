"""The only retry there is."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.errors import (
    AmbiguousError,
    BusyError,
    PermanentError,
    TransientError,
    UserError,
)
from reconciler.core.retry import (
    MAX_ATTEMPTS,
    Again,
    Bury,
    after_failure,
    after_unclear,
)

CHANCE = st.randoms(use_true_random=False)
SPAN = 20480.0


class Last(Random):
    """Chance that always draws the end of the span."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


def test_the_span_doubles_with_every_attempt() -> None:
    spans = [
        after_failure(TransientError("down"), attempts, Last())
        for attempts in range(1, MAX_ATTEMPTS + 1)
    ]

    assert spans == [
        *(Again(delay=span) for span in (5, 10, 20, 40, 80, 160, 320)),
        Bury(),
    ]


@given(st.integers(1, MAX_ATTEMPTS - 1), CHANCE)
def test_chance_draws_from_the_whole_span(attempts: int, chance: Random) -> None:
    verdict = after_failure(AmbiguousError("unclear"), attempts, chance)

    assert isinstance(verdict, Again)
    assert 0 <= verdict.delay <= 5 * 2 ** (attempts - 1)


@given(st.integers(1, 5000), CHANCE)
def test_a_busy_server_is_never_the_entry_s_fault(
    attempts: int, chance: Random
) -> None:
    verdict = after_failure(BusyError("starting"), attempts, chance)

    assert isinstance(verdict, Again)
    assert 0 <= verdict.delay <= SPAN


def test_what_is_unclear_is_looked_at_after_a_minute_and_then_seldomer() -> None:
    verdicts = [after_unclear(attempts) for attempts in range(1, MAX_ATTEMPTS + 1)]

    assert verdicts == [
        *(Again(delay=60.0 * minutes) for minutes in (1, 2, 4, 8, 16, 32, 64)),
        Bury(),
    ]


@given(st.integers(1, 20), CHANCE)
def test_what_would_be_refused_again_is_buried(attempts: int, chance: Random) -> None:
    assert after_failure(PermanentError("no"), attempts, chance) == Bury()


@pytest.mark.parametrize("error", [RuntimeError(), TransientError("kept")])
@given(attempts=st.integers(MAX_ATTEMPTS, 99), chance=CHANCE)
def test_what_fails_for_long_is_buried(
    error: Exception, attempts: int, chance: Random
) -> None:
    assert after_failure(error, attempts, chance) == Bury()


def test_a_mistake_tells_every_problem_in_one_sentence() -> None:
    error = UserError(["no url", "no key"])

    assert str(error) == "no url; no key"
    assert error.problems == ("no url", "no key")
