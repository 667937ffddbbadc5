from dataclasses import replace

from state.journal import LANDS_WITHIN
from state.ledger import Ledger
from state.links import UNKNOWN
from state.records import FieldRecord, LinkRecord
from tests.state.samples import NOW, entry, failure, place, row

TITLE = FieldRecord(
    base='"A"',
    seen='{"value": "A"}',
    verdict="written",
    reason="moved",
    ours=True,
    first='{"value": "a"}',
    owned='["x"]',
    yielded='["y"]',
    forms='{"x": "X"}',
)


def linked(ledger: Ledger, scene: int = 1, item: str = "10") -> LinkRecord:
    return ledger.links.add(scene, place(item))


def test_a_link_is_read_as_it_was_added(ledger: Ledger) -> None:
    link = linked(ledger)
    assert link == LinkRecord(
        id=1, target=1, item="10", scene=1, path="/media/a.mp4", incarnation=1
    )
    assert ledger.links.get([link.id, 99]) == {link.id: link}


def test_links_are_found_by_scene_lost_ones_included(ledger: Ledger) -> None:
    first, second = linked(ledger, 1, "10"), linked(ledger, 1, "11")
    linked(ledger, 2, "12")
    ledger.links.lose([second.id])
    assert dict(ledger.links.of_scenes([1, 3])) == {
        1: [first, replace(second, is_lost=True)]
    }


def test_lost_items_of_scenes_that_wait_are_named_latest_first(ledger: Ledger) -> None:
    for scene, since in ((1, NOW), (2, NOW + 9), (3, NOW - 99)):
        ledger.links.lose([linked(ledger, scene, f"{scene}0").id])
        ledger.waits.put(scene, [1], now=since)
    linked(ledger, 4, "40")
    ledger.waits.put(4, [1, 2], now=NOW)
    assert ledger.waits.missed(1, since=NOW, limit=9) == ["20", "10"]
    assert ledger.waits.missed(1, since=NOW, limit=1) == ["20"]
    assert ledger.waits.missed(2, since=0, limit=9) == []


def test_scenes_are_told_of_whose_links_something_is_remembered(ledger: Ledger) -> None:
    for scene in (1, 2, 3):
        link = linked(ledger, scene, f"{scene}0")
        if scene > 1:
            ledger.links.remember(link.id, {"title": TITLE})
    assert ledger.links.decided([1, 2, 9]) == {2}
    assert ledger.links.decided([]) == set()


def test_another_item_is_a_new_incarnation(ledger: Ledger) -> None:
    """What was decided stays, what was seen does not."""
    link = linked(ledger)
    ledger.links.remember(link.id, {"title": TITLE})
    moved = ledger.links.rebind(link, place("20", "/media/b.mp4"))
    assert moved == replace(link, item="20", path="/media/b.mp4", incarnation=2)
    assert ledger.links.get([link.id]) == {link.id: moved}
    assert ledger.links.memories([link.id])[link.id] == {
        "title": replace(TITLE, seen=None)
    }


def test_another_file_of_the_same_item_is_no_new_incarnation(ledger: Ledger) -> None:
    link = linked(ledger)
    ledger.links.remember(link.id, {"title": TITLE})
    moved = ledger.links.rebind(link, place("10", "/media/b.mp4"))
    assert moved == replace(link, path="/media/b.mp4")
    assert ledger.links.memories([link.id])[link.id] == {"title": TITLE}


def test_a_lost_link_is_found_again_by_binding_it(ledger: Ledger) -> None:
    link = linked(ledger)
    ledger.links.lose([link.id])
    assert ledger.links.get([link.id])[link.id].is_lost
    assert ledger.links.rebind(replace(link, is_lost=True), place()) == link
    assert ledger.links.get([link.id]) == {link.id: link}


def test_links_whose_item_several_scenes_claim_are_contested(ledger: Ledger) -> None:
    one, two = linked(ledger, 1, "10"), linked(ledger, 2, "10")
    alone = linked(ledger, 3, "11")
    other = ledger.links.add(4, place("10", target=2))
    keys = [one.id, two.id, alone.id, other.id]
    assert ledger.links.contested(keys) == {one.id, two.id}
    assert ledger.links.contested([one.id]) == {one.id}
    assert ledger.links.contested_items() == 1


