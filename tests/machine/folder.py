"""Folders for states that last as long as a history: in memory where there is room."""

import tempfile
from functools import cache
from pathlib import Path

from state.ledger import Ledger

_FAST = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


@cache
def _empty_state() -> bytes:
    """Make a state once: to migrate one anew costs more than ten passes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plexsync.db"
        with Ledger(path):
            pass
        return path.read_bytes()


def state_folder() -> Path:
    """Make a folder with an empty state in it."""
    fast = _FAST if _FAST.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="plexsync-machine-", dir=fast))
    (folder / "plexsync.db").write_bytes(_empty_state())
    return folder
