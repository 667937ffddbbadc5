"""What is known of Stash: snapshots, what they refer to, and how far it is read."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from peewee import fn

from state.database import LedgerDatabase, rows
from state.models import Entity, Reference, Scan, Snapshot
from state.records import (
    CensusRecord,
    CursorRecord,
    EntityRecord,
    ScanRecord,
    SnapshotRecord,
)
from state.worded import GIVEN, SOME, Worded

_ONLY = 1
"""The scan's one row."""

_LIVING = Snapshot.buried_at.is_null()
_BURIED = Snapshot.buried_at.is_null(is_null=False)
"""What tells a scene that Stash has from a tombstone."""

_PUT_SNAPSHOT = """
INSERT INTO snapshot
  (scene, stamp, stamped_at, read_at, unsettled, revision, fingerprint, content)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (scene) DO UPDATE SET
  stamp = excluded.stamp, stamped_at = excluded.stamped_at, read_at = excluded.read_at,
  unsettled = excluded.unsettled, revision = excluded.revision,
  fingerprint = excluded.fingerprint, content = excluded.content, buried_at = NULL
"""

_PUT_SCAN = """
INSERT OR REPLACE INTO scan
  (id, watermark, zone, cursor_clock, cursor_newest, cursor_zone, cursor_scene,
   meaning, named, named_zone, job, job_added)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_PUT_ENTITY = """
INSERT INTO entity (kind, id, name, parents, digest) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET
  name = excluded.name, parents = excluded.parents, digest = excluded.digest
WHERE digest IS NOT excluded.digest
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneWrite:
    """A snapshot to record, with all that it refers to."""

    snapshot: SnapshotRecord
    entities: tuple[EntityRecord, ...]


_SCAN = Worded(Scan.select().where(Scan.id == _ONLY))
_UNSETTLED = Worded(
    Snapshot.select(fn.MIN(Snapshot.stamped_at)).where(Snapshot.unsettled == 1)
)
_CENSUS = Worded(
    Snapshot.select(fn.COUNT(Snapshot.scene), fn.MAX(Snapshot.scene)).where(_LIVING)
)
_BY_ID = Worded(Snapshot.select().where(Snapshot.scene.in_(SOME)))
_STAMPS = Worded(
    Snapshot.select(Snapshot.scene, Snapshot.stamp, Snapshot.unsettled).where(
        Snapshot.scene.in_(SOME), _LIVING
    )
)
_AFTER = Worded(
    Snapshot.select()
    .where(Snapshot.scene > GIVEN, _LIVING)
    .order_by(Snapshot.scene)
    .limit(GIVEN)
)
_BURIED_SINCE = Worded(
    Snapshot.select(Snapshot.scene)
    .where(Snapshot.buried_at > GIVEN)
    .order_by(Snapshot.scene)
)
_NAMES = Worded(
    Entity.select(Entity.id, Entity.name).where(
        Entity.kind == GIVEN, Entity.id.in_(SOME)
    )
)
_REFERRED = Worded(
    Entity.select(Entity.id, Entity.name)
    .where(
        Entity.kind == GIVEN,
        Entity.id > GIVEN,
        fn.EXISTS(
            Reference.select(Reference.scene).where(
                Reference.kind == Entity.kind, Reference.entity == Entity.id
            )
        ),
    )
    .order_by(Entity.id)
    .limit(GIVEN)
)
_ENTITY = (Entity.kind == Reference.kind) & (Entity.id == Reference.entity)
_FILES = Worded(
    Reference.select(Reference.scene, Entity.id, Entity.name)
    .join(Entity, on=_ENTITY)
    .where(Reference.kind == "file", Reference.scene.in_(SOME))
)
_REFERRING = Worded(
    Reference.select(Reference.scene)
    .join(Entity, on=_ENTITY)
    .where(Entity.kind == GIVEN, Entity.name.in_(SOME))
    .distinct()
)


