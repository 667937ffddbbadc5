"""Rules of the house that no linter knows: exceptions to other rules are counted."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = ("reconciler", "state")

EXCEPTIONS = {
    r"pragma: no cover": 0,
    r"# type: ignore": 4,
    r"# noqa": 40,
    r"except( Exception| BaseException)?:": 2,
}
"""What is excepted from a rule in the product, and exactly how often."""

_LONGEST = 320


def _sources(*folders: str) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("pattern", EXCEPTIONS)
def test_exceptions_are_as_many_as_were_agreed(pattern: str) -> None:
    found = [
        f"{path}:{number}"
        for path, text in _sources(*PRODUCT)
        for number, line in enumerate(text.splitlines(), start=1)
        if re.search(pattern, line)
    ]
    assert len(found) == EXCEPTIONS[pattern], found


def test_every_exception_has_its_reason_beside_it() -> None:
    bare = [
        f"{path}:{number}: {line.strip()}"
        for path, text in _sources(*PRODUCT, "tests")
        for number, line in enumerate(text.splitlines(), start=1)
        if re.search(r"# (noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\])\s*$", line)
    ]
    assert bare == []


def test_every_rule_that_is_off_says_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    off = [line for line in lines if re.match(r'\s+"[A-Z]+[0-9]+",', line)]

    assert off
    assert [line for line in off if "#" not in line] == []


def test_modules_hold_one_idea() -> None:
    long = [
        str(path)
        for path, text in _sources(*PRODUCT)
        if len(text.splitlines()) > _LONGEST
    ]
    assert long == []


def test_nothing_is_mocked() -> None:
    mock = "unittest." + "mock"
    assert [str(p) for p, text in _sources(*PRODUCT, "tests") if mock in text] == []


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_requirements_are_hashed_and_name_no_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9._-]+==.*$", text, flags=re.MULTILINE)

    assert pins
    assert [pin for pin in pins if not pin.endswith("\\")] == []
    assert "://" not in text


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8").lower()
    for dependency in project["project"]["dependencies"]:
        name = re.split(r"[\[<>=]", dependency)[0].lower()
        assert re.search(rf"^{name}==", text, flags=re.MULTILINE), name
