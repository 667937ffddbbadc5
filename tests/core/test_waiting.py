"""How often Plex is asked for what scenes wait for."""

import pytest

from reconciler.core.waiting import FRESH, PAUSE, is_time


@pytest.mark.parametrize("waited", [None, 0, FRESH - 1, FRESH, 10 * FRESH])
def test_who_has_not_looked_yet_looks_at_once(waited: float | None) -> None:
    assert is_time(waited, None)


@pytest.mark.parametrize(
    ("waited", "looked", "time"),
    [
        (0, 0, True),
        (FRESH - 1, 60, True),
        (FRESH, 60, False),
        (FRESH, PAUSE - 1, False),
        (FRESH, PAUSE, True),
        (1000 * FRESH, PAUSE - 1, False),
        (1000 * FRESH, PAUSE, True),
    ],
)
def test_each_pass_looks_within_the_hour_and_each_quarter_of_an_hour_after(
    waited: float, looked: float, *, time: bool
) -> None:
    assert is_time(waited, looked) == time


def test_where_it_is_not_known_how_long_they_wait_they_count_as_old() -> None:
    assert (is_time(None, PAUSE - 1), is_time(None, PAUSE)) == (False, True)
