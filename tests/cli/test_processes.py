"""The real command in a process of its own: signals, pipes, and a disk that is full."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.sandbox.server import Request


def is_whole(desk: Desk) -> bool:
    with closing(sqlite3.connect(desk.state)) as db:
        return bool(db.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def is_delivered(desk: Desk, count: int) -> bool:
    titles = {desk.title(f"reel-{number:03}") for number in range(count)}
    return titles == {f"Reel-{number:03}" for number in range(count)}


def test_from_nothing_to_quiet(desk: Desk) -> None:
    desk.scene("one")

    first = desk.process("reconcile")
    second = desk.process("reconcile", "--count-requests")

    assert (first.code, first.out) == (0, "pass 1: 1 item written (2 fields)\n")
    assert (
        second.out == "0 items written (0 fields)\nsent: 1 request\n  1  stash poll\n"
    )
    assert (second.code, second.err) == (0, "")
    assert desk.state.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_an_interrupt_ends_it_in_good_order(
    desk: Desk, arguments: tuple[str, ...]
) -> None:
    """What was sent is read back and recorded; the next run goes on behind it."""
    desk.fill(60)
    process: list[subprocess.Popen[str]] = []
    puts = 0

    def interrupt(request: Request) -> None:
        nonlocal puts
        puts += request.method == "PUT"
        if puts == 20:
            process[0].send_signal(signal.SIGINT)

    desk.before_plex = interrupt
    with desk.start("reconcile", *arguments) as started:
        process.append(started)
        out, err = started.communicate(timeout=60)
    said = desk.heard(out, err, code=started.returncode)
    sent = puts
    desk.before_plex = lambda _: None

    assert said.code == 130
    assert said.errors == [
        "error: interrupted: what was done is recorded; run again to go on from there"
    ]
    if arguments:
        assert said.document["exit_code"] == 130
    assert is_whole(desk)
    rest = desk.done("reconcile", "--json").document
    assert 0 < rest["counts"]["written_items"] <= 60 - sent + 1
    assert is_delivered(desk, 60)


def test_interrupts_that_keep_coming_lose_nothing(desk: Desk) -> None:
    desk.fill(60)
    is_busy, puts = threading.Event(), 0

    def count(request: Request) -> None:
        nonlocal puts
        puts += request.method == "PUT"
        if puts == 20:
            is_busy.set()

    desk.before_plex = count
    with desk.start("reconcile") as started:
        assert is_busy.wait(60)
        while started.poll() is None:
            started.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                started.wait(0.002)
        out, err = started.communicate(timeout=60)
    said = desk.heard(out, err, code=started.returncode)
    desk.before_plex = lambda _: None

    assert said.code == 130
    assert said.errors
    assert all(line.startswith("error: interrupted") for line in said.errors)
    assert is_whole(desk)
    desk.done("reconcile")
    assert is_delivered(desk, 60)


def test_a_second_interrupt_says_in_a_sentence_that_it_stops_at_once(
    desk: Desk,
) -> None:
    """Wherever the first has got to: here, to somebody who hides it."""
    program = (
        "import contextlib, os, signal\n"
        "from reconciler.cli.interrupting import heed\n"
        "heed()\n"
        "with contextlib.suppress(KeyboardInterrupt):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "print('stopping', flush=True)\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "print('never')\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )

    said = desk.heard(done.stdout, done.stderr, code=done.returncode)
    assert (said.code, said.out) == (130, "stopping\n")
    assert said.err == (
        "error: interrupted again: stopped at once, nothing is lost; what was sent last"
        " is looked at by the next run\n"
    )


@pytest.mark.parametrize(("is_ignored", "code"), [(False, -signal.SIGINT), (True, 0)])
def test_an_interrupt_while_it_is_read_in_ends_it_without_a_word(
    desk: Desk,
    is_ignored: bool,  # noqa: FBT001 - a parameter of pytest's
    code: int,
) -> None:
    """Here with every module that is looked for; nothing is held yet."""
    program = (
        "import os, signal, sys\n"
        "from reconciler.__main__ import main\n"
        "class Interrupting:\n"
        "    def find_spec(self, *_):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        f"if {is_ignored}:\n"
        "    signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "main()\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", program, "--version"],
        check=False,
        capture_output=True,
        text=True,
    )

    said = desk.heard(done.stdout, done.stderr, code=done.returncode)
    assert (said.code, said.err) == (code, "")
    assert bool(said.out) is is_ignored


def test_interrupts_that_are_ignored_stay_so(desk: Desk) -> None:
    """As they are for what a shell has put into the background."""
    program = (
        "import os, signal\n"
        "from reconciler.cli.interrupting import heed\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "heed()\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "print('going on')\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    said = desk.heard(done.stdout, done.stderr, code=done.returncode)
    assert (said.code, said.out) == (0, "going on\n")


@pytest.mark.parametrize("arguments", [("plan",), ("plan", "--json"), ("--help",)])
def test_a_reader_that_went_away_is_no_news(
    desk: Desk, arguments: tuple[str, ...]
) -> None:
    desk.fill(3)
    reading, writing = os.pipe()
    os.close(reading)

    said = desk.process(*arguments, stdout=writing)

    os.close(writing)
    assert said.errors == []
    assert said.code == 1


@pytest.mark.parametrize("arguments", [("plan",), ("plan", "--json"), ("status",)])
def test_output_that_nothing_takes_is_a_sentence(
    desk: Desk, arguments: tuple[str, ...]
) -> None:
    desk.fill(3)
    with Path("/dev/full").open("w") as full:
        said = desk.process(*arguments, stdout=full)

    assert said.code == 1
    (sentence,) = said.errors
    assert "no space left on device; free some space, run again" in sentence


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [0, 1_000, 60_000, 250_000])
def test_a_file_that_may_not_grow_loses_nothing(desk: Desk, size: int) -> None:
    """Wherever it stops, the next run with room makes Plex right."""
    desk.fill(40)

    said = desk.process("reconcile", "--json", preexec_fn=partial(limit_files, size))

    (sentence,) = said.errors
    assert said.code == said.document["exit_code"] == 1
    assert str(desk.state.parent) in sentence
    desk.done("reconcile")
    assert is_whole(desk)
    assert is_delivered(desk, 40)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 400 KiB, where the system lets us."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    mounted = (
        mount is not None
        and not subprocess.run(  # noqa: S603 - a fixed command
            [mount, "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)],
            check=False,
            capture_output=True,
        ).returncode
    )
    if not mounted:
        pytest.skip("no file system may be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)  # noqa: S603, S607 - see above


def test_a_full_disk_loses_nothing(desk: Desk, small_disk: Path) -> None:
    desk.state = small_disk / "plexsync.db"
    desk.tables["state"]["path"] = str(desk.state)
    desk.configure()
    desk.fill(40)

    said = desk.process("reconcile", "--json")
    room = ["mount", "-o", "remount,size=40m", str(small_disk)]
    subprocess.run(room, check=True)  # noqa: S603 - a fixed command

    assert said.code == said.document["exit_code"] == 1
    assert " is full" in said.errors[0] or "no room" in said.errors[0]
    desk.done("reconcile")
    assert is_whole(desk)
    assert is_delivered(desk, 40)