def test_a_lost_rival_claims_nothing(ledger: Ledger) -> None:
    one, two = linked(ledger, 1, "10"), linked(ledger, 2, "10")
    ledger.links.lose([two.id])
    assert ledger.links.contested([one.id]) == set()
    assert ledger.links.contested_items() == 0


def test_two_links_of_one_scene_are_no_contest(ledger: Ledger) -> None:
    keys = [linked(ledger, 1, "10").id, linked(ledger, 1, "11").id]
    assert ledger.links.contested(keys) == set()


def test_a_memory_is_read_as_it_was_recorded(ledger: Ledger) -> None:
    link = linked(ledger)
    ledger.links.remember(link.id, {"title": TITLE, "genre": FieldRecord()})
    ledger.links.remember(link.id, {"genre": replace(TITLE, ours=False)})
    memories = ledger.links.memories([link.id, 99])
    assert memories[link.id] == {"title": TITLE, "genre": replace(TITLE, ours=False)}
    assert memories[99] == {}


def test_nothing_remembered_is_nothing_written(ledger: Ledger) -> None:
    link = linked(ledger)
    ledger.links.remember(link.id, {})
    assert ledger.links.memories([link.id])[link.id] == {}


def test_a_scene_waits_where_it_has_no_item(ledger: Ledger) -> None:
    ledger.waits.put(1, [1, 2], now=NOW)
    ledger.waits.put(2, [2], now=NOW)
    assert ledger.waits.counts() == {1: 1, 2: 2}
    ledger.waits.put(1, [2, 3], now=NOW + 5)
    assert ledger.waits.counts() == {2: 2, 3: 1}
    ledger.waits.put(1, [], now=NOW + 9)
    ledger.waits.put(2, [], now=NOW + 9)
    assert ledger.waits.counts() == {}


def test_a_wait_goes_on_unless_it_is_begun_anew(ledger: Ledger) -> None:
    assert ledger.waits.latest(until=NOW) is None
    ledger.waits.put(1, [1, 2], now=NOW)
    ledger.waits.put(1, [2, 3], now=NOW + 5)
    ledger.waits.put(1, [2], now=NOW + 6)
    assert ledger.waits.latest(until=NOW + 9) == NOW

    ledger.waits.put(1, [2, 4], now=NOW + 7, is_anew=True)

    assert ledger.waits.counts() == {2: 1, 4: 1}
    assert ledger.waits.latest(until=NOW + 9) == NOW + 7
    ledger.waits.put(1, [], now=NOW + 8, is_anew=True)
    assert ledger.waits.counts() == {}


def test_who_began_to_wait_in_the_future_is_not_the_latest(ledger: Ledger) -> None:
    ledger.waits.put(1, [1], now=NOW)
    ledger.waits.put(2, [1], now=NOW + 3600)
    assert ledger.waits.latest(until=NOW + 60) == NOW
    assert ledger.waits.latest(until=NOW - 1) is None


def test_who_waits_is_seen_to_once_for_as_long_as_it_waits(ledger: Ledger) -> None:
    for scene, since in ((3, NOW), (2, NOW), (1, NOW + 5), (4, NOW - 60)):
        ledger.waits.put(scene, [1, 2], now=since)
    assert ledger.waits.untended(1, since=NOW, limit=9) == [2, 3, 1]
    assert ledger.waits.untended(1, since=NOW, limit=1) == [2]

    ledger.waits.tend(1, [2, 1, 99])

    assert ledger.waits.untended(1, since=NOW, limit=9) == [3]
    assert ledger.waits.untended(2, since=NOW, limit=9) == [2, 3, 1]
    ledger.waits.put(2, [1, 2], now=NOW + 9)
    ledger.waits.put(1, [1, 2], now=NOW + 9, is_anew=True)
    assert ledger.waits.untended(1, since=NOW, limit=9) == [3, 1]


