"""What Stash was last seen to have, and which scenes have to be read again for it."""

from collections.abc import Iterable

from peewee import fn

from state.database import LedgerDatabase
from state.models import Census, Mark
from state.records import CensusRecord
from state.worded import Worded

_MARK = "INSERT INTO mark (scene, absent) VALUES (?, 0) ON CONFLICT (scene) DO NOTHING"

_MARK_REFERRING = """
INSERT INTO mark (scene, absent)
SELECT scene, 0 FROM reference WHERE kind = ? AND entity = ? AND scene > ?
ORDER BY scene LIMIT ?
ON CONFLICT (scene) DO NOTHING
"""

_LAST_REFERRING = """
SELECT MAX(scene), COUNT(scene) FROM (
  SELECT scene FROM reference WHERE kind = ? AND entity = ? AND scene > ?
  ORDER BY scene LIMIT ?
)
"""


_PUT = "INSERT OR REPLACE INTO census (kind, count, tip, due) VALUES (?, ?, ?, ?)"
_MARKED = "SELECT scene FROM mark WHERE absent = ? AND scene > ? ORDER BY scene LIMIT ?"
_ALL = Worded(Census.select())
_MARKS = Worded(Mark.select(fn.COUNT(Mark.scene)))


class CensusBook:
    """The book of counts and marks."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def known(self) -> dict[str, CensusRecord]:
        """Read the last census of each kind."""
        return {
            row.kind: CensusRecord(count=row.count, tip=row.tip, is_due=bool(row.due))
            for row in _ALL.models(self._db)
        }

    def put(self, kind: str, census: CensusRecord) -> None:
        """Record the census of a kind."""
        values = (kind, census.count, census.tip, int(census.is_due))
        self._db.ask(_PUT, *values)

    def mark(self, scenes: Iterable[int]) -> None:
        """Have scenes read again."""
        self._db.many(_MARK, [(scene,) for scene in scenes])

    def mark_referring(self, kind: str, entity: int, after: int, limit: int) -> int:
        """Have the next scenes that refer to an entity read again.

        Returns the last of them, 0 where there are no more beyond it.
        """
        stretch = (kind, entity, after, limit)
        ((last, count),) = self._db.ask(_LAST_REFERRING, *stretch)
        self._db.ask(_MARK_REFERRING, *stretch)
        return int(last) if count == limit else 0

    def mark_absent(self, scenes: Iterable[int]) -> None:
        """Have scenes asked for that a complete listing did not have."""
        self._db.many(
            "INSERT INTO mark (scene, absent) VALUES (?, 1)"
            " ON CONFLICT (scene) DO UPDATE SET absent = 1",
            [(scene,) for scene in scenes],
        )

    def marked(self, limit: int, *, is_absent: bool, after: int = 0) -> list[int]:
        """Name the next scenes to read again, in order, behind one."""
        found = self._db.ask(_MARKED, int(is_absent), after, limit)
        return [scene for (scene,) in found]

    def unmark(self, scenes: Iterable[int]) -> None:
        """Record that scenes have been read since they were marked."""
        marks = [(scene,) for scene in scenes]
        self._db.many("DELETE FROM mark WHERE scene = ?", marks)

    def marks(self) -> int:
        """Count the scenes that are to be read again."""
        ((count,),) = _MARKS.rows(self._db)
        return int(count)
