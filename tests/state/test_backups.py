"""Backups are whole, sound and few; a good one is never dropped for a bad one."""

import contextlib
import os
import resource
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from state.backups import Backup, Backups
from state.errors import DamagedError, LostError, StateError
from state.ledger import Ledger
from state.soundness import Finding, examine
from tests.state.conftest import Demoted
from tests.state.samples import contents, snapshot, write
from tests.state.test_failures import filled

Copy = Callable[[Path], None]

NOW = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def backups(path: Path, folder: Path) -> Backups:
    """Name the backups of a state that has something in it."""
    add(path, 1)
    return Backups(path, folder)


def add(path: Path, *scenes: int) -> None:
    with Ledger(path) as ledger, ledger.transaction():
        ledger.scenes.put([write(snapshot(scene)) for scene in scenes])


def scenes(path: Path) -> int:
    """Count what is in a backup, without a trace: it is one file, of no other's."""
    with contextlib.closing(
        sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    ) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        ((count,),) = db.execute("SELECT count(*) FROM snapshot").fetchall()
    return int(count)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def spoil(path: Path) -> None:
    """Do what a disk does to a file in years."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


@contextlib.contextmanager
def files_up_to(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_backup_has_all_that_the_state_has_and_is_for_this_user_alone(
    backups: Backups, folder: Path
) -> None:
    made = backups.make(NOW)

    assert names(folder) == ["2026-03-01T12-30-15Z.db"]
    assert made.path == folder / "2026-03-01T12-30-15Z.db"
    assert (made.made_at, made.size) == (NOW, made.path.stat().st_size)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert scenes(made.path) == 1
    assert examine(made.path).finding is Finding.SOUND
    assert backups.all(NOW) == [made]


def test_a_backup_is_made_beside_a_writer_and_the_state_is_left_as_it_is(
    backups: Backups, path: Path
) -> None:
    """Also in the writer's own process, of what its log has."""
    with Ledger(path) as ledger:
        with ledger.transaction():
            ledger.scenes.put([write(snapshot(2))])
        made = backups.make(NOW)
        with ledger.transaction():
            ledger.scenes.put([write(snapshot(3))])
    assert scenes(made.path) == 2
    before = path.read_bytes(), path.stat().st_mtime_ns, names(path.parent)
    backups.make(NOW + DAY)
    assert (path.read_bytes(), path.stat().st_mtime_ns, names(path.parent)) == before


def test_its_time_is_utc_whatever_zone_it_is_told_in(backups: Backups) -> None:
    there = NOW.astimezone(datetime.strptime("+0530", "%z").tzinfo)
    assert backups.make(there).made_at == NOW


def test_where_there_is_no_state_there_is_nothing_to_copy(
    path: Path, folder: Path
) -> None:
    backups = Backups(path, folder)
    with pytest.raises(StateError) as failure:
        backups.make(NOW)
    assert str(failure.value) == f"there is no state {path} yet: nothing to copy"
    assert backups.keep_up(NOW, 3) is None
    assert backups.all(NOW) == []
    assert not folder.exists()


def test_a_damaged_state_is_not_copied_over_good_backups(
    path: Path, folder: Path, backups: Backups
) -> None:
    filled(path)
    good = backups.make(NOW)
    spoil(path)
    for attempt in (
        lambda: backups.make(NOW + DAY),
        lambda: backups.keep_up(NOW + DAY, 1),
    ):
        with pytest.raises(DamagedError) as failure:
            attempt()
        assert str(failure.value).startswith(f"the state {path} is damaged (")
        assert str(failure.value).endswith(
            "): no backup is made of it; `plexsync state restore` puts an older one in"
            " its place"
        )
    assert names(folder) == [good.path.name]


