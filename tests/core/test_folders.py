"""Which folder Plex may be asked to scan."""

import pytest

from reconciler.core.folders import candidate, takes_in, witnesses


@pytest.mark.parametrize(
    ("paths", "locations", "folder"),
    [
        (["/media/films/lake/a.mp4"], ["/media/films"], "/media/films/lake"),
        (["/media/films/lake/a.mp4"], ["/media/films/"], "/media/films/lake"),
        (["/media/films/lake/deep/a.mp4"], ["/media/films"], "/media/films/lake/deep"),
        (["D:\\films\\lake\\a.mp4"], ["D:\\films"], "D:\\films\\lake"),
        (["D:\\lake\\a.mp4"], ["D:\\"], "D:\\lake"),
        (["\\\\nas\\v\\lake\\a.mp4"], ["\\\\nas\\v"], "\\\\nas\\v\\lake"),
        (["/lake/a.mp4"], ["/"], "/lake"),
        # the second file, where the first lies elsewhere
        (["/else/a.mp4", "/media/films/lake/a.mp4"], ["/media/films"], None),
        (["/media/films/sea/a.mp4"], ["/media/shorts", "/media/films"], None),
        # the library's own folders, and what holds one
        (["/media/films/a.mp4"], ["/media/films"], ""),
        (["/media/films/a.mp4"], ["/media/films/"], ""),
        (["/media/films/a.mp4"], ["/media", "/media/films"], ""),
        (["/media/films/a.mp4"], ["/media", "/media/films/lake"], ""),
        (["D:\\films\\a.mp4"], ["D:\\films\\"], ""),
        (["D:\\a.mp4"], ["D:\\"], ""),
        (["/a.mp4"], ["/"], ""),
        # elsewhere
        (["/media/films-2/lake/a.mp4"], ["/media/films"], ""),
        (["/Media/films/lake/a.mp4"], ["/media/films"], ""),
        (["a.mp4"], ["/media/films"], ""),
        ([""], ["/media/films"], ""),
        ([], ["/media/films"], ""),
        (["/media/films/lake/a.mp4"], [], ""),
    ],
)
def test_the_folder_of_a_file_lies_below_one_of_the_librarys_own(
    paths: list[str], locations: list[str], folder: str | None
) -> None:
    expected = paths[-1].rpartition("/")[0] if folder is None else folder
    assert candidate(paths, locations) == expected


@pytest.mark.parametrize(
    ("folder", "lost", "takes"),
    [
        ("/films/lake", ["/films/sea/a.mp4", "/films/lake/a.mp4"], True),
        ("/films/lake", ["/films/lake/deep/a.mp4"], True),
        ("/films/lake", ["/films/lake-2/a.mp4", "/films/a.mp4"], False),
        ("/films/lake", [], False),
    ],
)
def test_what_has_lost_its_item_and_lies_below(
    folder: str, lost: list[str], *, takes: bool
) -> None:
    assert takes_in(folder, lost) == takes


def test_each_folder_has_one_witness() -> None:
    held = [
        ("1", "/films/lake/a.mp4"),
        ("2", "/films/lake/b.mp4"),
        ("3", "/films/lake/deep/a.mp4"),
        ("3", "/films/lake/deep/part 2.mp4"),
        ("3", "/films/lake/deeper/part 3.mp4"),
    ]

    found = witnesses(held)

    assert found & {"1", "2"}
    assert found - {"1", "2"} == {"3"}
    assert len(found) == 2
    assert witnesses([]) == frozenset()
