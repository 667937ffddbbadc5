"""What a person should know of how things stand: an item for each trouble.

Counts and numbers only: an item is read by whoever may look, and sent wherever a
person wants to be told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.core.absence import STASH
from reconciler.core.wording import moment, several
from reconciler.engine.outages import out_of_reach
from reconciler.engine.status import Status
from reconciler.engine.troubles import HealthItem, Trouble
from state.restorations import RestorationRecord

_NAMED = 5
"""How many scenes a sentence names."""

_POLLS = 3
_LEAST = 60.0
"""How many polls, and at least how many seconds, Stash may go unasked."""

OF_STASH, OF_LIBRARIES = "doubt of stash", "doubt of libraries"
"""What a doubt is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """What a daemon knows of itself."""

    poll: float
    """Seconds from one poll to the next."""
    polled_at: int | None = None
    """When Stash last answered a poll, in unix seconds; None: not yet."""
    silence: float = 0.0
    """Seconds since then, or since the start, that no change of the clock moves."""
    refused: int = 0
    """Mistakes in the configuration that it was last told to read, and did not take."""
    is_stopping: bool = False
    more: tuple[HealthItem, ...] = ()
    """What its parts say of themselves."""

    @property
    def is_late(self) -> bool:
        """Whether Stash was not asked for longer than a few polls."""
        return self.silence > self.limit

    @property
    def limit(self) -> float:
        """How long Stash may go unasked, in seconds."""
        return max(_POLLS * self.poll, _LEAST)

    @property
    def is_ready(self) -> bool:
        """Whether it does what it is there for."""
        is_there = self.polled_at is not None and not self.is_stopping
        return is_there and not self.is_late


def health(
    status: Status, now: int, daemon: Daemon | None = None
) -> tuple[HealthItem, ...]:
    """Tell what a person should know *now*, in unix seconds.

    What only a *daemon* knows is left out where there is none.
    """
    at_work = status.at_work
    goes_on = daemon is not None or (at_work is not None and at_work.is_daemon)
    of_state = tuple(_of_state(status, now, goes_on=goes_on))
    if daemon is None:
        return of_state
    silent = {one.server for one in status.outages if one.ended is None}
    return (*_of_daemon(daemon, now, silent), *of_state)


def _of_state(status: Status, now: int, *, goes_on: bool) -> Iterator[HealthItem]:
    yield from (_held(number) for number in status.held)
    yield from _doubts(status)
    yield from out_of_reach(status, goes_on=goes_on)
    if status.missing:
        yield _missing(status.missing)
    if status.dead:
        yield _letters(status)
    if status.conflicts:
        yield _conflicts(status.conflicts)
    if status.contested:
        yield _contested(status.contested)
    if status.paused is not None:
        yield _paused(status.paused)
    if waiting := sum(status.waiting.values()):
        yield _waiting(waiting)
    if status.restored is not None and status.restored.is_news(now):
        yield _restored(status.restored)


def _held(number: int) -> HealthItem:
    return HealthItem(
        type=Trouble.HELD,
        message=f"the brake holds pass {number}",
        hint="`plexsync plan` shows what it would do,"
        f" `plexsync approve {number}` lets it go",
        about=f"pass {number}",
    )


def _doubts(status: Status) -> Iterator[HealthItem]:
    """Take Stash for itself; how libraries are called is not told."""
    found = [one for one in status.doubts if one not in status.believed]
    titles = [one for one in found if one != STASH]
    if STASH in found:
        what = "what stash says is not believed"
        yield _doubt(what, OF_STASH, status, [STASH])
    if titles:
        only = "a library lists is not believed"
        many = f"{len(titles)} libraries list is not believed"
        what = f"what {only if len(titles) == 1 else many}"
        yield _doubt(what, OF_LIBRARIES, status, titles)


def _doubt(what: str, about: str, status: Status, subjects: list[str]) -> HealthItem:
    known = status.doubted_since
    return HealthItem(
        type=Trouble.DOUBT,
        message=what,
        hint="`plexsync check` says why, and what to do",
        about=about,
        count=len(subjects),
        since=min((known[one] for one in subjects if one in known), default=None),
    )


def _missing(since: Mapping[str, int]) -> HealthItem:
    only = "a library that the configuration names is not in Plex"
    many = f"{len(since)} libraries that the configuration names are not in Plex"
    return HealthItem(
        type=Trouble.MISSING,
        message=only if len(since) == 1 else many,
        hint="correct [plex] libraries; `plexsync check` says which there are",
        about="missing libraries",
        count=len(since),
        since=min(since.values()),
    )


