"""How long a server that failed is left alone; the ledger keeps it as an outage."""

from dataclasses import dataclass, replace
from math import ceil
from random import Random

from reconciler.core.errors import (
    ServerError,
    StrangerError,
    TransientError,
    UnauthorisedError,
    UnreachableError,
)
from reconciler.core.retry import LONGEST

PATIENCE = 3
"""Failures in a row that are the server's, whatever each of them was."""

_OF_KEY = (UnauthorisedError, StrangerError)
_OF_SERVER = (UnreachableError, *_OF_KEY)
"""What speaks of the server and not of what was asked: one is enough."""

_FIRST, _LONGEST, _DOUBLINGS = 10.0, 900.0, 7
"""Seconds of the first rest, and of the longest that is our own choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Failures since its last answer; times are unix seconds, by our clock."""

    began: int
    failures: int = 0
    """In a row."""
    rests: int = 0
    """How often the server was left alone for it."""
    until: int = 0
    """Nothing is sent before then ..."""
    asked: int = 0
    """... and before then not even for a person: so the server asked."""
    is_of_write: bool = False
    """Whether it is writes that the server refuses: an answered read ends nothing."""
    kind: str = ""
    cause: str = ""
    """The class of the last failure, and its sentence."""


def is_of_server(error: Exception) -> bool:
    """Whether an error speaks of the server and not of what was asked."""
    return isinstance(error, _OF_SERVER)


def is_failure(error: ServerError) -> bool:
    """Whether an error may be the server's: what is gone or refused was answered."""
    return isinstance(error, (*_OF_SERVER, TransientError))


def after(
    outage: Outage | None,
    error: ServerError,
    now: int,
    chance: Random,
    *,
    is_write: bool = False,
) -> Outage:
    """Count a failure: how long the server rests now.

    The span doubles with each rest; jitter takes up to half of it, so that no two
    that failed together come back together.
    """
    was = outage or Outage(began=now)
    failures = was.failures + 1
    rests = was.rests + (is_of_server(error) or failures >= PATIENCE)
    asked = error.retry_after if isinstance(error, TransientError) else None
    rest = _span(rests, chance) if rests > was.rests else 0.0
    wanted = now + ceil(min(asked or 0.0, LONGEST))
    return replace(
        was,
        failures=failures,
        rests=rests,
        until=max(now + ceil(rest), wanted),
        asked=wanted,
        # one that cannot be reached cannot be read either
        is_of_write=is_write and isinstance(error, _OF_KEY),
        kind=error.kind,
        cause=str(error),
    )


def may_ask(outage: Outage, now: int, *, is_probing: bool) -> bool:
    """Whether a request may be sent.

    One that a person asks for waits only as long as the server asked for.
    """
    until = outage.asked if is_probing else outage.until
    return not now < until <= now + LONGEST


def _span(rests: int, chance: Random) -> float:
    doublings = min(rests - 1, _DOUBLINGS)
    whole = min(_FIRST * 2**doublings, _LONGEST)
    return chance.uniform(whole / 2, whole)
