"""That a bug which nothing catches is told, and that nothing is left of a bug."""

from pathlib import Path

import pytest

from tests.mutants.planting import Bug
from tests.mutants.run import catch, run_tests

_CODE = "def double(number):\n    return 2 * number\n"
_TEST = """\
from code_of_ours import double

def test_double():
    assert double(3) == 6
"""
_TESTS = ("test_it.py::test_double",)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Make the smallest repository there is."""
    (tmp_path / "code_of_ours.py").write_text(_CODE, encoding="utf-8")
    (tmp_path / "test_it.py").write_text(_TEST, encoding="utf-8")
    return tmp_path


def _bug(new: str) -> Bug:
    return Bug(
        name="a bug",
        file="code_of_ours.py",
        old="2 * number",
        new=new,
        caught_by=_TESTS,
    )


def test_a_bug_is_caught_by_the_test_that_fails_and_then_repaired(copy: Path) -> None:
    found = catch(_bug("3 * number"), _TESTS, copy)

    assert found.is_caught
    assert found.by == _TESTS[0]
    assert found.why == "assert 9 == 6"
    assert (copy / "code_of_ours.py").read_text(encoding="utf-8") == _CODE
    assert run_tests(copy, _TESTS, patience=60).is_green


def test_a_bug_that_nothing_catches_is_told(copy: Path) -> None:
    assert catch(_bug("number * 2"), _TESTS, copy).by == ""


def test_a_bug_that_keeps_its_tests_from_ending_is_caught(copy: Path) -> None:
    bug = _bug("[0 for one in iter(int, 1)]")

    assert catch(bug, _TESTS, copy, patience=3).by == "no end within 3 seconds"


def test_a_bug_that_does_not_run_is_not_counted_as_caught(copy: Path) -> None:
    found = catch(_bug("2 * nmuber"), _TESTS, copy)

    assert found.falls_over
    assert not found.is_caught


def test_a_bug_whose_place_has_gone_is_refused(copy: Path) -> None:
    (copy / "code_of_ours.py").write_text("pass\n", encoding="utf-8")

    with pytest.raises(ValueError, match="is 0 times in code_of_ours"):
        catch(_bug("3 * number"), _TESTS, copy)
