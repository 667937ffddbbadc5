"""A World with its oracle: the passes that are run in it, and what is held of each."""

import contextlib
import shutil
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from reconciler.core.absence import STASH
from reconciler.core.brake import Limits
from reconciler.core.desire import Rules
from reconciler.core.errors import UserError
from reconciler.core.values import OnDelete
from reconciler.engine.doubting import approve_doubt
from reconciler.engine.errands import Errand, Undo
from tests.crash.boundaries import Crash, crash_at, watched
from tests.machine import laws
from tests.machine.asking import about
from tests.machine.books import (
    ask,
    doubted,
    held,
    is_cut_short,
    listing,
    opened,
    owed,
    waiting,
    wished,
    wrongs_of_state,
)
from tests.machine.entities import Entities
from tests.machine.folder import state_folder
from tests.machine.holding import Holding
from tests.machine.kept import KeptWorld
from tests.machine.oracle import ROOT, Oracle
from tests.machine.paging import WHOLE, set_page
from tests.machine.seen import look
from tests.machine.watching import Watcher, hold
from tests.sandbox.faults import What
from tests.sandbox.plex.switches import Switches
from tests.world import FILMS, Outcome

PASSES = 6
"""So many passes, with time between them, have to be enough."""

_WHOLE: tuple[dict[str, object], ...] = ({}, {"is_full": True})
"""The scopes of a pass that leaves nothing out."""

_STRANGERS = (f"{ROOT}/heron.mkv", f"{ROOT}/old/heron.mp4")


