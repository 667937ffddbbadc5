"""Every fault that either server can show by itself, and what is injected of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict, Unpack

from tests.faults.ground import PLEX, STASH, Ground
from tests.sandbox.faults import LOCKED, LOGIN_PAGE, Fault, What, too_many
from tests.sandbox.wire import Request, Response

_XML = (("Content-Type", "text/xml"),)
_MAINTENANCE = Response(status=503, headers=_XML, kind="maintenance")
_SOON = Response(
    status=503, headers=(*_XML, ("Retry-After", "600")), kind="maintenance"
)
_FORBIDDEN = Response(status=401, kind="refused")
_LOGIN = Response(status=302, headers=(("Location", "/login"),), kind="refused")
_FAILED = Response(status=502, kind="failed")
_NONSENSE = Response(
    headers=(("Content-Type", "application/json"),), body=b'{"data":', kind="broken"
)


def is_put(request: Request) -> bool:
    return request.method == "PUT"


def is_get(request: Request) -> bool:
    return request.method == "GET"


def is_post(request: Request) -> bool:
    return request.method == "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A fault of one server, and how much of it there is."""

    name: str
    server: str
    what: What
    matches: Callable[[Request], bool]
    times: int = 1
    skip: int = 0
    seconds: float = float("inf")
    answer: Response = LOCKED

    def befall(self, ground: Ground) -> None:
        """Have the server show it from now on."""
        ground.doubles[self.server].add(
            Fault(
                what=self.what,
                matches=self.matches,
                times=self.times,
                skip=self.skip,
                seconds=self.seconds,
                answer=self.answer,
            )
        )


class _How(TypedDict, total=False):
    """How often, and what is answered."""

    times: int
    skip: int
    seconds: float
    answer: Response


def _writes(name: str, what: What, **how: Unpack[_How]) -> Trouble:
    name = f"write: {name}"
    return Trouble(name=name, server=PLEX, what=what, matches=is_put, **how)


def _reads(name: str, what: What, **how: Unpack[_How]) -> Trouble:
    return Trouble(name=f"read: {name}", server=PLEX, what=what, matches=is_get, **how)


def _stash(name: str, what: What, **how: Unpack[_How]) -> Trouble:
    name = f"stash: {name}"
    return Trouble(name=name, server=STASH, what=what, matches=is_post, **how)


TROUBLES = (
    _writes("latency below the limit", What.SLOW_AFTER, seconds=20.0, times=3),
    _writes("answer given up, applied later", What.SLOW_BEFORE),
    _writes("answer given up, applied before", What.SLOW_AFTER),
    _writes("reset before it was applied", What.RESET_BEFORE),
    _writes("reset after it was applied", What.RESET_AFTER),
    _writes("black hole", What.BLACK_HOLE),
    _writes("database locked, not applied", What.ANSWERED),
    _writes("database locked five times", What.ANSWERED, times=5),
    _writes("database locked, applied", What.APPLIED_ANSWERED),
    _writes("busy, not applied", What.ANSWERED, answer=_MAINTENANCE, times=4),
    _writes("busy, applied", What.APPLIED_ANSWERED, answer=_MAINTENANCE),
    _writes("asked to come back", What.ANSWERED, answer=too_many(900)),
    _writes("dropped with a 200", What.DROPPED),
    _writes("dropped four times", What.DROPPED, times=4),
    _writes("late with a 200", What.LATE),
    _writes("sent to a login page", What.ANSWERED, answer=_LOGIN, times=3),
    _writes("login page with a 200", What.ANSWERED, answer=LOGIN_PAGE, times=3),
    _writes("token not taken", What.ANSWERED, answer=_FORBIDDEN, times=3),
    _writes("gateway fails", What.ANSWERED, answer=_FAILED, times=2),
    _reads("reset in the middle", What.RESET_MIDWAY, times=2),
    _reads("truncated", What.TRUNCATED, times=2, skip=1),
    _reads("black hole", What.BLACK_HOLE, times=2),
    _reads("maintenance", What.ANSWERED, answer=_MAINTENANCE, times=3),
    _reads("maintenance until a time", What.ANSWERED, answer=_SOON),
    _reads("database locked", What.ANSWERED, times=3),
    _reads("login page with a 200", What.ANSWERED, answer=LOGIN_PAGE, times=3),
    _reads("token not taken", What.ANSWERED, answer=_FORBIDDEN, times=3),
    _stash("latency below the limit", What.SLOW_AFTER, seconds=20.0, times=3),
    _stash("reset", What.RESET_BEFORE, times=2),
    _stash("reset in the middle", What.RESET_MIDWAY, times=2),
    _stash("truncated", What.TRUNCATED, times=2),
    _stash("black hole", What.BLACK_HOLE, times=3),
    _stash("fails", What.ANSWERED, answer=_FAILED, times=3),
    _stash("busy until a time", What.ANSWERED, answer=too_many(600)),
    _stash("half a JSON", What.ANSWERED, answer=_NONSENSE, times=2),
    _stash("login page with a 200", What.ANSWERED, answer=LOGIN_PAGE, times=2),
    _stash("sent to a login page", What.ANSWERED, answer=_LOGIN, times=2),
    _stash("key not taken", What.ANSWERED, answer=_FORBIDDEN, times=2),
)
"""Each alone is a row of the table that `tests/faults` shows."""
