"""Each fault alone and in mixtures: when it stops, all is as Stash says."""

import sys
from pathlib import Path
from random import Random

import pytest

from tests.faults.catalogue import TROUBLES, Trouble
from tests.faults.trial import MOST, Trial

COST: dict[str, int] = {}
"""Passes, five minutes apart, until all was as Stash says, by fault."""

SAMPLE, MIXTURES = 3, 60


@pytest.fixture(scope="module", autouse=True)
def table() -> object:
    """Show what each fault has cost, once all were tried: with `pytest -s`."""
    yield
    for name, passes in sorted(COST.items(), key=lambda one: -one[1]):
        sys.stdout.write(f"{name:45} {passes:3} passes\n")


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_each_fault_costs_time_and_nothing_else(
    tmp_path: Path, trouble: Trouble
) -> None:
    trial = Trial(tmp_path)
    trial.change(Random(1))

    COST[trouble.name] = trial.live([trouble])

    assert trial.wrongs() == []
    assert COST[trouble.name] <= MOST


def mixed(folder: Path, seed: int) -> list[str]:
    """Let five troubles befall in five passes full of changes; say what is wrong."""
    chance = Random(seed)
    trial = Trial(folder)
    for _ in range(3):
        trial.change(chance)
        passes = trial.live(chance.sample(TROUBLES, 3), passes=3)
    late = [f"not done after {MOST} passes"] if passes > MOST else []
    return [f"mixture {seed}: {wrong}" for wrong in [*late, *trial.wrongs()]]


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_mixtures_of_faults_cost_time_and_nothing_else(
    tmp_path: Path, seed: int
) -> None:
    assert mixed(tmp_path, seed) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SAMPLE, MIXTURES))
def test_many_mixtures_of_faults_cost_time_and_nothing_else(
    tmp_path: Path, seed: int
) -> None:
    assert mixed(tmp_path, seed) == []
