"""What one item needs: every field in question, decided."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.core.decide import Decision, Situation
from reconciler.core.desire import Wanted, is_placeholder
from reconciler.core.granting import by_the_table, grant
from reconciler.core.memory import NOTHING, Asked, Memory, Verdict
from reconciler.core.values import EMPTY, Field, Item, Policy

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
        field: decide(situation(field, wanted[field], memories, item, path))
        for field in sorted(fields)
        if field in wanted and is_looked_at(wanted[field], memories.get(field, NOTHING))
    }


def situation(
    field: Field, want: Wanted, memories: Memories, item: Item, path: str
) -> Situation:
    """Put together what one field's decision depends on."""
    observed = item.fields.get(field, EMPTY)
    return Situation(
        field=field,
        want=want,
        memory=memories.get(field, NOTHING),
        observed=observed,
        placeholder=is_placeholder(field, observed.value, path),
    )


def decide(at: Situation) -> Decision:
    """Decide one field of one item; what a person asked for goes before the table."""
    memory = at.memory.noting(at.observed)
    at = at if memory is at.memory else replace(at, memory=memory)
    wish = at.memory.wish
    found = by_the_table(at) if wish is None else grant(at, wish)
    is_stash = wish is None or wish.asked is not Asked.UNDO
    is_cut = at.want.is_cut and is_stash and found.change is not None
    return replace(found, is_cut=True) if is_cut else found


def is_looked_at(want: Wanted, memory: Memory) -> bool:
    """Whether a field is ours to look at; a person's wish goes before the policy."""
    return want.rule.policy is not Policy.OFF or memory.wish is not None


def unsettled(wanted: Mapping[Field, Wanted], memories: Memories) -> frozenset[Field]:
    """Name the fields whose desired content is not what was last decided on."""
    return frozenset(
        field
        for field, want in wanted.items()
        if _is_unsettled(want, memories.get(field, NOTHING))
    )


def _is_unsettled(want: Wanted, memory: Memory) -> bool:
    if memory.wish is not None:
        return True
    if want.rule.policy is Policy.OFF or memory.verdict is Verdict.RELEASED:
        return False
    return want.content != (memory.base or want.content[:0])
