"""The ledger: the only way into the state and out of it."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar, Self

from state.census import CensusBook
from state.database import (
    LedgerDatabase,
    migrate,
    prepare,
    read_mounts,
    read_only,
    refuse_upgraded,
    told,
)
from state.doubts import Doubts
from state.errors import StateError
from state.files import refuse_hollow, settle, size_of, unfinished
from state.items import Items
from state.journal import JournalBook
from state.letters import Letters
from state.links import Links
from state.lock import WriterLock
from state.notices import Notices
from state.outages import Outages
from state.outbox import OutboxBook
from state.passes import Passes
from state.restorations import Restorations
from state.scenes import Scenes
from state.servers import Servers
from state.verdicts import Verdicts
from state.waits import Waits
from state.watch import Watch


class Ledger:
    """One SQLite file, opened by one process; a context manager.

    Its books take values and hand out records. Reads may stand alone; writes belong
    into a `transaction`, of which none should last over 50 milliseconds.
    """

    _open: ClassVar["Ledger | None"] = None
    # peewee binds models to one database per process: a second open would redirect it

    def __init__(
        self, path: Path, lock: WriterLock | None = None, *, shown: Path | None = None
    ) -> None:
        self._db = LedgerDatabase(path, shown)
        self._lock = lock
        self._watch = Watch(path)
        self._steps = frozenset[str]()
        self._version = 0
        self.path = path
        self.scenes = Scenes(self._db)
        self.items = Items(self._db)
        self.links = Links(self._db)
        self.waits = Waits(self._db)
        self.verdicts = Verdicts()
        self.outbox = OutboxBook(self._db)
        self.letters = Letters(self._db)
        self.journal = JournalBook(self._db)
        self.passes = Passes(self._db)
        self.census = CensusBook(self._db)
        self.doubts = Doubts(self._db)
        self.outages = Outages(self._db)
        self.notices = Notices()
        self.servers = Servers()
        self.restorations = Restorations(self._db)

    def open(self, *, may_write: bool = True) -> Self:
        """Open the file, brought up to date if it *may_write*; an empty one is new."""
        if Ledger._open is not None:
            raise StateError(f"{Ledger._open.path} is open already in this process")
        if not may_write:
            refuse_hollow(self.path)
        self._db.connect()
        self._watch = Watch(self.path)
        try:
            self._steps = migrate(self._db, may_write=may_write)
            # asked for once more: only what is read in its present form has a log
            self._version = self._data_version()
            self._watch.note()
        except BaseException:
            self._db.close()
            raise
        Ledger._open = self
        return self

    def close(self) -> None:
        """Close the file; harmless when it is not open."""
        if not self._db.is_closed():
            self._db.close()
            self._watch.part()
        if Ledger._open is self:
            Ledger._open = None

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, _kind: object, error: BaseException | None, _at: object) -> None:
        try:
            if isinstance(error, ValueError | LookupError):
                self.check()  # what was cut short may read as anything
        finally:
            self.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all of it or none of it; nothing to a file that others have touched."""
        is_outermost = not self._db.in_transaction()
        with self._db.atomic():
            if is_outermost:
                self.check()
            yield
        if is_outermost:
            self._watch.note()

    def check(self) -> None:
        """Make sure that the file is the one that was opened, and as it was left.

        Raises `LostError`, `DamagedError`, or `OutdatedError` where a newer version has
        come between. Writes nothing and reads next to nothing.
        """
        self._watch.look()
        if self._lock is not None:
            self._lock.check()
        version = self._data_version()
        if version != self._version:  # somebody else has written to it
            refuse_upgraded(self._db, self._steps)
            self._version = version

    def _data_version(self) -> int:
        ((version,),) = self._db.ask("PRAGMA data_version")
        return int(version)

    def written(self) -> int:
        """Say how many rows were written since it was opened."""
        ((count,),) = self._db.ask("SELECT total_changes()")
        return int(count)

    def copy_to(self, destination: Path) -> None:
        """Copy what is open here, though its file may not be there any more."""
        with (
            told(f"{self.path}, copied to {destination},"),
            contextlib.closing(sqlite3.connect(destination)) as copied,
        ):
            self._db.cursor().connection.backup(copied)

    def seal(self) -> None:
        """Write all of the log into the file, which is whole by itself then.

        Closing does so too, but says nothing where there is no room for it.
        """
        self._db.ask("PRAGMA wal_checkpoint(TRUNCATE)")

    def integrity(self) -> str:
        """Ask SQLite whether the file is whole: `ok`, or what is wrong."""
        return self._db.integrity()


@contextlib.contextmanager
def held(
    path: Path,
    *,
    command: str,
    since: str,
    began: str = "",
    mounts: Callable[[], str] = read_mounts,
) -> Iterator[Ledger]:
    """Hold the state for one writer, named by its *command*, and open it.

    Raises `HeldError` where another process has it.
    """
    prepare(path, mounts)
    lock = WriterLock(path).acquire(command=command, since=since, began=began)
    try:
        _make(path)
        with Ledger(path, lock) as ledger:
            yield ledger
    finally:
        lock.release()


def _make(path: Path) -> None:
    """Make a state where there is none: at once whole, since an empty one is damage."""
    refuse_hollow(path)
    if size_of(path) is None:
        new = unfinished(path)
        with Ledger(new, shown=path) as ledger:
            ledger.seal()
        settle(new, Path(os.path.realpath(path)))


def copy(origin: Path, destination: Path) -> None:
    """Copy a state as it stands, beside whoever writes it; an absent one is empty.

    The origin stays as it is to the byte, even where its writer was killed.
    """
    refuse_hollow(origin)
    if size_of(origin) is None:
        return
    with (
        told(f"{origin}, copied to {destination},"),
        read_only(origin) as source,
        contextlib.closing(sqlite3.connect(destination)) as copied,
    ):
        # in one step: between steps a writer would make it begin anew, for ever
        source.backup(copied)


__all__ = ["Ledger", "copy", "held"]
