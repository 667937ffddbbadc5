"""What passes cost over HTTP on loopback: seconds and requests, printed as they are."""

import time
from collections import Counter
from pathlib import Path

import pytest

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.plex import PlexClient
from reconciler.clients.stash import StashClient
from reconciler.clock import Clock
from tests.engine.films import furnish
from tests.sandbox.stash.http import StashDouble
from tests.world import Outcome, World

SCENES = 1000


class Bench:
    """Runs passes and prints a line for each."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self.world, self._capsys = world, capsys

    def run(self, name: str) -> Outcome:
        start, cpu = time.perf_counter(), time.process_time()
        outcome = self.world.reconcile()
        wall = time.perf_counter() - start
        busy = time.process_time() - cpu
        sent = ", ".join(f"{n} {kind}" for kind, n in sorted(outcome.sent.items()))
        with self._capsys.disabled():
            print(f"{name:24} {wall:7.3f} s, {busy:7.3f} s of it busy; {sent}")  # noqa: T201 - a bench prints
        return outcome


@pytest.mark.bench
def test_first_pass_quiet_pass_and_one_edit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The doubles run in the same process: busy time is theirs and ours together."""
    world = World(folder=tmp_path)
    furnish(world, SCENES)
    world.clock = Clock()
    token = world.plex.model.token
    with StashDouble(world.stash).serve() as stash, world.plex.serve() as plex:
        world.requests = Tally()
        world.source = StashClient(Endpoint(url=stash.url), world.requests)
        endpoint = Endpoint(url=plex.url, secret=token)
        world.library = PlexClient(endpoint, world.requests)
        bench = Bench(world, capsys)

        first = bench.run(f"first of {SCENES}")
        bench.run("quiet, rows unsettled")
        world.later(600)
        bench.run("rows settle")
        quiet = bench.run("quiet")
        world.stash.update_scene(1, title="Reel 1, restored")
        edit = bench.run("one edit")
    size = world.state.stat().st_size
    with capsys.disabled():
        print(f"{'state':24} {size / SCENES:7.0f} bytes a scene")  # noqa: T201 - as above

    assert first.puts == SCENES
    assert quiet.sent == Counter({"stash poll": 1})
    assert edit.puts == 1
