"""A World with its oracle: the passes that are run in it, and what is held of each."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from reconciler.core.desire import Rules
from reconciler.engine.errands import Errand, Undo
from state.ledger import Ledger
from tests.crash.boundaries import Crash, crash_at, watched
from tests.machine import laws
from tests.machine.asking import about
from tests.machine.draws import PEOPLE, STUDIOS, TAGS
from tests.machine.kept import KeptWorld
from tests.machine.oracle import ROOT, Oracle
from tests.machine.seen import look
from tests.sandbox.plex.switches import Switches
from tests.world import FILMS, Outcome, World

PASSES = 6
"""So many passes, with time between them, have to be enough."""

_WHOLE: tuple[dict[str, object], ...] = ({}, {"is_full": True})
"""The scopes of a pass that leaves nothing out."""

_FAST = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_STRANGERS = (f"{ROOT}/heron.mkv", f"{ROOT}/old/heron.mp4")


@cache
def _empty_state() -> bytes:
    """Make a state once: to migrate one anew costs more than ten passes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plexsync.db"
        with Ledger(path):
            pass
        return path.read_bytes()


def _folder() -> Path:
    fast = _FAST if _FAST.is_dir() else None
    return Path(tempfile.mkdtemp(prefix="plexsync-machine-", dir=fast))


class Stage:
    """Both servers, plexsync, and who keeps count of them."""

    def __init__(self, switches: Switches, rules: Rules, agent: str) -> None:
        self.folder = _folder()
        (self.folder / "plexsync.db").write_bytes(_empty_state())
        self.world = KeptWorld(folder=self.folder, switches=switches)
        self.world.plex.model.sections[self.world.section].agent = agent
        self.world.rules = {FILMS: dict(rules)}
        self.oracle = Oracle(self.world, rules)
        self._policies = 0
        self._peak = self.world.moment
        stash, plex = self.world.stash, self.world.plex
        self.ids = {
            "tag_ids": [stash.create_tag(name) for name in TAGS],
            "performer_ids": [stash.create_performer(name) for name in PEOPLE],
            "studio_id": [stash.create_studio(name) for name in STUDIOS],
        }
        for path in _STRANGERS:
            plex.add(self.world.section, path)
        self.attic = plex.add_section("Attic", ROOT)
        plex.add(self.attic, f"{ROOT}/heron.mp4")

    def close(self) -> None:
        self.world.close()
        shutil.rmtree(self.folder)

    def policies(self, rules: Rules) -> None:
        """Let the configuration mean something else."""
        self._policies += 1
        self.world.rules = {FILMS: dict(rules)}
        self.world.meaning = f"policies {self._policies}"

    def set_back(self, seconds: float) -> None:
        """Set the clocks back, never by more than a minute and a half in all."""
        self._peak = max(self._peak, self.world.moment)
        self.world.moment = max(self.world.moment - seconds, self._peak - 90)

    def run(self, **scope: object) -> Outcome:
        """Reconcile, and hold against it what holds of any pass."""
        outcome: list[Outcome] = []
        self._watch(lambda: outcome.append(self.world.reconcile(**scope)))
        if outcome[0].report.problems:
            self.oracle.cut_short()
        elif scope in _WHOLE and not owed(self.world):
            self._done(is_full=bool(scope))
        return outcome[0]

    def _done(self, *, is_full: bool) -> None:
        """Hold what holds of a pass over everything, after which nothing is owed."""
        seen = look(self.world)
        self.oracle.in_doubt = False
        self.oracle.granted()
        self._hold(laws.nothing_is_missed(self.oracle, seen, is_full=is_full))
        if is_full:
            self._hold(laws.what_stash_dropped_is_gone(self.oracle, seen))
            self.oracle.settled(seen)

    def crash(self, boundary: int) -> None:
        """Crash a reconcile at a boundary, if it has that many; start anew."""
        self._watch(lambda: self._crash(boundary, self.world.reconcile))

    def _crash(self, boundary: int, act: Callable[[], object]) -> None:
        try:
            with watched(crash_at(boundary)):
                act()
        except Crash:
            self.oracle.cut_short()
        self.world.restart()

    def ask(self, errand: Errand, *, boundary: int | None = None) -> None:
        """Ask for something by a command, which may crash at a boundary."""
        self.oracle.asked(errand, about(self.oracle, self.world, errand))
        act = partial(self.world.carry_out, errand)
        if boundary is not None:
            self._watch(lambda: self._crash(boundary, act))
            return
        outcome: list[Outcome] = []
        self._watch(lambda: outcome.append(act()))
        self.oracle.overtaken()  # a command writes what it knows of Stash
        if outcome[0].report.problems:
            self.oracle.in_doubt = True

    def foresee(self, errand: Errand) -> None:
        """Foresee an errand: nothing is written, and it is what is then done."""
        items, state = look(self.world), self._state()
        foreseen = self.world.foresee(errand)
        assert look(self.world) == items, "a look ahead wrote to plex"
        assert self._state() == state, "a look ahead wrote to the state"
        was_in_doubt = self.oracle.in_doubt
        self.oracle.asked(errand, about(self.oracle, self.world, errand))
        outcome: list[Outcome] = []
        self._watch(lambda: outcome.append(self.world.carry_out(errand)))
        done = outcome[0]
        if not (was_in_doubt or foreseen.report.problems or done.report.problems):
            assert foreseen.changes == done.changes, "what was foreseen is not what is"

    def plan(self) -> None:
        """Plan: nothing is written, and it is what the next reconcile does."""
        items, state = look(self.world), self._state()
        planned = self.world.plan()
        assert look(self.world) == items, "a plan wrote to plex"
        assert self._state() == state, "a plan wrote to the state"
        done = self.run()
        if not planned.report.problems and not done.report.problems:
            assert planned.changes == done.changes, "a plan is not what was done"

    def settle(self) -> None:
        """Stop all faults and let time pass: then all laws hold to the letter."""
        self.calm()
        self._drain()
        self._drain(is_full=True)
        self._hold(laws.what_we_wrote_is_locked(self.oracle, look(self.world)))
        self._hold(wrongs_of_state(self.world))
        self._quiet()

    def undo_everything(self) -> None:
        """Law 10: all is as it was before us, but for what others changed since."""
        self.world.later(900)
        self.ask(Undo(since=0))
        if wished(self.world):
            self._drain()  # what did not come off at once is tried again
        assert not wished(self.world), "an undo is not done"
        seen = look(self.world)
        self._hold(self.oracle.origins.wrongs(seen, self.oracle.never_rebuilt))
        for scope in _WHOLE:
            self.world.later(900)
            assert not self.run(**scope).puts, "what was undone is written again"
        self._quiet()

    def newest_pass(self) -> int:
        """Give the number of the newest pass; 0 where there was none."""
        return ask(self.world, "SELECT COALESCE(MAX(id), 0) FROM pass")

    def calm(self) -> None:
        """Let no planned fault come up any more, and nothing be paused."""
        self.world.is_paused = False
        self.world.plex_wire.faults.clear()
        self.world.stash_wire.faults.clear()

    def _drain(self, **scope: object) -> None:
        """Run passes until nothing is owed: then what is done holds."""
        for _ in range(PASSES):
            self.world.later(900)
            outcome = self.run(**scope)
            if outcome.report.held:
                # a write that was dropped stops what a changed configuration owes
                self.world.approve()
            if not outcome.report.problems and not owed(self.world):
                return
        raise AssertionError(
            f"after {PASSES} passes {owed(self.world)} entries are owed:"
            f" {outcome.report.problems}"
        )

    def _quiet(self) -> None:
        """Law 2: a pass with nothing new asks once, and writes nothing."""
        self.world.later(900)
        if waiting(self.world):
            # our own writes moved the library's marker: while scenes wait, the pass
            # after them sees that, and lists what was changed
            self.run()
        before = self._state()
        outcome = self.run()
        asked = dict(outcome.sent)
        if outcome.report.waiting:
            asked.pop("plex sections")
        assert asked == {"stash poll": 1}, f"a quiet pass asked for {asked}"
        assert self._state() == before, "a quiet pass wrote to the disk"

    def _state(self) -> dict[str, tuple[int, bytes]]:
        """List the state's folder, with nothing of it in memory only."""
        self.world.close()
        return listing(self.folder)

    def _watch(self, act: Callable[[], None]) -> None:
        before = look(self.world)
        act()
        after = look(self.world)
        self._hold(laws.only_ours_is_touched(self.oracle, before, after))
        self._hold(laws.only_what_stash_said_is_written(self.oracle, before, after))
        self.oracle.passed(before, after)

    @staticmethod
    def _hold(wrongs: Iterator[str]) -> None:
        found = list(wrongs)
        assert not found, "\n".join(found)


