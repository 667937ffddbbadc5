"""A sample of the kills that the soak does all of."""

import sys
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.crash.kills import Library
from tests.crash.soak import at_moments


def _sample(
    folder: Path, scenes: int, kills: int, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    library = Library(folder, scenes)
    total = library.boundaries()
    with capsys.disabled():
        sys.stdout.write(f" [{kills} kills of {total} boundaries]")
    chosen = sorted(Random(20260301).sample(range(1, total + 1), kills))
    return [wrong for boundary in chosen for wrong in library.kill(boundary)]


def test_kills_in_a_small_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _sample(tmp_path, 40, 6, capsys) == []


@pytest.mark.slow
def test_kills_at_any_moment_in_a_small_library(tmp_path: Path) -> None:
    kills = islice(at_moments(Library(tmp_path, 40), Random(20260301)), 5)

    assert [wrong for wrongs in kills for wrong in wrongs] == []


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_forty_kills_in_a_library_of_a_thousand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _sample(tmp_path, 1000, 40, capsys) == []
