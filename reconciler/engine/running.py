"""One pass from the first request to the last record: a sequence, no decisions."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import structlog

from reconciler.core import absence, canonical
from reconciler.core.errors import (
    DoubtError,
    ServerError,
    StoppedError,
    TransientError,
)
from reconciler.core.retry import LONGEST
from reconciler.engine.checking import find_parted
from reconciler.engine.errands import Errand
from reconciler.engine.linking import ASKED_FOR, IN_CONFIG, IN_FULL
from reconciler.engine.parts import Means, Parts
from reconciler.engine.planned import Checklist
from reconciler.engine.polling import News
from reconciler.engine.pruning import prune
from reconciler.engine.recording import absent
from reconciler.engine.report import Audiences, PassReport
from reconciler.engine.settings import Scope
from state.records import Stage

log = structlog.get_logger(__name__)

DONE, FAILED, HELD = "done", "failed", "held"


class Pass:
    """One pass over what is new, or over what its scope names."""

    def __init__(self, means: Means, scope: Scope) -> None:
        means.ledger.check()  # a quiet pass has no transaction that would
        self._plan = None if scope.only is None else Checklist(only=scope.only)
        if self._plan is not None:
            means = replace(means, audience=Audiences((means.audience, self._plan)))
        self.means, self.scope = means, scope
        self._is_resolved = False
        self._has_changed = False
        self._news: News | None = None
        self._parts = Parts(means, scope)
        self.tally = self._parts.tally

    def reconcile(self) -> PassReport:
        """Record what Stash has, and deliver what Plex is owed."""
        self.observe()
        self._tell_parted()
        self._try(self._deliver)
        self._try(self._compare)
        if self.means.settings.asks_for_scans and not self.scope.is_narrow:
            self._try(self._parts.rescans().ask)
        return self._ended()

    def resume(self) -> PassReport:
        """Deliver what Plex is owed by now; Stash is not asked."""
        self._begin()
        self._is_resolved = self._try(self._resolve)
        self._try(self._deliver)
        return self._ended()

    def plan(self) -> PassReport:
        """Tell what Plex is owed; records, so it is meant for a copied ledger."""
        self.observe()
        self._tell_parted()
        self._try(self._parts.lulls().foresee)
        self._try(self._show)
        self._try(self._compare)
        return self._report()

    def carry_out(self, errand: Errand) -> PassReport:
        """Do what a person asked for; what cannot be done now stays owed.

        While writes are open whose outcome cannot be read, or is not certain yet,
        nothing is taken on.
        """
        self._parts.open.kind = errand.cause
        self._begin()
        self._try(self._connect)
        self._is_resolved = self._try(self._resolve_all)
        # what became of open writes has to be known: they are what is undone, and
        # what they leave to remember would take the place of a wish
        place = partial(self._parts.placer().place, errand)
        if self._is_resolved and self._try(place):
            self._try(self._grant)
        else:
            self.tally.miss(f"nothing was done of the {errand.cause}: ask for it again")
        if self._parts.open.number is not None:
            self._end()
        return self._report()

    def foresee(self, errand: Errand) -> PassReport:
        """Tell what an errand would do; records, so it is meant for a copied ledger."""
        self._begin()
        self._try(self._connect)
        self._try(self._foresee_late)
        if self._try(partial(self._parts.placer().place, errand)):
            self._try(partial(self._show_stages, [None], Scope(is_wished=True)))
        return self._report()

    def observe(self, *, lists_libraries: bool = False) -> None:
        """Bring the ledger up to date with both servers; list libraries whole if asked.

        Neither server's absence keeps the other's news from being recorded.
        """
        self._begin()
        self._is_resolved = self._try(self._resolve)
        self._parts.restorer().go_on()
        surveyor = self._parts.surveyor
        if self.scope.part is not None:
            surveyor.watch = self._parts.sweeper().verify_items
        needs_survey = (
            self.scope.is_full or surveyor.has_unlisted() or surveyor.watch is not None
        )
        is_whole = True
        if lists_libraries:
            self._try(partial(surveyor.survey, is_full=True))
        elif needs_survey:
            is_whole = self._try(self._survey)
        self._replan()
        is_whole &= self._read_stash()
        if not (lists_libraries or needs_survey) and self._has_questions():
            is_whole &= self._try(self._survey)
        if is_whole:
            self._parts.restorer().end()
        if self.scope.scenes is None:
            self._parts.doubter.remind({absence.STASH, *self.means.settings.rules})

    def _begin(self) -> None:
        self._parts.surveyor.know_targets()
        self._parts.restorer().begin()

    def _has_questions(self) -> bool:
        """Whether Plex may have by now what it had not, and it is time to ask."""
        return (
            self._parts.linker.has_unplaced
            or self._parts.surveyor.is_in_doubt()
            or self._parts.patience.is_over(self.means.ledger.waits)
        )

    def _try(self, step: Callable[[], None]) -> bool:
        try:
            step()
        except DoubtError as doubt:
            self._parts.doubter.cast(doubt)
            return False
        except StoppedError:
            return False
        except ServerError as error:
            log.debug("cut short", error=str(error))
            self.tally.problem(error)
            return False
        return True

    def _resolve(self) -> None:
        self._parts.concluder.resolve()

    def _resolve_all(self) -> None:
        if refusal := self._parts.concluder.refusal():
            raise TransientError(refusal)

    def _foresee_late(self) -> None:
        """Tell that the errand would be refused now."""
        if refusal := self._parts.concluder.refusal():
            self.tally.note(refusal)

    def _connect(self) -> None:
        """Find out whether the libraries that are named are there."""
        self._parts.surveyor.connect()

    def _survey(self) -> None:
        self._parts.surveyor.survey(is_full=self.scope.is_thorough)
        self._parts.patience.looked()

    def _replan(self) -> None:
        """Owe everything anew when the configuration means something else.

        The targets belong to what it means: another server may go by the same names.
        So does the form that it is stored in, but another form by itself owes nothing.
        """
        scan = self.means.ledger.scenes.scan()
        targets = ",".join(map(str, sorted(self._parts.linker.targets)))
        version = str(canonical.VERSION)
        meaning = f"{self.means.settings.meaning} {targets} v{version}"
        if scan.meaning == meaning:
            return
        decided, _, known = scan.meaning.rpartition(" v")
        self._has_changed = decided != meaning.rpartition(" v")[0]
        if scan.meaning:  # else nothing was ever decided
            if known != version:
                self._parts.upgrader().upgrade()
            if self._has_changed:
                self._parts.recorder.relink_all(IN_CONFIG)
        with self.means.ledger.transaction():
            self.means.ledger.scenes.put_scan(replace(scan, meaning=meaning))

    def _tell_parted(self) -> None:
        """Tell that no scene has an item any more, where something waits."""
        ledger, settings = self.means.ledger, self.means.settings
        if ledger.waits.counts():
            why = find_parted(ledger, settings, has_changed=self._has_changed)
            if why is not None:
                self.tally.miss(why)

    def _read_stash(self) -> bool:
        """Read what is asked for; say whether that came off, and was all there is."""
        if self.scope.scenes is not None:
            self._try(self._read_scenes)
            return False
        if not self._try(self._scan) or self._news is None:
            return False
        lister = self._parts.lister()
        is_round = self.scope.is_thorough and not self.scope.is_full
        every = lister.list_all if is_round else lister.list_due
        is_whole = self._try(partial(every, self._news))
        read_at = self._news.poll.page.clock
        if self._try(partial(self._parts.refresher().refresh, read_at)):
            lister.believe()
        else:
            is_whole = False
        if self.scope.part is not None:
            self._try(partial(self._parts.sweeper().sweep, self.scope.part, read_at))
        return is_whole

    def _scan(self) -> None:
        self._news = self._parts.recorder.scan(is_full=self.scope.is_full)
        if self.scope.is_full:
            self._parts.lister().make_due(self._news)
            self._parts.recorder.relink_all(IN_FULL)

    def _read_scenes(self) -> None:
        """Record the scenes that the pass is about; tell of those not there."""
        scenes = sorted(self.scope.scenes or ())
        there = self._parts.recorder.read_now(scenes)
        found = self.means.ledger.scenes.get(there)
        self._parts.recorder.relink(list(found.values()), ASKED_FOR)
        self.tally.missing += absent(s for s in scenes if s not in there)

    def _deliver(self) -> None:
        if not self._is_resolved or self._parts.stash_guard.is_shut_out:
            return
        self._release()
        self._grant()
        self._parts.deliverer(self.scope).deliver(self.scope.limit)

    def _grant(self) -> None:
        """Deliver what a person asked for, whatever the brake holds."""
        wished = replace(self.scope, is_wished=True)
        self._parts.deliverer(wished).deliver(None)

    def _release(self) -> None:
        judge = self._parts.judge(Scope())
        planned = self.means.ledger.outbox.planned_passes()
        if planned:
            owed = self.means.ledger.outbox.counts().get(Stage.PLANNED, 0)
            self.means.audience.stage("looking at plex", owed)
        brake = self._parts.brake()
        for number in planned:
            judge.forecast(number)
            brake.judge(number)

    def _show(self) -> None:
        self._show_stages((Stage.RELEASED, Stage.PLANNED), self.scope)
        judge = self._parts.judge(Scope())
        for number in self.means.ledger.outbox.planned_passes():
            judge.forecast(number)
            self._parts.brake().foresee(number)

    def _show_stages(self, stages: Iterable[Stage | None], scope: Scope) -> None:
        counts = self.means.ledger.outbox.counts()
        self.means.audience.stage("looking at plex", sum(counts.values()))
        left = scope.limit
        for stage in stages:
            left = self._parts.judge(scope).show(stage, left)

    def _compare(self) -> None:
        """Tell why what a saved plan has was not written."""
        if self._plan is not None:
            self._parts.comparer().tell(self._plan)

    def _report(self) -> PassReport:
        for guard in (self._parts.stash_guard, self._parts.plex_guard):
            guard.settle()
        now = self.means.clock.unix()
        return self.tally.report(
            pass_id=self._parts.open.number,
            is_paused=self.means.is_paused(),
            undelivered=self.means.ledger.outbox.postponed(),
            put_off=self.means.ledger.outbox.put_off(now, now + int(LONGEST)),
            waiting=sum(self.means.ledger.waits.counts().values()),
        )

    def _ended(self) -> PassReport:
        """End it where there was something to record; tell what came of it."""
        if self._parts.open.number is not None or any(self.tally.counts.values()):
            self._end()
        return self._report()

    def _end(self) -> None:
        with self.means.ledger.transaction():
            number = self._parts.open.begun()
            outcome = FAILED if self.tally.problems or self.tally.missing else DONE
            is_held = any(one.pass_id == number for one in self.tally.held)
            outcome = HELD if is_held else outcome
            self.means.ledger.passes.end(
                number,
                outcome=outcome,
                counts=self.tally.counts,
                now=self.means.clock.unix(),
            )
        prune(self.means.ledger, self.means.settings, now=self.means.clock.unix())
        counts = {name.replace(" ", "_"): n for name, n in self.tally.counts.items()}
        log.info("pass ended", pass_id=number, outcome=outcome, **counts)
