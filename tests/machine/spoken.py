"""Who spoke last about one field of one item, kept without a look at the ledger.

What plexsync has looked at is known only when all has been settled; so what others did
since then is counted as certain only where it makes no difference when it was seen.
"""

from dataclasses import dataclass, field

from reconciler.core.desire import Rule
from reconciler.core.values import Policy
from tests.machine.seen import Stand

NEVER = -1
NOTHING = Stand()
ROUNDS = 2
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
    rest: Stand | None = None
    """How it stood, all being done, when its scene left Stash, or some time after."""
    is_buried: bool = False
    """Whether all is done that its scene's leaving made due."""

    @property
    def is_given_up(self) -> bool:
        """Whether a person's command has taken it from Stash, or may have."""
        is_left = self.undone_says is None or self.undone_says == self.says
        return self.is_released or (self.is_undone and is_left)

    @property
    def is_clear(self) -> bool:
        """Whether Stash's word has to stand, whenever plexsync looked."""
        if self.is_given_up or self.rewrites >= ROUNDS:
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
        self.rest = None

    def landed(self, before: Stand, after: Stand) -> None:
        """Hear that a write of ours was made that was sent before others spoke."""
        self.rest = None
        self.was_locked |= before.locked or after.locked

    def ask(self) -> None:
        """Hear that a person asks something of it by a command."""
        self.is_asked = self.was_ever_asked = True
        self.rest = None
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

    def depart(self, stand: Stand | None, *, is_done_with: bool) -> None:
        """Hear that its scene has left Stash, or has left the file that it is about.

        *stand* is how it stands where no write is under way, and *is_done_with* whether
        its leaving makes something due.
        """
        is_at_rest = self.disturbed_at == NEVER and not (
            self.is_touched or self.is_asked or self.is_given_up
        )
        is_at_rest &= self.settled_at != NEVER and self.says == self.settled_says
        if is_done_with:
            self.ask()
        self.rest = stand if is_at_rest else None

    def come(self, now: int, *, is_anew: bool) -> None:
        """Hear that a scene has the file again; it may be met for the first time."""
        self.rest, self.is_buried = None, False
        if is_anew:
            self.is_touched = self.was_ever_touched = True
            self.disturbed_at = now

    def bury(self, stand: Stand) -> None:
        """Hear that all is done that its scene's leaving made due."""
        self.rest, self.is_buried = stand, True

    def come_under(self, rule: Rule, now: int) -> None:
        """Hear that the policy changed."""
        self.is_steady = False
        self.rest = self.rest if self.is_buried else None
        self.rule = rule
        self.undone_says = None  # what it says meanwhile may go by unheard
        if self.is_touched:
            self.disturbed_at = now

    def follow(self, other: "Word") -> None:
        """Hear that its film has come to an item that is another's, or was."""
        # what a person has taken from Stash there may be left here, until it is claimed
        self.is_released |= other.is_given_up

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

    def landed(self, before: Stand, after: Stand) -> None:
        """Hear that a write of ours was made late: over a person's word as well."""
        Word.landed(self, before, after)
        self.history |= {before.value, after.value}
        self.held = None

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
        self.rest = None
        self.was_locked = stand.locked
        if not is_vacant or stand.locked:
            self.was_ever_touched = self.is_touched = True
            # an item that was another scene's has locks: they are kept
            if self.rule.policy is not Policy.PUSH or stand.locked:
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

    def follow(self, other: Word) -> None:
        Word.follow(self, other)
        if isinstance(other, ValueWord):
            self.history |= other.known_values  # an undo may go back to any of them
