import pytest

from state.ledger import Ledger
from state.records import CursorRecord, ScanRecord
from tests.state.samples import NOW, entity, snapshot, write

DRAMA = entity("tag", 1, "drama")
FILE = entity("file", 7, "/data/a.mp4")


def test_a_new_ledger_has_read_nothing(ledger: Ledger) -> None:
    assert ledger.scenes.scan() == ScanRecord()
    assert ledger.scenes.count() == 0
    assert ledger.scenes.oldest_unsettled() is None


@pytest.mark.parametrize(
    "scan",
    [
        ScanRecord(watermark=NOW, zone=3600, meaning="abc"),
        ScanRecord(cursor=CursorRecord(clock=NOW)),
        ScanRecord(
            watermark=NOW,
            zone=-7200,
            cursor=CursorRecord(clock=NOW + 5, newest=NOW + 3, zone=3600, scene=41),
            meaning="abc",
        ),
    ],
)
def test_a_scan_is_read_as_it_was_recorded(ledger: Ledger, scan: ScanRecord) -> None:
    ledger.scenes.put_scan(ScanRecord(watermark=1, cursor=CursorRecord(clock=2)))
    ledger.scenes.put_scan(scan)
    assert ledger.scenes.scan() == scan


def test_a_snapshot_is_read_as_it_was_recorded(ledger: Ledger) -> None:
    record = snapshot(3, revision=4, is_settled=False, content='{"title": "é"}')
    ledger.scenes.put([write(record)])
    assert ledger.scenes.get([3, 99]) == {3: record}
    assert ledger.scenes.stamps([3, 99]) == {3: (record.stamp, False)}


def test_a_snapshot_takes_the_place_of_the_one_before(ledger: Ledger) -> None:
    ledger.scenes.put([write(snapshot(3, is_settled=False))])
    newer = snapshot(3, revision=2, stamped_at=NOW + 9, content='{"title": "b"}')
    ledger.scenes.put([write(newer)])
    assert ledger.scenes.get([3]) == {3: newer}
    assert ledger.scenes.stamps([3]) == {3: (newer.stamp, True)}
    assert ledger.scenes.count() == 1


def test_another_form_of_a_snapshot_leaves_what_it_refers_to(ledger: Ledger) -> None:
    ledger.scenes.put([write(snapshot(3), DRAMA)])
    formed = snapshot(3, content='{"v": 2}')
    ledger.scenes.rewrite([formed])
    assert ledger.scenes.get([3]) == {3: formed}
    assert list(ledger.scenes.referring("tag", ["drama"])) == [3]


def test_nothing_to_put_is_nothing_put(ledger: Ledger) -> None:
    ledger.scenes.put([])
    assert ledger.scenes.count() == 0


def test_snapshots_are_paged_in_the_order_of_scenes(ledger: Ledger) -> None:
    ledger.scenes.put([write(snapshot(n)) for n in (5, 2, 9)])
    assert [s.scene for s in ledger.scenes.after(0, 2)] == [2, 5]
    assert [s.scene for s in ledger.scenes.after(5, 2)] == [9]
    assert ledger.scenes.after(9, 2) == []


def test_the_oldest_row_that_may_still_change_is_found(ledger: Ledger) -> None:
    ledger.scenes.put(
        [
            write(snapshot(1, stamped_at=NOW)),
            write(snapshot(2, stamped_at=NOW + 2, is_settled=False)),
            write(snapshot(3, stamped_at=NOW + 1, is_settled=False)),
        ]
    )
    assert ledger.scenes.oldest_unsettled() == NOW + 1


def test_scenes_are_found_by_what_they_refer_to(ledger: Ledger) -> None:
    """Each once, however many of the names it has."""
    comedy = entity("tag", 2, "comedy")
    ledger.scenes.put(
        [
            write(snapshot(1), DRAMA, comedy, FILE),
            write(snapshot(2), DRAMA),
            write(snapshot(3), entity("studio", 1, "drama")),
        ]
    )
    assert sorted(ledger.scenes.referring("tag", ["drama", "comedy"])) == [1, 2]
    assert list(ledger.scenes.referring("file", ["/data/a.mp4"])) == [1]
    assert list(ledger.scenes.referring("file", ["/data/b.mp4"])) == []


def test_references_are_those_of_the_newest_snapshot(ledger: Ledger) -> None:
    ledger.scenes.put([write(snapshot(1), DRAMA, FILE), write(snapshot(2), DRAMA)])
    ledger.scenes.put([write(snapshot(1, revision=2), FILE)])
    assert list(ledger.scenes.referring("tag", ["drama"])) == [2]
    assert list(ledger.scenes.referring("file", ["/data/a.mp4"])) == [1]


def test_an_entity_named_twice_by_a_scene_is_one_reference(ledger: Ledger) -> None:
    ledger.scenes.put([write(snapshot(1), DRAMA, DRAMA)])
    assert list(ledger.scenes.referring("tag", ["drama"])) == [1]


def test_a_renamed_entity_is_found_by_its_new_name(ledger: Ledger) -> None:
    """By every scene that refers to it, also those not read again."""
    ledger.scenes.put([write(snapshot(1), FILE), write(snapshot(2), FILE)])
    ledger.scenes.put([write(snapshot(1), entity("file", 7, "/data/b.mp4"))])
    assert sorted(ledger.scenes.referring("file", ["/data/b.mp4"])) == [1, 2]
    assert list(ledger.scenes.referring("file", ["/data/a.mp4"])) == []
