"""What opening, reading and recording cost: quiet passes write nothing at all."""

import statistics
import time
from pathlib import Path

from state.due import Due
from state.ledger import Ledger
from state.records import Stage
from state.shown import Shown
from tests.state.samples import NOW, contents, entity, entry, place, snapshot, write

_SCENES, _REFERENCES = 20, 20
_LIMIT = 0.050
"""Seconds for which a transaction may keep other writers out."""


def test_looking_at_a_current_state_leaves_it_as_it_is(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.scenes.put([write(snapshot(1), entity("tag", 1, "drama"))])
        ledger.outbox.owe(entry(1), now=NOW)
    before = contents(path.parent)
    for may_write in (True, False):
        ledger = Ledger(path).open(may_write=may_write)
        assert ledger.scenes.count() == 1
        assert ledger.scenes.oldest_unsettled() is None
        assert len(ledger.outbox.due(Due(stage=Stage.PLANNED), 9)) == 1
        ledger.close()
        assert contents(path.parent) == before


def record(ledger: Ledger, round_: int) -> float:
    """Record a chunk of scenes, link and owe each; say how many seconds it took."""
    scenes = range(round_ * _SCENES, (round_ + 1) * _SCENES)
    writes = [
        write(
            snapshot(scene, content="x" * 2700),
            *(entity("tag", scene + n, f"tag {scene + n}") for n in range(_REFERENCES)),
        )
        for scene in scenes
    ]
    begun = time.perf_counter()
    with ledger.transaction():
        ledger.scenes.put(writes)
        for scene in scenes:
            ledger.waits.put(scene, [], now=NOW)
            link = ledger.links.add(scene, place(str(scene)))
            ledger.outbox.owe(entry(link.id), now=NOW)
    return time.perf_counter() - begun


def test_a_chunk_is_recorded_far_within_the_lock_s_limit(ledger: Ledger) -> None:
    seconds = [record(ledger, number) for number in range(1, 16)]
    median = statistics.median(seconds)
    print(  # noqa: T201 - the figures, for who asks with -s
        f"{_SCENES} scenes with {_REFERENCES} references each:"
        f" median {median * 1000:.1f} ms, longest {max(seconds) * 1000:.1f} ms"
    )
    assert median < _LIMIT


def move(ledger: Ledger, target: int, files: int) -> float:
    """Know a library of so many files, and move a few at a time; say how long one took.

    In seconds, the median of many.
    """
    pairs = [(str(n), f"/media/{target}/reel-{n:06}.mp4") for n in range(files)]
    with ledger.transaction():
        ledger.items.put(target, Shown(), pairs[:30_000])
        ledger.items.put(target, Shown(), pairs[30_000:])
    took = []
    for start in range(0, 80, 8):
        moved = [(f"{item}-2", path) for item, path in pairs[start : start + 8]]
        begun = time.perf_counter()
        with ledger.transaction():
            assert len(ledger.items.put(target, Shown(), moved)) == 8
        took.append(time.perf_counter() - begun)
    assert ledger.items.count(target) == files
    return statistics.median(took)


def test_what_moves_costs_no_more_in_a_large_library(ledger: Ledger) -> None:
    small, large = move(ledger, 1, 100), move(ledger, 2, 60_000)
    assert large < small + 0.010, "each time, it has gone through all that is known"
