"""A pass is held when it would change too much, and says why."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.brake import Limits, Load, Weight, judge, weigh
from reconciler.core.decide import Decision
from reconciler.core.memory import Reason
from reconciler.core.values import Change, Field, FieldValue

LOAD = [one.name for one in fields(Load)]

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
            "clears and removals: 12 planned and 9 written in the last 24 hours"
            " or let go,"
            " the limit is 20 (2 % of 100 items, at least 20)"
        ),
    )


def test_rewrites_of_a_changed_configuration_have_a_sentence_of_their_own() -> None:
    load = Load(items=1000, rewrites=1000)

    assert judge(load, Limits()) == (
        (
            "items that a changed configuration would rewrite: 1000 planned,"
            " the limit is 200 (20 % of 1000 items, at least 50)"
        ),
    )


def test_a_pass_that_adds_nothing_goes_whatever_was_done() -> None:
    load = Load(items=0, done_overwrites=999, done_removals=999, done_rewrites=999)

    assert judge(load, Limits()) == ()


def held(load: Load, limits: Limits) -> set[str]:
    """Name what a pass is held for."""
    return {reason.partition(":")[0] for reason in judge(load, limits)}


@given(st.lists(COUNTS, min_size=7, max_size=7), st.data(), LIMITS)
def test_more_to_write_never_lets_go(
    counts: list[int], data: st.DataObject, limits: Limits
) -> None:
    load = Load(**dict(zip(LOAD, counts, strict=True)))
    more = data.draw(st.fixed_dictionaries(dict.fromkeys(LOAD[1:], COUNTS)))
    heavier = replace(load, **{name: getattr(load, name) + more[name] for name in more})

    assert held(heavier, limits) >= held(load, limits)


@given(st.lists(COUNTS, min_size=7, max_size=7), COUNTS, LIMITS)
def test_a_larger_library_never_holds(
    counts: list[int], more: int, limits: Limits
) -> None:
    load = Load(**dict(zip(LOAD, counts, strict=True)))

    assert held(replace(load, items=load.items + more), limits) <= held(load, limits)


@given(st.lists(COUNTS, min_size=7, max_size=7), LIMITS)
def test_stricter_limits_never_let_go(counts: list[int], limits: Limits) -> None:
    load = Load(**dict(zip(LOAD, counts, strict=True)))
    stricter = Limits(
        overwrites=limits.overwrites / 2,
        overwrites_floor=limits.overwrites_floor // 2,
        removals=limits.removals / 2,
        removals_floor=limits.removals_floor // 2,
    )

    assert held(load, stricter) >= held(load, limits)


@given(COUNTS, LIMITS)
def test_up_to_the_floor_nothing_is_held(items: int, limits: Limits) -> None:
    load = Load(
        items=items,
        overwrites=limits.overwrites_floor,
        removals=limits.removals_floor,
        rewrites=limits.overwrites_floor,
    )

    assert judge(load, limits) == ()


def written(*, reason: Reason = Reason.CHANGED, **more: Any) -> Decision:  # noqa: ANN401 - a decision's
    return Decision(**{"reason": reason, "change": Change(value="new"), **more})


def test_a_write_weighs_what_its_fields_come_to() -> None:
    decisions = {
        Field.TITLE: written(reason=Reason.FOREIGN, overwrites=1),
        Field.SUMMARY: written(change=Change(), removes=1),
        Field.GENRES: written(taken=("NIGHT ", "Day")),
        Field.ACTORS: written(taken=("night",)),
        Field.DATE: Decision(reason=Reason.EQUAL),
    }

    assert weigh(decisions, {}) == Weight(
        overwrites=1,
        clears=1,
        is_rewrite=True,
        taken=("actors:night", "genres:day", "genres:night"),
    )


@pytest.mark.parametrize(
    ("decision", "before", "is_rewrite"),
    [
        (written(), "old", True),
        (written(change=Change()), "old", True),
        (written(taken=("Night",), change=Change()), "", True),
        (written(taken=("Night",), reason=Reason.FIRST), "", True),
        (written(), "", False),
        (written(), "new", False),  # only the lock
        (written(reason=Reason.FIRST), "the_file_name", False),
        (Decision(reason=Reason.KEPT_LOCKED), "old", False),
    ],
)
def test_a_rewrite_replaces_what_is_there(
    decision: Decision,
    before: str,
    is_rewrite: bool,  # noqa: FBT001 - a table's column
) -> None:
    weight = weigh({Field.TITLE: decision}, {Field.TITLE: FieldValue(value=before)})

    assert weight.is_rewrite == is_rewrite
