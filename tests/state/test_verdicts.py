from dataclasses import replace

from state.ledger import Ledger
from state.records import FieldRecord
from tests.state.test_links import TITLE, linked

LEFT = ["kept", "yielded"]


def test_fields_are_counted_by_verdict_and_reason(ledger: Ledger) -> None:
    for scene in (1, 2):
        link = linked(ledger, scene)
        ledger.links.remember(link.id, {"title": TITLE, "genre": FieldRecord()})
    assert ledger.verdicts.counts() == {("written", "moved"): 2}


def test_fields_of_a_verdict_and_a_reason_are_counted_but_for_lost_links(
    ledger: Ledger,
) -> None:
    keys = [linked(ledger, scene, str(scene)).id for scene in (1, 2, 3)]
    for key, verdict in zip(keys, ("kept", "yielded", "written"), strict=True):
        one = replace(TITLE, verdict=verdict)
        ledger.links.remember(key, {"title": one, "date": replace(one, reason="far")})
    count = ledger.verdicts.count
    assert count(LEFT, ["moved"]) == 2
    assert count(LEFT, ["moved", "far"]) == 4
    assert count(["kept"], []) == 0
    ledger.links.lose([keys[0]])
    assert count(LEFT, ["moved"]) == 1


def test_links_are_found_by_the_verdicts_of_their_fields(ledger: Ledger) -> None:
    keys = [linked(ledger, scene, str(scene)).id for scene in (1, 2, 3)]
    kept = replace(TITLE, verdict="kept")
    ledger.links.remember(keys[0], {"title": TITLE, "genre": kept, "date": kept})
    ledger.links.remember(keys[1], {"title": TITLE})
    ledger.links.remember(keys[2], {"title": replace(TITLE, verdict="yielded")})
    page = ledger.verdicts.page
    assert page(LEFT, after=0, limit=9) == [keys[0], keys[2]]
    assert page(LEFT, after=0, limit=1) == [keys[0]]
    assert page(LEFT, after=keys[0], limit=1) == [keys[2]]
    assert page(["kept"], after=keys[0], limit=9) == []


def test_links_are_found_by_a_verdict_but_for_some_reasons(ledger: Ledger) -> None:
    keys = [linked(ledger, scene, str(scene)).id for scene in (1, 2, 3)]
    left = replace(TITLE, verdict="yielded")
    ledger.links.remember(keys[0], {"title": left})
    ledger.links.remember(keys[1], {"title": replace(TITLE, verdict="kept")})
    far = replace(left, reason="far")
    ledger.links.remember(keys[2], {"title": left, "genre": far, "date": far})
    besides = ledger.verdicts.besides
    assert besides("yielded", ["moved"]) == [keys[2]]
    assert besides("yielded", ["moved", "far"]) == []
    assert besides("yielded", []) == [keys[0], keys[2]]
