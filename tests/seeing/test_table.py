"""The table of operations in docs/design.md and the list of them say the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.seeing.listed import OPERATIONS
from tests.seeing.operation import NEWEST, Operation, Version, Within

DESIGN = Path(__file__).parents[2] / "docs" / "design.md"
LEFT_TO_THE_SWEEP = {
    "sceneAssignFile",
    "moveFiles (below v0.29)",
    "deleteFiles (below v0.29)",
    "fileSetFingerprints",
    "generate: phash",
    "scan: metadata and fingerprints filled in",
    "migrateSceneScreenshots",
    "a folder renamed by a job that was missed with all that came after it",
    "execSQL and other programs",
}
"""All that nothing tells of, neither a stamp nor a count nor a job."""


class Told(NamedTuple):
    """An operation as the table has it."""

    name: str
    within: str


def _rows() -> list[list[str]]:
    text = DESIGN.read_text(encoding="utf-8")
    _, _, rest = text.partition("| operation in Stash | how it is seen | within |\n")
    table, _, _ = rest.partition("\n\n")
    _, *lines = table.splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _told() -> Iterator[Told]:
    for names, _, within in _rows():
        for name in names.split(", "):
            yield Told(name, within)


def _versions(operation: Operation) -> str:
    """Say which versions a row is about, as the table does."""
    if operation.before != NEWEST:
        return f" (below {_version(operation.before)})"
    if operation.since == (0, 30, 1, 19):  # the nineteenth commit behind a release
        return " (after v0.30.1)"
    return f" (from {_version(operation.since)})" if operation.since else ""


def _version(numbers: Version) -> str:
    return "v" + ".".join(map(str, numbers))


def _listed() -> list[Told]:
    return [Told(f"{one.name}{_versions(one)}", one.within) for one in OPERATIONS]


def test_the_table_has_the_operations_of_the_list_and_no_others() -> None:
    assert sorted(_told()) == sorted(_listed())


def test_every_row_says_how() -> None:
    rows = _rows()

    assert len(rows) > 30
    assert [row for row in rows if len(row) != 3 or not row[1]] == []


def test_no_more_is_left_to_the_sweep_than_has_to_be() -> None:
    left = {told.name for told in _told() if told.within == Within.SWEEP}

    assert left == LEFT_TO_THE_SWEEP


@pytest.mark.parametrize("version", [(0, 27), (0, 29), (0, 30, 1, 19)])
def test_an_operation_has_one_row_in_every_version(version: Version) -> None:
    names = [o.name for o in OPERATIONS if o.since <= version < o.before]

    assert len(names) == len(set(names))


def test_whatever_the_double_can_change_is_an_operation() -> None:
    """What is made anew and nobody refers to yet is none, nor is stopping a job."""
    schema = DESIGN.parents[1] / "tests" / "sandbox" / "stash" / "schema.graphql"
    _, _, rest = schema.read_text(encoding="utf-8").partition("type Mutation {\n")
    mutations = set(re.findall(r"^  (\w+)\(", rest.partition("\n}")[0], re.MULTILINE))
    words = set(re.findall(r"\w+", " ".join(told.name for told in _told())))
    jobs = {
        "metadataScan": "scan",
        "metadataClean": "clean",
        "metadataGenerate": "generate",
        "metadataAutoTag": "auto",
        "metadataIdentify": "identify",
    }
    harmless = {f"{kind}Create" for kind in ("performer", "tag", "studio", "group")}

    seen = {name for name in mutations if jobs.get(name, name) in words}

    assert mutations - seen == harmless | {"stopJob"}
