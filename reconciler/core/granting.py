"""What a person asked of a field, in place of the table: each wish, granted once."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.core.canonical import identity
from reconciler.core.conclude import is_applied
from reconciler.core.decide import (
    YIELDS,
    Case,
    Decision,
    Situation,
    decide_value,
    first_of,
    lock_for,
    seen_of,
)
from reconciler.core.desire import Wanted
from reconciler.core.elements import (
    by_identity,
    decide_elements,
    keys_in_plex,
    take_stash,
)
from reconciler.core.memory import Asked, Memory, Reason, Verdict, Wish
from reconciler.core.values import EMPTY, Change, Field, FieldValue, Policy


def by_the_table(at: Situation) -> Decision:
    """Decide a field as the table says, whatever it holds."""
    known = (at.want, at.memory, at.observed)
    if at.field.is_set:
        return decide_elements(*known, is_fought=at.is_fought)
    return decide_value(*known, placeholder=at.placeholder, is_fought=at.is_fought)


def grant(at: Situation, wish: Wish) -> Decision:
    """Do what *wish* asks for; the memory that it leaves has no wish any more."""
    memory = replace(at.memory, wish=None)
    at = replace(at, memory=memory)
    match wish.asked:
        case Asked.TAKE:
            return _take(at)
        case Asked.RELEASE:
            return _release(at)
        case Asked.CLAIM:
            return _claim(at)
        case Asked.ADOPT if at.want.rule.policy is Policy.OFF:
            return by_the_table(at)  # what is not taken out must not be ours
        case Asked.ADOPT:
            adopted = _adopted(memory, wish, at.observed)
            return _adopt(replace(at, memory=adopted))
    return _undo(at, wish)


def _adopt(at: Situation) -> Decision:
    decision = by_the_table(at)
    if not decision.taken:
        return decision
    memory = replace(decision.memory, reason=Reason.ADOPTED)
    return replace(decision, reason=Reason.ADOPTED, memory=memory)


def _take(at: Situation) -> Decision:
    is_adopted = at.memory.verdict is Verdict.ADOPTED
    if is_adopted and not at.field.is_set and at.observed.value == at.want.value:
        return by_the_table(at)  # it is there, and others' as before
    case = Case(want=at.want, memory=at.memory, observed=at.observed)
    is_equal = not at.field.is_set and case.is_equal()
    memory = replace(at.memory, verdict=None)
    at = replace(at, memory=memory)
    if not at.want.content or at.want.is_fallback:
        return by_the_table(at)  # Stash has none to take
    if at.field.is_set:
        return take_stash(at.want, memory, at.observed)
    if is_equal and (at.observed.locked or not at.want.rule.lock):
        return replace(case, memory=memory).leave(Reason.EQUAL)
    return _take_value(at.want, memory, at.observed)


def _take_value(want: Wanted, memory: Memory, observed: FieldValue) -> Decision:
    change = Change(value=want.value, lock=lock_for(want, memory, observed))
    after = replace(
        memory,
        base=want.value,
        verdict=Verdict.WRITTEN,
        reason=Reason.TAKEN,
        ours=True,
        first=first_of(memory, observed),
    )
    return Decision(reason=Reason.TAKEN, change=change, memory=after)


def _release(at: Situation) -> Decision:
    """Take our lock off and leave the value; what is remembered waits for `claim`."""
    memory, observed = at.memory, at.observed
    # a value that is not as we left it is a person's, and so is the lock on it
    is_as_left = at.field.is_set or (
        memory.seen is not None and memory.seen.value == observed.value
    )
    has_lock = memory.holds_lock and observed.locked and is_as_left
    # the reason tells the claim what it was before, or that we took our lock off
    reason = Reason.RELEASED if has_lock else memory.reason or Reason.RELEASED
    after = replace(memory, verdict=Verdict.RELEASED, reason=reason)
    after = replace(
        after, seen=seen_of(after, observed), ours=memory.ours and is_as_left
    )
    change = _as_is(at, lock=False) if has_lock else None
    return Decision(reason=Reason.RELEASED, change=change, memory=after)


def _claim(at: Situation) -> Decision:
    """Go on where `release` left off: the table, and the lock that it took off."""
    memory = at.memory
    if memory.verdict is Verdict.RELEASED:
        verdict = _before_release(at.field, memory)
        at = replace(at, memory=replace(memory, verdict=verdict))
    decision = by_the_table(at)
    was_locked = memory.verdict is Verdict.RELEASED and memory.reason is Reason.RELEASED
    is_bare = at.want.rule.lock and bool(at.want.content) and not at.observed.locked
    is_to_lock = was_locked and is_bare and decision.memory.ours
    if decision.change is not None or not is_to_lock:
        return decision
    after = replace(decision.memory, reason=Reason.RELOCK)
    change = _as_is(at, lock=True)
    return Decision(reason=Reason.RELOCK, change=change, memory=after)


def _before_release(field: Field, memory: Memory) -> Verdict:
    """Say what a field was: what was a person's before the release still is."""
    if memory.reason is Reason.UNDONE:
        return _after_undo(field, memory, memory.seen or EMPTY)
    if memory.reason in {*YIELDS, Reason.SETTLED}:
        return Verdict.YIELDED
    return Verdict.WRITTEN if memory.ours else Verdict.KEPT


def _adopted(memory: Memory, wish: Wish, observed: FieldValue) -> Memory:
    """Make elements ours that are there, so that the table takes them out."""
    there = by_identity(observed.elements)
    names = [there[key] for key in map(identity, wish.take) if key in there]
    return replace(
        memory,
        owned=tuple(dict.fromkeys((*memory.owned, *names))),
        seen=observed,
        verdict=Verdict.WRITTEN,
        ours=True,
        first=first_of(memory, observed),
    )


