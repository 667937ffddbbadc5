"""What the daemon costs while nothing happens, and how long an edit takes: printed.

MINUTES and EDITS make it shorter: the figures that are told are of ten and a hundred.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.cli.desk import Desk
from tests.daemon.conftest import Running, is_soon

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

SCENES = 1000
POLL = 5
MINUTES = float(os.environ.get("MINUTES", "10"))
EDITS = int(os.environ.get("EDITS", "100"))
_TICK = os.sysconf("SC_CLK_TCK")

Say = Callable[[str], None]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    def print_it(line: str) -> None:
        with capsys.disabled():
            print(line)  # noqa: T201 - a bench prints

    return print_it


class Process:
    """What the system counts of a process."""

    def __init__(self, pid: int) -> None:
        self._folder = Path("/proc") / str(pid)

    def cpu(self) -> float:
        """Seconds of a processor."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def written(self) -> int:
        """Bytes that it has had written to a disk."""
        return int(self._line("io", "write_bytes"))

    def memory(self) -> float:
        """MB that it has in memory."""
        return int(self._line("status", "VmRSS").split()[0]) / 1024

    def _line(self, name: str, key: str) -> str:
        for line in (self._folder / name).read_text().splitlines():
            found, _, value = line.partition(":")
            if found == key:
                return value.strip()
        raise AssertionError(key)


def test_what_quiet_minutes_cost(desk: Desk, say: Say) -> None:
    for number in range(SCENES):
        desk.scene(f"reel-{number:04}", details=f"The {number}th survey.")
    desk.configure(schedule={"poll": POLL})
    daemon = Running(desk)
    try:
        daemon.waits_for("pass ended", patience=300)
        # rows that were just stamped are looked at again until their seconds are over
        time.sleep(150)  # noqa: TID251 - a bench waits
        process, polls = Process(daemon.process.pid), desk.stash_server.counts
        cpu, disk = process.cpu(), process.written()
        asked, plex = sum(polls.values()), sum(desk.plex_server.counts.values())
        time.sleep(60 * MINUTES)  # noqa: TID251 - as above
        share = (process.cpu() - cpu) / (60 * MINUTES)
        asked = sum(polls.values()) - asked
        plex = sum(desk.plex_server.counts.values()) - plex
        disk = process.written() - disk
        memory = process.memory()
    finally:
        daemon.stop()
    expected = 60 * MINUTES / POLL
    say(
        f"\n{MINUTES:g} quiet minutes, {SCENES} scenes, poll = {POLL} s:"
        f" {share:.2%} of a processor, {memory:.0f} MB, {asked / expected:.2f} requests"
        f" of Stash a poll, {plex} of Plex, {disk} bytes written"
    )
    assert (plex, disk) == (0, 0)
    assert abs(asked - expected) <= 2
    assert memory <= 90


@pytest.mark.parametrize("is_hooked", [False, True])
def test_how_long_an_edit_takes(
    desk: Desk, tmp_path: Path, say: Say, *, is_hooked: bool
) -> None:
    for number in range(20):
        desk.scene(f"reel-{number:02}")
    spool = tmp_path / "spool"
    if is_hooked:
        desk.tables["hook"] = {"spool": str(spool)}
    desk.configure(schedule={"poll": POLL})
    daemon = Running(desk)
    chance, took = Random(5), list[float]()
    try:
        daemon.waits_for("pass ended")
        for number in range(EDITS):
            threading.Event().wait(chance.uniform(0, POLL))
            stem, title = f"reel-{number % 20:02}", f"Take {number}"
            began = time.monotonic()
            desk.stash.update_scene(1 + number % 20, title=title)
            if is_hooked:
                _hook(spool, 1 + number % 20)
            assert is_soon(lambda s=stem, t=title: desk.title(s) == t, 60)  # type: ignore[misc] # bound now
            took.append(time.monotonic() - began)
    finally:
        daemon.stop()
    say(
        f"\n{EDITS} edits at poll = {POLL} s, {'with' if is_hooked else 'without'} the"
        f" hook: median {statistics.median(took):.2f} s, max {max(took):.2f} s"
    )
    assert max(took) < (POLL if is_hooked else 2 * POLL)


def _hook(spool: Path, scene: int) -> None:
    event = (
        '{"args": {"hookContext": {"id": %d, "type": "Scene.Update.Post",'
        ' "input": {"id": "%d"}}}}'
    )
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "reconciler.hook", "--spool", str(spool)],
        input=(event % (scene, scene)).encode(),
        check=True,
        capture_output=True,
    )
