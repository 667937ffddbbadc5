"""The least of a Plex: one field that is written and read back in its normal form."""

import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from reconciler.core.conclude import Outcome, outcome, remember
from reconciler.core.decide import Decision, Situation
from reconciler.core.desire import Wanted
from reconciler.core.memory import NOTHING, Memory, Wish
from reconciler.core.plan import decide
from reconciler.core.values import EMPTY, Change, Field, FieldValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What nobody has shown about Plex."""

    width: int | None = None
    form: Literal["NFC", "NFD"] = "NFC"
    shouts: bool = False
    """Whether some library on the server spelled it in capitals first."""
    replaces: bool = False
    """Whether a list of tags takes the place of what was there."""

    def made_of(self, text: str) -> str:
        normal = unicodedata.normalize(self.form, text.strip())[: self.width]
        return normal.upper() if self.shouts else normal


@dataclass(slots=True, kw_only=True)
class LittlePlex:
    """One field of one item, and what plexsync remembers of it."""

    field: Field
    habits: Habits = Habits()
    has: FieldValue = EMPTY
    memory: Memory = NOTHING
    judged: Outcome | None = None

    def decide(self, want: Wanted) -> Decision:
        memory, has = self.memory, self.has
        at = Situation(field=self.field, want=want, memory=memory, observed=has)
        return decide(at)

    def grant(self, want: Wanted, wish: Wish) -> Decision:
        """Do what a person asks for, the whole way."""
        self.memory = replace(self.memory, wish=wish)
        return self.deliver(want)

    def deliver(self, want: Wanted) -> Decision:
        """Decide, write, read back and remember: the whole way of one field."""
        decision = self.decide(want)
        if decision.change is None:
            self.memory, self.judged = decision.memory, None
            return decision
        before, after = self.has, self.made(decision.change)
        self.has = after
        self.judged = outcome(self.field, decision.change, before, after, after)
        if self.judged is Outcome.APPLIED:
            memory, change = decision.memory, decision.change
            self.memory = remember(self.field, memory, change, before, after)
        return decision

    def made(self, change: Change) -> FieldValue:
        """Say what the field is after *change*."""
        locked = self.has.locked if change.lock is None else change.lock
        if not self.field.is_set:
            value = self.habits.made_of(change.value)
            return replace(self.has, value=value, locked=locked)
        there = () if self.habits.replaces else self.has.elements
        names = {name.casefold(): name for name in there}
        for name in change.elements:
            # a tag that the server has keeps its row, whatever is made of new ones
            is_there = name in self.has.elements
            form = name if is_there else self.habits.made_of(name)
            names.setdefault(form.casefold(), form)
        # a removal that is not spelled as Plex has it is ignored
        left = tuple(name for name in names.values() if name not in change.removed)
        return FieldValue(elements=left, locked=locked)
