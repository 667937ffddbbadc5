"""What every test may ask for; and no test reaches beyond loopback."""

import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from reconciler import logs
from tests import memory
from tests.world import World

memory.take()

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# what CI says is about the change, not about the day: elsewhere chance finds more
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "default")

_CONNECT = socket.socket.connect


def _connect_nearby(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - whatever a socket takes
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        host = str(address[0])
        if not (host.startswith("127.") or host in {"::1", "localhost"}):
            raise AssertionError(f"a test reaches for {host}: loopback only")
    _CONNECT(self, address)


@pytest.fixture(autouse=True, scope="session")
def _quiet() -> None:
    """Keep passes in process from logging to the screen; commands configure anew."""
    logs.configure("critical", logs.Form.JSON, (), sys.stderr)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Any:  # noqa: ANN401 - a generator fixture
    socket.socket.connect = _connect_nearby  # type: ignore[method-assign,assignment] # the one place that guards it
    yield
    socket.socket.connect = _CONNECT  # type: ignore[method-assign] # as it was


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no core ends on it alone."""
    items.sort(key=lambda item: "test_machine.py" not in item.nodeid)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return an empty Stash and an empty Plex, with plexsync between them."""
    return World(folder=tmp_path)
