"""What a poll of Stash tells beside its scenes: names, counts and jobs.

No stamp of a scene tells of these. What has moved marks the scenes that refer to it;
what only a listing can tell is noted as due.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from reconciler.core import absence, scanning
from reconciler.core.absence import JobNews
from reconciler.core.errors import BusyError
from reconciler.core.news import Census, Named, Poll
from reconciler.core.scanning import Watermark, read_stamp
from reconciler.core.values import Kind, SceneId
from reconciler.engine.ports import Source
from reconciler.engine.positions import mark, watermark
from state.ledger import Ledger
from state.records import CensusRecord, ScanRecord

SCENES = "scene"
"""What a census of scenes goes by, beside the kinds of entities."""

_STRETCH = 200
"""Scenes that are marked in one transaction."""

Names: TypeAlias = Mapping[Kind, Mapping[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a pass began with."""

    poll: Poll
    is_idle: bool
    """Whether no job of Stash runs that may move or drop anything."""


class Extent(Enum):
    """What has to be listed, since only that can tell."""

    NOTHING = 0
    SCENES = 1
    ALL = 2


@dataclass(slots=True, kw_only=True)
class Poller:
    """Asks what is new, in one request, and writes down what no scene tells."""

    ledger: Ledger
    source: Source

    def ask(self, *, since: str, fresh: str, after: SceneId) -> Poll:
        """Ask. `BusyError` while Stash is being filled anew: nothing is taken then."""
        scan = self.ledger.scenes.scan()
        poll = self.source.poll(
            since=since,
            fresh=fresh,
            after=after,
            named=_named_since(scan),
            jobs=absence.asked(scan.job),
            with_files=True,
        )
        if upheaval := _job_news(scan, poll).upheaval:
            raise BusyError(
                f'stash is busy with "{upheaval.rstrip(".")}": nothing is read until'
                " that is over"
            )
        return poll

    def look(self) -> News:
        """Ask how many scenes there are and what runs; nothing is written down."""
        nothing = scanning.NOTHING
        poll = self.ask(since=nothing, fresh=nothing, after=SceneId(0))
        jobs = _job_news(self.ledger.scenes.scan(), poll)
        return News(poll=poll, is_idle=jobs.is_idle)

    def take(self, poll: Poll) -> News:
        """Mark what has moved, and note what is due; no write where nothing has."""
        scan = self.ledger.scenes.scan()
        news = _job_news(scan, poll)
        moved = self._moved(poll.named)
        for kind, names in moved.items():
            self.mark_referring(kind, names)
        named = _named_upto(scan, poll)
        after = replace(named, job=news.last, job_added=news.added)
        known = self.ledger.census.known()
        figures = self._figures(poll, known, self._extent(scan, poll, news))
        if after != scan or figures or any(moved.values()):
            with self.ledger.transaction():
                self._rename(moved)
                for name, record in figures.items():
                    self.ledger.census.put(name, record)
                self.ledger.scenes.put_scan(after)
        return News(poll=poll, is_idle=news.is_idle)

    def mark_referring(self, kind: Kind, entities: Iterable[int]) -> None:
        """Have all scenes read again that refer to these."""
        for entity in entities:
            after = -1
            while after:
                with self.ledger.transaction():
                    after = self.ledger.census.mark_referring(
                        kind, entity, max(after, 0), _STRETCH
                    )

    def _extent(self, scan: ScanRecord, poll: Poll, news: JobNews) -> Extent:
        """Say what may be otherwise than known although the poll does not tell."""
        clock = poll.page.clock
        marks = (watermark(scan), mark(scan.named, scan.named_zone))
        if any(scanning.is_set_back(one, clock) for one in marks):
            return Extent.ALL
        if scan.named is None:
            # all there is has just been read, or by a version that saw less
            has_scenes = self.ledger.scenes.count() > 0
            is_older = has_scenes and not self.ledger.census.known()
            known = Extent.SCENES if has_scenes else Extent.NOTHING
            return Extent.ALL if is_older else known
        is_due = news.needs_listing or _hides_files(scan, poll)
        return Extent.SCENES if is_due else Extent.NOTHING

    def _moved(self, named: Iterable[Named]) -> Names:
        """Take those that scenes refer to and that go by another name now."""
        by_kind: dict[Kind, dict[int, str]] = {}
        for one in named:
            by_kind.setdefault(one.kind, {})[one.id] = one.name
        return {
            kind: {
                number: names[number]
                for number, name in self.ledger.scenes.names(kind, names).items()
                if names[number] != name
            }
            for kind, names in by_kind.items()
        }

    def _rename(self, names: Names) -> None:
        for kind, renamed in names.items():
            self.ledger.scenes.rename(kind, renamed)

    def _figures(
        self, poll: Poll, known: Mapping[str, CensusRecord], extent: Extent
    ) -> dict[str, CensusRecord]:
        """Say which censuses are other than those that are known."""
        figures = {
            str(kind): _next(known.get(kind), census, is_due=extent is Extent.ALL)
            for kind, census in poll.census.items()
        }
        files = figures.get(Kind.FILE)
        if extent is not Extent.NOTHING or (files is not None and files.is_due):
            # whatever befalls files, the listing of scenes tells
            scenes = known.get(SCENES) or _first(poll.scenes)
            figures[SCENES] = replace(scenes, is_due=True)
        if files is not None:
            figures[Kind.FILE] = replace(files, is_due=False)
        return {name: one for name, one in figures.items() if one != known.get(name)}


def _job_news(scan: ScanRecord, poll: Poll) -> JobNews:
    return absence.job_news(scan.job, poll.jobs, added=scan.job_added)


def _hides_files(scan: ScanRecord, poll: Poll) -> bool:
    """Whether files may have changed that the poll had no room for.

    Those stamped last come first: where the first of them is known, so are the others.
    """
    stamps = [read_stamp(one.stamp) for one in poll.named if one.kind is Kind.FILE]
    newest = max((stamp.instant.timestamp() for stamp in stamps), default=0.0)
    return poll.is_cut and newest > (scan.named or 0)


def _next(known: CensusRecord | None, now: Census, *, is_due: bool) -> CensusRecord:
    if known is None:
        return replace(_first(now), is_due=is_due)
    before = Census(count=known.count, tip=known.tip)
    is_due = is_due or known.is_due or absence.lost_rows(before, now)
    return CensusRecord(count=now.count, tip=now.tip, is_due=is_due)


def _first(now: Census) -> CensusRecord:
    return CensusRecord(count=now.count, tip=now.tip)


def _named_since(scan: ScanRecord) -> str:
    named = mark(scan.named, scan.named_zone)
    # before anything is known there is no name that could have changed
    return scanning.NOTHING if named is None else scanning.since(named)


def _named_upto(scan: ScanRecord, poll: Poll) -> ScanRecord:
    """Move the position of names to the newest stamp that the poll had."""
    clock = poll.page.clock
    known = mark(scan.named, scan.named_zone)
    before = known or Watermark(instant=clock, offset=0)
    stamps = [read_stamp(one.stamp) for one in poll.named]
    reached = scanning.advance(before, stamps, clock)
    if reached is None:
        return scan
    moment = int(reached.instant.timestamp())
    return replace(scan, named=moment, named_zone=reached.offset)
