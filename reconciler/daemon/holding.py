"""What the worker has: configuration, both clients, and the state while it is held."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from reconciler import bootstrap
from reconciler.clock import Clock
from reconciler.config.models import Config
from reconciler.daemon.agenda import Agenda, Task
from reconciler.daemon.diary import Diary
from reconciler.engine.parts import Means
from reconciler.engine.patience import Patience
from reconciler.engine.status import DAEMON
from state.database import read_mounts
from state.errors import DamagedError, LostError, StateError

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Hold:
    """Takes the state and lets go of it; of one thread, but for `progress`."""

    config: Config
    agenda: Agenda
    clock: Clock
    stopping: threading.Event
    mounts: Callable[[], str] = read_mounts
    servers: Callable[[Config], bootstrap.Servers] = bootstrap.servers
    """Makes both clients."""
    diary: Diary = field(default_factory=Diary)
    times: int = 0
    """How often the state was taken."""
    is_suspect: bool = True
    """Whether the state may be lost: it is looked through before it is opened."""
    _began: str = field(init=False)
    _to: bootstrap.Servers = field(init=False)
    _means: Means | None = None
    _state: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self._began = self.clock.now().isoformat(timespec="seconds")
        self._to = self.servers(self.config)

    @property
    def requests(self) -> Counter[str]:
        """What was sent since the configuration was taken, by kind."""
        return self._to.requests

    def progress(self) -> int:
        """Count what shows that a task goes on: requests, and steps of a pass."""
        return self.diary.beats + sum(list(self._to.requests.values()))

    def take(self) -> Means:
        """Have the state, and all that a pass works with; `StateError` if it cannot be.

        Where it is held already, that is all there is to it.
        """
        if self._means is None:
            self._recover()
            with ExitStack() as stack:
                state = bootstrap.holding(
                    self.config, DAEMON, self.clock, self.mounts, began=self._began
                )
                ledger = stack.enter_context(state)
                self._state = stack.pop_all()
            self.times += 1
            self._means = replace(
                bootstrap.means(self.config, ledger, self._to, self.diary, self.clock),
                is_probing=False,
                is_called=partial(self.agenda.calls_from, Task.DELIVER),
                is_over=self.stopping.is_set,
                patience=Patience(clock=self.clock),
            )
        return self._means

    def _recover(self) -> None:
        """Put a backup, or an empty state, where one is lost; the log says which."""
        if self.is_suspect:
            done = bootstrap.recover(self.config, DAEMON, self.clock, self.mounts)
            for sentence in () if done is None else done.sentences():
                log.error("state recovered", what=sentence)
            self.is_suspect = False

    def lose(self, error: StateError) -> None:
        """Let go of a state that cannot be used; keep what it had if it is gone."""
        self.is_suspect |= isinstance(error, LostError | DamagedError)
        if isinstance(error, LostError) and self._means is not None:
            saved = bootstrap.save(self.config, self._means.ledger, self.clock)
            log.error("state lost", error=f"{error}{saved}")
        self.let_go()

    def back_up(self) -> None:
        """Copy the state if that is due, and drop old copies."""
        self.take()
        backups, now = bootstrap.backups(self.config), self.clock.now()
        made = backups.keep_up(now, self.config.keep_backups)
        if made is not None:
            log.info("backed up", file=made.path.name, size=made.size)

    def let_go(self) -> None:
        """Close the state, and let others have it; harmless where it is not held."""
        self._means = None
        self._state.close()

    def change(self, config: Config) -> None:
        """Go by another configuration from now on."""
        self.close()
        self.config, self._to = config, self.servers(config)

    def close(self) -> None:
        """Let go of everything."""
        self.let_go()
        self._to.stash.close()
