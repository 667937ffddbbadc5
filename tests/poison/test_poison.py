"""What Plex has of poison is what docs/design.md states, and a second pass is quiet."""

from itertools import chain
from pathlib import Path

import pytest

from tests.poison.trial import Trial

BATCH = 100


def trials(folder: Path, seeds: range) -> list[str]:
    return list(
        chain.from_iterable(
            Trial.of(folder / str(seed), seed, BATCH).wrongs() for seed in seeds
        )
    )


def test_a_sample_of_poison_scenes(tmp_path: Path) -> None:
    """Of a Plex as we take it to be, and of two that are otherwise."""
    assert trials(tmp_path, range(3)) == []


@pytest.mark.slow
def test_ten_thousand_poison_scenes(tmp_path: Path) -> None:
    """100 to each of 100 worlds with other habits of Plex; takes about two minutes."""
    assert trials(tmp_path, range(100)) == []
