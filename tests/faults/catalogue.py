"""Every fault that either server can show by itself, and what is injected of it."""

from collections.abc import Callable
from contextlib import suppress
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
_TOO_LONG = Response(status=414, kind="too long")
_FORBIDDEN = Response(status=401, kind="refused")
_LOGIN = Response(status=302, headers=(("Location", "/login"),), kind="refused")
_FAILED = Response(status=502, kind="failed")
_NONSENSE = Response(
    headers=(("Content-Type", "application/json"),), body=b'{"data":', kind="broken"
)


_VICTIM = "reel-0001"
"""An item that is owed something after each change, and nothing of which is others'."""

_LONG = 300
"""Characters of a query that are too many for a server that says so."""


def is_put(request: Request) -> bool:
    return request.method == "PUT"


def is_get(request: Request) -> bool:
    return request.method == "GET"


def is_post(request: Request) -> bool:
    return request.method == "POST"


def _is_long_put(request: Request) -> bool:
    return is_put(request) and len(request.query) > _LONG


def _is_read_of_items(request: Request) -> bool:
    return is_get(request) and request.path.startswith("/library/metadata/")


def _is_any(_: Request) -> bool:
    return True


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Upheaval:
    """What becomes of an item of Plex just before a request is answered."""

    name: str
    matches: Callable[[Request], bool]
    act: Callable[[Ground], None]

    def befall(self, ground: Ground) -> None:
        """Have it happen once, before the next request that matches."""

        def meets(request: Request) -> bool:
            is_met = self.matches(request)
            if is_met:
                self.act(ground)
            return is_met

        # a wait of no time: what is asked for is done as ever
        fault = Fault(what=What.SLOW_AFTER, matches=meets, seconds=0.0)
        ground.doubles[PLEX].add(fault)


def _rekey(ground: Ground) -> None:
    """Find an item anew, if there is one: nothing of what was written is left."""
    with suppress(KeyError):
        ground.world.plex.moves.rekey(ground.world.key(_VICTIM))


def _take_away(ground: Ground) -> None:
    """Let a file be gone for the rest of a pass, and its item for ever."""
    world, path = ground.world, f"/media/films/{_VICTIM}.mp4"
    plex = world.plex
    with suppress(KeyError):
        plex.scanner.remove(world.section, path)
        plex.scanner.empty_trash(world.section)
        ground.doubles[PLEX].hold(lambda: plex.scanner.add(world.section, path))


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
    Trouble(
        name="write: too long",
        server=PLEX,
        what=What.ANSWERED,
        matches=_is_long_put,
        answer=_TOO_LONG,
    ),
    Trouble(
        name="plex: maintenance of all there is",
        server=PLEX,
        what=What.ANSWERED,
        matches=_is_any,
        answer=_MAINTENANCE,
        times=6,
    ),
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

UPHEAVALS = (
    Upheaval(
        name="item: re-keyed before a read", matches=_is_read_of_items, act=_rekey
    ),
    Upheaval(name="item: re-keyed before a write", matches=is_put, act=_rekey),
    Upheaval(
        name="item: dead in a read of many", matches=_is_read_of_items, act=_take_away
    ),
    Upheaval(name="item: dead before a write", matches=is_put, act=_take_away),
)
"""The same of items."""
