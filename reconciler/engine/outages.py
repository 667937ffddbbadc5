"""What a person should know of servers that cannot be asked: an item for each."""

from collections.abc import Iterator

from reconciler.core.absence import STASH
from reconciler.core.errors import (
    AmbiguousError,
    BusyError,
    StrangerError,
    TransientError,
    UnauthorisedError,
    UnreachableError,
)
from reconciler.core.wording import moment
from reconciler.engine.status import Status
from reconciler.engine.troubles import HealthItem, Trouble
from state.records import OutageRecord

_WHYS = {
    UnreachableError.kind: "no connection",
    BusyError.kind: "no time for it",
    TransientError.kind: "failed requests",
    AmbiguousError.kind: "a write without a clear answer",
}
"""Classes of failures, in words."""

_KEYS = {STASH: "[stash] api_key"}


def out_of_reach(status: Status, *, goes_on: bool) -> Iterator[HealthItem]:
    """Tell of each outage that is not over; by itself *goes_on* only a daemon."""
    for one in status.outages:
        if one.ended is None:
            is_shut_out = one.kind == UnauthorisedError.kind
            tell = _unauthorised if is_shut_out else _out
            yield tell(one, goes_on=goes_on)


def _unauthorised(outage: OutageRecord, *, goes_on: bool) -> HealthItem:
    # a daemon has what it has read, and reads it anew only when it is told to
    anew = ", and `systemctl reload plexsync`, or SIGHUP, has the daemon read it"
    key = _KEYS.get(outage.server, "[plex] token")
    return HealthItem(
        type=Trouble.UNAUTHORISED,
        message=f"{outage.server} does not take our key since {moment(outage.began)}",
        hint=f"correct {key}; `plexsync check` tries it{anew if goes_on else ''}",
        about=outage.server,
        since=outage.began,
    )


def _out(outage: OutageRecord, *, goes_on: bool) -> HealthItem:
    server, since = outage.server, moment(outage.began)
    why = f": {_WHYS[outage.kind]}" if outage.kind in _WHYS else ""
    what = f"{server} cannot be asked since {since}{why}"
    if outage.is_of_write:
        what = f"{server} takes no writes since {since}{why}"
    if outage.kind == StrangerError.kind:
        what = f"who answers for {server} since {since} is not it"
    then = (
        "all goes on by itself" if goes_on else "the next `plexsync reconcile` goes on"
    )
    return HealthItem(
        type=Trouble.OUTAGE,
        message=what,
        hint=f"once it answers, {then}; `plexsync check` tries it now",
        about=server,
        since=outage.began,
    )
