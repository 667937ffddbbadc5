"""The machine for as long as there is time: random, longer, and told in sentences."""

import time
import traceback
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.cruel import Cruel

STEPS = 80
_ROUND = 20
"""Histories to a round: between rounds the time is looked at."""


def soak(minutes: float, seed: int) -> list[str]:
    """Live random histories until the minutes are up; describe what failed."""
    end = time.monotonic() + 60 * minutes
    failures: list[str] = []
    for number in count(seed):
        if time.monotonic() >= end:
            break
        failures += _round(number)
    return failures


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
