"""What a pass tells while it runs and when it is done."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from reconciler.core.errors import RestingError
from reconciler.core.values import Change, Field, FieldValue, ItemKey, SceneId
from reconciler.core.wording import several

UNDONE = "undone fields"
"""Fields that were asked for and stay undone: the name of a count."""

Content: TypeAlias = str | tuple[str, ...]
"""A value, or the elements of a set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field of one item: what it has, and what it is to have."""

    library: str
    item: ItemKey
    name: str
    """The file's, without its folder and ending: what a person knows the item by."""
    scene: SceneId
    field: Field
    old: Content
    new: Content
    reason: str
    """The row of the table."""
    cause: str
    """What had it looked at: a change in Stash, an item found, a full pass."""
    lock: bool | None = None
    """Whether its lock is put on, or taken off; None: neither."""
    is_cut: bool = False
    """Whether Stash says more than Plex has room for."""


def content_of(name: Field, of: FieldValue | Change) -> Content:
    """Take the elements of a field that is a set, else the value."""
    return of.elements if name.is_set else of.value


def line_values(
    name: Field, before: FieldValue, change: Change
) -> tuple[Content, Content]:
    """Take a write's old and new content."""
    return content_of(name, before), content_of(name, change)


def lock_moved(before: FieldValue, change: Change) -> bool | None:
    """Say what a write does to the lock: puts it on, takes it off, or neither."""
    return None if change.lock == before.locked else change.lock


class Audience(Protocol):
    """Who watches a pass: a terminal, a log, or nobody."""

    def stage(self, name: str, total: int | None) -> None:
        """Take note of a stage that begins, of *total* steps where that is known."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Take note of steps of the stage that are done."""
        ...

    def line(self, line: Line) -> None:
        """Take note of one field that is planned, or that was written."""
        ...


@dataclass(frozen=True, slots=True)
class Audiences:
    """Several that watch the same pass."""

    each: tuple[Audience, ...]

    def stage(self, name: str, total: int | None) -> None:
        """Pass it on."""
        for one in self.each:
            one.stage(name, total)

    def advance(self, steps: int = 1) -> None:
        """Pass it on."""
        for one in self.each:
            one.advance(steps)

    def line(self, line: Line) -> None:
        """Pass it on."""
        for one in self.each:
            one.line(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A pass that the brake holds."""

    pass_id: int
    reasons: tuple[str, ...]
    """Sentences with their numbers."""
    is_news: bool
    """Whether it was not held before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What a server says and is not believed."""

    subject: str
    """`stash`, or the title of a library."""
    reason: str
    """A sentence with its numbers, and what to do."""
    is_news: bool
    """Whether it was believed before."""


@dataclass(slots=True, kw_only=True)
class OfPlan:
    """What became of a saved plan that was delivered, beside what was written of it."""

    fields: int
    """All that it has."""
    already: int = 0
    """Fields that are as it would make them, and were not written."""
    owed_items: int = 0
    """Items that are still owed something that it has."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a pass adds up while it runs."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """Why fields were not written: reason -> how many."""
    causes: Counter[str] = field(default_factory=Counter)
    """What had fields written: cause -> how many."""
    problems: list[str] = field(default_factory=list)
    """Sentences for the operator; any of them makes the pass one that failed."""
    missing: list[str] = field(default_factory=list)
    """Sentences about what was named and is not there: the command is at fault."""
    spared: list[Line] = field(default_factory=list)
    """What a person asked for and was left: it has changed since."""
    held: list[Held] = field(default_factory=list)
    """The passes that the brake holds, and why."""
    doubts: list[Doubt] = field(default_factory=list)
    """What a server says and is not believed."""
    of_plan: OfPlan | None = None
    is_left_off: bool = False
    """Whether delivery was called away from what it could have gone on with."""

    def miss(self, sentence: str) -> None:
        """Add a sentence about what is named and not there, once."""
        if sentence not in self.missing:
            self.missing.append(sentence)

    lulls: list[str] = field(default_factory=list)
    """Why nothing was written, or not everywhere."""

    def lull(self, reason: str) -> None:
        """Add why nothing is written now, once."""
        if reason not in self.lulls:
            self.lulls.append(reason)

    notes: list[str] = field(default_factory=list)
    """Sentences about what was done besides, or could not be; nothing is wrong."""

    def note(self, sentence: str) -> None:
        """Add a sentence about what was done besides, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    lost: Counter[str] = field(default_factory=Counter)
    """What waits for items that Plex has lost: what was asked of them -> how many."""

    def report(
        self,
        *,
        pass_id: int | None,
        is_paused: bool,
        undelivered: int,
        put_off: tuple[int, int | None],
        waiting: int,
    ) -> "PassReport":
        """Put together what came of the pass, as far as it has come."""
        return PassReport(
            pass_id=pass_id,
            counts=dict(self.counts),
            reasons=dict(self.reasons),
            causes=dict(self.causes),
            problems=tuple(self.problems),
            missing=tuple(self.missing),
            held=tuple(self.held),
            doubts=tuple(self.doubts),
            is_paused=is_paused,
            lulls=tuple(self.lulls),
            notes=(*self.notes, *_waits(self.lost)),
            spared=tuple(self.spared),
            of_plan=self.of_plan,
            is_left_off=self.is_left_off,
            undelivered=undelivered,
            put_off=put_off[0],
            retry_at=put_off[1],
            waiting=waiting,
        )

    def problem(self, error: Exception) -> None:
        """Add a failure's sentence, once; that a server rests by now adds nothing."""
        if isinstance(error, RestingError) and error.is_told:
            return
        if (sentence := str(error)) not in self.problems:
            self.problems.append(sentence)


def _waits(lost: Counter[str]) -> list[str]:
    """Tell that what is asked of lost items is done when they are found again."""
    return [
        f"the {cause} waits for {several(count, 'item')} that plex has lost"
        for cause, count in sorted(lost.items())
        if count
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassReport:
    """What came of a pass."""

    pass_id: int | None
    """None: there was nothing to record."""
    counts: dict[str, int]
    reasons: dict[str, int]
    causes: dict[str, int]
    problems: tuple[str, ...]
    missing: tuple[str, ...]
    """Of what was named and is not there, a sentence each."""
    held: tuple[Held, ...]
    """The passes that the brake holds, and why."""
    doubts: tuple[Doubt, ...]
    """What a server says and is not believed."""
    spared: tuple[Line, ...]
    """What a person asked for and was left: it has changed since."""
    is_paused: bool
    """Nothing was written, since a person has paused it."""
    lulls: tuple[str, ...]
    """Why else nothing was written now, or not to a library."""
    notes: tuple[str, ...]
    """What was done besides, or could not be, and nothing is wrong: a sentence each."""
    of_plan: OfPlan | None
    """Of a saved plan, where one was delivered."""
    is_left_off: bool
    """Delivery was called away from what it could have gone on with."""
    undelivered: int
    """Entries that were tried and are still owed."""
    put_off: int
    """Those of them that are not to be tried yet."""
    retry_at: int | None
    """When the first of these is, in unix seconds."""
    waiting: int
    """Scenes without an item, summed over the targets."""
