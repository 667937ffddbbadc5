"""Two servers' names for one file: exact, by whole folder names."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.core.match import (
    Mapping,
    folder_of,
    folders_apart,
    holds,
    plex_path,
    stash_paths,
    stem,
)

NAMES = st.text("ab .\u00e9", min_size=1, max_size=3)
ROOTS = st.sampled_from(["/", "C:\\", "\\\\nas\\videos\\", "D:/"])


@st.composite
def folders(draw: st.DrawFn) -> str:
    """Name a folder of any system, with or without a separator at its end."""
    root = draw(ROOTS)
    separator = root[-1]
    below = separator.join(draw(st.lists(NAMES, max_size=2)))
    return root + below + (separator if below and draw(st.booleans()) else "")


@st.composite
def mappings(draw: st.DrawFn) -> list[Mapping]:
    pairs = draw(st.lists(st.tuples(folders(), folders()), max_size=4))
    return [Mapping(stash=stash, plex=plex) for stash, plex in pairs]


@st.composite
def paths(draw: st.DrawFn) -> str:
    folder = draw(folders())
    separator = "\\" if "\\" in folder else "/"
    names = draw(st.lists(NAMES, min_size=1, max_size=3))
    return separator.join([folder.rstrip("/\\"), *names])


@pytest.mark.parametrize(
    ("stash", "plex", "path", "expected"),
    [
        ("/data", "/media", "/data/a.mp4", "/media/a.mp4"),
        ("/data/", "/media/", "/data/x/a.mp4", "/media/x/a.mp4"),
        ("/data", "/media", "/data-2/a.mp4", "/data-2/a.mp4"),
        ("/data", "/media", "/data", "/data"),
        ("/Data", "/media", "/data/a.mp4", "/data/a.mp4"),
        ("/", "/media", "/a.mp4", "/media/a.mp4"),
        ("/media", "/", "/media/a.mp4", "/a.mp4"),
        ("/data", "D:\\films", "/data/x/a.mp4", "D:\\films\\x\\a.mp4"),
        ("D:\\films\\", "/data", "D:\\films\\x\\a.mp4", "/data/x/a.mp4"),
        ("D:\\", "/data", "D:\\x\\a.mp4", "/data/x/a.mp4"),
        ("\\\\nas\\v", "E:\\", "\\\\nas\\v\\x\\a.mp4", "E:\\x\\a.mp4"),
        ("/data", "\\\\nas\\v", "/data/x/a.mp4", "\\\\nas\\v\\x\\a.mp4"),
        ("/data", "/media", "/data/back\\slash.mp4", "/media/back\\slash.mp4"),
        ("D:/films", "/data", "D:/films/a.mp4", "/data/a.mp4"),
    ],
)
def test_a_path_as_plex_names_it(
    stash: str, plex: str, path: str, expected: str
) -> None:
    assert plex_path(path, [Mapping(stash=stash, plex=plex)]) == expected


def test_the_longest_folder_wins_whatever_the_order() -> None:
    outer, inner = (
        Mapping(stash="/data", plex="/one"),
        Mapping(stash="/data/x/", plex="/two"),
    )

    for pairs in ([outer, inner], [inner, outer]):
        assert plex_path("/data/x/a.mp4", pairs) == "/two/a.mp4"
        assert plex_path("/data/y/a.mp4", pairs) == "/one/y/a.mp4"


def test_without_mappings_paths_are_alike() -> None:
    assert plex_path("/data/a.mp4", []) == "/data/a.mp4"
    assert stash_paths("/data/a.mp4", []) == ("/data/a.mp4",)


def test_several_folders_of_stash_may_be_one_of_plex() -> None:
    pairs = [Mapping(stash="/one", plex="/m"), Mapping(stash="/two", plex="/m")]

    assert stash_paths("/m/a.mp4", pairs) == ("/m/a.mp4", "/one/a.mp4", "/two/a.mp4")


def test_a_folder_that_is_mapped_away_is_no_candidate() -> None:
    pairs = [Mapping(stash="/m", plex="/elsewhere")]

    assert stash_paths("/m/a.mp4", pairs) == ()


@given(paths(), mappings())
def test_a_mapped_path_leads_back(path: str, pairs: list[Mapping]) -> None:
    assert path in stash_paths(plex_path(path, pairs), pairs)


@given(paths(), mappings())
def test_what_leads_back_leads_there(path: str, pairs: list[Mapping]) -> None:
    assert {plex_path(name, pairs) for name in stash_paths(path, pairs)} <= {path}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/films/a.b.mp4", "a.b"),
        ("/films/a", "a"),
        ("/films/.hidden", ".hidden"),
        ("/films/a.", "a"),
        ("C:\\films\\a.mp4", "a"),
        ("\\\\nas\\v\\a.mp4", "a"),
        ("/films/back\\slash.mp4", "back\\slash"),
        ("a.mp4", "a"),
    ],
)
def test_a_stem(path: str, expected: str) -> None:
    assert stem(path) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/data/x/a.mp4", "/media/x/a.mp4", ("/data", "/media")),
        ("/x/a.mp4", "/media/x/a.mp4", ("/", "/media")),
        ("/x/a.mp4", "/x/a.mp4", ("/", "/")),
        ("D:\\films\\x\\a.mp4", "/films/x/a.mp4", ("D:\\", "/")),
        ("/data/x/a.mp4", "\\\\nas\\v\\x\\a.mp4", ("/data", "\\\\nas\\v")),
    ],
)
def test_what_two_names_do_not_share(
    one: str, other: str, expected: tuple[str, str]
) -> None:
    assert folders_apart(one, other) == expected


@given(folders(), folders(), st.lists(NAMES, min_size=1, max_size=3))
def test_what_they_do_not_share_maps_one_to_the_other(
    one: str, other: str, below: list[str]
) -> None:
    """So that the hint, written into the configuration, mends what it is about."""
    file = "/".join(["", *below])
    names = [plex_path(file, [Mapping(stash="/", plex=it)]) for it in (one, other)]

    assume(names[0] != names[1])
    stash, plex = folders_apart(*names)

    assert plex_path(names[0], [Mapping(stash=stash, plex=plex)]) == names[1]


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/films/lake/a.mp4", "/films/lake"),
        ("/films/back\\slash.mp4", "/films"),
        ("D:\\films\\a.mp4", "D:\\films"),
        ("\\\\nas\\v\\a.mp4", "\\\\nas\\v"),
        ("/a.mp4", ""),
        ("a.mp4", ""),
    ],
)
def test_the_folder_of_a_path(path: str, folder: str) -> None:
    assert folder_of(path) == folder
    assert not folder or holds(folder, path)
    assert not holds(path, path)
