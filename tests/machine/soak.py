"""The machine for as long as there is time: random, longer, and told in sentences."""

import traceback
from collections.abc import Iterator
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.cruel import Cruel

STEPS = 80
_ROUND = 20
"""Histories to a round."""


def rounds(seed: int) -> Iterator[list[str]]:
    """Live random histories for ever; describe what failed, for each round of them."""
    return (_round(number) for number in count(seed))


def _round(number: int) -> list[str]:
    machine = seeded(number)(type("Soaked", (Cruel,), {}))
    try:
        run_state_machine_as_test(machine, settings=_settings())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        steps = "\n".join(getattr(error, "__notes__", []))
        told = "".join(traceback.format_exception_only(error))
        return [f"machine, seed {number}: {told}{steps}"]
    return []


def _settings() -> settings:
    return settings(
        max_examples=_ROUND,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        # what fails in a soak is made small by hand: that may take longer than it ran
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
