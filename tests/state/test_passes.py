from state.ledger import Ledger
from state.records import PassRecord
from tests.state.samples import NOW


def test_a_pass_is_read_as_it_was_recorded(ledger: Ledger) -> None:
    number = ledger.passes.begin("reconcile", now=NOW)
    begun = PassRecord(id=number, kind="reconcile", started_at=NOW)
    assert ledger.passes.last(1) == [begun]
    ledger.passes.end(number, outcome="done", counts={"written": 3}, now=NOW + 7)
    assert ledger.passes.last(1) == [
        PassRecord(
            id=number,
            kind="reconcile",
            started_at=NOW,
            ended_at=NOW + 7,
            outcome="done",
            counts={"written": 3},
        )
    ]


def test_the_newest_pass_is_read_first(ledger: Ledger) -> None:
    assert ledger.passes.last(9) == []
    numbers = [ledger.passes.begin("reconcile", now=NOW) for _ in range(3)]
    assert [one.id for one in ledger.passes.last(2)] == [numbers[2], numbers[1]]
