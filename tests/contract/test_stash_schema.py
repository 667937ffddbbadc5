"""The double's slice of the schema against what real servers told of theirs.

The recordings are the answers of a v0.27.2, a v0.30.1 and a build of 19 commits later
to `INTROSPECTION`, kept to the names that the slice has.
"""

import json
from pathlib import Path

import pytest

from tests.contract.conftest import VERSIONS
from tests.contract.stash_outline import INTROSPECTION, slice_outline, told_outline
from tests.contract.stash_server import StashServer

HERE = Path(__file__).parent


def recorded(version: str) -> dict[str, str]:
    text = (HERE / f"stash-{version}.json").read_text(encoding="utf-8")
    told: dict[str, str] = json.loads(text)
    return told


@pytest.mark.parametrize("version", VERSIONS)
def test_the_slice_is_what_the_recorded_server_told(version: str) -> None:
    """All of it and nothing more: what came later is cut out."""
    assert slice_outline(version) == recorded(version)


def test_what_an_older_server_lacks_is_marked() -> None:
    absent = recorded("0.30.1").keys() - recorded("0.27.2").keys()

    assert {name.partition("(")[0] for name in absent} >= {
        "Query.findFiles",
        "Query.findFolders",
        "SceneFilterType.files_filter",
        "Tag.sort_name",
        "VideoFile.parent_folder",
    }


def test_the_server_has_all_of_the_slice(stash: StashServer) -> None:
    told = told_outline(stash.ask(INTROSPECTION))

    expected = slice_outline(".".join(map(str, stash.version)))
    assert {name: told.get(name) for name in expected} == expected
