"""What a person asks of a field: each wish in each situation, granted once."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reconciler.core.canonical import identity
from reconciler.core.decide import Decision, Situation
from reconciler.core.desire import Rule, Wanted
from reconciler.core.granting import by_the_table, grant
from reconciler.core.memory import Asked, Memory, Reason, Verdict, Wish
from reconciler.core.plan import decide
from reconciler.core.values import EMPTY, Change, Field, FieldValue, Policy
from tests.core.histories import (
    HABITS,
    Step,
    memories,
    play,
    sets,
    steps,
    values,
    wanted,
    wishes,
)
from tests.core.histories import (
    NAMES as TAGS,
)
from tests.core.little_plex import Habits, LittlePlex

TITLE, GENRES = Field.TITLE, Field.GENRES
PUSH, ENFORCE, FILL = Policy.PUSH, Policy.ENFORCE, Policy.FILL
OURS, NEW, HERS, FIRST = "ours", "new", "hers", "first"
OFTEN = settings(max_examples=200)
UNDO = Asked.UNDO


def plain(value: str = "") -> FieldValue:
    return FieldValue(value=value)


def locked(value: str = "") -> FieldValue:
    return FieldValue(value=value, locked=True)


def tags(*names: str) -> FieldValue:
    return FieldValue(elements=names)


def held(*names: str) -> FieldValue:
    return FieldValue(elements=names, locked=True)


def wrote(seen: FieldValue, first: FieldValue = EMPTY, base: str = OURS) -> Memory:
    """Remember that we wrote *base* over *first*, and that Plex has had *seen*."""
    return Memory(base=base, seen=seen, verdict=Verdict.WRITTEN, ours=True, first=first)


def added(
    *names: str, seen: FieldValue | None = None, first: FieldValue = EMPTY
) -> Memory:
    """Remember that we added *names* to *first*, and that Plex has had *seen*."""
    return Memory(
        base=names,
        seen=seen or held(*names),
        verdict=Verdict.WRITTEN,
        ours=True,
        first=first,
        owned=names,
    )


def released(memory: Memory, seen: FieldValue) -> Memory:
    """Remember that our lock was taken off, if any, by a release."""
    had_lock = memory.holds_lock
    return replace(
        memory,
        seen=seen,
        verdict=Verdict.RELEASED,
        reason=Reason.RELEASED if had_lock else memory.reason,
    )


NEVER = Memory()
KEPT = Memory(base=OURS, seen=locked(HERS), verdict=Verdict.KEPT)
NAMED = Wanted(value=OURS)
LOOSE = Wanted(value=OURS, rule=Rule(lock=False))
TAGGED = Wanted(elements=("A", "B"))
TAKE, RELEASE = Wish(asked=Asked.TAKE), Wish(asked=Asked.RELEASE)
CLAIM = Wish(asked=Asked.CLAIM)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A wish in a situation, and what comes of it."""

    name: str
    wish: Wish
    want: Wanted = NAMED
    memory: Memory = NEVER
    has: FieldValue = EMPTY
    reason: Reason
    change: Change | None = None

    @property
    def situation(self) -> Situation:
        return Situation(
            field=GENRES if isinstance(self.memory.base, tuple) else TITLE,
            want=self.want,
            memory=replace(self.memory, wish=self.wish),
            observed=self.has,
        )

    def decide(self) -> Decision:
        return decide(self.situation)


