"""Interrupts: the first ends a command in good order, a second one at once."""

import os
import signal
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from reconciler.cli.setting import Exit

_STDERR = 2
_AT_ONCE = (
    "error: interrupted again: stopped at once, nothing is lost; what was sent last is"
    " looked at by the next run\n"
)


def heed() -> None:
    """Take interrupts, unless whoever started us has them ignored."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _stop)


def part() -> None:
    """Take no more interrupts: all is done, and said, but for the interpreter's end.

    It would put back what the system does of them, and the exit code would be lost.
    """
    if signal.getsignal(signal.SIGINT) in {_stop, _stop_at_once}:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGINT, _stop_at_once)
    raise KeyboardInterrupt


def _stop_at_once(_number: int, _frame: FrameType | None) -> NoReturn:
    # whatever is under way is not waited for: the journal tells of what is open. So
    # nothing is raised, which could come anywhere; and no stream is flushed
    with suppress(OSError):
        os.write(_STDERR, _AT_ONCE.encode())
    os._exit(Exit.INTERRUPTED)
