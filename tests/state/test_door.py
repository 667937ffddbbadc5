"""The door: commands come in while the state is held, and leave nothing behind."""

import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from state.door import Door, Visit, borrowed, knock
from state.errors import StateError


@contextmanager
def answering(path: Path, *lines: dict[str, object]) -> Iterator[list[object]]:
    """Stand at the door, and say the same to everybody."""
    heard: list[object] = []
    door = Door(path).open()

    def stand() -> None:
        for visit in door.visits():
            with visit:
                heard.append(visit.hear())
                for line in lines:
                    visit.say(**line)
                heard.append(visit.hear())

    thread = threading.Thread(target=stand)
    thread.start()
    try:
        yield heard
    finally:
        door.close()
        thread.join(5)
        assert not thread.is_alive()


def come(path: Path) -> Visit:
    visit = knock(path)
    assert visit is not None
    return visit


def test_what_is_said_is_heard_at_the_other_end(path: Path) -> None:
    with answering(path, {"yours": True}) as heard, come(path) as visit:
        visit.say(ask="state", of="Ünder the Ïce\n")
        assert visit.hear() == {"yours": True}
        visit.close()
    assert heard == [{"ask": "state", "of": "Ünder the Ïce\n"}, None]


def test_where_nobody_holds_the_state_there_is_no_door(path: Path) -> None:
    assert knock(path) is None
    assert knock(path.parent / "nowhere" / "plexsync.db") is None
    with borrowed(path, command="approve"):
        assert not list(path.parent.iterdir())


def test_only_its_user_gets_in(path: Path) -> None:
    with answering(path):
        [place] = path.parent.glob("*.socket")
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert not place.exists()


def test_what_a_killed_daemon_left_is_no_door_and_makes_room_for_the_next(
    path: Path,
) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path) + ".socket")
    left.close()

    assert knock(path) is None
    with answering(path, {"yours": True}), come(path) as visit:
        visit.say(ask="state")
        assert visit.hear() == {"yours": True}


def test_a_path_may_be_longer_than_a_socket_address(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 8)
    folder.mkdir(parents=True)
    path = folder / "plexsync.db"
    with answering(path, {"yours": True}), come(path) as visit:
        visit.say(ask="state")
        assert visit.hear() == {"yours": True}


def test_two_names_of_a_state_have_one_door(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.symlink_to(path)
    with answering(path, {"yours": True}), come(other) as visit:
        visit.say(ask="state")
        assert visit.hear() == {"yours": True}


@pytest.mark.parametrize("said", [b"", b"{", b"[]\n", b"no json\n", b'{"cut": tru'])
def test_what_is_no_line_of_ours_is_nothing(path: Path, said: bytes) -> None:
    with answering(path) as heard:
        caller = socket.socket(socket.AF_UNIX)
        caller.connect(str(path) + ".socket")
        caller.sendall(said)
        caller.close()
        for _ in range(200):
            if heard:
                break
            threading.Event().wait(0.01)
    assert heard[0] is None


def test_the_state_is_borrowed_while_the_visit_lasts(path: Path) -> None:
    with answering(path, {"yours": True}) as heard, borrowed(path, command="approve"):
        assert heard == [{"ask": "state", "command": "approve"}]
    assert heard == [{"ask": "state", "command": "approve"}, None]


def test_a_daemon_that_does_not_lend_is_told_of(path: Path) -> None:
    with (
        answering(path, {"busy": True}),
        pytest.raises(StateError, match="does not let go"),
        borrowed(path, command="approve"),
    ):
        pytest.fail("it was not lent")


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(path: Path) -> None:
    with pytest.raises(StateError, match="cannot listen at"):
        Door(path.parent / "nowhere" / "plexsync.db").open()


def test_closing_twice_does_no_harm(path: Path) -> None:
    door = Door(path).open()
    door.close()
    door.close()
    assert list(door.visits()) == []


def test_what_is_no_socket_is_never_taken_away(path: Path) -> None:
    place = Path(str(path) + ".socket")
    place.write_text("mine")
    with pytest.raises(StateError, match="cannot listen at"):
        Door(path).open()
    assert place.read_text() == "mine"
    assert list(path.parent.iterdir()) == [place]
