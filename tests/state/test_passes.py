from state.ledger import Ledger
from state.records import HeldRecord, PassRecord
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


def test_one_pass_is_read_by_its_number(ledger: Ledger) -> None:
    number = ledger.passes.begin("reconcile", now=NOW)

    assert ledger.passes.get(number) == ledger.passes.last(1)[0]
    assert ledger.passes.get(number + 1) is None


def test_the_newest_pass_is_read_first(ledger: Ledger) -> None:
    assert ledger.passes.last(9) == []
    numbers = [ledger.passes.begin("reconcile", now=NOW) for _ in range(3)]
    assert [one.id for one in ledger.passes.last(2)] == [numbers[2], numbers[1]]


def test_a_held_pass_keeps_its_reasons_until_it_is_let_go(ledger: Ledger) -> None:
    first, second, third = (ledger.passes.begin("full", now=NOW) for _ in range(3))
    assert ledger.passes.held() == {}
    ledger.passes.hold(first, ["too much"])
    ledger.passes.hold(second, ["one", "two"])
    ledger.passes.hold(third, ["not as sent"], until_approved=True)
    assert ledger.passes.held() == {
        first: HeldRecord(reasons=("too much",)),
        second: HeldRecord(reasons=("one", "two")),
        third: HeldRecord(reasons=("not as sent",), until_approved=True),
    }
    ledger.passes.let_go(first)
    ledger.passes.approve(third)
    assert list(ledger.passes.held()) == [second]
