"""What a person was told of, so that nobody is told the same twice."""

from dataclasses import dataclass

from state.happenings import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRecord:
    """What a person was told of and not yet told is over."""

    kind: str
    message: str
    """What was told."""
    count: int
    """How many it was then."""
    gone_at: int | None = None
    """Since when it is not so any more, in unix seconds."""


class Notices:
    """The book of notices, by what they are about."""

    def standing(self) -> dict[str, NoticeRecord]:
        """Read all that was told and not yet told to be over."""
        return {
            row.about: NoticeRecord(
                kind=row.kind, message=row.message, count=row.count, gone_at=row.gone
            )
            for row in Notice.select().order_by(Notice.about)
        }

    def put(self, about: str, notice: NoticeRecord) -> None:
        """Record what was told of something, in place of what was told of it before."""
        Notice.insert(
            about=about,
            kind=notice.kind,
            message=notice.message,
            count=notice.count,
            gone=notice.gone_at,
        ).on_conflict_replace().execute()

    def drop(self, about: str) -> None:
        """Forget what was told of something."""
        Notice.delete().where(Notice.about == about).execute()