TAKEN = [
    Case(
        name="take stash over a person's value",
        wish=TAKE,
        memory=KEPT,
        has=locked(HERS),
        reason=Reason.TAKEN,
        change=Change(value=OURS, lock=True),
    ),
    Case(
        name="take stash without locks leaves a person's lock",
        wish=TAKE,
        want=LOOSE,
        memory=KEPT,
        has=locked(HERS),
        reason=Reason.TAKEN,
        change=Change(value=OURS),
    ),
    Case(
        name="take stash where it is there already",
        wish=TAKE,
        memory=KEPT,
        has=locked(OURS),
        reason=Reason.EQUAL,
    ),
    Case(
        name="take stash where it is there and no lock is wanted",
        wish=TAKE,
        want=LOOSE,
        memory=KEPT,
        has=plain(OURS),
        reason=Reason.EQUAL,
    ),
    Case(
        name="take stash where it was there before us",
        wish=TAKE,
        memory=Memory(base=OURS, seen=plain(OURS), verdict=Verdict.ADOPTED),
        has=plain(OURS),
        reason=Reason.EQUAL,
    ),
    Case(
        name="take stash where only the lock is missing",
        wish=TAKE,
        memory=replace(KEPT, verdict=Verdict.YIELDED),
        has=plain(OURS),
        reason=Reason.TAKEN,
        change=Change(value=OURS, lock=True),
    ),
    Case(
        name="take stash where stash has nothing",
        wish=TAKE,
        want=Wanted(),
        memory=KEPT,
        has=locked(HERS),
        reason=Reason.WITHDRAWN,
    ),
    Case(
        name="take stash where stash has no title",
        wish=TAKE,
        want=Wanted(value="stem", rule=Rule(policy=FILL, lock=False), is_fallback=True),
        memory=replace(KEPT, base="stem"),
        has=locked(HERS),
        reason=Reason.AT_REST,
    ),
    Case(
        name="take stash puts a vetoed element back",
        wish=TAKE,
        want=TAGGED,
        memory=replace(
            added("A", "B", seen=held("B", "X")), owned=("B",), yielded=("a",)
        ),
        has=held("B", "X"),
        reason=Reason.TAKEN,
        change=Change(elements=("A", "B", "X"), lock=True),
    ),
    Case(
        name="take stash takes out what it does not want any more",
        wish=TAKE,
        want=Wanted(elements=("A",)),
        memory=added("A", "B"),
        has=held("B"),
        reason=Reason.TAKEN,
        change=Change(elements=("A",), removed=("B",), lock=True),
    ),
    Case(
        name="take stash where stash has no elements",
        wish=TAKE,
        want=Wanted(),
        memory=added("A"),
        has=held("A"),
        reason=Reason.WITHDRAWN,
        change=Change(removed=("A",), lock=False),
    ),
]

LET_GO = [
    Case(
        name="release takes our lock off",
        wish=RELEASE,
        memory=wrote(locked(OURS)),
        has=locked(OURS),
        reason=Reason.RELEASED,
        change=Change(value=OURS, lock=False),
    ),
    Case(
        name="release takes our lock off a set and leaves what is in it",
        wish=RELEASE,
        want=TAGGED,
        memory=added("A", "B"),
        has=held("X", "A", "B"),
        reason=Reason.RELEASED,
        change=Change(elements=("X", "A", "B"), lock=False),
    ),
    Case(
        name="release leaves a lock that was there before us",
        wish=RELEASE,
        memory=wrote(locked(OURS), first=locked(FIRST)),
        has=locked(OURS),
        reason=Reason.RELEASED,
    ),
    Case(
        name="release leaves a lock that a person has put on what is ours",
        wish=RELEASE,
        want=LOOSE,
        memory=wrote(plain(OURS)),
        has=locked(OURS),
        reason=Reason.RELEASED,
    ),
    Case(
        name="release leaves a lock that a person has put on a set of ours",
        wish=RELEASE,
        want=Wanted(elements=("A",), rule=Rule(lock=False)),
        memory=added("A", seen=tags("A")),
        has=held("A"),
        reason=Reason.RELEASED,
    ),
    Case(
        name="release leaves the lock of what is not ours",
        wish=RELEASE,
        memory=KEPT,
        has=locked(HERS),
        reason=Reason.RELEASED,
    ),
    Case(
        name="release leaves the lock of what a person has put in our place",
        wish=RELEASE,
        memory=wrote(locked(OURS)),
        has=locked(HERS),
        reason=Reason.RELEASED,
    ),
    Case(
        name="release where our lock is off already",
        wish=RELEASE,
        memory=wrote(locked(OURS)),
        has=plain(OURS),
        reason=Reason.RELEASED,
    ),
    Case(
        name="release of what was never looked at",
        wish=RELEASE,
        has=locked(HERS),
        reason=Reason.RELEASED,
    ),
]

