"""Folders for states that last as long as a history: in memory where there is room."""

import tempfile
from pathlib import Path

from tests import memory


def state_folder() -> Path:
    """Make a folder for a state."""
    memory.take()
    return Path(tempfile.mkdtemp(prefix="plexsync-machine-"))
