"""Who spoke last about one field of one item, kept without a look at the ledger.

What plexsync has looked at is known only when all has been settled; so what others did
since then is counted as certain only where it makes no difference when it was seen.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from reconciler.core.desire import Rule
from reconciler.core.values import Policy
from tests.machine.seen import Stand

NEVER = -1
NOTHING = Stand()
NONE: frozenset[str] = frozenset()
_ROUNDS = 2
"""Times that a field is fought for."""


@dataclass(slots=True, kw_only=True)
class Word:
    """What is common to values and sets."""

    says: Stand
    """What Stash wants, in Plex's form."""
    rule: Rule
    settled_says: Stand = NOTHING
    settled_at: int = NEVER
    disturbed_at: int = NEVER
    """When others last did what may keep Stash's word out."""
    is_touched: bool = False
    """Whether others have changed it since Stash's word was last known to stand."""
    was_ever_touched: bool = False
    rewrites: int = 0
    """Times that a pass wrote over what others did: the third may be left."""
    is_steady: bool = True
    """Whether it has always been under one rule."""
    was_locked: bool = False
    """Whether it was locked at any time since all was settled."""
    needs_full: bool = False
    """Whether only a full pass may see what is to be done."""
    was_ever_asked: bool = False
    is_asked: bool = False
    """Whether a command is about it that may not be done yet."""
    is_undone: bool = False
    undone_says: Stand | None = None
    """What Stash said when it was surely undone: until it says another, it is left."""
    is_released: bool = False
    is_stirred: bool = False
    """Whether others were at it while it was released."""

    @property
    def is_given_up(self) -> bool:
        """Whether a person's command has taken it from Stash, or may have."""
        is_left = self.undone_says is None or self.undone_says == self.says
        return self.is_released or (self.is_undone and is_left)

    @property
    def is_clear(self) -> bool:
        """Whether Stash's word has to stand, whenever plexsync looked."""
        if self.is_given_up or self.rewrites >= _ROUNDS:
            return False
        if self.disturbed_at == NEVER:
            return True
        return self.is_seen and self.says != self.settled_says

    @property
    def is_seen(self) -> bool:
        """Whether what others did was looked at; nothing is, where Stash is silent."""
        is_known = self.disturbed_at <= self.settled_at
        return is_known and self.settled_says != NOTHING

    def is_drift(self, before: Stand, after: Stand) -> bool:
        """Whether a change was never under a lock: a refresh's, for us to undo."""
        is_open = not (before.locked or after.locked or self.was_locked)
        return is_open and self.rule.policy is Policy.PUSH

    def disturb(self, before: Stand, after: Stand, now: int) -> None:
        """Note that others have been at it."""
        if not self.is_drift(before, after) and self.rule.policy is not Policy.ENFORCE:
            self.disturbed_at = now
        self.is_touched = self.was_ever_touched = self.needs_full = True
        self.was_locked |= before.locked or after.locked
        self.is_stirred |= self.is_released

    def ask(self) -> None:
        """Hear that a person asks something of it by a command."""
        self.is_asked = self.was_ever_asked = True
        self.is_touched = self.was_ever_touched = self.needs_full = True

    def undo(self) -> None:
        """Hear that what was written is put back: left until Stash says another."""
        self.is_undone, self.undone_says = True, None

    def release(self) -> None:
        """Hear that it is left, until it is claimed."""
        self.is_released, self.is_stirred = True, False

    def claim(self, now: int) -> None:
        """Hear that what was released is taken up again."""
        if self.is_released and self.is_stirred:
            self.disturbed_at = now
        self.is_released = False

    def take(self, now: int) -> None:
        """Hear that Stash's is taken where Plex says otherwise."""
        self.disturbed_at = now

    def granted(self) -> None:
        """Hear that all that was asked for is done, and all that Stash says is read."""
        self.is_asked = False
        if self.rule.policy is Policy.OFF:
            return
        if self.is_undone and not self.is_given_up:
            self.is_undone = False
        if self.is_undone:
            self.undone_says = self.says

    def come_under(self, rule: Rule, now: int) -> None:
        """Hear that the policy changed."""
        self.is_steady = False
        self.rule = rule
        self.undone_says = None  # what it says meanwhile may go by unheard
        if self.is_touched:
            self.disturbed_at = now

    def settle(self, stand: Stand, now: int) -> None:
        """Hear that plexsync has looked at it and owes nothing."""
        if self.rule.policy is Policy.OFF:
            return
        if self.is_clear and self.rule.policy is not Policy.FILL:
            self.disturbed_at, self.is_touched = NEVER, False
        self.settled_at, self.settled_says = now, self.says
        self.was_locked, self.needs_full = stand.locked, False