CLAIMED = [
    Case(
        name="claim locks again what is unchanged",
        wish=CLAIM,
        memory=released(wrote(locked(OURS)), plain(OURS)),
        has=plain(OURS),
        reason=Reason.RELOCK,
        change=Change(value=OURS, lock=True),
    ),
    Case(
        name="claim locks a set again",
        wish=CLAIM,
        want=TAGGED,
        memory=released(added("A", "B"), tags("A", "B", "X")),
        has=tags("A", "B", "X"),
        reason=Reason.RELOCK,
        change=Change(elements=("A", "B", "X"), lock=True),
    ),
    Case(
        name="claim without locks",
        wish=CLAIM,
        want=LOOSE,
        memory=released(wrote(plain(OURS)), plain(OURS)),
        has=plain(OURS),
        reason=Reason.EQUAL,
    ),
    Case(
        name="claim where the lock is still on",
        wish=CLAIM,
        memory=released(wrote(locked(OURS), first=locked(FIRST)), locked(OURS)),
        has=locked(OURS),
        reason=Reason.EQUAL,
    ),
    Case(
        name="claim writes what stash has changed since",
        wish=CLAIM,
        want=Wanted(value=NEW),
        memory=released(wrote(locked(OURS)), plain(OURS)),
        has=plain(OURS),
        reason=Reason.CHANGED,
        change=Change(value=NEW, lock=True),
    ),
    Case(
        name="claim leaves what a person has locked since",
        wish=CLAIM,
        memory=released(wrote(locked(OURS)), plain(OURS)),
        has=locked(HERS),
        reason=Reason.EDITED,
    ),
    Case(
        name="claim of what was kept before",
        wish=CLAIM,
        memory=released(KEPT, locked(HERS)),
        has=locked(HERS),
        reason=Reason.AT_REST,
    ),
    Case(
        name="claim leaves the lock off that a person took off before the release",
        wish=CLAIM,
        memory=released(
            replace(
                wrote(plain(OURS)),
                verdict=Verdict.YIELDED,
                reason=Reason.HANDED_BACK_EQUAL,
            ),
            plain(OURS),
        ),
        has=plain(OURS),
        reason=Reason.LEFT,
    ),
    Case(
        name="claim leaves what was settled for plex before the release",
        wish=CLAIM,
        want=Wanted(value=OURS, rule=Rule(policy=ENFORCE)),
        memory=released(replace(KEPT, reason=Reason.SETTLED), locked(HERS)),
        has=locked(HERS),
        reason=Reason.LEFT,
    ),
    Case(
        name="claim leaves what was undone before the release",
        wish=CLAIM,
        want=Wanted(value=OURS, rule=Rule(policy=ENFORCE)),
        memory=released(replace(KEPT, reason=Reason.UNDONE), locked(HERS)),
        has=locked(HERS),
        reason=Reason.LEFT,
    ),
    Case(
        name="claim locks a set again of which a person has taken something out",
        wish=CLAIM,
        want=TAGGED,
        memory=released(
            replace(added("A", "B", seen=held("B")), owned=("B",), yielded=("a",)),
            tags("B"),
        ),
        has=tags("B"),
        reason=Reason.RELOCK,
        change=Change(elements=("B",), lock=True),
    ),
    Case(
        name="claim of what was never released",
        wish=CLAIM,
        memory=replace(KEPT, verdict=Verdict.YIELDED),
        has=locked(HERS),
        reason=Reason.LEFT,
    ),
    Case(
        name="claim where stash has nothing any more",
        wish=CLAIM,
        want=Wanted(rule=Rule(policy=ENFORCE)),
        memory=released(wrote(plain(OURS), base=""), plain()),
        has=plain(),
        reason=Reason.NO_OPINION,
    ),
    Case(
        name="claim of what was met only after it was released",
        wish=CLAIM,
        memory=Memory(verdict=Verdict.RELEASED),
        has=locked(HERS),
        reason=Reason.KEPT_LOCKED,
    ),
]

ADOPTED = [
    Case(
        name="adopt takes out what is adopted and not wanted",
        wish=Wish(asked=Asked.ADOPT, take=("old", "gone")),
        want=TAGGED,
        memory=replace(
            added("A", "B"), ours=False, owned=(), verdict=Verdict.ADOPTED, first=None
        ),
        has=tags("A", "B", "Old", "X"),
        reason=Reason.ADOPTED,
        change=Change(elements=("A", "B", "X"), removed=("Old",), lock=True),
    ),
    Case(
        name="adopt where nothing of it is there any more",
        wish=Wish(asked=Asked.ADOPT, take=("old",)),
        want=TAGGED,
        memory=added("A", "B"),
        has=held("A", "B"),
        reason=Reason.EQUAL,
    ),
]

