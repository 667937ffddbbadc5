"""When Plex is asked again for what scenes wait for."""

from dataclasses import dataclass

from reconciler.clock import Clock
from reconciler.core.waiting import is_time
from state.waits import Waits


@dataclass(slots=True, kw_only=True)
class Patience:
    """Knows when Plex was last looked at; lives longer than a pass, and on no disk.

    One that has not looked yet looks at once.
    """

    clock: Clock
    _looked_at: float | None = None
    """By the monotonic clock."""

    def is_over(self, waits: Waits) -> bool:
        """Whether scenes wait, and it is time to look for them."""
        if not waits.counts():
            return False
        now = self.clock.unix()
        begun = waits.latest(until=now)
        waited = None if begun is None else float(now - begun)
        since = self._looked_at
        looked = None if since is None else self.clock.monotonic() - since
        return is_time(waited, looked)

    def looked(self) -> None:
        """Take note of a look that has come off: one that failed is none."""
        self._looked_at = self.clock.monotonic()
