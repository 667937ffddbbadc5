"""When an entry is tried again: the only retry there is, durable in the outbox."""

from dataclasses import dataclass
from random import Random

from reconciler.core.errors import BusyError, PermanentError

MAX_ATTEMPTS = 8
"""After so many deliveries that failed for their own sake a field is a dead letter."""

VERIFY_AFTER = 60.0
"""Seconds until an unclear write is looked at again: longer than any request lives.

Twice as long each time that it is unclear again, up to an hour: one that Plex fails
for ever is a dead letter after two hours.
"""

LONGEST = 24 * 3600.0
"""Seconds that nothing is put off for longer, neither an entry nor a server: what seems
to be was put off by a clock that was ahead."""

_FIRST = 5.0
_DOUBLINGS = 12
_UNCLEAR_DOUBLINGS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Try the entry again, not before so many seconds from now."""

    delay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bury:
    """Do not try it again without a person or a new change."""


def after_failure(error: Exception, attempts: int, chance: Random) -> Again | Bury:
    """Decide what becomes of an entry that failed for the *attempts*-th time.

    Full jitter over a span that doubles up to six hours; what the server says
    of when is kept by its rest. A server without time is no fault of the entry's: it is
    never buried, but is asked ever seldomer.
    """
    is_worn_out = attempts >= MAX_ATTEMPTS and not isinstance(error, BusyError)
    if isinstance(error, PermanentError) or is_worn_out:
        return Bury()
    span = _FIRST * 2 ** min(attempts - 1, _DOUBLINGS)
    return Again(delay=chance.uniform(0, span))


def after_unclear(attempts: int) -> Again | Bury:
    """Decide what becomes of an entry whose write is unclear once more."""
    if attempts >= MAX_ATTEMPTS:
        return Bury()
    return Again(delay=VERIFY_AFTER * 2.0 ** min(attempts - 1, _UNCLEAR_DOUBLINGS))
