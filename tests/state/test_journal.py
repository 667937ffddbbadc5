from dataclasses import replace

from state.ledger import Ledger
from tests.state.samples import NOW, row


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
