"""The spool: the folder in which Stash's hook leaves word of scenes, and we take it.

Names are all that is read. Nothing is opened, so whatever somebody else puts there can
neither keep us waiting nor lead us elsewhere. What bears a name of the hook's is taken
out, be it a link or a pipe; a folder, and what bears any other name, is not ours.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from reconciler.core.news import Heard
from reconciler.core.values import SceneId
from reconciler.hook import HIGHEST, POLL, ROOM, SCENE

_LOOKED_AT = 10 * ROOM
"""Names in the folder, at most, for one look: a few milliseconds, whoever fills it."""

_DIGITS = len(str(HIGHEST))


@dataclass(slots=True)
class Spool:
    """A folder of the hook's. Nothing here raises: without it the next poll tells all.

    Looking writes nothing to the disk. One thread may look while another takes.
    """

    folder: Path
    _closed: str = field(default="", repr=False)
    """Why it cannot be made or read."""
    _full: str = field(default="", repr=False)
    """Why something could not be taken out of it."""
    _stuck: tuple[int, int] | None = field(default=None, repr=False)
    """How the folder was when something could not be taken out of it."""

    @property
    def trouble(self) -> str:
        """Say why nothing is heard, and what to do; empty while all is well."""
        return self._closed or self._full

    def make(self) -> None:
        """Make the folder where there is none: for one user, who runs Stash as well."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            self._closed = self._cannot_be("made", error)

    def is_empty(self) -> bool:
        """Whether there is nothing to take; one look into the folder."""
        if self._stuck is not None and self._stuck == self._look():
            return True
        return not self._names(1)

    def take(self, limit: int) -> Heard:
        """Say what was left, up to *limit* of it; it stays there until `forget`.

        While what is taken cannot be taken out, nothing is heard again and again: one
        at a time is tried, whenever something has changed about the folder.
        """
        if self._stuck is not None:
            if self._stuck == self._look():
                return Heard()
            limit = 1
        found = self._names(limit + 1)
        if not found:
            self._stuck, self._full = None, ""
        return _heard(found[:limit], is_more=len(found) > limit)

    def forget(self, heard: Heard) -> None:
        """Take out what was heard; only once that is where it will not be lost."""
        if not heard.names:
            return
        try:
            for name in heard.names:
                # gone, or a folder by now: nothing of the hook's
                with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                    (self.folder / name).unlink()
            self._stuck, self._full = None, ""
        except OSError as error:
            self._full = self._cannot_be("emptied", error)
            self._stuck = self._look()

    def _names(self, limit: int) -> list[str]:
        try:
            with os.scandir(self.folder) as entries:
                found = list(islice(_ours(entries), limit))
        except OSError as error:
            self._closed = self._cannot_be("read", error)
            return []
        self._closed = ""
        return found

    def _cannot_be(self, what: str, error: OSError) -> str:
        reason = (error.strerror or "unknown reason").lower()
        return (
            f"{self.folder}: the spool of the hook cannot be {what}: {reason};"
            " docs/hook.md says whose it has to be"
        )

    def _look(self) -> tuple[int, int]:
        try:
            status = self.folder.stat()
        except OSError:
            return 0, 0
        return status.st_ino, status.st_ctime_ns


def _ours(entries: Iterator["os.DirEntry[str]"]) -> Iterator[str]:
    """Name what the hook may have left."""
    for entry in islice(entries, _LOOKED_AT):
        is_named = entry.name == POLL or entry.name.startswith(SCENE)
        if is_named and not entry.is_dir(follow_symlinks=False):
            yield entry.name


def _heard(names: list[str], *, is_more: bool) -> Heard:
    scenes = (_scene(name) for name in names)
    return Heard(
        scenes=frozenset(scene for scene in scenes if scene is not None),
        is_all=POLL in names,
        is_more=is_more,
        names=tuple(names),
    )


def _scene(name: str) -> SceneId | None:
    """Read an id as the hook writes it; None where there can be no such scene."""
    text = name.removeprefix(SCENE)
    if len(text) > _DIGITS or not text.isascii() or not text.isdecimal():
        return None
    scene = int(text)
    is_id = str(scene) == text and 0 < scene <= HIGHEST
    return SceneId(scene) if is_id else None
