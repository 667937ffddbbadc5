"""Every fault of the road to a server, and what is injected of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.faults.catalogue import is_get, is_post, is_put
from tests.faults.ground import LIMIT, PLEX, STASH, Ground
from tests.sandbox.faults import LOGIN_PAGE, Fault
from tests.sandbox.proxy import Play
from tests.sandbox.wire import Request, Response

_LOGIN = Response(status=302, headers=(("Location", "/login"),), kind="refused")
_FAILED = Response(status=502, kind="failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What happens to some requests on their way."""

    name: str
    server: str
    fault: Fault[Play]

    def befall(self, ground: Ground) -> None:
        """Have the road fail like that from now on."""
        ground.roads[self.server].faults.add(self.fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """No connection can be made, from the first one on."""

    name: str
    server: str
    what: Play

    def befall(self, ground: Ground) -> None:
        """Close the road until the pass is over."""
        road = ground.roads[self.server]
        road.faults.fired[self.what] += 1
        road.turn(self.what)


_Match = Callable[[Request], bool]
_ASKED: tuple[tuple[str, str, _Match], ...] = (
    ("stash", STASH, is_post),
    ("read", PLEX, is_get),
    ("write", PLEX, is_put),
)
"""What may be asked of whom."""


def _kinds(matches: _Match) -> Mapping[str, Fault[Play]]:
    """Return each kind of fault by its name."""
    return {
        "latency below the limit": Fault(
            what=Play.LATE, matches=matches, times=3, seconds=LIMIT / 6
        ),
        "overdue, in the same pass": Fault(
            what=Play.OVERDUE, matches=matches, seconds=LIMIT * 1.2
        ),
        "trickled, longer than the limit": Fault(
            what=Play.TRICKLED, matches=matches, times=2, seconds=LIMIT / 6
        ),
        "reset before": Fault(what=Play.RESET_BEFORE, matches=matches, times=2),
        "hung up before": Fault(what=Play.HUNG_UP, matches=matches, times=2),
        "half of the request": Fault(what=Play.HALVED, matches=matches, times=2),
        "reset after": Fault(what=Play.RESET_AFTER, matches=matches, times=2),
        "reset midway": Fault(what=Play.RESET_MIDWAY, matches=matches, times=2),
        "truncated": Fault(what=Play.TRUNCATED, matches=matches, times=2),
        "stalled": Fault(what=Play.STALLED, matches=matches),
        "black hole": Fault(what=Play.BLACK_HOLE, matches=matches, times=2),
        "swallowed": Fault(what=Play.SWALLOWED, matches=matches),
        "overdue, after the pass": Fault(what=Play.OVERDUE, matches=matches),
        "closed though kept alive": Fault(what=Play.LEFT, matches=matches, times=4),
        "sent to a login page": Fault(
            what=Play.ANSWERED, matches=matches, times=2, answer=_LOGIN
        ),
        "login page with a 200": Fault(
            what=Play.ANSWERED, matches=matches, times=2, answer=LOGIN_PAGE
        ),
        "gateway fails": Fault(
            what=Play.ANSWERED, matches=matches, times=3, answer=_FAILED
        ),
        "shut in the middle": Fault(what=Play.SHUT, matches=matches, skip=1),
        "deaf in the middle": Fault(what=Play.DEAF, matches=matches, skip=1),
    }


MISHAPS: tuple[Mishap | Closure, ...] = (
    *(
        Mishap(name=f"{asked}: {name}", server=server, fault=fault)
        for asked, server, matches in _ASKED
        for name, fault in _kinds(matches).items()
    ),
    *(
        Closure(name=f"{server}: {name}", server=server, what=what)
        for server in (STASH, PLEX)
        for name, what in (("refused", Play.SHUT), ("unreachable", Play.DEAF))
    ),
)
"""Each alone is a row of the table that `tests/faults` shows."""
