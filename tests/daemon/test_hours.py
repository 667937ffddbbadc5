"""A thousand hours on clocks that a test sets: nothing missed, nothing twice."""

import json
import resource
import signal
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import time_machine

from reconciler import logs
from reconciler.bootstrap import Servers
from reconciler.clock import Clock
from reconciler.config.loading import load
from reconciler.config.models import Config
from reconciler.core.values import Field
from reconciler.daemon.agenda import Task
from reconciler.daemon.asking import Request, asked_fields
from reconciler.daemon.calling import Call
from reconciler.daemon.running import Daemon
from reconciler.daemon.systemd import Notifier
from reconciler.engine.settings import Scope
from reconciler.engine.sweeping import slice_at
from state.door import Visit
from tests.world import FILMS, World

POLL = 60
HOUR = 3600
SWEEP = 2 * HOUR
SCENES = 20

_CONFIG = """
[stash]
url = "http://stash.test:9999"
[plex]
url = "http://plex.test:32400"
token = "{token}"
libraries = ["Films"]
share = 1
[state]
path = "{state}"
[schedule]
poll = "{poll}s"
sweep = "{sweep}s"
[[paths]]
stash = "/data/films"
plex = "/media/films"
"""


@dataclass(kw_only=True)
class Months:
    """A daemon that a test leads through its time, minute by minute."""

    world: World
    wall: time_machine.Traveller
    monotonic: float = 0.0
    done: list[tuple[float, Task]] = field(default_factory=list)
    daemon: Daemon = field(init=False)

    def __post_init__(self) -> None:
        config = self.world.folder / "plexsync.toml"
        text = _CONFIG.format(
            token=self.world.plex.model.token,
            state=self.world.state,
            poll=POLL,
            sweep=SWEEP,
        )
        config.write_text(text, encoding="utf-8")
        config.chmod(0o600)
        self.daemon = Daemon(
            config=load(config, {}),
            load=lambda: load(config, {}),
            clock=Clock(monotonic=lambda: self.monotonic),
            mounts=lambda: "",
            notifier=Notifier(),
            servers=self._servers,
        )
        self.daemon.start()
        self._work()

    def _servers(self, _: Config) -> Servers:
        world = self.world
        return Servers(stash=world.source, plex=world.library, requests=world.requests)

    def live(self, seconds: int, step: int = POLL) -> None:
        """Let time go by, and the daemon do what is due at each step."""
        for _ in range(seconds // step):
            self.monotonic += step
            self.world.later(step)
            self.wall.shift(step)
            self.daemon.beat()
            self._work()

    def jump(self, seconds: float) -> None:
        """Set our wall clock; the servers' clocks are right."""
        self.wall.shift(seconds)

    def _work(self) -> None:
        while (task := self.daemon.agenda.take(0)) is not None:
            self.done.append((self.monotonic, task))
            self.daemon.worker.do(task)

    def times(self, task: Task) -> list[float]:
        return [moment for moment, one in self.done if one is task]

    def close(self) -> None:
        self.daemon.agenda.close()
        self.daemon.worker.work()


@pytest.fixture
def months(tmp_path: Path) -> Iterator[Months]:
    logs.configure("critical", logs.Form.JSON, (), sys.stderr)
    world = World(folder=tmp_path)
    for number in range(SCENES):
        world.scene(f"reel-{number:02}", title=f"Reel {number}")
    start = datetime.fromtimestamp(world.moment, UTC)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    with time_machine.travel(start, tick=False) as wall:
        made = Months(world=world, wall=wall)
        yield made
        made.close()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def edit(months: Months, chance: Random) -> tuple[str, str]:
    """Give a scene another title; return its file's stem and the title."""
    scene = chance.randint(1, SCENES)
    title = f"Take {chance.random()}"
    months.world.stash.update_scene(scene, title=title)
    return f"reel-{scene - 1:02}", title


def test_each_task_is_done_in_its_time(months: Months) -> None:
    months.live(3 * HOUR)

    assert months.times(Task.POLL) == [POLL * n for n in range(3 * 60 + 1)]
    assert months.times(Task.SWEEP) == [HOUR * n for n in range(1, 4)]


@pytest.mark.parametrize("jump", [-HOUR, 3 * HOUR, 30 * 24 * HOUR, -30 * 24 * HOUR])
def test_a_jump_of_the_clock_neither_stops_nor_storms_it(
    months: Months, jump: int
) -> None:
    chance = Random(jump)
    months.live(2 * HOUR)
    months.jump(jump)
    for _ in range(4):
        stem, title = edit(months, chance)
        months.live(10 * POLL)
        assert months.world.value(stem, Field.TITLE) == title

    after = Counter(m for m, task in months.done if task is Task.POLL)
    assert set(after.values()) == {1}
    minutes = months.monotonic / POLL
    assert minutes - 1 <= len(after) <= minutes + 2


@pytest.mark.parametrize("is_troubled", [False, True])
def test_a_quiet_hour_writes_nothing_to_disk(
    months: Months, *, is_troubled: bool
) -> None:
    """Its sweep included, be it the first of a round, which lists everything."""
    if is_troubled:
        trouble(months)
    months.live(3 * HOUR)  # each slice has been looked at
    before, asked = _disk(months.world.folder), months.world.requests.copy()
    slices = set()

    for _ in range(2):
        months.live(HOUR)
        slices.add(slice_at(int(months.world.moment), SWEEP))
        assert _disk(months.world.folder) == before

    sent = months.world.requests - asked
    assert slices == {(0, 2), (1, 2)}
    assert sent["stash poll"] == 2 * 61  # the sweeps' among them
    assert sent["stash rows"]
    assert sent["plex listing"]


@pytest.mark.slow
def test_of_a_quiet_day_nothing_is_copied_either(months: Months) -> None:
    """What the first hour changed is copied once, a day after the copy before it."""
    months.live(25 * HOUR)
    before = _disk(months.world.folder)
    copies = months.world.state.with_name(f"{months.world.state.name}.backups")
    assert len([name for name in before if copies.name in name]) == 2

    for _ in range(26):
        months.live(HOUR)
        assert _disk(months.world.folder) == before


def trouble(months: Months) -> None:
    """Leave a scene waiting, an edit kept, a conflict, a lost item, and a tombstone."""
    world = months.world
    world.scene("glacier", in_plex=False, title="Glacier")
    months.live(2 * POLL)
    for stem in ("reel-00", "reel-01"):
        world.plex.person.edit(world.key(stem), title="My reel")
    world.plex.scanner.remove(world.section, "/media/films/reel-07.mp4")
    world.plex.scanner.empty_trash(world.section)
    world.stash.destroy_scenes(10)
    months.live(2 * HOUR)
    world.stash.update_scene(2, title="Another")
    months.live(HOUR)
    standing = months.daemon.worker.news.status
    assert standing is not None
    assert (standing.conflicts, standing.deleted) == (1, 1)
    assert standing.waiting == {FILMS: 2}


@pytest.mark.slow
def test_a_day_with_a_scene_that_waits_for_ever_costs_plex_152_requests(
    months: Months,
) -> None:
    """One in each pass of the first hour, then four an hour; the rest are sweeps'."""
    months.live(HOUR)
    months.world.scene("glacier", in_plex=False, title="Glacier")
    before = months.world.requests.copy()

    months.live(24 * HOUR)

    sent = months.world.requests - before
    assert sent["stash poll"] == 24 * 60 + 24
    assert sent["plex sections"] == 60 + 23 * 4 + 24
    # which list what has changed, or everything, and read their slices
    of_sweeps = {"plex sections": 24, "plex listing": 36, "plex items": 60}
    asked = {kind: n for kind, n in sent.items() if kind.startswith("plex")}
    assert sum(asked.values()) - sum(of_sweeps.values()) == 152
    assert asked.keys() == of_sweeps.keys()


def test_a_person_s_pass_at_the_door_looks_at_once_and_a_poll_does_not(
    months: Months,
) -> None:
    months.world.scene("glacier", in_plex=False, title="Glacier")
    months.live(2 * POLL)
    months.live(2 * HOUR, step=2 * HOUR)
    before = months.world.requests["plex sections"]
    months.live(2 * POLL)
    assert months.world.requests["plex sections"] == before
    ours, theirs = socket.socketpair()
    request = Request(scope=Scope())
    line = json.loads(json.dumps(asked_fields(request)))

    with Visit(ours) as visit:
        months.daemon.worker._host.take(Call(visit=Visit(theirs), line=line))
        months._work()
        said = [told for told in iter(visit.hear, None) if "answer" in told]

    assert said[0]["answer"]["report"]["waiting"] == 1
    assert months.world.requests["plex sections"] == before + 1


def _disk(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Take every file as it is, the copies of the state among them.

    Of the log's shared memory only what is in it: it is mapped, and has no time.
    """
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            status = path.stat()
            moment = 0 if path.name.endswith("-shm") else status.st_mtime_ns
            name = str(path.relative_to(folder))
            found[name] = (status.st_size, moment, path.read_bytes())
    return found


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "hours",
    [
        pytest.param(100, marks=pytest.mark.slow),
        pytest.param(1000, marks=pytest.mark.bench),
    ],
)
def test_hundreds_of_hours(months: Months, hours: int) -> None:
    """At an edit every four hours on average: no poll missed, none made twice."""
    chance, world = Random(hours), months.world
    months.live(24 * HOUR)
    size, memory = world.state.stat().st_size, _memory()
    for _ in range(hours - 24):
        edited = [edit(months, chance)] if chance.random() < 0.25 else []
        months.live(HOUR)
        for stem, title in edited:
            assert world.value(stem, Field.TITLE) == title

    polls, sweeps = months.times(Task.POLL), months.times(Task.SWEEP)
    print(  # noqa: T201 - figures for whoever runs it with -s
        f"\n{len(polls):,} polls, {len(sweeps):,} sweeps,"
        f" {world.requests['stash poll']:,} poll requests,"
        f" {world.requests['plex put']:,} writes;"
        f" state {size / 1e6:.1f} to {world.state.stat().st_size / 1e6:.1f} MB,"
        f" memory {memory:.0f} to {_memory():.0f} MB"
    )
    assert polls == [POLL * n for n in range(hours * 60 + 1)]
    assert sweeps == [HOUR * n for n in range(1, hours + 1)]
    assert world.state.stat().st_size < size + 2_000_000
    assert _memory() < memory + 20


def _memory() -> float:
    """Say the most that this process has had, in MB: what it keeps shows in it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
