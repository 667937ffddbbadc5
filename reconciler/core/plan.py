"""What one item needs: every field in question, decided."""

from collections.abc import Iterable, Mapping

from reconciler.core.decide import Decision, Memory, decide_value
from reconciler.core.desire import Wanted, is_placeholder
from reconciler.core.elements import decide_elements
from reconciler.core.values import EMPTY, Field, Item

Memories = Mapping[Field, Memory]


def decide_item(
    wanted: Mapping[Field, Wanted],
    memories: Memories,
    item: Item,
    path: str,
    fields: Iterable[Field],
) -> dict[Field, Decision]:
    """Decide *fields* of the item that holds *path*; what is `off` is not looked at."""
    return {
        field: decide(field, wanted[field], memories.get(field, Memory()), item, path)
        for field in sorted(fields)
        if field in wanted
    }


def decide(
    field: Field, want: Wanted, memory: Memory, item: Item, path: str
) -> Decision:
    """Decide one field of one item."""
    observed = item.fields.get(field, EMPTY)
    if field.is_set:
        return decide_elements(want, memory, observed)
    placeholder = is_placeholder(field, observed.value, path)
    return decide_value(want, memory, observed, placeholder=placeholder)


def unsettled(wanted: Mapping[Field, Wanted], memories: Memories) -> frozenset[Field]:
    """Name the fields whose desired content is not what was last decided on."""
    return frozenset(
        field
        for field, want in wanted.items()
        if want.content != (memories.get(field, Memory()).base or want.content[:0])
    )
