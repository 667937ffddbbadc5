"""A daemon in a process of its own, beside the desk's two servers."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.cli.conftest import _logging_as_it_was as _logging_as_it_was  # noqa: PLC0414 - the fixture itself
from tests.cli.conftest import desk as desk  # noqa: PLC0414 - the same
from tests.cli.desk import Desk, Said

POLL = 1.0


def is_soon(holds: Callable[[], bool], patience: float = 20.0) -> bool:
    """Say whether something comes to hold within so many seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if holds():
            return True
        threading.Event().wait(0.02)
    return holds()


class Running:
    """`plexsync run`, started, and what it has logged so far."""

    def __init__(self, desk: Desk, **env: str) -> None:
        self._desk = desk
        self.process = desk.start("run", env=desk.environment(**env))
        self.logged: list[Mapping[str, Any]] = []
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.append(line)
            if line.startswith("{"):
                self.logged.append(json.loads(line))

    def events(self, event: str) -> list[Mapping[str, Any]]:
        return [one for one in list(self.logged) if one["event"] == event]

    def waits_for(self, event: str, count: int = 1, patience: float = 20.0) -> None:
        seen = is_soon(lambda: len(self.events(event)) >= count, patience)
        assert seen, self._lines

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ends(self, patience: float = 15.0) -> tuple[int, float]:
        """Wait for the end; the exit code, and how many seconds it took."""
        began = time.monotonic()
        code = self.process.wait(patience)
        took = time.monotonic() - began
        self._desk.heard(self._close(), "".join(self._lines), code=code)
        return code, took

    def _close(self) -> str:
        self._reader.join(5)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        out = "" if self.process.stdout.closed else self.process.stdout.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return out

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        self.send(number)
        return self.ends()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._close()


Start = Callable[..., Running]


@pytest.fixture
def start(desk: Desk) -> Iterator[Start]:
    """Start daemons that poll each second; none outlives the test."""
    started: list[Running] = []
    desk.configure(schedule={"poll": POLL})

    def begin(**env: str) -> Running:
        running = Running(desk, **env)
        started.append(running)
        return running

    yield begin
    for running in started:
        running.kill()


@pytest.fixture
def ended(desk: Desk) -> Callable[[subprocess.Popen[str]], Said]:
    """Take what a command has said that was started beside the daemon."""

    def end(process: subprocess.Popen[str]) -> Said:
        out, err = process.communicate(timeout=30)
        return desk.heard(out, err, code=process.returncode)

    return end
