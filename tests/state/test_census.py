from pathlib import Path

import pytest

from state.ledger import Ledger
from state.records import CensusRecord
from tests.state.samples import contents, entity, snapshot, write

DRAMA = entity("tag", 1, "drama")


def refer(ledger: Ledger, *scenes: int) -> None:
    ledger.scenes.put([write(snapshot(scene), DRAMA) for scene in scenes])


def stretches(ledger: Ledger, limit: int) -> list[list[int]]:
    """Mark all scenes of a tag, a stretch at a time; say which each stretch marked."""
    marked: list[list[int]] = []
    after = -1
    while after:
        after = ledger.census.mark_referring("tag", 1, max(after, 0), limit)
        found = ledger.census.marked(99, is_absent=False)
        marked.append(found[sum(map(len, marked)) :])
    return marked


def test_nothing_is_known_of_a_new_ledger(ledger: Ledger) -> None:
    assert ledger.census.known() == {}
    assert ledger.census.marks() == 0
    assert ledger.census.marked(9, is_absent=False) == []


def test_a_census_is_read_as_it_was_recorded(ledger: Ledger) -> None:
    """The last one of each kind."""
    ledger.census.put("tag", CensusRecord(count=3, tip=9))
    ledger.census.put("scene", CensusRecord(count=5, tip=5))
    ledger.census.put("tag", CensusRecord(count=2, tip=9, is_due=True))
    assert ledger.census.known() == {
        "tag": CensusRecord(count=2, tip=9, is_due=True),
        "scene": CensusRecord(count=5, tip=5),
    }


def test_marks_are_taken_in_the_order_of_scenes(ledger: Ledger) -> None:
    ledger.census.mark([7, 3, 9])
    assert ledger.census.marked(2, is_absent=False) == [3, 7]
    assert ledger.census.marked(2, is_absent=False, after=3) == [7, 9]
    ledger.census.unmark([3, 9, 42])
    assert ledger.census.marked(2, is_absent=False) == [7]
    assert ledger.census.marks() == 1


def test_a_scene_is_marked_once_however_often_it_is(ledger: Ledger) -> None:
    ledger.census.mark([3, 3])
    ledger.census.mark([3])
    assert ledger.census.marks() == 1


def test_an_absent_scene_is_marked_apart_from_the_others(ledger: Ledger) -> None:
    ledger.census.mark([1, 2])
    ledger.census.mark_absent([2, 3])
    assert ledger.census.marked(9, is_absent=False) == [1]
    assert ledger.census.marked(9, is_absent=True) == [2, 3]
    assert ledger.census.marks() == 3


def test_an_absent_scene_stays_absent_though_it_is_marked_again(
    ledger: Ledger,
) -> None:
    """It is asked for by itself either way: that tells whether it is there."""
    refer(ledger, 2)
    ledger.census.mark_absent([2])
    ledger.census.mark([2])
    ledger.census.mark_referring("tag", 1, 0, 9)
    assert ledger.census.marked(9, is_absent=True) == [2]
    assert ledger.census.marks() == 1


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (1, [[2], [3], [5], [8], []]),
        (2, [[2, 3], [5, 8], []]),
        (3, [[2, 3, 5], [8]]),
        (4, [[2, 3, 5, 8], []]),
        (9, [[2, 3, 5, 8]]),
    ],
)
def test_scenes_that_refer_to_an_entity_are_marked_a_stretch_at_a_time(
    ledger: Ledger, limit: int, expected: list[list[int]]
) -> None:
    refer(ledger, 8, 3, 2, 5)
    assert stretches(ledger, limit) == expected
    assert ledger.census.marks() == 4


@pytest.mark.parametrize("limit", [1, 2, 3, 9])
def test_each_scene_that_refers_is_marked_once_and_no_other_is(
    ledger: Ledger, limit: int
) -> None:
    """Whether it was marked before, and whatever else refers to what."""
    refer(ledger, 2, 3, 5)
    others = (entity("tag", 2, "comedy"), entity("studio", 1, "drama"))
    ledger.scenes.put([write(snapshot(4), *others)])
    ledger.census.mark([3])
    ledger.census.mark_absent([5])
    stretches(ledger, limit)
    assert ledger.census.marked(9, is_absent=False) == [2, 3]
    assert ledger.census.marked(9, is_absent=True) == [5]


def test_an_entity_that_nothing_refers_to_marks_nothing(ledger: Ledger) -> None:
    assert ledger.census.mark_referring("tag", 1, 0, 9) == 0
    assert ledger.census.marks() == 0


def test_marking_what_is_marked_writes_nothing(path: Path) -> None:
    """Nor does unmarking what is not, nor looking."""
    with Ledger(path) as ledger:
        refer(ledger, 2, 3)
        ledger.census.mark([2, 3])
        ledger.census.mark_absent([4])
    before = contents(path.parent)
    with Ledger(path) as ledger:
        with ledger.transaction():
            ledger.census.mark([2, 3])
            ledger.census.mark([])
            ledger.census.mark_absent([])
            ledger.census.mark_referring("tag", 1, 0, 9)
            ledger.census.unmark([99])
            ledger.census.unmark([])
        assert ledger.census.marks() == 3
        assert ledger.census.known() == {}
    assert contents(path.parent) == before


def test_rows_that_were_written_are_counted(ledger: Ledger) -> None:
    before = ledger.written()
    with ledger.transaction():
        ledger.census.mark([1, 2, 3])
    assert ledger.written() == before + 3
