"""A real systemd: booted from the cached root, with all that it writes thrown away.

It has this machine's network, so that loopback is ours and its own.
"""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from tests.systemd import programs
from tests.systemd.debian import CannotError, alone, cache, last_line
from tests.systemd.threads import Stopped, outside, stopped

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BOOT = 60.0


class Container:
    """The system while it runs: what root does on it."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log
        self._leader = 0

    def run(
        self, *command: str, user: str = "", given: str = "", **environ: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, whatever that is."""
        whose = ["runuser", f"--user={user}", "--"] if user else []
        return programs.run(
            *("nsenter", f"--target={self._leader}", "--all", "--"),
            *("env", "--ignore-environment", f"PATH={_PATH}", "LANG=C.UTF-8"),
            *(f"{name}={value}" for name, value in environ.items()),
            *whose,
            *command,
            given=given,
            within=120.0,
        )

    def done(self, *command: str, **options: Any) -> str:  # noqa: ANN401 - as `run`'s
        """Run a command that has to come off; return what it says."""
        done = self.run(*command, **options)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a file, in a folder that is made for it."""
        script = 'mkdir -p "${1%/*}"; cat > "$1"; chmod "$2" "$1"'
        self.done("sh", "-c", script, "-", path, f"{mode:o}", given=text)

    def journal(self, *options: str) -> list[Mapping[str, Any]]:
        """Read what the journal has, all fields of each entry."""
        self.done("journalctl", "--sync")
        said = self.done("journalctl", "--output=json", *options)
        return [json.loads(line) for line in said.splitlines()]

    def end_of_journal(self) -> str:
        """Name the place that the journal has come to."""
        said = self.done("journalctl", "--lines=0", "--show-cursor")
        return said.rpartition("-- cursor: ")[2].strip()

    def stopped_thread(self, thread: int) -> AbstractContextManager[Stopped]:
        """Stop a thread, by the number that it has there."""
        return stopped(outside(self._leader, thread))

    def wait_to_be_up(self) -> None:
        """Wait until all that starts with the system has started."""
        until = time.monotonic() + _BOOT
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise CannotError(last_line(self._log.read_text(errors="replace")))
            # the first child is only there to make the second, which is the system
            self._leader = _child_of(self._process.pid)
            if self._leader and self.run("systemctl", "is-system-running").stdout in {
                "running\n",
                "degraded\n",
            }:
                return
            _pause()
        raise AssertionError(self._log.read_text(errors="replace")[-3000:])


@contextmanager
def booted(root: Path, folder: Path, shown: Mapping[Path, str]) -> Iterator[Container]:
    """Boot *root*, with folders of this machine *shown* in it; halt it at the end.

    Raise `CannotError` where that is not possible here.
    """
    log = folder / "boot.log"
    with (
        alone(cache() / "booted"),  # two of them would share one control group
        log.open("wb") as written,
        subprocess.Popen(  # noqa: S603 - our own command
            _command(root, shown),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
        ) as process,
    ):
        try:
            container = Container(process, log)
            container.wait_to_be_up()
            yield container
        finally:
            _halt(process)


def _command(root: Path, shown: Mapping[Path, str]) -> list[str]:
    is_systemd_here = Path("/run/systemd/system").is_dir()
    return [
        # should we be killed, nothing stays behind
        *("setpriv", "--pdeathsig=KILL", "systemd-nspawn", "--quiet", "--boot"),
        *(f"--directory={root}", "--volatile=overlay", "--machine=plexsync-tests"),
        "--register=no",
        # without a systemd of its own, this machine has no place to put ours in
        *(() if is_systemd_here else ("--keep-unit",)),
        *(f"--bind-ro={ours}:{theirs}" for ours, theirs in shown.items()),
    ]


def _halt(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def _child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return int(children[0]) if children else 0


def _pause() -> None:
    threading.Event().wait(0.05)


def wait_until(is_so: Callable[[], bool], *, within: float, what: str) -> float:
    """Wait for something to be so; return after how many seconds it was."""
    begin = time.monotonic()
    while not is_so():
        passed = time.monotonic() - begin
        assert passed < within, f"not within {within:.0f} s: {what}"
        _pause()
    return time.monotonic() - begin
