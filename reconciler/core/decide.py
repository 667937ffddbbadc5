"""Who wins one field: the table of docs/design.md, row by row, the first that fits.

Values in, one decision with one reason out. "Moved" compares with what was there at the
last decision; comparison is in Plex's normal form, which is what Plex returned for what
was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reconciler.core.desire import Wanted
from reconciler.core.values import Change, FieldValue, Policy


class Verdict(StrEnum):
    """What became of a field at its last decision."""

    WRITTEN = "written"  # we wrote it and Plex has it
    ADOPTED = "adopted"  # Plex had it already: not ours
    KEPT = "kept"  # Plex's own value stays, until one side moves
    YIELDED = "yielded"  # given up to a person, until Stash changes it
    UNDONE = "undone"  # put back by `undo`, until Stash changes it
    RELEASED = "released"  # handed back by `release`, until `claim`


class Reason(StrEnum):
    """Why a field is written or left; one for each row of the table, and their kin."""

    LEFT = "left as decided"  # 1
    NO_OPINION = "stash has no value"  # 2
    EQUAL = "already equal"  # 3
    RELOCK = "locked again"  # 3, enforce
    HANDED_BACK_EQUAL = "handed back, equal"  # 3, our lock was taken off
    WITHDRAWN = "stash emptied it"  # 4
    FORGOTTEN = "stash emptied it, plex has another"  # 5
    KEPT_LOCKED = "locked in plex before us"  # 6
    FIRST = "missing in plex"  # 7
    FOREIGN = "another value in plex"  # 8
    AT_REST = "differs as before"  # 9
    EDITED = "edited in plex"  # 10
    REFRESHED = "refreshed by plex"  # 11
    HANDED_BACK = "handed back"  # 12
    CHANGED = "changed in stash"  # 13
    CONFLICT = "changed in both"  # 14
    OVERTAKEN = "changed in stash, refreshed by plex"  # 15
    VETO = "taken out in plex"  # an element's 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered of one field of one link."""

    base: str | tuple[str, ...] | None = None
    """The desired content last decided on; None: never decided."""
    seen: FieldValue | None = None
    """What Plex returned after that; None: not in this incarnation of the item."""
    verdict: Verdict | None = None
    reason: Reason | None = None
    ours: bool = False
    """Whether we wrote it: what may be taken back, unlocked and locked again."""
    first: FieldValue | None = None
    """What was there before our first write; kept for ever."""
    owned: tuple[str, ...] = ()
    """Elements that we added, in Plex's spelling."""
    yielded: tuple[str, ...] = ()
    """Identities of elements that a person took out."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """Identity that we sent -> what Plex made of it, where it made it another."""

    @property
    def was_locked(self) -> bool:
        """Whether it was locked when we last looked."""
        return self.seen is not None and self.seen.locked


NOTHING = Memory()


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


def decide_value(
    want: Wanted, memory: Memory, observed: FieldValue, *, placeholder: bool = False
) -> Decision:
    """Decide a field that holds one value. *placeholder*: the scanner's own title."""
    case = _Case(want=want, memory=memory, observed=observed, placeholder=placeholder)
    reason = case.reason()
    return case.write(reason) if case.writes(reason) else case.leave(reason)


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

YIELDS = frozenset({Reason.HANDED_BACK, Reason.HANDED_BACK_EQUAL, Reason.VETO})
"""Reasons after which a field is a person's until Stash changes it."""

_FOREIGN_UNDER_ENFORCE = frozenset(
    {
        Reason.KEPT_LOCKED,
        Reason.AT_REST,
        Reason.EDITED,
        Reason.HANDED_BACK,
        Reason.CONFLICT,
    }
)


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
    is_ours = memory.ours and memory.was_locked
    return False if is_ours and observed.locked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One value's situation, and the questions that the table asks of it."""

    want: Wanted
    memory: Memory
    observed: FieldValue
    placeholder: bool

    def reason(self) -> Reason:
        """Find the first row that fits."""
        desired, base = self.want.value, self.memory.base or ""
        if given_up(self.memory, desired_moved=desired != base):
            return Reason.LEFT
        if not desired and (self.memory.seen is None or not base):
            return Reason.NO_OPINION
        if self._is_equal():
            return self._equal()
        if not desired:
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
        first = self.memory.first or self.observed
        if reason in {Reason.WITHDRAWN, Reason.FORGOTTEN}:
            back = first if reason is Reason.WITHDRAWN else FieldValue()
            change = Change(value=back.value, lock=back.locked)
            memory = Memory(reason=reason, first=first)
        else:
            lock = lock_for(self.want, self.memory, self.observed)
            change = Change(value=self.want.value, lock=lock)
            memory = replace(
                self.memory,
                base=self.want.value,
                verdict=Verdict.WRITTEN,
                reason=reason,
                ours=True,
                first=first,
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
            return replace(self.memory, seen=self.observed, ours=self._is_ours())
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
            return Verdict.WRITTEN if self.memory.ours else Verdict.ADOPTED
        return Verdict.YIELDED if reason in YIELDS else Verdict.KEPT

    def _is_ours(self) -> bool:
        # what others have put in place of ours is theirs, and never taken back
        is_as_written = self.observed.value == self.want.value or not self._has_moved()
        return self.memory.ours and is_as_written

    def _is_equal(self) -> bool:
        if self.observed.value == self.want.value:
            return True
        # what Plex made of the same value when we wrote it is that value's normal form
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

    def _has_moved(self) -> bool:
        seen = self.memory.seen
        return seen is None or self.observed.value != seen.value

    def _is_vacant(self) -> bool:
        return not self.observed.value or (
            self.placeholder and not self.observed.locked
        )

    def _overwrites(self, reason: Reason) -> bool:
        is_enforced = self.want.rule.policy is Policy.ENFORCE
        return reason is Reason.FOREIGN or (
            is_enforced
            and bool(self.observed.value)
            and reason in _FOREIGN_UNDER_ENFORCE
        )
