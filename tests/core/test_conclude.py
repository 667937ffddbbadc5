"""What Plex made of a write: applied, dropped, or moving; and its normal forms."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.conclude import (
    Outcome,
    is_plausible,
    is_same,
    needs_second_read,
    new_forms,
    outcome,
    part_of,
    remember,
)
from reconciler.core.desire import Rule, Wanted
from reconciler.core.memory import Memory, Reason, Verdict
from reconciler.core.values import Change, Field, FieldValue
from tests.core.little_plex import Habits, LittlePlex

TITLE, GENRES = Field.TITLE, Field.GENRES
LONG = "x" * 300


def value(text: str = "", *, locked: bool = False) -> FieldValue:
    return FieldValue(value=text, locked=locked)


def tags(*names: str, locked: bool = False) -> FieldValue:
    return FieldValue(elements=names, locked=locked)


def wants(*names: str) -> Wanted:
    return Wanted(elements=names)


SENT = Change(value="new", lock=True)
ADDED = Change(elements=("A", "B"), removed=("C",), lock=None)

CASES = [
    pytest.param(
        TITLE, SENT, value("old"), value("new", locked=True), None, "applied", id="sent"
    ),
    pytest.param(
        TITLE, SENT, value("old"), value("old"), value("old"), "unchanged", id="dropped"
    ),
    pytest.param(
        TITLE,
        SENT,
        value("old"),
        value("new"),
        value("new"),
        "applied",
        id="the lock was not taken",
    ),
    pytest.param(
        TITLE,
        SENT,
        value("old"),
        value("New", locked=True),
        value("New", locked=True),
        "applied",
        id="a normal form",
    ),
    pytest.param(
        TITLE,
        SENT,
        value("old"),
        value("half", locked=True),
        value("new", locked=True),
        "unstable",
        id="moves",
    ),
    pytest.param(
        TITLE, SENT, value("old"), value("hers"), None, "unstable", id="read once"
    ),
    pytest.param(
        TITLE,
        Change(value=LONG + "tail"),
        value(LONG[:255]),
        value(LONG[:255]),
        None,
        "applied",
        id="cut where it was cut before",
    ),
    pytest.param(
        TITLE,
        Change(value="longer"),
        value("long"),
        value("long"),
        None,
        "unchanged",
        id="dropped, and the old was the beginning of the new",
    ),
    pytest.param(
        GENRES,
        ADDED,
        tags("C", "X"),
        tags("x", "b", "a"),
        None,
        "applied",
        id="tags in any order and spelling",
    ),
    pytest.param(
        GENRES,
        ADDED,
        tags("C"),
        tags("A", "B", "C"),
        tags("A", "B", "C"),
        "unstable",
        id="tags, a removal that was ignored",
    ),
    pytest.param(
        GENRES, ADDED, tags("C"), tags("c"), None, "unchanged", id="tags dropped"
    ),
    pytest.param(
        GENRES, ADDED, tags("C"), tags("A"), tags("A", "B"), "unstable", id="tags move"
    ),
]


@pytest.mark.parametrize(
    ("field", "change", "before", "after", "again", "expected"), CASES
)
def test_an_outcome(  # noqa: PLR0913, PLR0917 - a table's columns
    field: Field,
    change: Change,
    before: FieldValue,
    after: FieldValue,
    again: FieldValue | None,
    expected: str,
) -> None:
    assert outcome(field, change, before, after, again) == expected


@pytest.mark.parametrize(
    ("after", "is_needed"),
    [
        (value("new", locked=True), False),
        (value("old"), False),
        (value("New", locked=True), True),
    ],
    ids=["applied", "dropped", "neither"],
)
def test_a_second_read_is_for_what_is_neither(
    after: FieldValue,
    is_needed: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert needs_second_read(TITLE, SENT, value("old"), after) == is_needed


TEXTS = st.sampled_from(["", "a", "b", "A"])
READS = st.builds(
    FieldValue,
    value=TEXTS,
    elements=st.lists(TEXTS.filter(bool), max_size=2).map(tuple),
    locked=st.booleans(),
)


@given(st.sampled_from([TITLE, GENRES]), READS, READS, READS, READS)
def test_without_need_of_it_a_second_read_tells_nothing(
    field: Field, sent: FieldValue, before: FieldValue, after: FieldValue, x: FieldValue
) -> None:
    change = Change(value=sent.value, elements=sent.elements, lock=sent.locked)

    if not needs_second_read(field, change, before, after):
        with_it = outcome(field, change, before, after, x)
        assert outcome(field, change, before, after, None) is with_it


def test_the_order_of_tags_is_no_difference() -> None:
    assert is_same(GENRES, tags("a", "B"), tags("b", "A"))
    assert not is_same(GENRES, tags("a"), tags("a", locked=True))


# what is remembered


def test_a_value_is_remembered_as_plex_has_it() -> None:
    memory = Memory(base="new")

    seen = value("New", locked=True)

    assert remember(TITLE, memory, SENT, value(), seen) == replace(memory, seen=seen)


def test_what_is_forgotten_stays_forgotten() -> None:
    memory = Memory(reason=Reason.WITHDRAWN, first=value("first"))

    change = Change(value="first", lock=False)

    assert remember(TITLE, memory, change, value("ours"), value("first")) == memory


def test_added_elements_are_remembered_as_plex_spells_them() -> None:
    memory = Memory(base=("Sci-Fi",), owned=("Sci-Fi",))
    change = Change(elements=("Sci-Fi",))

    after = remember(GENRES, memory, change, tags(), tags("SCI-FI"))

    assert (after.owned, after.forms) == (("SCI-FI",), {})


def test_an_element_that_did_not_arrive_is_not_owned() -> None:
    memory = Memory(base=("A", "B"), owned=("A", "B"))
    change = Change(elements=("A", "B"))

    assert remember(GENRES, memory, change, tags(), tags("B")).owned == ("B",)


@pytest.mark.parametrize(
    ("sent", "before", "after", "forms"),
    [
        (("A",), tags(), tags("a"), {}),
        ((LONG,), tags("X"), tags("X", LONG[:255]), {LONG: LONG[:255]}),
        (("A & B",), tags(), tags("A and B"), {"a & b": "A and B"}),
        (("A & B", "C"), tags(), tags("c", "A and B"), {"a & b": "A and B"}),
        (("A", "B"), tags(), tags("Y", "Z"), {}),
        (("A",), tags(), tags(), {}),
        (("A",), tags("Y"), tags("Y"), {}),
        (("A", LONG), tags(), tags(LONG[:255]), {LONG: LONG[:255]}),
    ],
    ids=[
        "spelling",
        "cut",
        "another word",
        "another word among others",
        "which is which",
        "dropped",
        "was there before",
        "cut, and another one dropped",
    ],
)
def test_a_form(
    sent: tuple[str, ...],
    before: FieldValue,
    after: FieldValue,
    forms: dict[str, str],
) -> None:
    assert new_forms(Change(elements=sent), before, after) == forms


# whole ways through Plex's habits

HABITS = [
    pytest.param(Habits(width=255), id="cuts at 255"),
    pytest.param(Habits(form="NFD"), id="decomposes"),
    pytest.param(Habits(shouts=True), id="knows another spelling"),
    pytest.param(Habits(replaces=True, width=255), id="replaces"),
]
NAMES = ("caf\u00e9", LONG)


@pytest.mark.parametrize("habits", HABITS)
def test_elements_come_and_go_in_their_normal_form(habits: Habits) -> None:
    plex = LittlePlex(field=GENRES, habits=habits, has=tags("Hers"))

    plex.deliver(wants(*NAMES))
    there = plex.has
    second = plex.deliver(wants(*NAMES))
    third = plex.deliver(wants(NAMES[0]))
    plex.deliver(wants())

    expected = {"Hers", *(habits.made_of(name) for name in NAMES)}
    assert set(there.elements) == expected
    assert second.change is None
    assert third.taken == (habits.made_of(LONG),)
    assert plex.has == tags("Hers")


@pytest.mark.parametrize("habits", HABITS)
def test_a_value_comes_and_goes_in_its_normal_form(habits: Habits) -> None:
    plex = LittlePlex(field=TITLE, habits=habits, has=value("First"))

    plex.deliver(Wanted(value=LONG))
    second = plex.deliver(Wanted(value=LONG))
    changed = plex.deliver(Wanted(value=LONG + "tail"))
    plex.deliver(Wanted())

    assert (second.reason, second.change) == (Reason.EQUAL, None)
    assert changed.change == Change(value=LONG + "tail", lock=True)
    assert plex.has.value == habits.made_of("First")


def test_a_title_that_moves_beyond_where_plex_cuts_is_done() -> None:
    """Or it would be tried again and again, and be given up as a dead letter."""
    plex = LittlePlex(field=TITLE, habits=Habits(width=255))
    plex.deliver(Wanted(value=LONG + "one", rule=Rule(lock=False)))

    plex.deliver(Wanted(value=LONG + "two", rule=Rule(lock=False)))

    assert plex.judged is Outcome.APPLIED
    assert plex.memory.base == LONG + "two"
    assert plex.decide(Wanted(value=LONG + "two", rule=Rule(lock=False))).change is None


def test_a_lock_that_came_between_the_read_and_the_write_is_not_ours() -> None:
    change, before = Change(value="B"), value("A")
    memory = Memory(base="B", verdict=Verdict.WRITTEN, ours=True, first=value("A"))

    after = FieldValue(value="B", locked=True)

    assert not remember(TITLE, memory, change, before, after).holds_lock
    locking = replace(change, lock=True)
    assert remember(TITLE, memory, locking, before, after).holds_lock


def test_a_vetoed_form_stays_out() -> None:
    plex = LittlePlex(field=GENRES, habits=Habits(width=255))
    plex.deliver(wants(LONG, "A"))
    plex.has = tags("A", locked=True)

    veto = plex.deliver(wants(LONG, "A"))

    assert veto.reason is Reason.VETO
    assert plex.deliver(wants(LONG, "A")).change is None


def test_two_elements_may_have_one_form() -> None:
    plex = LittlePlex(field=GENRES, habits=Habits(width=255))
    one, two = LONG + "1", LONG + "2"

    plex.deliver(wants(one, two))
    again = plex.decide(wants(one, two))
    plex.deliver(wants(one))
    kept = plex.has
    plex.deliver(wants())

    assert again.change is None
    assert kept.elements == (LONG[:255],)
    assert plex.has == tags()


@given(st.text(max_size=9))
def test_a_form_is_read_again_as_what_was_sent(text: str) -> None:
    """NFC or not, trimmed or not: no form is needed for what has one identity."""
    sent = Change(elements=(text,))
    after = tags(unicodedata.normalize("NFD", f" {text} "))

    assert new_forms(sent, tags(), after) == {}


def test_what_was_to_go_and_is_there_is_no_normal_form() -> None:
    """Another item may have had it spelled anew: it is to be taken out again."""
    before = FieldValue(elements=("Nature", "Silent"))
    after = FieldValue(elements=("silent",))
    change = Change(elements=(), removed=("Nature", "Silent"))

    assert outcome(Field.GENRES, change, before, after, after) is Outcome.UNSTABLE


@pytest.mark.parametrize(
    ("sent", "found", "can_be"),
    [
        ("Filmed at  dawn.", "filmed at dawn.", True),
        ("A year on one shore. " * 20, "A year on one shore. " * 12, True),
        ("Filmed at dawn.", "Filmed", False),
        ("Filmed at dawn.", "My own words", False),
    ],
)
def test_what_a_server_can_have_made_of_a_value(
    sent: str, found: str, *, can_be: bool
) -> None:
    """Whatever else stands there may be somebody's who came in between."""
    after = FieldValue(value=found, locked=True)

    assert is_plausible(Field.SUMMARY, Change(value=sent, lock=True), after) is can_be
    assert not is_plausible(Field.SUMMARY, Change(value=sent, lock=False), after)


