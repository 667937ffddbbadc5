"""What holds of every decision, whatever has happened before it."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.core.canonical import identity
from reconciler.core.decide import Decision, decide_value
from reconciler.core.desire import Rule, Wanted
from reconciler.core.elements import decide_elements
from reconciler.core.memory import Memory, Reason, Verdict
from reconciler.core.values import Field, FieldValue, Policy
from tests.core.histories import (
    HABITS,
    Step,
    Turn,
    memories,
    play,
    sets,
    steps,
    values,
    wanted,
)
from tests.core.little_plex import Habits

TITLES, TAGS = steps(is_set=False), steps(is_set=True)
OFTEN = settings(max_examples=200)


def identities(has: FieldValue) -> set[str]:
    return {identity(name) for name in has.elements}


def is_sound(decision: Decision) -> bool:
    counts = (decision.overwrites, decision.removes, decision.added, decision.taken)
    return decision.change is not None or counts == (0, 0, (), ())


# any memory at all, even one that cannot come about


@OFTEN
@given(wanted(is_set=False), memories(is_set=False), values(), st.booleans())
def test_every_value_is_decided_for_one_reason(
    want: Wanted,
    memory: Memory,
    has: FieldValue,
    placeholder: bool,  # noqa: FBT001 - hypothesis gives it by position
) -> None:
    decision = decide_value(want, memory, has, placeholder=placeholder)

    assert decision.reason in Reason
    assert is_sound(decision)


@OFTEN
@given(wanted(is_set=True), memories(is_set=True), sets())
def test_every_set_is_decided_for_one_reason(
    want: Wanted, memory: Memory, has: FieldValue
) -> None:
    decision = decide_elements(want, memory, has)

    assert decision.reason in Reason
    assert is_sound(decision)


@OFTEN
@given(wanted(is_set=False), memories(is_set=False), values())
@example(
    Wanted(value="b", rule=Rule(policy=Policy.ENFORCE, lock=False)),
    Memory(base="b", seen=FieldValue(value="a"), verdict=Verdict.WRITTEN),
    FieldValue(value="a"),
)
def test_a_value_that_was_left_stays_left(
    want: Wanted, memory: Memory, has: FieldValue
) -> None:
    decision = decide_value(want, memory, has)

    if decision.change is None:
        again = decide_value(want, decision.memory, has)
        assert again.change is None
        assert decide_value(want, again.memory, has).memory == again.memory


@OFTEN
@given(wanted(is_set=True), memories(is_set=True), sets())
def test_a_set_that_was_left_stays_left(
    want: Wanted, memory: Memory, has: FieldValue
) -> None:
    decision = decide_elements(want, memory, has)

    if decision.change is None:
        again = decide_elements(want, decision.memory, has)
        assert again.change is None
        assert decide_elements(want, again.memory, has).memory == again.memory


@given(wanted(is_set=False), memories(is_set=False), values())
def test_no_value_is_blanked_at_first_contact(
    want: Wanted, memory: Memory, has: FieldValue
) -> None:
    unseen = Memory(base=memory.base, ours=memory.ours, first=memory.first)
    change = decide_value(want, unseen, has).change

    assert change is None or change.value == want.value != ""


@given(wanted(is_set=True), memories(is_set=True), sets())
def test_no_element_is_taken_out_at_first_contact(
    want: Wanted, memory: Memory, has: FieldValue
) -> None:
    unseen = Memory(base=memory.base, ours=memory.ours, owned=memory.owned)
    change = decide_elements(want, unseen, has).change

    assert change is None or change.removed == ()


# what a history can bring about


@OFTEN
@given(TITLES, HABITS)
def test_a_second_look_at_a_value_finds_nothing_to_write(
    history: list[Step], habits: Habits
) -> None:
    for turn in play(Field.TITLE, history, habits):
        assert turn.plex.decide(turn.want).change is None


@OFTEN
@given(TAGS, HABITS)
def test_a_second_look_at_a_set_finds_nothing_to_write(
    history: list[Step], habits: Habits
) -> None:
    for turn in play(Field.GENRES, history, habits):
        assert turn.plex.decide(turn.want).change is None


@OFTEN
@given(TAGS, HABITS)
def test_only_what_we_added_is_ever_taken_out(
    history: list[Step], habits: Habits
) -> None:
    ours: set[str] = set()
    for turn in play(Field.GENRES, history, habits):
        ours &= identities(turn.has)
        assert identities(turn.has) - ours <= identities(turn.after)
        if turn.decision.change is not None:
            ours |= identities(turn.after) - identities(turn.has)
        assert {identity(name) for name in turn.plex.memory.owned} <= ours


@OFTEN
@given(TAGS, HABITS)
def test_what_is_wanted_is_there_or_was_left_for_a_reason(
    history: list[Step], habits: Habits
) -> None:
    for turn in play(Field.GENRES, history, habits):
        wanted_names = {identity(name) for name in turn.want.elements}
        if turn.want.rule.policy is Policy.ENFORCE:
            missing = wanted_names - identities(turn.after)
            assert missing <= set(turn.plex.memory.yielded)


@OFTEN
@given(TAGS, HABITS)
def test_no_element_is_added_again_against_a_veto(
    history: list[Step], habits: Habits
) -> None:
    vetoed: set[str] = set()
    for turn in play(Field.GENRES, history, habits):
        vetoed &= {identity(name) for name in turn.want.elements}
        vetoed |= new_vetoes(turn)
        assert not vetoed & {identity(name) for name in turn.decision.added}


def new_vetoes(turn: Turn) -> set[str]:
    """Find what was there and wanted, is still wanted, and was taken out by hand."""
    if turn.is_rebuilt or not turn.has.locked:
        return set()
    if turn.want.rule.policy is Policy.ENFORCE:
        return set()
    both = {identity(name) for name in turn.want.elements} & {
        identity(name) for name in turn.known.base or ()
    }
    return both & (identities(turn.was) - identities(turn.has))


@OFTEN
@given(TITLES, HABITS)
def test_fill_writes_only_over_nothing_and_over_its_own(
    history: list[Step], habits: Habits
) -> None:
    own: str | None = None
    for turn in play(Field.TITLE, history, habits):
        own = own if turn.has.value == own else own and row_3(turn)
        if turn.want.rule.policy is Policy.FILL and turn.decision.change is not None:
            assert turn.has.value in {"", own}
        if turn.decision.change is not None:
            own = turn.after.value if turn.plex.memory.ours else None
        elif not turn.want.value:
            own = None


def row_3(turn: Turn) -> str | None:
    """Keep for ours what was ours when both sides moved to the same value."""
    return turn.has.value if turn.has.value == turn.want.value else None


@OFTEN
@given(TAGS, HABITS)
def test_fill_adds_only_to_its_own_elements(
    history: list[Step], habits: Habits
) -> None:
    for turn in play(Field.GENRES, history, habits):
        if turn.want.rule.policy is Policy.FILL and turn.decision.added:
            owned = {identity(name) for name in turn.known.owned}
            assert identities(turn.has) <= owned


@OFTEN
@given(TITLES, HABITS)
def test_the_lock_of_a_kept_value_is_never_sent(
    history: list[Step], habits: Habits
) -> None:
    """Unless we write it and lock it ourselves, it is the person's own affair."""
    for turn in play(Field.TITLE, history, habits):
        change, memory = turn.decision.change, turn.known
        if change is not None and not memory.ours:
            assert change.lock is (True if turn.want.rule.lock else None) or is_cleared(
                turn
            )


def is_cleared(turn: Turn) -> bool:
    """Row 5 under `enforce`: what is there goes, with its lock."""
    return turn.decision.reason is Reason.FORGOTTEN


@OFTEN
@given(TITLES, HABITS)
def test_enforce_ends_on_what_stash_says(history: list[Step], habits: Habits) -> None:
    for turn in play(Field.TITLE, history, habits):
        is_enforced = turn.want.rule.policy is Policy.ENFORCE
        if is_enforced and turn.want.value and turn.decision.reason is not Reason.LEFT:
            assert turn.after.value == habits.made_of(turn.want.value) or (
                turn.after.value == turn.want.value
            )
