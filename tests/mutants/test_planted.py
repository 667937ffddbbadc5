"""That the planted bugs still are what they say, whatever becomes of the code."""

from pathlib import Path

import pytest

from tests.mutants.planted import PLANTED, REQUIRED
from tests.mutants.planting import Bug

ROOT = Path(__file__).parents[2]

AGREED = {
    "watermark before the last page",
    "watermark outside the transaction",
    "inclusive cursor",
    "stale entry not cancelled",
    "settle without the revision",
    "journal after the PUT",
    "applied recorded before the read-back",
    "owned = all desired",
    "foreign element removed",
    "element re-added against a veto",
    "empty desired blanks at first contact",
    "take plex forgotten after one pass",
    "normal form compared raw",
    "undo ignores a later person's edit",
    "lock sent for a kept field",
    "two scenes writing one item",
    "brake judged per page",
    "entry delivered while planned",
    "dead id fails its batch",
    "title stem locked over a good title",
}
"""The least there has to be."""

each = pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)


@each
def test_a_bug_has_one_place_and_leaves_code_that_compiles(bug: Bug) -> None:
    text = (ROOT / bug.file).read_text(encoding="utf-8")

    planted = bug.planted(text)

    assert planted != text
    compile(planted, bug.file, "exec")


@each
def test_a_bug_names_laws_that_are_there(bug: Bug) -> None:
    assert bug.caught_by
    for test in bug.caught_by:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")
        assert "law" in path


def test_no_two_bugs_have_one_name() -> None:
    names = [bug.name for bug in PLANTED]
    assert len(names) == len(set(names))


def test_every_bug_that_was_agreed_is_planted() -> None:
    assert {bug.name for bug in REQUIRED} == AGREED
    assert len(PLANTED) >= len(AGREED) + 8
