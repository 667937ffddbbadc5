from pathlib import Path

import pytest

from state.ledger import Ledger
from state.records import TargetRecord
from state.shown import Shown
from tests.state.samples import contents, place

FILMS = ("machine", "uuid-1", "Films")
SERIES = ("machine", "uuid-2", "Series")


def paths(ledger: Ledger, *named: str) -> list[tuple[int, str, str]]:
    return [(p.target, p.item, p.path) for p in ledger.items.holding(named)]


def test_targets_are_what_the_configuration_names(ledger: Ledger) -> None:
    ledger.items.put_targets([FILMS, SERIES])
    assert ledger.items.targets() == [
        TargetRecord(id=1, machine="machine", section="uuid-1", title="Films"),
        TargetRecord(id=2, machine="machine", section="uuid-2", title="Series"),
    ]


def test_a_target_that_comes_back_is_the_one_it_was(ledger: Ledger) -> None:
    """Renamed, put away, or back: its id and its listing stay."""
    ledger.items.put_targets([FILMS, SERIES])
    ledger.items.listed(1, marker="m", cursor=9)
    ledger.items.put_targets([SERIES])
    assert [(t.id, t.is_active) for t in ledger.items.targets()] == [
        (1, False),
        (2, True),
    ]
    ledger.items.put_targets([("machine", "uuid-1", "Movies")])
    films, series = ledger.items.targets()
    assert (films.title, films.marker, films.cursor) == ("Movies", "m", 9)
    assert (films.is_active, series.is_active) == (True, False)


def test_paths_that_came_are_named(ledger: Ledger) -> None:
    assert ledger.items.put(1, Shown(), [("10", "/b"), ("11", "/a")]) == ["/a", "/b"]
    assert ledger.items.put(1, Shown(), [("10", "/b"), ("11", "/a")]) == []
    assert ledger.items.count(1) == 2


def test_paths_that_an_item_no_longer_has_are_named_and_gone(ledger: Ledger) -> None:
    ledger.items.put(1, Shown(), [("10", "/old"), ("11", "/other")])
    assert ledger.items.put(1, Shown(), [("10", "/new")]) == ["/new", "/old"]
    assert paths(ledger, "/old", "/new", "/other") == [
        (1, "10", "/new"),
        (1, "11", "/other"),
    ]


def test_a_path_that_changes_hands_is_named_once(ledger: Ledger) -> None:
    ledger.items.put(1, Shown(), [("10", "/a")])
    assert ledger.items.put(1, Shown(), [("10", "/b"), ("11", "/a")]) == ["/a", "/b"]
    assert paths(ledger, "/a") == [(1, "11", "/a")]


def test_an_item_spread_over_two_calls_keeps_all_its_files(ledger: Ledger) -> None:
    ledger.items.put(1, Shown(), [("10", "/a"), ("10", "/b")])
    for _ in range(2):
        shown = Shown()
        ledger.items.put(1, shown, [("10", "/a")])
        ledger.items.put(1, shown, [("10", "/b")])
        assert len(paths(ledger, "/a", "/b")) == 2
        assert list(ledger.items.unlisted(1, shown)) == []


def test_a_file_that_one_listing_has_in_two_items_lies_in_both(ledger: Ledger) -> None:
    """Whichever of them is known, and however far apart they are listed."""
    for known in ("10", "11"):
        ledger.items.put(1, Shown(), [(known, "/a")])
        shown = Shown()
        for item in ("10", "11"):
            ledger.items.put(1, shown, [(item, "/a")])
        assert paths(ledger, "/a") == [(1, "10", "/a"), (1, "11", "/a")]
        assert list(ledger.items.unlisted(1, shown)) == []


def test_nothing_to_put_moves_nothing(ledger: Ledger) -> None:
    assert ledger.items.put(1, Shown(), []) == []


def drop_unlisted(ledger: Ledger, target: int, shown: Shown) -> list[list[str]]:
    """Drop what a listing has not shown, as is done behind it; name it by turns."""
    dropped = []
    for some in ledger.items.unlisted(target, shown):
        ledger.items.drop(some)
        dropped.append(sorted(some.values()))
    return dropped


def test_what_a_complete_listing_did_not_have_is_dropped(ledger: Ledger) -> None:
    """Some at a time, and in this target only."""
    pairs = [(f"{n:04}", f"/{n:04}") for n in range(1300)]
    ledger.items.put(1, Shown(), pairs)
    ledger.items.put(2, Shown(), [("9", "/elsewhere")])
    shown = Shown()
    ledger.items.put(1, shown, [*pairs[3:1200], ("2000", "/new")])

    dropped = drop_unlisted(ledger, 1, shown)

    assert dropped == [
        ["/0000", "/0001", "/0002"],
        [path for _, path in pairs[1200:]],
    ]
    assert (ledger.items.count(1), ledger.items.count(2)) == (1198, 1)
    assert drop_unlisted(ledger, 1, shown) == []


def test_a_listing_that_was_cut_short_says_nothing_of_the_next(ledger: Ledger) -> None:
    """What only the one had shown, and the other has not, has gone."""
    ledger.items.put(1, Shown(), [("10", "/a")])
    ledger.items.put(1, Shown(), [("10", "/a"), ("11", "/b"), ("12", "/c")])
    shown = Shown()
    ledger.items.put(1, shown, [("12", "/c"), ("10", "/a")])
    assert drop_unlisted(ledger, 1, shown) == [["/b"]]


def test_an_item_is_forgotten_in_its_own_target_only(ledger: Ledger) -> None:
    ledger.items.put(1, Shown(), [("10", "/a"), ("11", "/b")])
    ledger.items.put(2, Shown(), [("10", "/a")])
    ledger.items.forget(1, "10")
    assert paths(ledger, "/a", "/b") == [(1, "11", "/b"), (2, "10", "/a")]


