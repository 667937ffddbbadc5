"""Backups by command; and a state that cannot be used is told with the way back."""

import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.cli.setting import Around
from reconciler.clock import Clock
from tests.cli.desk import KEY, ROOT, TOKEN, Desk, Said
from tests.cli.test_documents import expected, keys
from tests.sandbox.server import Request

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(day: int) -> Around:
    """Run a command at noon of a day."""
    return Around(clock=Clock(now=lambda: NOON.replace(day=day)))


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Return a desk at which one film was written, and then a backup made."""
    desk.scene("one")
    desk.done("reconcile")
    desk.run("state", "backup", around=at(1))
    return desk


def folder(desk: Desk) -> Path:
    return desk.state.with_name("plexsync.db.backups")


def names(desk: Desk) -> list[str]:
    return sorted(path.name for path in folder(desk).iterdir())


def spoil(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


def test_a_backup_is_made_beside_the_state_and_tells_no_secret(kept: Desk) -> None:
    said = kept.run("state", "backup", around=at(2))

    made = folder(kept) / "2026-03-02T12-00-00Z.db"
    assert said.code == 0
    assert said.out == f"{made}: {made.stat().st_size / 1000:.1f} kB, whole\n"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    content = made.read_bytes()
    assert b"One" in content
    assert TOKEN.encode() not in content
    assert KEY.encode() not in content


def test_so_many_are_kept_where_the_configuration_says(desk: Desk) -> None:
    desk.scene("one")
    desk.done("reconcile")
    place = desk.folder / "elsewhere"
    desk.configure(state={"backups": str(place), "keep_backups": 2})
    for day in (1, 2, 3):
        said = desk.run("state", "backup", around=at(day))
        assert said.code == 0
    assert said.out.splitlines()[1] == "1 older one dropped: [state] keep_backups"
    found = sorted(path.name for path in place.iterdir())
    assert found == ["2026-03-02T12-00-00Z.db", "2026-03-03T12-00-00Z.db"]


def test_without_a_state_there_is_nothing_to_copy_or_to_verify(desk: Desk) -> None:
    said = desk.run("state", "backup")
    assert (said.code, said.errors) == (
        1,
        [f"error: there is no state {desk.state} yet: nothing to copy"],
    )
    verified = desk.run("state", "verify")
    assert (verified.code, verified.out) == (
        0,
        "there is no state yet, nor a backup\n",
    )
    assert not folder(desk).exists()


def test_what_is_whole_is_said_to_be(kept: Desk) -> None:
    said = kept.run("state", "verify", around=at(2))

    head, state, backup = said.out.splitlines()
    assert said.code == 0
    assert head.split() == ["what", "made", "size", "version", "found", "file"]
    assert state.split()[0] == "state"
    assert state.split()[-2:] == ["sound", str(kept.state)]
    assert "2026-03-01 12:00 UTC" in backup
    assert backup.split()[-2:] == ["sound", str(folder(kept) / names(kept)[0])]


def test_what_is_not_whole_is_said_and_what_to_do(kept: Desk) -> None:
    kept.run("state", "backup", around=at(2))
    spoil(folder(kept) / names(kept)[0])
    os.truncate(kept.state, 4096)

    said = kept.run("state", "verify", around=at(3))

    assert said.code == 1
    state, backup = said.errors
    assert state.startswith(f"error: the state {kept.state} is damaged (")
    assert state.endswith(": `plexsync state restore` puts a backup in its place")
    assert backup.startswith(f"error: the backup {folder(kept)}/2026-03-01T12-00-00Z")
    assert backup.endswith("passed over; delete it, and see whether its disk fails")


def test_a_state_is_verified_beside_whoever_writes_it(kept: Desk) -> None:
    with closing(sqlite3.connect(kept.state, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM snapshot")
        assert kept.run("state", "verify").code == 0
        assert kept.run("state", "backup").code == 0
        writer.execute("ROLLBACK")


def test_the_newest_good_backup_is_put_back_and_plex_is_as_it_was(kept: Desk) -> None:
    scene = next(iter(kept.stash.scenes))
    kept.stash.update_scene(scene, title="Renamed")
    kept.done("reconcile")
    kept.run("state", "backup", around=at(2))
    spoil(folder(kept) / "2026-03-02T12-00-00Z.db")
    before = kept.plex.snapshot()
    was = kept.state.read_bytes()

    said = kept.run("state", "restore", around=at(3))

    assert said.code == 0
    spoilt, put, aside, after = said.out.splitlines()
    good = folder(kept) / "2026-03-01T12-00-00Z.db"
    set_aside = kept.state.with_name("plexsync.db.before-2026-03-03T12-00-00Z")
    assert spoilt.startswith(f"the backup {folder(kept)}/2026-03-02T12-00-00Z.db is ")
    assert put == f"{good} is in its place, as of 2026-03-01 12:00 UTC"
    assert aside == (
        f"what was there is kept as {set_aside};"
        f" `plexsync state restore {set_aside}` brings it back"
    )
    assert set_aside.read_bytes() == was
    assert "what it would write then waits for `plexsync approve`" in after
    kept.done("reconcile")
    assert kept.plex.snapshot() == before
    status = kept.run("status", around=at(3)).out
    assert "state put back" in status
    assert "put back to that of 2026-03-01 12:00:00 UTC" in status
    assert "held pass" not in status


def test_what_a_state_that_was_put_back_would_write_is_held(kept: Desk) -> None:
    scene = next(iter(kept.stash.scenes))
    kept.stash.update_scene(scene, title="Renamed")
    kept.done("state", "restore")

    said = kept.run("reconcile")

    assert said.code == 3
    assert "the state was put back to that of 2026-03-01 12:00 UTC" in said.err
    assert "`plexsync plan` shows it, `plexsync approve " in said.err
    assert kept.title("one") == "One"
    kept.done("approve", "--all")
    kept.done("reconcile")
    assert kept.title("one") == "Renamed"


def test_a_file_that_is_named_is_put_back(kept: Desk) -> None:
    mine = kept.folder / "mine.db"
    shutil.copy(folder(kept) / names(kept)[0], mine)
    said = kept.done("state", "restore", str(mine))
    assert said.out.startswith(f"{mine} is in its place, as of ")


def test_an_empty_state_is_begun_by_command_only(kept: Desk) -> None:
    said = kept.done("state", "restore", "--empty")
    assert said.out.startswith("an empty state is in its place: plex is met as for the")
    before = kept.plex.snapshot()
    kept.done("reconcile")
    assert kept.plex.snapshot() == before
    both = kept.run("state", "restore", "--empty", "mine.db")
    assert (both.code, len(both.errors)) == (2, 1)


def uncopied(sentence: str) -> str:
    """Leave out where a copy was made: it is another folder each time."""
    return re.sub(r", copied to \S+,", "", sentence)


Broken = Callable[[Desk], None]


def _cut(desk: Desk) -> None:
    os.truncate(desk.state, desk.state.stat().st_size // 2)


def _garble(desk: Desk) -> None:
    with desk.state.open("r+b") as file:
        file.write(b"\0" * 4096)


def _lose_but_for_its_log(desk: Desk) -> None:
    desk.state.rename(desk.state.with_name("plexsync.db-wal"))


BROKEN: dict[str, Broken] = {
    "deleted": lambda desk: desk.state.unlink(),
    "emptied": lambda desk: os.truncate(desk.state, 0),
    "cut short": _cut,
    "its head gone": _garble,
    "deleted but for its log": _lose_but_for_its_log,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_lost_state_is_refused_by_every_command_with_the_way_back(
    kept: Desk, name: str
) -> None:
    """Nothing is begun anew behind a person's back, and nothing is written."""
    before = kept.plex.snapshot()
    BROKEN[name](kept)

    for command in (["reconcile"], ["plan"], ["status"], ["approve", "--all"]):
        said = kept.run(*command)
        as_json = kept.run(*command, "--json")
        (sentence,) = said.errors
        assert said.code == as_json.code == 1
        assert str(kept.state) in sentence
        assert "`plexsync state restore` puts" in sentence
        (problem,) = as_json.document["problems"]
        assert uncopied(f"error: {problem}") == uncopied(sentence)
    assert kept.run("state", "verify").code == 1
    assert kept.plex.snapshot() == before

    kept.done("state", "restore")
    kept.done("reconcile")

    assert kept.plex.snapshot() == before
    scene = next(iter(kept.stash.scenes))
    kept.stash.update_scene(scene, title="Renamed")
    kept.done("reconcile")
    assert kept.title("one") == "Renamed"