UNDONE = [
    Case(
        name="undo puts a value and its lock back",
        wish=Wish(asked=UNDO, back=locked(FIRST)),
        memory=wrote(locked(OURS), first=locked(FIRST)),
        has=locked(OURS),
        reason=Reason.UNDONE,
        change=Change(value=FIRST, lock=True),
    ),
    Case(
        name="undo clears and unlocks what had nothing before",
        wish=Wish(asked=UNDO),
        memory=wrote(locked(OURS)),
        has=locked(OURS),
        reason=Reason.UNDONE,
        change=Change(value="", lock=False),
    ),
    Case(
        name="undo leaves a lock that a person has taken off",
        wish=Wish(asked=UNDO, back=locked(FIRST)),
        memory=wrote(locked(OURS)),
        has=plain(OURS),
        reason=Reason.UNDONE,
        change=Change(value=FIRST, lock=False),
    ),
    Case(
        name="undo spares what a person has changed",
        wish=Wish(asked=UNDO, back=plain(FIRST)),
        memory=wrote(locked(OURS)),
        has=locked(HERS),
        reason=Reason.SPARED,
    ),
    Case(
        name="undo leaves an item that was built anew since",
        wish=Wish(asked=UNDO, back=plain(FIRST), left=plain(OURS)),
        memory=replace(wrote(locked(OURS)), seen=None),
        has=locked(OURS),
        reason=Reason.UNDONE,
    ),
    Case(
        name="undo of what is forgotten, and is as the journal says",
        wish=Wish(asked=UNDO, back=plain(FIRST), left=plain()),
        memory=Memory(reason=Reason.WITHDRAWN),
        has=plain(),
        reason=Reason.UNDONE,
        change=Change(value=FIRST, lock=False),
    ),
    Case(
        name="undo of what is back already",
        wish=Wish(asked=UNDO, back=plain(FIRST), left=plain(FIRST)),
        memory=Memory(reason=Reason.WITHDRAWN),
        has=plain(FIRST),
        reason=Reason.UNDONE,
    ),
    Case(
        name="undo takes out what we added and puts back what we took",
        wish=Wish(asked=UNDO, back=tags("Z", "X"), take=("A",), give=("Z",), ours=True),
        want=TAGGED,
        memory=added("A", "B"),
        has=held("A", "B", "X"),
        reason=Reason.UNDONE,
        change=Change(elements=("Z", "X", "B"), removed=("A",), lock=False),
    ),
    Case(
        name="undo spares elements that are not ours",
        wish=Wish(asked=UNDO, back=tags(), take=("A", "X", "gone"), give=("B",)),
        want=TAGGED,
        memory=replace(added("A", "B"), owned=("A",), yielded=("b",)),
        has=held("A", "X"),
        reason=Reason.UNDONE,
        change=Change(elements=("X",), removed=("A",), lock=False),
    ),
    Case(
        name="undo leaves a set's lock that a person has taken off",
        wish=Wish(asked=UNDO, back=held(), take=("A",)),
        want=TAGGED,
        memory=added("A"),
        has=tags("A"),
        reason=Reason.UNDONE,
        change=Change(removed=("A",), lock=False),
    ),
    Case(
        name="undo leaves the elements of an item that was built anew since",
        wish=Wish(asked=UNDO, back=tags(), take=("A",), give=("Z",), ours=True),
        want=TAGGED,
        memory=replace(added("A"), seen=None),
        has=held("A"),
        reason=Reason.UNDONE,
    ),
    Case(
        name="undo of a set that is as it was",
        wish=Wish(asked=UNDO, back=tags("X"), take=("A",)),
        want=TAGGED,
        memory=added("A", seen=tags("A", "X")),
        has=tags("X"),
        reason=Reason.UNDONE,
    ),
]

CASES = [*TAKEN, *LET_GO, *CLAIMED, *ADOPTED, *UNDONE]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_wish(case: Case) -> None:
    decision = case.decide()

    assert decision.change == case.change
    assert decision.reason is case.reason
    assert decision.memory.wish is None


def test_without_a_wish_the_table_decides() -> None:
    at = Situation(field=TITLE, want=NAMED, memory=NEVER, observed=plain(HERS))

    assert decide(at) == by_the_table(at)
    assert decide(at).reason is Reason.FOREIGN


# what is remembered of it


@pytest.mark.parametrize(
    ("field", "want"),
    [(TITLE, LOOSE), (GENRES, Wanted(elements=("A",), rule=Rule(lock=False)))],
)
def test_a_lock_that_a_person_has_put_on_what_is_ours_stays_a_persons(
    field: Field, want: Wanted
) -> None:
    """Once it was seen nothing else would tell it from one that we had sent."""
    plex = LittlePlex(field=field)
    plex.deliver(want)
    plex.has = replace(plex.has, locked=True)
    plex.deliver(want)

    assert not plex.memory.holds_lock
    plex.deliver(Wanted(rule=want.rule))
    assert plex.has == replace(EMPTY, locked=True)


