"""Who wins one field: the table of docs/design.md, row by row, the first that fits.

Values in, one decision with one reason out. "Moved" compares with what was there at the
last decision; comparison is in Plex's normal form, which is what Plex returned for what
was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.core.desire import Wanted, bare
from reconciler.core.memory import NOTHING, Memory, Reason, Verdict
from reconciler.core.values import EMPTY, Change, Field, FieldValue, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do with one field, and why."""

    reason: Reason
    change: Change | None = None
    """What to write; None writes nothing."""
    memory: Memory = NOTHING
    """What to remember: at once without a change, after the read-back with one."""
    overwrites: int = 0
    """Foreign values that the change overwrites: the brake counts them."""
    removes: int = 0
    """Values that the change clears; elements that it takes out are in `taken`."""
    added: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    is_cut: bool = False
    """Whether Stash says more than the change has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One field of one item, and all that its decision depends on."""

    field: Field
    want: Wanted
    memory: Memory
    observed: FieldValue
    placeholder: bool = False
    """Whether what is there is the scanner's own title."""
    is_fought: bool = False
    """Whether others have taken what we wrote twice within a day."""


def decide_value(
    want: Wanted,
    memory: Memory,
    observed: FieldValue,
    *,
    placeholder: bool = False,
    is_fought: bool = False,
) -> Decision:
    """Decide a field that holds one value, as `Situation` explains them."""
    case = Case(want=want, memory=memory, observed=observed, placeholder=placeholder)
    reason = case.reason()
    if not case.writes(reason):
        return case.leave(reason)
    if is_fought and reason in FIGHTS:
        return case.leave(Reason.FIGHT)
    return case.write(reason)


WRITES: Mapping[Policy, frozenset[Reason]] = {
    Policy.PUSH: frozenset(
        {
            Reason.WITHDRAWN,
            Reason.FIRST,
            Reason.FOREIGN,
            Reason.REFRESHED,
            Reason.CHANGED,
            Reason.OVERTAKEN,
        }
    ),
    Policy.ENFORCE: frozenset(
        {
            Reason.RELOCK,
            Reason.WITHDRAWN,
            Reason.FORGOTTEN,
            Reason.KEPT_LOCKED,
            Reason.FIRST,
            Reason.FOREIGN,
            Reason.AT_REST,
            Reason.EDITED,
            Reason.REFRESHED,
            Reason.HANDED_BACK,
            Reason.CHANGED,
            Reason.CONFLICT,
            Reason.OVERTAKEN,
            Reason.VETO,
        }
    ),
    Policy.FILL: frozenset({Reason.WITHDRAWN, Reason.FIRST}),
    Policy.OFF: frozenset(),
}
"""The columns of the table; `fill` also writes row 13 where ours or empty."""

YIELDS = frozenset(
    {Reason.HANDED_BACK, Reason.HANDED_BACK_EQUAL, Reason.VETO, Reason.FIGHT}
)
"""Reasons after which a field is a person's until Stash changes it."""

FIGHTS = frozenset(
    {Reason.EDITED, Reason.REFRESHED, Reason.HANDED_BACK, Reason.VETO, Reason.AT_REST}
)
"""Reasons to write over what others have made of a field that Stash did not change."""

_OF_A_PERSON = frozenset(
    {Reason.KEPT_LOCKED, Reason.EDITED, Reason.HANDED_BACK, Reason.CONFLICT}
)
"""Reasons whose write goes over what a person has put there."""

_FOREIGN_UNDER_ENFORCE = _OF_A_PERSON | {Reason.AT_REST}


def given_up(memory: Memory, *, desired_moved: bool) -> bool:
    """Row 1: a person has it, and Stash has not spoken since."""
    if memory.verdict is Verdict.RELEASED:
        return True
    return memory.verdict in {Verdict.YIELDED, Verdict.UNDONE} and not desired_moved


def moved(memory: Memory, *, desired: bool, observed: bool, is_locked: bool) -> Reason:
    """Rows 9 to 15: what moved since the last decision, and under whose lock.

    A lock that was on when we last looked and is off now was taken off by a person;
    one that was never on was not.
    """
    if not desired and not observed:
        return Reason.AT_REST
    if not observed:
        return Reason.CHANGED
    if not desired and is_locked:
        return Reason.EDITED
    if not desired:
        return Reason.HANDED_BACK if memory.was_locked else Reason.REFRESHED
    return Reason.CONFLICT if is_locked or memory.was_locked else Reason.OVERTAKEN


def lock_for(want: Wanted, memory: Memory, observed: FieldValue) -> bool | None:
    """Say what a write does to the lock: a lock that is not ours is left alone."""
    if want.rule.lock:
        return True
    return False if memory.holds_lock and observed.locked else None


def first_of(
    memory: Memory, observed: FieldValue, *, is_personal: bool = False
) -> FieldValue:
    """Say what was there when the tenure began that a write goes on with, or begins.

    What is there in another incarnation of the item was never ours.
    """
    is_going_on = memory.ours and memory.seen is not None and not is_personal
    if memory.first is None or not is_going_on:
        return observed
    return memory.first


