from dataclasses import replace

import pytest

from state.journal import Extent
from state.ledger import Ledger
from state.records import JournalRecord
from tests.state.samples import NOW, row


def written(ledger: Ledger, *rows: JournalRecord) -> list[JournalRecord]:
    """Open rows, a second after one another."""
    return [
        ledger.journal.open(one, now=NOW + second, overwrites=0, removals=0)
        for second, one in enumerate(rows)
    ]


def test_a_row_is_open_until_its_outcome_is_known(ledger: Ledger) -> None:
    opened = ledger.journal.open(
        row(fields='{"title": 1}'), now=NOW, overwrites=0, removals=0
    )
    assert opened == replace(row(fields='{"title": 1}'), id=1, opened_at=NOW)
    assert ledger.journal.opened(9) == [opened]
    ledger.journal.close(opened.id, "applied")
    assert ledger.journal.opened(9) == []


def test_every_row_has_a_number_of_its_own(ledger: Ledger) -> None:
    given = replace(row(), id=1, outcome="applied")
    rows = [
        ledger.journal.open(given, now=NOW, overwrites=0, removals=0) for _ in range(3)
    ]
    assert [(one.id, one.outcome) for one in rows] == [(1, None), (2, None), (3, None)]


def test_open_rows_are_read_in_the_order_they_were_written(ledger: Ledger) -> None:
    for link in (3, 1, 2):
        ledger.journal.open(row(link), now=NOW, overwrites=0, removals=0)
    ledger.journal.close(2, "applied")
    assert [one.link for one in ledger.journal.opened(9)] == [3, 2]
    assert [one.link for one in ledger.journal.opened(1)] == [3]


def test_rows_are_counted_by_outcome(ledger: Ledger) -> None:
    assert ledger.journal.counts() == {}
    for _ in range(3):
        ledger.journal.open(row(), now=NOW, overwrites=0, removals=0)
    ledger.journal.close(1, "applied")
    assert ledger.journal.counts() == {"applied": 1, "open": 2}


def test_rows_are_paged_from_the_newest_back(ledger: Ledger) -> None:
    one, two, three = written(ledger, row(1), row(2, scene=7), row(1))
    assert ledger.journal.page(scene=None, before=None, limit=2) == [three, two]
    assert ledger.journal.page(scene=None, before=two.id, limit=2) == [one]
    assert ledger.journal.page(scene=None, before=one.id, limit=2) == []
    assert ledger.journal.page(scene=1, before=None, limit=9) == [three, one]
    assert ledger.journal.page(scene=7, before=two.id, limit=9) == []


def test_each_links_rows_are_read_in_the_order_they_were_written(
    ledger: Ledger,
) -> None:
    one, two, three = written(ledger, row(1), row(2), row(1))
    assert ledger.journal.of_links([1, 2, 9]) == {1: [one, three], 2: [two]}
    assert ledger.journal.of_links([1], since=NOW + 1) == {1: [three]}
    assert ledger.journal.of_links([2], since=NOW + 2) == {}


EXTENTS = [
    pytest.param(Extent(), [1, 2, 3], id="all"),
    pytest.param(Extent(pass_id=4), [2, 3], id="of a pass"),
    pytest.param(Extent(pass_id=5), [3], id="planned in a pass"),
    pytest.param(Extent(scenes=frozenset({7, 8})), [2], id="of scenes"),
    pytest.param(Extent(scenes=frozenset()), [], id="of no scene"),
    pytest.param(Extent(since=NOW + 2), [1, 3], id="since a moment"),
    pytest.param(Extent(since=0), [1, 2, 3], id="since ever"),
    pytest.param(
        Extent(pass_id=4, scenes=frozenset({1}), since=NOW + 1), [3], id="all of it"
    ),
]


@pytest.mark.parametrize(("extent", "links"), EXTENTS)
def test_an_extent_finds_the_links_of_its_rows(
    ledger: Ledger, extent: Extent, links: list[int]
) -> None:
    rows = written(
        ledger,
        row(1),
        row(2, scene=7, pass_id=4),
        replace(row(3, pass_id=4), planned=5),
        row(1),
    )

    assert ledger.journal.links(extent, after=0, limit=9) == links
    assert sorted({one.link for one in rows if extent.holds(one)}) == links


def test_the_writes_of_passes_are_counted_for_who_sent_and_who_planned(
    ledger: Ledger,
) -> None:
    rows = written(
        ledger,
        row(1, pass_id=4),
        row(2, pass_id=4),
        replace(row(3, pass_id=4), planned=2),
        row(4, pass_id=9),
    )
    ledger.journal.close(rows[0].id, "not sent")
    ledger.journal.close(rows[1].id, "applied")

    found = ledger.journal.of_passes([2, 3, 4], excluding=["not sent"])

    assert found == {4: 2, 2: 1}


def test_the_links_of_an_extent_are_paged(ledger: Ledger) -> None:
    written(ledger, row(3), row(1), row(2), row(1))
    assert ledger.journal.links(Extent(), after=0, limit=2) == [1, 2]
    assert ledger.journal.links(Extent(), after=2, limit=2) == [3]
    assert ledger.journal.links(Extent(), after=3, limit=2) == []


def test_only_old_rows_that_are_closed_are_forgotten(ledger: Ledger) -> None:
    """An open one is still to be resolved, however old it is."""
    rows = written(ledger, *(row(link) for link in (1, 2, 3, 4, 5)))
    for one in (*rows[:2], *rows[3:]):
        ledger.journal.close(one.id, "applied")

    assert ledger.journal.prune(NOW + 4, 2) == 2
    assert ledger.journal.prune(NOW + 4, 2) == 1
    assert ledger.journal.prune(NOW + 4, 2) == 0
    left = ledger.journal.page(scene=None, before=None, limit=9)
    assert [one.link for one in left] == [5, 3]


def test_a_row_is_narrowed_to_what_was_sent(ledger: Ledger) -> None:
    one, other = written(ledger, row(1, fields='{"title": 1}'), row(2))

    ledger.journal.narrow(one.id, "{}")

    assert ledger.journal.opened(9) == [replace(one, fields="{}"), other]
