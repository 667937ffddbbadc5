"""Planned faults, and the `Front` that plays them before a handler and counts.

A request that a fault keeps from the handler is counted as `unserved`, any other one
under the kind that the handler gave it; which faults came up is in `Faults.fired`.
"""

import math
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from tests.sandbox.wire import Handle, Request, Response


class What(StrEnum):
    SLOW_BEFORE = "slow before"  # waits `seconds`, then applies and answers
    SLOW_AFTER = "slow after"  # applies, waits `seconds`, then answers
    RESET_BEFORE = "reset before"  # connection reset, not applied
    RESET_AFTER = "reset after"  # applied, then reset without an answer
    RESET_MIDWAY = "reset midway"  # applied, reset in the middle of the body
    TRUNCATED = "truncated"  # applied, half of the promised body, then closed
    BLACK_HOLE = "black hole"  # not applied, no answer for `seconds`
    ANSWERED = "answered"  # `answer` instead of applying
    APPLIED_ANSWERED = "applied, answered"  # applied, but `answer` is what is told
    DROPPED = "dropped"  # an empty 200, never applied
    LATE = "late"  # an empty 200, applied `seconds` later or at `release`


EMPTY = Response(headers=(("Content-Type", "text/html"),), kind="empty")
LOCKED = Response(
    status=500,
    headers=(("Content-Type", "text/html"),),
    body=b"database is locked",
    kind="locked",
)
LOGIN_PAGE = Response(
    headers=(("Content-Type", "text/html; charset=utf-8"),),
    body=b"<!DOCTYPE html><html><title>Log in</title><form></form></html>",
    kind="login page",
)


def too_many(seconds: int) -> Response:
    """Return the 429 that asks to come back in *seconds*."""
    headers = (("Content-Type", "text/plain"), ("Retry-After", str(seconds)))
    return Response(status=429, headers=headers, body=b"slow down", kind="too many")


Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Generic[Kind]):
    """One planned fault: consumed *times* times, after *skip* matching requests."""

    what: Kind
    matches: Callable[[Request], bool] = lambda _: True
    times: int = 1
    skip: int = 0
    seconds: float = math.inf
    answer: Response = LOCKED


class Faults(Generic[Kind]):
    """The faults still to come, the writes held back, and what has been played."""

    def __init__(self) -> None:
        self.fired: Counter[str] = Counter()
        self._held: list[Callable[[], object]] = []
        self._lock = threading.RLock()  # what is asked whether it matches may hold
        self._plan: list[_Planned[Kind]] = []

    def add(self, *faults: Fault[Kind]) -> None:
        with self._lock:
            self._plan.extend(_Planned(fault) for fault in faults)

    def clear(self) -> None:
        """Forget what is still planned; writes held back stay held."""
        with self._lock:
            self._plan.clear()

    @property
    def left(self) -> int:
        """How often a planned fault may still come up."""
        with self._lock:
            return sum(planned.times for planned in self._plan)

    @property
    def held(self) -> int:
        """How many writes are held back."""
        with self._lock:
            return len(self._held)

    def take(self, request: Request) -> Fault[Kind] | None:
        """Use up the first planned fault that meets *request*."""
        with self._lock:
            for planned in self._plan:
                if planned.meets(request):
                    self.fired[planned.fault.what] += 1
                    return planned.fault
        return None

    def hold(self, act: Callable[[], object]) -> Callable[[], None]:
        """Keep *act* for later, and return what does it once, if not done yet."""
        with self._lock:
            self._held.append(act)
        return lambda: self._do(act)

    def release(self) -> int:
        """Do all that is held back, oldest first, and return how much that was."""
        with self._lock:
            held = list(self._held)
        for act in held:
            self._do(act)
        return len(held)

    def forget(self) -> None:
        """Drop all that is held back, as a server does that goes down."""
        with self._lock:
            self._held.clear()

    def _do(self, act: Callable[[], object]) -> None:
        with self._lock:
            if act not in self._held:
                return
            self._held.remove(act)
        act()


class _Planned(Generic[Kind]):
    """A fault with what is left of it."""

    def __init__(self, fault: Fault[Kind]) -> None:
        self.fault = fault
        self.times = fault.times
        self._skip = fault.skip

    def meets(self, request: Request) -> bool:
        if not self.times or not self.fault.matches(request):
            return False
        if self._skip:
            self._skip -= 1
            return False
        self.times -= 1
        return True


class Broken(StrEnum):
    """How an exchange ended that brought no whole answer."""

    RESET = "reset"
    SILENT = "silent"


class Cut(StrEnum):
    """How a body ends early."""

    RESET = "reset"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """An answer of which only half of the body arrives."""

    response: Response
    cut: Cut


class Line(Protocol):
    """The connection to one client, as far as a fault can play with it."""

    def wait(self, seconds: float) -> bool:
        """Let time pass, and say whether the client is still there after it."""
        ...

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do *act* in *seconds*, if this line can."""
        ...


class Front:
    """A handler with its counts and its faults."""

    def __init__(self, handle: Handle) -> None:
        self.counts: Counter[str] = Counter()
        self.faults = Faults[What]()
        self._handle = handle
        self._lock = threading.Lock()

    def ask(self, request: Request, line: Line) -> Response | Half | Broken:
        fault = self.faults.take(request)
        if fault is None:
            return self._apply(request)
        match fault.what:
            case What.LATE:
                act = self.faults.hold(lambda: self._apply(request))
                line.later(fault.seconds, act)
                return EMPTY
            case What.SLOW_BEFORE:
                return self._slow_before(fault.seconds, request, line)
            case What.ANSWERED | What.DROPPED | What.RESET_BEFORE | What.BLACK_HOLE:
                self._count("unserved")
                return _refuse(fault, line)
            case _:
                return _spoil(fault, self._apply(request), line)

    def _slow_before(
        self, seconds: float, request: Request, line: Line
    ) -> Response | Broken:
        if line.wait(seconds):
            return self._apply(request)
        # The client is gone, and the server applies the request all the same.
        self.faults.hold(lambda: self._apply(request))
        return Broken.SILENT

    def _apply(self, request: Request) -> Response:
        response = self._handle(request)
        self._count(response.kind)
        return response

    def _count(self, kind: str) -> None:
        with self._lock:
            self.counts[kind] += 1


def _refuse(fault: Fault[What], line: Line) -> Response | Broken:
    match fault.what:
        case What.ANSWERED:
            return fault.answer
        case What.DROPPED:
            return EMPTY
        case What.BLACK_HOLE:
            line.wait(fault.seconds)
            return Broken.SILENT
        case _:
            return Broken.RESET


def _spoil(
    fault: Fault[What], response: Response, line: Line
) -> Response | Half | Broken:
    match fault.what:
        case What.APPLIED_ANSWERED:
            return fault.answer
        case What.RESET_AFTER:
            return Broken.RESET
        case What.RESET_MIDWAY:
            return Half(response=response, cut=Cut.RESET)
        case What.TRUNCATED:
            return Half(response=response, cut=Cut.CLOSED)
        case _:
            return response if line.wait(fault.seconds) else Broken.SILENT
