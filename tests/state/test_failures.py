"""What cannot be used says what, where and what to do; what was recorded stays."""

import contextlib
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from state.database import read_mounts, remote_kind
from state.errors import StateError
from state.files import settle
from state.ledger import Ledger, held
from state.records import Stage
from tests.state.conftest import Demoted
from tests.state.samples import (
    ENVIRONMENT,
    NOW,
    contents,
    entity,
    entry,
    finished,
    place,
    process,
    snapshot,
    write,
)

_MOUNT = "36 35 98:0 / {point} rw,noatime shared:1 - {kind} source rw\n"
_ROOT = _MOUNT.format(point="/", kind="ext4")


_FILL = """
import sys
from pathlib import Path
from state.errors import StateError
from state.files import settle
from state.ledger import Ledger
from tests.state.samples import snapshot, write
with Ledger(Path(sys.argv[1])) as ledger:
    for scene in range(1, 10_000):
        try:
            with ledger.transaction():
                ledger.passes.begin("reconcile", now=scene)
                with ledger.transaction():
                    ledger.scenes.put([write(snapshot(scene, content="x" * 20_000))])
        except StateError as error:
            print(error)
            break
        print(scene)
"""


_ON_SMALL_DISK = """
mount -t tmpfs -o size="$1" tmpfs "$2" || exit 1
"$4" -c "$5" "$2/plexsync.db" && cp "$2"/* "$3"
"""


def refused(path: Path, *, mounts: str = "") -> str:
    with (
        pytest.raises(StateError) as refusal,
        held(path, command="reconcile", since="then", mounts=lambda: mounts),
    ):
        pass
    return str(refusal.value)


def filled(path: Path, scenes: int = 200) -> None:
    with Ledger(path) as ledger:
        ledger.scenes.put(
            [
                write(snapshot(n, content="x" * 2000), entity("tag", n, f"tag {n}"))
                for n in range(1, scenes + 1)
            ]
        )


@pytest.mark.parametrize(
    "kind",
    ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs", "fuse.glusterfs"],
)
def test_a_network_file_system_is_refused(path: Path, kind: str) -> None:
    """Before anything is made on it."""
    mounts = _ROOT + _MOUNT.format(point=path.parent, kind=kind)
    assert refused(path / "deep" / "plexsync.db", mounts=mounts) == (
        f"the state {path}/deep/plexsync.db lies on a network file system ({kind}),"
        " where SQLite's write-ahead log is not safe: set [state] path to a local disk"
    )
    assert list(path.parent.iterdir()) == []


def test_the_innermost_and_last_mount_is_what_counts() -> None:
    nfs = _MOUNT.format(point="/srv", kind="nfs4")
    local = _MOUNT.format(point="/srv/fast\\040disk", kind="xfs")
    assert remote_kind(Path("/srv/plexsync.db"), nfs + _ROOT + local) == "nfs4"
    assert remote_kind(Path("/srv/fast disk/plexsync.db"), local + nfs + _ROOT) == ""
    assert remote_kind(Path("/srvs/plexsync.db"), _ROOT + nfs) == ""
    over = _MOUNT.format(point="/srv", kind="tmpfs")
    assert remote_kind(Path("/srv/plexsync.db"), nfs + over) == ""
    assert remote_kind(Path("/srv/plexsync.db"), "") == ""


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "zfs", "fuse.mergerfs", "overlay"])
def test_a_local_file_system_is_taken(kind: str) -> None:
    mounts = _MOUNT.format(point="/srv", kind=kind)
    assert remote_kind(Path("/srv/plexsync.db"), mounts) == ""


def test_mounts_are_read_where_the_system_tells(path: Path) -> None:
    assert " - " in read_mounts()
    assert read_mounts(path) == ""


def test_a_file_where_the_folder_should_be_is_told(path: Path) -> None:
    path.touch()
    inside = path / "plexsync.db"
    assert refused(inside) == (
        f"cannot write {inside}: File exists; make it and its folder writable for"
        " this user, or set another [state] path"
    )


def test_a_directory_is_no_state(path: Path) -> None:
    path.mkdir()
    assert refused(path) == (
        f"cannot write {path}: Is a directory; make it and its folder writable for"
        " this user, or set another [state] path"
    )
    with pytest.raises(StateError) as refusal, Ledger(path):
        pass
    assert str(refusal.value) == (
        f"the state {path} cannot be used: it cannot be opened:"
        " make it and its folder writable for this user"
    )


