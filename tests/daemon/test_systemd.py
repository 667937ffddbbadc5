"""What systemd is told: each as one datagram, and never an error."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.daemon.systemd import Notifier
from tests.cli.desk import Desk
from tests.daemon.conftest import POLL, Start


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(str(tmp_path / "notify"))
        bound.settimeout(30)
        yield bound


def told(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().splitlines()


def test_each_state_is_a_datagram(manager: socket.socket) -> None:
    notifier = Notifier(address=manager.getsockname(), every=10.0)
    notifier.ready()
    notifier.reloading(12.5)
    notifier.alive()
    notifier.status("up to date")
    notifier.status("up to date")  # no news
    notifier.stopping()
    assert [told(manager) for _ in range(5)] == [
        ["READY=1"],
        ["RELOADING=1", "MONOTONIC_USEC=12500000"],
        ["WATCHDOG=1"],
        ["STATUS=up to date"],
        ["STOPPING=1"],
    ]


@pytest.mark.parametrize("poll", [POLL, "soon"])
def test_a_reload_ends_whether_it_is_taken_or_refused(
    manager: socket.socket, desk: Desk, start: Start, poll: object
) -> None:
    """Until it is told so, systemd takes a service for reloading."""
    daemon = start(NOTIFY_SOCKET=str(manager.getsockname()))
    while told(manager) != ["READY=1"]:
        pass

    desk.configure(schedule={"poll": poll})
    daemon.send(signal.SIGHUP)

    while not told(manager)[0].startswith("RELOADING=1"):
        pass
    while told(manager) != ["READY=1"]:
        pass
    assert daemon.stop()[0] == 0


def test_an_abstract_address_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind("\0plexsync-test-notify")
        bound.settimeout(30)
        Notifier(address="@plexsync-test-notify").ready()
        assert told(bound) == ["READY=1"]


@pytest.mark.parametrize(
    ("environ", "every"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_ours_only_where_it_says_so(
    environ: dict[str, str], every: float | None
) -> None:
    assert Notifier.of(environ, 7).every == every


def test_where_nobody_listens_nothing_is_wrong(tmp_path: Path) -> None:
    Notifier(address=str(tmp_path / "nobody"), every=1.0).alive()
    Notifier().ready()
