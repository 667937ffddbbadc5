"""What the daemon shows of itself: to whoever asks over HTTP, and to whom it tells."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from reconciler.clock import Clock
from reconciler.config.kinds import Address
from reconciler.daemon.listening import Listener
from reconciler.daemon.standing import Standing, stand
from reconciler.daemon.worker import Worker
from reconciler.engine.health import Daemon, HealthItem, Trouble

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Face:
    """Puts together how things stand, and listens where the configuration says."""

    worker: Worker
    clock: Clock
    stopping: threading.Event
    began: float = 0.0
    beat: float = 0.0
    """When the daemon was started, and when its main loop last came round: by the
    monotonic clock."""
    _listener: Listener | None = None
    _known: frozenset[str] = frozenset()
    """What of that the log has been told."""

    def standing(self) -> Standing:
        """Say how things stand; for any thread."""
        news, worker = self.worker.news, self.worker
        polled_at, then = news.polled or (None, self.began)
        return stand(
            news.status,
            Daemon(
                poll=worker.config.schedule.poll,
                polled_at=polled_at,
                silence=self.clock.monotonic() - then,
                refused=news.refused,
                is_stopping=self.stopping.is_set(),
                more=(*news.items(), *self._troubles()),
            ),
            news.counters,
            now=self.clock.unix(),
            beat=self.beat,
        )

    def complain(self) -> None:
        """Have the log tell of what the parts say of themselves, where that is news."""
        found = {item.about: item for item in self._troubles()}
        for about in found.keys() - self._known:
            log.warning(found[about].type.value, error=found[about].hint)
        self._known = frozenset(found)

    def _troubles(self) -> Iterator[HealthItem]:
        """Take what the parts say of themselves."""
        listener, spool = self._listener, self.worker.spool
        if listener is not None and listener.trouble is not None:
            yield listener.trouble
        if self.worker.herald.trouble is not None:
            yield self.worker.herald.trouble
        if spool is not None and spool.trouble:
            yield HealthItem(
                type=Trouble.DEAF,
                message="what the hook leaves is not heard",
                hint=spool.trouble,
                about="spool",
            )

    def listen(self, address: Address | None) -> None:
        """Listen where the configuration says, which may change."""
        listener = self._listener
        if listener is not None and listener.address != address:
            listener.stop()
            listener = None
        if listener is None and address is not None:
            listener = Listener(address, self.standing, self.clock)
        self._listener = listener
        if listener is not None:
            listener.start()
