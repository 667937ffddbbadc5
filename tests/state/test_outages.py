from dataclasses import replace

from state.ledger import Ledger
from state.records import OutageRecord
from tests.state.samples import NOW

OUTAGE = OutageRecord(
    server="plex",
    began=NOW,
    failures=3,
    rests=1,
    rests_until=NOW + 10,
    asked_until=0,
    is_of_write=False,
    kind="unreachable",
    cause="Plex cannot be reached",
)


def test_an_outage_is_read_as_it_was_put(ledger: Ledger) -> None:
    assert ledger.outages.standing("plex") is None
    ledger.outages.put(OUTAGE)
    assert ledger.outages.standing("plex") == OUTAGE
    assert ledger.outages.standing("stash") is None


def test_an_outage_that_goes_on_is_one(ledger: Ledger) -> None:
    later = replace(
        OUTAGE, failures=4, rests=2, rests_until=NOW + 20, cause="still down"
    )
    other = replace(OUTAGE, server="stash")
    for outage in (OUTAGE, other, later):
        ledger.outages.put(outage)
    assert ledger.outages.standing("plex") == later
    assert ledger.outages.last(10) == [other, later]


def test_an_outage_that_has_ended_is_remembered(ledger: Ledger) -> None:
    ledger.outages.put(OUTAGE)
    ledger.outages.put(replace(OUTAGE, server="stash"))
    ledger.outages.end("plex", now=NOW + 60)
    assert ledger.outages.standing("plex") is None
    assert ledger.outages.last(10)[1] == replace(OUTAGE, ended=NOW + 60)
    assert ledger.outages.standing("stash") is not None


def test_a_hiccup_is_forgotten(ledger: Ledger) -> None:
    ledger.outages.put(replace(OUTAGE, failures=2, rests=0))
    ledger.outages.end("plex", now=NOW + 60)
    assert ledger.outages.last(10) == []


def test_the_newest_outages_come_first_and_old_ones_go(ledger: Ledger) -> None:
    for number in range(3):
        ledger.outages.put(replace(OUTAGE, began=NOW + number))
        ledger.outages.end("plex", now=NOW + number + 1)
    assert [outage.began for outage in ledger.outages.last(2)] == [NOW + 2, NOW + 1]
    assert ledger.outages.prune(NOW + 3) == 2
    assert [outage.began for outage in ledger.outages.last(9)] == [NOW + 2]