def test_a_backup_that_finds_no_room_leaves_nothing_behind(
    path: Path, folder: Path, backups: Backups
) -> None:
    filled(path)
    with files_up_to(100_000), pytest.raises(StateError) as failure:
        backups.make(NOW)
    assert "cannot be used: the disk does not take what is written" in str(
        failure.value
    )
    assert names(folder) == []


def test_a_folder_that_cannot_be_written_is_told(
    open_folder: Path, as_nobody: Demoted
) -> None:
    path = open_folder / "plexsync.db"
    add(path, 1)
    path.chmod(0o644)
    closed = open_folder / "closed"
    closed.mkdir(mode=0o555)
    backups = Backups(path, closed / "backups")
    with as_nobody(), pytest.raises(StateError) as failure:
        backups.make(NOW)
    assert str(failure.value).startswith(f"cannot write {closed}/backups/.2026-03-01T")
    assert "Permission denied; make it and its folder writable" in str(failure.value)


def test_a_name_that_cannot_be_given_is_told(backups: Backups, folder: Path) -> None:
    (folder / "2026-03-01T12-30-15Z.db").mkdir(parents=True)
    with pytest.raises(StateError, match=r"^cannot write .*15Z\.db: Is a directory; "):
        backups.make(NOW)
    assert names(folder) == ["2026-03-01T12-30-15Z.db"]


def test_a_folder_that_cannot_be_looked_into_is_told(
    path: Path, folder: Path, backups: Backups
) -> None:
    folder.touch()
    with pytest.raises(StateError, match=r"cannot look into .*: Not a directory"):
        backups.all(NOW)
    with pytest.raises(StateError, match=r"cannot write .*: (File exists|Not a dir)"):
        backups.make(NOW)


def test_one_a_day_is_kept_and_the_oldest_go(
    path: Path, folder: Path, backups: Backups
) -> None:
    for day in range(12):
        add(path, day + 2)
        for hour in (0, 1, 22):  # asked more often, it makes no more
            made = backups.keep_up(NOW + day * DAY + timedelta(hours=hour), 7)
            assert (made is not None) == (hour == 0)
    found = backups.all(NOW + 12 * DAY)
    assert [one.made_at for one in found] == [NOW + d * DAY for d in range(11, 4, -1)]
    assert scenes(found[0].path) == 13
    assert len(names(folder)) == 7


def test_a_timer_that_is_a_little_early_costs_no_day(
    path: Path, backups: Backups
) -> None:
    backups.keep_up(NOW, 7)
    add(path, 2)
    assert backups.keep_up(NOW + DAY - timedelta(seconds=2), 7) is not None


def test_days_without_a_change_cost_no_write(
    path: Path, folder: Path, backups: Backups
) -> None:
    assert backups.keep_up(NOW, 7) is not None
    before = (contents(folder), folder.stat().st_mtime_ns)
    for day in range(1, 100):
        assert backups.keep_up(NOW + day * DAY, 7) is None
    assert (contents(folder), folder.stat().st_mtime_ns) == before
    add(path, 2)
    assert backups.keep_up(NOW + 101 * DAY, 7) is not None


def test_a_state_that_is_open_and_quiet_is_not_copied_twice(
    path: Path, backups: Backups
) -> None:
    """Its log is a file of its own, that may be longer than what is new in it."""
    with Ledger(path) as ledger:
        with ledger.transaction():
            ledger.scenes.put([write(snapshot(2))])
        assert backups.keep_up(NOW, 7) is not None
        ledger.check()
        assert ledger.scenes.count() == 2
        assert backups.keep_up(NOW + DAY, 7) is None
        with ledger.transaction():
            ledger.scenes.put([write(snapshot(3))])
        made = backups.keep_up(NOW + 2 * DAY, 7)
    assert made is not None
    assert scenes(made.path) == 3


