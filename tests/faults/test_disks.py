"""A disk that is full, or fails, costs time: on file systems of their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.desk import ROOT

_SCRIPT = """
set -e
mount {} || exit 77
exec "$@"
"""
_NOT_ALLOWED = 77


def run_on(
    options: str, point: Path, *kind: str, flags: Sequence[str], module: str = "disks"
) -> list[str]:
    """Run a module where something is mounted; skip where that is not allowed."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("there is no unshare here")
    point.mkdir()
    script = _SCRIPT.format(options.format(point=point))
    passes = [sys.executable, "-m", f"tests.faults.{module}", *kind, str(point)]
    done = subprocess.run(  # noqa: S603 - our own script
        [unshare, *flags, "sh", "-c", script, "sh", *passes],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode == _NOT_ALLOWED or "unshare failed" in done.stderr:
        pytest.skip("mounting is not allowed here")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_full_disk_is_told_and_the_same_process_goes_on_once_there_is_room(
    tmp_path: Path,
) -> None:
    point = tmp_path / "small"
    mount = "-t tmpfs -o size=3m tmpfs {point}"

    said, counted, wrongs = run_on(mount, point, "full", flags=["-rm"])

    assert said == (
        f"said: the state {point}/plexsync.db cannot be used: the disk is full:"
        " free some space and run again"
    )
    assert counted == "puts: 0 changed: 0"
    assert wrongs == "wrongs: []"


def test_a_disk_that_becomes_read_only_under_an_open_state_is_told(
    tmp_path: Path,
) -> None:
    """As the system makes it after a fault of the disk, and only then."""
    if os.geteuid() or shutil.which("mkfs.ext4") is None:
        pytest.skip("mounting a disk is for root, and takes mkfs.ext4")
    image, point = tmp_path / "image", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(40 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)  # noqa: S603, S607 - our own
    mount = f"-o loop {image} {{point}}"

    said, counted, wrongs = run_on(mount, point, "failing", flags=["-m"])

    assert said == (
        f"said: the state {point}/plexsync.db cannot be used: the disk does not take"
        " what is written: see whether it is full, fails, has become read-only or has a"
        " quota, and run again"
    )
    assert counted == "puts: 0 changed: 0"
    assert wrongs == "wrongs: []"


@pytest.mark.parametrize("size", [200, 300, 400, 500, 700, 900, 1200, 1500, 1900])
def test_wherever_a_disk_is_full_nothing_half_done_takes_a_good_place(
    tmp_path: Path, size: int
) -> None:
    """Be it a state that is made, a backup of it, or one that is put back."""
    point = tmp_path / "small"
    mount = f"-t tmpfs -o size={size}k tmpfs {{point}}"

    told = run_on(mount, point, flags=["-rm"], module="small_disk")

    assert len(told) == 3, told
    full = "free some space and run again"
    ends = [line for line in told if full in line or "there is no" in line]
    done = [line for line in told if line.startswith("done: ")]
    assert len(done) + len(ends) == 3, told
