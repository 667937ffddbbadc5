from pathlib import Path

from state.ledger import Ledger
from state.records import DoubtRecord
from tests.state.samples import NOW, contents


def test_a_doubt_is_read_as_it_was_cast(ledger: Ledger) -> None:
    assert ledger.doubts.standing() == {}
    ledger.doubts.cast("stash", "no scenes", now=NOW)
    ledger.doubts.cast("Films", "no items", now=NOW + 1)
    assert ledger.doubts.standing() == {
        "Films": DoubtRecord(reason="no items", since=NOW + 1),
        "stash": DoubtRecord(reason="no scenes", since=NOW),
    }


def test_doubts_are_told_in_the_order_of_what_they_are_about(ledger: Ledger) -> None:
    for subject in ("stash", "Films", "Shorts"):
        ledger.doubts.cast(subject, "too few", now=NOW)
    assert list(ledger.doubts.standing()) == ["Films", "Shorts", "stash"]


def test_a_doubt_cast_again_stands_since_it_was_cast_first(ledger: Ledger) -> None:
    ledger.doubts.cast("stash", "3 are gone", now=NOW)
    ledger.doubts.cast("stash", "4 are gone", now=NOW + 60)
    assert ledger.doubts.standing() == {
        "stash": DoubtRecord(reason="4 are gone", since=NOW)
    }


def test_a_persons_yes_is_to_what_was_said_and_to_nothing_else(
    ledger: Ledger,
) -> None:
    """Neither to another subject, nor to what is said of this one later."""
    ledger.doubts.cast("stash", "3 are gone", now=NOW)
    ledger.doubts.cast("Films", "no items", now=NOW)
    ledger.doubts.approve("stash")
    approved = {name: one.is_approved for name, one in ledger.doubts.standing().items()}
    assert approved == {"stash": True, "Films": False}
    ledger.doubts.cast("stash", "4 are gone", now=NOW + 60)
    assert not ledger.doubts.standing()["stash"].is_approved


def test_a_doubt_that_is_dropped_leaves_the_others(ledger: Ledger) -> None:
    ledger.doubts.cast("stash", "3 are gone", now=NOW)
    ledger.doubts.cast("Films", "no items", now=NOW)
    ledger.doubts.drop("stash")
    assert list(ledger.doubts.standing()) == ["Films"]


def test_what_is_not_doubted_is_neither_approved_nor_dropped(path: Path) -> None:
    """Which writes nothing to the file."""
    with Ledger(path) as ledger:
        ledger.doubts.cast("Films", "no items", now=NOW)
    before = contents(path.parent)
    with Ledger(path) as ledger:
        ledger.doubts.approve("stash")
        ledger.doubts.drop("stash")
        assert ledger.doubts.standing() == {
            "Films": DoubtRecord(reason="no items", since=NOW)
        }
    assert contents(path.parent) == before