@dataclass(slots=True, kw_only=True)
class ValueWord(Word):
    """A field that holds one value."""

    held: str | None = None
    """A person's locked value, which stays until Stash says another."""
    history: set[str] = field(default_factory=set)
    """What Plex has had here: a value that comes back is not known for an edit."""
    said: set[str] = field(default_factory=set)
    """All that Stash ever said."""

    @property
    def known_values(self) -> set[str]:
        """Everything that somebody has said here, or was there."""
        return {*self.said, *self.history, self.says.value, ""}

    def others(self, before: Stand, after: Stand, now: int) -> None:
        """Hear that somebody else changed value or lock in Plex."""
        self.disturb(before, after, now)
        is_new = after.value not in self.history
        self.history |= {before.value, after.value}
        if before.value != after.value or not after.locked:
            is_held = after.locked and is_new and self.rule.policy is not Policy.ENFORCE
            self.held = after.value if is_held else None

    def ours(self, after: Stand) -> None:
        """Hear what a pass left."""
        self.rewrites += int(self.is_touched)
        self.history.add(after.value)
        self.was_locked |= after.locked

    def stash(self, says: Stand, now: int) -> None:
        """Hear that Stash wants something else."""
        if says == self.says:
            return
        self.said.add(self.says.value)
        self.rewrites = 0
        self.says, self.held = says, None
        if not says.value and self.is_touched:
            self.disturbed_at = now  # forgotten: the next word meets a first contact

    def born(self, stand: Stand, now: int, *, is_vacant: bool) -> None:
        """Hear that another item holds the file now."""
        self.held, self.history, self.needs_full = None, {stand.value}, True
        self.was_locked = False
        if not is_vacant:
            self.was_ever_touched = self.is_touched = True
            if self.rule.policy is not Policy.PUSH:
                self.disturbed_at = now

    def claim(self, now: int) -> None:
        if self.is_released:
            self.held = None  # what was typed while it was released is no news then
        Word.claim(self, now)

    def take(self, now: int) -> None:
        Word.take(self, now)
        self.held = None

    def come_under(self, rule: Rule, now: int) -> None:
        Word.come_under(self, rule, now)
        if rule.policy is Policy.ENFORCE:
            self.held = None