def named(name: str) -> Decision:
    (case,) = (case for case in CASES if case.name == name)
    return case.decide()


def test_what_was_taken_is_ours_over_what_a_person_had() -> None:
    memory = named("take stash over a person's value").memory

    assert (memory.ours, memory.verdict) == (True, Verdict.WRITTEN)
    assert memory.first == locked(HERS)


def test_what_was_taken_and_is_there_is_adopted() -> None:
    memory = named("take stash where it is there already").memory

    assert (memory.ours, memory.verdict) == (False, Verdict.ADOPTED)


def test_an_element_that_was_taken_is_ours_and_vetoed_no_more() -> None:
    memory = named("take stash puts a vetoed element back").memory

    assert (set(memory.owned), memory.yielded) == ({"A", "B"}, ())


def test_what_a_person_put_in_our_place_before_the_release_stays_theirs() -> None:
    """Or a claim would take it for Plex's form of ours, and an undo would clear it."""
    name = "release leaves the lock of what a person has put in our place"
    memory = named(name).memory
    claim = Case(
        name="", wish=CLAIM, memory=memory, has=locked(HERS), reason=Reason.AT_REST
    )

    assert not memory.ours
    assert claim.decide().change is None
    assert not claim.decide().memory.ours


@pytest.mark.parametrize(
    ("field", "want", "base"), [(TITLE, NAMED, OURS), (GENRES, TAGGED, ("A",))]
)
def test_what_was_released_before_it_was_seen_meets_plex_with_the_claim(
    field: Field, want: Wanted, base: str | tuple[str, ...]
) -> None:
    """An item built anew: a person's lock on it is a person's, looked at or not."""
    has = replace(EMPTY, value=HERS) if field is TITLE else tags("X")
    plex = LittlePlex(field=field, has=replace(has, locked=True))
    plex.memory = Memory(base=base, ours=True, wish=RELEASE)
    plex.deliver(want)
    plex.deliver(want)

    claim = plex.grant(want, CLAIM)

    assert claim.reason is Reason.KEPT_LOCKED
    assert claim.change is None


def test_an_adopted_set_goes_back_to_what_was_there_before() -> None:
    decision = named("adopt takes out what is adopted and not wanted")

    assert decision.memory.first == tags("A", "B", "Old", "X")
    assert decision.taken == ("Old",)


def test_what_is_undone_is_left_until_stash_changes_it() -> None:
    memory = named("undo puts a value and its lock back").memory
    seen = replace(memory, seen=locked(FIRST))
    at = Situation(field=TITLE, want=NAMED, memory=seen, observed=locked(FIRST))

    assert (memory.ours, memory.verdict) == (False, Verdict.UNDONE)
    assert by_the_table(at).reason is Reason.LEFT
    moved = replace(at, want=Wanted(value=NEW))
    assert by_the_table(moved).change == Change(value=NEW, lock=True)


def test_what_is_undone_while_it_is_released_stays_released() -> None:
    case = Case(
        name="",
        wish=Wish(asked=UNDO, back=plain(FIRST)),
        memory=released(wrote(locked(OURS)), plain(OURS)),
        has=plain(OURS),
        reason=Reason.UNDONE,
    )

    assert case.decide().change == Change(value=FIRST, lock=False)
    assert case.decide().memory.verdict is Verdict.RELEASED


def test_what_is_undone_half_way_stays_ours() -> None:
    wish = Wish(asked=UNDO, back=locked(NEW), ours=True, first=plain(FIRST))
    at = Situation(
        field=TITLE, want=NAMED, memory=wrote(locked(OURS)), observed=locked(OURS)
    )

    memory = grant(at, wish).memory

    assert (memory.ours, memory.first) == (True, plain(FIRST))


