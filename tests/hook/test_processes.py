"""The hook as a process: whatever happens to it, Stash sees that all is well."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.hook import POLL, SCENE
from tests.hook.events import updated
from tests.hook.running import SCRIPT, copied, run


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


def left(spool: Path) -> set[str]:
    return {path.name for path in spool.iterdir()}


def test_the_console_script_leaves_word_and_answers_in_json(spool: Path) -> None:
    done = run((*SCRIPT, "--spool", str(spool)), updated(45))

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == {"output": f"left {SCENE}45"}
    assert left(spool) == {f"{SCENE}45"}


def test_the_one_file_works_where_plexsync_is_not(spool: Path, tmp_path: Path) -> None:
    command = copied(tmp_path)

    done = run((*command, "--spool", str(spool)), updated(45))
    nameless = run(command, updated(45))

    assert (done.returncode, done.stderr) == (0, b"")
    assert left(spool) == {f"{SCENE}45"}
    assert (nameless.returncode, nameless.stderr) == (0, b"")
    assert b"no spool is named" in nameless.stdout


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_it_says_what_it_is_for_and_waits_for_nothing(flag: str) -> None:
    reading, writing = os.pipe()

    done = run((*SCRIPT, flag), None, stdin=reading)

    os.close(writing)
    os.close(reading)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"usage: plexsync-hook")


def test_a_stream_that_is_closed_or_full_is_no_error(spool: Path) -> None:
    command = " ".join((*SCRIPT, "--spool", str(spool)))
    spoilt = ("<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full")
    for redirection in spoilt:
        shell = ("/bin/sh", "-c", f"{command} {redirection}")

        done = run(shell, updated(45))

        assert (done.returncode, done.stderr) == (0, b""), redirection
    assert left(spool) == {f"{SCENE}45"}


def test_a_reader_that_went_away_is_no_error(spool: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    done = run((*SCRIPT, "--spool", str(spool)), updated(45), stdout=writing)

    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
    assert left(spool) == {f"{SCENE}45"}


@pytest.mark.parametrize("said", [b"", b"\xff", b"{", b"[" * 10_000_000])
def test_whatever_comes_it_ends_well(spool: Path, said: bytes) -> None:
    done = run((*SCRIPT, "--spool", str(spool)), said)

    assert (done.returncode, done.stderr) == (0, b"")
    assert left(spool) <= {POLL}


def test_reading_it_in_reads_in_little() -> None:
    """What it costs to start is what Stash waits for."""
    program = (
        "import sys; before = set(sys.modules)\n"
        "import reconciler.hook\n"
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    read_in = set(done.stdout.split())

    ours = {name for name in read_in if name.startswith(("reconciler", "state"))}
    assert ours == {"reconciler", "reconciler.hook"}
    tops = {name.split(".")[0] for name in read_in - ours}
    assert tops <= sys.stdlib_module_names
    assert not tops & {"argparse", "logging", "pathlib", "sqlite3", "tomllib", "typing"}
    assert len(read_in) < 40


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system without room for a file, where the system lets us."""
    place = tmp_path / "full"
    place.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "nr_inodes=1", "tmpfs", str(place)]
    mounted = (
        mount is not None
        and not subprocess.run(  # noqa: S603 - a fixed command
            [mount, *options], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("no file system may be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)  # noqa: S603, S607 - see above


def test_a_full_disk_is_no_error(full_disk: Path) -> None:
    done = run((*SCRIPT, "--spool", str(full_disk)), updated(45))

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"nothing was left: [Errno 28] No space left on device" in done.stdout
    assert left(full_disk) == set()
