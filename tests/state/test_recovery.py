"""A state that is lost gives way to a backup; what lay there is kept."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from state.backups import Backups
from state.errors import HeldError, StateError
from state.ledger import Ledger, held
from state.letters import Letters
from state.recovery import Recovery, begin_anew, recover, restore
from state.restorations import RestorationRecord
from state.soundness import Finding, Soundness, examine
from tests.state.conftest import Demoted
from tests.state.samples import ENVIRONMENT, contents, process, snapshot, write
from tests.state.test_backups import DAY, NOW, add, files_up_to, spoil
from tests.state.test_failures import filled
from tests.state.test_letters import bury, named

LATER = NOW + 2 * DAY + timedelta(seconds=3)
AT = "2026-03-03T12-30-18Z"


@pytest.fixture
def backups(path: Path, tmp_path: Path) -> Backups:
    """Return two backups of a state that has gone on since."""
    found = Backups(path, tmp_path / "backups")
    filled(path, 50)
    found.make(NOW)
    add(path, 51)
    found.make(NOW + DAY)
    add(path, 52)
    return found


def recovered(backups: Backups) -> Recovery | None:
    return recover(backups, now=LATER, command="run", mounts=lambda: "")


def restored(backups: Backups, file: Path | None = None) -> Recovery:
    return restore(backups, file, now=LATER, mounts=lambda: "")


def scenes(path: Path) -> int:
    with Ledger(path) as ledger:
        assert ledger.integrity() == "ok"
        return ledger.scenes.count()


def restoration(path: Path) -> RestorationRecord | None:
    with Ledger(path) as ledger:
        return ledger.restorations.standing()


def files(path: Path) -> set[str]:
    return {one.name for one in path.parent.iterdir() if one.name != "backups"}


def age(path: Path) -> None:
    """Make a state one of an older version."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE restoration")
        db.execute("ALTER TABLE outbox DROP COLUMN writes")
        db.execute("ALTER TABLE waiting DROP COLUMN tended")
        db.execute("ALTER TABLE item_path ADD COLUMN listing INTEGER")
        db.execute("DROP TABLE missing")
        db.execute("DELETE FROM schema_migration WHERE name >= '0008'")
        db.commit()


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _cut(path: Path) -> None:
    os.truncate(path, 100_000)


def _garble(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * 4096)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "spoilt": spoil,
    "cut short": _cut,
    "emptied": _empty,
    "its head gone": _garble,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_state_is_set_aside_and_the_newest_good_backup_put_there(
    path: Path, backups: Backups, name: str
) -> None:
    DAMAGES[name](path)
    damaged = path.read_bytes()
    spoil(backups.folder / "2026-03-02T12-30-15Z.db")

    done = recovered(backups)

    good = backups.folder / "2026-03-01T12-30-15Z.db"
    assert done is not None
    assert (done.backup, done.made_at) == (good, NOW)
    assert [one.path.name for one in done.spoilt] == ["2026-03-02T12-30-15Z.db"]
    aside = path.with_name(f"plexsync.db.corrupt-{AT}")
    assert done.aside == (aside,)
    assert aside.read_bytes() == damaged
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert scenes(path) == 50
    known = restoration(path)
    assert known is not None
    assert known.at == int(LATER.timestamp())
    assert known.made_at == int(NOW.timestamp())
    spoilt, put, kept, left = done.sentences()
    assert spoilt.startswith(f"the backup {done.spoilt[0].path} is damaged (")
    assert put.startswith(f"the state {path} is ")
    assert put.endswith(f": {good} is in its place, as of 2026-03-01 12:30 UTC")
    assert kept == f"what was there is kept as {aside}"
    assert left == "dead letters of before are left there"
    assert recovered(backups) is None


def test_a_state_that_is_gone_comes_back_from_the_newest_backup(
    path: Path, backups: Backups
) -> None:
    path.unlink()
    done = recovered(backups)
    assert done is not None
    assert (done.why, done.made_at, done.aside) == ("was gone", NOW + DAY, ())
    assert len(done.sentences()) == 1
    assert scenes(path) == 51


def test_a_log_that_has_lost_its_state_is_kept_too(
    path: Path, backups: Backups
) -> None:
    with Ledger(path) as ledger:
        with ledger.transaction():
            ledger.scenes.put([write(snapshot(99))])
        path.unlink()
    log = path.with_name("plexsync.db-wal").read_bytes()
    shutil.rmtree(backups.folder)

    done = recovered(backups)

    assert done is not None
    assert done.backup is None
    kept = path.with_name(f"plexsync.db.corrupt-{AT}-wal")
    assert kept.read_bytes() == log
    assert kept in done.aside
    assert scenes(path) == 0


