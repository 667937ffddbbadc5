"""Listings of Stash: what neither a stamp nor a poll tells, found by comparing ids.

A listing marks what is to be read again. It takes nothing for deleted: it marks what it
did not have, to be asked for by name, and only where it was complete and Stash idle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.clock import Clock
from reconciler.core import absence
from reconciler.core.errors import DoubtError, ServerError, TransientError
from reconciler.core.news import SHARED, Census, FiledRow, Named
from reconciler.core.values import Kind, SceneId
from reconciler.engine.doubting import Doubter
from reconciler.engine.polling import SCENES, News, Poller
from reconciler.engine.ports import Source
from reconciler.engine.report import Audience
from reconciler.engine.settings import Settings
from state.ledger import Ledger
from state.records import CensusRecord

_CHUNK = 200


@dataclass(slots=True, kw_only=True)
class Seen:
    """What a listing of scenes comes to, while it goes on."""

    rows: int = 0
    tip: int = 0
    gone: list[int] = field(default_factory=list)
    """Known scenes that it did not have."""


@dataclass(slots=True, kw_only=True)
class Lister:
    """Lists what is due, a page at a time: 1,000 rows to a request."""

    ledger: Ledger
    source: Source
    poller: Poller
    doubter: Doubter
    settings: Settings
    clock: Clock
    audience: Audience
    has_listed_all: bool = False
    """Whether a listing of scenes was complete, and is as Stash is to be believed."""

    def make_due(self, news: News) -> None:
        """Have everything listed, whatever the poll says."""
        self._owe(_all_due(news))

    def list_due(self, news: News) -> None:
        """List what the last poll, or one before it, has made due."""
        self._list(news, dict(self.ledger.census.known()))

    def list_all(self, news: News) -> None:
        """List everything; what does not come off is due from then on."""
        due = _all_due(news)
        try:
            self._list(news, due)
        except DoubtError:
            raise  # it did come off, and is not believed
        except ServerError:
            self._owe(due)
            raise
        self._owe(due)

    def believe(self) -> None:
        """Drop the doubt that a listing has ended, now that all it marked is read.

        Not before: the scenes that have others' files by now are among those.
        """
        if self.has_listed_all:
            self.doubter.drop(absence.STASH)

    def _list(self, news: News, due: dict[str, CensusRecord]) -> None:
        """List what is *due*, and strike it off."""
        for kind in SHARED:
            if kind in due and due[kind].is_due:
                self._entities(kind, due[kind])
                del due[kind]
        if self._is_due(news, due.get(SCENES)) and self._scenes(news):
            due.pop(SCENES, None)

    def _owe(self, due: Mapping[str, CensusRecord]) -> None:
        known = self.ledger.census.known()
        news = {name: one for name, one in due.items() if one != known.get(name)}
        if news:
            with self.ledger.transaction():
                for name, record in news.items():
                    self.ledger.census.put(name, record)

    def _put(self, name: str, record: CensusRecord) -> None:
        """Record a census, in a transaction, where it is not as it was."""
        if record != self.ledger.census.known().get(name):
            self.ledger.census.put(name, record)

    def _is_due(self, news: News, known: CensusRecord | None) -> bool:
        """Whether Stash's scenes may be others than those that are known."""
        if not news.is_idle:
            return False  # it would be due again with the next file that is scanned
        if known is not None and known.is_due:
            return True
        now = _figures(news.poll.scenes)
        is_listed = known is not None and (known.count, known.tip) == now
        is_doubted = self.doubter.is_doubted(absence.STASH)
        if is_listed and not is_doubted:
            return False
        mine = self.ledger.scenes.census()
        is_as_known = (mine.count, mine.tip) == now
        if is_listed and not self.doubter.is_approved(absence.STASH):
            # what it marked was not read in that pass, and is by now
            return is_as_known and not self.ledger.census.marks()
        return not is_as_known or is_doubted

    def _scenes(self, news: News) -> bool:
        """List the scenes; say whether that was all of them."""
        seen = self._rows()
        scenes = news.poll.scenes
        is_complete = news.is_idle and _figures(scenes) == (seen.rows, seen.tip)
        if is_complete and seen.gone:
            # the listing itself took time: Stash has to be as it was before
            is_complete = self._is_still(scenes)
        why = None
        if is_complete:
            why = absence.too_many_gone(
                seen.rows,
                self._count(seen.gone),
                self.ledger.scenes.count(),
                self.settings.limits,
                is_approved=self.doubter.is_approved(absence.STASH),
            )
        with self.ledger.transaction():
            if is_complete and why is None:
                self.ledger.census.mark_absent(seen.gone)
            if is_complete:
                after = CensusRecord(count=scenes.count, tip=scenes.tip)
                self._put(SCENES, after)
        if why is not None:
            raise DoubtError(absence.STASH, why)
        if is_complete:
            self.has_listed_all = True
        elif news.is_idle and seen.rows < scenes.count and self._is_still(scenes):
            raise TransientError(
                f"stash listed {seen.rows} of its {scenes.count} scenes: the listing is"
                " not believed and will be read again"
            )
        return is_complete

    def _decided(self, gone: Sequence[int]) -> int:
        """Count those of the scenes that are gone of which anything was decided.

        Nothing is undone by the others' going, as of those that came and went while
        their files were doubted.
        """
        return sum(
            len(self.ledger.links.decided(gone[start : start + _CHUNK]))
            for start in range(0, len(gone), _CHUNK)
        )

    def _count(self, gone: Sequence[int]) -> absence.Gone:
        lately = self.ledger.scenes.buried_since(self.clock.unix() - absence.DAY)
        return absence.Gone(now=self._decided(gone), before=self._decided(lately))

    def _rows(self) -> Seen:
        seen, after = Seen(), SceneId(0)
        self.audience.stage("listing stash", None)
        while True:
            page = self.source.rows(after)
            upto = None if page.is_last else page.rows[-1].id
            known = self.ledger.scenes.ids(after, upto)
            self._mark(page.rows, known)
            seen.rows += len(page.rows)
            seen.tip = page.rows[-1].id if page.rows else seen.tip
            seen.gone += sorted(known.keys() - {row.id for row in page.rows})
            self.audience.advance(len(page.rows))
            if page.is_last:
                return seen
            after = page.rows[-1].id

    def _mark(self, rows: Sequence[FiledRow], known: Mapping[int, str]) -> None:
        """Have those scenes read that are unknown, or have other stamps or files."""
        files = self.ledger.scenes.files(row.id for row in rows)
        news = [
            row.id
            for row in rows
            if known.get(row.id) != row.stamp
            or files.get(row.id, {}) != dict(row.files)
        ]
        for start in range(0, len(news), _CHUNK):
            with self.ledger.transaction():
                self.ledger.census.mark(news[start : start + _CHUNK])

    def _is_still(self, scenes: Census) -> bool:
        """Whether Stash has as many scenes as before, and is idle still."""
        news = self.poller.look()
        return news.is_idle and _figures(news.poll.scenes) == _figures(scenes)

    def _entities(self, kind: Kind, census: CensusRecord) -> None:
        """Have scenes read again that refer to what is gone, or renamed.

        So an empty listing does no harm: the scenes themselves tell.
        """
        after = 0
        for page in self.source.entities(kind):
            self._compare(kind, after, page, is_last=False)
            after = page[-1].id if page else after
        self._compare(kind, after, (), is_last=True)
        with self.ledger.transaction():
            self._put(kind, CensusRecord(count=census.count, tip=census.tip))

    def _compare(
        self, kind: Kind, after: int, page: Sequence[Named], *, is_last: bool
    ) -> None:
        there = {one.id: one.name for one in page}
        upto = None if is_last else max(there, default=after)
        while known := self.ledger.scenes.referred(kind, after, _CHUNK):
            mine = {i: name for i, name in known.items() if upto is None or i <= upto}
            moved = [i for i, name in mine.items() if there.get(i) != name]
            self.poller.mark_referring(kind, moved)
            with self.ledger.transaction():
                self.ledger.scenes.rename(
                    kind, {i: there[i] for i in moved if i in there}
                )
            after = max(known)
            if len(mine) < len(known):
                return


def _all_due(news: News) -> dict[str, CensusRecord]:
    figures = {SCENES: news.poll.scenes}
    figures |= {str(kind): news.poll.census[kind] for kind in SHARED}
    return {
        name: CensusRecord(count=now.count, tip=now.tip, is_due=True)
        for name, now in figures.items()
    }


def _figures(census: Census) -> tuple[int, int]:
    return census.count, census.tip
