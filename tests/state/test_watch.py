"""A file that is not as it was left is not written to any more."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from state.errors import DamagedError, LostError, OutdatedError, StateError
from state.ledger import Ledger, held
from state.records import SnapshotRecord
from tests.state.conftest import Demoted
from tests.state.samples import NOW, contents, snapshot, write

Act = Callable[[Path], object]


def log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def record(ledger: Ledger, *snapshots: SnapshotRecord) -> None:
    with ledger.transaction():
        ledger.scenes.put([write(one) for one in snapshots])


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """Open a state again that has something in it."""
    with Ledger(path) as made:
        record(made, snapshot(9))
    with Ledger(path) as opened:
        yield opened


def scenes(path: Path) -> int:
    with Ledger(path) as ledger:
        assert ledger.integrity() == "ok"
        return ledger.scenes.count()


def kept(path: Path) -> dict[str, tuple[bytes, int]]:
    """Read all files but the index of the log, which is only a cache of it."""
    found = contents(path.parent)
    return {name: one for name, one in found.items() if not name.endswith("-shm")}


def replace(path: Path) -> None:
    shutil.copy(path, path.with_name("other"))
    path.with_name("other").rename(path)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(file.read(1))


BREAKS: dict[str, tuple[Act, type[StateError], str]] = {
    "deleted": (Path.unlink, LostError, "the state PATH was deleted"),
    "renamed": (
        lambda path: path.rename(path.with_name("away")),
        LostError,
        "the state PATH was deleted",
    ),
    "replaced": (replace, LostError, "the state PATH was replaced"),
    "overwritten": (
        overwrite,
        LostError,
        "the state PATH was changed by another program",
    ),
    "cut short": (
        lambda path: os.truncate(path, 4096),
        DamagedError,
        "the state PATH was cut short",
    ),
    "log deleted": (
        lambda path: log(path).unlink(),
        LostError,
        "the state's log PATH-wal was deleted, replaced or cut short",
    ),
    "log cut": (
        lambda path: os.truncate(log(path), 10),
        LostError,
        "the state's log PATH-wal was deleted, replaced or cut short",
    ),
    "log replaced": (
        lambda path: replace(log(path)),
        LostError,
        "the state's log PATH-wal was deleted, replaced or cut short",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_nothing_more_is_written_to_what_is_not_as_it_was_left(
    path: Path, ledger: Ledger, name: str
) -> None:
    act, kind, says = BREAKS[name]
    record(ledger, snapshot(1))
    act(path)
    before = kept(path)

    for attempt in (ledger.check, lambda: record(ledger, snapshot(2))):
        with pytest.raises(kind) as failure:
            attempt()
        said = str(failure.value)
        assert said.startswith(says.replace("PATH", str(path)))
        assert "while plexsync was at work" in said
        assert "nothing more is written; " in said

    assert kept(path) == before
    assert ledger.scenes.count() == 2


def test_a_state_that_is_cut_short_while_it_is_written_is_told_by_the_next_look(
    path: Path, ledger: Ledger
) -> None:
    with ledger.transaction():
        ledger.scenes.put([write(snapshot(1))])
        os.truncate(path, path.stat().st_size - 4096)

    with pytest.raises(DamagedError, match="was cut short while plexsync was at work"):
        ledger.check()


def test_a_state_that_is_opened_again_may_be_a_smaller_one(path: Path) -> None:
    ledger = Ledger(path)
    with ledger:
        record(ledger, *(snapshot(n, content="x" * 4000) for n in range(99)))
    path.unlink()
    with ledger:
        record(ledger, snapshot(1))
        ledger.check()


def test_an_open_state_is_checked_through_its_own_writing(
    path: Path, ledger: Ledger
) -> None:
    """Also where its log is written back into it, and begun anew."""
    sizes = set[int]()
    for round_ in range(120):
        chunk = range(round_ * 20, round_ * 20 + 20)
        record(ledger, *(snapshot(n, content="x" * 4000) for n in chunk))
        ledger.check()
        sizes.add(path.stat().st_size)
    assert len(sizes) > 2
    assert ledger.scenes.count() == 2400


def test_others_may_read_it_meanwhile(path: Path, ledger: Ledger) -> None:
    record(ledger, snapshot(1))
    with contextlib.closing(sqlite3.connect(path)) as reader:
        assert reader.execute("SELECT count(*) FROM snapshot").fetchone() == (2,)
        record(ledger, snapshot(2))
    record(ledger, snapshot(3))


def test_what_others_write_is_no_harm_but_for_another_version(
    path: Path, ledger: Ledger
) -> None:
    record(ledger, snapshot(1))
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE snapshot SET revision = 7")
        other.commit()
    record(ledger, snapshot(2))
    with contextlib.closing(sqlite3.connect(path)) as newer:
        newer.execute(
            "INSERT INTO schema_migration (name, applied) VALUES ('0999_new', '')"
        )
        newer.commit()
        for attempt in (ledger.check, lambda: record(ledger, snapshot(3))):
            with pytest.raises(OutdatedError) as failure:
                attempt()
            assert str(failure.value) == (
                f"the state {path} was brought up to date by a newer plexsync while"
                " this one was at work (it has 0999_new): nothing more is written;"
                " start that version"
            )
    assert ledger.scenes.count() == 3


def test_the_log_of_a_state_that_was_replaced_is_not_mixed_into_the_other(
    path: Path, ledger: Ledger
) -> None:
    """SQLite would play it into whatever lies there."""
    record(ledger, *(snapshot(n, content="x" * 999) for n in range(1, 99)))
    other = path.with_name("other.db")
    ledger.close()
    with Ledger(other) as another:
        record(another, snapshot(1))
    with Ledger(path) as again:
        record(again, *(snapshot(n, content="y" * 999) for n in range(50, 150)))
        inode = log(path).stat().st_ino
        other.rename(path)
    assert scenes(path) == 1
    assert path.with_name(f"plexsync.db-wal.of-{inode}").stat().st_size > 10_000


def test_a_log_that_cannot_be_taken_away_is_told(path: Path) -> None:
    ledger = Ledger(path).open()
    record(ledger, snapshot(1))
    path.with_name(f"plexsync.db-wal.of-{log(path).stat().st_ino}").mkdir()
    replace(path)
    with pytest.raises(StateError, match=r"cannot rename .*: Is a directory"):
        ledger.close()
    ledger.close()


def test_the_log_of_another_is_left_where_it_is(path: Path, ledger: Ledger) -> None:
    replace(path)
    log(path).unlink()
    log(path).write_bytes(b"another's")
    ledger.close()
    assert log(path).read_bytes() == b"another's"


def test_a_lock_that_is_gone_locks_nobody_out(path: Path) -> None:
    with held(path, command="reconcile", since="then") as ledger:
        record(ledger, snapshot(1))
        path.with_name("plexsync.db.lock").unlink()
        with pytest.raises(LostError) as failure:
            record(ledger, snapshot(2))
        assert str(failure.value) == (
            f"the lock {path}.lock was deleted while plexsync was at work, so that"
            " another may write too: nothing more is written; run again"
        )
    assert scenes(path) == 1


@pytest.mark.parametrize("kind", [ValueError, KeyError])
def test_what_reads_as_nonsense_is_told_as_the_damage_that_it_is(
    path: Path, kind: type[Exception]
) -> None:
    """As a text does whose last page is gone."""
    with Ledger(path) as made:
        record(made, snapshot(1))

    def misread() -> None:
        with Ledger(path):
            os.truncate(path, 4096)
            raise kind

    with pytest.raises(DamagedError, match="was cut short"):
        misread()
    with Ledger(path.with_name("another.db")):
        pass


def test_a_fault_of_our_own_stays_one(path: Path) -> None:
    with pytest.raises(ValueError, match="ours"), Ledger(path):
        raise ValueError("ours")


def test_a_folder_that_can_be_looked_into_no_more_is_told(
    open_folder: Path, as_nobody: Demoted
) -> None:
    open_folder.chmod(0o777)
    path = open_folder / "plexsync.db"
    with as_nobody():
        ledger = Ledger(path).open()
    open_folder.chmod(0o600)
    with as_nobody(), pytest.raises(StateError, match=r"cannot look at .*: Permission"):
        ledger.check()
    open_folder.chmod(0o777)
    with as_nobody():
        ledger.check()
        ledger.close()


def test_a_state_that_has_no_log_yet_is_watched_by_itself(path: Path) -> None:
    """As one that was put back: its log comes with its first use."""
    with Ledger(path):
        pass
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = delete")
    reader = Ledger(path).open(may_write=False)
    reader.check()
    path.unlink()
    with pytest.raises(LostError):
        reader.check()
    reader.close()


def test_an_empty_state_is_no_new_one(path: Path) -> None:
    """It is what is left of one that was cut short."""
    path.touch()
    for attempt in (
        lambda: held(path, command="reconcile", since="then").__enter__(),
        lambda: Ledger(path).open(may_write=False),
    ):
        with pytest.raises(DamagedError) as failure:
            attempt()
        assert str(failure.value) == (
            f"the state {path} is empty: `plexsync state restore` puts a backup in its"
            " place, or a new one: --empty"
        )
    assert path.stat().st_size == 0


def test_a_log_without_its_state_is_not_thrown_away(path: Path) -> None:
    """SQLite would do so when it made a new one."""
    with Ledger(path) as ledger:
        record(ledger, snapshot(1))
        path.unlink()
    before = log(path).read_bytes()
    with (
        pytest.raises(LostError) as failure,
        held(path, command="reconcile", since="then"),
    ):
        pass
    assert str(failure.value) == (
        f"the state {path} is gone, but for its log {path}-wal: `plexsync state"
        " restore` puts a backup in its place, or a new one: --empty"
    )
    assert log(path).read_bytes() == before
    assert not path.exists()


def test_a_new_state_is_made_beside_its_place(path: Path) -> None:
    """So that one that is empty was never a new one; what a crash has left goes."""
    path.with_name(".plexsync.db.new").write_bytes(b"")
    link = path.with_name("link.db")
    link.symlink_to(path)
    with held(link, command="reconcile", since="then") as ledger:
        ledger.passes.begin("reconcile", now=NOW)
    assert link.is_symlink()
    names = set(contents(path.parent))
    assert names == {"plexsync.db", "plexsync.db.lock", "link.db"}
