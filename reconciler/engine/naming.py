"""Names that change while a pass reads: not all of its scenes have the same of them.

The next poll compares with the name that was read last, and so would not tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.core.news import SHARED
from reconciler.core.values import Kind
from state.ledger import Ledger
from state.scenes import SceneWrite


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """What was read under a name that is another by now."""

    entities: Mapping[Kind, frozenset[int]] = field(default_factory=dict)
    """Those that known scenes refer to by the name before."""
    scenes: frozenset[int] = frozenset()
    """Those that were read just before the name changed."""


def stale(writes: Sequence[SceneWrite], ledger: Ledger) -> Stale:
    """Find out what some scenes, in the order they were read in, make stale."""
    entities, scenes = {}, set[int]()
    for kind in SHARED:
        newest = _names(kind, writes)
        known = ledger.scenes.names(kind, newest) if newest else {}
        moved = {one for one, name in known.items() if name != newest[one]}
        if moved:
            entities[kind] = frozenset(moved)
        scenes |= {
            write.snapshot.scene
            for write in writes
            if any(newest[one] != name for one, name in _names(kind, [write]).items())
        }
    return Stale(entities=entities, scenes=frozenset(scenes))


def _names(kind: Kind, writes: Iterable[SceneWrite]) -> dict[int, str]:
    return {
        entity.id: entity.name
        for write in writes
        for entity in write.entities
        if entity.kind == kind
    }
