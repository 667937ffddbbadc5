"""One item: every field in question, decided, and what still has to be."""

from dataclasses import replace

from hypothesis import given

from reconciler.core.desire import Rule, Wanted
from reconciler.core.memory import Asked, Memory, Reason, Verdict, Wish
from reconciler.core.plan import decide_item, unsettled
from reconciler.core.values import Field, FieldValue, Item, ItemKey, Policy
from tests.core.histories import HABITS, Step, play, steps
from tests.core.little_plex import Habits

PATH = "/films/The.Film.mp4"
WANTED = {
    Field.TITLE: Wanted(value="Title"),
    Field.SUMMARY: Wanted(),
    Field.GENRES: Wanted(elements=("A",)),
    Field.ACTORS: Wanted(),
    Field.STUDIO: Wanted(value="Studio", rule=Rule(policy=Policy.OFF)),
}


def item(**fields: FieldValue) -> Item:
    has = {Field(name): found for name, found in fields.items()}
    return Item(key=ItemKey("7"), section="1", type=1, paths=(PATH,), fields=has)


def reasons(has: Item, *fields: Field) -> dict[Field, Reason]:
    decided = decide_item(WANTED, {}, has, PATH, fields)
    return {field: decision.reason for field, decision in decided.items()}


def test_only_the_fields_in_question_are_decided() -> None:
    has = item(summary=FieldValue(value="hers", locked=True))

    assert reasons(has, Field.SUMMARY, Field.GENRES) == {
        Field.SUMMARY: Reason.NO_OPINION,
        Field.GENRES: Reason.FIRST,
    }


def test_what_is_off_is_not_looked_at() -> None:
    assert reasons(item(), Field.STUDIO) == {}


def test_fields_are_decided_in_one_order() -> None:
    looked_at = sorted(WANTED.keys() - {Field.STUDIO})
    assert list(reasons(item(), *reversed(Field))) == looked_at


def test_what_plex_does_not_mention_is_empty() -> None:
    assert reasons(item(), Field.TITLE) == {Field.TITLE: Reason.FIRST}


def test_a_title_made_of_the_file_name_is_a_placeholder() -> None:
    assert reasons(item(title=FieldValue(value="The Film")), Field.TITLE) == {
        Field.TITLE: Reason.FIRST
    }
    assert reasons(item(title=FieldValue(value="Film")), Field.TITLE) == {
        Field.TITLE: Reason.FOREIGN
    }


def test_a_locked_title_is_no_placeholder() -> None:
    has = item(title=FieldValue(value="The Film", locked=True))

    assert reasons(has, Field.TITLE) == {Field.TITLE: Reason.KEPT_LOCKED}


def test_what_was_never_decided_is_unsettled_unless_there_is_no_opinion() -> None:
    assert unsettled(WANTED, {}) == {Field.TITLE, Field.GENRES}


def test_what_moved_is_unsettled() -> None:
    memories = {
        Field.TITLE: Memory(base="Title"),
        Field.SUMMARY: Memory(base="gone"),
        Field.GENRES: Memory(base=("A", "B")),
        Field.ACTORS: Memory(base=()),
    }

    assert unsettled(WANTED, memories) == {Field.SUMMARY, Field.GENRES}


@given(steps(is_set=False), HABITS)
def test_a_value_that_was_decided_is_settled(
    history: list[Step], habits: Habits
) -> None:
    for turn in play(Field.TITLE, history, habits):
        memories = {Field.TITLE: turn.plex.memory}
        assert unsettled({Field.TITLE: turn.want}, memories) == frozenset()


@given(steps(is_set=True), HABITS)
def test_a_set_that_was_decided_is_settled(history: list[Step], habits: Habits) -> None:
    for turn in play(Field.GENRES, history, habits):
        memories = {Field.GENRES: turn.plex.memory}
        assert unsettled({Field.GENRES: turn.want}, memories) == frozenset()


def test_what_was_released_is_settled_until_it_is_claimed() -> None:
    released = Memory(base="Old", verdict=Verdict.RELEASED)
    claimed = replace(released, wish=Wish(asked=Asked.CLAIM))

    assert unsettled(WANTED, {Field.TITLE: released}) == {Field.GENRES}
    assert unsettled(WANTED, {Field.TITLE: claimed}) == {Field.TITLE, Field.GENRES}


def test_a_wish_goes_before_the_policy() -> None:
    release = Memory(wish=Wish(asked=Asked.RELEASE))

    decided = decide_item(WANTED, {Field.STUDIO: release}, item(), PATH, Field)

    assert decided[Field.STUDIO].reason is Reason.RELEASED


def test_what_was_yielded_is_unsettled_once_stash_moves() -> None:
    memories = {Field.TITLE: Memory(base="Old", verdict=Verdict.YIELDED)}

    assert unsettled({Field.TITLE: Wanted(value="Old")}, memories) == frozenset()
    assert unsettled({Field.TITLE: Wanted(value="New")}, memories) == {Field.TITLE}
