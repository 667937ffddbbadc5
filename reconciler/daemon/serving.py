"""Serving the commands at the door: a pass is made for them, or the state is lent."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue

import structlog

from reconciler.core.errors import PlexsyncError, UnauthorisedError
from reconciler.daemon.agenda import Task
from reconciler.daemon.asking import Answer, AskedInVainError, Request, Teller, asked
from reconciler.daemon.calling import Call
from reconciler.daemon.holding import Hold
from reconciler.engine.guarding import PLEX, STASH
from reconciler.engine.report import Audience, PassReport
from reconciler.engine.running import Pass
from state.errors import StateError
from state.ledger import Ledger

log = structlog.get_logger(__name__)

_LOOK = 0.2
"""Seconds between two looks at whether who has the state wants it still."""

_READ_ANEW = (
    "the daemon has the keys that it has read: once they are corrected,"
    " `systemctl reload plexsync`, or SIGHUP, has it read them anew"
)


@dataclass(slots=True, kw_only=True)
class Host:
    """Serves who waits, one after the other; the worker's, but for `take`."""

    hold: Hold
    make: Callable[[Callable[[], PassReport], Ledger], PassReport]
    """Makes a pass, and sees to what comes after it."""
    _calls: SimpleQueue[Call] = field(default_factory=SimpleQueue)

    def take(self, call: Call) -> None:
        """Have somebody wait; for any thread."""
        self._calls.put(call)
        self.hold.agenda.post(Task.SERVE)

    def serve(self) -> None:
        """Serve all who wait."""
        while not self.hold.stopping.is_set():
            try:
                call = self._calls.get_nowait()
            except Empty:
                return
            with call.visit:
                if call.line.get("ask") == "state":
                    self._lend(call)
                else:
                    self._oblige(call)

    def _lend(self, call: Call) -> None:
        """Let a command have the state until it goes; then deliver what it let go."""
        log.info("state lent", command=str(call.line.get("command")))
        self.hold.let_go()
        Teller(call.visit).lend()
        while not call.is_gone.wait(_LOOK) and not self.hold.stopping.is_set():
            self.hold.diary.advance()
        self.hold.agenda.post(Task.POLL)

    def _oblige(self, call: Call) -> None:
        """Make the pass that a command asks for; it ends early if the command does."""
        teller = Teller(call.visit)
        try:
            teller.answer(self._answer(asked(call.line), call, teller))
        except AskedInVainError as error:
            teller.refuse(str(error))
        except (PlexsyncError, StateError) as error:
            teller.refuse(str(error))
            raise

    def _answer(self, request: Request, call: Call, audience: Audience) -> Answer:
        means, before = self.hold.take(), self.hold.requests.copy()
        means = replace(
            means,
            audience=audience,
            is_probing=True,
            is_called=bool,
            is_over=lambda: self.hold.stopping.is_set() or call.is_gone.is_set(),
            pacer=None if request.is_watched else means.pacer,
            patience=None,
        )
        one = Pass(means, request.scope)
        report = self.make(lambda: request.act(one), means.ledger)
        if _is_shut_out(means.ledger):
            report = replace(report, notes=(*report.notes, _READ_ANEW))
        return Answer.of(report, means.ledger, dict(self.hold.requests - before))


def _is_shut_out(ledger: Ledger) -> bool:
    """Whether a server does not take the key that the daemon has."""
    standing = [ledger.outages.standing(server) for server in (STASH, PLEX)]
    return any(one and one.kind == UnauthorisedError.kind for one in standing)
