"""One writer: an exclusive lock on a file beside the state, which names its owner.

The kernel lets go of it when the process dies, however it dies.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from state.errors import HeldError, LostError, refused

_GLANCES, _GLANCE = 3, 0.01
"""How often, and after how many seconds, it is tried again while somebody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a state, as they told `acquire`; nothing where they have not yet."""

    command: str = ""
    since: str = ""
    began: str = ""
    """Since when it is at work, though it may have let go of it meanwhile."""


class WriterLock:
    """Held from `acquire` to `release`; a second holder is told who the first is."""

    def __init__(self, state: Path) -> None:
        # two names of one file share one lock
        self._state = Path(os.path.realpath(state))
        self._path = self._state.with_name(self._state.name + ".lock")
        self._descriptor = -1

    def acquire(self, *, command: str, since: str, began: str = "") -> Self:
        """Take the lock, or raise `HeldError` that names its owner."""
        owner = {"pid": os.getpid(), "command": command, "since": since}
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            self._take({**owner, "began": began or since})
        except OSError as error:
            self.release()
            raise refused(f"lock {self._path}", error) from error
        return self

    def _take(self, owner: Mapping[str, object]) -> None:
        try:
            self._lock()
        except BlockingIOError as error:
            held_by = self._owner()
            self.release()
            raise HeldError(
                f"another process holds {self._state}: {held_by};"
                " wait until it is done, or stop it"
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(owner).encode(), 0)

    def _lock(self) -> None:
        """Lock it, or raise `BlockingIOError`: who only asks lets go at once."""
        for _ in range(_GLANCES):
            with contextlib.suppress(BlockingIOError):
                return fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            time.sleep(_GLANCE)  # noqa: TID251 - no clock of ours is looked at here
        return fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def holder(self) -> Holder | None:
        """Say who holds it; None: nobody does.

        Asks for it, together with whoever else asks, and lets go at once.
        """
        try:
            self._descriptor = os.open(self._path, os.O_RDONLY)
        except OSError:
            return None  # nobody who may not read it is let near the state either
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            row = self._row()
            names = ("command", "since", "began")
            return Holder(**{name: str(row.get(name, "")) for name in names})
        finally:
            self.release()
        return None

    def check(self) -> None:
        """Raise `LostError` where the file is gone: another may hold a new one."""
        if not os.fstat(self._descriptor).st_nlink:
            raise LostError(
                f"the lock {self._path} was deleted while plexsync was at work, so that"
                " another may write too: nothing more is written; run again"
            )

    def release(self) -> None:
        """Let go; harmless when nothing is held."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _owner(self) -> str:
        try:
            row = self._row()
            return f"pid {row['pid']}, {row['command']}, since {row['since']}"
        except KeyError:
            return "its owner has not said its name yet"

    def _row(self) -> dict[str, Any]:
        try:
            row = json.loads(os.pread(self._descriptor, 4096, 0))
        except ValueError:
            row = None
        return row if isinstance(row, dict) else {}
