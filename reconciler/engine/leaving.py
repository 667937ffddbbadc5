"""What leaving would do, counted from the ledger alone."""

from dataclasses import dataclass

from reconciler.core.memory import Memory, Verdict
from reconciler.core.values import Field
from reconciler.engine.translate import memories_of
from state.ledger import Ledger

_BATCH = 200


@dataclass(slots=True, kw_only=True)
class Leaving:
    """What release and undo would come to."""

    state: str
    """The ledger's file."""
    locks: int = 0
    """Fields whose lock is ours."""
    values: int = 0
    elements: int = 0
    """Genres and actors that we put there."""
    kept: int = 0
    """Fields that others have: neither command touches them."""


def count_leaving(ledger: Ledger) -> Leaving:
    """Walk over all links, a page at a time."""
    found, after = Leaving(state=str(ledger.path)), 0
    while links := ledger.links.page(after=after, limit=_BATCH):
        after = links[-1].id
        memories = ledger.links.memories(link.id for link in links)
        for link in links:
            for name, one in memories_of(memories.get(link.id, {})).items():
                _count(found, name, one)
    return found


def _count(found: Leaving, name: Field, one: Memory) -> None:
    found.locks += int(one.holds_lock)
    if name.is_set:
        found.elements += len(one.owned)
    else:
        found.values += int(one.ours)
    is_others = not one.ours and one.verdict in {Verdict.KEPT, Verdict.YIELDED}
    found.kept += int(is_others)
