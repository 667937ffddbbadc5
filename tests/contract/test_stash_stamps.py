"""Stamps: how they look and how they compare (facts §3)."""

import re
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

import pytest

from tests.contract.stash_server import StashServer

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def test_stamps_are_whole_seconds_with_the_offset_of_the_server(
    stash: StashServer,
) -> None:
    scene = stash.scene(stash.make("Scene"), "created_at updated_at")

    assert STAMP.fullmatch(scene["updated_at"])
    assert scene["created_at"] == scene["updated_at"]


def test_history_is_told_in_utc(stash: StashServer) -> None:
    made = stash.make("Scene")
    stash.ask("mutation($id: ID!) { sceneAddPlay(id: $id) { count } }", id=made)

    scene = stash.scene(made, "last_played_at play_history play_count updated_at")

    assert scene["play_history"] == [scene["last_played_at"]]
    assert scene["play_count"] == 1
    assert STAMP.fullmatch(scene["last_played_at"])
    assert scene["last_played_at"].endswith("Z")


@pytest.fixture(scope="module")
def stamped(stash: StashServer) -> tuple[str, str]:
    """Make a scene, and return its id and its stamp."""
    made = stash.make("Scene")
    return made, stash.stamps("Scene", [made])[made]


def wall(stamp: str) -> str:
    """Return the part of *stamp* that a clock on the server's wall shows."""
    return stamp[:19]


# A text made of a scene's stamp, and whether `updated_at > text` is true of the scene.
TEXTS: list[tuple[str, Callable[[str], str], bool]] = [
    ("itself", lambda stamp: stamp, False),
    ("without the offset", wall, True),
    ("to the minute", lambda stamp: stamp[:16], True),
    ("the day", lambda stamp: stamp[:10], True),
    ("a blank for the T, later", lambda stamp: f"{stamp[:10]} 23:59:59", True),
    ("the same with another offset", lambda stamp: f"{wall(stamp)}+00:00", True),
    ("the same with a Z", lambda stamp: f"{wall(stamp)}Z", False),
    ("a number", lambda _: "9999", True),
    ("seconds since 1970", lambda _: "99999999999", True),
    ("a power", lambda _: "9.9e99", True),
    ("a number in blanks", lambda _: "  9999 ", True),
    ("nothing", lambda _: "", True),
    ("a later year", lambda _: "9999-01-01", False),
    ("a word", lambda _: "yesterday", False),
    ("something before all digits", lambda _: "!", True),
]


@pytest.mark.parametrize(
    ("text", "expected"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS]
)
def test_greater_than_is_strict_and_compares_text(
    stash: StashServer,
    stamped: tuple[str, str],
    text: Callable[[str], str],
    expected: bool,  # noqa: FBT001 - from the table
) -> None:
    """No zone is looked at; what looks like a number is less than any stamp."""
    scene, stamp = stamped
    value = text(stamp)

    given = {"updated_at": {"value": value, "modifier": "GREATER_THAN"}}

    assert (scene in stash.find(given)) == expected


def test_a_fraction_is_text_as_well(
    stash: StashServer, stamped: tuple[str, str]
) -> None:
    scene, stamp = stamped
    value = f"{wall(stamp)}.5{stamp[19:]}"

    given = {"updated_at": {"value": value, "modifier": "GREATER_THAN"}}

    assert (scene in stash.find(given)) == (stamp > value)


MODIFIERS = [
    ("EQUALS", None, True),
    ("NOT_EQUALS", None, False),
    ("LESS_THAN", None, False),
    ("BETWEEN", "9999", False),  # a number is no upper end for text
    ("BETWEEN", "9999-01-01", True),
    ("BETWEEN", None, True),  # up to tomorrow
    ("NOT_BETWEEN", "9999-01-01", False),
    ("IS_NULL", None, False),
    ("NOT_NULL", None, True),
]


@pytest.mark.parametrize(("modifier", "upper", "expected"), MODIFIERS)
def test_the_other_comparisons_with_a_scenes_own_stamp(
    stash: StashServer,
    stamped: tuple[str, str],
    modifier: str,
    upper: str | None,
    expected: bool,  # noqa: FBT001 - from the table
) -> None:
    scene, stamp = stamped

    given = {"value": stamp, "value2": upper, "modifier": modifier}

    assert (scene in stash.find({"updated_at": given})) == expected


def test_less_than_a_number_is_nothing(stash: StashServer) -> None:
    given = {"updated_at": {"value": "9999", "modifier": "LESS_THAN"}}

    assert stash.find(given) == []


def test_creation_compares_alike(stash: StashServer, stamped: tuple[str, str]) -> None:
    scene, stamp = stamped

    given = {"created_at": {"value": stamp, "modifier": "EQUALS"}}

    assert scene in stash.find(given)


def test_the_stamp_is_the_servers_own_time(stash: StashServer) -> None:
    """The Date of its answers and its stamps come from one clock."""
    made = stash.make("Scene")
    answer = stash.post({"query": "{ version { hash } }"})

    stamp = datetime.fromisoformat(stash.stamps("Scene", [made])[made])
    told = parsedate_to_datetime(answer.headers["Date"])

    assert abs(stamp.timestamp() - told.timestamp()) < 5
