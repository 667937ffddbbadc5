"""The watchdog is fed while the work goes on, and only then."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.daemon.agenda import Task
from reconciler.daemon.systemd import Notifier
from tests.daemon.test_hours import Months
from tests.daemon.test_hours import months as months  # noqa: PLC0414 - the fixture itself


class Fed:
    """A daemon, and a service manager that counts what it is fed."""

    def __init__(self, months: Months, manager: socket.socket) -> None:
        self.daemon = months.daemon
        self._months, self._manager = months, manager
        self.daemon.notifier = Notifier(address=manager.getsockname(), every=60.0)

    def after(self, seconds: float) -> bool:
        """Say whether it is fed, so much later."""
        self._months.monotonic += seconds
        self.daemon.beat()
        told = []
        while True:
            try:
                told.append(self._manager.recv(4096))
            except BlockingIOError:
                return b"WATCHDOG=1" in told


@pytest.fixture
def fed(months: Months, tmp_path: Path) -> Iterator[Fed]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(0)  # a look, not a wait
        yield Fed(months, manager)


def test_one_with_nothing_to_do_lives(fed: Fed) -> None:
    assert all(fed.after(600) for _ in range(10))


def test_a_task_that_goes_on_lives_however_long_it_takes(fed: Fed) -> None:
    fed.daemon.worker.task = Task.POLL
    for _ in range(10):
        fed.daemon.worker.hold.diary.beats += 1
        assert fed.after(1)
        assert fed.after(300)


def test_a_task_that_stands_still_for_longer_than_any_answer_takes_does_not(
    fed: Fed,
) -> None:
    """Both servers have 35 seconds each, here; then it has five minutes."""
    fed.daemon.worker.task = Task.DELIVER
    assert fed.after(1)
    assert fed.after(360)
    assert not fed.after(20)
    assert not fed.after(1)

    fed.daemon.worker.hold.diary.beats += 1

    assert fed.after(1)