def test_without_a_good_backup_an_empty_state_is_put_there(
    path: Path, backups: Backups
) -> None:
    spoil(path)
    for one in backups.all(LATER):
        spoil(one.path)

    done = recovered(backups)

    assert done is not None
    assert (done.backup, done.made_at, len(done.spoilt)) == (None, None, 2)
    assert done.sentences()[2].endswith(
        ": an empty state is in its place: plex is met as for the first time, and"
        " nothing that was written before can be undone from it"
    )
    assert scenes(path) == 0
    known = restoration(path)
    assert known is not None
    assert known.made_at is None


def test_a_state_that_is_sound_or_new_is_left_alone(
    path: Path, backups: Backups
) -> None:
    before = contents_of(path)
    assert recovered(backups) is None
    assert contents_of(path) == before
    fresh = Backups(path.with_name("fresh.db"), path.with_name("none"))
    assert recovered(fresh) is None
    assert not fresh.state.exists()


def contents_of(path: Path) -> object:
    return path.read_bytes(), path.stat().st_mtime_ns


def test_what_is_not_lost_is_not_set_aside(path: Path, backups: Backups) -> None:
    """Another program's, or one of a newer version: a person has to see to it."""
    foreign = Backups(path.with_name("foreign.db"), backups.folder)
    with closing(sqlite3.connect(foreign.state)) as db:
        db.execute("CREATE TABLE performers (id INTEGER)")
    newer = Backups(path.with_name("newer.db"), backups.folder)
    shutil.copy(path, newer.state)
    with closing(sqlite3.connect(newer.state)) as db:
        db.execute("INSERT INTO schema_migration VALUES (99, '0999_new', '')")
        db.commit()
    letter = Backups(path.with_name("letter.txt"), path.with_name("none"))
    letter.state.write_text("a letter to a friend\n" * 99)
    for lost, says in (
        (foreign, 'is another program\'s database (it has a table "performers")'),
        (newer, "is of a newer plexsync (it has 0999_new)"),
        (letter, "is no database"),
    ):
        before = contents_of(lost.state)
        with pytest.raises(StateError) as failure:
            recovered(lost)
        assert str(failure.value) == (
            f"the state {lost.state} {says}: set another [state] path, or see"
            " `plexsync state verify`"
        )
        assert contents_of(lost.state) == before


def test_what_cannot_be_read_is_not_taken_for_lost(
    open_folder: Path, as_nobody: Demoted
) -> None:
    open_folder.chmod(0o777)
    path = open_folder / "plexsync.db"
    with as_nobody():
        with Ledger(path):
            pass
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = exclusive")
            other.execute("BEGIN EXCLUSIVE")
            assert examine(path).finding is Finding.UNREADABLE
            with pytest.raises(
                StateError, match=r"cannot be read \(database is locked"
            ):
                recovered(Backups(path, open_folder / "none"))
    open_folder.chmod(0o755)


def test_a_person_puts_the_newest_good_one_back(path: Path, backups: Backups) -> None:
    before = path.read_bytes()
    done = restored(backups)
    aside = path.with_name(f"plexsync.db.before-{AT}")
    assert (done.why, done.made_at, done.aside) == ("", NOW + DAY, (aside,))
    put, kept = done.sentences()
    assert put == f"{done.backup} is in its place, as of 2026-03-02 12:30 UTC"
    assert kept == (
        f"what was there is kept as {aside};"
        f" `plexsync state restore {aside}` brings it back"
    )
    assert aside.read_bytes() == before
    assert scenes(path) == 51
    assert scenes(aside) == 52


def test_letters_of_a_state_that_cannot_be_read_are_left_with_it(
    path: Path, backups: Backups
) -> None:
    spoil(path)
    done = restored(backups)
    assert done.untaken is not None
    assert done.untaken.startswith(f"the state {path} is damaged (")
    assert done.sentences()[-1] == (
        f"dead letters of before are left there: {done.untaken}"
    )
    assert scenes(path) == 51

    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE performers (id INTEGER)")
        db.execute("DROP TABLE schema_migration")
        db.commit()
    assert "another program's" in str(restored(backups).untaken)
    assert scenes(path) == 51
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE dead_letter")
        db.commit()
    assert "no such table" in str(restored(backups).untaken)
    assert scenes(path) == 51


