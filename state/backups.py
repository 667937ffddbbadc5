"""Backups: copies of the state in a folder, each whole and named by when it was made.

A copy gets its name once it is on the disk and was found to be sound, so whatever bears
such a name can be put back, unless the disk has spoilt it since.
"""

import contextlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from state.database import told
from state.errors import DamagedError, LostError, StateError, refused
from state.files import log_of, settle, size_of
from state.ledger import Ledger, copy
from state.soundness import Finding, Soundness, examine

_NAME = "%Y-%m-%dT%H-%M-%SZ"
_IS_BACKUP = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db")

_AGE = timedelta(hours=23)
"""A day, but for what a clock and a timer differ by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One copy."""

    path: Path
    made_at: datetime
    size: int
    of: int = field(repr=False)
    """When the state that it is of was last changed: its nanoseconds, by its disk."""


def stamp(moment: datetime) -> str:
    """Write a moment as the names of files have it: UTC, to the second."""
    return moment.astimezone(UTC).strftime(_NAME)


class Backups:
    """The backups of one state."""

    def __init__(self, state: Path, folder: Path) -> None:
        self.state, self.folder = state, folder

    def all(self, now: datetime) -> list[Backup]:
        """List them, the newest first.

        One that is dated after *now* was dated by a clock that was wrong: it is last.
        """
        found = map(self._read, self._names())
        there = [one for one in found if one is not None]
        return sorted(there, key=lambda one: (one.made_at <= now, one.made_at))[::-1]

    def make(self, now: datetime) -> Backup:
        """Copy the state as it stands, beside whoever writes it.

        Raises `DamagedError` where it is not sound: that is no copy to keep.
        """
        if size_of(self.state) is None:
            raise StateError(f"there is no state {self.state} yet: nothing to copy")
        return self._make(now, partial(copy, self.state), self._changed())

    def save(self, ledger: Ledger, now: datetime) -> Backup:
        """Copy what an open ledger has, though its file is not there any more."""
        return self._make(now, ledger.copy_to, 0)

    def keep_up(self, now: datetime, keep: int) -> Backup | None:
        """Make one if there is none of the last day, and drop all but the newest.

        None, and nothing is written, where none is due, or the state is as it was.
        """
        known = self.all(now)
        newest = next((one for one in known if one.made_at <= now), None)
        if newest is not None:
            is_young = now - newest.made_at < _AGE
            if is_young or newest.of == self._changed():
                return None
        elif size_of(self.state) is None:
            return None
        made = self.make(now)
        self.drop(now, keep)
        return made

    def drop(self, now: datetime, keep: int) -> list[Backup]:
        """Drop all but the newest, and what was never finished; tell which."""
        dropped = self.all(now)[keep:]
        try:
            for one in dropped:
                one.path.unlink(missing_ok=True)
            for path in self.folder.glob(".*.db.new*"):
                # another process may be about to finish a young one
                if now.timestamp() - path.stat().st_mtime > _AGE.total_seconds():
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise refused(f"drop what is old in {self.folder}", error) from error
        return dropped

    def newest_good(self, now: datetime) -> tuple[Backup | None, list[Soundness]]:
        """Find the newest that can be put back, and what is wrong with newer ones."""
        spoilt: list[Soundness] = []
        for one in self.all(now):
            found = examine(one.path)
            if found.finding is Finding.SOUND:
                return one, spoilt
            spoilt.append(found)
        return None, spoilt

    def refuse_lost(self) -> None:
        """Raise `LostError` where the state is gone, though there was one."""
        if size_of(self.state) is None and self._names():
            raise LostError(
                f"the state {self.state} is gone, but for its backups in {self.folder}:"
                " `plexsync state restore` puts the newest in its place, or a new"
                " one: --empty"
            )

    def _make(
        self, now: datetime, write: Callable[[Path], None], changed: int
    ) -> Backup:
        name = f"{stamp(now)}.db"
        new, final = self.folder / f".{name}.new", self.folder / name
        with self._begun(new):
            write(new)
            with told(new), contextlib.closing(sqlite3.connect(new)) as made:
                # one file, that can be looked at where nothing can be written
                made.execute("PRAGMA journal_mode = delete")
            found = examine(new)
            if found.finding is not Finding.SOUND:
                raise DamagedError(
                    f"the state {self.state} {found.problem}: no backup is made of it;"
                    " `plexsync state restore` puts an older one in its place"
                )
            try:
                os.utime(new, ns=(changed, changed))
                settle(new, final)
            except OSError as error:
                raise refused(f"write {final}", error) from error
        return Backup(path=final, made_at=_moment(name), size=found.size, of=changed)

    @contextlib.contextmanager
    def _begun(self, new: Path) -> Iterator[None]:
        """Make an empty file for this user alone; it goes if nothing comes of it."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            raise refused(f"write {new}", error) from error
        try:
            yield
        finally:
            for leftover in self.folder.glob(f"{new.name}*"):
                leftover.unlink(missing_ok=True)

    def _names(self) -> list[str]:
        try:
            names = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise refused(f"look into {self.folder}", error) from error
        return [name for name in names if _IS_BACKUP.fullmatch(name)]

    def _changed(self) -> int:
        """Say when the state was last changed, by its disk; 0 where it does not say."""
        changed = 0
        for path in (self.state, log_of(self.state)):
            with contextlib.suppress(OSError):
                found = path.stat()
                changed = max(changed, found.st_mtime_ns if found.st_size else 0)
        return changed

    def _read(self, name: str) -> Backup | None:
        path = self.folder / name
        try:
            found = path.stat()
            moment = _moment(name)
        except (OSError, ValueError):
            return None
        return Backup(
            path=path, made_at=moment, size=found.st_size, of=found.st_mtime_ns
        )


def _moment(name: str) -> datetime:
    return datetime.strptime(name[:20], _NAME).replace(tzinfo=UTC)