def ask(world: World, query: str) -> int:
    """Ask the state for a number; to open a ledger costs five times that."""
    with contextlib.closing(sqlite3.connect(world.state)) as state:
        ((number,),) = state.execute(query)
    return int(number)


def owed(world: World) -> int:
    """Count the entries that are owed."""
    return ask(world, "SELECT COUNT(*) FROM outbox")


def waiting(world: World) -> int:
    """Count the scenes that wait for an item."""
    return ask(world, "SELECT COUNT(*) FROM waiting")


def wished(world: World) -> int:
    """Count the fields that have a wish, but for those whose item is lost."""
    return ask(
        world,
        "SELECT COUNT(*) FROM field JOIN link ON link.id = field.link"
        " WHERE wish IS NOT NULL AND NOT lost",
    )


def wrongs_of_state(world: World) -> Iterator[str]:
    """Law 5: whatever crashed, the state is whole and no write is left open."""
    if dead := ask(world, "SELECT COUNT(*) FROM dead_letter"):
        yield f"{dead} dead letters"
    if rows := ask(world, "SELECT COUNT(*) FROM journal WHERE outcome IS NULL"):
        yield f"{rows} journal rows are open"
    with world.opened() as ledger:
        if (answer := ledger.integrity()) != "ok":
            yield f"integrity: {answer}"


def listing(folder: Path) -> dict[str, tuple[int, bytes]]:
    """List the state's folder: names, times and contents."""
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.iterdir()
    }
