"""What is remembered of one field of one link: what was decided, and what for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reconciler.core.values import EMPTY, FieldValue


class Verdict(StrEnum):
    """What became of a field at its last decision."""

    WRITTEN = "written"  # we wrote it and Plex has it
    ADOPTED = "adopted"  # Plex had it already: not ours
    KEPT = "kept"  # Plex's own value stays, until one side moves
    YIELDED = "yielded"  # given up to a person, until Stash changes it
    UNDONE = "undone"  # put back by `undo`, until Stash changes it
    RELEASED = "released"  # handed back by `release`, until `claim`


GIVEN_BACK = frozenset({Verdict.UNDONE, Verdict.RELEASED})
"""Verdicts of what was ours, and by a person's word is not any more."""


class Reason(StrEnum):
    """Why a field is written or left; one for each row of the table, and their kin."""

    LEFT = "left as decided"  # 1
    NO_OPINION = "stash has no value"  # 2
    EQUAL = "already equal"  # 3
    RELOCK = "locked again"  # 3, enforce
    HANDED_BACK_EQUAL = "handed back, equal"  # 3, our lock was taken off
    WITHDRAWN = "stash emptied it"  # 4
    FORGOTTEN = "stash emptied it, plex has another"  # 5
    TAKEN_OUT = "taken out in stash"  # 4, of some elements of a set
    PUT_BACK = "taken out in stash, put back in plex"  # 5, likewise
    KEPT_LOCKED = "locked in plex before us"  # 6
    FIRST = "not set in plex"  # 7
    FOREIGN = "another value in plex"  # 8
    AT_REST = "differs as before"  # 9
    EDITED = "edited in plex"  # 10
    REFRESHED = "refreshed by plex"  # 11
    HANDED_BACK = "handed back"  # 12
    CHANGED = "changed in stash"  # 13
    CONFLICT = "changed in both"  # 14
    OVERTAKEN = "changed in stash, refreshed by plex"  # 15
    VETO = "taken out in plex"  # an element's 10
    FIGHT = "fought over"  # 10 to 12, for the third time in a day
    # what a person asked for, in place of the table
    TAKEN = "stash's was taken"
    SETTLED = "plex's was taken"
    RELEASED = "released"
    ADOPTED = "adopted, not wanted in stash"
    UNDONE = "undone"
    SPARED = "changed since"

    @classmethod
    def _missing_(cls, value: object) -> "Reason | None":
        """Know a reason by the words that it had in an older state."""
        return cls.FIRST if value == "missing in plex" else None


class Asked(StrEnum):
    """What a person can ask of a field, by a command."""

    TAKE = "take stash"
    RELEASE = "release"
    CLAIM = "claim"
    UNDO = "undo"
    ADOPT = "adopt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked of one field, until it is done."""

    asked: Asked
    back: FieldValue = EMPTY
    """Undo: what to go back to; of a set, the order and the lock."""
    left: FieldValue | None = None
    """Undo: what we left in Plex, where the memory does not tell any more."""
    take: tuple[str, ...] = ()
    """Undo: elements that we added, to take out. Adopt: elements to make ours."""
    give: tuple[str, ...] = ()
    """Undo: elements that we took out, to put back."""
    adopted: tuple[str, ...] = ()
    """Undo: those of them that were not ours before they were adopted."""
    ours: bool = False
    """Undo: whether what is then there is ours."""
    first: FieldValue | None = None
    """Undo: what was there when the tenure began that is gone back into."""


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
    """What was there when our tenure began, by a write over what was not ours.

    Its lock is as others last had it.
    """
    owned: tuple[str, ...] = ()
    """Elements that we added, in Plex's spelling."""
    yielded: tuple[str, ...] = ()
    """Identities of elements that a person took out."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """Identity that we sent -> what Plex made of it, where it made it another."""

    wish: Wish | None = None

    @property
    def was_locked(self) -> bool:
        """Whether it was locked when we last looked."""
        return self.seen is not None and self.seen.locked

    @property
    def holds_lock(self) -> bool:
        """Whether the lock that was on when we last looked is our own."""
        was_free = self.first is None or not self.first.locked
        return self.ours and self.was_locked and was_free

    def noting(self, observed: FieldValue) -> "Memory":
        """Take note of a lock on what is ours that others have put on or taken off.

        From then on it counts like one that was there, or was not, before us.
        """
        if not self.ours or observed.locked == self.was_locked:
            return self
        return replace(self, first=replace(self.first or EMPTY, locked=observed.locked))


NOTHING = Memory()
