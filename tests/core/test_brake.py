"""A pass is held when it would change too much, and says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.brake import Limits, Load, judge

COUNTS = st.integers(0, 10_000)
SHARES = st.floats(0, 1)
LIMITS = st.builds(
    Limits,
    overwrites=SHARES,
    overwrites_floor=COUNTS,
    removals=SHARES,
    removals_floor=COUNTS,
)


@pytest.mark.parametrize(
    ("load", "is_held"),
    [
        (Load(items=0), False),
        (Load(items=10, overwrites=50, removals=20), False),
        (Load(items=10, overwrites=51), True),
        (Load(items=10, removals=21), True),
        (Load(items=1000, overwrites=200), False),
        (Load(items=1000, overwrites=201), True),
        (Load(items=10_000, removals=200), False),
        (Load(items=10_000, removals=201), True),
    ],
)
def test_the_limits_by_default(load: Load, is_held: bool) -> None:  # noqa: FBT001 - a table's column
    assert bool(judge(load, Limits())) == is_held


def test_both_reasons_are_told_with_their_numbers() -> None:
    load = Load(items=1000, overwrites=300, removals=40)
    limits = Limits(removals=0.025)

    overwrites, removals = judge(load, limits)

    assert overwrites == (
        "overwrites of values that are not ours: 300 planned, the limit is 200"
        " (20 % of 1000 items, at least 50)"
    )
    assert removals == (
        "clears and removals: 40 planned, the limit is 25"
        " (2.5 % of 1000 items, at least 20)"
    )


def test_what_was_written_today_counts_towards_it() -> None:
    load = Load(items=100, removals=12, done_removals=9, done_overwrites=500)

    assert judge(load, Limits()) == (
        (
            "clears and removals: 12 planned and 9 written in the last 24 hours,"
            " the limit is 20 (2 % of 100 items, at least 20)"
        ),
    )


@given(COUNTS, COUNTS, COUNTS, st.integers(0, 99), LIMITS)
def test_more_to_write_never_lets_go(
    items: int, overwrites: int, removals: int, more: int, limits: Limits
) -> None:
    load = Load(items=items, overwrites=overwrites, removals=removals)
    heavier = Load(items=items, overwrites=overwrites + more, removals=removals + more)

    assert len(judge(heavier, limits)) >= len(judge(load, limits))


@given(COUNTS, COUNTS, COUNTS, COUNTS, LIMITS)
def test_a_larger_library_never_holds(
    items: int, overwrites: int, removals: int, more: int, limits: Limits
) -> None:
    load = Load(items=items, overwrites=overwrites, removals=removals)
    larger = Load(items=items + more, overwrites=overwrites, removals=removals)

    assert len(judge(larger, limits)) <= len(judge(load, limits))


@given(COUNTS, LIMITS)
def test_up_to_the_floor_nothing_is_held(items: int, limits: Limits) -> None:
    load = Load(
        items=items,
        overwrites=limits.overwrites_floor,
        removals=limits.removals_floor,
    )

    assert judge(load, limits) == ()
