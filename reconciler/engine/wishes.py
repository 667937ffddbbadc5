"""What an errand comes to for one field: pure, from what is remembered and there."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from reconciler.core.desire import Rules, Wanted
from reconciler.core.elements import by_identity, keys_in_plex
from reconciler.core.memory import NOTHING, Asked, Memory, Verdict, Wish
from reconciler.core.values import Field, FieldValue, Policy
from reconciler.engine.conflicts import can_be_taken
from reconciler.engine.errands import Adopt, Claim, Errand, Release, TakeStash


def offered(
    want: Wanted, one: Memory, has: FieldValue, names: AbstractSet[str]
) -> tuple[str, ...]:
    """Name elements that are nobody's: known to Stash, not wanted, not ours.

    What is released is left until its claim.
    """
    if one.verdict is Verdict.RELEASED:
        return ()
    wanted, ours = keys_in_plex(want.elements, one.forms), by_identity(one.owned)
    return tuple(
        element
        for key, element in by_identity(has.elements).items()
        if key in names and key not in wanted and key not in ours
    )


def takeable(
    known: Mapping[Field, Memory],
    given_up: Collection[str],
    rules: Rules,
    fields: Collection[Field] | None,
) -> dict[Field, Memory]:
    """Take those of the *fields* of a link for which Stash's value can be asked.

    What was *given up*, to the dead letters, may never have been decided.
    """
    every = {Field(name): NOTHING for name in given_up} | dict(known)
    return {
        name: one
        for name, one in sorted(every.items())
        if (can_be_taken(one) or (one.verdict is None and name in given_up))
        and rules[name].policy is not Policy.OFF
        and (fields is None or name in fields)
    }


def is_wished(errand: Errand, known: Mapping[Field, Memory]) -> bool:
    """Whether what an errand asks for is wished already, of some of its fields."""
    named = errand.fields if isinstance(errand, Adopt | TakeStash) else None
    return any(
        one.wish is not None and one.wish.asked == errand.cause
        for name, one in known.items()
        if named is None or name in named
    )


def asked(
    errand: Release | Claim, known: Mapping[Field, Memory], *, is_shared: bool
) -> dict[Field, Memory]:
    """Wish for what is asked of fields; the item may be another scene's as well."""
    if isinstance(errand, Release):
        return {name: _released(one) for name, one in known.items()}
    is_heir = is_shared and all(one.verdict is None for one in known.values())
    return {name: _claimed(one, is_heir=is_heir) for name, one in known.items()}


def _released(one: Memory) -> Memory:
    """Wish for a release; a claim that was to come is taken back by it."""
    is_released = one.verdict is Verdict.RELEASED
    return replace(one, wish=None if is_released else Wish(asked=Asked.RELEASE))


def _claimed(one: Memory, *, is_heir: bool) -> Memory:
    """Wish for a claim; a release that was to come is taken back by it.

    An heir is left what the other scene has decided, and that may be a release.
    """
    if one.verdict is Verdict.RELEASED or is_heir:
        return replace(one, wish=Wish(asked=Asked.CLAIM))
    is_to_be = one.wish is not None and one.wish.asked is Asked.RELEASE
    return replace(one, wish=None) if is_to_be else one
