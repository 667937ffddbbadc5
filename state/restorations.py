"""When a state was put back to an earlier one, and whether it has caught up since."""

from dataclasses import dataclass

from state.database import LedgerDatabase
from state.happenings import Restoration
from state.worded import GIVEN, Worded

_NEWEST = Worded(Restoration.select().order_by(Restoration.id.desc()).limit(1))
_OF_PASS = Worded(Restoration.select().where(Restoration.pass_id == GIVEN))

_FORGET = (
    # done by now, or no more what the person wants: it would be done once more
    "UPDATE field SET wish = NULL WHERE wish IS NOT NULL",
    # a yes to a loss was one to that loss
    "UPDATE doubt SET approved = 0",
)

_DAY = 24 * 3600

_GATHER = """
UPDATE outbox SET stage = 'planned', pass = ?, overwrites = NULL, removals = NULL,
  rewrites = NULL, taken = NULL, writes = NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorationRecord:
    """A state that was put back."""

    id: int
    at: int
    """When it was put back."""
    made_at: int | None
    """As of when it was; None: it was empty."""
    pass_id: int | None = None
    """The pass that catches up, once it has begun; it may take several attempts."""
    scene: int = 0
    """The last scene that this pass has taken up."""
    ended: int | None = None
    """When it had caught up; None while it has not."""

    def is_news(self, now: int) -> bool:
        """Whether a person should know of it: until it has caught up, and for a day."""
        return self.ended is None or now < self.at + _DAY


class Restorations:
    """The book of states that were put back."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def add(self, *, now: int, made_at: int | None) -> None:
        """Record that this state was put back, as of *made_at*, or begun anew."""
        Restoration.insert(at=now, made_at=made_at, scene=0).execute()

    def standing(self) -> RestorationRecord | None:
        """Read the newest one, if it has not caught up yet."""
        newest = self.newest()
        return None if newest is None or newest.ended is not None else newest

    def newest(self) -> RestorationRecord | None:
        """Read the newest one."""
        return _first(_NEWEST.models(self._db))

    def of_pass(self, number: int) -> RestorationRecord | None:
        """Read the one that a pass catches up with."""
        return _first(_OF_PASS.models(self._db, number))

    def begin(self, one: int, pass_id: int) -> None:
        """Take all that is owed into one pass, to be judged anew.

        What persons asked for then and was not done is forgotten, and so are approvals.
        """
        Restoration.update(pass_id=pass_id).where(Restoration.id == one).execute()
        self._db.ask(_GATHER, pass_id)
        for statement in _FORGET:
            self._db.ask(statement)

    def reach(self, one: int, scene: int) -> None:
        """Record up to which scene it has come."""
        Restoration.update(scene=scene).where(Restoration.id == one).execute()

    def end(self, one: int, *, now: int) -> None:
        """Record that it has caught up."""
        Restoration.update(ended=now).where(Restoration.id == one).execute()


def _first(rows: list[Restoration]) -> RestorationRecord | None:
    return _record(rows[0]) if rows else None


def _record(row: Restoration) -> RestorationRecord:
    return RestorationRecord(
        id=row.id,
        at=row.at,
        made_at=row.made_at,
        pass_id=row.pass_id,
        scene=row.scene,
        ended=row.ended,
    )
