"""Runs of the hook beside a listener that writes, is killed, and starts again."""

import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from reconciler.clients.spool import Spool
from reconciler.clock import Clock
from reconciler.engine.hearing import hear
from state.ledger import Ledger
from tests.hook.events import updated
from tests.hook.listening import read_marked, record
from tests.hook.running import SCRIPT
from tests.state.samples import ENVIRONMENT, snapshot, write

_TWICE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """How long a whole process took, in milliseconds."""

    wall: float
    busy: float
    """Of a processor: what it takes on a machine that has nothing else to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long a number of processes took."""

    each: Sequence[Took]

    @property
    def median(self) -> float:
        return statistics.median(took.wall for took in self.each)

    @property
    def p99(self) -> float:
        return statistics.quantiles([took.wall for took in self.each], n=100)[98]

    @property
    def busy(self) -> float:
        return statistics.median(took.busy for took in self.each)

    def __str__(self) -> str:
        return (
            f"{len(self.each)} runs: median {self.median:5.1f} ms, p99 {self.p99:5.1f},"
            f" longest {max(took.wall for took in self.each):5.1f};"
            f" {self.busy:4.1f} ms of it busy"
        )


def timed(command: Sequence[str], said: bytes) -> tuple[Took, bytes]:
    """Run a command to its end, and time it from outside; give what it says."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own command
        command, input=said, stdout=subprocess.PIPE, check=True
    )
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall=wall * 1000, busy=busy * 1000), done.stdout


@dataclass(kw_only=True)
class Siege:
    """Some films, and who is to hear of it when they are edited.

    Each is edited twice, at once one after the other, and never again: so no later word
    makes good for one that was lost.
    """

    folder: Path
    films: int
    chance: Random = field(default_factory=lambda: Random(7))
    command: tuple[str, ...] = SCRIPT

    def __post_init__(self) -> None:
        self.spool, self.stash = self.folder / "spool", self.folder / "films"
        self.state = self.folder / "plexsync.db"
        self.stash.mkdir()
        Spool(self.spool).make()
        self.edits = dict.fromkeys(range(1, self.films + 1), 0)
        for scene in self.edits:
            self._put(scene)
        with Ledger(self.state) as ledger, ledger.transaction():
            films = [write(snapshot(scene, content="0")) for scene in self.edits]
            ledger.scenes.put(films)

    def edit(self) -> Took:
        """Edit a film and run the hook; say how long that one took."""
        scene = min(one for one, edits in self.edits.items() if edits < _TWICE)
        self.edits[scene] += 1
        self._put(scene)
        command = (*self.command, "--spool", str(self.spool))
        took, said = timed(command, updated(scene))
        assert b"left plexsync-" in said
        return took

    def run(self, edits: int, *, kills: int = 0) -> Times:
        """Edit so many times beside a listener; kill it so often meanwhile."""
        each = []
        listener = self._listener()
        at = set(self.chance.sample(range(edits), kills))
        try:
            for number in range(edits):
                if number in at:
                    listener = self._again(listener)
                each.append(self.edit())
        finally:
            kill(listener)
        return Times(each=each)

    def heard(self) -> dict[int, int]:
        """Say of each film how many edits were seen of it, once the rest is read."""
        with Ledger(self.state) as ledger:
            hear(ledger, Spool(self.spool))
            record(ledger, read_marked(ledger, self.stash))
            found = ledger.scenes.get(self.edits)
        return {scene: int(record.content) for scene, record in found.items()}

    def _put(self, scene: int) -> None:
        film = self.stash / str(scene)
        fresh = film.with_suffix(".new")
        fresh.write_text(str(self.edits[scene]), encoding="utf-8")
        fresh.replace(film)

    def _listener(self) -> "subprocess.Popen[str]":
        places = (str(self.state), str(self.spool), str(self.stash))
        started = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.hook.listening", *places],
            stdout=subprocess.PIPE,
            env=ENVIRONMENT,
            text=True,
        )
        assert started.stdout is not None
        assert started.stdout.readline() == "listening\n"
        return started

    def _again(self, listener: "subprocess.Popen[str]") -> "subprocess.Popen[str]":
        """Kill it, let the hook tell while nobody listens, and start another.

        That is at any moment of what it does with the last word of the hook.
        """
        Clock().wait(self.chance.uniform(0, 0.005))
        kill(listener)
        self.edit()
        return self._listener()


def kill(listener: "subprocess.Popen[str]") -> None:
    """Kill it, so that nothing of it runs any more."""
    with listener:
        listener.kill()
    assert listener.returncode == -signal.SIGKILL
