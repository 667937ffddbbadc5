"""What has room is left alone; what has not ends early, and says so."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.canonical import block
from reconciler.core.fitting import first_fitting, fitting

TEXT = st.text(
    st.sampled_from("ab \n,;%é日🦊\u0301\u200d\u202e…")
    | st.characters(exclude_categories=["Cs"]),
    max_size=120,
)
ROOMS = st.integers(9, 200)


def length(text: str) -> int:
    return len(quote(text, safe=""))


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("a whole word", 16, "a whole word"),
        ("a whole word", 15, "a…"),
        ("one two three four", 17, "one…"),
        ("one two three four", 20, "one two…"),
        ("ab\ncd ef gh ij", 20, "ab\ncd…"),
        ("x" * 100, 20, "x" * 11 + "…"),
        ("日本語の説明", 30, "日本…"),
        ("e\u0301e\u0301e\u0301", 18, "e\u0301…"),
        ("🧑\u200d🌾" * 3, 50, "🧑\u200d🌾…"),
        ("\u0301" * 100, 20, "…"),
        ("a " + "b" * 500, 100, "a " + "b" * 87 + "…"),
    ],
)
def test_where_a_text_ends(text: str, room: int, expected: str) -> None:
    assert fitting(text, room) == expected


@given(TEXT, ROOMS)
def test_a_cut_text_has_room_and_is_cut_once(text: str, room: int) -> None:
    found = fitting(text, room)

    assert length(found) <= room
    assert fitting(found, room) == found
    assert (found == text) == (length(text) <= room)  # as it is spelled in a query
    assert text.startswith(found.removesuffix("…"))


@given(TEXT, ROOMS)
def test_a_cut_text_stays_in_form(text: str, room: int) -> None:
    found = fitting(block(text), room)

    assert block(found) == found


@given(st.lists(TEXT, max_size=20), st.integers(0, 2000))
def test_names_come_in_their_order_and_as_many_as_have_room(
    names: list[str], room: int
) -> None:
    found = first_fitting(names, room)

    assert list(found) == names[: len(found)]
    assert sum(length(name) + 25 for name in found) <= room
    more = names[: len(found) + 1]
    is_all = len(found) == len(names)
    assert is_all or sum(length(name) + 25 for name in more) > room