def _undo(at: Situation, wish: Wish) -> Decision:
    if at.memory.seen is None and at.memory.base is not None:
        # another incarnation of the item: nothing in it is ours
        return Decision(reason=Reason.UNDONE, memory=_left_alone(at))
    undo = _undo_elements if at.field.is_set else _undo_value
    decision = undo(at.want, at.memory, wish, at.observed)
    memory, change = decision.memory, decision.change
    if decision.reason is Reason.SPARED and memory.seen is None:
        # to the table it would be a first contact, to be written over
        return replace(decision, memory=_left_alone(at))
    if decision.reason is Reason.SPARED or memory.verdict is Verdict.RELEASED:
        return decision
    there = at.observed
    if change is not None:
        there = FieldValue(value=change.value, elements=change.elements)
    verdict = _after_undo(at.field, memory, there)
    return replace(decision, memory=replace(memory, verdict=verdict))


def _left_alone(at: Situation) -> Memory:
    """Remember a field of which nothing is ours as undone: until Stash changes it."""
    memory = replace(at.memory, owned=())
    return _undone(at.want, memory, Wish(asked=Asked.UNDO), at.observed)


def _after_undo(field: Field, memory: Memory, there: FieldValue) -> Verdict:
    """Say what is undone: not what stands there and is ours, and wanted, after all.

    So it is where an undo was undone: a person's edit of it is news again.
    """
    if not memory.ours or not memory.base:
        return Verdict.UNDONE
    if isinstance(memory.base, str):
        is_wanted = is_applied(field, Change(value=memory.base), there)
    else:
        wanted = keys_in_plex(memory.base, memory.forms)
        has, ours = by_identity(there.elements), by_identity(memory.owned)
        is_wanted = ours.keys() <= wanted <= has.keys()
    return Verdict.WRITTEN if is_wanted else Verdict.UNDONE


def _undo_value(
    want: Wanted, memory: Memory, wish: Wish, observed: FieldValue
) -> Decision:
    left = memory.seen or wish.left
    if left is None or observed.value != left.value:
        return Decision(reason=Reason.SPARED, memory=memory)
    after = _undone(want, memory, wish, observed)
    lock = _lock_back(memory, wish, observed)
    if (observed.value, observed.locked) == (wish.back.value, lock):
        return Decision(reason=Reason.UNDONE, memory=after)
    change = Change(value=wish.back.value, lock=lock)
    return Decision(reason=Reason.UNDONE, change=change, memory=after)


def _undo_elements(
    want: Wanted, memory: Memory, wish: Wish, observed: FieldValue
) -> Decision:
    there, owned = by_identity(observed.elements), by_identity(memory.owned)
    out = {key for key in map(identity, wish.take) if key in there and key in owned}
    back = {
        key: name
        for key, name in by_identity(wish.give).items()
        if key not in there and key not in memory.yielded
    }
    ours = owned | {k: name for k, name in back.items() if name not in wish.adopted}
    kept = {key: name for key, name in there.items() if key not in out}
    final = _in_order(kept | back, wish.back.elements)
    after = replace(
        _undone(want, memory, wish, observed),
        owned=tuple(n for k, n in ours.items() if k not in out) if wish.ours else (),
    )
    lock = _lock_back(memory, wish, observed)
    # a Plex that adds to what is there keeps its order: it is put in order once
    is_done = not out and not back and memory.reason is Reason.UNDONE
    if lock == observed.locked and (is_done or final == observed.elements):
        return Decision(reason=Reason.UNDONE, memory=after)
    removed = tuple(there[key] for key in there if key in out)
    change = Change(elements=final, removed=removed, lock=lock)
    return Decision(
        reason=Reason.UNDONE,
        change=change,
        memory=after,
        added=tuple(back.values()),
        taken=removed,
    )


def _lock_back(memory: Memory, wish: Wish, observed: FieldValue) -> bool:
    """Say how undoing leaves the lock: as others have put it on or taken it off.

    What is released has none of ours.
    """
    if memory.verdict is Verdict.RELEASED:
        return observed.locked
    left = memory.seen or wish.left
    if left is None or observed.locked != left.locked:
        return observed.locked
    return wish.back.locked or (observed.locked and not memory.holds_lock)


def _undone(want: Wanted, memory: Memory, wish: Wish, observed: FieldValue) -> Memory:
    is_released = memory.verdict is Verdict.RELEASED  # and stays so until its claim
    first, known = wish.first, memory.first if memory.ours else observed
    if first is not None and known is not None:
        # values go back in time, but a lock is as others have it by now
        first = replace(first, locked=known.locked)
    return replace(
        memory,
        base=want.content,
        seen=seen_of(memory, observed),
        verdict=Verdict.RELEASED if is_released else Verdict.UNDONE,
        reason=Reason.UNDONE,
        ours=wish.ours,
        first=first,
    )


def _in_order(names: dict[str, str], order: Iterable[str]) -> tuple[str, ...]:
    """Put elements into the order that they had; what is newer follows."""
    known = [key for key in by_identity(order) if key in names]
    return tuple(names[key] for key in dict.fromkeys((*known, *names)))


def _as_is(at: Situation, *, lock: bool) -> Change:
    if at.field.is_set:
        return Change(elements=at.observed.elements, lock=lock)
    return Change(value=at.observed.value, lock=lock)
