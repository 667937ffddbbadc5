"""The worker does one task after the other; it alone has the ledger."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from queue import Empty, SimpleQueue

import structlog

from reconciler import bootstrap
from reconciler.clients.spool import Spool
from reconciler.clock import Clock
from reconciler.config.models import Config
from reconciler.core.errors import PlexsyncError, UserError
from reconciler.daemon.agenda import Agenda, Task
from reconciler.daemon.asking import Answer, Request, Teller, asked
from reconciler.daemon.calling import Call, receive
from reconciler.daemon.diary import Diary
from reconciler.daemon.news import News
from reconciler.daemon.telling import Herald
from reconciler.engine.guarding import PLEX, STASH
from reconciler.engine.health import HealthItem
from reconciler.engine.hearing import hear
from reconciler.engine.parts import Means
from reconciler.engine.pruning import prune
from reconciler.engine.report import Audience, PassReport
from reconciler.engine.running import Pass
from reconciler.engine.settings import Scope
from reconciler.engine.status import read_status
from reconciler.engine.sweeping import slice_at
from state.database import read_mounts
from state.door import Door
from state.errors import StateError
from state.ledger import Ledger

log = structlog.get_logger(__name__)

_PEACE = 3
"""Times that a pass that the hook has called for took, until it may call for another."""


@dataclass(kw_only=True)
class Worker:
    """Has the configuration, both clients and the ledger, for as long as it lives."""

    config: Config
    load: Callable[[], Config]
    """Reads the configuration anew; a `UserError` says what is wrong with it."""
    agenda: Agenda
    at: Callable[[Task, int], None]
    """Makes a task due once, at a moment in unix seconds."""
    keep: Callable[[Config], None]
    """Sets how often each task is due."""
    clock: Clock
    stopping: threading.Event
    mounts: Callable[[], str] = read_mounts
    news: News = field(default_factory=News)
    diary: Diary = field(default_factory=Diary)
    calls: SimpleQueue[Call] = field(default_factory=SimpleQueue)
    """Commands that wait at the door."""
    deaf_until: float = 0.0
    """By the monotonic clock: the hook is not heard before."""
    task: Task | None = None
    """What is being done."""
    readings_asked: int = 0
    """How often the configuration was to be read anew."""
    readings: int = 0
    """Up to which of those times it was, whether it was taken or refused."""
    fatal: StateError | None = None
    """Why the state could not be had at the start."""
    servers: Callable[[Config], bootstrap.Servers] = bootstrap.servers
    """Makes both clients."""
    health: Callable[[], tuple[HealthItem, ...]]
    """Tells what a person should know."""
    herald: Herald = field(init=False)
    spool: Spool | None = field(init=False)
    """Where the hook leaves word, if it is set up."""
    _to: bootstrap.Servers = field(init=False)
    _means: Means | None = None
    _known: tuple[int, int | None] | None = None
    """What was written, and whether it was paused, when the status was read."""
    _held: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self._to = self.servers(self.config)
        self.herald = self._herald(self.config)
        self.spool = bootstrap.spool(self.config)

    def _herald(self, config: Config) -> Herald:
        return Herald(
            senders=bootstrap.notifiers(config),
            has_titles=config.notify.titles,
            now=self.clock.unix,
        )

    def work(self) -> None:
        """Do what is due until the agenda is closed; then let go of everything.

        The door is opened only by who has the state: it may be another's.
        """
        door = Door(self.config.state)
        try:
            self._hold()
            receive(door.open(), self._take)
        except StateError as error:
            self.fatal = error
            self._let_go()
            return
        try:
            while (task := self.agenda.take()) is not None:
                self.do(task)
        finally:
            door.close()
            self._let_go()
            self._to.stash.close()

    def _take(self, call: Call) -> None:
        self.calls.put(call)
        self.agenda.post(Task.SERVE)

    def do(self, task: Task) -> None:
        """Do one task; whatever comes of it, the next one is done too."""
        self.task = task
        structlog.contextvars.clear_contextvars()
        try:
            self._do(task)
        except (PlexsyncError, StateError) as error:
            self._let_go()  # it may be another file by now, or mended
            self.news.fail(str(error))
        except Exception:
            # a fault of our own must not end what nobody looks at for months
            log.exception("task failed", task=task.name.lower())
            self.news.fail("plexsync itself has failed: its log says how; report that")
        finally:
            self.task = None

    def progress(self) -> int:
        """Count what shows that a task goes on: requests, and steps of a pass."""
        return self.diary.beats + sum(list(self._to.requests.values()))

    def _do(self, task: Task) -> None:
        match task:
            case Task.RELOAD:
                self._reload()
            case Task.SERVE:
                self._serve()
            case Task.HEAR:
                self._hear()
            case Task.POLL:
                self._pass(Pass.reconcile, Scope())
            case Task.DELIVER:
                self._pass(Pass.resume, Scope())
            case Task.SWEEP:
                part = slice_at(self.clock.unix(), self.config.schedule.sweep)
                self._pass(Pass.reconcile, Scope(part=part))
            case Task.PRUNE:
                journal = self.config.journal
                keep, letters = journal.keep, journal.dead_letters
                now = self.clock.unix()
                prune(self._hold().ledger, now=now, keep=keep, keep_letters=letters)
            case Task.BACK_UP:
                pass

    def _hold(self) -> Means:
        """Take the state, unless it is held already; `StateError` if it cannot be."""
        if self._means is None:
            with ExitStack() as stack:
                ledger = stack.enter_context(
                    bootstrap.holding(self.config, "run", self.clock, self.mounts)
                )
                self._held = stack.pop_all()
            made = bootstrap.means(
                self.config, ledger, self._to, self.diary, self.clock
            )
            self._means = replace(
                made,
                is_probing=False,
                is_called=partial(self.agenda.calls_from, Task.DELIVER),
                is_over=self.stopping.is_set,
            )
        return self._means

    def _let_go(self) -> None:
        self._means = self._known = None
        self._held.close()

    def _hear(self) -> None:
        """Make a pass if the hook has left word; then do something else for a while.

        A scan of Stash may leave word each second for an hour.
        """
        began = self.clock.monotonic()
        if self.spool is not None and hear(self._hold().ledger, self.spool):
            self._pass(Pass.reconcile, Scope())
        now = self.clock.monotonic()
        self.deaf_until = now + _PEACE * (now - began)

    def _pass(self, act: Callable[[Pass], PassReport], scope: Scope) -> None:
        means = self._hold()
        self._make(lambda: act(Pass(means, scope)), means.ledger)

    def _make(self, act: Callable[[], PassReport], ledger: Ledger) -> PassReport:
        """Make a pass, and see to what comes after it."""
        began = self.clock.monotonic()
        polls = self._to.requests["stash poll"]
        report = act()
        took = self.clock.monotonic() - began
        is_polled = self._to.requests["stash poll"] > polls
        if is_polled and ledger.outages.standing(STASH) is None:
            self.news.polled = self.clock.unix(), self.clock.monotonic()
        self.news.count(report, dict(self._to.requests), took)
        self._after(report, ledger)
        return report

    def _after(self, report: PassReport, ledger: Ledger) -> None:
        """Tell what came of a pass, and see to what comes after it."""
        owed = sum(ledger.outbox.counts().values())
        self.news.hear(report, owed, self.clock.unix())
        self._publish(ledger)
        if report.is_left_off:
            self.agenda.post(Task.DELIVER)
        elif owed and not report.lulls and not report.is_paused:
            now = self.clock.unix()
            due = ledger.outbox.next_due(now)
            rest = ledger.outages.standing(PLEX)
            moments = [] if due is None else [due]
            moments += [] if rest is None else [rest.rests_until]
            if moments and now <= max(moments) < now + self.config.schedule.poll:
                self.at(Task.DELIVER, max(*moments, now + 1))

    def _publish(self, ledger: Ledger) -> None:
        """Read how things stand, where that may be otherwise; tell what is news."""
        paused = bootstrap.pause(self.config).since()
        key = ledger.written(), paused
        if key != self._known:
            status = read_status(ledger, lambda _: False)
            self.news.status = replace(status, paused=paused)
            self._known = key
        self.herald.tell(ledger, self.news.status, self.health())

    def _reload(self) -> None:
        asked = self.readings_asked
        try:
            self._take_anew()
        finally:
            self.readings = asked

    def _take_anew(self) -> None:
        try:
            config = self.load()
            herald = self._herald(config)
        except UserError as error:
            self.news.refuse(error.problems)
            return
        if config.state != self.config.state:
            problem = (
                f"{config.file}: state.path is another now, and cannot change while"
                " plexsync runs: restart it, or put the old one back"
            )
            self.news.refuse((problem,))
            return
        self._let_go()
        self._to.stash.close()
        self.config, self._to = config, self.servers(config)
        self.herald, self.spool = herald, bootstrap.spool(config)
        self.keep(config)
        self.news.accept()
        self.agenda.post(Task.POLL)

    def _serve(self) -> None:
        while not self.stopping.is_set():
            try:
                call = self.calls.get_nowait()
            except Empty:
                return
            with call.visit:
                if call.line.get("ask") == "state":
                    self._lend(call)
                else:
                    self._oblige(call)

    def _lend(self, call: Call) -> None:
        """Let a command have the state until it goes."""
        log.info("state lent", command=str(call.line.get("command")))
        self._let_go()
        call.visit.say(yours=True)
        while not call.is_gone.wait(0.2) and not self.stopping.is_set():
            self.diary.beats += 1
        self.agenda.post(Task.POLL)

    def _oblige(self, call: Call) -> None:
        """Make the pass that a command asks for; it ends early if the command does."""
        teller = Teller(call.visit)
        try:
            answer = self._answer(asked(call.line), call, teller)
        except (PlexsyncError, StateError) as error:
            teller.refuse(str(error))
            raise
        teller.answer(answer)

    def _answer(self, request: Request, call: Call, audience: Audience) -> Answer:
        means, before = self._hold(), self._to.requests.copy()
        means = replace(
            means,
            audience=audience,
            is_probing=True,
            is_called=bool,
            is_over=lambda: self.stopping.is_set() or call.is_gone.is_set(),
            pacer=None if request.is_watched else means.pacer,
        )
        one = Pass(means, request.scope)
        report = self._make(lambda: request.act(one), means.ledger)
        return Answer.of(report, means.ledger, dict(self._to.requests - before))
