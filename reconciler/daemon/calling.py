"""Commands that come to the door while the daemon runs."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from state.door import Door, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a command asks for, and whether it is still there."""

    visit: Visit
    line: Mapping[str, Any]
    is_gone: threading.Event = field(default_factory=threading.Event)


def receive(door: Door, take: Callable[[Call], None]) -> None:
    """Hand on what is asked for at the door, until it is closed; returns at once."""
    threading.Thread(
        target=_answer, args=(door, take), name="door", daemon=True
    ).start()


def _answer(door: Door, take: Callable[[Call], None]) -> None:
    for visit in door.visits():
        threading.Thread(
            target=_hear, args=(visit, take), name="caller", daemon=True
        ).start()


def _hear(visit: Visit, take: Callable[[Call], None]) -> None:
    line = visit.hear()
    if line is None:
        visit.close()
        return
    call = Call(visit=visit, line=line)
    take(call)
    while visit.hear() is not None:
        pass  # nothing more is said: it waits, or goes
    call.is_gone.set()
