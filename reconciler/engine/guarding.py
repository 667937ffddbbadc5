"""Both servers behind a guard: one that fails rests, and is asked no more till then."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import TypeVar

import structlog

from reconciler.clock import Clock
from reconciler.core import rest
from reconciler.core.backup import Asked
from reconciler.core.errors import (
    RestingError,
    ServerError,
    StoppedError,
    UnauthorisedError,
)
from reconciler.core.lull import Hours
from reconciler.core.news import Named, Poll, RowsPage
from reconciler.core.rest import Outage
from reconciler.core.values import (
    Edit,
    Field,
    Item,
    ItemKey,
    Kind,
    ListingPage,
    ScanPage,
    Scene,
    SceneId,
    Section,
)
from reconciler.engine.pacing import Pacer
from reconciler.engine.ports import Library, Source
from state.ledger import Ledger
from state.records import OutageRecord

log = structlog.get_logger(__name__)

STASH, PLEX = "stash", "plex"

_Part = TypeVar("_Part")


@dataclass(slots=True, kw_only=True)
class Guard:
    """Lets requests to one server through, and hears how they went."""

    ledger: Ledger
    clock: Clock
    chance: Random
    server: str
    is_probing: bool
    """Whether the next request need not wait for the end of a rest."""
    is_over: Callable[[], bool] = bool
    """Whether the process is stopping."""
    outage: Outage | None = field(init=False)
    has_returned: bool = False
    """Whether the server has come back from a rest in this pass."""
    _has_failed: bool = False
    """Whether it has failed in this pass, so that it has been told why."""
    _has_answered: bool = False

    def __post_init__(self) -> None:
        standing = self.ledger.outages.standing(self.server)
        self.outage = None if standing is None else _outage(standing)

    @property
    def is_shut_out(self) -> bool:
        """Whether the server does not take our key: a person is changing something."""
        return self.outage is not None and self.outage.kind == UnauthorisedError.kind

    @contextlib.contextmanager
    def asking(self, *, is_write: bool = False, is_end: bool = False) -> Iterator[None]:
        """Ask for one thing; `RestingError`, and nothing is sent, while it rests.

        `StoppedError` where the process is stopping, unless it ends what was begun.
        """
        if not is_end and self.is_over():
            raise StoppedError("plexsync is stopping")
        now, outage = self.clock.unix(), self.outage
        if outage and not rest.may_ask(outage, now, is_probing=self.is_probing):
            raise self._resting(outage)
        is_early = outage is not None and now < outage.until
        try:
            yield
        except ServerError as error:
            if rest.is_failure(error) and is_early:
                # who could not wait makes nobody else wait for longer
                self._has_failed, self.is_probing = True, False
            elif rest.is_failure(error):
                self._fail(error, is_write=is_write)
            else:
                self._answer(is_write=is_write)
            raise
        self._answer(is_write=is_write)

    def hear(self, errors: Iterable[ServerError]) -> None:
        """Hear what went wrong with a part of a write, after another was answered."""
        for error in dict.fromkeys(errors):
            if rest.is_failure(error):
                self._fail(error, is_write=True)

    def settle(self) -> None:
        """End what was refused writes where a pass had none to make, and no failure."""
        if self._has_answered and not self._has_failed:
            self._answer(is_write=True)

    def _resting(self, outage: Outage) -> RestingError:
        until = datetime.fromtimestamp(outage.until, UTC).astimezone()
        return RestingError(
            f"{self.server} is left alone until {until:%H:%M:%S}, since it has failed:"
            f" {outage.cause}",
            is_told=self._has_failed,
        )

    def _fail(self, error: ServerError, *, is_write: bool) -> None:
        self._has_failed, self.is_probing = True, False
        now = self.clock.unix()
        self.outage = rest.after(
            self.outage, error, now, self.chance, is_write=is_write
        )
        with self.ledger.transaction():
            self.ledger.outages.put(_record(self.server, self.outage))
        log.info(
            "server failed",
            server=self.server,
            kind=error.kind,
            failures=self.outage.failures,
            rests=max(self.outage.until - now, 0),
        )

    def _answer(self, *, is_write: bool) -> None:
        self._has_answered = True
        if self.outage is None or (self.outage.is_of_write and not is_write):
            return
        self.has_returned = self.has_returned or bool(self.outage.rests)
        self.outage = None
        with self.ledger.transaction():
            now = self.clock.unix()
            self.ledger.outages.end(self.server, now=now)
        log.info("server answers", server=self.server)


@dataclass(frozen=True, slots=True)
class GuardedSource:
    """Stash, behind its guard."""

    source: Source
    guard: Guard

    def scan(self, *, since: str, fresh: str, after: SceneId) -> ScanPage:
        with self.guard.asking():
            return self.source.scan(since=since, fresh=fresh, after=after)

    def poll(  # noqa: PLR0913 - as in the port
        self,
        *,
        since: str,
        fresh: str,
        after: SceneId,
        named: str,
        jobs: Sequence[int],
        with_files: bool,
    ) -> Poll:
        with self.guard.asking():
            return self.source.poll(
                since=since,
                fresh=fresh,
                after=after,
                named=named,
                jobs=jobs,
                with_files=with_files,
            )

    def rows(self, after: SceneId) -> RowsPage:
        with self.guard.asking():
            return self.source.rows(after)

    def entities(self, kind: Kind) -> Iterator[tuple[Named, ...]]:
        return _each(self.source.entities(kind), self.guard.asking)

    def read(self, ids: Sequence[SceneId]) -> Iterator[Scene]:
        return _each(self.source.read(ids), self.guard.asking)


@dataclass(frozen=True, slots=True)
class GuardedLibrary:
    """Plex, behind its guard."""

    library: Library
    guard: Guard
    pacer: Pacer

    def version(self) -> str:
        return self.library.version()

    def sections(self) -> tuple[Section, ...]:
        with self._asking("sections"):
            return self.library.sections()

    def listing(self, section: Section, *, since: int | None) -> Iterator[ListingPage]:
        pages = self.library.listing(section, since=since)
        return _each(pages, lambda: self._asking("listing"))

    def read(self, keys: Sequence[ItemKey]) -> Mapping[ItemKey, Item]:
        with self._asking("items", is_end=True):
            return self.library.read(keys)

    def write(self, edit: Edit) -> Mapping[Field, ServerError]:
        with self._asking("put", is_write=True, is_end=True):
            failed = self.library.write(edit)
        self.guard.hear(failed.values())
        return failed

    def hours(self) -> Hours | None:
        with self._asking("settings"):
            return self.library.hours()

    def streams(self) -> int:
        with self._asking("streams"):
            return self.library.streams()

    def back_up(self) -> Asked:
        with self._asking("backup"):
            return self.library.back_up()

    def is_at(self, activity: str) -> bool | None:
        with self._asking("activities"):
            return self.library.is_at(activity)

    def reached(self, keys: Sequence[ItemKey]) -> frozenset[ItemKey]:
        with self._asking("files"):
            return self.library.reached(keys)

    def scan(self, section: Section, folder: str) -> str:
        with self._asking("scan"):
            return self.library.scan(section, folder)

    @contextlib.contextmanager
    def _asking(
        self, kind: str, *, is_write: bool = False, is_end: bool = False
    ) -> Iterator[None]:
        asking = self.guard.asking(is_write=is_write, is_end=is_end)
        with asking, self.pacer.timed(kind):
            yield


def _each(
    parts: Iterator[_Part], asking: Callable[[], AbstractContextManager[None]]
) -> Iterator[_Part]:
    """Pass on what comes in parts: there may be a request behind each."""
    while True:
        with asking():
            try:
                part = next(parts)
            except StopIteration:
                return
        yield part


def _outage(record: OutageRecord) -> Outage:
    return Outage(
        began=record.began,
        failures=record.failures,
        rests=record.rests,
        until=record.rests_until,
        asked=record.asked_until,
        is_of_write=record.is_of_write,
        kind=record.kind,
        cause=record.cause,
    )


def _record(server: str, outage: Outage) -> OutageRecord:
    return OutageRecord(
        server=server,
        began=outage.began,
        failures=outage.failures,
        rests=outage.rests,
        rests_until=outage.until,
        asked_until=outage.asked,
        is_of_write=outage.is_of_write,
        kind=outage.kind,
        cause=outage.cause,
    )
