"""A small library, crashed at every boundary there is."""

import sys
from pathlib import Path

import pytest

from state.ledger import Ledger
from tests.crash.boundaries import Crash, count_only, crash_at, watched
from tests.crash.truth import furnish_with_history, wrongs_of_ledger, wrongs_of_plex
from tests.world import World

SCENES = 6


def _furnished(folder: Path) -> World:
    world = World(folder=folder)
    furnish_with_history(world, SCENES)
    return world


def _boundaries(folder: Path) -> int:
    world = _furnished(folder)
    with watched(count_only) as reached:
        world.reconcile()
    return reached()


def test_one_more_reconcile_mends_a_crash_at_any_boundary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    total = _boundaries(tmp_path)
    for number in range(1, total + 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        world = _furnished(folder)
        with pytest.raises(Crash), watched(crash_at(number)):
            world.reconcile()
        world.restart()

        world.reconcile()

        assert wrongs_of_plex(world) == [], f"crash at {number}"
        with Ledger(world.state) as ledger:
            assert wrongs_of_ledger(ledger) == [], f"crash at {number}"
        assert world.reconcile().puts == 0, f"crash at {number}"
    with capsys.disabled():
        sys.stdout.write(f" [{total} boundaries]")
    assert total > 50
