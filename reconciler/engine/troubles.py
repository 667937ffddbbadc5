"""The troubles that a person is told of: their types, and what an item says of one."""

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """The types of items."""

    HELD = "held pass"
    DOUBT = "doubt"
    UNAUTHORISED = "unauthorised"
    OUTAGE = "outage"
    MISSING = "library missing"
    LETTERS = "dead letters"
    CONFLICTS = "conflicts"
    CONTESTED = "contested"
    PAUSED = "paused"
    WAITING = "waiting"
    RESTORED = "state put back"
    # of a daemon
    REFUSED = "configuration refused"
    STALE = "stale"
    STARTING = "starting"
    STOPPING = "stopping"
    UNHEARD = "nobody listens"
    UNTOLD = "not told"
    DEAF = "hook not heard"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthItem:
    """One trouble, or what looks like one: what it is, and what to do about it."""

    type: Trouble
    message: str
    """A sentence with counts and numbers, without titles and names."""
    hint: str
    """What to do next, with the command for it."""
    about: str = ""
    """What it is about, however its words change: no two have the same."""
    count: int = 1
    since: int | None = None
    """Unix seconds, where it is known since when."""