def test_a_copy_of_what_is_set_aside_is_for_this_user_alone(
    path: Path, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    with Ledger(path) as ledger, ledger.transaction():
        bury(ledger, 7)
    taken = Letters.take_over

    def noting(letters: Letters, old: Path) -> None:
        modes.append(stat.S_IMODE(old.stat().st_mode))
        taken(letters, old)

    monkeypatch.setattr(Letters, "take_over", noting)
    restored(backups)

    assert modes == [0o600]


def test_letters_of_an_older_version_s_state_are_taken_as_well(
    path: Path, backups: Backups
) -> None:
    with Ledger(path) as ledger, ledger.transaction():
        ledger.items.put_targets([("machine", "section", "Films")])
        bury(ledger, 7)
    age(path)

    done = begin_anew(backups, now=LATER, mounts=lambda: "")

    assert (done.letters, done.untaken) == (2, None)
    assert done.sentences()[-1] == "dead letters in it: 2"
    with Ledger(path) as ledger:
        assert named(ledger.letters.newest(9)) == [(7, "genre"), (7, "title")]
    assert files(path) == {"plexsync.db", "plexsync.db.lock", done.aside[0].name}


def test_a_person_names_the_one(path: Path, backups: Backups) -> None:
    named = restored(backups, backups.folder / "2026-03-01T12-30-15Z.db")
    assert (named.made_at, scenes(path)) == (NOW, 50)
    aside = path.with_name(f"plexsync.db.before-{AT}")
    os.utime(aside, (1_770_000_000, 1_770_000_000))

    back = restored(backups, aside)  # and takes it back

    assert back.made_at == datetime.fromtimestamp(1_770_000_000, UTC)
    assert back.aside == (path.with_name(f"plexsync.db.before-{AT}.2"),)
    assert scenes(path) == 52


def test_what_is_restored_with_its_log_is_whole(path: Path, backups: Backups) -> None:
    """As after a kill: what is set aside keeps its log, and can be put back."""
    with Ledger(path) as ledger, ledger.transaction():
        ledger.scenes.put([write(snapshot(97))])
    killed = path.with_name("killed.db")
    with Ledger(path) as ledger:
        with ledger.transaction():
            ledger.scenes.put([write(snapshot(98))])
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", f"{killed}{end}")
    for end in ("", "-wal"):
        shutil.copy(f"{killed}{end}", f"{path}{end}")

    first = restored(backups)
    names = [one.name for one in first.aside if not one.name.endswith("-shm")]
    assert names == [f"plexsync.db.before-{AT}", f"plexsync.db.before-{AT}-wal"]
    restored(backups, first.aside[0])

    assert scenes(path) == 54


@pytest.mark.parametrize("name", ["gone.db", "letter.txt", "spoilt.db"])
def test_what_is_no_good_is_not_put_there(
    path: Path, backups: Backups, name: str
) -> None:
    file = path.with_name(name)
    if name == "letter.txt":
        file.write_text("a letter to a friend\n" * 99)
    if name == "spoilt.db":
        shutil.copy(path, file)
        spoil(file)
    before = contents_of(path)
    with pytest.raises(StateError) as failure:
        restored(backups, file)
    assert str(failure.value).startswith(f"{file} ")
    assert str(failure.value).endswith(
        ": name another, `plexsync state verify` lists them"
    )
    assert contents_of(path) == before


def test_without_a_good_backup_a_person_is_asked(path: Path, backups: Backups) -> None:
    shutil.rmtree(backups.folder)
    before = contents_of(path)
    with pytest.raises(StateError) as failure:
        restored(backups)
    assert str(failure.value) == (
        f"there is no good backup in {backups.folder}: name a file, or begin with an"
        " empty state: `plexsync state restore --empty`"
    )
    assert contents_of(path) == before
    done = begin_anew(backups, now=LATER, mounts=lambda: "")
    assert (done.backup, len(done.aside)) == (None, 1)
    assert scenes(path) == 0


def test_an_older_state_is_brought_up_to_date_as_it_is_put_back(
    path: Path, backups: Backups
) -> None:
    old = path.with_name("old.db")
    shutil.copy(path, old)
    age(old)
    restored(backups, old)
    assert restoration(path) is not None
    assert scenes(path) == 52


def test_nobody_s_state_is_taken_from_under_them(path: Path, backups: Backups) -> None:
    attempts: tuple[Callable[[], object], ...] = (
        lambda: recovered(backups),
        lambda: restored(backups),
        lambda: begin_anew(backups, now=LATER, mounts=lambda: ""),
    )
    with held(path, command="reconcile", since="then") as ledger:
        for attempt in attempts:
            with pytest.raises(HeldError, match="reconcile, since then"):
                attempt()
        assert ledger.scenes.count() == 52
    assert not [name for name in files(path) if "before" in name or "corrupt" in name]


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from state.backups import Backups
from state.recovery import restore
left = int(os.environ["RENAMES"])
def counted(real):
    def rename(self, target):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, target)
    return rename
