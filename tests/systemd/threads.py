"""One thread of a process, stopped while its others go on: as by a lock never let go.

ptrace(2) does it, which every debugger uses. Signals would stop all threads at once.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SEIZE, _INTERRUPT, _DETACH = 0x4206, 0x4207, 17
_WALL = 0x40000000


class Stopped:
    """The thread; whoever has stopped it is told first when it has ended."""

    def __init__(self, thread: int) -> None:
        self._thread = thread
        self._is_ended = False

    def wait_for_its_end(self) -> None:
        """Wait until the whole process has ended."""
        while not self._is_ended:
            _, status = os.waitpid(self._thread, _WALL)
            self._is_ended = not os.WIFSTOPPED(status)

    def let_go(self) -> None:
        """Have it go on, unless it has ended."""
        if not self._is_ended:
            _ask(_DETACH, self._thread)


@contextmanager
def stopped(thread: int) -> Iterator[Stopped]:
    """Stop a thread of another process; the first has the process's own number."""
    _ask(_SEIZE, thread)
    _ask(_INTERRUPT, thread)
    os.waitpid(thread, _WALL)
    found = Stopped(thread)
    try:
        yield found
    finally:
        found.let_go()


def outside(leader: int, inside: int) -> int:
    """Find the number here of a process that has another one where *leader* is."""
    theirs = _namespace(str(leader))
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            numbers = _numbers(status.read_text("utf-8", errors="replace"))
            if numbers[-1] == inside and _namespace(status.parent.name) == theirs:
                return numbers[0]
        except OSError:
            continue  # it has ended meanwhile
    raise AssertionError(f"no process here is {inside} there")


def _numbers(status: str) -> list[int]:
    line = next(one for one in status.splitlines() if one.startswith("NSpid:"))
    return [int(word) for word in line.split()[1:]]


def _namespace(process: str) -> str:
    return str(Path(f"/proc/{process}/ns/pid").readlink())


def _ask(request: int, thread: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
