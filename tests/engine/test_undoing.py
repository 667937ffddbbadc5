"""Undo read from the journal: whatever we wrote, it goes back to what was there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from reconciler.core.canonical import identity
from reconciler.core.conclude import Outcome
from reconciler.core.desire import Rule, Wanted
from reconciler.core.memory import Asked, Memory, Reason, Verdict, Wish
from reconciler.core.values import Change, Field, FieldValue
from reconciler.engine.translate import (
    APPLIED,
    UNCHANGED,
    Written,
    journal_fields,
    journal_text,
    memory,
    memory_record,
)
from reconciler.engine.undoing import Undone, undone
from state.records import JournalRecord
from tests.core.histories import (
    HABITS,
    Step,
    memories,
    sets,
    steps,
    values,
    wanted,
    wishes,
)
from tests.core.little_plex import Habits, LittlePlex

SUMMARY, GENRES = Field.SUMMARY, Field.GENRES
OFTEN = settings(max_examples=200)


@dataclass(kw_only=True)
class Diary:
    """One field of one item, with a journal of what was written."""

    plex: LittlePlex
    rows: list[JournalRecord] = field(default_factory=list)
    is_others_lock: bool = False
    """Whether the lock that is on is one that we never sent."""

    def live(self, history: Iterable[Step]) -> None:
        for step in history:
            was_locked = self.plex.has.locked
            if step.touched is not None:
                self.plex.has = step.touched
            if step.is_rebuilt:
                self.plex.memory = replace(self.plex.memory, seen=None)
            self.is_others_lock = self.plex.has.locked and (
                self.is_others_lock or step.is_rebuilt or not was_locked
            )
            self.deliver(step.want)
            self.is_others_lock &= self.plex.has.locked

    def deliver(self, want: Wanted) -> Reason:
        known, before = self.plex.memory, self.plex.has
        decision = self.plex.deliver(want)
        if self.plex.judged not in {None, Outcome.APPLIED}:
            reject()  # a write of what Plex takes for what it has is told as dropped
        if decision.change is not None:
            write = Written(
                before=before,
                change=decision.change,
                memory=decision.memory,
                was_ours=known.ours,
                prior=known.first,
            )
            self.write(write, APPLIED)
        return decision.reason

    def write(self, write: Written, outcome: str) -> None:
        row = JournalRecord(
            id=len(self.rows) + 1,
            link=1,
            target=1,
            item="1",
            scene=1,
            pass_id=len(self.rows) + 1,
            revision=1,
            fields=journal_text({self.plex.field: write}),
            outcome=outcome,
        )
        self.rows.append(row)

    def found(self, scope: Sequence[JournalRecord] | None = None) -> Undone | None:
        """Say what undoing some rows takes, or all that there ever were."""
        known = {self.plex.field: self.plex.memory}
        rows = self.rows if scope is None else scope
        wishes = dict(undone(self.rows, rows, known, is_all=scope is None))
        return wishes.get(self.plex.field)

    def undo(
        self, want: Wanted, scope: Sequence[JournalRecord] | None = None
    ) -> Reason | None:
        found = self.found(scope)
        if found is None:
            return None
        if found.is_spared:
            return Reason.SPARED
        self.plex.memory = replace(self.plex.memory, wish=found.wish)
        return self.deliver(want)


def only_ours(history: list[Step]) -> list[Step]:
    return [Step(want=step.want) for step in history]


def written(habits: Habits, has: FieldValue) -> FieldValue:
    """Make a value one that Plex would have put there itself."""
    names = tuple(habits.made_of(name) for name in has.elements)
    return replace(has, value=habits.made_of(has.value), elements=names)


# what a history can bring about


@OFTEN
@given(steps(is_set=False), values(), HABITS)
def test_undo_puts_a_value_and_its_lock_back(
    history: list[Step], has: FieldValue, habits: Habits
) -> None:
    before = written(habits, has)
    diary = Diary(plex=LittlePlex(field=SUMMARY, habits=habits, has=before))
    diary.live(only_ours(history))

    diary.undo(history[-1].want)

    assert diary.plex.has == before


@OFTEN
@given(steps(is_set=True), sets(), HABITS)
def test_undo_puts_elements_their_order_and_their_lock_back(
    history: list[Step], has: FieldValue, habits: Habits
) -> None:
    before = written(habits, has)
    diary = Diary(plex=LittlePlex(field=GENRES, habits=habits, has=before))
    diary.live(only_ours(history))

    diary.undo(history[-1].want)

    assert diary.plex.has == before


@OFTEN
@given(st.booleans(), st.data(), HABITS)
def test_undo_twice_writes_nothing_the_second_time(
    is_set: bool,  # noqa: FBT001 - hypothesis gives it by position
    data: st.DataObject,
    habits: Habits,
) -> None:
    history = data.draw(steps(is_set=is_set))
    diary = Diary(plex=LittlePlex(field=GENRES if is_set else SUMMARY, habits=habits))
    diary.live(history)
    want = history[-1].want
    diary.undo(want)
    rows = len(diary.rows)

    diary.undo(want)

    assert len(diary.rows) == rows
    if diary.plex.memory.verdict is Verdict.UNDONE:
        assert diary.deliver(want) is Reason.LEFT


@OFTEN
@given(st.booleans(), st.data(), HABITS)
def test_undo_of_some_passes_twice_writes_nothing_the_second_time(
    is_set: bool,  # noqa: FBT001 - hypothesis gives it by position
    data: st.DataObject,
    habits: Habits,
) -> None:
    history = data.draw(steps(is_set=is_set))
    diary = Diary(plex=LittlePlex(field=GENRES if is_set else SUMMARY, habits=habits))
    diary.live(history)
    want = history[-1].want
    scope = some_of(data, diary.rows)
    diary.undo(want, scope)
    rows = len(diary.rows)

    diary.undo(want, scope)

    assert len(diary.rows) == rows


@OFTEN
@given(steps(is_set=True), sets(), st.data())
def test_undo_of_some_passes_leaves_what_was_there_before_in_its_order(
    history: list[Step], has: FieldValue, data: st.DataObject
) -> None:
    """Where Plex replaces; where it adds, what comes back comes last."""
    plex = LittlePlex(field=GENRES, habits=Habits(replaces=True), has=has)
    diary = Diary(plex=plex)
    diary.live(only_ours(history))
    scope = some_of(data, diary.rows)
    before = journal_fields(scope[0].fields)[GENRES].before

    diary.undo(history[-1].want, scope)

    then, now = map(identity, before.elements), map(identity, plex.has.elements)
    assert in_common(list(then), list(now))


@OFTEN
@given(steps(is_set=False), values(), HABITS)
def test_undo_never_touches_a_value_that_is_not_as_we_left_it(
    history: list[Step], has: FieldValue, habits: Habits
) -> None:
    diary = Diary(plex=LittlePlex(field=SUMMARY, habits=habits))
    diary.live(history)
    assume(has.value not in {diary.plex.has.value, left_last(diary)})
    diary.plex.has = has

    diary.undo(history[-1].want)

    assert diary.plex.has.value == has.value


@OFTEN
@given(steps(is_set=True), sets(), HABITS)
def test_undo_takes_out_only_what_we_added(
    history: list[Step], has: FieldValue, habits: Habits
) -> None:
    diary = Diary(plex=LittlePlex(field=GENRES, habits=habits, has=has))
    diary.live(history)
    owned = {identity(name) for name in diary.plex.memory.owned}
    there = {identity(name) for name in diary.plex.has.elements}

    diary.undo(history[-1].want)

    left = {identity(name) for name in diary.plex.has.elements}
    assert there - left <= owned


@OFTEN
@given(st.booleans(), st.data(), HABITS)
def test_a_lock_that_we_never_sent_is_never_taken_off(
    is_set: bool,  # noqa: FBT001 - hypothesis gives it by position
    data: st.DataObject,
    habits: Habits,
) -> None:
    """Neither by undo, of all or some, nor by release, nor by what Stash says next."""
    history = data.draw(steps(is_set=is_set))
    diary = Diary(plex=LittlePlex(field=GENRES if is_set else SUMMARY, habits=habits))
    diary.live(history)
    assume(diary.is_others_lock)
    want = history[-1].want

    match data.draw(st.sampled_from(["all", "some", "release", "stash"])):
        case "all":
            diary.undo(want)
        case "some":
            diary.undo(want, some_of(data, diary.rows))
        case "release":
            diary.plex.grant(want, Wish(asked=Asked.RELEASE))
        case _:
            reason = diary.deliver(data.draw(wanted(is_set=is_set)))
            assume(reason is not Reason.FORGOTTEN)  # which `enforce` unlocks

    assert diary.plex.has.locked


@OFTEN
@given(st.booleans(), st.data(), HABITS)
def test_the_last_write_alone_goes_back_to_what_was_there_before_it(
    is_set: bool,  # noqa: FBT001 - hypothesis gives it by position
    data: st.DataObject,
    habits: Habits,
) -> None:
    history = only_ours(data.draw(steps(is_set=is_set)))
    diary = Diary(plex=LittlePlex(field=GENRES if is_set else SUMMARY, habits=habits))
    diary.live(history)
    assume(diary.rows)
    last = journal_fields(diary.rows[-1].fields)[diary.plex.field]

    diary.undo(history[-1].want, diary.rows[-1:])

    assert without_order(diary.plex.has) == without_order(last.before)


def some_of(data: st.DataObject, rows: list[JournalRecord]) -> list[JournalRecord]:
    assume(rows)
    chosen = data.draw(st.sets(st.sampled_from(range(len(rows))), min_size=1))
    return [rows[number] for number in sorted(chosen)]


def in_common(one: list[str], other: list[str]) -> bool:
    """Say whether what is in both lists stands in the same order."""
    return [key for key in one if key in other] == [key for key in other if key in one]


def left_last(diary: Diary) -> str | None:
    if not diary.rows:
        return None
    return journal_fields(diary.rows[-1].fields)[diary.plex.field].change.value


def without_order(has: FieldValue) -> tuple[str, set[str], bool]:
    return has.value, {identity(name) for name in has.elements}, has.locked


# by example


def plain(value: str = "") -> FieldValue:
    return FieldValue(value=value)


def tags(*names: str) -> FieldValue:
    return FieldValue(elements=names)


def names(*elements: str, lock: bool = True) -> Wanted:
    return Wanted(elements=elements, rule=Rule(lock=lock))


def test_a_write_that_changed_nothing_is_not_undone() -> None:
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    memory = Memory(base="ours", ours=True)
    sent = Written(before=plain("theirs"), change=Change(value="ours"), memory=memory)
    diary.write(sent, UNCHANGED)

    assert diary.found() is None
    assert diary.found(diary.rows) is None


def test_what_the_journal_has_forgotten_is_undone_from_memory() -> None:
    one = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    two = Diary(plex=LittlePlex(field=GENRES, has=tags("X")))
    one.deliver(Wanted(value="ours"))
    two.deliver(names("A"))
    one.rows, two.rows = [], []

    one.undo(Wanted(value="ours"))
    two.undo(names("A"))

    assert one.plex.has == plain("theirs")
    assert two.plex.has == tags("X")


def test_a_value_that_stash_emptied_since_is_back_already() -> None:
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    diary.deliver(Wanted(value="ours"))
    diary.deliver(Wanted())

    assert diary.undo(Wanted()) is Reason.UNDONE
    assert diary.plex.has == plain("theirs")
    assert diary.found() is None


def test_a_withdrawal_is_undone_to_what_was_ours() -> None:
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    diary.deliver(Wanted(value="ours"))
    diary.deliver(Wanted())

    diary.undo(Wanted(), diary.rows[-1:])

    assert diary.plex.has == FieldValue(value="ours", locked=True)
    diary.undo(Wanted())
    assert diary.plex.has == plain("theirs")


def test_a_write_that_another_wrote_over_is_spared() -> None:
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    diary.deliver(Wanted(value="one"))
    diary.deliver(Wanted(value="two"))

    assert diary.undo(Wanted(value="two"), diary.rows[:1]) is Reason.SPARED
    assert diary.plex.has.value == "two"


def test_a_persons_value_that_was_seen_is_spared() -> None:
    diary = Diary(plex=LittlePlex(field=SUMMARY))
    diary.deliver(Wanted(value="ours"))
    diary.plex.has = FieldValue(value="hers", locked=True)
    diary.deliver(Wanted(value="ours"))

    assert diary.undo(Wanted(value="ours")) is Reason.SPARED
    assert diary.plex.has.value == "hers"


def test_a_write_over_a_persons_value_goes_back_to_theirs() -> None:
    """The last tenure alone: what was there before their word is not what they want."""
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("first")))
    diary.deliver(Wanted(value="one"))
    diary.plex.has = plain("hers")
    diary.deliver(Wanted(value="one"))
    diary.deliver(Wanted(value="two"))

    diary.undo(Wanted(value="two"))

    assert diary.plex.has == plain("hers")


def test_a_lock_that_a_person_put_on_outlives_two_undoings() -> None:
    want = Wanted(value="ours", rule=Rule(lock=False))
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    diary.deliver(want)
    diary.plex.has = FieldValue(value="ours", locked=True)

    diary.undo(want)
    diary.undo(want)

    assert diary.plex.has == FieldValue(value="theirs", locked=True)


def test_a_lock_that_a_person_put_on_and_a_pass_has_seen_outlives_an_undo() -> None:
    want = Wanted(value="two", rule=Rule(lock=False))
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    diary.deliver(replace(want, value="one"))
    diary.deliver(want)
    diary.plex.has = FieldValue(value="two", locked=True)
    diary.deliver(want)

    diary.undo(want, diary.rows[-1:])
    assert diary.plex.has == FieldValue(value="one", locked=True)
    diary.plex.grant(want, Wish(asked=Asked.RELEASE))
    assert diary.plex.has.locked
    diary.undo(want)
    assert diary.plex.has == FieldValue(value="theirs", locked=True)


def test_a_lock_that_a_person_took_off_and_a_pass_has_seen_stays_off() -> None:
    """Though it was on, and ours, before the pass that is undone."""
    for name, one, two in (
        (SUMMARY, Wanted(value="one"), Wanted(value="two")),
        (GENRES, names("A"), names("A", "B")),
    ):
        diary = Diary(plex=LittlePlex(field=name))
        diary.deliver(one)
        diary.deliver(two)
        diary.plex.has = replace(diary.plex.has, locked=False)
        diary.deliver(two)

        scope = diary.rows[-1:]
        diary.undo(two, scope)
        diary.undo(two, scope)

        assert not diary.plex.has.locked
        assert (diary.plex.has.value, diary.plex.has.elements) == (
            one.value,
            one.elements,
        )


def test_what_is_released_and_undone_in_part_is_undone_once() -> None:
    """A lock that a person puts on then is theirs."""
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    diary.deliver(Wanted(value="one"))
    diary.deliver(Wanted(value="two"))
    scope = diary.rows[-1:]
    diary.plex.grant(Wanted(value="two"), Wish(asked=Asked.RELEASE))
    diary.undo(Wanted(value="two"), scope)
    diary.plex.has = FieldValue(value="one", locked=True)
    diary.deliver(Wanted(value="two"))

    assert diary.undo(Wanted(value="two"), scope) is None
    assert diary.plex.has == FieldValue(value="one", locked=True)


def test_what_is_released_is_undone_without_a_lock_of_ours() -> None:
    """Though it was locked, by us, before the writes that are undone."""
    for name, one, two in (
        (SUMMARY, Wanted(value="one"), Wanted(value="two")),
        (GENRES, names("A"), names("A", "B")),
    ):
        diary = Diary(plex=LittlePlex(field=name))
        diary.deliver(one)
        diary.deliver(two)
        scope = diary.rows[-1:]
        diary.plex.grant(two, Wish(asked=Asked.RELEASE))

        diary.undo(two, scope)

        assert not diary.plex.has.locked
        assert (diary.plex.has.value, diary.plex.has.elements) == (
            one.value,
            one.elements,
        )


def test_a_release_is_taken_back_by_a_claim_and_not_by_an_undo() -> None:
    for name, want in ((SUMMARY, Wanted(value="one")), (GENRES, names("A"))):
        diary = Diary(plex=LittlePlex(field=name))
        diary.deliver(want)
        diary.plex.memory = replace(diary.plex.memory, wish=Wish(asked=Asked.RELEASE))
        diary.deliver(want)

        assert diary.undo(want, diary.rows[-1:]) is None
        diary.plex.grant(want, Wish(asked=Asked.CLAIM))
        assert diary.plex.has.locked


def test_part_of_a_tenure_that_is_undone_twice_is_undone_once() -> None:
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    diary.deliver(Wanted(value="one"))
    diary.deliver(Wanted(value="two"))
    scope = diary.rows[-1:]
    diary.undo(Wanted(value="two"), scope)

    assert diary.plex.has.value == "one"
    assert diary.undo(Wanted(value="two"), scope) is None
    diary.undo(Wanted(value="two"))
    assert diary.plex.has == plain("theirs")


def test_what_is_back_already_by_an_undo_of_the_undo_is_not_told_as_spared() -> None:
    want = Wanted(value="ours")
    diary = Diary(plex=LittlePlex(field=SUMMARY, has=plain("theirs")))
    diary.deliver(want)
    diary.undo(want)
    scope = diary.rows[-1:]
    assert diary.undo(want, scope) is Reason.UNDONE
    assert diary.deliver(want) is Reason.EQUAL

    assert diary.undo(want, scope) is None
    assert diary.plex.has == FieldValue(value="ours", locked=True)
    diary.plex.has = FieldValue(value="hers", locked=True)
    assert diary.deliver(want) is Reason.EDITED
    assert diary.undo(want) is Reason.SPARED


def test_what_we_took_out_of_a_set_comes_back() -> None:
    diary = Diary(plex=LittlePlex(field=GENRES, has=tags("X")))
    diary.deliver(names("A", "B"))
    diary.deliver(names("B"))

    diary.undo(names("B"), diary.rows[-1:])

    assert set(diary.plex.has.elements) == {"A", "B", "X"}
    assert set(diary.plex.memory.owned) == {"A", "B"}
    diary.undo(names("B"))
    assert diary.plex.has == tags("X")


def test_nothing_is_ours_once_everything_is_undone() -> None:
    """Not even what we added again of what was there before everything: it stays."""
    plex = LittlePlex(field=GENRES, has=tags("B"))
    diary = Diary(plex=plex)
    diary.deliver(names("A", lock=False))
    plex.has, plex.memory = tags("A"), replace(plex.memory, seen=None)  # built anew
    want = names("A", "B", lock=False)
    diary.deliver(want)
    diary.undo(want)
    rows = len(diary.rows)

    assert diary.undo(want) is None
    assert len(diary.rows) == rows
    assert (plex.memory.ours, plex.memory.owned) == (False, ())
    diary.deliver(names("A"))
    assert set(plex.has.elements) == {"A", "B"}


def test_what_another_pass_put_in_the_place_of_ours_is_not_taken_for_it() -> None:
    """Plex made none of it of what the pass that is undone has sent."""
    diary = Diary(plex=LittlePlex(field=GENRES))
    diary.deliver(names("A"))
    diary.deliver(names("B"))

    diary.undo(names("B"), diary.rows[:1])

    assert set(diary.plex.has.elements) == {"B"}


def test_undo_puts_the_order_back_that_was_there_before_everything() -> None:
    """Though a tenure ended since, and another began over another order."""
    plex = LittlePlex(field=GENRES, habits=Habits(replaces=True), has=tags("X", "A"))
    diary = Diary(plex=plex)
    for want in (names("A", "B"), names(), names("B")):
        diary.deliver(want)

    diary.undo(names("B"))

    assert plex.has == tags("X", "A")


def test_an_undo_asks_a_plex_that_adds_for_an_order_once() -> None:
    diary = Diary(plex=LittlePlex(field=GENRES, has=tags("X")))
    diary.deliver(names("A", "B"))
    diary.deliver(names("B", "C"))
    scope = diary.rows[-1:]
    diary.undo(names("B", "C"), scope)
    assert diary.plex.has.elements == ("X", "B", "A")

    assert diary.undo(names("B", "C"), scope) is Reason.UNDONE

    assert len(diary.rows) == 3


def test_an_element_that_plex_cut_is_not_put_back_for_another() -> None:
    """We added it, and took it out by the name that Plex had given it."""
    plex = LittlePlex(field=GENRES, habits=Habits(width=9), has=tags("X"))
    diary = Diary(plex=plex)
    diary.deliver(names("Timelapse of ice"))
    diary.deliver(names("A"))
    assert set(plex.has.elements) == {"X", "A"}

    diary.undo(names("A"))

    assert plex.has == tags("X")


def test_an_element_that_plex_cut_is_taken_out_by_the_name_it_has() -> None:
    plex = LittlePlex(field=GENRES, habits=Habits(width=9), has=tags("X"))
    diary = Diary(plex=plex)
    diary.deliver(names("Timelapse of ice"))

    diary.undo(names("Timelapse of ice"), diary.rows)

    assert plex.has == tags("X")


def test_what_was_adopted_and_taken_out_comes_back() -> None:
    diary = Diary(plex=LittlePlex(field=GENRES, has=tags("X", "Old")))
    diary.deliver(names("A"))
    diary.plex.has = replace(diary.plex.has, elements=("A", "X", "Old", "Older"))
    wish = Wish(asked=Asked.ADOPT, take=("old", "older"))
    diary.plex.memory = replace(diary.plex.memory, wish=wish)
    diary.deliver(names("A"))
    assert set(diary.plex.has.elements) == {"A", "X"}

    diary.undo(names("A"))

    assert diary.plex.has == tags("X", "Old", "Older")


def test_a_set_of_which_nothing_is_ours_is_not_undone() -> None:
    diary = Diary(plex=LittlePlex(field=GENRES, has=tags("A")))
    diary.deliver(names("A"))

    assert diary.found() is None


# what the ledger keeps


@given(st.booleans(), st.data(), wishes())
def test_a_memory_is_read_back_as_it_was_written_down(
    is_set: bool,  # noqa: FBT001 - hypothesis gives it by position
    data: st.DataObject,
    wish: Wish,
) -> None:
    known = data.draw(memories(is_set=is_set))

    for one in (known, replace(known, wish=wish)):
        assert memory(memory_record(one)) == one
