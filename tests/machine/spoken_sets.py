"""Who spoke last about each element of a set, kept likewise."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from reconciler.core.desire import Rule
from reconciler.core.values import Policy
from tests.machine.seen import Stand
from tests.machine.spoken import NEVER, ROUNDS, Word

NONE: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class SetWord(Word):
    """A field that holds elements, each with a say of its own."""

    foreign: set[str] = field(default_factory=set)
    """Put there by others, while it was not there."""
    withdrawn: set[str] = field(default_factory=set)
    """Others' that were taken out again: a write from before brings them back."""
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
    dropped: set[str] = field(default_factory=set)
    """Not wanted at some time since all that Stash says was read."""
    constant: frozenset[str] = frozenset()
    """Wanted and there when all was settled, and wanted ever since."""
    takes: int = 0
    """Times that others have taken out what is wanted: the third is left to them."""
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
        self.withdrawn |= gone & (self.foreign | self.unclear)
        self.foreign -= gone
        self.unclear -= gone
        self.vetoed -= come
        self.takes += bool(gone & wanted)
        if self.takes > ROUNDS:
            self.unsure |= gone & wanted
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

    def landed(self, before: Stand, after: Stand) -> None:
        """Hear that a write of ours was made late: over others' elements as well."""
        Word.landed(self, before, after)
        come, gone = after.elements - before.elements, before.elements - after.elements
        self.added |= come
        self.foreign -= gone
        self.unclear -= gone
        self.unclear |= come & self.withdrawn
        self.unsure |= self.vetoed & come
        self.vetoed -= come

    def stash(self, says: Stand, now: int) -> None:
        """Hear that Stash wants other elements."""
        new = says.elements - self.says.elements
        dropped = self.says.elements - says.elements
        self.rewrites = 0
        self.says = says
        self.ever |= says.elements
        self.dropped |= dropped
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
        self.unclear, self.foreign, self.rest = set(), set(stand.elements), None
        self.added = set()
        self.unsure |= self.vetoed
        self.vetoed, self.constant = set(), frozenset()
        self.needs_full, self.was_locked = True, stand.locked
        if stand.elements or stand.locked:
            self.was_ever_touched = self.is_touched = True
            if self.rule.policy is not Policy.PUSH or stand.locked:
                self.disturbed_at = now
        if stand.locked:
            self.unsure |= self.says.elements

    def come(self, now: int, *, is_anew: bool) -> None:
        Word.come(self, now, is_anew=is_anew)
        if is_anew:
            self.unsure |= self.says.elements | self.vetoed
            # what was left on it is met as another's
            self.unclear |= (self.added | self.ever) - self.foreign
            self.vetoed, self.constant = set(), frozenset()

    def follow(self, other: Word) -> None:
        Word.follow(self, other)
        if isinstance(other, SetWord):
            # what is ours on the item is so in this film's tenure as well
            mixed = self.foreign & (other.added | other.ever)
            self.unclear |= mixed
            self.foreign -= mixed
            self.ever |= other.ever

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

    def granted(self) -> None:
        Word.granted(self)
        if not self.needs_full:
            self.dropped = set()

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
        self.dropped = set()
        if self.rule.policy is not Policy.OFF:
            self.unsure &= self.says.elements
            is_ours = not self.is_given_up
            self.constant = self.says.elements & stand.elements if is_ours else NONE
