"""Between the core's values and the ledger's records, strangers to each other."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from reconciler.core.canonical import entity_digest, restore
from reconciler.core.memory import Asked, Memory, Reason, Verdict, Wish
from reconciler.core.scanning import is_settled, read_stamp
from reconciler.core.values import (
    Change,
    Entity,
    Field,
    FieldValue,
    Kind,
    Scene,
    SceneId,
    Snapshot,
)
from state.records import EntityRecord, FieldRecord, SnapshotRecord

APPLIED = "applied"
PARTLY = "partly applied"
UNCHANGED = "not applied"
GONE = "item gone"
NOT_SENT = "not sent"
NOTHING_DONE = (UNCHANGED, NOT_SENT)
"""Outcomes of writes that changed nothing in Plex."""
SOMETHING = (APPLIED, PARTLY)
"""Outcomes of writes that were seen to change something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One field of a journal row: what was there, what was sent, what then holds."""

    before: FieldValue
    change: Change
    memory: Memory
    was_ours: bool = False
    """Whether what was there was ours."""
    prior: FieldValue | None = None
    """What was there when the tenure began that was under way before."""

    @property
    def begins(self) -> bool:
        """Whether a tenure begins with this write: it goes over another's value."""
        return not self.was_ours or self.memory.first == self.before


def entities(scene: Scene) -> tuple[EntityRecord, ...]:
    """List all that a scene refers to; a file is an entity named by its path."""
    named = [*scene.performers, *scene.tags, *([scene.studio] if scene.studio else [])]
    files = [Entity(kind=Kind.FILE, id=file.id, name=file.path) for file in scene.files]
    return tuple(
        EntityRecord(
            kind=entity.kind,
            id=entity.id,
            name=entity.name,
            parents=json.dumps(sorted(entity.parents)),
            digest=entity_digest(entity),
        )
        for entity in (*named, *files)
    )


def snapshot_record(
    snapshot: Snapshot, *, revision: int, clock: datetime
) -> SnapshotRecord:
    """Make the record of a snapshot that was read at *clock*, the server's time."""
    stamp = read_stamp(snapshot.scene.stamp)
    return SnapshotRecord(
        scene=snapshot.scene.id,
        stamp=snapshot.scene.stamp,
        stamped_at=int(stamp.instant.timestamp()),
        read_at=int(clock.timestamp()),
        is_settled=is_settled(stamp, clock),
        revision=revision,
        fingerprint=snapshot.fingerprint,
        content=snapshot.text,
    )


def restored(snapshot: SnapshotRecord) -> Scene:
    """Read back what was known of a scene."""
    return restore(SceneId(snapshot.scene), snapshot.stamp, snapshot.content)


def memory_record(memory: Memory) -> FieldRecord:
    """Make the record of a memory."""
    return FieldRecord(
        base=None if memory.base is None else _dump(memory.base),
        seen=_dump_value(memory.seen),
        verdict=memory.verdict,
        reason=memory.reason,
        ours=memory.ours,
        first=_dump_value(memory.first),
        owned=_dump(memory.owned),
        yielded=_dump(memory.yielded),
        forms=json.dumps(dict(memory.forms)) if memory.forms else "{}",
        wish=None if memory.wish is None else json.dumps(asdict(memory.wish)),
    )


def memory(record: FieldRecord | None) -> Memory:
    """Read a memory back; no record is no memory."""
    if record is None:
        return Memory()
    base = None if record.base is None else json.loads(record.base)
    return Memory(
        base=tuple(base) if isinstance(base, list) else base,
        seen=_load_value(record.seen),
        verdict=Verdict(record.verdict) if record.verdict else None,
        reason=Reason(record.reason) if record.reason else None,
        ours=record.ours,
        first=_load_value(record.first),
        owned=tuple(json.loads(record.owned)),
        yielded=tuple(json.loads(record.yielded)),
        forms=json.loads(record.forms),
        wish=None if record.wish is None else _wish(json.loads(record.wish)),
    )


def memories_of(records: Mapping[str, FieldRecord]) -> dict[Field, Memory]:
    """Read back what is remembered of a link's fields."""
    return {Field(name): memory(record) for name, record in records.items()}


def journal_text(writes: Mapping[Field, Written]) -> str:
    """Write a journal row's fields down."""
    return json.dumps(
        {
            field: {
                "before": _flat(write.before),
                "change": _flat(write.change),
                "memory": _flat(memory_record(write.memory)),
                "was_ours": write.was_ours,
                "prior": _dump_value(write.prior),
            }
            for field, write in writes.items()
        }
    )


def journal_fields(text: str) -> dict[Field, Written]:
    """Read a journal row's fields back."""
    return {
        Field(name): Written(
            before=_value(row["before"]),
            change=_change(row["change"]),
            memory=memory(FieldRecord(**row["memory"])),
            was_ours=row.get("was_ours", False),
            prior=_load_value(row.get("prior")),
        )
        for name, row in json.loads(text).items()
    }


@lru_cache(maxsize=1_000)  # mostly nothing, or the names that many items share
def _dump(content: str | tuple[str, ...]) -> str:
    return json.dumps(content)


def _dump_value(value: FieldValue | None) -> str | None:
    return None if value is None else json.dumps(_flat(value))


def _flat(record: FieldValue | Change | FieldRecord) -> dict[str, Any]:
    """Name what a record of plain values holds: `asdict` would copy it to its depth."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _load_value(text: str | None) -> FieldValue | None:
    return None if text is None else _value(json.loads(text))


def _wish(content: Mapping[str, Any]) -> Wish:
    left, first = content["left"], content["first"]
    return Wish(
        asked=Asked(content["asked"]),
        back=_value(content["back"]),
        left=None if left is None else _value(left),
        take=tuple(content["take"]),
        give=tuple(content["give"]),
        adopted=tuple(content.get("adopted", ())),
        ours=content["ours"],
        first=None if first is None else _value(first),
    )


def _value(content: Mapping[str, Any]) -> FieldValue:
    elements = tuple(content["elements"])
    return FieldValue(
        value=content["value"], elements=elements, locked=content["locked"]
    )


def _change(content: Mapping[str, Any]) -> Change:
    return Change(
        value=content["value"],
        elements=tuple(content["elements"]),
        removed=tuple(content["removed"]),
        lock=content["lock"],
    )
