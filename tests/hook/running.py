"""The hook as Stash runs it: a process of its own, with an event on its stdin."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from reconciler import hook

SCRIPT = (str(Path(sys.executable).with_name("plexsync-hook")),)
"""The console script, as it is installed beside this Python."""

BARE = (str(Path(sys.executable).resolve()), "-I", "-S")
"""A Python that knows nothing but its standard library."""


def run(
    command: tuple[str, ...],
    event: bytes | None,
    **options: Any,  # noqa: ANN401 - subprocess's
) -> "subprocess.CompletedProcess[bytes]":
    """Run the hook to its end; where *event* is None, stdin is among the *options*."""
    pipes: dict[str, Any] = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "env": {},
    }
    if event is not None:
        pipes["input"] = event
    return subprocess.run(command, check=False, timeout=60, **{**pipes, **options})  # noqa: S603 - our own command


def copied(folder: Path) -> tuple[str, ...]:
    """Copy the one file to where plexsync is not, and say how to run it there."""
    place = folder / "plexsync_hook.py"
    shutil.copyfile(hook.__file__, place)
    place.chmod(0o644)
    return (*BARE, str(place))
