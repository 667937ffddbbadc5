"""The main proof of the laws: whatever happens, in whatever order, they hold.

300 histories of 50 steps, in three parts of their own seeds: so all cores have a share.
"""

import pytest
from hypothesis import HealthCheck, settings

from tests.machine.machine import Machine

_A_HUNDRED = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class First(Machine):
    """The first hundred; what a class is called decides what it draws."""


class Second(Machine):
    """The second hundred."""


class Third(Machine):
    """The third hundred."""


TestFirst = pytest.mark.timeout(900)(First.TestCase)
TestSecond = pytest.mark.timeout(900)(Second.TestCase)
TestThird = pytest.mark.timeout(900)(Third.TestCase)
TestFirst.settings = TestSecond.settings = TestThird.settings = _A_HUNDRED
