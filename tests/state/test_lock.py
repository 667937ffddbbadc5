"""One writer: a second one is told who the first is, however the first ended."""

import errno
import json
import os
import resource
import signal
import stat
from pathlib import Path

import pytest

from state.errors import HeldError, StateError, refused
from state.ledger import Ledger, held
from state.lock import Holder, WriterLock
from tests.state.samples import finished, process

_HOLD = """
import sys
from pathlib import Path
from state.ledger import held
with held(Path(sys.argv[1]), command="reconcile", since="2025-10-09T08:53:20+00:00"):
    print("held", flush=True)
    sys.stdin.readline()
"""

_TRY = """
import sys
from pathlib import Path
from state.errors import HeldError
from state.ledger import held
try:
    with held(Path(sys.argv[1]), command="approve", since="now"):
        print("held")
except HeldError as error:
    print(error)
"""


def hold(path: Path) -> None:
    with held(path, command="approve", since="now"):
        pass


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_second_process_is_told_who_the_first_is(path: Path) -> None:
    with held(path, command="reconcile", since="2025-10-09T08:53:20+00:00"):
        [sentence] = finished(process(_TRY, path))
    assert sentence == (
        f"another process holds {path}: pid {os.getpid()}, reconcile,"
        " since 2025-10-09T08:53:20+00:00; wait until it is done, or stop it"
    )
    assert finished(process(_TRY, path)) == ["held"]


def test_the_kernel_lets_go_of_a_killed_owners_lock(path: Path) -> None:
    with process(_HOLD, path) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(HeldError, match=f"pid {owner.pid}, reconcile"):
            hold(path)
        owner.send_signal(signal.SIGKILL)
    with held(path, command="approve", since="now") as ledger:
        assert ledger.integrity() == "ok"


def test_two_names_of_one_state_share_one_lock(path: Path) -> None:
    other = path.with_name("other.db")
    other.symlink_to(path)
    with held(path, command="reconcile", since="then"):
        [sentence] = finished(process(_TRY, other))
    assert sentence.startswith(f"another process holds {path}: pid {os.getpid()}")


def test_what_is_made_is_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "plexsync.db"
    with held(path, command="reconcile", since="then") as ledger:
        ledger.passes.begin("reconcile", now=1)
        made = {file.name: mode(file) for file in path.parent.iterdir()}
    assert set(made.values()) == {0o600}
    assert {"plexsync.db", "plexsync.db-wal", "plexsync.db.lock"} <= made.keys()
    assert mode(path.parent) == 0o700


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b'"x"', b'{"pid": 1}', b"{", b"x" * 9000]
)
def test_a_lock_file_that_says_nothing_still_locks(path: Path, content: bytes) -> None:
    with process(_HOLD, path) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        path.with_name("plexsync.db.lock").write_bytes(content)
        with pytest.raises(HeldError) as refusal:
            hold(path)
        owner.communicate("\n")
    assert "its owner has not said its name yet" in str(refusal.value)


def test_what_a_former_owner_wrote_is_written_over(path: Path) -> None:
    lock = path.with_name("plexsync.db.lock")
    lock.write_bytes(b"x" * 9000)
    with held(path, command="run", since="then", began="before"):
        assert json.loads(lock.read_text()) == {
            "pid": os.getpid(),
            "command": "run",
            "since": "then",
            "began": "before",
        }


def test_a_failure_under_the_lock_lets_go_of_it(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 99)
    for _ in range(2):
        with pytest.raises(StateError, match="no state of plexsync"):
            hold(path)


def test_a_lock_file_that_cannot_be_opened_is_told(path: Path) -> None:
    path.with_name("plexsync.db.lock").mkdir()
    with pytest.raises(StateError) as failure:
        hold(path)
    assert str(failure.value) == (
        f"cannot lock {path}.lock: Is a directory; make it and its folder writable"
        " for this user, or set another [state] path"
    )


def test_a_lock_file_that_cannot_be_written_is_told(path: Path) -> None:
    """As on a full disk; the lock is let go."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(StateError, match=r"cannot lock .*: File too large"):
            WriterLock(path).acquire(command="reconcile", since="then")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    hold(path)


def test_releasing_what_is_not_held_is_harmless(path: Path) -> None:
    lock = WriterLock(path).acquire(command="reconcile", since="then")
    lock.release()
    lock.release()
    hold(path)


def test_a_reader_needs_no_lock(path: Path) -> None:
    with process(_HOLD, path) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        reader = Ledger(path).open(may_write=False)
        assert reader.scenes.count() == 0
        reader.close()
        owner.communicate("\n")


def test_whether_somebody_holds_it_is_asked_without_taking_it(path: Path) -> None:
    lock = WriterLock(path)
    assert lock.holder() is None
    assert not path.with_name("plexsync.db.lock").exists()
    with process(_HOLD, path) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        since = "2025-10-09T08:53:20+00:00"
        assert lock.holder() == Holder(command="reconcile", since=since, began=since)
        path.with_name("plexsync.db.lock").write_bytes(b"{}")
        assert lock.holder() == Holder()
        owner.communicate("\n")
    assert lock.holder() is None
    hold(path)


def test_a_full_disk_is_told_as_one() -> None:
    told = refused("lock a.lock", OSError(errno.ENOSPC, "No space left on device"))
    assert str(told) == (
        "cannot lock a.lock: No space left on device; free some space and run again"
    )
