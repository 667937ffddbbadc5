"""The main proof of the laws: whatever happens, in whatever order, they hold."""

import pytest
from hypothesis import HealthCheck, settings

from tests.machine.machine import Machine

TestMachine = pytest.mark.timeout(900)(Machine.TestCase)
TestMachine.settings = settings(
    max_examples=300,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
