"""What is known of Stash: snapshots, what they refer to, and how far it is read."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from state.database import LedgerDatabase, rows
from state.models import Entity, Reference, Scan, Snapshot
from state.records import CursorRecord, EntityRecord, ScanRecord, SnapshotRecord

_ONLY = 1
"""The scan's one row."""

_PUT_SNAPSHOT = """
INSERT INTO snapshot
  (scene, stamp, stamped_at, read_at, unsettled, revision, fingerprint, content)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (scene) DO UPDATE SET
  stamp = excluded.stamp, stamped_at = excluded.stamped_at, read_at = excluded.read_at,
  unsettled = excluded.unsettled, revision = excluded.revision,
  fingerprint = excluded.fingerprint, content = excluded.content
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


class Scenes:
    """The book of what Stash has."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def scan(self) -> ScanRecord:
        """Say how far Stash has been read."""
        row = Scan.get_or_none(Scan.id == _ONLY)
        if row is None:
            return ScanRecord()
        cursor = None
        if row.cursor_clock is not None:
            cursor = CursorRecord(
                clock=row.cursor_clock,
                newest=row.cursor_newest,
                zone=row.cursor_zone,
                scene=row.cursor_scene,
            )
        return ScanRecord(
            watermark=row.watermark, zone=row.zone, cursor=cursor, meaning=row.meaning
        )

    def put_scan(self, scan: ScanRecord) -> None:
        """Record how far Stash has been read, in the transaction of what was read."""
        cursor = scan.cursor
        Scan.insert(
            id=_ONLY,
            watermark=scan.watermark,
            zone=scan.zone,
            cursor_clock=cursor.clock if cursor else None,
            cursor_newest=cursor.newest if cursor else None,
            cursor_zone=cursor.zone if cursor else 0,
            cursor_scene=cursor.scene if cursor else 0,
            meaning=scan.meaning,
        ).on_conflict_replace().execute()

    def oldest_unsettled(self) -> int | None:
        """Find the stamp of the oldest row that may still change under it."""
        query = Snapshot.select(Snapshot.stamped_at).where(Snapshot.unsettled == 1)
        row = query.order_by(Snapshot.stamped_at).first()
        return None if row is None else row.stamped_at

    def get(self, scenes: Iterable[int]) -> dict[int, SnapshotRecord]:
        """Read snapshots by scene; unknown ones are left out."""
        query = Snapshot.select().where(Snapshot.scene.in_(list(scenes)))
        return {row.scene: _record(row) for row in query}

    def stamps(self, scenes: Iterable[int]) -> dict[int, tuple[str, bool]]:
        """Read the stamp of each known scene, and whether it is settled."""
        query = Snapshot.select(Snapshot.scene, Snapshot.stamp, Snapshot.unsettled)
        known = query.where(Snapshot.scene.in_(list(scenes)))
        return {scene: (stamp, not late) for scene, stamp, late in rows(known)}

    def after(self, scene: int, limit: int) -> list[SnapshotRecord]:
        """Read the next snapshots in the order of scenes."""
        query = Snapshot.select().where(Snapshot.scene > scene)
        return [_record(row) for row in query.order_by(Snapshot.scene).limit(limit)]

    def count(self) -> int:
        """Count the scenes that are known."""
        return Snapshot.select().count()

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

    def referring(self, kind: str, names: Iterable[str]) -> Iterator[int]:
        """Find the scenes that refer to one of these entities of a kind."""
        query = (
            Reference.select(Reference.scene)
            .join(
                Entity,
                on=(Entity.kind == Reference.kind) & (Entity.id == Reference.entity),
            )
            .where(Entity.kind == kind, Entity.name.in_(list(names)))
            .distinct()
        )
        for (scene,) in rows(query):
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
    )
