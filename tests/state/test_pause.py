"""A pause is a mark beside the state, and says what is wrong where it cannot be one."""

import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from state.errors import StateError
from state.pause import Pause
from tests.state.samples import NOW


def test_a_pause_begins_and_ends_once(tmp_path: Path) -> None:
    pause = Pause(tmp_path / "folder" / "plexsync.db")
    assert pause.since() is None
    assert pause.begin(NOW)
    assert not pause.begin(NOW + 5)
    assert pause.since() == NOW
    assert pause.end()
    assert not pause.end()
    assert pause.since() is None


def test_a_mark_made_by_hand_is_a_pause(tmp_path: Path) -> None:
    (tmp_path / "plexsync.db.paused").write_text("")
    assert Pause(tmp_path / "plexsync.db").since() == 0


@pytest.mark.parametrize("act", [Pause.since, lambda p: p.begin(NOW), Pause.end])
def test_what_cannot_be_a_mark_is_told(
    tmp_path: Path, act: Callable[[Pause], object]
) -> None:
    """A folder in its place is neither read nor removed as a file is."""
    (tmp_path / "plexsync.db.paused").mkdir()
    with pytest.raises(StateError, match=r"cannot (read|remove) .*\.paused"):
        act(Pause(tmp_path / "plexsync.db"))


def test_a_mark_that_cannot_be_written_is_told() -> None:
    with pytest.raises(StateError, match="cannot write"):
        Pause(Path("/sys/plexsync/plexsync.db")).begin(NOW)


def test_a_pause_that_cannot_be_written_does_not_hold(tmp_path: Path) -> None:
    pause = Pause(tmp_path / "plexsync.db")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(StateError, match=r"cannot write .*\.paused"):
            pause.begin(NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert pause.since() is None
    assert pause.begin(NOW)