def test_what_is_back_and_ours_and_wanted_is_no_longer_undone() -> None:
    """An undo was undone: from then on it is like any other write of ours."""
    undone = replace(wrote(plain(FIRST)), verdict=Verdict.UNDONE, ours=False)
    wish = Wish(asked=UNDO, back=locked(OURS), left=plain(FIRST), ours=True)
    at = Situation(field=TITLE, want=NAMED, memory=undone, observed=plain(FIRST))

    again = replace(grant(at, wish).memory, seen=locked(OURS))
    edited = replace(at, memory=again, observed=locked(HERS))

    assert (again.verdict, again.reason) == (Verdict.WRITTEN, Reason.UNDONE)
    assert by_the_table(edited).reason is Reason.EDITED
    assert by_the_table(edited).memory.verdict is Verdict.KEPT
    other = replace(at, want=Wanted(value=NEW))
    assert grant(other, wish).memory.verdict is Verdict.UNDONE


@pytest.mark.parametrize(
    ("wanted", "verdict"),
    [
        (("A", "B"), Verdict.WRITTEN),
        (("A", "B", "C"), Verdict.UNDONE),
        (("A",), Verdict.UNDONE),
    ],
)
def test_a_set_is_undone_unless_all_of_ours_is_back_and_wanted(
    wanted: tuple[str, ...], verdict: Verdict
) -> None:
    memory = Memory(base=("A", "B"), seen=tags("X"), verdict=Verdict.UNDONE)
    wish = Wish(asked=UNDO, back=held("A", "B", "X"), give=("A", "B"), ours=True)
    want = Wanted(elements=wanted)
    at = Situation(field=GENRES, want=want, memory=memory, observed=tags("X"))

    decision = grant(at, wish)

    assert decision.memory.owned == ("A", "B")
    assert decision.memory.verdict is verdict


def test_what_was_back_and_ours_before_the_release_is_written_with_the_claim() -> None:
    memory = replace(wrote(plain(OURS)), reason=Reason.UNDONE)
    case = Case(
        name="",
        wish=CLAIM,
        want=LOOSE,
        memory=released(memory, plain(OURS)),
        has=locked(HERS),
        reason=Reason.EDITED,
    )

    assert case.decide().reason is Reason.EDITED
    assert case.decide().memory.verdict is Verdict.KEPT


def test_what_is_put_back_of_a_set_was_ours_or_was_adopted() -> None:
    decision = named("undo takes out what we added and puts back what we took")

    assert (decision.added, decision.taken) == (("Z",), ("A",))
    assert decision.memory.owned == ("B", "Z")


def test_nothing_of_a_set_is_ours_that_is_back_where_it_was() -> None:
    decision = named("undo spares elements that are not ours")

    assert (decision.memory.ours, decision.memory.owned) == (False, ())


def test_nothing_is_ours_of_what_was_built_anew_and_undone() -> None:
    name = "undo leaves the elements of an item that was built anew since"
    memory = named(name).memory

    assert (memory.ours, memory.owned) == (False, ())
    assert memory.verdict is Verdict.UNDONE


def test_a_set_that_is_undone_is_put_in_order_once() -> None:
    """A Plex that adds to what is there keeps the order that it has."""
    wish = Wish(asked=UNDO, back=tags("Z", "X"), give=("Z",))
    at = Situation(
        field=GENRES, want=TAGGED, memory=added("A"), observed=held("A", "X", "Z")
    )

    first = grant(at, wish)
    again = grant(replace(at, memory=first.memory, observed=tags("A", "X", "Z")), wish)

    assert first.change == Change(elements=("Z", "X", "A"), lock=False)
    assert again.change is None


def test_what_is_spared_is_remembered_as_it_was() -> None:
    case = named("undo spares what a person has changed")

    assert case.memory == wrote(locked(OURS))


# any memory at all, and any wish


def has_of(*, is_set: bool) -> st.SearchStrategy[FieldValue]:
    return sets() if is_set else values()


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    is_set = draw(st.booleans())
    return Situation(
        field=GENRES if is_set else TITLE,
        want=draw(wanted(is_set=is_set)),
        memory=draw(memories(is_set=is_set)),
        observed=draw(has_of(is_set=is_set)),
        placeholder=draw(st.booleans()),
        is_fought=draw(st.booleans()),
    )


@OFTEN
@given(situations())
def test_the_table_is_total(at: Situation) -> None:
    decision = decide(at)

    assert decision.reason in Reason
    assert decision.change is not None or not (decision.added or decision.taken)


@OFTEN
@given(situations(), wishes())
def test_a_wish_that_is_granted_is_gone(at: Situation, wish: Wish) -> None:
    decision = decide(replace(at, memory=replace(at.memory, wish=wish)))

    assert decision.memory.wish is None
    assert decision.reason in Reason


