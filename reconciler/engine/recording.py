"""What Stash has, into the ledger: the watermark never passes what is not recorded."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypedDict

from reconciler.core import absence, canonical, scanning
from reconciler.core.errors import DoubtError
from reconciler.core.values import ScanPage, Scene, SceneId
from reconciler.engine.binding import Former
from reconciler.engine.doubting import Doubter
from reconciler.engine.linking import IN_STASH, Known, Linker
from reconciler.engine.naming import Stale, stale
from reconciler.engine.polling import News, Poller
from reconciler.engine.ports import Source
from reconciler.engine.positions import arrived, seen, watermark
from reconciler.engine.report import Audience, Tally
from reconciler.engine.translate import entities as entities_of
from reconciler.engine.translate import restored, snapshot_record
from state.ledger import Ledger
from state.records import CursorRecord, ScanRecord, SnapshotRecord
from state.scenes import SceneWrite

CHUNK = 8
"""Scenes to a transaction: keeps the write lock far below 50 milliseconds."""
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What some scenes change in the ledger, worked out before anything is written."""

    writes: tuple[SceneWrite, ...]
    news: tuple[tuple[Scene, int], ...]
    """Scenes to link and owe, with the revision of their snapshots."""
    known: Known
    cause: str
    former: Mapping[int, Former] = field(default_factory=dict)
    """What ids were known for, where that was not the scene itself."""
    stale: Stale = field(default_factory=Stale)
    """What is to be read again, since names have changed between two requests."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.writes and not self.news


class Span(TypedDict):
    """Which scenes a request asks for, as `Source.scan` takes it."""

    since: str
    fresh: str
    after: SceneId


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Reads Stash from the watermark on and writes down what it says."""

    ledger: Ledger
    source: Source
    linker: Linker
    poller: Poller
    doubter: Doubter
    audience: Audience
    tally: Tally
    strangers: int = 0

    def scan(self, *, is_full: bool) -> News:
        """Record all that was stamped since the watermark; all there is, if *is_full*.

        One request for each 1,000 scenes in the overlap, and no write where nothing is
        new. A scan that was cut short goes on behind the last scene it recorded.
        """
        self.audience.stage("reading stash", None)
        scan = self.ledger.scenes.scan()
        cursor = None if is_full else scan.cursor
        asked = self._asked(scan, cursor, is_full=is_full)
        poll = self.poller.ask(**asked)
        page, news = poll.page, self.poller.take(poll)
        scan = self.ledger.scenes.scan()
        while not page.is_last:
            cursor = seen(cursor, page)
            self._record_page(page, cursor, None, is_full=is_full)
            cursor = replace(cursor, scene=page.rows[-1].id)
            page = self.source.scan(**self._asked(scan, cursor, is_full=is_full))
        cursor = seen(cursor, page)
        self._record_page(page, cursor, arrived(scan, cursor), is_full=is_full)
        return news

    def read(self, scenes: Sequence[SceneId], read_at: datetime) -> set[SceneId]:
        """Record some scenes as they are now; say which of them are in Stash.

        *read_at* is a time by the server's clock, not later than this. The watermark
        stays where it is.
        """
        scan = self.ledger.scenes.scan()
        found: set[SceneId] = set()
        for chunk in _chunks(self.source.read(scenes)):
            ids = {scene.id for scene in chunk}
            self._commit(self.prepare(chunk, read_at), scan, scan, unmarked=ids)
            self.audience.advance(len(chunk))
            found |= ids
        return found

    def read_now(self, scenes: Sequence[SceneId]) -> set[SceneId]:
        """Record some scenes as they are now, as `read` does, whatever the time is."""
        self.audience.stage("reading stash", len(scenes))
        # Stash's clock was not earlier than this: what is older counts as settled
        mark = self.ledger.scenes.scan().watermark or 0
        return self.read(scenes, datetime.fromtimestamp(mark, UTC))

    def relink(self, snapshots: Sequence[SnapshotRecord], cause: str) -> None:
        """Link scenes anew that did not change themselves, and owe what that takes.

        Tombstones stay as they are.
        """
        scan = self.ledger.scenes.scan()
        snapshots = [one for one in snapshots if one.buried_at is None]
        for start in range(0, len(snapshots), CHUNK):
            part = snapshots[start : start + CHUNK]
            scenes = [restored(snapshot) for snapshot in part]
            revisions = [snapshot.revision for snapshot in part]
            chunk = Chunk(
                writes=(),
                news=tuple(zip(scenes, revisions, strict=True)),
                known=self.linker.know(scenes),
                cause=cause,
            )
            self._commit(chunk, scan, scan)

    def relink_all(self, cause: str) -> None:
        """Link every scene anew."""
        after = 0
        while found := self.ledger.scenes.after(after, _BATCH):
            self.relink(found, cause)
            after = found[-1].scene

    def prepare(self, scenes: Sequence[Scene], read_at: datetime) -> Chunk:
        """Work out what scenes, read at the server's *read_at*, change; reads only."""
        old = self.ledger.scenes.get(scene.id for scene in scenes)
        writes, news = [], []
        for scene in scenes:
            snapshot = canonical.snapshot(scene)
            known = old.get(scene.id)
            # one that comes back has to be linked anew, though it says the same
            has_changed = (
                known is None
                or known.fingerprint != snapshot.fingerprint
                or known.buried_at is not None
            )
            revision = (known.revision if known else 0) + int(has_changed)
            record = snapshot_record(snapshot, revision=revision, clock=read_at)
            # a tombstone's stamp says nothing of what comes back with it
            is_buried = known is not None and known.buried_at is not None
            if known is not None and known.stamp == record.stamp and not is_buried:
                # whatever the clock says by now: it has been later
                is_settled = known.is_settled or record.is_settled
                record = replace(record, is_settled=is_settled)
            if has_changed:
                news.append((scene, revision))
            if has_changed or _is_worth_writing(record, known):
                writes.append(SceneWrite(snapshot=record, entities=entities_of(scene)))
        return Chunk(
            writes=tuple(writes),
            news=tuple(news),
            known=replace(
                self.linker.know(scene for scene, _ in news), moved=_moved(news, old)
            ),
            cause=IN_STASH,
            former=self._former(scenes, old),
            stale=stale(writes, self.ledger),
        )

    def _former(
        self, scenes: Sequence[Scene], old: Mapping[int, SnapshotRecord]
    ) -> dict[int, Former]:
        """Tell other scenes and tombstones; `DoubtError` at too many others."""
        pairs = [(restored(old[one.id]), one) for one in scenes if one.id in old]
        found = absence.strangers_among(pairs)
        self.strangers += len(found)
        if found and not self.doubter.is_approved(absence.STASH):
            known, limits = self.ledger.scenes.count(), self.linker.settings.limits
            if why := absence.too_many_strangers(self.strangers, known, limits):
                raise DoubtError(absence.STASH, why)
        buried = (i for i, one in old.items() if one.buried_at is not None)
        return {
            **dict.fromkeys(buried, Former.TOMBSTONE),
            **dict.fromkeys(found, Former.ANOTHER),
        }

    def _asked(
        self, scan: ScanRecord, cursor: CursorRecord | None, *, is_full: bool
    ) -> Span:
        return Span(
            since=scanning.since(None if is_full else watermark(scan)),
            fresh=self._fresh(scan, is_full=is_full),
            after=SceneId(cursor.scene if cursor else 0),
        )

    def _fresh(self, scan: ScanRecord, *, is_full: bool) -> str:
        oldest = self.ledger.scenes.oldest_unsettled()
        unsettled = None if oldest is None else datetime.fromtimestamp(oldest, UTC)
        return scanning.fresh(None if is_full else watermark(scan), unsettled)

    def _record_page(
        self,
        page: ScanPage,
        cursor: CursorRecord,
        end: ScanRecord | None,
        *,
        is_full: bool,
    ) -> None:
        """Record a page; *end* is what to record with the last of it."""
        scan = self.ledger.scenes.scan()
        chunks = list(_chunks(self._to_read(page, is_full=is_full)))
        for position, scenes in enumerate(chunks, start=1):
            is_end = end is not None and position == len(chunks)
            chunk = self.prepare(scenes, page.clock)
            if chunk.is_empty and not is_end:
                continue
            after = replace(scan, cursor=replace(cursor, scene=scenes[-1].id))
            if is_full:
                after = scan  # it starts anew when it is cut short: it leaves no cursor
            if end is not None and is_end:
                after = end
            self._commit(chunk, scan, after)
            self.audience.advance(len(chunk.news))
            scan = after
        if end is not None and not chunks:
            self._commit(None, scan, end)

    def _to_read(self, page: ScanPage, *, is_full: bool) -> Iterator[Scene]:
        """Take the page's scenes that may have changed, in order; read the others."""
        known = self.ledger.scenes.stamps(row.id for row in page.rows)
        due = [
            row.id
            for row in page.rows
            if is_full or known.get(row.id) != (row.stamp, True)
        ]
        at_hand = {scene.id: scene for scene in page.scenes}
        missing = self.source.read([i for i in due if i not in at_hand])
        at_hand |= {scene.id: scene for scene in missing}
        return (at_hand[scene] for scene in due if scene in at_hand)

    def _commit(
        self,
        chunk: Chunk | None,
        before: ScanRecord,
        after: ScanRecord,
        *,
        unmarked: Collection[int] = (),
    ) -> None:
        if (chunk is None or chunk.is_empty) and before == after and not unmarked:
            return
        anew = Stale() if chunk is None else chunk.stale
        for kind, entities in anew.entities.items():
            self.poller.mark_referring(kind, entities)
        with self.ledger.transaction():
            if chunk is not None:
                self.ledger.scenes.put(chunk.writes)
                for scene, revision in chunk.news:
                    self.linker.link(
                        scene,
                        revision,
                        chunk.known,
                        chunk.cause,
                        chunk.former.get(scene.id, Former.ITSELF),
                    )
            self.ledger.census.unmark(unmarked)
            self.ledger.census.mark(anew.scenes)
            if before != after:
                self.ledger.scenes.put_scan(after)
        if chunk is not None and chunk.news:
            self.tally.counts["changed scenes"] += len(chunk.news)


def _moved(
    news: Iterable[tuple[Scene, int]], old: Mapping[int, SnapshotRecord]
) -> frozenset[int]:
    """Name the scenes that have other files than they were known to have."""
    return frozenset(
        scene.id
        for scene, _ in news
        if scene.id in old and _paths(restored(old[scene.id])) != _paths(scene)
    )


def _paths(scene: Scene) -> set[str]:
    return {file.path for file in scene.files}


def absent(scenes: Iterable[SceneId]) -> list[str]:
    """Say of each scene that Stash does not have it: a sentence for the operator."""
    return [
        f"stash has no scene {scene}: its number is in the address of its page"
        for scene in scenes
    ]


def _chunks(scenes: Sequence[Scene] | Iterator[Scene]) -> Iterator[list[Scene]]:
    chunk: list[Scene] = []
    for scene in scenes:
        chunk.append(scene)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _is_worth_writing(record: SnapshotRecord, known: SnapshotRecord | None) -> bool:
    # a row that may still change under its stamp will be read again anyhow
    if known is None or known.stamp != record.stamp:
        return True
    return record.is_settled and not known.is_settled
