"""Politeness: how much of its time Plex is busy with us."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.clock import Clock
from reconciler.core.pace import Usual, peace


@dataclass(slots=True, kw_only=True)
class Pacer:
    """Leaves a server in peace between requests; lives longer than a pass."""

    clock: Clock
    share: float = 1.0
    """Of wall time that the server is busy with us, at most."""
    usual: dict[str, Usual] = field(default_factory=dict)
    """By the kind of request."""
    _free_at: float = 0.0
    """By the monotonic clock: nothing is sent before."""

    @contextlib.contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        """Wait until a request of a *kind* may be sent, and measure its answer.

        One that fails gives peace for as long as it took to fail.
        """
        early = self._free_at - self.clock.monotonic()
        if early > 0:
            self.clock.wait(early)
        begin = self.clock.monotonic()
        try:
            yield
        finally:
            end = self.clock.monotonic()
            self._free_at = end + self._peace(kind, end - begin)

    def _peace(self, kind: str, took: float) -> float:
        usual = self.usual.get(kind, Usual(seconds=took))
        self.usual[kind] = usual.learn(took)
        return peace(took, usual.seconds, self.share)
