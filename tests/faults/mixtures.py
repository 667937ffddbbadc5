"""Random mixtures of faults, befalling while much changes."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.faults.catalogue import TROUBLES, UPHEAVALS
from tests.faults.ground import Trouble
from tests.faults.mishaps import MISHAPS
from tests.faults.trial import MOST, Trial
from tests.sandbox.faults import What
from tests.sandbox.plex.switches import Switches

ON_ANY_GROUND = tuple(one for one in TROUBLES if one.what is not What.SLOW_BEFORE)
"""A double behind a socket holds nothing back that it waits with: `OVERDUE` is that."""


def mixed(folder: Path, seed: int) -> list[str]:
    """Let what the servers themselves show befall in process; say what is wrong."""
    chance = Random(seed)
    troubles = (*TROUBLES, *UPHEAVALS)
    return _lived(_trial(folder, chance), troubles, f"mixture {seed}", chance)


def mixed_on_the_way(folder: Path, seed: int) -> list[str]:
    """Let that befall over sockets, and what the roads show; say what is wrong."""
    chance = Random(seed)
    trial, troubles = _trial(folder, chance), (*ON_ANY_GROUND, *UPHEAVALS, *MISHAPS)
    with trial.over_sockets():
        return _lived(trial, troubles, f"mixture on the way {seed}", chance)


def _trial(folder: Path, chance: Random) -> Trial:
    is_all = chance.choice((False, True))
    return Trial(folder, Switches(batch_read_all_or_404=is_all))


def _lived(
    trial: Trial, troubles: Sequence[Trouble], name: str, chance: Random
) -> list[str]:
    """Three times change much, and let three troubles befall in three passes."""
    for _ in range(3):
        trial.change(chance)
        passes = trial.live(chance.sample(troubles, 3), passes=3)
    trial.sweep()
    passes += trial.live(())
    late = [f"not done after {MOST} passes"] if passes > MOST else []
    return [f"{name}: {wrong}" for wrong in [*late, *trial.wrongs()]]
