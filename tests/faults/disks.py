"""Passes on a file system of their own, which fills up or fails under an open state.

Run as a process: a mount is to be seen by it alone, and to go with it.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from reconciler import logs
from state.errors import StateError
from tests.crash.truth import furnish_with_history, wrongs_of_ledger, wrongs_of_plex
from tests.faults.breaking import Resident

SCENES = 12


def _tell(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def fill(folder: Path) -> Path:
    """Leave no room on a file system."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size) == size:
                    pass
    return filler


def _at_rest(folder: Path) -> Resident:
    """Make a plexsync that has its state open, and to which all is news by now."""
    world = Resident(folder=folder)
    world.start()
    furnish_with_history(world, SCENES)
    world.reconcile()
    for scene in world.stash.scenes.values():
        details = ", ".join(["filmed from a boat"] * 200)  # what takes some room
        world.stash.update_scene(scene.id, title=f"{scene.title}, again")
        world.stash.update_scene(scene.id, details=f"{scene.id}: {details}")
    world.later(600)
    return world


def _fails(world: Resident) -> None:
    before, sent = world.plex.snapshot(), world.requests["plex put"]
    try:
        world.reconcile()
    except StateError as error:
        _tell("said:", error)
    changed = sum(one != before[key] for key, one in world.plex.snapshot().items())
    _tell("puts:", world.requests["plex put"] - sent, "changed:", changed)


def _converges(world: Resident) -> None:
    for _ in range(4):
        world.reconcile()
        world.later(600)
    assert world.ledger is not None
    _tell("wrongs:", wrongs_of_plex(world) + wrongs_of_ledger(world.ledger))


def full(folder: Path) -> None:
    """Fill the disk, and free it again; the same process goes on."""
    world = _at_rest(folder)
    filler = fill(folder)
    _fails(world)
    filler.unlink()
    _converges(world)
    world.stop()


def failing(folder: Path) -> None:
    """Have the system make it read-only, as it does after a fault of the disk."""
    world = _at_rest(folder)
    os.sync()  # as the system does within half a minute
    _mount("-o", "remount,abort", str(folder))
    _fails(world)
    world.stop()
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607 - our own
    _mount("-o", "loop", str(folder.with_name("image")), str(folder))
    world.start()
    _converges(world)
    world.stop()


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)  # noqa: S603, S607 - our own mount


DISKS: dict[str, Callable[[Path], None]] = {
    "full": full,
    "failing": failing,
}

if __name__ == "__main__":
    logs.configure("critical", logs.Form.JSON, (), sys.stderr)
    DISKS[sys.argv[1]](Path(sys.argv[2]))