@OFTEN
@given(situations())
def test_release_sends_nothing_but_our_own_lock(at: Situation) -> None:
    decision = grant(at, RELEASE)

    assert decision.reason is Reason.RELEASED
    assert (decision.added, decision.taken) == ((), ())
    if decision.change is not None:
        has = at.observed
        assert decision.change == Change(
            value=has.value, elements=has.elements, lock=False
        )
        assert at.memory.holds_lock
        assert has.locked


@OFTEN
@given(situations(), wishes(Asked.UNDO))
def test_undo_takes_out_only_what_is_ours(at: Situation, wish: Wish) -> None:
    decision = grant(at, wish)

    owned = {identity(name) for name in at.memory.owned}
    if decision.change is not None and at.field.is_set:
        there = {identity(name) for name in at.observed.elements}
        left = {identity(name) for name in decision.change.elements}
        assert there - left <= owned & {identity(name) for name in wish.take}
        assert not {identity(n) for n in decision.added} & set(at.memory.yielded)


@OFTEN
@given(situations(), wishes(Asked.UNDO))
def test_undo_leaves_a_value_that_is_not_as_we_left_it(
    at: Situation, wish: Wish
) -> None:
    decision = grant(at, wish)

    left = at.memory.seen or wish.left
    is_anew = at.memory.seen is None and at.memory.base is not None
    if not at.field.is_set and (left is None or left.value != at.observed.value):
        assert decision.change is None
        assert decision.reason is (Reason.UNDONE if is_anew else Reason.SPARED)


@OFTEN
@given(situations(), HABITS)
def test_take_stash_makes_plex_say_what_stash_says(
    at: Situation, habits: Habits
) -> None:
    """Whatever was remembered, and whatever is there."""
    owned = {identity(name) for name in at.memory.owned}
    assume(not owned & at.memory.forms.keys())  # what is ours is known as Plex names it
    plex = LittlePlex(field=at.field, habits=habits, has=at.observed, memory=at.memory)

    plex.grant(at.want, TAKE)

    if at.want.value:
        assert plex.has.value in {at.want.value, habits.made_of(at.want.value)}
    # what Plex makes one of is one
    forms = {name: identity(at.memory.forms.get(identity(name), name)) for name in TAGS}
    there = {identity(name) for name in plex.has.elements}
    said = {forms[name] for name in TAGS if {identity(name), forms[name]} & there}
    assert {forms[name] for name in at.want.elements} <= said


# what a history can bring about


@OFTEN
@given(st.booleans(), st.data(), HABITS)
def test_claim_after_release_takes_up_where_it_left_off(
    is_set: bool,  # noqa: FBT001 - hypothesis gives it by position
    data: st.DataObject,
    habits: Habits,
) -> None:
    history: list[Step] = data.draw(steps(is_set=is_set))
    turn = list(play(GENRES if is_set else TITLE, history, habits))[-1]
    plex, before, known = turn.plex, turn.after, turn.plex.memory
    if known.verdict is None:
        return  # what is forgotten is forgotten
    if known.holds_lock and not turn.want.rule.lock:
        return  # our lock, which is not wanted any more: it is not put on again

    plex.grant(turn.want, RELEASE)
    assert content(plex.has) == content(before)
    assert plex.deliver(turn.want).change is None
    plex.grant(turn.want, CLAIM)

    assert content(plex.has) == content(before)
    assert relevant(plex.memory) == relevant(known)
    assert plex.has.locked == before.locked
    assert plex.decide(turn.want).change is None


def relevant(memory: Memory) -> tuple[object, ...]:
    owned = {identity(name) for name in memory.owned}
    return memory.base or None, memory.ours, owned, memory.yielded


def content(has: FieldValue) -> tuple[str, list[str]]:
    """Take what is there, in whatever form and order: that of genres is Plex's own."""
    return identity(has.value), sorted(identity(name) for name in has.elements)


def test_nothing_is_adopted_in_a_field_that_is_off() -> None:
    """Or it would be ours without being taken out, until something does."""
    want = Wanted(elements=("A",), rule=Rule(policy=Policy.OFF))
    at = Situation(
        field=GENRES,
        want=want,
        memory=Memory(seen=tags("Old")),
        observed=tags("Old"),
    )

    decision = grant(at, Wish(asked=Asked.ADOPT, take=("Old",)))

    assert decision.change is None
    assert decision.memory.owned == ()
