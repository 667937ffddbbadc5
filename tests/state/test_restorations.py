"""A state that was put back knows it, and takes all it owes into one pass."""

from state.ledger import Ledger
from state.records import FieldRecord, Stage, WeightRecord
from state.restorations import RestorationRecord
from tests.state.samples import NOW, entry, place


def test_a_state_that_was_not_put_back_has_nothing_to_catch_up_with(
    ledger: Ledger,
) -> None:
    assert ledger.restorations.standing() is None
    assert ledger.restorations.newest() is None
    assert ledger.restorations.of_pass(1) is None


def test_a_restoration_stands_until_it_has_caught_up(ledger: Ledger) -> None:
    book = ledger.restorations
    book.add(now=NOW, made_at=NOW - 99)
    one = RestorationRecord(id=1, at=NOW, made_at=NOW - 99)
    assert book.standing() == one
    book.begin(1, 7)
    book.reach(1, 42)
    begun = RestorationRecord(id=1, at=NOW, made_at=NOW - 99, pass_id=7, scene=42)
    assert book.standing() == book.of_pass(7) == begun
    book.end(1, now=NOW + 5)
    assert book.standing() is None
    newest = book.newest()
    assert newest is not None
    assert (newest.id, newest.ended) == (1, NOW + 5)


def test_the_newest_is_what_counts(ledger: Ledger) -> None:
    ledger.restorations.add(now=NOW, made_at=NOW - 99)
    ledger.restorations.begin(1, 7)
    ledger.restorations.add(now=NOW + 9, made_at=None)
    one = RestorationRecord(id=2, at=NOW + 9, made_at=None)
    assert ledger.restorations.standing() == one
    assert ledger.restorations.of_pass(7) is not None


def test_what_is_owed_is_judged_anew_and_what_was_asked_for_is_forgotten(
    ledger: Ledger,
) -> None:
    for scene in (1, 2):
        link = ledger.links.add(scene, place(str(scene)))
        ledger.outbox.owe(entry(link.id, pass_id=scene), now=NOW)
        wish = FieldRecord(base='"Mine"', wish="{}")
        ledger.links.remember(link.id, {"title": wish})
    ledger.outbox.forecast({1: WeightRecord(writes=1), 2: WeightRecord()})
    ledger.outbox.release(1)
    ledger.doubts.cast("stash", "far fewer", now=NOW)
    ledger.doubts.approve("stash")
    ledger.restorations.add(now=NOW, made_at=NOW - 99)

    ledger.restorations.begin(1, 9)

    assert ledger.outbox.counts() == {Stage.PLANNED: 2}
    assert ledger.outbox.planned_passes() == [9]
    assert ledger.outbox.load(9, since=0).writing == 0
    assert ledger.outbox.asked() == 0
    assert ledger.links.memories([1])[1]["title"] == FieldRecord(base='"Mine"')
    assert not ledger.doubts.standing()["stash"].is_approved


def test_what_would_write_nothing_is_let_go_by_itself(ledger: Ledger) -> None:
    for link in (1, 2, 3):
        ledger.outbox.owe(entry(link, pass_id=9), now=NOW)
    ledger.outbox.forecast({1: WeightRecord(writes=2), 2: WeightRecord()})
    assert ledger.outbox.load(9, since=0).writing == 1
    assert ledger.outbox.release(9, is_idle=True) == 1
    assert ledger.outbox.counts() == {Stage.PLANNED: 2, Stage.RELEASED: 1}