def test_a_state_that_is_deleted_during_a_pass_loses_nothing(kept: Desk) -> None:
    """What it had is kept as a backup, which is put back as the newest."""
    scenes = [kept.scene(f"brook-{number}") for number in range(4)]

    def delete(request: Request) -> None:
        if request.method == "PUT":
            kept.state.unlink(missing_ok=True)

    kept.before_plex = delete
    said = kept.run("reconcile", "--json")
    kept.before_plex = lambda _: None

    (problem,) = said.document["problems"]
    saved = names(kept)[-1]
    assert said.code == 1
    assert problem == (
        f"the state {kept.state} was deleted while plexsync was at work: nothing more"
        " is written; `plexsync state restore` puts a backup there; what it had is kept"
        f" as {folder(kept)}/{saved}"
    )
    kept.done("state", "restore")
    kept.run("reconcile")
    kept.done("approve", "--all")
    kept.done("reconcile")
    assert len(scenes) == 4
    titles = {kept.title(f"brook-{number}") for number in range(4)}
    assert titles == {f"Brook-{number}" for number in range(4)}


_IN_TURN = """
import json, sys
from click.testing import CliRunner
from reconciler.cli.main import cli
for words in json.loads(sys.argv[1]):
    done = CliRunner().invoke(cli, words, prog_name="plexsync")
    print(json.dumps([done.exit_code, done.stdout, done.stderr]))
"""


