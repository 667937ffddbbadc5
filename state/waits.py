"""Scenes that have no item yet: which, in which target, and since when."""

from collections.abc import Iterable

from peewee import fn

from state.database import LedgerDatabase, rows
from state.models import Link, Waiting
from state.worded import GIVEN, Worded

_COUNTS = Worded(
    Waiting.select(Waiting.target, fn.COUNT(Waiting.scene)).group_by(Waiting.target)
)
_LATEST = Worded(Waiting.select(fn.MAX(Waiting.since)).where(Waiting.since <= GIVEN))
_UNTENDED = Worded(
    Waiting.select(Waiting.scene)
    .where(Waiting.target == GIVEN, Waiting.since >= GIVEN, Waiting.tended == 0)
    .order_by(Waiting.since, Waiting.scene)
    .limit(GIVEN)
)
_BEREFT = Worded(
    Waiting.select(Waiting.scene)
    .join(Link, on=(Waiting.scene == Link.scene) & (Waiting.target == Link.target))
    .where(Waiting.target == GIVEN, Waiting.since >= GIVEN)
    .distinct()
    .limit(GIVEN)
)


class Waits:
    """The book of scenes that wait."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def put(
        self, scene: int, targets: Iterable[int], *, now: int, is_anew: bool = False
    ) -> None:
        """Record in which targets a scene has no item yet, and in which it has.

        One that waits goes on, unless *is_anew*: it waits for something else now.
        """
        wanted = set(targets)
        waits = self._db.ask("SELECT target FROM waiting WHERE scene = ?", scene)
        known = {target for (target,) in waits}
        over = known if is_anew else known - wanted
        self._db.many(
            "DELETE FROM waiting WHERE scene = ? AND target = ?",
            [(scene, target) for target in over],
        )
        self._db.many(
            "INSERT INTO waiting (scene, target, since) VALUES (?, ?, ?)",
            [(scene, target, now) for target in sorted(wanted - (known - over))],
        )

    def counts(self) -> dict[int, int]:
        """Count the scenes that wait in each target."""
        return dict(_COUNTS.rows(self._db))

    def latest(self, *, until: int) -> int | None:
        """Say when that scene began to wait which has waited least; None: no such one.

        One that began after *until*, by a clock that was wrong, is left out.
        """
        ((found,),) = _LATEST.rows(self._db, until)
        return None if found is None else int(found)

    def untended(self, target: int, *, since: int, limit: int) -> list[int]:
        """Name scenes that began to wait since then and were not seen to yet.

        Those that have waited longest come first.
        """
        return [scene for (scene,) in _UNTENDED.rows(self._db, target, since, limit)]

    def tend(self, target: int, scenes: Iterable[int]) -> None:
        """Record that scenes have been seen to, for as long as they wait."""
        self._db.many(
            "UPDATE waiting SET tended = 1 WHERE scene = ? AND target = ?",
            [(scene, target) for scene in scenes],
        )

    def bereft(self, target: int, *, since: int, limit: int) -> list[int]:
        """Name scenes that began to wait since then and had an item in *target*."""
        return [scene for (scene,) in _BEREFT.rows(self._db, target, since, limit)]

    def missed(self, target: int, *, since: int, limit: int) -> list[str]:
        """Name items that scenes have lost which wait in *target* no longer than that.

        Those that have waited least come first.
        """
        waits = (Waiting.scene == Link.scene) & (Waiting.target == Link.target)
        query = Link.select(Link.item).join(Waiting, on=waits)
        mine = query.where(
            Link.target == target, Link.lost == 1, Waiting.since >= since
        )
        latest = mine.group_by(Link.item).order_by(fn.MAX(Waiting.since).desc())
        return [item for (item,) in rows(latest.limit(limit))]
