"""The only clock: everything else takes it as an argument."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Wall time for what is recorded, monotonic seconds for how long things take."""

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic

    wait: Callable[[float], None] = time.sleep  # noqa: TID251 - and waits by it

    def unix(self) -> int:
        """Whole seconds since 1970, UTC."""
        return int(self.now().timestamp())
