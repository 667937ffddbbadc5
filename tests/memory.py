"""Keeps what tests write in memory, where there is room for it.

A commit costs four times as much on a disk; no test asks what a loss of power does.
"""

import os
import shutil
import tempfile
from pathlib import Path

_PLACE = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
_ENOUGH = 2 << 30
"""Bytes: ten times what all tests write together."""


def take() -> None:
    """Have temporary folders made there, by this process and by those it starts."""
    if "TMPDIR" not in os.environ and _is_fit():
        os.environ["TMPDIR"] = tempfile.tempdir = str(_PLACE)


def _is_fit() -> bool:
    if not (_PLACE.is_dir() and os.access(_PLACE, os.W_OK)):
        return False
    may_not_run = os.statvfs(_PLACE).f_flag & os.ST_NOEXEC
    return not may_not_run and shutil.disk_usage(_PLACE).free > _ENOUGH