def test_who_waits_and_had_an_item_there(ledger: Ledger) -> None:
    for item, since in ((10, NOW - 60), (20, NOW), (21, NOW)):
        scene = item // 10
        ledger.links.add(scene, place(str(item)))
        ledger.waits.put(scene, [1], now=since)
    ledger.waits.put(3, [1, 2], now=NOW)
    assert ledger.waits.bereft(1, since=NOW, limit=9) == [2]
    assert ledger.waits.bereft(1, since=0, limit=9) == [1, 2]
    assert ledger.waits.bereft(1, since=0, limit=1) == [1]
    assert ledger.waits.bereft(2, since=0, limit=9) == []


def test_links_are_counted_by_how_they_stand(ledger: Ledger) -> None:
    assert ledger.links.counts() == {}
    links = [linked(ledger, n) for n in (1, 2, 3)]
    ledger.links.lose([links[0].id])
    assert ledger.links.counts() == {"linked": 2, "lost": 1}


def test_links_are_paged_in_order_without_lost_ones(ledger: Ledger) -> None:
    one, two, three = (linked(ledger, scene, str(scene)) for scene in (7, 8, 9))
    far = ledger.links.add(7, place("10", target=2))
    ledger.links.lose([two.id])
    page = ledger.links.page
    assert page(after=0, limit=2) == [one, three]
    assert page(after=three.id, limit=2) == [far]
    assert page(after=far.id, limit=2) == []
    assert page(after=0, limit=9, scenes=[7, 8]) == [one, far]
    assert page(after=0, limit=9, scenes=[]) == []
    assert page(after=0, limit=9, target=2) == [far]
    assert page(after=0, limit=9, scenes=[9], target=2) == []


def test_a_wish_is_read_as_it_was_recorded_and_gone_once_granted(
    ledger: Ledger,
) -> None:
    link = linked(ledger)
    wished = replace(TITLE, wish='{"asked": "undo"}')
    ledger.links.remember(link.id, {"title": wished})
    assert ledger.links.memories([link.id])[link.id] == {"title": wished}
    ledger.links.remember(link.id, {"title": TITLE})
    assert ledger.links.memories([link.id])[link.id] == {"title": TITLE}


def test_links_are_found_by_item_lost_ones_included(ledger: Ledger) -> None:
    one, two = linked(ledger, 1, "10"), linked(ledger, 2, "10")
    other = linked(ledger, 3, "11")
    far = ledger.links.add(4, place("10", target=2))
    ledger.links.lose([two.id])
    lost = replace(two, is_lost=True)
    assert ledger.links.at([(1, "10")]) == [one, lost]
    assert ledger.links.at([(1, "10"), (2, "10")]) == [one, lost, far]
    assert ledger.links.at([(1, "10"), (1, "11")]) == [one, lost, other]
    assert ledger.links.at([(2, "11")]) == []
    assert ledger.links.at([]) == []


def test_what_a_library_holds_is_unknown_once_a_link_is_lost(ledger: Ledger) -> None:
    ledger.items.put_targets([("machine", "section", "Films")])
    link = linked(ledger)
    ledger.links.lose([link.id])
    assert [one.marker for one in ledger.items.targets()] == [""], "never listed"
    ledger.items.listed(link.target, marker="7", cursor=3)
    ledger.links.lose([])
    assert [one.marker for one in ledger.items.targets()] == ["7"]
    ledger.links.lose([link.id])
    assert [one.marker for one in ledger.items.targets()] == [UNKNOWN]


def test_a_link_taken_over_keeps_all_that_is_remembered(ledger: Ledger) -> None:
    link = linked(ledger)
    ledger.links.remember(link.id, {"title": TITLE})
    ledger.links.lose([link.id])
    lost = replace(link, is_lost=True)
    taken = ledger.links.take_over(lost, 2, "/media/b.mp4")
    assert taken == replace(link, scene=2, path="/media/b.mp4")
    assert ledger.links.get([link.id]) == {link.id: taken}
    assert ledger.links.memories([link.id])[link.id] == {"title": TITLE}
    assert dict(ledger.links.of_scenes([1])) == {}


