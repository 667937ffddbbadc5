"""Whether a state, or a copy of one, is whole and can be used; it is left as it is."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from state.database import OF_DAMAGE, known_steps, read_only
from state.files import size_of


class Finding(StrEnum):
    """What a file is found to be."""

    SOUND = "sound"
    DAMAGED = "damaged"
    NO_DATABASE = "no database"
    FOREIGN = "another program's"
    NEWER = "of a newer plexsync"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What was found out about one file."""

    path: Path
    size: int
    """In bytes; 0 where there is none."""
    finding: Finding
    version: str | None = None
    """The last step of the schema that it has come by."""
    problem: str | None = None
    """What is wrong with it, as the end of a sentence; None: nothing is."""


def examine(path: Path) -> Soundness:
    """Read all of a file, beside whoever writes it; a second for 100 MB."""
    size = size_of(path)
    problem = "is not there" if size is None else "is empty"
    finding, version = Finding.DAMAGED, None
    if size:
        finding, version, problem = _asked(path)
    return Soundness(
        path=path,
        size=size or 0,
        finding=finding,
        version=version,
        problem=None if finding is Finding.SOUND else problem,
    )


def _asked(path: Path) -> tuple[Finding, str | None, str]:
    try:
        with read_only(path) as db:
            ((said,),) = db.execute("PRAGMA integrity_check(1)").fetchall()
            if said != "ok":
                return Finding.DAMAGED, None, f"is damaged ({said.splitlines()[-1]})"
            return _versioned(db)
    except sqlite3.DatabaseError as error:
        code = error.sqlite_errorcode
        if code == sqlite3.SQLITE_NOTADB:
            return Finding.NO_DATABASE, None, "is no database"
        if code in OF_DAMAGE or code & 0xFF in OF_DAMAGE:
            return Finding.DAMAGED, None, f"is damaged ({error})"
        return Finding.UNREADABLE, None, f"cannot be read ({error})"


def _versioned(db: sqlite3.Connection) -> tuple[Finding, str | None, str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    tables = [name for (name,) in db.execute(query)]
    if not tables:
        return Finding.DAMAGED, None, "has nothing in it"
    if "schema_migration" not in tables:
        what = f'is another program\'s database (it has a table "{tables[0]}")'
        return Finding.FOREIGN, None, what
    names = {name for (name,) in db.execute("SELECT name FROM schema_migration")}
    version = max(names, default=None)
    if unknown := names - known_steps():
        newer = f"is of a newer plexsync (it has {max(unknown)})"
        return Finding.NEWER, version, newer
    return Finding.SOUND, version, ""
