"""The double's database: tables, transactions that roll back, and slow commits.

Ids are never used twice: all tables here are AUTOINCREMENT in Stash, and no migration
from schema 68 (v0.27) to 75 makes one of them anew. Only `clear`, which an import
begins with, lets them start again at 1, and `restore` where they were. A transaction
that fails gives its ids back. Rows are values: a backup is a copy of the tables.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import partial
from typing import Any, Generic, TypeVar

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.jobs import JobQueue
from tests.sandbox.stash.records import (
    File,
    Folder,
    Gallery,
    Group,
    Marker,
    Performer,
    Row,
    Scene,
    Studio,
    Tag,
)
from tests.sandbox.stash.times import stamp
from tests.sandbox.wire import REAL_TIME, Clock

R = TypeVar("R", bound=Row)
Undo = list[Callable[[], None]]


class Table(dict[int, R], Generic[R]):
    """Rows by id, in ascending order of id; written to with `put` and `drop` only."""

    def __init__(self, noun: str, undo: Undo) -> None:
        super().__init__()
        self.noun = noun
        self.last_id = 0
        self._undo = undo

    def new_id(self) -> int:
        self._undo.append(partial(setattr, self, "last_id", self.last_id))
        self.last_id += 1
        return self.last_id

    def must(self, row_id: int) -> R:
        row = self.get(row_id)
        if row is None:
            raise StashError(f"{self.noun} with id {row_id} not found")
        return row

    def put(self, row: R) -> None:
        self._undo.append(partial(self._restore, row.id, self.get(row.id)))
        self[row.id] = row

    def drop(self, row_id: int) -> None:
        self._undo.append(partial(self._restore, row_id, self.get(row_id)))
        self.pop(row_id, None)

    def replace_all(self, rows: dict[int, R], last_id: int) -> None:
        self._undo.append(partial(self._overwrite, dict(self), self.last_id))
        self._overwrite(rows, last_id)

    def _overwrite(self, rows: dict[int, R], last_id: int) -> None:
        self.clear()
        self.update(rows)
        self.last_id = last_id

    def _restore(self, row_id: int, row: R | None) -> None:
        if row is None:
            self.pop(row_id, None)
        elif row_id in self:
            self[row_id] = row
        else:
            self._overwrite(dict(sorted({**self, row_id: row}.items())), self.last_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """All rows of all tables, and the last id of each, by the tables' nouns."""

    rows: dict[str, dict[int, Row]]
    last_ids: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slow:
    due: float
    stamped: float
    act: Callable[[], object]


class Store:
    def __init__(
        self,
        *,
        clock: Clock = REAL_TIME,
        zone: tzinfo = UTC,
        version: str = "0.30.1",
        separator: str = "/",
    ) -> None:
        self.clock = clock
        self.zone = zone
        self.version = version
        self.separator = separator
        self.lock = threading.RLock()
        self._undo: Undo = []
        self.scenes: Table[Scene] = Table("scene", self._undo)
        self.performers: Table[Performer] = Table("performer", self._undo)
        self.tags: Table[Tag] = Table("tag", self._undo)
        self.studios: Table[Studio] = Table("studio", self._undo)
        self.groups: Table[Group] = Table("group", self._undo)
        self.galleries: Table[Gallery] = Table("gallery", self._undo)
        self.markers: Table[Marker] = Table("scene marker", self._undo)
        self.files: Table[File] = Table("file", self._undo)
        self.folders: Table[Folder] = Table("folder", self._undo)
        self.jobs = JobQueue(clock, zone)
        self._slow: list[_Slow] = []
        self._at: float | None = None  # what a slow operation was stamped with
        self._depth = 0

    @property
    def tables(self) -> tuple[Table[Any], ...]:
        entities = (self.performers, self.tags, self.studios, self.groups)
        of_scenes = (self.galleries, self.markers)
        return (self.scenes, *entities, *of_scenes, self.files, self.folders)

    def since(self, version: str) -> bool:
        """Say whether this server is as new as *version*."""
        return version_numbers(self.version) >= version_numbers(version)

    def now(self) -> str:
        """Return the stamp of this second."""
        return stamp(self.clock() if self._at is None else self._at, self.zone)

    def slow(self, seconds: float, act: Callable[[], object]) -> None:
        """Stamp *act* with the time of now, but let it be seen *seconds* later only."""
        now = self.clock()
        with self.lock:
            self._slow.append(_Slow(due=now + seconds, stamped=now, act=act))

    def catch_up(self) -> None:
        """Commit what is due of slow operations and jobs; readers call this first."""
        with self.lock:
            due = [slow for slow in self._slow if slow.due <= self.clock()]
            for slow in sorted(due, key=lambda slow: slow.due):
                self._slow.remove(slow)
                self._at = slow.stamped
                # What fails as late as this is told to whoever waited for it.
                with suppress(StashError):
                    slow.act()
                self._at = None
            self.jobs.proceed()

    @contextmanager
    def writing(self) -> Iterator[str]:
        """Give the stamp to write with; an error takes back all that was written."""
        with self.lock:
            if not self._depth and self._at is None:
                self.catch_up()
            mark = len(self._undo)
            self._depth += 1
            try:
                yield self.now()
            except BaseException:
                while len(self._undo) > mark:
                    self._undo.pop()()
                raise
            finally:
                self._depth -= 1
                if not self._depth:
                    self._undo.clear()

    def backup(self) -> Backup:
        with self.lock:
            rows = {table.noun: dict(table) for table in self.tables}
            last_ids = {table.noun: table.last_id for table in self.tables}
            return Backup(rows=rows, last_ids=last_ids)

    def restore(self, backup: Backup) -> None:
        """Put *backup* in place: older rows under the same ids, newer ones are gone.

        Ids that came after it are given once more: a table counts on from where it was.
        """
        with self.writing():
            for table in self.tables:
                table.replace_all(
                    dict(backup.rows[table.noun]), backup.last_ids[table.noun]
                )

    def clear(self) -> None:
        """Drop everything, the count of the ids too."""
        with self.writing():
            for table in self.tables:
                table.replace_all({}, 0)


def version_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
