"""A spool that is somebody else's, so that modes of files bind us, as root or not."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reconciler.clients.spool import Spool
from reconciler.core.news import Heard
from reconciler.hook import leave

_NOBODY = 65534


@contextlib.contextmanager
def bound_by_modes() -> Iterator[None]:
    """Be somebody whom the modes of files bind: root is not."""
    if os.geteuid():
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextlib.contextmanager
def others_spool(*scenes: int) -> Iterator[Spool]:
    """Make a spool with word of some scenes, which lets us look only, for now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        spool = Spool(folder / "spool")
        spool.make()
        for scene in scenes:
            leave(str(spool.folder), scene)
        spool.folder.chmod(0o555)
        yield spool
        spool.folder.chmod(0o700)


class Bound:
    """A spool of which a user who is bound by modes takes out what there is."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self.take = spool.take

    def forget(self, heard: Heard) -> None:
        with bound_by_modes():
            self._spool.forget(heard)
