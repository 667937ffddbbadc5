"""Hours of the day: what can be written, and what lies within."""

from datetime import time

import pytest

from reconciler.core.lull import AllDayError, Hours

MOMENTS = (time(0), time(2), time(4, 59), time(5), time(23, 59, 59, 999_999))


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("02:00-05:00", "-11--"),
        ("05:00-02:00", "1--11"),
        ("05:00 - 24:00", "---11"),
        ("00:00-24:00", "11111"),
    ],
)
def test_moments_within_hours(text: str, within: str) -> None:
    hours = Hours.parse(text)

    assert [hours.holds(one) for one in MOMENTS] == [each == "1" for each in within]
    assert Hours.parse(str(hours)) == hours


@pytest.mark.parametrize("text", ["02:00-02:00", "00:00-00:00", "02:00-02:00:00"])
def test_hours_that_end_where_they_begin_are_none(text: str) -> None:
    with pytest.raises(AllDayError):
        Hours.parse(text)


@pytest.mark.parametrize("text", ["", "02:00", "at night", "02:00-03:00-04:00"])
def test_what_is_no_stretch_of_hours(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Hours.parse(text)