class Stage:
    """Both servers, plexsync, and who keeps count of them."""

    def __init__(
        self,
        switches: Switches,
        rules: Rules,
        agent: str,
        limits: Limits,
        on_delete: OnDelete,
    ) -> None:
        self.folder = state_folder()
        self.world = KeptWorld(
            folder=self.folder, switches=switches, limits=limits, on_delete=on_delete
        )
        self.world.plex.model.sections[self.world.section].agent = agent
        self.world.rules = {FILMS: dict(rules)}
        self.oracle = Oracle(self.world, rules)
        self.watcher = Watcher(self.world, self.oracle)
        self.later = self.watcher.later
        self.holding = Holding(
            world=self.world, oracle=self.oracle, watcher=self.watcher
        )
        self._policies, self._page = 0, WHOLE
        self._unbelieved: frozenset[str] = frozenset()
        """Films that were left, which is doubted."""
        self.been: defaultdict[str, list[str]] = defaultdict(list)
        """Places at which a film has been before."""
        self._peak = self.world.moment
        self.entities = Entities(stash=self.world.stash)
        plex = self.world.plex
        for path in _STRANGERS:
            plex.add(self.world.section, path)
        self.attic = plex.add_section("Attic", ROOT)
        plex.add(self.attic, f"{ROOT}/heron.mp4")

    def turn_pages(self, rows: int) -> None:
        """Have Stash read so many rows at a time."""
        self._page = rows
        set_page(rows)

    def close(self) -> None:
        set_page(WHOLE)
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
        done: list[Outcome] = []
        fired = self.world.plex_wire.faults.fired.copy()
        is_wished, is_resumed = wished(self.world), is_cut_short(self.world)
        self._watch(lambda: done.append(self.world.reconcile(**scope)))
        fired = self.world.plex_wire.faults.fired - fired
        is_plain = fired.keys() == {What.DROPPED} and not is_wished
        if is_plain and not self.watcher.is_disturbed:
            hold(self.holding.stops(done[0], fired[What.DROPPED]))
        self._hold_of_deserted()
        if done[0].report.problems:
            self.oracle.cut_short()
        elif done[0].report.doubts or self.world.stash.jobs.queue:
            self.oracle.overtaken()  # not all that Stash says is read
        elif is_resumed and not scope:
            self.oracle.overtaken()  # nor what it says anew of scenes read before
        elif scope in _WHOLE and not self.watcher.is_disturbed:
            self._over(is_full=bool(scope))
        return done[0]

    def _hold_of_deserted(self) -> None:
        """Hold what holds of items whose scenes have left Stash."""
        seen, unbelieved = look(self.world), self._unbelieved
        hold(laws.what_is_deserted_is_left(self.oracle, seen, doubted=unbelieved))

    def _over(self, *, is_full: bool) -> None:
        """Hold what holds of a pass over everything."""
        left = owed(self.world)
        if not left:
            self._done(is_full=is_full)
        elif left == held(self.world) and not opened(self.world):
            # what is held holds nothing else up
            items, seen = self.holding.items, look(self.world)
            hold(laws.nothing_is_missed(self.oracle, seen, is_full=is_full, held=items))

    def _done(self, *, is_full: bool) -> None:
        """Hold what holds of a pass over everything, after which nothing is owed."""
        seen = look(self.world)
        self.oracle.in_doubt = False
        self.oracle.granted()
        hold(laws.nothing_is_missed(self.oracle, seen, is_full=is_full))
        if is_full:
            hold(laws.what_stash_dropped_is_gone(self.oracle, seen))
            hold(laws.what_left_is_as_configured(self.oracle, seen))
            self.oracle.settled(seen)

    def crash(self, boundary: int) -> None:
        """Crash a reconcile at a boundary, if it has that many; start anew."""
        self.watcher.land()
        self._watch(lambda: self._crash(boundary, self.world.reconcile))

    def _crash(self, boundary: int, act: Callable[[], object]) -> None:
        try:
            with watched(crash_at(boundary)):
                act()
        except Crash:
            # what was under way when it crashed is made, or is not, without delay
            self.world.plex_wire.faults.release()
            self.oracle.cut_short()
        self.world.restart()

    def ask(self, errand: Errand, *, boundary: int | None = None) -> None:
        """Ask for something by a command, which may crash at a boundary."""
        released = self.oracle.released
        self.oracle.asked(errand, about(self.oracle, self.world, errand))
        act = partial(self.world.carry_out, errand)
        if boundary is not None:
            self._watch(lambda: self._crash(boundary, act))
            if self.oracle.in_doubt:
                self.oracle.perhaps_released(released)
            return
        outcome: list[Outcome] = []
        self._watch(lambda: outcome.append(act()))
        self.oracle.overtaken()  # a command writes what it knows of Stash
        if outcome[0].report.problems or outcome[0].report.doubts:
            self.oracle.in_doubt = True
            self.oracle.perhaps_released(released)
        elif outcome[0].report.missing:
            self.oracle.perhaps_released(released)  # as it was told

    def foresee(self, errand: Errand) -> None:
        """Foresee an errand: nothing is written, and it is what is then done."""
        items, state = look(self.world), self._state()
        foreseen = self.world.foresee(errand)
        assert look(self.world) == items, "a look ahead wrote to plex"
        assert self._state() == state, "a look ahead wrote to the state"
        was_in_doubt, released = self.oracle.in_doubt, self.oracle.released
        self.oracle.asked(errand, about(self.oracle, self.world, errand))
        outcome: list[Outcome] = []
        self._watch(lambda: outcome.append(self.world.carry_out(errand)))
        done = outcome[0]
        if done.report.missing:
            self.oracle.perhaps_released(released)  # as it was told
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
            brake = planned.report.held
            assert brake == done.report.held, "a plan holds otherwise than was held"
            has_more = brake and planned.changes >= done.changes
            is_same = planned.changes == done.changes
            otherwise = planned.changes ^ done.changes
            assert is_same or has_more, f"a plan is not what was done: {otherwise}"

    def settle(self) -> None:
        """Stop all faults and let time pass: then all laws hold to the letter."""
        self.calm()
        self.part()
        self._drain()
        self._drain(is_full=True)
        hold(laws.what_we_wrote_is_locked(self.oracle, look(self.world)))
        hold(wrongs_of_state(self.world))
        self._quiet()

    def undo_everything(self) -> None:
        """Law 10: all is as it was before us, but for what others changed since."""
        self.later(900)
        self.ask(Undo(since=0))
        if wished(self.world):
            self._drain()  # what did not come off at once is tried again
        assert not wished(self.world), "an undo is not done"
        seen = look(self.world)
        hold(self.oracle.origins.wrongs(seen, self.oracle.undoable))
        for scope in _WHOLE:
            self.later(900)
            assert not self.run(**scope).puts, "what was undone is written again"
        self._quiet()

    def newest_pass(self) -> int:
        """Give the number of the newest pass; 0 where there was none."""
        return ask(self.world, "SELECT COALESCE(MAX(id), 0) FROM pass")

    def film_moves(self, stem: str, place: str) -> None:
        """Let a film be elsewhere for Stash; Plex may know of it or not."""
        self.been[stem].append(self.oracle.places[stem])
        self.oracle.places[stem] = place
        self.oracle.unread.add(stem)
        if stem in self.oracle.left:
            self.oracle.parted.add(stem)  # it is not known any more where it was left

    def idle(self) -> None:
        """Let all jobs of Stash come to their end."""
        jobs = self.world.stash.jobs
        for number in list(jobs.queue):
            jobs.finish(number)

    def approve(self) -> None:
        """Let everything go that is held, and believe what is doubted."""
        self.world.approve()
        self.holding.approved()
        with self.world.opened() as ledger:
            for subject in ledger.doubts.standing():
                # of a Stash without a scene nobody's word is enough
                with contextlib.suppress(UserError):
                    approve_doubt(ledger, subject)

    def part(self) -> None:
        """Let Plex split what it has made one item of two scenes."""
        for key in sorted(self.oracle.shared):
            with self.oracle.others():
                self.world.plex.moves.split(key)

    def calm(self) -> None:
        """Let no planned fault come up any more, and nothing be paused."""
        self.world.is_paused = False
        self.watcher.between.clear()
        self.idle()
        self.world.plex_wire.faults.clear()
        self.world.stash_wire.faults.clear()

    def _drain(self, **scope: object) -> None:
        """Run passes until nothing is owed: then what is done holds."""
        for _ in range(PASSES):
            self.later(900)
            if is_cut_short(self.world):
                self.run()  # the next one reads what this one goes on behind
            outcome = self.run(**scope)
            if outcome.report.doubts or outcome.report.held:
                self.approve()
                self.later(900)
                self.run()  # a full pass would plan anew what has been let go
            elif not outcome.report.problems and not owed(self.world):
                return
        raise AssertionError(
            f"after {PASSES} passes {owed(self.world)} entries are owed:"
            f" {outcome.report.problems}"
        )

    def _quiet(self) -> None:
        """Law 2: a pass with nothing new asks once, and writes nothing."""
        self.later(900)
        if waiting(self.world):
            # our own writes moved the library's marker: while scenes wait, the pass
            # after them sees that, and lists what was changed
            self.run()
        before = self._state()
        outcome = self.run()
        asked = dict(outcome.sent)
        if outcome.report.waiting:
            asked.pop("plex sections")
        # one request for each page of what is within the overlap
        pages = asked.pop("stash scan", 0)
        assert pages <= len(self.world.stash.scenes) // self._page
        assert asked == {"stash poll": 1}, f"a quiet pass asked for {asked}"
        assert self._state() == before, "a quiet pass wrote to the disk"

    def _state(self) -> dict[str, tuple[int, bytes]]:
        """List the state's folder, with nothing of it in memory only."""
        self.world.close()
        return listing(self.folder)

    def _watch(self, act: Callable[[], None]) -> None:
        self.watcher.watch(act)
        hold(self.holding.wrongs())
        # what was doubted when it was first seen is doubted as long as any doubt stands
        is_doubted = STASH in doubted(self.world)
        known = self._unbelieved | self.oracle.fresh
        self._unbelieved = known if is_doubted else frozenset()
        self.oracle.fresh.clear()
