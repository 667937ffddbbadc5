"""Plays one operation through, and says how soon it was seen."""

from collections import Counter
from dataclasses import dataclass

from tests.seeing.operation import Operation, Within
from tests.seeing.stage import Readings, Stage

_MOST_PASSES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How an operation was seen."""

    seconds: float
    """From its end until Plex said so."""
    passes: int
    """That began after its end."""


def play(operation: Operation, stage: Stage) -> Sight | None:
    """Do it right after a pass; return how it was seen, or None if nothing is owed.

    So it has all the time to wait that there is between two passes.
    """
    if operation.first:
        operation.first(stage)
    stage.site.schedule.settle()
    before, trace = _plex(stage), _trace(operation, stage)
    operation.act(stage)
    assert not trace or _trace(operation, stage) != trace
    wanted = operation.then(stage)
    match operation.within:
        case Within.NEVER:
            stage.site.schedule.tick()
            assert _plex(stage) == before
            return None
        case Within.SWEEP:
            _see_by_sweep(stage, wanted)
            return None
        case Within.POLL | Within.JOB:
            return _see_by_poll(stage, wanted)


def _see_by_poll(stage: Stage, wanted: Readings) -> Sight:
    schedule = stage.site.schedule
    ended = schedule.now()
    for number in range(1, _MOST_PASSES + 1):
        outcome = schedule.tick()
        if stage.reads(wanted) == wanted:
            assert outcome.report.problems == ()
            assert outcome.report.doubts == ()
            return Sight(seconds=schedule.now() - ended, passes=number)
    raise AssertionError(
        f"not seen after {_MOST_PASSES} passes:"
        f" {stage.reads(wanted)} instead of {wanted}"
    )


def _see_by_sweep(stage: Stage, wanted: Readings) -> None:
    """Look for it in vain at first: what a poll sees is not the sweep's to see."""
    for _ in range(2):
        stage.site.schedule.tick()
        assert not wanted or stage.reads(wanted) != wanted
    stage.site.schedule.sweep()
    assert stage.reads(wanted) == wanted


def _trace(operation: Operation, stage: Stage) -> object:
    fields = operation.trace
    return stage.server.scene(stage.heron, fields) if fields else None


def _plex(stage: Stage) -> tuple[object, Counter[str]]:
    """Take what Plex has, and what it has been asked."""
    world = stage.site.world
    asked = {
        kind: count for kind, count in world.requests.items() if kind[:4] == "plex"
    }
    return world.plex.snapshot(), Counter(asked)
