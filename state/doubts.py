"""What a server says and is not believed, until it says otherwise or a person does."""

from state.database import LedgerDatabase
from state.models import Doubt
from state.records import DoubtRecord
from state.worded import Worded

_ALL = Worded(Doubt.select().order_by(Doubt.subject))


class Doubts:
    """The book of doubts, by what they are about."""

    def __init__(self, db: LedgerDatabase) -> None:
        self._db = db

    def standing(self) -> dict[str, DoubtRecord]:
        """Read every doubt."""
        return {
            row.subject: DoubtRecord(
                reason=row.reason, since=row.since, is_approved=bool(row.approved)
            )
            for row in _ALL.models(self._db)
        }

    def cast(self, subject: str, reason: str, *, now: int) -> None:
        """Record a doubt, or why it stands now; a person's yes to it holds no more."""
        Doubt.insert(subject=subject, reason=reason, since=now, approved=0).on_conflict(
            conflict_target=[Doubt.subject],
            update={Doubt.reason: reason, Doubt.approved: 0},
        ).execute()

    def approve(self, subject: str) -> None:
        """Record that a person has said that it is so."""
        Doubt.update(approved=1).where(Doubt.subject == subject).execute()

    def drop(self, subject: str) -> None:
        """Forget a doubt."""
        Doubt.delete().where(Doubt.subject == subject).execute()
