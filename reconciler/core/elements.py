"""Who wins each element of a set: the same table, with presence as the value.

Identity is Plex's (trimmed, without regard to case); only elements that we added are
ever taken out, in Plex's spelling. The whole wanted list is written, others' elements
included, since it is not known whether Plex adds to what is there or replaces it.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property

from reconciler.core.canonical import identity
from reconciler.core.decide import (
    FIGHTS,
    WRITES,
    YIELDS,
    Decision,
    first_of,
    given_up,
    lock_for,
    moved,
    seen_of,
)
from reconciler.core.desire import Wanted
from reconciler.core.memory import GIVEN_BACK, Memory, Reason, Verdict
from reconciler.core.values import Change, FieldValue, Policy


def decide_elements(
    want: Wanted, memory: Memory, observed: FieldValue, *, is_fought: bool = False
) -> Decision:
    """Decide a field that holds a set: each element by the table, then one change.

    *is_fought*: others took what we wrote twice in a day.
    """
    case = Set(want=want, memory=memory, observed=observed)
    if memory.verdict in GIVEN_BACK and given_up(
        memory, desired_moved=case.desired.keys() != case.base
    ):
        left = replace(memory, seen=seen_of(memory, observed))
        return Decision(reason=Reason.LEFT, memory=left)
    if memory.verdict is Verdict.UNDONE:
        # Stash has spoken again: what was undone is wanted as if it were new
        case = Set(want=want, memory=replace(memory, base=()), observed=observed)
    if not case.desired and not case.owned:
        return _forgotten(case)
    reasons = dict(case.reasons())
    written = {key for key, reason in reasons.items() if case.writes(key, reason)}
    if is_fought:
        lost = {key for key in written if reasons[key] in FIGHTS}
        reasons |= dict.fromkeys(lost, Reason.FIGHT)
        written -= lost
    return combine(case, reasons, written)


def take_stash(want: Wanted, memory: Memory, observed: FieldValue) -> Decision:
    """Decide a set for Stash, vetoes and all; others' elements stay."""
    memory = replace(memory, yielded=(), verdict=None)
    case = Set(want=want, memory=memory, observed=observed)
    reasons = dict(case.reasons())
    written = {key for key, reason in reasons.items() if case.writes(key, reason)}
    missing = case.desired.keys() - case.there.keys()
    reasons |= dict.fromkeys(missing, Reason.TAKEN)
    return combine(case, reasons, written | missing)


@dataclass(frozen=True, kw_only=True)
class Set:
    """One set's situation, by identity; without slots, so that it is read only once."""

    want: Wanted
    memory: Memory
    observed: FieldValue

    @cached_property
    def desired(self) -> Mapping[str, str]:
        """Identity in Plex -> the spelling that we send."""
        forms = self.memory.forms
        names = {identity(e): e for e in self.want.elements}
        return {identity(forms.get(key, key)): name for key, name in names.items()}

    @cached_property
    def base(self) -> frozenset[str]:
        return keys_in_plex(self.memory.base or (), self.memory.forms)

    @cached_property
    def there(self) -> Mapping[str, str]:
        return by_identity(self.observed.elements)

    @cached_property
    def seen(self) -> frozenset[str]:
        return frozenset(
            by_identity(self.memory.seen.elements if self.memory.seen else ())
        )

    @cached_property
    def owned(self) -> Mapping[str, str]:
        return by_identity(self.memory.owned)

    def reasons(self) -> Iterator[tuple[str, Reason]]:
        """Find the row of each element that is desired or ours."""
        for key in self.desired:
            yield key, self._desired(key)
        for key in self.owned:
            if key not in self.desired:
                yield key, self._undesired(key)

    def writes(self, key: str, reason: Reason) -> bool:
        """Look the element's row up in the policy's column."""
        policy = self.want.rule.policy
        if key in self.desired and key in self.there:
            return False
        if policy is Policy.FILL and key in self.desired:
            # a set that holds others' elements is not empty: it is left to them
            return reason in {Reason.FIRST, Reason.CHANGED} and not self._is_foreign()
        return reason in WRITES[policy]

    def _desired(self, key: str) -> Reason:
        if key in self.memory.yielded:
            return Reason.LEFT
        if key in self.there:
            return Reason.HANDED_BACK_EQUAL if self._is_handed_back() else Reason.EQUAL
        if self.memory.seen is None:
            return Reason.KEPT_LOCKED if self.observed.locked else Reason.FIRST
        reason = moved(
            self.memory,
            desired=key not in self.base,
            observed=key in self.seen,
            is_locked=self.observed.locked,
        )
        return Reason.VETO if reason is Reason.EDITED else reason

    def _undesired(self, key: str) -> Reason:
        if key not in self.there:
            return Reason.EQUAL
        if self.memory.seen is None:
            return Reason.NO_OPINION  # what we added to another incarnation
        # one that was taken out and came back is another's
        is_as_seen = key in self.seen and key not in self.memory.yielded
        return Reason.WITHDRAWN if is_as_seen else Reason.FORGOTTEN

    def _is_handed_back(self) -> bool:
        is_enforced = self.want.rule.policy is Policy.ENFORCE
        is_bare = self.memory.was_locked and not self.observed.locked
        return is_bare and self.memory.ours and not is_enforced

    def _is_foreign(self) -> bool:
        return any(key not in self.owned for key in self.there)


def keys_in_plex(elements: Iterable[str], forms: Mapping[str, str]) -> frozenset[str]:
    """Name elements by what Plex has made of them, where it made them another."""
    keys = map(identity, elements)
    return frozenset(identity(forms.get(key, key)) for key in keys)


