"""A bit for each row: as good as a set, and a library's worth is no load."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from state.shown import Shown

_ROWS = st.integers(min_value=1, max_value=200)


@given(calls=st.lists(st.lists(_ROWS)))
def test_it_holds_what_was_added_and_nothing_else(calls: list[list[int]]) -> None:
    shown = Shown()
    for rows in calls:
        shown.add(rows)
    added = {row for rows in calls for row in rows}
    assert {row for row in range(300) if row in shown} == added


def test_a_million_rows_take_a_bit_each() -> None:
    tracemalloc.start()
    shown = Shown()
    shown.add(range(1, 1_000_001))
    taken, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 1_000_000 in shown
    assert taken < 150_000
    assert most < 300_000
