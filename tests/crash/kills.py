"""Real kills: `kill -9` in a reconcile over HTTP, at a boundary or at any moment.

The library is made once. For each kill a process is forked that serves it, and one that
reconciles until it is killed; so every kill meets the same library, at no cost.
"""

import multiprocessing
import os
import shutil
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from reconciler.clients.endpoint import Endpoint
from reconciler.clients.plex import PlexClient
from reconciler.clients.stash import StashClient
from reconciler.clock import Clock
from state.ledger import Ledger
from tests.crash.boundaries import Hit, count_only, kill_at, watched
from tests.crash.truth import furnish_with_history, wrongs_of_ledger, wrongs_of_plex
from tests.sandbox.stash.http import StashDouble
from tests.world import World

_FORK = multiprocessing.get_context("fork")
_PATIENCE = 300.0


class Library:
    """A library to kill reconciles of, furnished once."""

    def __init__(self, folder: Path, scenes: int) -> None:
        self.folder = folder
        self.world = World(folder=folder)
        furnish_with_history(self.world, scenes)
        self.world.clock = Clock()

    def boundaries(self) -> int:
        """Count the boundaries of an undisturbed reconcile."""
        with _Served(self.world) as served:
            return served.reconcile(self.folder / "count", count_only).reached

    def seconds(self) -> float:
        """Take the time of an undisturbed reconcile."""
        with _Served(self.world) as served:
            begin = time.monotonic()
            served.reconcile(self.folder / "time", count_only)
            return time.monotonic() - begin

    def kill(self, boundary: int) -> list[str]:
        """Kill a reconcile at *boundary*, run another one; say what is wrong then."""
        code, wrongs = self._killed(kill_at(boundary), _PATIENCE)
        if code != -signal.SIGKILL:
            wrongs.append(f"it was not killed: exit code {code}")
        return [f"kill at {boundary}: {wrong}" for wrong in wrongs]

    def kill_after(self, seconds: float) -> list[str] | None:
        """Do the same in the middle of whatever it does then; None: it had ended."""
        code, wrongs = self._killed(count_only, seconds)
        if code == 0 and not wrongs:
            return None
        return [f"kill after {seconds:.3f} s: {wrong}" for wrong in wrongs]

    def _killed(self, hit: Hit, seconds: float) -> tuple[int, list[str]]:
        """Tell how the first one ended, and what is wrong after the second."""
        place = self.folder / "killed"
        with _Served(self.world) as served:
            first = served.reconcile(place, hit, seconds)
            second = served.reconcile(place, count_only)
            wrongs = [*served.wrongs(), *second.wrongs]
        shutil.rmtree(place)
        if second.code != 0:
            wrongs.append(f"the next reconcile failed: exit code {second.code}")
        return first.code, wrongs


@dataclass(frozen=True, kw_only=True)
class _Run:
    code: int
    reached: int = 0
    wrongs: tuple[str, ...] = ()


class _Served:
    """A process that serves both doubles and knows the truth about them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __enter__(self) -> Self:
        self._line, theirs = _FORK.Pipe()
        self._process = _FORK.Process(target=_serve, args=(self._world, theirs))
        self._process.start()
        self.urls: tuple[str, str] = self._line.recv()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.kill()
        self._process.join()

    def reconcile(self, folder: Path, hit: Hit, seconds: float = _PATIENCE) -> _Run:
        """Reconcile in a process of its own, killed after so long; say how it ended."""
        folder.mkdir(exist_ok=True)
        ours, theirs = _FORK.Pipe()
        run = _FORK.Process(
            target=_reconcile, args=(self._world, self.urls, folder, hit, theirs)
        )
        run.start()
        theirs.close()
        run.join(seconds)
        run.kill()
        run.join()
        answer = ours.recv() if run.exitcode == 0 else {}
        return _Run(code=run.exitcode or 0, **answer)

    def wrongs(self) -> list[str]:
        """Say what is wrong with the items now."""
        self._line.send("look")
        found: list[str] = self._line.recv()
        return found


def _serve(world: World, line: Connection) -> None:
    with StashDouble(world.stash).serve() as stash, world.plex.serve() as plex:
        line.send((stash.url, plex.url))
        while line.recv():
            line.send(wrongs_of_plex(world))


def _reconcile(
    world: World, urls: tuple[str, str], folder: Path, hit: Hit, line: Connection
) -> None:
    world.folder = folder
    world.source = StashClient(Endpoint(url=urls[0]), world.requests)
    token = world.plex.model.token
    world.library = PlexClient(Endpoint(url=urls[1], secret=token), world.requests)
    with watched(hit) as reached:
        world.reconcile()
        count = reached()
    with Ledger(world.state) as ledger:
        wrongs = tuple(wrongs_of_ledger(ledger))
    line.send({"reached": count, "wrongs": wrongs})
    os._exit(0)
