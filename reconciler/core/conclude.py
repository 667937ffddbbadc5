"""What a read-back says of a write, and what to remember of it."""

from dataclasses import replace
from enum import StrEnum

from reconciler.core.canonical import identity
from reconciler.core.elements import by_identity
from reconciler.core.memory import GIVEN_BACK, Memory
from reconciler.core.values import Change, Field, FieldValue

_WIDTH = 255
"""Characters that Plex's database has room for in a title, by its own schema."""


_SHORTEST = 64
"""Characters below which nothing is known to be cut off by a server."""


class Outcome(StrEnum):
    """How a field stands after its write."""

    APPLIED = "applied"  # Plex has what we sent, or its normal form of it
    UNCHANGED = "unchanged"  # Plex has what it had: the write was dropped
    UNSTABLE = "unstable"  # Plex has something else, and it moves: decide again


def outcome(
    field: Field,
    change: Change,
    before: FieldValue,
    after: FieldValue,
    again: FieldValue | None,
) -> Outcome:
    """Judge one field by what Plex had *before*, has *after*, and has *again*.

    *again* is a second read, and only needed where `needs_second_read` says so.
    """
    if is_applied(field, change, after):
        return Outcome.APPLIED
    if is_same(field, before, after):
        return Outcome.UNCHANGED
    # what was to go and is there is nobody's normal form: it may be spelled anew
    if again is not None and is_same(field, after, again) and _has_gone(change, after):
        return Outcome.APPLIED
    return Outcome.UNSTABLE


def _has_gone(change: Change, after: FieldValue) -> bool:
    """Whether all is out that was to go, but for what was made of what was sent."""
    removed = by_identity(change.removed)
    return all(
        any(_comes_of(element, sent) for sent in change.elements)
        for key, element in by_identity(after.elements).items()
        if key in removed
    )


def needs_second_read(
    field: Field, change: Change, before: FieldValue, after: FieldValue
) -> bool:
    """Whether Plex shows neither what it had nor what we sent."""
    return not is_applied(field, change, after) and not is_same(field, before, after)


def is_applied(field: Field, change: Change, after: FieldValue) -> bool:
    """Whether *after* is what *change* asks for, or as much of it as Plex keeps."""
    if change.lock is not None and after.locked != change.lock:
        return False
    if not field.is_set:
        is_cut = len(after.value) == _WIDTH and change.value.startswith(after.value)
        return is_cut or after.value == change.value
    there = by_identity(after.elements)
    has_all = all(identity(element) in there for element in change.elements)
    return has_all and not any(identity(element) in there for element in change.removed)


def is_plausible(field: Field, change: Change, after: FieldValue) -> bool:
    """Whether *after* can be what Plex made of *change*, long after it was sent.

    Only where it differs in what servers do to text: white space, case, form, length.
    Anything else that stands there may as well be somebody's who came in between.
    """
    if change.lock is not None and after.locked != change.lock:
        return False
    if not field.is_set:
        return _comes_of(after.value, change.value)
    return all(
        any(_comes_of(found, sent) for found in after.elements)
        for sent in change.elements
    )


def part_of(
    field: Field, memory: Memory, change: Change, before: FieldValue, after: FieldValue
) -> Memory | None:
    """Remember what is left of a set's write that landed long ago, and None of others.

    What is there of what we added stays ours, and what is not is wanted anew: others
    have been at it since, and who took that out is not known. But what a person had
    taken back is left at that.
    """
    is_locked = change.lock in {None, after.locked}
    there, gone = by_identity(after.elements), by_identity(change.removed)
    kept = [name for name in change.elements if identity(name) in there]
    added = {identity(name) for name in kept} - by_identity(before.elements).keys()
    if not (field.is_set and is_locked and added) or there.keys() & gone.keys():
        return None
    if memory.verdict not in GIVEN_BACK:
        there = by_identity(kept)
        wanted = tuple(e for e in memory.base or () if identity(e) in there)
        memory = replace(memory, base=wanted)
    return remember(field, memory, replace(change, elements=tuple(kept)), before, after)


def _comes_of(found: str, sent: str) -> bool:
    found, sent = identity(found), identity(sent)
    return found == sent or (len(found) >= _SHORTEST and sent.startswith(found))


def is_same(field: Field, one: FieldValue, other: FieldValue) -> bool:
    """Whether two observations show no difference that we would have made."""
    if one.locked != other.locked:
        return False
    if not field.is_set:
        return one.value == other.value
    return by_identity(one.elements).keys() == by_identity(other.elements).keys()


def remember(
    field: Field, memory: Memory, change: Change, before: FieldValue, after: FieldValue
) -> Memory:
    """Complete the memory of an applied write with what Plex made of it."""
    if memory.base is None:
        return memory  # forgotten: nothing is wanted any more
    if change.lock is None:
        memory = replace(memory, seen=before).noting(after)
    if not field.is_set:
        return replace(memory, seen=after)
    forms = dict(memory.forms) | new_forms(change, before, after)
    there = by_identity(after.elements)
    owned = (identity(name) for name in memory.owned)
    spelled = [there.get(identity(forms.get(key, key))) for key in owned]
    return replace(
        memory,
        seen=after,
        owned=tuple(dict.fromkeys(name for name in spelled if name is not None)),
        forms=forms,
    )


def new_forms(change: Change, before: FieldValue, after: FieldValue) -> dict[str, str]:
    """Pair what we sent and cannot find with what has appeared in its stead."""
    there, sent = by_identity(after.elements), by_identity(change.elements)
    missing = [key for key in sent if key not in there]
    known = {*by_identity(before.elements), *sent}
    appeared = [key for key in there if key not in known]
    pairs = {
        key: there[form]
        for key in missing
        for form in appeared
        if key.startswith(form)  # cut off
    }
    if not pairs and len(missing) == len(appeared) == 1:
        return {missing[0]: there[appeared[0]]}
    return pairs
