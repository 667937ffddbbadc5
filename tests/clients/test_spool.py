"""The spool as the daemon takes from it, whatever else lies there."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.clients.spool import Spool, _ours
from reconciler.core.news import Heard
from reconciler.core.values import SceneId
from reconciler.hook import HIGHEST, POLL, ROOM, SCENE, leave
from tests.hook.others import bound_by_modes, others_spool


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    spool = Spool(tmp_path / "spool")
    spool.make()
    assert spool.trouble == ""
    return spool


def left(spool: Spool) -> set[str]:
    return {path.name for path in spool.folder.iterdir()}


def scenes(*ids: int) -> frozenset[SceneId]:
    return frozenset(SceneId(one) for one in ids)


def test_what_the_hook_leaves_is_heard(spool: Spool) -> None:
    for scene in (1, 7, HIGHEST):
        leave(str(spool.folder), scene)

    heard = spool.take(10)

    assert heard.scenes == scenes(1, 7, HIGHEST)
    assert (heard.is_all, heard.is_more) == (False, False)
    assert not spool.is_empty()


def test_it_stays_until_it_is_forgotten(spool: Spool) -> None:
    leave(str(spool.folder), 7)
    first = spool.take(10)

    again = Spool(spool.folder).take(10)
    spool.forget(again)

    assert again == first
    assert spool.is_empty()
    assert spool.take(10) == Heard()


def test_what_comes_after_it_was_taken_stays(spool: Spool) -> None:
    leave(str(spool.folder), 7)
    heard = spool.take(10)
    leave(str(spool.folder), 8)

    spool.forget(heard)

    assert spool.take(10).scenes == scenes(8)


def test_no_more_is_taken_than_was_asked_for(spool: Spool) -> None:
    for scene in range(1, 6):
        leave(str(spool.folder), scene)

    found: set[SceneId] = set()
    sizes = []
    is_more = True
    while is_more:
        heard = spool.take(2)
        spool.forget(heard)
        found |= heard.scenes
        sizes.append(len(heard.scenes))
        is_more = heard.is_more

    assert found == scenes(1, 2, 3, 4, 5)
    assert sizes == [2, 2, 1]


def test_a_spool_that_was_full_says_that_any_scene_may_have_changed(
    spool: Spool,
) -> None:
    for scene in range(1, ROOM + 100):
        leave(str(spool.folder), scene)

    heard = spool.take(2 * ROOM)

    assert heard.is_all
    assert heard.scenes == scenes(*range(1, ROOM + 1))
    spool.forget(heard)
    assert spool.is_empty()


BAD = (
    "",
    "0",
    "-1",
    "+1",
    "01",
    "1.0",
    " 1",
    "1\n",
    "abc",
    "\u0661",  # a digit to Unicode
    "\u00b2",
    str(HIGHEST + 1),
    "9" * 200,
)


@pytest.mark.parametrize("ending", BAD)
def test_a_name_that_no_scene_can_have_is_taken_out_and_says_nothing(
    spool: Spool, ending: str
) -> None:
    (spool.folder / f"{SCENE}{ending}").touch()

    heard = spool.take(10)
    spool.forget(heard)

    assert (heard.scenes, heard.is_all) == (frozenset(), False)
    assert left(spool) == set()


def test_what_is_not_the_hook_s_is_neither_heard_nor_touched(spool: Spool) -> None:
    (spool.folder / "7").touch()
    (spool.folder / "scene-7").touch()
    (spool.folder / f".{SCENE}7").touch()
    (spool.folder / f"{POLL}.tmp").touch()
    (spool.folder / f"{SCENE}7").mkdir()
    before = left(spool)

    assert spool.is_empty()
    spool.forget(spool.take(10))

    assert left(spool) == before
    assert spool.trouble == ""


def test_a_link_is_taken_out_and_not_followed(spool: Spool, tmp_path: Path) -> None:
    other = tmp_path / "of-somebody-else"
    other.write_text("theirs", encoding="utf-8")
    folder = tmp_path / "a-folder"
    folder.mkdir()
    (spool.folder / f"{SCENE}1").symlink_to(other)
    (spool.folder / f"{SCENE}2").symlink_to(folder)
    (spool.folder / f"{SCENE}3").symlink_to(tmp_path / "nowhere")

    heard = spool.take(10)
    spool.forget(heard)

    # as the hook left nothing beside them, they speak for it
    assert heard.scenes == scenes(1, 2, 3)
    assert left(spool) == set()
    assert other.read_text(encoding="utf-8") == "theirs"
    assert folder.is_dir()


def test_a_pipe_keeps_nobody_waiting(spool: Spool) -> None:
    os.mkfifo(spool.folder / f"{SCENE}7")

    heard = spool.take(10)
    spool.forget(heard)

    assert heard.scenes == scenes(7)
    assert spool.is_empty()


def test_what_has_become_a_folder_meanwhile_is_nobody_s(spool: Spool) -> None:
    leave(str(spool.folder), 7)
    heard = spool.take(10)
    (spool.folder / f"{SCENE}7").unlink()
    (spool.folder / f"{SCENE}7").mkdir()

    spool.forget(heard)

    assert spool.is_empty()


def test_whoever_fills_the_folder_costs_a_look_so_much_and_no_more(
    spool: Spool,
) -> None:
    """Here it has no end at all."""
    (spool.folder / "of-somebody-else").touch()
    with os.scandir(spool.folder) as entries:
        (entry,) = entries

    assert list(_ours(itertools.repeat(entry))) == []


def test_a_folder_that_is_not_there_is_told_and_nothing_is_heard(
    tmp_path: Path,
) -> None:
    spool = Spool(tmp_path / "none")

    assert spool.is_empty()
    assert spool.take(10) == Heard()
    assert spool.trouble == (
        f"{tmp_path}/none: the spool of the hook cannot be read:"
        " no such file or directory; docs/hook.md says whose it has to be"
    )
    spool.make()
    assert spool.is_empty()
    assert spool.trouble == ""


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "file")
    spool.folder.touch()

    spool.make()

    assert "cannot be made: file exists" in spool.trouble
    assert spool.is_empty()
    assert "cannot be read: not a directory" in spool.trouble


@pytest.fixture
def others() -> Iterator[Spool]:
    with others_spool(1, 2, 3) as spool:
        yield spool


def test_what_cannot_be_taken_out_is_not_heard_time_and_again(others: Spool) -> None:
    with bound_by_modes():
        first = others.take(10)
        others.forget(first)
        looks = []
        for _ in range(3):
            looks.append((others.is_empty(), others.take(10)))
            others.forget(looks[-1][1])

    assert first.scenes == scenes(1, 2, 3)
    assert looks == [(True, Heard())] * 3
    assert "cannot be emptied: permission denied" in others.trouble


def test_where_nothing_can_be_taken_out_news_has_one_more_try(others: Spool) -> None:
    with bound_by_modes():
        others.forget(others.take(10))
    others.folder.chmod(0o755)
    leave(str(others.folder), 4)
    others.folder.chmod(0o555)

    with bound_by_modes():
        assert not others.is_empty()
        probe = others.take(10)
        others.forget(probe)
        assert others.is_empty()

    assert len(probe.names) == 1
    assert probe.is_more
    assert "cannot be emptied" in others.trouble


def test_what_could_not_be_taken_out_is_heard_once_it_can(others: Spool) -> None:
    with bound_by_modes():
        others.forget(others.take(10))
    others.folder.chmod(0o777)

    with bound_by_modes():
        probe = others.take(10)
        others.forget(probe)
        rest = others.take(10)
        others.forget(rest)
        is_empty = others.is_empty()

    assert probe.scenes | rest.scenes == scenes(1, 2, 3)
    assert (is_empty, others.trouble) == (True, "")


def test_a_spool_that_somebody_else_has_emptied_is_no_trouble(others: Spool) -> None:
    with bound_by_modes():
        others.forget(others.take(10))
    others.folder.chmod(0o755)
    for path in others.folder.iterdir():
        path.unlink()

    assert others.take(10) == Heard()
    assert others.trouble == ""