@pytest.mark.parametrize(
    ("found", "can_be"),
    [(("nature", "Silent", "Heirloom"), True), (("Nature", "Heirloom"), False)],
)
def test_what_a_server_can_have_made_of_a_set(
    found: tuple[str, ...], *, can_be: bool
) -> None:
    change = Change(elements=("Nature", "Silent"))

    assert is_plausible(Field.GENRES, change, FieldValue(elements=found)) is can_be


PARTS = Change(elements=("Heirloom", "Nature", "Silent"), removed=("Old",), lock=True)


def _left(*found: str, locked: bool = True) -> Memory | None:
    """Say what is remembered where that is found, long after it was sent."""
    memory = Memory(base=("Nature", "Silent"), owned=("Nature", "Silent"), ours=True)
    before = FieldValue(elements=("Heirloom", "Old"))
    after = FieldValue(elements=found, locked=locked)
    return part_of(Field.GENRES, memory, PARTS, before, after)


def test_what_is_left_of_a_set_is_ours_and_the_rest_is_wanted_anew() -> None:
    """What has come beside it is nobody's form of what is gone."""
    left = _left("Nature", "Winter")

    assert left is not None
    assert (left.base, left.owned, left.forms) == (("Nature",), ("Nature",), {})
    assert left.seen == FieldValue(elements=("Nature", "Winter"), locked=True)


@pytest.mark.parametrize("verdict", [Verdict.UNDONE, Verdict.RELEASED])
def test_nothing_is_wanted_anew_of_what_a_person_had_taken_back(
    verdict: Verdict,
) -> None:
    memory = Memory(verdict=verdict, base=("Nature",))
    before, change = tags("Nature"), Change(elements=("Ice", "Snow"))

    left = part_of(GENRES, memory, change, before, tags("Ice", "Fog"))

    assert left is not None
    assert (left.verdict, left.base, left.owned) == (verdict, ("Nature",), ())


@pytest.mark.parametrize(
    ("found", "locked"),
    [
        (("Heirloom", "Winter"), True),
        (("Nature", "Old"), True),
        (("Nature",), False),
    ],
    ids=["nothing of it", "what it took out", "not its lock"],
)
def test_what_does_not_come_of_a_set_is_others(
    found: tuple[str, ...], *, locked: bool
) -> None:
    assert _left(*found, locked=locked) is None


def test_a_value_has_no_parts() -> None:
    change, after = Change(value="Filmed at dawn."), FieldValue(value="Filmed")

    assert part_of(Field.SUMMARY, Memory(), change, FieldValue(), after) is None