def test_a_folder_that_may_not_be_written_is_told(
    open_folder: Path, as_nobody: Demoted
) -> None:
    open_folder.chmod(0o555)
    path = open_folder / "plexsync.db"
    with as_nobody():
        assert refused(path) == (
            f"cannot write {path}: Permission denied; make it and its folder writable"
            " for this user, or set another [state] path"
        )


def test_a_file_that_may_not_be_written_is_told(
    open_folder: Path, as_nobody: Demoted
) -> None:
    path = open_folder / "plexsync.db"
    with Ledger(path):
        pass
    path.chmod(0o444)
    open_folder.chmod(0o777)
    with as_nobody():
        assert "Permission denied" in refused(path)
        with (
            pytest.raises(StateError) as failure,
            Ledger(path) as ledger,
            ledger.transaction(),
        ):
            ledger.passes.begin("reconcile", now=NOW)
    assert str(failure.value) == (
        f"the state {path} cannot be used: it is read-only:"
        " make it writable for this user"
    )


@pytest.mark.parametrize("content", [b"a letter to a friend\n" * 999, b"x" * 600])
def test_what_is_no_database_is_refused_and_left_as_it_is(
    path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    assert refused(path) == (
        f"the state {path} cannot be used: it is no state of plexsync: set another"
        " [state] path, or, if it was one, `plexsync state restore` puts a backup in"
        " its place"
    )
    assert path.read_bytes() == content


def test_damage_is_told_wherever_a_read_meets_it(path: Path) -> None:
    """Also behind the first rows, which were read well."""
    filled(path)
    page = 4096
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // page // 2 * page)
        file.write(b"\xff" * page)
    with Ledger(path) as ledger:
        with pytest.raises(StateError) as failure:
            ledger.scenes.after(0, limit=1000)
        assert ledger.integrity() != "ok"
    assert str(failure.value) == (
        f"the state {path} cannot be used: it is damaged:"
        " `plexsync state restore` puts a backup in its place"
    )


def test_a_truncated_state_is_told(path: Path) -> None:
    filled(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    assert "cannot be used: it is damaged" in refused(path)


def test_a_program_that_keeps_the_file_locked_is_told(
    path: Path, ledger: Ledger
) -> None:
    ledger._db.timeout = 0
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateError) as failure, ledger.transaction():
            pass
        other.execute("ROLLBACK")
    assert str(failure.value) == (
        f"the state {path} cannot be used: another program keeps it locked:"
        " close that program"
    )
    with ledger.transaction():
        ledger.passes.begin("reconcile", now=NOW)


def test_any_other_failure_is_told_as_sqlite_says_it(
    path: Path, ledger: Ledger
) -> None:
    ledger.links.add(1, place())
    with pytest.raises(StateError) as failure:
        ledger.links.add(1, place())
    assert str(failure.value) == (
        f"the state {path} cannot be used: SQLite says: UNIQUE constraint failed:"
        " link.target, link.item, link.scene; report it if it comes again"
    )


@contextlib.contextmanager
def full(ledger: Ledger) -> Iterator[None]:
    """Let the file grow no further, as on a full disk."""
    (pages,) = ledger._db.execute_sql("PRAGMA page_count").fetchone()
    (before,) = ledger._db.execute_sql("PRAGMA max_page_count").fetchone()
    ledger._db.execute_sql(f"PRAGMA max_page_count = {pages}")
    yield
    ledger._db.execute_sql(f"PRAGMA max_page_count = {before}")


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_full_disk_is_told_as_such_however_deep(
    path: Path, ledger: Ledger, depth: int
) -> None:
    """SQLite then rolls back itself: that there is nothing left to is no news."""

    def record() -> None:
        with contextlib.ExitStack() as stack:
            for _ in range(depth):
                stack.enter_context(ledger.transaction())
            ledger.passes.begin("reconcile", now=NOW)
            ledger.scenes.put([write(snapshot(1, content="x" * 99_999))])

    with full(ledger):
        with pytest.raises(StateError) as failure:
            record()
        assert str(failure.value) == (
            f"the state {path} cannot be used: the disk is full:"
            " free some space and run again"
        )
        assert ledger.passes.last(1) == []
    record()
    assert ledger.scenes.count() == len(ledger.passes.last(9)) == 1


def run(command: Sequence[str | Path]) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - the tests' own scripts
        command, env=ENVIRONMENT, check=False, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def assert_kept(path: Path, told: list[str], *, named: Path) -> None:
    """All that was said to be recorded is there, whole, and nothing of the rest."""
    *recorded, sentence = told
    assert sentence.startswith(f"the state {named} cannot be used: the disk ")
    assert len(recorded) > 3
    with Ledger(path) as ledger:
        assert ledger.integrity() == "ok"
        assert ledger.scenes.count() == len(recorded)
        assert len(ledger.passes.last(999)) == len(recorded)


def test_a_disk_that_takes_no_more_loses_nothing_recorded(path: Path) -> None:
    limit = 650_000
    running = process(
        _FILL,
        path,
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert_kept(path, finished(running), named=path)


@pytest.mark.parametrize("megabytes", [2, 6])
def test_a_disk_that_is_full_loses_nothing_recorded(
    tmp_path: Path, megabytes: int
) -> None:
    """On a file system of its own, where the user may mount one.

    The smaller is full before the log was ever written into the file, the larger after.
    """
    small, kept = tmp_path / "small", tmp_path / "kept"
    small.mkdir()
    kept.mkdir()
    unshare = shutil.which("unshare")
    if unshare is None or run([unshare, "-rm", "mount", "-t", "tmpfs", "x", small])[0]:
        pytest.skip("mounting is not allowed here")
    shell = [unshare, "-rm", "sh", "-c", _ON_SMALL_DISK, "sh"]
    code, out = run([*shell, f"{megabytes}m", small, kept, sys.executable, _FILL])
    assert code == 0, out
    assert_kept(kept / "plexsync.db", out.splitlines(), named=small / "plexsync.db")


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    with contextlib.suppress(ZeroDivisionError), ledger.transaction():
        ledger.scenes.put([write(snapshot(1), entity("tag", 1, "drama"))])
        ledger.outbox.owe(entry(1), now=NOW)
        raise ZeroDivisionError
    assert ledger.scenes.count() == 0
    assert list(ledger.scenes.referring("tag", ["drama"])) == []
    assert ledger.outbox.counts() == {}


def test_a_transaction_within_another_is_part_of_it(ledger: Ledger) -> None:
    with contextlib.suppress(ZeroDivisionError), ledger.transaction():
        with ledger.transaction():
            ledger.outbox.owe(entry(1), now=NOW)
        raise ZeroDivisionError
    assert ledger.outbox.counts() == {}


def test_a_transaction_within_another_may_fail_alone(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.outbox.owe(entry(1), now=NOW)
        with contextlib.suppress(ZeroDivisionError), ledger.transaction():
            ledger.outbox.owe(entry(2), now=NOW)
            raise ZeroDivisionError
    assert ledger.outbox.counts() == {Stage.PLANNED: 1}


def test_one_process_opens_one_ledger(path: Path, ledger: Ledger) -> None:
    """The models belong to one database: a second would redirect the first."""
    other = Ledger(path.with_name("other.db"))
    with pytest.raises(StateError) as refusal:
        other.open()
    assert str(refusal.value) == f"{path} is open already in this process"
    other.close()
    assert not other.path.exists()
    ledger.passes.begin("reconcile", now=NOW)
    ledger.close()
    with other:
        assert other.passes.last(9) == []


def test_closing_twice_is_harmless(path: Path) -> None:
    ledger = Ledger(path).open()
    ledger.close()
    ledger.close()
    with ledger:
        assert ledger.integrity() == "ok"
    assert "plexsync.db" in contents(path.parent)


def test_what_is_not_whole_gets_no_name(path: Path) -> None:
    """What was written last is in its log still."""
    new = path.with_name("new.db")
    with Ledger(new) as ledger:
        ledger.scenes.put([write(snapshot(1))])
        with pytest.raises(StateError, match=r"is not whole yet: .* has a log, which"):
            settle(new, path)
        ledger.seal()
        settle(new, path)
    assert path.exists()


def test_damage_behind_the_first_rows_is_told_as_well(path: Path) -> None:
    """Rows are read one after the other: the last page of them may be sound."""
    with Ledger(path):
        pass
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        row = ("plex", NOW, NOW, 1, 1, 0, 0, 0, "busy", "x" * 900)
        db.executemany(
            "INSERT INTO outage (server, began, ended, failures, rests, rests_until,"
            " asked_until, of_write, kind, cause)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [row] * 400,
        )
        db.execute("PRAGMA journal_mode = delete")
    spoil(path, path.stat().st_size - 40 * 4096)

    with (
        Ledger(path) as ledger,
        pytest.raises(StateError, match="it is damaged"),
    ):
        ledger.outages.last(400)


def spoil(path: Path, offset: int) -> None:
    """Overwrite a page."""
    with path.open("r+b") as file:
        file.seek(offset - offset % 4096)
        file.write(b"\xff" * 4096)