def by_identity(elements: Iterable[str]) -> dict[str, str]:
    """Key elements by what Plex takes for the same."""
    return {identity(element): element for element in elements}


def combine(
    case: Set, reasons: Mapping[str, Reason], written: AbstractSet[str]
) -> Decision:
    """Make one decision of each element's: those *written* come or go."""
    added = tuple(case.desired[key] for key in case.desired if key in written)
    taken = tuple(
        case.there[key] for key in case.owned if key in written - case.desired.keys()
    )
    reason = _strongest(reasons, written)
    if case.desired:
        reason = _OF_SOME.get(reason, reason)
    relocks = _relocks(case)
    if relocks and not added and not taken:
        reason = Reason.RELOCK
    left = {key: why for key, why in reasons.items() if key not in written}
    memory = _memory(case, left, reason, added=added, taken=taken)
    if not added and not taken and not relocks:
        return Decision(reason=reason, memory=replace(memory, seen=case.observed))
    return Decision(
        reason=reason,
        change=_change(case, added=added, taken=taken),
        memory=memory,
        added=added,
        taken=taken,
    )


def _forgotten(case: Set) -> Decision:
    """Forget a set in which nothing is wanted or ours; our lock goes with the rest."""
    memory, observed = case.memory, case.observed
    is_as_left = case.there.keys() == case.seen
    if not (memory.holds_lock and observed.locked and is_as_left):
        blank = Memory(reason=Reason.NO_OPINION, first=memory.first)
        return Decision(reason=Reason.NO_OPINION, memory=blank)
    return Decision(
        reason=Reason.WITHDRAWN,
        change=Change(elements=observed.elements, lock=False),
        memory=Memory(reason=Reason.WITHDRAWN, first=memory.first),
    )


def _relocks(case: Set) -> bool:
    rule = case.want.rule
    is_bare = case.memory.ours and rule.lock and not case.observed.locked
    return is_bare and rule.policy is Policy.ENFORCE and bool(case.desired)


def _change(case: Set, *, added: tuple[str, ...], taken: tuple[str, ...]) -> Change:
    there = {key: name for key, name in case.there.items() if name not in taken}
    final = {key: there.get(key, name) for key, name in case.desired.items()}
    kept = {key: name for key, name in final.items() if key in there or name in added}
    mine = {*kept.values(), *taken}
    others = [name for name in case.observed.elements if name not in mine]
    lock = lock_for(case.want, case.memory, case.observed)
    if not case.desired:
        is_ours = case.memory.holds_lock and case.observed.locked
        lock = False if is_ours else None
    return Change(elements=(*kept.values(), *others), removed=taken, lock=lock)


def _memory(
    case: Set,
    left: Mapping[str, Reason],
    reason: Reason,
    *,
    added: tuple[str, ...],
    taken: tuple[str, ...],
) -> Memory:
    gone = by_identity(taken)
    lost = {key for key in case.owned if key not in case.there}
    passed = {key for key, why in left.items() if why in _PASSED}
    if case.memory.seen is None:
        # what is there at first contact, others have put on this incarnation
        passed |= case.there.keys()
    parted = {*gone, *lost, *passed}
    owned = [name for key, name in case.owned.items() if key not in parted]
    yielded = [key for key, why in left.items() if why in _GIVEN_UP]
    changed = bool(added or taken)
    is_settled = case.memory.reason is Reason.SETTLED
    is_as_decided = not changed or (is_settled and case.desired.keys() == case.base)
    if is_as_decided and yielded and set(yielded) == set(case.memory.yielded):
        reason = case.memory.reason or reason  # why it was given up still says most
    is_ours = case.memory.ours or changed
    return replace(
        case.memory,
        base=case.want.elements,
        verdict=Verdict.YIELDED if yielded else _verdict(left, is_ours=is_ours),
        reason=reason,
        ours=is_ours and bool(case.desired),
        first=first_of(case.memory, case.observed) if changed else case.memory.first,
        owned=(*owned, *added),
        yielded=tuple(sorted(yielded)),
        forms=_forms_of(case),
    )


def _forms_of(case: Set) -> Mapping[str, str]:
    wanted = by_identity(case.want.elements)
    return {key: form for key, form in case.memory.forms.items() if key in wanted}


def _verdict(left: Mapping[str, Reason], *, is_ours: bool) -> Verdict:
    if is_ours:
        return Verdict.WRITTEN
    is_adopted = all(why is Reason.EQUAL for why in left.values())
    return Verdict.ADOPTED if is_adopted else Verdict.KEPT


_PASSED = frozenset({Reason.FORGOTTEN, Reason.NO_OPINION})
"""Reasons after which an element that we added, and that is there, is another's."""

_GIVEN_UP = frozenset({*YIELDS, Reason.LEFT})
"""Reasons for which an element that is desired is not written any more."""

_OF_SOME = {
    Reason.WITHDRAWN: Reason.TAKEN_OUT,
    Reason.FORGOTTEN: Reason.PUT_BACK,
}
"""What an element's reason is of a set in which Stash has others."""

_WEAKEST = (Reason.NO_OPINION, Reason.EQUAL)
_WEIGHT = {why: rank for rank, why in enumerate(dict.fromkeys((*_WEAKEST, *Reason)))}


def _strongest(reasons: Mapping[str, Reason], written: AbstractSet[str]) -> Reason:
    """Name the one reason to tell: of what is written, else of what was left."""
    told = [reasons[key] for key in reasons if key in written] or list(reasons.values())
    return max(told, key=lambda reason: _WEIGHT[reason], default=Reason.NO_OPINION)
