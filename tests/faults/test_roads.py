"""The same of the roads to the servers, which fail over real sockets."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.faults.ground import Trouble
from tests.faults.mishaps import MISHAPS
from tests.faults.mixtures import mixed_on_the_way
from tests.faults.table import Table
from tests.faults.trial import MOST, Trial

SAMPLE = MISHAPS[::4]
"""Each of another kind."""

MIXTURES = 40


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """Show what each fault has cost, once all were tried."""
    table = Table()
    yield table
    table.show()


def _alone(folder: Path, trouble: Trouble, table: Table) -> None:
    trial = Trial(folder)
    trial.change(Random(1))
    with trial.over_sockets():
        passes = table.try_alone(trial, trouble)

        assert trial.wrongs() == []
        assert passes <= MOST


@pytest.mark.parametrize("trouble", SAMPLE, ids=lambda trouble: trouble.name)
def test_each_fault_of_a_road_costs_time_and_nothing_else(
    tmp_path: Path, trouble: Trouble, table: Table
) -> None:
    _alone(tmp_path, trouble, table)


@pytest.mark.slow
@pytest.mark.parametrize(
    "trouble",
    [one for one in MISHAPS if one not in SAMPLE],
    ids=lambda trouble: trouble.name,
)
def test_each_other_fault_of_a_road_costs_time_and_nothing_else(
    tmp_path: Path, trouble: Trouble, table: Table
) -> None:
    _alone(tmp_path, trouble, table)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(MIXTURES))
def test_mixtures_of_both_cost_time_and_nothing_else(tmp_path: Path, seed: int) -> None:
    assert mixed_on_the_way(tmp_path, seed) == []
