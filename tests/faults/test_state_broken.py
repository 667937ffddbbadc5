"""A state that breaks while it is open is told as such; nothing wrong is written."""

import contextlib
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from state.errors import StateError
from state.ledger import copy
from tests.crash.truth import furnish_with_history, wrongs_of_ledger, wrongs_of_plex
from tests.faults.breaking import BREAKAGES, Breakage, Resident, file_limit
from tests.sandbox.plex.double import Snapshot

SCENES = 12
MOST = 6
"""So many passes, ten minutes apart, have to be enough once the state is mended."""


@pytest.fixture
def resident(tmp_path: Path) -> Iterator[Resident]:
    """Return a plexsync at rest that has its state open, and a copy from before."""
    world = Resident(folder=tmp_path)
    world.start()
    furnish_with_history(world, SCENES)
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.stop()
    shutil.copy(world.state, world.kept)
    world.start()
    yield world
    file_limit(world, resource.RLIM_INFINITY)
    world.stop()


def change(world: Resident) -> dict[int, str]:
    """Edit every scene; tell the title of each item that its film is to have."""
    world.later(600)
    for scene in world.stash.scenes.values():
        world.stash.update_scene(scene.id, title=f"{scene.title}, again")
    return {
        world.key(f"reel-{number:04}"): f"Reel {number}, again"
        for number in range(SCENES)
    }


def others(items: dict[int, Snapshot]) -> dict[int, object]:
    """Take all of each item but its title."""
    return {
        key: ({n: v for n, v in one.values.items() if n != "title"}, one.tags)
        for key, one in items.items()
    }


def fails(world: Resident) -> str:
    with pytest.raises(StateError) as failure:
        world.reconcile()
    return str(failure.value)


def puts(world: Resident) -> int:
    return world.requests["plex put"]


@pytest.mark.parametrize("number", [0, 1, 5], ids=["before", "first", "midway"])
@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda one: one.name)
def test_a_state_that_breaks_stops_writing_and_all_arrives_once_it_is_mended(
    resident: Resident, breakage: Breakage, number: int
) -> None:
    """Between two passes, or while the first or the fifth write is under way."""
    wanted, before, sent = change(resident), resident.plex.snapshot(), puts(resident)
    if number:
        resident.during(number, breakage.begin)
    else:
        breakage.begin(resident)

    said = [fails(resident), fails(resident)]

    assert [sentence for sentence in said if breakage.says not in sentence] == []
    assert [s for s in said if str(resident.state) not in s or "\n" in s] == []
    broken = resident.plex.snapshot()
    done = [key for key, item in broken.items() if item.values["title"] == wanted[key]]
    assert len(done) == puts(resident) - sent
    assert len(done) == number if breakage.is_at_once else number <= len(done) < SCENES
    left = {key: one for key, one in broken.items() if key not in done}
    assert left == {key: before[key] for key in left}
    assert others(broken) == others(before)

    breakage.end(resident)
    if not breakage.is_passing:
        resident.stop()
        breakage.mend(resident)
        resident.start()
    for _ in range(MOST):
        resident.reconcile()
        resident.later(600)

    assert wrongs_of_plex(resident) == []
    assert resident.ledger is not None
    assert wrongs_of_ledger(resident.ledger) == []
    assert resident.reconcile().puts == 0


@pytest.mark.parametrize(
    "breakage",
    [one for one in BREAKAGES if one.name not in {"disk full", "writes refused"}],
    ids=lambda one: one.name,
)
def test_a_quiet_pass_notices_too(resident: Resident, breakage: Breakage) -> None:
    """It has nothing to write, and would go on for months."""
    breakage.begin(resident)

    assert breakage.says in fails(resident)
    assert puts(resident) == SCENES

    breakage.end(resident)


def test_what_others_may_do_is_no_breakage(resident: Resident) -> None:
    """Looking at it, copying it; and our own log is written back once it is long."""
    with contextlib.closing(sqlite3.connect(resident.state)) as reader:
        size = resident.state.stat().st_size
        for round_ in range(15):  # the log is long after five
            change(resident)
            copy(resident.state, resident.folder / "copy.db")
            (count,) = reader.execute("SELECT count(*) FROM snapshot").fetchone()
            assert (resident.reconcile().puts, count) == (SCENES, SCENES), round_
    assert resident.state.stat().st_size > size
