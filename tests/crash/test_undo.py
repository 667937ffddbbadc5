"""An undo, crashed at every boundary there is: the next reconcile finishes it."""

import sys
from pathlib import Path

import pytest

from state.ledger import Ledger
from state.models import Journal, Outbox
from tests.crash.boundaries import Crash, count_only, crash_at, watched
from tests.crash.truth import furnish_with_history
from tests.engine.films import everything
from tests.engine.test_errands import START
from tests.world import World

SCENES = 3


def _written(folder: Path) -> tuple[World, dict[int, object]]:
    world = World(folder=folder)
    furnish_with_history(world, SCENES)
    world.plex.person.edit(world.key("reel-0001"), lock=False, summary="Before")
    before = everything(world)
    world.reconcile()
    world.later(600)
    scene = min(world.stash.scenes)
    world.stash.update_scene(scene, title="Another", details="")
    world.reconcile()
    world.later(600)
    return world, before


def _boundaries(folder: Path) -> int:
    world, before = _written(folder)
    with watched(count_only) as reached:
        world.carry_out(START)
    assert everything(world) == before
    return reached()


def test_a_reconcile_finishes_an_undo_that_crashed_at_any_boundary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that crashed before anything was written down was never asked for."""
    total = _boundaries(tmp_path)
    unasked = 0
    for number in range(1, total + 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        world, before = _written(folder)
        with pytest.raises(Crash), watched(crash_at(number)):
            world.carry_out(START)
        world.restart()
        with Ledger(world.state) as ledger:
            is_asked = ledger.passes.last(1)[0].kind == START.cause

        world.reconcile()
        if not is_asked:
            unasked += 1
            world.carry_out(START)

        assert everything(world) == before, f"crash at {number}"
        with Ledger(world.state) as ledger:
            assert ledger.integrity() == "ok"
            assert [row.id for row in Journal.select() if not row.outcome] == []
            assert [row.link for row in Outbox.select()] == []
        assert world.reconcile(is_full=True).puts == 0, f"crash at {number}"
    with capsys.disabled():
        sys.stdout.write(f" [{total} boundaries]")
    assert unasked < 5 < total