def test_what_an_item_holds_still_is_not_forgotten(ledger: Ledger) -> None:
    ledger.items.put(1, Shown(), [("10", "/a"), ("10", "/b")])
    ledger.items.forget(1, "10", but=["/b", "/c"])
    assert paths(ledger, "/a", "/b", "/c") == [(1, "10", "/b")]


def test_every_item_that_holds_a_file_is_found(ledger: Ledger) -> None:
    ledger.items.put(2, Shown(), [("20", "/a")])
    ledger.items.put(1, Shown(), [("11", "/a"), ("10", "/a"), ("10", "/b")])
    assert ledger.items.holding(["/a", "/none"]) == [
        place("10", "/a"),
        place("11", "/a"),
        place("20", "/a", target=2),
    ]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("100%.mp4", "1000.mp4"),
        ("a_b.mp4", "axb.mp4"),
        ("film.mp4", "bigfilm.mp4"),
        ("a%b_c.mp4", "a1b2c.mp4"),
    ],
)
def test_only_files_of_the_very_name_are_alike(
    ledger: Ledger, name: str, other: str
) -> None:
    """Whatever LIKE makes of the name."""
    ledger.items.put(1, Shown(), [("10", f"/media/{name}"), ("11", f"/media/{other}")])
    assert ledger.items.named_alike(f"/data/{name}") == [f"/media/{name}"]


def test_names_are_compared_across_systems(ledger: Ledger) -> None:
    r"""Stash on one system, Plex on another: `/` and `\` both end a folder."""
    ledger.items.put(1, Shown(), [("10", "C:\\films\\a_b.mp4"), ("11", "/films/c.mp4")])
    assert ledger.items.named_alike("/data/a_b.mp4") == ["C:\\films\\a_b.mp4"]
    assert ledger.items.named_alike("D:\\data\\c.mp4") == ["/films/c.mp4"]


def test_only_some_files_of_a_name_are_told(ledger: Ledger) -> None:
    """Each path once, in whatever libraries it is."""
    for target in (1, 2):
        ledger.items.put(target, Shown(), [(str(n), f"/{n}/a.mp4") for n in range(5)])
    assert ledger.items.named_alike("/data/a.mp4", limit=2) == ["/0/a.mp4", "/1/a.mp4"]


def test_in_a_listing_of_what_has_changed_the_last_word_holds(ledger: Ledger) -> None:
    """It may show an item twice, as it was and as it has become meanwhile."""
    ledger.items.put(1, Shown(), [("10", "/a"), ("11", "/b")])
    shown = Shown()
    assert ledger.items.put(1, shown, [("10", "/a")], is_complete=False) == []
    came = ledger.items.put(1, shown, [("12", "/a")], is_complete=False)
    assert came == ["/a"]
    assert paths(ledger, "/a", "/b") == [(1, "11", "/b"), (1, "12", "/a")]


def test_a_listing_of_what_has_changed_moves_what_has(ledger: Ledger) -> None:
    ledger.items.put(1, Shown(), [("10", "/a"), ("11", "/b")])
    came = ledger.items.put(1, Shown(), [("10", "/c"), ("12", "/b")], is_complete=False)
    assert came == ["/a", "/b", "/c"]
    assert paths(ledger, "/a", "/b", "/c") == [(1, "10", "/c"), (1, "12", "/b")]


@pytest.mark.parametrize("is_complete", [True, False])
def test_a_listing_of_what_is_known_writes_nothing(
    path: Path, *, is_complete: bool
) -> None:
    pairs = [("10", "/a"), ("10", "/b"), ("11", "/b")]
    with Ledger(path) as ledger:
        ledger.items.put(1, Shown(), pairs)
    before = contents(path.parent)
    with Ledger(path) as ledger:
        shown, written = Shown(), ledger.written()
        for some in (pairs[:2], pairs[2:]):
            with ledger.transaction():
                assert ledger.items.put(1, shown, some, is_complete=is_complete) == []
        if is_complete:
            assert list(ledger.items.unlisted(1, shown)) == []
        assert ledger.items.count(1) == 3
        assert ledger.written() == written
    assert contents(path.parent) == before


def test_the_files_of_an_item_are_those_that_it_was_listed_with(ledger: Ledger) -> None:
    ledger.items.put(1, Shown(), [("10", "/a"), ("10", "/b"), ("11", "/c")])
    ledger.items.put(2, Shown(), [("10", "/d")])
    assert ledger.items.paths(1, ["10", "12"]) == {"10": {"/a", "/b"}}


def test_what_lies_below_a_folder_is_found_by_how_its_path_begins(
    ledger: Ledger,
) -> None:
    pairs = [
        ("10", "/films/lake/b.mp4"),
        ("10", "/films/lake/a.mp4"),
        ("11", "/films/lake/\U0001f98a/a.mp4"),
        ("12", "/films/lake-2/a.mp4"),
        ("13", "/films/lake"),
        ("14", "/films/Lake/a.mp4"),
        ("15", "D:\\films\\a.mp4"),
    ]
    ledger.items.put(1, Shown(), pairs)
    ledger.items.put(2, Shown(), [("10", "/films/lake/c.mp4")])
    assert ledger.items.beginning(1, "/films/lake/") == [
        ("10", "/films/lake/a.mp4"),
        ("10", "/films/lake/b.mp4"),
        ("11", "/films/lake/\U0001f98a/a.mp4"),
    ]
    assert ledger.items.beginning(1, "/films/lake/", 1) == [("10", "/films/lake/a.mp4")]
    assert ledger.items.beginning(1, "D:\\films\\") == [("15", "D:\\films\\a.mp4")]
    assert ledger.items.beginning(1, "/films/sea/") == []