def seen_of(memory: Memory, observed: FieldValue) -> FieldValue | None:
    """Say what is seen of a field that is left.

    What is released before it was seen meets Plex for the first time with its claim.
    """
    is_unmet = memory.verdict is Verdict.RELEASED and memory.seen is None
    return None if is_unmet else observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One value's situation, and the questions that the table asks of it."""

    want: Wanted
    memory: Memory
    observed: FieldValue
    placeholder: bool = False

    def reason(self) -> Reason:
        """Find the first row that fits."""
        desired, base = self.want.value, self.memory.base or ""
        if given_up(self.memory, desired_moved=desired != base):
            return Reason.LEFT
        if not desired and (self.memory.seen is None or not base):
            return Reason.NO_OPINION
        if self.is_equal():
            return self._equal()
        if not desired or self._falls_back():
            return Reason.FORGOTTEN if self._has_moved() else Reason.WITHDRAWN
        if self.memory.seen is None:
            return self._first_contact()
        return moved(
            self.memory,
            desired=desired != base,
            observed=self._has_moved(),
            is_locked=self.observed.locked,
        )

    def writes(self, reason: Reason) -> bool:
        """Look the row up in the policy's column."""
        policy = self.want.rule.policy
        if reason is Reason.WITHDRAWN:
            return self.memory.ours  # what was adopted or kept is not ours to take
        if policy is Policy.FILL and reason is Reason.CHANGED:
            return self.memory.ours or self._is_vacant()
        return reason in WRITES[policy]

    def write(self, reason: Reason) -> Decision:
        """Say what to write, and what to remember once Plex has it."""
        if reason is Reason.WITHDRAWN:
            back = self.memory.first or EMPTY
            change = Change(value=back.value, lock=back.locked)
            memory = Memory(reason=reason, first=self.memory.first)
        elif reason is Reason.FORGOTTEN:
            change = Change(lock=False)
            memory = Memory(reason=reason, first=self.observed)
        else:
            lock = lock_for(self.want, self.memory, self.observed)
            change = Change(value=self.want.value, lock=lock)
            is_personal = reason in _OF_A_PERSON
            memory = replace(
                self.memory,
                base=self.want.value,
                verdict=Verdict.WRITTEN,
                reason=reason,
                ours=True,
                first=first_of(self.memory, self.observed, is_personal=is_personal),
            )
        return Decision(
            reason=reason,
            change=change,
            memory=memory,
            overwrites=int(self._overwrites(reason)),
            removes=int(not change.value),
        )

    def leave(self, reason: Reason) -> Decision:
        """Say what to remember when nothing is written."""
        return Decision(reason=reason, memory=self._left(reason))

    def _left(self, reason: Reason) -> Memory:
        if reason in {Reason.LEFT, Reason.AT_REST}:
            seen = seen_of(self.memory, self.observed)
            return replace(self.memory, seen=seen, ours=self._is_ours())
        if not self.want.value:
            return Memory(reason=reason, first=self.memory.first)
        return replace(
            self.memory,
            base=self.want.value,
            seen=self.observed,
            ours=self._is_ours(),
            verdict=self._verdict(reason),
            reason=reason,
        )

    def _verdict(self, reason: Reason) -> Verdict:
        if reason is Reason.EQUAL:
            # in another form only what was written is equal
            is_written = self.memory.ours or self.observed.value != self.want.value
            return Verdict.WRITTEN if is_written else Verdict.ADOPTED
        return Verdict.YIELDED if reason in YIELDS else Verdict.KEPT

    def _is_ours(self) -> bool:
        # what others have put in place of ours is theirs, and never taken back
        is_as_written = self.observed.value == self.want.value or not self._has_moved()
        is_known = self.memory.seen is not None  # else another incarnation had ours
        return self.memory.ours and is_known and is_as_written

    def is_equal(self) -> bool:
        """Whether Plex has what is wanted, or what it made of that when we wrote it."""
        if self.observed.value == self.want.value:
            return True
        return (
            self.memory.verdict is Verdict.WRITTEN
            and self.memory.base == self.want.value
            and self.memory.seen is not None
            and not self._has_moved()
        )

    def _equal(self) -> Reason:
        if not self.memory.ours or self.observed.locked or not self.want.value:
            return Reason.EQUAL
        if self.want.rule.policy is Policy.ENFORCE:
            return Reason.RELOCK if self.want.rule.lock else Reason.EQUAL
        return Reason.HANDED_BACK_EQUAL if self.memory.was_locked else Reason.EQUAL

    def _first_contact(self) -> Reason:
        if self.observed.locked:
            return Reason.KEPT_LOCKED
        return Reason.FIRST if self._is_vacant() else Reason.FOREIGN

    def _falls_back(self) -> bool:
        # Stash emptied the title: what was there before ours is better than the stem
        first = self.memory.first
        return (
            self.want.is_fallback
            and self.memory.ours
            and self.memory.seen is not None
            and not self._has_moved()
            and first is not None
            and bare(first.value) not in {"", bare(self.want.value)}
        )

    def _has_moved(self) -> bool:
        seen = self.memory.seen
        return seen is None or self.observed.value != seen.value

    def _is_vacant(self) -> bool:
        is_bare = self.placeholder and not self.observed.locked
        return is_bare or not self.observed.value

    def _overwrites(self, reason: Reason) -> bool:
        is_enforced = self.want.rule.policy is Policy.ENFORCE
        return reason is Reason.FOREIGN or (
            is_enforced
            and bool(self.observed.value)
            and reason in _FOREIGN_UNDER_ENFORCE
        )