class Scenes:
    """The book of what Stash has."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def scan(self) -> ScanRecord:
        """Say how far Stash has been read."""
        found = _SCAN.models(self._db)
        if not found:
            return ScanRecord()
        row = found[0]
        cursor = None
        if row.cursor_clock is not None:
            cursor = CursorRecord(
                clock=row.cursor_clock,
                newest=row.cursor_newest,
                zone=row.cursor_zone,
                scene=row.cursor_scene,
            )
        return ScanRecord(
            watermark=row.watermark,
            zone=row.zone,
            cursor=cursor,
            meaning=row.meaning,
            named=row.named,
            named_zone=row.named_zone,
            job=row.job,
            job_added=row.job_added,
        )

    def put_scan(self, scan: ScanRecord) -> None:
        """Record how far Stash has been read, in the transaction of what was read."""
        at = scan.cursor
        cursor = (at.clock, at.newest, at.zone, at.scene) if at else (None, None, 0, 0)
        named = (scan.named, scan.named_zone)
        job = (scan.job, scan.job_added)
        upto = (scan.watermark, scan.zone)
        self._db.ask(_PUT_SCAN, _ONLY, *upto, *cursor, scan.meaning, *named, *job)

    def oldest_unsettled(self) -> int | None:
        """Find the stamp of the oldest row that may still change under it."""
        ((stamp,),) = _UNSETTLED.rows(self._db)
        return None if stamp is None else int(stamp)

    def get(self, scenes: Iterable[int]) -> dict[int, SnapshotRecord]:
        """Read snapshots by scene, tombstones included; unknown ones are left out."""
        return {row.scene: _record(row) for row in _BY_ID.models(self._db, scenes)}

    def stamps(self, scenes: Iterable[int]) -> dict[int, tuple[str, bool]]:
        """Read the stamp of each known scene, and whether it is settled."""
        known = _STAMPS.rows(self._db, scenes)
        return {scene: (stamp, not late) for scene, stamp, late in known}

    def after(self, scene: int, limit: int) -> list[SnapshotRecord]:
        """Read the next snapshots in the order of scenes."""
        return [_record(row) for row in _AFTER.models(self._db, scene, limit)]

    def slice(self, number: int, of: int, after: int, limit: int) -> list[int]:
        """Name the next scenes of slice *number* of so many, by their ids."""
        query = (
            "SELECT scene FROM snapshot WHERE scene > ? AND scene % ? = ?"
            " AND buried_at IS NULL ORDER BY scene LIMIT ?"
        )
        found = self._db.ask(query, after, of, number, limit)
        return [scene for (scene,) in found]

    def ids(self, after: int, upto: int | None) -> dict[int, str]:
        """Read the stamps of the scenes in a stretch of ids; None is to the end."""
        query = Snapshot.select(Snapshot.scene, Snapshot.stamp)
        query = query.where(Snapshot.scene > after, _LIVING)
        if upto is not None:
            query = query.where(Snapshot.scene <= upto)
        return dict(rows(query))

    def census(self) -> CensusRecord:
        """Count the scenes that are known to be in Stash; name the highest."""
        ((count, tip),) = _CENSUS.rows(self._db)
        return CensusRecord(count=count, tip=tip or 0)

    def count(self) -> int:
        """Count the scenes that are known to be in Stash."""
        return Snapshot.select().where(_LIVING).count()

    def tombstones(self) -> int:
        """Count the scenes that are gone from Stash and remembered."""
        return Snapshot.select().where(_BURIED).count()

    def buried(self, scenes: Iterable[int]) -> set[int]:
        """Tell which of some scenes are tombstones."""
        query = Snapshot.select(Snapshot.scene).where(_BURIED)
        query = query.where(Snapshot.scene.in_(list(scenes)))
        return {scene for (scene,) in rows(query)}

    def buried_since(self, moment: int) -> list[int]:
        """Name the tombstones made after a moment, in unix seconds."""
        return [scene for (scene,) in _BURIED_SINCE.rows(self._db, moment)]

    def bury(self, scene: int, *, now: int) -> None:
        """Make a tombstone of a scene: remembered, but looked for no more."""
        Snapshot.update(buried_at=now, unsettled=0).where(
            Snapshot.scene == scene
        ).execute()
        Reference.delete().where(Reference.scene == scene).execute()

    def forget_stamps(self, scenes: Iterable[int]) -> None:
        """Have scenes read again wherever a scan or a listing comes upon them."""
        query = "UPDATE snapshot SET stamp = '' WHERE scene = ?"
        self._db.many(query, [(scene,) for scene in scenes])

    def put(self, writes: Sequence[SceneWrite]) -> None:
        """Record snapshots with their entities and references."""
        if not writes:
            return
        self._db.many(_PUT_SNAPSHOT, [_values(write.snapshot) for write in writes])
        entities = itertools.chain.from_iterable(write.entities for write in writes)
        known = {(e.kind, e.id): e for e in entities}
        values = [(e.kind, e.id, e.name, e.parents, e.digest) for e in known.values()]
        self._db.many(_PUT_ENTITY, values)
        scenes = [(write.snapshot.scene,) for write in writes]
        self._db.many("DELETE FROM reference WHERE scene = ?", scenes)
        self._db.many(
            "INSERT INTO reference (scene, kind, entity) VALUES (?, ?, ?)",
            [
                (write.snapshot.scene, kind, entity)
                for write in writes
                for kind, entity in {(e.kind, e.id) for e in write.entities}
            ],
        )

    def rewrite(self, snapshots: Iterable[SnapshotRecord]) -> None:
        """Record another form of snapshots whose scenes are as they were."""
        self._db.many(_PUT_SNAPSHOT, [_values(one) for one in snapshots])

    def names(self, kind: str, ids: Iterable[int]) -> dict[int, str]:
        """Read the names of those entities of a kind that scenes have referred to."""
        return dict(_NAMES.rows(self._db, kind, ids))

    def rename(self, kind: str, names: Mapping[int, str]) -> None:
        """Record the names of entities that are known."""
        self._db.many(
            "UPDATE entity SET name = ?, digest = '' WHERE kind = ? AND id = ?",
            [(name, kind, number) for number, name in names.items()],
        )

    def referred(self, kind: str, after: int, limit: int) -> dict[int, str]:
        """Read the next entities of a kind that a scene refers to, by id."""
        return dict(_REFERRED.rows(self._db, kind, after, limit))

    def files(self, scenes: Iterable[int]) -> dict[int, dict[int, str]]:
        """Read the files that scenes refer to: id -> path."""
        found: dict[int, dict[int, str]] = defaultdict(dict)
        for scene, number, path in _FILES.rows(self._db, scenes):
            found[scene][number] = path
        return found

    def referring(self, kind: str, names: Iterable[str]) -> Iterator[int]:
        """Find the scenes that refer to one of these entities of a kind."""
        for (scene,) in _REFERRING.rows(self._db, kind, names):
            yield scene


def _values(row: SnapshotRecord) -> tuple[object, ...]:
    return (
        row.scene,
        row.stamp,
        row.stamped_at,
        row.read_at,
        int(not row.is_settled),
        row.revision,
        row.fingerprint,
        row.content,
    )


def _record(row: Snapshot) -> SnapshotRecord:
    return SnapshotRecord(
        scene=row.scene,
        stamp=row.stamp,
        stamped_at=row.stamped_at,
        read_at=row.read_at,
        is_settled=not row.unsettled,
        revision=row.revision,
        fingerprint=row.fingerprint,
        content=row.content,
        buried_at=row.buried_at,
    )