def _letters(status: Status) -> HealthItem:
    scenes = list(dict.fromkeys(one.scene for one in status.letters))
    named = ", ".join(map(str, scenes[:_NAMED]))
    is_all = len(scenes) <= _NAMED and status.dead <= len(status.letters)
    verb = "was" if status.dead == 1 else "were"
    return HealthItem(
        type=Trouble.LETTERS,
        message=f"{several(status.dead, 'field')} {verb} given up, of"
        f" scene{'s' * (len(scenes) > 1)} {named}{'' if is_all else ' and others'}",
        hint="`plexsync dead-letters list` tells more,"
        " `plexsync dead-letters retry --all` has them tried again",
        about="dead letters",
        count=status.dead,
    )


def _conflicts(count: int) -> HealthItem:
    verb = "is" if count == 1 else "are"
    return HealthItem(
        type=Trouble.CONFLICTS,
        message=f"{several(count, 'field')} {verb} left as somebody has"
        f" {'it' if count == 1 else 'them'} in Plex",
        hint="`plexsync conflicts list` shows them,"
        " `plexsync conflicts take` settles them",
        about="conflicts",
        count=count,
    )


def _contested(count: int) -> HealthItem:
    verb = "is" if count == 1 else "are"
    return HealthItem(
        type=Trouble.CONTESTED,
        message=f"{several(count, 'item')} {verb} claimed by several scenes and not"
        " written",
        hint="merge the scenes in Stash, or split the item in Plex;"
        " `plexsync check` says which they are",
        about="contested",
        count=count,
    )


def _paused(since: int) -> HealthItem:
    begun = f" since {moment(since)}" if since else ""
    return HealthItem(
        type=Trouble.PAUSED,
        message=f"nothing is written{begun}",
        hint="`plexsync resume` lets it be written again",
        about="pause",
        since=since or None,
    )


def _waiting(count: int) -> HealthItem:
    verb = "waits" if count == 1 else "wait"
    return HealthItem(
        type=Trouble.WAITING,
        message=f"{several(count, 'scene')} {verb} for an item in Plex",
        hint="`plexsync check` says why",
        about="waiting",
        count=count,
    )


def _restored(one: RestorationRecord) -> HealthItem:
    of = "" if one.made_at is None else moment(one.made_at)
    what = f"put back to that of {of}" if of else "begun anew"
    # once it has caught up, what is held is told by the pass that is
    then = "; what it would write is a held pass, until `plexsync approve`"
    return HealthItem(
        type=Trouble.RESTORED,
        message=f"the state was {what}, at {moment(one.at)}",
        hint="ask again for what was undone, released or settled since"
        f"{then if one.ended is None else ''}",
        about="restoration",
        since=one.at,
    )


def _of_daemon(daemon: Daemon, now: int, silent: set[str]) -> Iterator[HealthItem]:
    """Tell what only the daemon knows; an outage says by itself why nothing is read."""
    if daemon.is_stopping:
        yield HealthItem(
            type=Trouble.STOPPING,
            message="plexsync is stopping",
            hint="what was begun is recorded; `plexsync run` goes on from there",
            about="stopping",
        )
    if daemon.refused:
        yield _refused(daemon.refused)
    yield from daemon.more
    if STASH in silent or daemon.is_stopping:
        return
    if daemon.is_late:
        yield _stale(daemon, now)
    elif daemon.polled_at is None:
        yield HealthItem(
            type=Trouble.STARTING,
            message="stash has not been asked yet",
            hint="wait for the first pass; `plexsync check` tries both servers",
            about="starting",
        )


def _refused(mistakes: int) -> HealthItem:
    return HealthItem(
        type=Trouble.REFUSED,
        message=f"the configuration has {several(mistakes, 'mistake')} and was not"
        " taken: that before it holds",
        hint="`plexsync check` names them; correct the file, and send SIGHUP to"
        " `plexsync run`, as `systemctl reload` does",
        about="configuration",
        count=mistakes,
    )


def _stale(daemon: Daemon, now: int) -> HealthItem:
    at = daemon.polled_at
    last = "was not asked yet" if at is None else f"was last asked at {moment(at)}"
    return HealthItem(
        type=Trouble.STALE,
        message=f"stash {last}, and is to be every {daemon.poll:g} seconds",
        hint="see the log for what keeps it; if nothing does, restart plexsync",
        about="stale",
        since=now - int(daemon.silence),
    )


__all__ = ["OF_LIBRARIES", "OF_STASH", "Daemon", "HealthItem", "Trouble", "health"]
