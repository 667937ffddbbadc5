"""The SQLite file: how it is opened, what is refused, and how its failures are told."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path, PurePosixPath
from typing import Any, Self

import peewee
from playhouse.migrations import Runner

from state.errors import DamagedError, OutdatedError, StateError, refused
from state.files import log_of, unfinished
from state.tables import TABLES

_PRAGMAS = [
    ("synchronous", "normal"),
    ("foreign_keys", 1),
    ("cache_size", -16000),  # KiB: what a pass over a large library works in
    ("journal_size_limit", 64 << 20),
]

_HISTORY = "schema_migration"
_STEPS = "SELECT name FROM schema_migration"

_REMOTE = (
    "nfs", "cifs", "smb", "afs", "9p", "ceph", "gluster", "sshfs", "davfs", "rclone"
)  # fmt: skip
"""How the types of file systems begin on which WAL's shared memory does not work."""

_FULL = "the disk is full: free some space and run again"
_DAMAGED = "it is damaged: `plexsync state restore` puts a backup in its place"
_ADVICE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: "it is read-only: make it writable for this user",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: make it and its folder writable"
    " for this user",
    sqlite3.SQLITE_IOERR: "the disk does not answer as it should: check it",
    sqlite3.SQLITE_IOERR_WRITE: "the disk does not take what is written: see whether it"
    " is full, fails, has become read-only or has a quota, and run again",
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,  # the index of the log finds no room
    sqlite3.SQLITE_IOERR_SHORT_READ: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: "it is no state of plexsync: set another [state] path, or,"
    " if it was one, `plexsync state restore` puts a backup in its place",
    sqlite3.SQLITE_BUSY: "another program keeps it locked: close that program",
}
OF_DAMAGE = {
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}
"""Failures that nothing but a backup helps against."""


class _Cursor(sqlite3.Cursor):
    """A cursor whose failures say what to do; all that is asked of SQLite runs here."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        super().__init__(connection)
        self._path = path

    def execute(self, sql: str, parameters: Any = ()) -> Self:  # noqa: ANN401 - the driver's signature
        if sql.startswith("ROLLBACK") and not self.connection.in_transaction:
            # SQLite did so itself, as it does where the disk is full: the failure that
            # it did so for is the one to be told
            return self
        try:
            return super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise sentence(self._path, error) from error

    def executemany(self, sql: str, parameters: Any) -> Self:  # noqa: ANN401 - the driver's signature
        with told(self._path):
            return super().executemany(sql, parameters)

    def fetchone(self) -> Any:  # noqa: ANN401 - the driver's signature
        try:
            return super().fetchone()
        except sqlite3.DatabaseError as error:
            raise sentence(self._path, error) from error

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except sqlite3.DatabaseError as error:
            raise sentence(self._path, error) from error


class LedgerDatabase(peewee.SqliteDatabase):
    """SQLite with short IMMEDIATE transactions and failures that say what to do."""

    def __init__(self, path: Path, shown: Path | None = None) -> None:
        self.shown = str(shown or path)
        """What the operator knows it by: one that is made anew has no name yet."""
        super().__init__(
            str(path),
            timeout=5,
            autoconnect=False,
            lock_type="IMMEDIATE",
            pragmas=_PRAGMAS,
        )

    def connect(self, reuse_if_open: bool = False) -> bool:  # noqa: FBT001, FBT002 - peewee's signature
        try:
            return bool(super().connect(reuse_if_open=reuse_if_open))
        except peewee.DatabaseError as error:
            # its types do not tell that it keeps the failure that the driver raised
            raise sentence(self.shown, getattr(error, "orig", error)) from error

    def cursor(self, _name: str | None = None) -> sqlite3.Cursor:
        """Make the one kind of cursor that peewee and this package work with."""
        connection: sqlite3.Connection = super().cursor().connection
        return connection.cursor(partial(_Cursor, path=self.shown))

    def many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        """Run one statement for many rows: four times as fast as peewee's way."""
        self.cursor().executemany(sql, rows)

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement where peewee would take ten times as long to word it."""
        found: list[tuple[Any, ...]] = self.cursor().execute(sql, values).fetchall()
        return found

    def integrity(self) -> str:
        """Ask SQLite whether the file is whole: `ok`, or what is wrong."""
        try:
            ((answer,), *_) = self.ask("PRAGMA integrity_check")
        except StateError as error:
            return str(error)
        return str(answer)


def rows(query: "peewee.ModelSelect[Any]") -> list[tuple[Any, ...]]:
    """Run a query for plain tuples, which peewee's types know nothing of."""
    found: list[tuple[Any, ...]] = list(query.tuples())
    return found