def run_read_only(desk: Desk, *commands: list[str]) -> list[Said]:
    """Run commands to which the state's folder is read-only: a mount of their own."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("there is no unshare here")
    place = str(desk.state.parent)
    mount = f'mount --bind "{place}" "{place}" && mount -o remount,ro,bind "{place}"'
    prefix = [unshare, "-rm", "sh", "-c", f'{mount} && exec "$@"', "sh"]
    if subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode:  # noqa: S603 - our own
        pytest.skip("mounting is not allowed here")
    lines = [["--config", str(desk.config), *words] for words in commands]
    done = subprocess.run(  # noqa: S603 - our own code
        [*prefix, sys.executable, "-c", _IN_TURN, json.dumps(lines)],
        cwd=ROOT,
        env=desk.environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return [desk.heard(out, err, code=code) for code, out, err in told]


def test_a_state_on_a_read_only_disk_is_told_and_all_arrives_later(
    kept: Desk,
) -> None:
    scene = next(iter(kept.stash.scenes))
    kept.stash.update_scene(scene, title="Renamed")
    says = (
        (["reconcile"], f"cannot write {kept.state}: Read-only file system"),
        (["plan"], "make it and its folder writable for this user"),
        (["status"], "make it and its folder writable for this user"),
        (["state", "backup"], "Read-only file system; make it and its folder writable"),
        (["state", "restore"], f"cannot write {kept.state}: Read-only file system"),
    )

    told = run_read_only(kept, *(words for words, _ in says))

    for (_, words), said in zip(says, told, strict=True):
        (sentence,) = said.errors
        assert (said.code, words in sentence) == (1, True), sentence
    assert kept.title("one") == "One"

    kept.done("reconcile")
    assert kept.title("one") == "Renamed"


def test_the_documents_have_the_keys_that_are_listed(kept: Desk) -> None:
    kept.run("state", "backup", around=at(2))
    spoil(folder(kept) / "2026-03-02T12-00-00Z.db")
    kept.configure(state={"keep_backups": 1})

    verified = kept.run("state", "verify", "--json")
    restored = kept.run("state", "restore", "--json")
    made = kept.run("state", "backup", "--json")
    status = kept.done("status", "--json")

    assert set(keys(verified.document)) == expected("verify")
    assert set(keys(restored.document)) == expected("restore")
    assert set(keys(made.document)) == expected("backup")
    assert set(status.document["restored"]) == {"at", "of", "ended", "pass"}
    assert [s.document["exit_code"] for s in (verified, restored, made)] == [1, 0, 0]
    assert len(made.document["dropped"]) == 2
