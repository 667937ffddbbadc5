"""A plan works on a copy: the origin does not learn of it, whatever state it is in."""

import signal
from pathlib import Path

import pytest

from state.errors import StateError
from state.ledger import Ledger, copy
from tests.state.conftest import Demoted
from tests.state.samples import contents, process, snapshot, write

_WRITE = """
import sys
from pathlib import Path
from state.ledger import Ledger
from tests.state.samples import snapshot, write
with Ledger(Path(sys.argv[1])) as ledger:
    ledger.scenes.put([write(snapshot(1))])
    with ledger.transaction():
        ledger.scenes.put([write(snapshot(2))])
        print("writing", flush=True)
        sys.stdin.readline()
    print("written", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder / "copy.db"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Keep the origin in a folder of its own, with a name that a URI must escape."""
    folder = tmp_path / "100% of a state?"
    folder.mkdir()
    return folder / "plex#sync.db"


def scenes(path: Path) -> int:
    with Ledger(path) as ledger:
        assert ledger.integrity() == "ok"
        return ledger.scenes.count()


def test_an_absent_origin_is_an_empty_state(path: Path, elsewhere: Path) -> None:
    copy(path, elsewhere)
    assert scenes(elsewhere) == 0
    assert not path.exists()


def test_a_copy_has_all_and_the_origin_is_left_as_it_is(
    path: Path, elsewhere: Path
) -> None:
    """Neither is a log left behind."""
    with Ledger(path) as ledger:
        ledger.scenes.put([write(snapshot(n)) for n in (1, 2, 3)])
    before = contents(path.parent)
    copy(path, elsewhere)
    assert contents(path.parent) == before
    assert list(before) == [path.name]
    assert scenes(elsewhere) == 3


def test_a_copy_is_made_beside_a_writer(path: Path, elsewhere: Path) -> None:
    """As of its last transaction; and the writer goes on."""
    with process(_WRITE, path) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        copy(path, elsewhere)
        assert scenes(elsewhere) == 1
        writer.stdin.write("\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "written\n"
        writer.communicate("\n")
    assert scenes(path) == 2


def test_the_log_of_a_killed_writer_is_left_to_the_next_one(
    path: Path, elsewhere: Path
) -> None:
    with process(_WRITE, path) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
    # the index of the log is only a cache of it
    index = f"{path.name}-shm"
    before = {name: c for name, c in contents(path.parent).items() if name != index}
    copy(path, elsewhere)
    after = {name: c for name, c in contents(path.parent).items() if name != index}
    assert f"{path.name}-wal" in before
    assert after == before
    assert scenes(elsewhere) == 1
    assert scenes(path) == 1


def test_what_is_no_database_is_not_copied(path: Path, elsewhere: Path) -> None:
    path.write_bytes(b"a letter to a friend\n" * 999)
    with pytest.raises(StateError) as failure:
        copy(path, elsewhere)
    assert str(failure.value) == (
        f"the state {path}, copied to {elsewhere}, cannot be used: it is no state of"
        " plexsync: set another [state] path, or, if it was one, `plexsync state"
        " restore` puts a backup in its place"
    )


def test_a_state_that_may_not_be_looked_for_is_not_absent(
    open_folder: Path, elsewhere: Path, as_nobody: Demoted
) -> None:
    """Else a plan would take everything for new."""
    path = open_folder / "plexsync.db"
    open_folder.chmod(0o600)
    with as_nobody(), pytest.raises(StateError) as failure:
        copy(path, elsewhere)
    assert str(failure.value) == (
        f"cannot look for {path}: Permission denied; make the folder readable for this"
        " user, or set another [state] path"
    )
