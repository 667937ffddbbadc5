"""What may happen to one field: Stash edits, people and refreshes in Plex, rebuilds.

Each strategy is made once: to make one anew takes longer than to draw from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from hypothesis import assume
from hypothesis import strategies as st

from reconciler.core.conclude import Outcome
from reconciler.core.decide import Decision
from reconciler.core.desire import Rule, Wanted
from reconciler.core.memory import Asked, Memory, Reason, Verdict, Wish
from reconciler.core.values import EMPTY, Field, FieldValue, Policy
from tests.core.little_plex import Habits, LittlePlex

VALUES = st.sampled_from(["", "a", "b", "caf\u00e9"])
NAMES = ["Aa", "Bb", "caf\u00e9", "Dd"]
SPELLINGS = [*NAMES, "AA", "bb", "CAF\u00c9"]

POLICIES = st.sampled_from([Policy.PUSH, Policy.ENFORCE, Policy.FILL])
RULES = st.builds(Rule, policy=POLICIES, lock=st.booleans())
HABITS = st.builds(
    Habits,
    form=st.sampled_from(["NFC", "NFD"]),
    shouts=st.booleans(),
    replaces=st.booleans(),
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happens before plexsync looks, and what it then wants."""

    want: Wanted
    touched: FieldValue | None = None
    is_rebuilt: bool = False


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One decision: what was known and there before it, and what after."""

    want: Wanted
    was: FieldValue
    """What was there after the turn before."""
    known: Memory
    has: FieldValue
    decision: Decision
    after: FieldValue
    plex: LittlePlex
    is_rebuilt: bool = False


@cache
def values() -> st.SearchStrategy[FieldValue]:
    return st.builds(FieldValue, value=VALUES, locked=st.booleans())


@cache
def sets() -> st.SearchStrategy[FieldValue]:
    names = st.lists(st.sampled_from(SPELLINGS), unique_by=str.casefold, max_size=4)
    return st.builds(FieldValue, elements=names.map(tuple), locked=st.booleans())


@cache
def wanted(*, is_set: bool) -> st.SearchStrategy[Wanted]:
    if not is_set:
        return st.builds(Wanted, value=VALUES, rule=RULES)
    names = st.lists(st.sampled_from(NAMES), unique=True, max_size=4)
    sorted_names = names.map(lambda found: tuple(sorted(found)))
    return st.builds(Wanted, elements=sorted_names, rule=RULES)


@cache
def steps(*, is_set: bool) -> st.SearchStrategy[list[Step]]:
    has = sets() if is_set else values()
    step = st.builds(
        Step,
        want=wanted(is_set=is_set),
        touched=st.none() | has,
        is_rebuilt=st.integers(0, 9).map(lambda chance: chance == 0),
    )
    return st.lists(step, min_size=1, max_size=6)


@cache
def memories(*, is_set: bool) -> st.SearchStrategy[Memory]:
    """Remember anything at all, whether or not it can come about."""
    spelled = st.lists(st.sampled_from(SPELLINGS), max_size=3).map(tuple)
    content = spelled if is_set else VALUES
    return st.builds(
        Memory,
        base=st.none() | content,
        seen=st.none() | (sets() if is_set else values()),
        verdict=st.none() | st.sampled_from(Verdict),
        reason=st.none() | st.sampled_from(Reason),
        ours=st.booleans(),
        first=st.none() | (sets() if is_set else values()),
        owned=spelled,
        yielded=st.lists(st.sampled_from(["aa", "bb"])).map(tuple),
        forms=st.dictionaries(st.sampled_from(["aa", "bb"]), st.just("Dd")),
    )


@cache
def wishes(*asked: Asked) -> st.SearchStrategy[Wish]:
    """Ask anything at all, whether or not anybody would."""
    spelled = st.lists(st.sampled_from(SPELLINGS), max_size=3).map(tuple)
    return st.builds(
        Wish,
        asked=st.sampled_from(asked or tuple(Asked)),
        back=values() | sets(),
        left=st.none() | values(),
        take=spelled,
        give=spelled,
        ours=st.booleans(),
        first=st.none() | values() | sets(),
    )


def play(
    field: Field, history: Sequence[Step], habits: Habits, has: FieldValue = EMPTY
) -> Iterator[Turn]:
    """Live a history through, one decision for each step."""
    plex = LittlePlex(field=field, habits=habits, has=has)
    for step in history:
        was = plex.has
        if step.touched is not None:
            plex.has = step.touched
        if step.is_rebuilt:
            plex.memory = replace(plex.memory, seen=None)
        known, has = plex.memory, plex.has
        decision = plex.deliver(step.want)
        # a write of what Plex takes for what it has is reported as dropped
        assume(plex.judged in {None, Outcome.APPLIED})
        yield Turn(
            want=step.want,
            was=was,
            known=known,
            has=has,
            decision=decision,
            after=plex.has,
            plex=plex,
            is_rebuilt=step.is_rebuilt,
        )
