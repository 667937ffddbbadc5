"""What of Stash's answers no ledger could hold: put right, or not taken."""

from typing import Any

import pytest

from reconciler.core.errors import StrangerError
from reconciler.core.values import Scene, SceneId
from tests.clients.canned import Canned, client, data, scene, status

WRONG: list[object] = [
    None,
    True,
    1.5,
    float("inf"),
    -1,
    2**63,
    10**30,
    "",
    "x",
    "1.5",
    "9" * 5_000,
    [],
]


def read(**fields: Any) -> Scene:  # noqa: ANN401 - whatever an answer may hold
    canned = Canned(Single=data(findScene={**scene(7), **fields}))
    (found,) = client(canned).read([SceneId(7)])
    return found


@pytest.mark.parametrize("wrong", WRONG)
def test_a_number_that_no_database_holds_is_not_taken(wrong: object) -> None:
    with pytest.raises(StrangerError, match="data of another shape"):
        read(id=wrong)
    with pytest.raises(StrangerError, match="data of another shape"):
        read(tags=[{"id": wrong, "name": "a", "parents": []}])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("\U0001f98a", "\U0001f98a"),
        ("\x00\u202e", "\x00\u202e"),
    ],
)
def test_half_a_character_is_replaced(text: str, expected: str) -> None:
    found = read(
        title=text,
        updated_at=text,
        tags=[{"id": "1", "name": text, "parents": []}],
        files=[{"id": "1", "path": text, "fingerprints": []}],
    )

    assert (found.title, found.stamp) == (expected, expected)
    assert (found.tags[0].name, found.files[0].path) == (expected, expected)


def test_a_version_of_a_thousand_digits_is_read() -> None:
    canned = Canned(
        Status=status(version="v" + "9" * 5_000 + ".1"),
        Size=data(stats={"scene_count": 3}),
    )

    assert client(canned).probe().scenes == 3
