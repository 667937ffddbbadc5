"""Whether the files that are written are still those that were opened.

SQLite goes on with a file that was deleted, and does not mind what others do to it. So
each transaction begins with a look at the files, which costs a `stat` of each.
"""

from dataclasses import dataclass
from pathlib import Path

from state.errors import DamagedError, LostError, refused
from state.files import log_of

_MEANWHILE = "while plexsync was at work"
_AGAIN = "nothing more is written; run again to go on with what is there now"
_VERIFY = "nothing more is written; `plexsync state verify` tells whether it is whole"
_RESTORE = "nothing more is written; `plexsync state restore` puts a backup there"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trace:
    """What tells a file from others, and from itself at another time."""

    device: int
    inode: int
    size: int
    changed: int


class Watch:
    """Knows the state and its log as this process has left them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = log_of(path)
        self._left: _Trace | None = None
        self._left_log: _Trace | None = None

    def note(self) -> None:
        """Take note of how the files are now: so this process has left them.

        It never makes the state smaller: that somebody did is told by the next look.
        """
        found, left = _trace(self._path), self._left
        if found is None or left is None or found.size >= left.size:
            self._left = found
        self._left_log = _trace(self._log)

    def look(self) -> None:
        """Raise `LostError` or `DamagedError` where they are not as they were left."""
        found, left = _trace(self._path), self._left
        state = f"the state {self._path}"
        if found is None or left is None:
            raise LostError(f"{state} was deleted {_MEANWHILE}: {_RESTORE}")
        if not _is_same(found, left):
            raise LostError(f"{state} was replaced {_MEANWHILE}: {_AGAIN}")
        if found.size < left.size:
            sizes = f"from {left.size} to {found.size} bytes"
            raise DamagedError(
                f"{state} was cut short {_MEANWHILE}, {sizes}: {_RESTORE}"
            )
        if found.changed != left.changed:
            raise LostError(
                f"{state} was changed by another program {_MEANWHILE}: {_VERIFY}"
            )
        if self._left_log is not None:
            self._look_at_log(self._left_log)

    def part(self) -> None:
        """Take our log, once it is closed, out of the way of a state that is not ours.

        SQLite would take it for that one's, and mix the two.
        """
        found, log = _trace(self._path), _trace(self._log)
        if found is None or _is_same(found, self._left):
            return
        if log is not None and _is_same(log, self._left_log):
            aside = f"{self._log}.of-{log.inode}"
            try:
                self._log.rename(aside)
            except OSError as error:
                raise refused(f"rename {self._log} to {aside}", error) from error

    def _look_at_log(self, left: _Trace) -> None:
        found = _trace(self._log)
        if found is None or not _is_same(found, left) or found.size < left.size:
            raise LostError(
                f"the state's log {self._log} was deleted, replaced or cut short"
                f" {_MEANWHILE}: {_VERIFY}"
            )


def _is_same(one: _Trace, other: _Trace | None) -> bool:
    """Whether it is one file, whatever is in it."""
    return other is not None and (one.device, one.inode) == (other.device, other.inode)


def _trace(path: Path) -> _Trace | None:
    """Look at a file; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refused(f"look at {path}", error) from error
    return _Trace(
        device=found.st_dev,
        inode=found.st_ino,
        size=found.st_size,
        changed=found.st_mtime_ns,
    )