def test_a_clock_that_was_wrong_keeps_no_backup_from_being_made(
    path: Path, backups: Backups
) -> None:
    """What it has dated to come is dropped first, and is not the newest."""
    for year in range(3):
        backups.make(NOW + (year + 1) * 365 * DAY)
    for day in range(3):
        add(path, day + 2)
        assert backups.keep_up(NOW + day * DAY, 4) is not None
    found = backups.all(NOW + 3 * DAY)
    assert [one.made_at for one in found] == [
        NOW + 2 * DAY,
        NOW + DAY,
        NOW,
        NOW + 3 * 365 * DAY,
    ]


def test_nothing_else_in_the_folder_is_touched(
    path: Path, folder: Path, backups: Backups
) -> None:
    backups.make(NOW)
    for name in ("notes.txt", "2026-03-01T12-30-15Z.db.gz", "9999-99-99T99-99-99Z.db"):
        (folder / name).write_text("mine")
    (folder / "2020-01-01T00-00-00Z.db").symlink_to(folder / "gone")
    young, old = folder / ".2026-02-01T00-00-00Z.db.new", folder / ".a.db.new-journal"
    young.touch()
    old.touch()
    for file, days in ((old, 9), (young, 0.9)):
        moment = (NOW + DAY - days * DAY).timestamp()
        os.utime(file, (moment, moment))
    add(path, 2)
    backups.keep_up(NOW + DAY, 1)
    assert names(folder) == sorted(
        [
            young.name,
            "2026-03-02T12-30-15Z.db",
            "2020-01-01T00-00-00Z.db",
            "9999-99-99T99-99-99Z.db",
            "2026-03-01T12-30-15Z.db.gz",
            "notes.txt",
        ]
    )


def test_what_cannot_be_dropped_is_told(
    path: Path, folder: Path, backups: Backups
) -> None:
    (folder / "2026-02-01T00-00-00Z.db").mkdir(parents=True)
    backups.make(NOW)
    with pytest.raises(StateError, match="cannot drop what is old in "):
        backups.drop(NOW, 1)


def test_the_newest_good_one_is_found_behind_those_that_are_spoilt(
    path: Path, backups: Backups
) -> None:
    assert backups.newest_good(NOW) == (None, [])
    filled(path)
    made = [backups.make(NOW + day * DAY) for day in range(3)]
    spoil(made[2].path)
    made[1].path.write_bytes(b"")
    found, spoilt = backups.newest_good(NOW + 3 * DAY)
    assert found == made[0]
    assert [one.path for one in spoilt] == [made[2].path, made[1].path]
    assert all(one.problem for one in spoilt)


def test_what_is_open_is_saved_though_its_file_is_gone(
    path: Path, backups: Backups
) -> None:
    with Ledger(path) as ledger:
        with ledger.transaction():
            ledger.scenes.put([write(snapshot(2))])
        path.unlink()
        made = backups.save(ledger, NOW)
    assert scenes(made.path) == 2


def test_a_state_that_is_gone_is_not_begun_anew_beside_its_backups(
    path: Path, folder: Path, backups: Backups
) -> None:
    backups.refuse_lost()
    backups.make(NOW)
    backups.refuse_lost()
    path.unlink()
    with pytest.raises(LostError) as failure:
        backups.refuse_lost()
    assert str(failure.value) == (
        f"the state {path} is gone, but for its backups in {folder}: `plexsync state"
        " restore` puts the newest in its place, or a new one: --empty"
    )
    shutil.rmtree(folder)
    backups.refuse_lost()


class Late(Backups):
    """Backups of a state that is written to once more while a copy is made."""

    def _make(self, now: datetime, write: Copy, changed: int) -> Backup:
        add(self.state, 2)
        return super()._make(now, write, changed)


def test_what_changes_while_it_is_copied_is_copied_next_time(
    path: Path, folder: Path, backups: Backups
) -> None:
    """The time of the last change is taken before the copy."""
    assert Late(path, folder).keep_up(NOW, 7) is not None
    assert backups.keep_up(NOW + DAY, 7) is not None
    assert backups.keep_up(NOW + 2 * DAY, 7) is None
