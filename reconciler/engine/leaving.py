"""What leaving would do, counted from the ledger alone."""

from dataclasses import dataclass

from reconciler.core.memory import Memory, Verdict
from reconciler.core.values import Field
from reconciler.engine.translate import memories_of
from reconciler.engine.undoing import Undone, undone
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
    """Fields that others have, as last looked at: neither command touches them."""


def count_leaving(ledger: Ledger) -> Leaving:
    """Walk over all links, a page at a time."""
    found, after = Leaving(state=str(ledger.path)), 0
    while links := ledger.links.page(after=after, limit=_BATCH):
        after = links[-1].id
        keys = [link.id for link in links]
        memories, journal = ledger.links.memories(keys), ledger.journal.of_links(keys)
        for key in keys:
            known, rows = memories_of(memories.get(key, {})), journal.get(key, [])
            wishes = dict(undone(rows, rows, known, is_all=True))
            for name, one in known.items():
                _count(found, name, one, wishes.get(name))
    return found


def _count(found: Leaving, name: Field, one: Memory, undo: Undone | None) -> None:
    """Count a field, as `undo --since start` would take it."""
    found.locks += int(one.holds_lock)
    is_others = not one.ours and one.verdict in {Verdict.KEPT, Verdict.YIELDED}
    is_spared = undo is not None and undo.is_spared
    found.kept += int(is_others or is_spared)
    if undo is None or is_spared:
        return
    if name.is_set:
        found.elements += len(undo.wish.take)
    else:
        found.values += 1
