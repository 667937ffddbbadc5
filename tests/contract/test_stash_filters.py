"""Filters of scenes by their own values, and how they combine (facts §1.3)."""

from collections.abc import Callable, Mapping

import pytest

from tests.contract.stash_server import StashServer

COUNT = "query($f: SceneFilterType) { findScenes(scene_filter: $f) { count } }"
FIRST, SECOND, THIRD = 0, 1, 2


@pytest.fixture(scope="module")
def three(stash: StashServer) -> list[str]:
    """Make three scenes with ids one after the other."""
    return [
        stash.make("Scene", title=stash.name("The Heron"), details="Dawn, still water"),
        stash.make("Scene", title=stash.name("THE heron"), rating100=60),
        stash.make("Scene", title=stash.name("Tide pools"), organized=True),
    ]


def found_of(
    stash: StashServer, three: list[str], given: Mapping[str, object]
) -> list[int]:
    """Return which of the three the filter finds."""
    return [three.index(scene_id) for scene_id in stash.find(given, among=three)]


@pytest.mark.parametrize(
    ("modifier", "expected"),
    [
        ("EQUALS", [SECOND]),
        ("NOT_EQUALS", [FIRST, THIRD]),
        ("GREATER_THAN", [THIRD]),
        ("LESS_THAN", [FIRST]),
        ("BETWEEN", [SECOND, THIRD]),
        ("NOT_BETWEEN", [FIRST]),
        ("IS_NULL", []),
        ("NOT_NULL", [FIRST, SECOND, THIRD]),
    ],
)
def test_ids_compare_as_numbers(
    stash: StashServer, three: list[str], modifier: str, expected: list[int]
) -> None:
    """The upper end counts in BETWEEN, and equality counts in neither < nor >."""
    low, high = int(three[SECOND]), int(three[THIRD])

    given = {"id": {"value": low, "value2": high, "modifier": modifier}}

    assert found_of(stash, three, given) == expected


@pytest.mark.parametrize(
    ("criterion", "value", "said"),
    [
        ("id", 1, "unsupported numeric modifier type INCLUDES_ALL"),
        ("title", "heron", "unsupported string filter modifier"),
        ("updated_at", "2026", "unsupported date modifier type"),
    ],
)
def test_a_modifier_that_does_not_fit_makes_the_server_panic(
    stash: StashServer, criterion: str, value: object, said: str
) -> None:
    given = {criterion: {"value": value, "modifier": "INCLUDES_ALL"}}

    message, data = stash.refusal(COUNT, f=given)

    assert message == f"Internal system error. Error <{said}>"
    assert data is None


TEXTS: list[tuple[str, str, str, list[int]]] = [
    ("title", "EQUALS", "the heron%", [FIRST, SECOND]),
    ("title", "EQUALS", "tide_pools%", [THIRD]),
    ("title", "EQUALS", "Tide pools", []),
    ("title", "NOT_EQUALS", "the heron%", [THIRD]),
    ("title", "INCLUDES", "pools heron", [FIRST, SECOND, THIRD]),
    ("title", "INCLUDES", '"pools heron"', []),
    ("title", "EXCLUDES", "pools nothing", [FIRST, SECOND]),
    ("title", "MATCHES_REGEX", "^The", [FIRST]),
    ("title", "NOT_MATCHES_REGEX", "^T[hH]", [THIRD]),
    ("title", "NOT_NULL", "", [FIRST, SECOND, THIRD]),
    ("details", "NOT_NULL", "", [FIRST]),
    ("details", "IS_NULL", "", [SECOND, THIRD]),
    ("details", "EXCLUDES", "dawn", []),
    ("details", "NOT_EQUALS", "dusk", [FIRST]),
]


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: " ".join(row[:3]))
def test_text_is_compared_with_like(
    stash: StashServer, three: list[str], row: tuple[str, str, str, list[int]]
) -> None:
    """Case is nothing, `%` and `_` are wild, and what is unset meets no negation."""
    field, modifier, value, expected = row

    given = {field: {"value": value, "modifier": modifier}}

    assert found_of(stash, three, given) == expected


def test_a_broken_regular_expression_is_refused(stash: StashServer) -> None:
    given = {"title": {"value": "(", "modifier": "MATCHES_REGEX"}}

    assert stash.refusal(COUNT, f=given)[0].startswith("error parsing regexp")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"organized": True}, [THIRD]),
        ({"organized": False}, [FIRST, SECOND]),
        ({"rating100": {"value": 50, "modifier": "GREATER_THAN"}}, [SECOND]),
        ({"rating100": {"value": 50, "modifier": "NOT_EQUALS"}}, [SECOND]),
        ({"rating100": {"value": 0, "modifier": "IS_NULL"}}, [FIRST, THIRD]),
        ({"file_count": {"value": 0, "modifier": "EQUALS"}}, [FIRST, SECOND, THIRD]),
        ({"is_missing": "cover"}, [FIRST, SECOND, THIRD]),
        ({"is_missing": "details"}, [SECOND, THIRD]),
        ({"is_missing": ""}, [FIRST, SECOND, THIRD]),
    ],
)
def test_other_criteria(
    stash: StashServer,
    three: list[str],
    given: Mapping[str, object],
    expected: list[int],
) -> None:
    assert found_of(stash, three, given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (lambda own: {**own, "AND": {"organized": True}}, []),
        (lambda own: {**own, "OR": {"organized": True}}, [FIRST, THIRD]),
        (lambda own: {**own, "NOT": {"organized": True}}, [FIRST]),
        (lambda own: {"NOT": own}, [SECOND, THIRD]),
        (lambda own: {"OR": own}, [FIRST]),
        (lambda own: {"organized": True, "OR": {"OR": own}}, [FIRST, THIRD]),
    ],
)
def test_one_operator_joins_a_level_with_the_next(
    stash: StashServer,
    three: list[str],
    given: Callable[[Mapping[str, object]], Mapping[str, object]],
    expected: list[int],
) -> None:
    own = {"id": {"value": int(three[FIRST]), "modifier": "EQUALS"}}

    assert found_of(stash, three, given(own)) == expected


@pytest.mark.parametrize(
    ("one", "other"), [("AND", "OR"), ("AND", "NOT"), ("OR", "NOT")]
)
def test_two_operators_on_one_level_are_refused(
    stash: StashServer, one: str, other: str
) -> None:
    given = {one: {"organized": True}, other: {"organized": True}}

    said = f"cannot have {one} and {other} in the same filter"
    assert stash.refusal(COUNT, f=given)[0] == said


def test_a_path_is_compared_as_a_whole_and_without_case(stash: StashServer) -> None:
    scene = stash.scene_with_file()
    path = scene["files"][0]["path"]

    def found(value: str) -> list[str]:
        return stash.find({"path": {"value": value, "modifier": "EQUALS"}})

    assert scene["id"] in found(path.swapcase())
    assert scene["id"] in found(f"{path[:5]}%{path[-4:]}")
    assert found(path[:-1]) == []


def test_a_scene_without_files_meets_no_path_not_even_a_negated_one(
    stash: StashServer, three: list[str]
) -> None:
    for modifier in ("NOT_EQUALS", "EXCLUDES"):
        given = {"path": {"value": "nowhere", "modifier": modifier}}

        assert found_of(stash, three, given) == []
