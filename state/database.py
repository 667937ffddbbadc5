"""The SQLite file: how it is opened, what is refused, and how its failures are told."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from pathlib import Path, PurePosixPath
from typing import Any

import peewee
from playhouse.migrations import Runner

from state.errors import StateError
from state.models import TABLES

_PRAGMAS = [
    ("journal_mode", "wal"),
    ("synchronous", "normal"),
    ("foreign_keys", 1),
    ("cache_size", -16000),  # KiB: what a pass over a large library works in
    ("journal_size_limit", 64 << 20),
]

_REMOTE = ("nfs", "cifs", "smb", "afs", "9p", "ceph", "gluster", "fuse.sshfs", "davfs")
"""How the types of file systems begin on which WAL's shared memory does not work."""

_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space and run again",
    sqlite3.SQLITE_READONLY: "it is read-only: make it writable for this user",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check its folder and its rights",
    sqlite3.SQLITE_IOERR: "the disk does not answer as it should: check it",
    sqlite3.SQLITE_CORRUPT: "it is damaged: set it aside and start with a new one",
    sqlite3.SQLITE_NOTADB: "it is no state of plexsync: set another [state] path",
    sqlite3.SQLITE_BUSY: "another program keeps it locked: close that program",
}


class LedgerDatabase(peewee.SqliteDatabase):
    """SQLite with short IMMEDIATE transactions and failures that say what to do."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            str(path),
            timeout=5,
            autoconnect=False,
            lock_type="IMMEDIATE",
            pragmas=_PRAGMAS,
        )

    def connect(self, reuse_if_open: bool = False) -> bool:  # noqa: FBT001, FBT002 - peewee's signature
        with told(self.database):
            return bool(super().connect(reuse_if_open=reuse_if_open))

    def execute_sql(self, sql: str, params: Any = None, *args: Any) -> Any:  # noqa: ANN401 - peewee's signature
        with told(self.database):
            return super().execute_sql(sql, params, *args)

    def commit(self) -> None:
        with told(self.database):
            super().commit()

    def many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        """Run one statement for many rows: four times as fast as peewee's way."""
        with told(self.database):
            self.connection().executemany(sql, rows)


def rows(query: "peewee.ModelSelect[Any]") -> list[tuple[Any, ...]]:
    """Run a query for plain tuples, which peewee's types know nothing of."""
    found: list[tuple[Any, ...]] = list(query.tuples())
    return found


@contextlib.contextmanager
def told(path: object) -> Iterator[None]:
    """Turn a failure of SQLite into a sentence for the operator."""
    try:
        yield
    except (peewee.DatabaseError, sqlite3.DatabaseError) as error:
        code = _primary_code(error)
        advice = _ADVICE.get(code, f"SQLite says: {error}")
        raise StateError(f"the state {path} cannot be used: {advice}") from error


def _primary_code(error: BaseException) -> int:
    # peewee wraps the driver's exception and keeps it as cause or context
    seen: BaseException | None = error
    while seen is not None:
        if (code := getattr(seen, "sqlite_errorcode", None)) is not None:
            return int(code) & 0xFF
        seen = seen.__cause__ or seen.__context__
    return 0


def prepare(path: Path, mounts: Callable[[], str]) -> None:
    """Make the file and its folder for this user alone; refuse a network's disk."""
    if kind := remote_kind(path, mounts()):
        raise StateError(
            f"the state {path} lies on a network file system ({kind}), where SQLite's"
            " write-ahead log is not safe: set [state] path to a local disk"
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StateError(
            f"cannot write {path}: {error.strerror};"
            " make the folder writable for this user, or set another [state] path"
        ) from error


def remote_kind(path: Path, mountinfo: str) -> str:
    """Name the type of the network file system that *path* lies on, or nothing."""
    place = PurePosixPath(os.path.realpath(path))
    best, found = -1, ""
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        point = left.split()[4].replace("\\040", " ")
        if place.is_relative_to(point) and len(point) >= best:
            best, found = len(point), right.split()[0]
    return found if found.startswith(_REMOTE) else ""


def read_mounts() -> str:
    """Read what is mounted where; nothing where the system does not tell."""
    try:
        return Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    except OSError:
        return ""


def migrate(db: LedgerDatabase) -> None:
    """Bring the schema up to date; refuse one that a newer plexsync has made."""
    with as_file(files("state.migrations")) as folder:
        runner = Runner(db, directory=str(folder))
        known = {migration.name for migration in runner.migrations()}
        applied = set(runner.applied())
        if unknown := sorted(applied - known):
            raise StateError(
                f"the state {db.database} was made by a newer plexsync"
                f" (it has {unknown[-1]}): install that version, or set another"
                " [state] path"
            )
        if applied != known:
            runner.up()
    db.bind(TABLES, bind_refs=False, bind_backrefs=False)