@dataclass(slots=True, kw_only=True)
class SetWord(Word):
    """A field that holds elements, each with a say of its own."""

    foreign: set[str] = field(default_factory=set)
    """Put there by others, while it was not there."""
    added: set[str] = field(default_factory=set)
    """Put there by us, at some time since the item was born."""
    unclear: set[str] = field(default_factory=set)
    """There, and either ours or another's."""
    unsure: set[str] = field(default_factory=set)
    """Wanted, and perhaps kept out."""
    vetoed: set[str] = field(default_factory=set)
    """Taken out by a person, for sure."""
    ever: set[str] = field(default_factory=set)
    """All that Stash ever wanted."""
    constant: frozenset[str] = frozenset()
    """Wanted and there when all was settled, and wanted ever since."""
    lock_moved_at: int = NEVER
    was_lock_moved: bool = False

    def others(self, before: Stand, after: Stand, now: int, *, in_doubt: bool) -> None:
        """Hear that somebody else changed elements or lock in Plex."""
        wanted = self.says.elements
        is_drift = self.is_drift(before, after)
        self.disturb(before, after, now)
        come = after.elements - before.elements
        gone = before.elements - after.elements
        mixed = come & (self.added | (self.ever if in_doubt else set()))
        if in_doubt:
            self.unsure |= wanted
        self.unclear |= mixed
        self.foreign |= come - mixed
        self.foreign -= gone
        self.unclear -= gone
        self.vetoed -= come
        if self.rule.policy is Policy.ENFORCE:
            return
        if not is_drift:
            self.unsure |= gone & wanted
        if after.locked and self.rule.policy is not Policy.OFF:
            self.vetoed |= gone & self.constant
        if before.locked != after.locked:
            self.unsure |= wanted
            self.unclear |= after.elements - self.foreign
            self.lock_moved_at, self.was_lock_moved = now, True

    def ours(self, before: Stand, after: Stand) -> None:
        """Hear what a pass left."""
        self.rewrites += int(self.is_touched)
        self.added |= after.elements - before.elements
        self.was_locked |= after.locked

    def stash(self, says: Stand, now: int) -> None:
        """Hear that Stash wants other elements."""
        new = says.elements - self.says.elements
        dropped = self.says.elements - says.elements
        self.rewrites = 0
        self.says = says
        self.ever |= says.elements
        self.constant &= says.elements
        self.unsure |= dropped & self.vetoed
        self.vetoed -= dropped
        if not says.elements and self.was_lock_moved:
            self.lock_moved_at = now  # forgotten: the next word meets a first contact
        is_open = self.disturbed_at == NEVER or self.is_seen
        if not is_open or self.lock_moved_at > self.settled_at:
            self.unsure |= new
        if self.rule.policy is Policy.FILL:
            self.unsure |= new

    def born(self, stand: Stand, now: int) -> None:
        """Hear that another item holds the file now."""
        self.unclear, self.foreign = set(), set(stand.elements)
        self.added = set()
        self.unsure |= self.vetoed
        self.vetoed, self.constant = set(), frozenset()
        self.needs_full, self.was_locked = True, False
        if stand.elements:
            self.was_ever_touched = self.is_touched = True
            if self.rule.policy is not Policy.PUSH:
                self.disturbed_at = now

    def ask(self) -> None:
        Word.ask(self)
        self.unsure |= self.vetoed
        self.vetoed, self.constant = set(), frozenset()

    def claim(self, now: int) -> None:
        if self.is_released and self.is_stirred:
            self.unsure |= self.says.elements
        Word.claim(self, now)

    def take(self, now: int) -> None:
        Word.take(self, now)
        self.unsure |= self.says.elements

    def leave(self) -> None:
        """Hear that a person wants none of what is missing."""
        self.unsure |= self.says.elements

    def adopt(self, names: AbstractSet[str]) -> None:
        """Hear that what Stash knows by name is ours to take out."""
        self.unclear |= self.foreign & names
        self.foreign -= names
        self.ever |= names

    def come_under(self, rule: Rule, now: int) -> None:
        is_loose = Policy.FILL in {self.rule.policy, rule.policy}
        Word.come_under(self, rule, now)
        self.unclear |= self.added - self.foreign
        if self.is_touched or self.foreign or is_loose:
            self.unsure |= self.says.elements
            self.disturbed_at = now
        if rule.policy is Policy.ENFORCE:
            self.unsure |= self.vetoed
            self.vetoed = set()

    def settle(self, stand: Stand, now: int) -> None:
        Word.settle(self, stand, now)
        if self.rule.policy is not Policy.OFF:
            self.unsure &= self.says.elements
            is_ours = not self.is_given_up
            self.constant = self.says.elements & stand.elements if is_ours else NONE
