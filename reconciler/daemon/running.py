"""The daemon: keeps the time, hears signals, feeds the watchdog; the worker works."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from reconciler import bootstrap
from reconciler.bootstrap import Servers
from reconciler.clock import Clock
from reconciler.config.models import Config
from reconciler.core.errors import PlexsyncError
from reconciler.daemon.agenda import Agenda, Task
from reconciler.daemon.face import Face
from reconciler.daemon.holding import Hold
from reconciler.daemon.systemd import Notifier
from reconciler.daemon.timetable import Timetable
from reconciler.daemon.worker import Worker

log = structlog.get_logger(__name__)

SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_LOOK = 1.0
"""Seconds between two looks at what is due."""
_GRACE = 8.0
"""Seconds that the end waits for the request in hand."""
_PATIENCE = 20.0
"""Seconds after which we are ready, though the first pass goes on."""
_STALLED = 300.0
"""Seconds without a request or a step, beside those of the longest request, after
which a task counts as stuck."""
_INTERRUPTED = 130
"""The exit code where a second signal does not wait for the end."""
_HOUR, _DAY = 3600.0, 86400.0


_ENDED = "plexsync itself has failed, and stops: report what standard error says"


class EndedError(PlexsyncError):
    """Nobody does the work any more."""


@dataclass(kw_only=True)
class Daemon:
    """Runs until it is told to stop."""

    config: Config
    load: Callable[[], Config]
    clock: Clock
    mounts: Callable[[], str]
    notifier: Notifier
    servers: Callable[[Config], Servers] = bootstrap.servers
    """Makes both clients."""
    stopping: threading.Event = field(default_factory=threading.Event)
    agenda: Agenda = field(default_factory=Agenda)
    timetable: Timetable = field(init=False)
    worker: Worker = field(init=False)
    face: Face = field(init=False)
    _is_ready: bool = False
    _is_reading: bool = False
    """Whether the configuration is to be read anew."""
    _progress: tuple[int, float] = (-1, 0.0)

    def __post_init__(self) -> None:
        # whoever waits is let go by the end
        clock = replace(self.clock, wait=self._wait)
        self.timetable = Timetable(self.agenda.post, clock)
        self.worker = Worker(
            hold=Hold(
                config=self.config,
                agenda=self.agenda,
                clock=clock,
                stopping=self.stopping,
                mounts=self.mounts,
                servers=self.servers,
            ),
            load=self.load,
            at=self.timetable.at,
            keep=self._keep,
            health=lambda: self.face.standing().health,
        )
        self.face = Face(worker=self.worker, clock=clock, stopping=self.stopping)

    def run(self) -> None:
        """Work until a signal, and be gone within ten seconds of it.

        `StateError` where the state cannot be had at the start; `EndedError` where the
        work has ended by itself, which only a fault of our own can bring about.
        """
        # blocked in every thread, and taken one by one: no handler runs in between
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        work = threading.Thread(target=self.worker.work, name="worker", daemon=True)
        self.start()
        work.start()
        is_told = self._keep_time(work)
        self._stop(work)
        self.face.listen(None)
        if self.worker.fatal is not None:
            raise self.worker.fatal
        if not is_told:
            raise EndedError(_ENDED)

    def _keep_time(self, work: threading.Thread) -> bool:
        """Go round until a signal ends it; False where the work has ended by itself."""
        while work.is_alive():
            number = _heard(self.beat())
            if number == signal.SIGHUP:
                self._read_anew()
            elif number is not None:
                log.info("stopping", signal=signal.Signals(number).name)
                return True
        return False

    def start(self) -> None:
        """Begin: the first pass is due at once, and all else in its time."""
        self.face.began = self.clock.monotonic()
        self._keep(self.config)
        self.timetable.start()
        self.agenda.post(Task.POLL)
        self.agenda.post(Task.BACK_UP)  # one that is started daily is to have some too

    def beat(self) -> float:
        """Look at what is due, and tell how things are; say when to look again."""
        wait = self.timetable.tick()
        now, news = self.clock.monotonic(), self.worker.news
        if not self._is_ready and (news.is_met or now - self.face.began > _PATIENCE):
            self._is_ready = True
            self.notifier.ready()
        self.notifier.status(news.sentence)
        self.face.beat = now
        if self.worker.hold.times:  # else another may run, and have the address
            self.face.listen(self.worker.config.health.listen)
        self.face.complain()
        spool = self.worker.spool
        is_time = now >= self.worker.deaf_until
        if spool is not None and is_time and not spool.is_empty():
            self.agenda.post(Task.HEAR)
        if self._is_reading and self.worker.readings == self.worker.readings_asked:
            self._is_reading = False
            self.notifier.ready()  # until then systemd takes us for reloading
        if self._goes_on(now):
            self.notifier.alive()
        return min(wait, _LOOK)

    def _read_anew(self) -> None:
        self._is_reading = True
        self.worker.readings_asked += 1
        self.notifier.reloading(self.clock.monotonic())
        self.agenda.post(Task.RELOAD)

    def _goes_on(self, now: float) -> bool:
        """Whether what is being done moves, if slowly: a server may take its time."""
        progress = self.worker.hold.progress()
        if self.worker.task is None or progress != self._progress[0]:
            self._progress = progress, now
        servers = (self.worker.config.stash, self.worker.config.plex)
        longest = sum(one.connect_timeout + one.read_timeout for one in servers)
        return now - self._progress[1] < _STALLED + longest

    def _stop(self, work: threading.Thread) -> None:
        """Let what is in hand be ended; leave it to its open journal row after that."""
        self.notifier.stopping()
        self.stopping.set()
        self.agenda.close()
        end = self.clock.monotonic() + _GRACE
        while work.is_alive() and self.clock.monotonic() < end:
            if _heard(0.05) in {signal.SIGTERM, signal.SIGINT}:
                os._exit(_INTERRUPTED)
        if work.is_alive():
            log.warning("a request is left in hand: the next start looks what became")
            logging.shutdown()
            os._exit(0)
        if self.worker.fatal is None:
            log.info("stopped")

    def _keep(self, config: Config) -> None:
        self.timetable.keep(
            {
                Task.POLL: config.schedule.poll,
                Task.SWEEP: _HOUR,
                Task.PRUNE: _DAY,
                Task.BACK_UP: _HOUR,  # what is made is a day's
            }
        )

    def _wait(self, seconds: float) -> None:
        """Wait as long as nothing ends it."""
        self.worker.hold.diary.advance()
        self.stopping.wait(seconds)


def _heard(patience: float) -> int | None:
    """Wait for one of our signals, so many seconds at most."""
    heard = signal.sigtimedwait(SIGNALS, patience)
    return None if heard is None else heard.si_signo
