"""The worker does one task after the other; it alone has the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from reconciler import __version__, bootstrap
from reconciler.clients.spool import Spool
from reconciler.clock import Clock
from reconciler.config.models import Config
from reconciler.core.errors import PlexsyncError, UserError
from reconciler.daemon.agenda import Task
from reconciler.daemon.calling import receive
from reconciler.daemon.holding import Hold
from reconciler.daemon.news import News
from reconciler.daemon.serving import Host
from reconciler.daemon.telling import Herald
from reconciler.engine.guarding import PLEX, STASH
from reconciler.engine.health import HealthItem
from reconciler.engine.hearing import hear
from reconciler.engine.pruning import prune
from reconciler.engine.report import PassReport
from reconciler.engine.running import Pass
from reconciler.engine.settings import Scope
from reconciler.engine.status import read_status
from reconciler.engine.sweeping import slice_at
from state.door import Door
from state.errors import StateError
from state.ledger import Ledger

log = structlog.get_logger(__name__)

_PEACE = 3
"""Times as long as such a pass took is waited until the hook may call for another."""


@dataclass(kw_only=True)
class Worker:
    """Does the tasks of the agenda, and publishes what came of them."""

    hold: Hold
    load: Callable[[], Config]
    """Reads the configuration anew; a `UserError` says what is wrong with it."""
    at: Callable[[Task, int], None]
    """Makes a task due once, at a moment in unix seconds."""
    keep: Callable[[Config], None]
    """Sets how often each task is due."""
    health: Callable[[], tuple[HealthItem, ...]]
    """Tells what a person should know."""
    news: News = field(default_factory=News)
    task: Task | None = None
    """What is being done."""
    deaf_until: float = 0.0
    """By the monotonic clock: the hook is not heard before."""
    readings_asked: int = 0
    """How often the configuration was to be read anew."""
    readings: int = 0
    """Up to which of those times it was, whether it was taken or refused."""
    fatal: StateError | None = None
    """Why the state could not be had at the start."""
    herald: Herald = field(init=False)
    spool: Spool | None = field(init=False)
    """Where the hook leaves word, if it is set up."""
    _is_eager: bool = False
    """Whether the next pass asks a server that rests."""
    _host: Host = field(init=False)
    _known: tuple[int, int, int | None] | None = None
    """What was written, and whether it was paused, when the status was read."""

    def __post_init__(self) -> None:
        self.herald = self._herald(self.config)
        self.spool = bootstrap.spool(self.config)
        self._host = Host(hold=self.hold, make=self._make)

    @property
    def config(self) -> Config:
        """The configuration that holds now."""
        return self.hold.config

    @property
    def _clock(self) -> Clock:
        return self.hold.clock

    def _herald(self, config: Config) -> Herald:
        return Herald(
            senders=bootstrap.notifiers(config),
            has_titles=config.notify.titles,
            now=self._clock.unix,
        )

    def work(self) -> None:
        """Do what is due until the agenda is closed; then let go of everything.

        The door is opened only by who has the state: it may be another's.
        """
        door = Door(self.config.state)
        try:
            ledger = self.hold.take().ledger
            receive(door.open(), self._host.take)
            self._publish(ledger)
        except StateError as error:
            self.fatal = error
            self.hold.let_go()
            return
        log.info(
            "started",
            version=__version__,
            state=str(self.config.state),
            libraries=list(self.config.plex.libraries),
            poll=self.config.schedule.poll,
        )
        try:
            while (task := self.hold.agenda.take()) is not None:
                self.do(task)
        finally:
            door.close()
            self.hold.close()

    def do(self, task: Task) -> None:
        """Do one task; whatever comes of it, the next one is done too."""
        self.task = task
        structlog.contextvars.clear_contextvars()
        try:
            self._do(task)
        except StateError as error:
            self.hold.lose(error)  # it may be another file by now, or mended
            self.news.fail(str(error))
        except PlexsyncError as error:
            self.hold.let_go()
            self.news.fail(str(error))
        except Exception:
            # a fault of our own must not end what nobody looks at for months
            log.exception("task failed", task=task.name.lower())
            self.news.fail("plexsync itself has failed: its log says how; report that")
        finally:
            self.task = None

    def _do(self, task: Task) -> None:
        match task:
            case Task.RELOAD:
                self._reload()
            case Task.SERVE:
                self._host.serve()
            case Task.HEAR:
                self._hear()
            case Task.POLL:
                self._pass(Pass.reconcile, Scope())
            case Task.DELIVER:
                self._pass(Pass.resume, Scope())
            case Task.SWEEP:
                part = slice_at(self._clock.unix(), self.config.schedule.sweep)
                self._pass(Pass.reconcile, Scope(part=part))
            case Task.PRUNE:
                means = self.hold.take()
                prune(means.ledger, means.settings, now=self._clock.unix())
            case Task.BACK_UP:
                self.hold.back_up()

    def _hear(self) -> None:
        """Make a pass if the hook has left word; then do something else for a while.

        A scan of Stash may leave word each second for an hour.
        """
        began = self._clock.monotonic()
        if self.spool is not None and hear(self.hold.take().ledger, self.spool):
            self._pass(Pass.reconcile, Scope())
        now = self._clock.monotonic()
        self.deaf_until = now + _PEACE * (now - began)

    def _pass(self, act: Callable[[Pass], PassReport], scope: Scope) -> None:
        # a changed configuration may be what was in the way
        means = replace(self.hold.take(), is_probing=self._is_eager)
        self._is_eager = False
        self._make(lambda: act(Pass(means, scope)), means.ledger)

    def _make(self, act: Callable[[], PassReport], ledger: Ledger) -> PassReport:
        """Make a pass, and see to what comes after it."""
        began = self._clock.monotonic()
        polls = self.hold.requests["stash poll"]
        report = act()
        took = self._clock.monotonic() - began
        is_polled = self.hold.requests["stash poll"] > polls
        if is_polled and ledger.outages.standing(STASH) is None:
            self.news.polled = self._clock.unix(), self._clock.monotonic()
        self.news.count(report, dict(self.hold.requests), took)
        self._after(report, ledger)
        return report

    def _after(self, report: PassReport, ledger: Ledger) -> None:
        """Tell what came of a pass, and see to what comes after it."""
        owed = sum(ledger.outbox.counts().values())
        self.news.hear(report, owed, self._clock.unix())
        self._publish(ledger)
        if report.is_left_off:
            self.hold.agenda.post(Task.DELIVER)
        elif owed and not report.lulls and not report.is_paused:
            now = self._clock.unix()
            due = ledger.outbox.next_due(now)
            rest = ledger.outages.standing(PLEX)
            moments = [] if due is None else [due]
            moments += [] if rest is None else [rest.rests_until]
            if moments and now <= max(moments) < now + self.config.schedule.poll:
                self.at(Task.DELIVER, max(*moments, now + 1))

    def _publish(self, ledger: Ledger) -> None:
        """Read how things stand, where that may be otherwise; tell what is news."""
        paused = bootstrap.pause(self.config).since()
        key = self.hold.times, ledger.written(), paused
        if key != self._known:
            status = read_status(ledger, lambda _: False)
            here = bootstrap.at_work(self.config)
            self.news.status = replace(status, paused=paused, at_work=here)
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
        self.hold.change(config)
        self.herald, self.spool = herald, bootstrap.spool(config)
        self.keep(config)
        self._is_eager = True
        self.news.accept()
        self.hold.agenda.post(Task.POLL)