Path.rename, Path.replace = counted(Path.rename), counted(Path.replace)
state = Path(sys.argv[1])
backups = Backups(state, state.with_name("backups"))
restore(backups, None, now=datetime(2026, 3, 3, tzinfo=UTC), mounts=lambda: "")
print("done")
"""


@pytest.mark.parametrize("renames", range(5))
def test_a_kill_between_any_two_steps_loses_nothing(
    path: Path, backups: Backups, renames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a state with a log, as a kill has left it: a later restore does the rest."""
    with Ledger(path) as ledger:
        with ledger.transaction():
            ledger.scenes.put([write(snapshot(99))])
        left = {end: Path(f"{path}{end}").read_bytes() for end in ("", "-wal", "-shm")}
    for end, content in left.items():
        Path(f"{path}{end}").write_bytes(content)
    monkeypatch.setitem(ENVIRONMENT, "RENAMES", str(renames))

    with process(_KILLED, path) as running:
        out, _ = running.communicate(timeout=30)
    assert (out == "done\n") == (renames == 4)

    done = recovered(backups) or restored(backups)
    assert done.made_at == NOW + DAY
    assert scenes(path) == 51
    kept = [file.read_bytes() for file in path.parent.iterdir() if file.is_file()]
    assert left[""] in kept
    assert left["-wal"] in kept


def test_a_link_to_a_state_stays_one(path: Path, tmp_path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    add(path, 1)
    backups = Backups(link, tmp_path / "backups")
    backups.make(NOW)
    add(path, 2)
    done = restored(backups)
    assert link.is_symlink()
    assert done.aside == (path.with_name(f"plexsync.db.before-{AT}"),)
    assert (scenes(link), scenes(path)) == (1, 1)


def test_what_a_crash_has_left_half_done_is_begun_anew(
    path: Path, backups: Backups
) -> None:
    new = path.with_name(".plexsync.db.new")
    new.write_bytes(b"half of it")
    new.with_name(new.name + "-wal").write_bytes(b"and its log")
    path.rename(path.with_name("plexsync.db.before-earlier"))
    assert recovered(backups) is not None
    assert scenes(path) == 51
    assert not new.exists()
    assert not new.with_name(new.name + "-wal").exists()


def test_a_disk_without_room_leaves_all_as_it_is(path: Path, backups: Backups) -> None:
    """What is to be put there is made first; what has begun of it goes next time."""
    before = contents_of(path)
    with files_up_to(100_000), pytest.raises(StateError, match="the disk does not"):
        restored(backups)
    assert contents_of(path) == before
    assert restored(backups).made_at == NOW + DAY


def test_what_is_in_the_way_is_told(path: Path, backups: Backups) -> None:
    path.with_name(".plexsync.db.new").mkdir()
    before = contents_of(path)
    with pytest.raises(StateError, match=r"^cannot put .*\.new in the place of "):
        restored(backups)
    assert contents_of(path) == before


def test_what_is_examined_is_left_as_it_is(path: Path, backups: Backups) -> None:
    before = contents(backups.folder) | contents_but_folder(path)
    assert examine(path) == Soundness(
        path=path,
        size=path.stat().st_size,
        finding=Finding.SOUND,
        version="0011_missing",
    )
    assert examine(backups.all(LATER)[0].path).problem is None
    assert contents(backups.folder) | contents_but_folder(path) == before


def contents_but_folder(path: Path) -> dict[str, tuple[bytes, int]]:
    return {
        file.name: (file.read_bytes(), file.stat().st_mtime_ns)
        for file in path.parent.iterdir()
        if file.is_file()
    }


def test_a_database_without_a_table_is_damaged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 1")
    found = examine(path)
    assert (found.finding, found.problem) == (Finding.DAMAGED, "has nothing in it")


def test_an_index_that_does_not_fit_its_table_is_damage(path: Path) -> None:
    """What no read would notice."""
    add(path, 1, 2, 3)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA writable_schema = on")
        db.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master"
            " WHERE name = 'snapshot_buried') WHERE name = 'snapshot_unsettled'"
        )
        db.commit()
    found = examine(path)
    assert found.finding is Finding.DAMAGED
    assert found.problem is not None