@contextlib.contextmanager
def told(path: object) -> Iterator[None]:
    """Turn a failure of SQLite into a sentence for the operator."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise sentence(path, error) from error


def sentence(path: object, error: object) -> StateError:
    """Say what a failure of SQLite means and what to do about it."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code not in _ADVICE:
        code &= 0xFF  # the kind of failure; the other bytes are its details
    unknown = f"SQLite says: {error}; report it if it comes again"
    kind = DamagedError if code in OF_DAMAGE else StateError
    return kind(f"the state {path} cannot be used: {_ADVICE.get(code, unknown)}")


def prepare(path: Path, mounts: Callable[[], str]) -> None:
    """Make a place for it, for this user alone; refuse a network's disk."""
    if kind := remote_kind(path, mounts()):
        raise StateError(
            f"the state {path} lies on a network file system ({kind}), where SQLite's"
            " write-ahead log is not safe: set [state] path to a local disk"
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # whether it can be written; one that is not there yet is made beside its place
        place = path if path.exists() else unfinished(path)
        os.close(os.open(place, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise refused(f"write {path}", error) from error


def remote_kind(path: Path, mountinfo: str) -> str:
    """Name the type of the network file system that *path* lies on, or nothing."""
    place = PurePosixPath(os.path.realpath(path))
    best, found = -1, ""
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        point = left.split()[4].replace("\\040", " ")
        if place.is_relative_to(point) and len(point) >= best:
            best, found = len(point), right.split()[0]
    return found if found.removeprefix("fuse.").startswith(_REMOTE) else ""


def read_mounts(source: Path = Path("/proc/self/mountinfo")) -> str:
    """Read what is mounted where; nothing where the system does not tell."""
    try:
        return source.read_text(encoding="utf-8")
    except OSError:
        return ""


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Look into a file, beside whoever writes it, and leave it as it is to the byte.

    Its failures are the driver's own.
    """
    # the last to close writes the log into the file and takes the log away; one who may
    # only read does neither, and so would leave a log behind where there was none
    mode = "ro" if log_of(path).exists() else "rw"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
        yield connection


def known_steps() -> frozenset[str]:
    """Name the steps of the schema's history that this version knows."""
    names = (entry.name for entry in files("state.migrations").iterdir())
    return frozenset(n.removesuffix(".py") for n in names if n[:1].isdecimal())


def migrate(db: LedgerDatabase, *, may_write: bool) -> frozenset[str]:
    """Bring the schema up to date; leave a file that is not to be used as it is.

    Name the steps that it has come by, which are all that this version knows.
    """
    known, applied = known_steps(), _applied_steps(db)
    _refuse_newer(db, applied - known)
    if applied != known and not may_write:
        raise StateError(
            f"the state {db.shown} is of an older plexsync:"
            " `plexsync reconcile` brings it up to date"
        )
    if may_write:
        # kept in the file: it writes only where it is not so yet
        db.execute_sql("PRAGMA journal_mode = wal")
    if applied != known:
        with as_file(files("state.migrations")) as folder:
            Runner(db, directory=str(folder), table_name=_HISTORY).up()
    db.bind(TABLES, bind_refs=False, bind_backrefs=False)
    return known


def refuse_upgraded(db: LedgerDatabase, known: AbstractSet[str]) -> None:
    """Raise `OutdatedError` where a newer version has come between."""
    names = {name for (name,) in db.ask(_STEPS)}
    if unknown := names - known:
        raise OutdatedError(
            f"the state {db.shown} was brought up to date by a newer plexsync while"
            f" this one was at work (it has {max(unknown)}): nothing more is written;"
            " start that version"
        )


def _applied_steps(db: LedgerDatabase) -> frozenset[str]:
    """Name the steps that it has come by; refuse another program's database."""
    tables = db.get_tables()
    if not tables:
        return frozenset()
    if _HISTORY not in tables:
        raise StateError(
            f"the state {db.shown} is another program's database"
            f' (it has a table "{tables[0]}"): set another [state] path'
        )
    return frozenset(name for (name,) in db.ask(_STEPS))


def _refuse_newer(db: LedgerDatabase, unknown: AbstractSet[str]) -> None:
    if unknown:
        raise OutdatedError(
            f"the state {db.shown} was made by a newer plexsync"
            f" (it has {max(unknown)}): install that version, or set another"
            " [state] path"
        )
