"""When an entry is tried again: the only retry there is, durable in the outbox."""

from dataclasses import dataclass
from random import Random

from reconciler.core.errors import BusyError, PermanentError, TransientError

MAX_ATTEMPTS = 8
"""After so many deliveries that failed for their own sake a field is a dead letter."""

VERIFY_AFTER = 60.0
"""Seconds until an unclear write is looked at again: longer than any request lives."""

_FIRST = 5.0
_CAP = 3600.0
_BUSY_CAP = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Try the entry again, not before so many seconds from now."""

    delay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bury:
    """Do not try it again without a person or a new change."""


def after_failure(error: Exception, attempts: int, chance: Random) -> Again | Bury:
    """Decide what becomes of an entry that failed for the *attempts*-th time.

    Full jitter over an exponentially growing span; what the server says of when counts.
    """
    if isinstance(error, PermanentError) or attempts >= MAX_ATTEMPTS:
        return Bury()
    cap = _BUSY_CAP if isinstance(error, BusyError) else _CAP
    span = min(cap, _FIRST * 2 ** (attempts - 1))
    asked = error.retry_after if isinstance(error, TransientError) else None
    return Again(delay=max(asked or 0.0, chance.uniform(0, span)))