def test_links_that_exchange_their_scenes_keep_what_is_theirs(ledger: Ledger) -> None:
    link = linked(ledger, 1, "10")
    rival = ledger.links.add(2, place("10", "/media/b.mp4"))
    ledger.links.remember(link.id, {"title": TITLE})
    mine, given = ledger.links.exchange(link, rival)
    assert (mine, given) == (replace(rival, scene=1), replace(link, scene=2))
    assert ledger.links.get([link.id, rival.id]) == {link.id: given, rival.id: mine}
    assert ledger.links.memories([link.id, rival.id]) == {link.id: {"title": TITLE}}


def test_an_inherited_link_takes_the_place_of_the_heirs(ledger: Ledger) -> None:
    """What was owed to the heir is owed to it; what was owed to itself is not."""
    link = linked(ledger, 1, "10")
    heir = ledger.links.add(2, place("10", "/media/b.mp4"))
    bystander = linked(ledger, 3, "11")
    ledger.links.remember(link.id, {"title": TITLE})
    ledger.outbox.owe(entry(link.id, "summary", revision=4), now=NOW)
    ledger.outbox.owe(entry(heir.id, "title", revision=7), now=NOW)
    ledger.outbox.owe(entry(bystander.id), now=NOW)
    left = ledger.links.inherit(link, heir)
    assert left == replace(link, scene=2, path="/media/b.mp4")
    assert ledger.links.get([link.id, heir.id]) == {link.id: left}
    assert ledger.links.memories([link.id])[link.id] == {"title": TITLE}
    assert ledger.outbox.of_links([link.id, heir.id, bystander.id]) == {
        link.id: entry(link.id, "title", revision=7),
        bystander.id: entry(bystander.id),
    }
    assert ledger.links.contested([link.id]) == set()


def test_a_link_inherited_by_one_who_is_owed_nothing_is_owed_nothing(
    ledger: Ledger,
) -> None:
    link, heir = linked(ledger, 1, "10"), linked(ledger, 2, "10")
    ledger.outbox.owe(entry(link.id), now=NOW)
    ledger.links.inherit(link, heir)
    assert ledger.outbox.of_links([link.id, heir.id]) == {}


def test_what_was_asked_under_an_heir_is_asked_of_the_link_it_left(
    ledger: Ledger,
) -> None:
    link, heir = linked(ledger, 1, "10"), linked(ledger, 2, "10")
    ledger.links.remember(link.id, {"title": TITLE})
    asked = {name: FieldRecord(wish="adopt") for name in ("title", "genres")}
    ledger.links.remember(heir.id, asked)
    ledger.links.inherit(link, heir)
    assert ledger.links.memories([link.id, heir.id]) == {
        link.id: {
            "title": replace(TITLE, wish="adopt"),
            "genres": FieldRecord(wish="adopt"),
        }
    }


def test_a_renewed_link_meets_its_item_as_if_for_the_first_time(
    ledger: Ledger,
) -> None:
    """What was decided stays, and whose the values are; what was seen does not."""
    link, other = linked(ledger), linked(ledger, 2, "11")
    wished = replace(TITLE, verdict="released", wish='{"asked": "undo"}')
    for one in (link, other):
        ledger.links.remember(one.id, {"title": wished, "genre": TITLE})
    ledger.links.renew(link.id)
    renewed = replace(TITLE, seen=None, verdict=None)
    memories = ledger.links.memories([link.id, other.id])
    assert memories[link.id] == {"title": renewed, "genre": renewed}
    assert memories[other.id] == {"title": wished, "genre": TITLE}
    assert ledger.links.get([link.id]) == {link.id: link}


