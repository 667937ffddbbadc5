"""What an item should say of a scene."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core import canonical
from reconciler.core.desire import Rule, Wanted, desire, is_placeholder, whole_date
from reconciler.core.fitting import NAME, NAMES, VALUE
from reconciler.core.values import Entity, Field, Kind, Policy, Scene, SceneId

PATH = "/films/The.Film (2024).mp4"
POLICIES = st.sampled_from(Policy)
RULES = st.dictionaries(
    st.sampled_from(Field), st.builds(Rule, policy=POLICIES, lock=st.booleans())
)


def scene(**fields: object) -> Scene:
    return Scene(id=SceneId(1), stamp="", **fields)  # type: ignore[arg-type] # by name


def named(kind: Kind, *names: str) -> tuple[Entity, ...]:
    return tuple(
        Entity(kind=kind, id=number, name=name) for number, name in enumerate(names)
    )


def test_a_whole_scene() -> None:
    rule = Rule(policy=Policy.ENFORCE, lock=False)
    whole = scene(
        title="  A\tTitle ",
        details="One\r\nTwo",
        date="2024-05-01",
        studio=named(Kind.STUDIO, " Studio  One ")[0],
        performers=named(Kind.PERFORMER, "bea", "Ada"),
        tags=named(Kind.TAG, "b", "A", "a ", ""),
    )

    assert desire(whole, PATH, dict.fromkeys(Field, rule)) == {
        Field.TITLE: Wanted(value="A Title", rule=rule),
        Field.SUMMARY: Wanted(value="One\nTwo", rule=rule),
        Field.STUDIO: Wanted(value="Studio One", rule=rule),
        Field.DATE: Wanted(value="2024-05-01", rule=rule),
        Field.GENRES: Wanted(elements=("A", "b"), rule=rule),
        Field.ACTORS: Wanted(elements=("Ada", "bea"), rule=rule),
    }


def test_an_empty_scene_has_no_opinion_but_on_its_title() -> None:
    wanted = desire(scene(), PATH, {})

    assert {field: want.content for field, want in wanted.items()} == {
        Field.TITLE: "The.Film (2024)",
        Field.SUMMARY: "",
        Field.STUDIO: "",
        Field.DATE: "",
        Field.GENRES: "",
        Field.ACTORS: "",
    }


@pytest.mark.parametrize("policy", [Policy.PUSH, Policy.ENFORCE, Policy.FILL])
def test_a_file_name_for_a_title_only_fills_and_is_not_locked(policy: Policy) -> None:
    rules = {Field.TITLE: Rule(policy=policy, lock=True)}

    title = desire(scene(title=" \x00 "), PATH, rules)[Field.TITLE]

    rule = Rule(policy=Policy.FILL, lock=False)
    assert title == Wanted(value="The.Film (2024)", rule=rule, is_fallback=True)


def test_a_title_that_is_off_stays_off_where_there_is_none() -> None:
    rules = {Field.TITLE: Rule(policy=Policy.OFF)}

    assert desire(scene(), PATH, rules)[Field.TITLE].rule.policy is Policy.OFF


@given(RULES, st.text(), st.lists(st.text()))
def test_every_field_is_there_under_its_rule(
    rules: dict[Field, Rule], title: str, tags: list[str]
) -> None:
    off = {field for field, rule in rules.items() if rule.policy is Policy.OFF}

    wanted = desire(scene(title=title, tags=named(Kind.TAG, *tags)), PATH, rules)

    assert wanted.keys() == set(Field)
    assert {f for f, w in wanted.items() if w.rule.policy is Policy.OFF} == off


def test_the_order_of_names_does_not_move_what_is_wanted() -> None:
    one = desire(scene(tags=named(Kind.TAG, "b", "a", "A")), PATH, {})
    other = desire(scene(tags=named(Kind.TAG, "A", "a", "b")), PATH, {})

    assert one == other


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-17", "2024-05-17"),
        (" 2024-05-17 ", "2024-05-17"),
        ("2024-05", "2024-05-01"),
        ("2024", "2024-01-01"),
        ("2024-02-29", "2024-02-29"),
        ("2023-02-29", ""),
        ("2024-13", ""),
        ("2024-00", ""),
        ("0000-00-00", ""),
        ("0000", ""),
        ("", ""),
        ("24-05-17", ""),
        ("2024-5-1", ""),
        ("2024-05-17T00:00:00Z", ""),
        ("soon", ""),
        ("\uff12\uff10\uff12\uff14", ""),
        ("2024\x00", ""),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31"),
    ],
)
def test_a_date(text: str, expected: str) -> None:
    assert whole_date(text) == expected


@pytest.mark.parametrize(
    "title", ["The.Film (2024)", "The Film", "the  film", "The_Film", "THE-FILM (1999)"]
)
def test_what_a_scanner_makes_of_a_file_name(title: str) -> None:
    assert is_placeholder(Field.TITLE, title, PATH)


@pytest.mark.parametrize("title", ["", "Film", "The Film II", "The Film (2024) x"])
def test_what_no_scanner_makes_of_it(title: str) -> None:
    assert not is_placeholder(Field.TITLE, title, PATH)


def test_only_titles_are_made_of_file_names() -> None:
    assert not is_placeholder(Field.SUMMARY, "The Film", PATH)


def test_names_stand_where_they_stand_once_they_are_stored() -> None:
    noisy = scene(tags=named(Kind.TAG, "\x01b", "a", "\tC", "c"))
    stored = canonical.restore(SceneId(1), "", canonical.snapshot(noisy).text)

    found = desire(noisy, PATH, {})[Field.GENRES].elements

    assert found == ("a", "b", "C")
    assert desire(stored, PATH, {})[Field.GENRES].elements == found


def test_a_value_that_is_too_long_ends_at_a_word() -> None:
    summary = desire(scene(details="a year on one shore " * 5000), PATH, {})

    found = summary[Field.SUMMARY]
    assert found.is_cut
    assert found.value.endswith((" year…", " on…", " one…", " shore…", " a…"))
    assert VALUE - 40 < len(quote(found.value, safe="")) <= VALUE


def test_what_fits_is_whole() -> None:
    wanted = desire(scene(title="t" * VALUE, details="s" * VALUE), PATH, {})

    assert not any(want.is_cut for want in wanted.values())


def test_of_too_many_names_the_first_are_wanted() -> None:
    people = [f"Person {number:03}" for number in range(500)]

    found = desire(scene(performers=named(Kind.PERFORMER, *people)), PATH, {})

    actors = found[Field.ACTORS]
    assert actors.is_cut
    assert actors.elements == tuple(people[: len(actors.elements)])
    assert len(actors.elements) == NAMES // (len("Person%20000") + 25)


def test_a_name_that_is_too_long_costs_no_other() -> None:
    tags = named(Kind.TAG, "b", "a" * 100_000)

    found = desire(scene(tags=tags), PATH, {})[Field.GENRES]

    assert found.is_cut
    assert [name[:2] for name in found.elements] == ["aa", "b"]
    assert len(quote(found.elements[0], safe="")) == NAME


def test_names_that_are_one_once_they_are_cut_are_one() -> None:
    tags = named(Kind.TAG, "a" * 3000 + "x", "A" * 3000 + "y")

    assert len(desire(scene(tags=tags), PATH, {})[Field.GENRES].elements) == 1
