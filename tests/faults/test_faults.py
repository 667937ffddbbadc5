"""Each fault alone and in mixtures: when it stops, all is as Stash says."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.faults.catalogue import TROUBLES, UPHEAVALS
from tests.faults.ground import Trouble
from tests.faults.mixtures import mixed
from tests.faults.table import Table
from tests.faults.trial import MOST, Trial

SAMPLE, MIXTURES = 3, 60


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """Show what each fault has cost, once all were tried."""
    table = Table()
    yield table
    table.show()


@pytest.mark.parametrize(
    "trouble", [*TROUBLES, *UPHEAVALS], ids=lambda trouble: trouble.name
)
def test_each_fault_costs_time_and_nothing_else(
    tmp_path: Path, trouble: Trouble, table: Table
) -> None:
    trial = Trial(tmp_path)
    trial.change(Random(1))

    passes = table.try_alone(trial, trouble)

    assert trial.wrongs() == []
    assert passes <= MOST


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
