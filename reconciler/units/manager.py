"""The systemd that is at work here: told of what has changed among its units."""

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path


class ManagerError(Exception):
    """systemctl has refused; says what, and what it said."""


class Manager:
    """The system's, or the user's own."""

    def __init__(self, *, is_user: bool, environ: Mapping[str, str]) -> None:
        runtime = Path(environ.get("XDG_RUNTIME_DIR", "/nonexistent"))
        mark = runtime / "systemd" if is_user else Path("/run/systemd/system")
        self._program = shutil.which("systemctl", path=environ.get("PATH"))
        self._whose = ("--user",) if is_user else ("--system",)
        self.is_there = self._program is not None and mark.is_dir()

    def reload(self) -> None:
        """Have it read all units anew."""
        self._run("daemon-reload")

    def let_go(self, units: Iterable[str]) -> None:
        """Have it stop *units*, and not start them with the next boot."""
        for unit in units:
            self._run("disable", "--now", "--quiet", unit)

    def _run(self, *words: str) -> None:
        command = [str(self._program), *self._whose, *words]
        done = subprocess.run(  # noqa: S603 - systemctl, by words of our own
            command, capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
            raise ManagerError(f"systemctl {' '.join(words)}: {said}")
