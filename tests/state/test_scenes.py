from dataclasses import replace
from pathlib import Path

import pytest

from state.ledger import Ledger
from state.records import CensusRecord, CursorRecord, ScanRecord
from tests.state.samples import NOW, contents, entity, snapshot, write

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
        ScanRecord(named=NOW, named_zone=-3600, job=7, job_added="2025-10-09"),
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


def buried(ledger: Ledger, *scenes: int) -> None:
    for scene in scenes:
        ledger.scenes.bury(scene, now=NOW + scene)


def test_a_tombstone_is_remembered_and_looked_for_no_more(ledger: Ledger) -> None:
    """Its snapshot is there to be undone by; nothing else knows of it."""
    record = snapshot(3, is_settled=False)
    ledger.scenes.put([write(record, DRAMA, FILE), write(snapshot(4), DRAMA)])
    buried(ledger, 3)
    assert ledger.scenes.get([3]) == {
        3: replace(record, is_settled=True, buried_at=NOW + 3)
    }
    assert ledger.scenes.buried([3, 4, 99]) == {3}
    assert ledger.scenes.buried_since(NOW + 2) == [3]
    assert ledger.scenes.buried_since(NOW + 3) == []
    assert (ledger.scenes.count(), ledger.scenes.tombstones()) == (1, 1)
    assert ledger.scenes.stamps([3, 4]).keys() == {4}
    assert [one.scene for one in ledger.scenes.after(0, 9)] == [4]
    assert ledger.scenes.ids(0, None).keys() == {4}
    assert ledger.scenes.slice(0, 1, 0, 9) == [4]
    assert ledger.scenes.oldest_unsettled() is None
    assert list(ledger.scenes.referring("tag", ["drama"])) == [4]
    assert ledger.scenes.files([3]) == {}
    assert ledger.scenes.census() == CensusRecord(count=1, tip=4)


def test_a_scene_that_is_put_again_is_no_tombstone_any_more(ledger: Ledger) -> None:
    ledger.scenes.put([write(snapshot(3), DRAMA)])
    buried(ledger, 3)
    back = snapshot(3, revision=2)
    ledger.scenes.put([write(back, DRAMA)])
    assert ledger.scenes.get([3]) == {3: back}
    assert ledger.scenes.buried([3]) == set()
    assert ledger.scenes.tombstones() == 0
    assert list(ledger.scenes.referring("tag", ["drama"])) == [3]


def test_an_unknown_scene_is_not_buried(ledger: Ledger) -> None:
    buried(ledger, 3)
    assert ledger.scenes.tombstones() == 0
    assert ledger.scenes.buried([]) == set()


def test_a_forgotten_stamp_is_that_of_no_row(ledger: Ledger) -> None:
    ledger.scenes.put([write(snapshot(3), DRAMA), write(snapshot(4))])
    ledger.scenes.forget_stamps([3, 99])
    stamp = snapshot().stamp
    assert ledger.scenes.ids(0, None) == {3: "", 4: stamp}
    assert ledger.scenes.stamps([3, 4]) == {3: ("", True), 4: (stamp, True)}
    assert ledger.scenes.get([3])[3].content == snapshot(3).content


def test_a_census_of_what_is_known_to_be_there(ledger: Ledger) -> None:
    assert ledger.scenes.census() == CensusRecord(count=0, tip=0)
    ledger.scenes.put([write(snapshot(n)) for n in (2, 5, 9)])
    assert ledger.scenes.census() == CensusRecord(count=3, tip=9)
    buried(ledger, 9)
    assert ledger.scenes.census() == CensusRecord(count=2, tip=5)


def test_ids_are_read_by_the_stretch_with_their_stamps(ledger: Ledger) -> None:
    ledger.scenes.put([write(snapshot(n)) for n in (2, 5, 9)])
    stamp = snapshot().stamp
    assert ledger.scenes.ids(0, 5) == {2: stamp, 5: stamp}
    assert ledger.scenes.ids(2, 9) == {5: stamp, 9: stamp}
    assert ledger.scenes.ids(5, None) == {9: stamp}
    assert ledger.scenes.ids(9, None) == {}


