"""What one row of the table of operations is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tests.seeing.stage import Readings, Stage

Version: TypeAlias = tuple[int, ...]
NEWEST: Version = (99,)


class Within(StrEnum):
    """Within what time an operation is seen, as the table says it."""

    POLL = "a poll"
    JOB = "a poll after the job"
    SWEEP = "the sweep"
    NEVER = "-"


def nothing(_: Stage) -> Readings:
    """Owe nothing: Plex says what it said."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that is done in Stash or to its files, and what comes of it."""

    name: str
    """As in the table of docs/design.md."""
    act: Callable[[Stage], object]
    """Do it. What starts a job waits until that is over; passes go on meanwhile."""
    within: Within
    then: Callable[[Stage], Readings] = nothing
    """What must be read when it has been seen; asked for when it is done."""
    trace: str = ""
    """Fields of the heron that are otherwise in Stash then, though not in Plex."""
    first: Callable[[Stage], object] | None = None
    """What has to be there, long before it is done."""
    since: Version = ()
    """The first version of Stash that this row is about."""
    before: Version = NEWEST
    """The first version that it is not about any more."""
    only_double: str = ""
    """Why it cannot be done to a real Stash from outside."""