def test_what_was_done_under_an_heir_is_told_of_the_link_it_left(
    ledger: Ledger,
) -> None:
    """Nothing is left that speaks of a link that is not there."""
    link, heir = linked(ledger, 1, "10"), linked(ledger, 2, "10")
    sent = ledger.journal.open(row(heir.id, scene=2), now=NOW, overwrites=0, removals=0)
    ledger.outbox.owe(entry(heir.id, "title", "date"), now=NOW)
    ledger.outbox.bury(
        heir.id, revision=1, fields=["date"], failure=failure("no"), now=NOW
    )
    assert ledger.letters.count() == 1
    ledger.links.inherit(link, heir)
    assert ledger.journal.opened(9) == [replace(sent, link=link.id)]
    assert ledger.letters.newest(9) == []
    owed = replace(entry(link.id, "title"), not_before=NOW + LANDS_WITHIN)
    assert ledger.outbox.of_links([link.id]) == {link.id: owed}


def unclear(ledger: Ledger) -> tuple[LinkRecord, LinkRecord]:
    """Make a link with a write that may still land, and its heir."""
    link, heir = linked(ledger, 1, "10"), linked(ledger, 2, "10")
    ledger.journal.open(row(link.id), now=NOW, overwrites=0, removals=0)
    ledger.outbox.owe(entry(link.id, "date"), now=NOW)
    return link, heir


def test_what_an_heir_is_owed_waits_for_a_write_of_the_link_that_may_still_land(
    ledger: Ledger,
) -> None:
    link, heir = unclear(ledger)
    ledger.outbox.postpone(link.id, now=NOW, not_before=NOW + 60, error="no answer")
    ledger.outbox.give_cause(link.id, "to be verified")
    ledger.outbox.owe(entry(heir.id, "title", revision=7), now=NOW)
    ledger.links.inherit(link, heir)
    newer = entry(link.id, "summary", revision=8)
    waiting = replace(newer, fields=("date", "summary", "title"), not_before=NOW + 60)
    inherited = ledger.outbox.of_links([link.id, heir.id])
    assert inherited[link.id].cause == "to be verified"
    ledger.outbox.owe(newer, now=NOW)
    assert ledger.outbox.of_links([link.id, heir.id]) == {link.id: waiting}


def test_what_is_owed_waits_while_any_links_write_to_the_item_may_still_land(
    ledger: Ledger,
) -> None:
    link, heir = unclear(ledger)
    ledger.outbox.cancel([link.id])
    ledger.outbox.owe(entry(heir.id, "title"), now=NOW + 5)
    (owed,) = ledger.outbox.of_links([heir.id]).values()
    assert owed.not_before == NOW + LANDS_WITHIN


def test_what_is_owed_waits_no_longer_for_a_write_of_a_clock_that_was_ahead(
    ledger: Ledger,
) -> None:
    _, heir = unclear(ledger)
    ledger.outbox.owe(entry(heir.id, "title"), now=NOW - 9999)
    (owed,) = ledger.outbox.of_links([heir.id]).values()
    assert owed.not_before == NOW - 9999 + LANDS_WITHIN


def test_a_write_that_may_still_land_stays_with_the_item_that_its_link_leaves(
    ledger: Ledger,
) -> None:
    link, rival = unclear(ledger)
    (sent,) = ledger.journal.opened(9)
    done = ledger.journal.open(row(link.id), now=NOW, overwrites=0, removals=0)
    ledger.journal.close(done.id, "applied")
    moved = ledger.links.rebind(link, place("11"))
    assert ledger.journal.opened(9) == [replace(sent, link=rival.id)]
    assert [one.id for one in ledger.journal.of_links([link.id])[link.id]] == [done.id]
    ledger.journal.open(row(link.id), now=NOW, overwrites=0, removals=0)
    ledger.links.lose([rival.id])
    ledger.links.rebind(moved, place("10"))
    assert [one.link for one in ledger.journal.opened(9)] == [rival.id, link.id]


def test_a_link_whose_write_may_still_land_is_looked_at_for_an_heir_owed_nothing(
    ledger: Ledger,
) -> None:
    link, heir = unclear(ledger)
    ledger.links.inherit(link, heir)
    owed = replace(entry(link.id, "date"), not_before=NOW + LANDS_WITHIN)
    assert ledger.outbox.of_links([link.id, heir.id]) == {link.id: owed}