@pytest.mark.parametrize("of", [1, 2, 3, 7])
@pytest.mark.parametrize("limit", [1, 2, 50])
def test_every_scene_is_in_one_slice(ledger: Ledger, of: int, limit: int) -> None:
    """However many are read at a time, and in the order of their ids."""
    ledger.scenes.put([write(snapshot(n)) for n in range(1, 20)])
    buried(ledger, 7)
    found: list[int] = []
    for number in range(of):
        after = 0
        while page := ledger.scenes.slice(number, of, after, limit):
            assert len(page) <= limit
            assert page == sorted(page)
            assert page[0] > after
            found += page
            after = page[-1]
    assert sorted(found) == [n for n in range(1, 20) if n != 7]


def test_names_are_those_that_were_read_last(ledger: Ledger) -> None:
    comedy = entity("tag", 2, "comedy")
    ledger.scenes.put([write(snapshot(1), DRAMA, comedy, FILE)])
    assert ledger.scenes.names("tag", [1, 2, 99]) == {1: "drama", 2: "comedy"}
    assert ledger.scenes.names("studio", [1]) == {}
    ledger.scenes.rename("tag", {2: "satire", 99: "nobody's"})
    assert ledger.scenes.names("tag", [1, 2, 99]) == {1: "drama", 2: "satire"}
    assert ledger.scenes.names("file", [7]) == {7: "/data/a.mp4"}


def test_a_renamed_entity_is_read_anew_with_the_next_scene_that_has_it(
    ledger: Ledger,
) -> None:
    """Whatever name it had before: what a scene says of it is newer."""
    ledger.scenes.put([write(snapshot(1), DRAMA)])
    ledger.scenes.rename("tag", {1: "tragedy"})
    assert list(ledger.scenes.referring("tag", ["tragedy"])) == [1]
    ledger.scenes.put([write(snapshot(1), DRAMA)])
    assert ledger.scenes.names("tag", [1]) == {1: "drama"}


def test_only_entities_that_a_scene_refers_to_are_read(ledger: Ledger) -> None:
    """By id, some at a time; what no scene has any more is nobody's business."""
    tags = [entity("tag", n, f"tag {n}") for n in (1, 2, 5)]
    ledger.scenes.put([write(snapshot(1), *tags), write(snapshot(2), tags[0])])
    ledger.scenes.put([write(snapshot(1), tags[0], tags[2])])
    assert ledger.scenes.referred("tag", 0, 9) == {1: "tag 1", 5: "tag 5"}
    assert ledger.scenes.referred("tag", 0, 1) == {1: "tag 1"}
    assert ledger.scenes.referred("tag", 1, 9) == {5: "tag 5"}
    assert ledger.scenes.referred("studio", 0, 9) == {}
    buried(ledger, 1, 2)
    assert ledger.scenes.referred("tag", 0, 9) == {}


def test_the_files_of_scenes_are_read_by_id(ledger: Ledger) -> None:
    other = entity("file", 8, "/data/b.mp4")
    ledger.scenes.put(
        [
            write(snapshot(1), DRAMA, FILE, other),
            write(snapshot(2), other),
            write(snapshot(3), DRAMA),
        ]
    )
    assert ledger.scenes.files([1, 2, 3, 99]) == {
        1: {7: "/data/a.mp4", 8: "/data/b.mp4"},
        2: {8: "/data/b.mp4"},
    }
    assert ledger.scenes.files([]) == {}


def test_renaming_nothing_writes_nothing(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.scenes.put([write(snapshot(1), DRAMA)])
    before = contents(path.parent)
    with Ledger(path) as ledger:
        ledger.scenes.rename("tag", {})
        ledger.scenes.rename("tag", {99: "nobody's"})
        ledger.scenes.put([])
        buried(ledger, 99)
    assert contents(path.parent) == before
