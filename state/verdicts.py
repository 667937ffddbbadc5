"""What was decided of fields, counted and found by it."""

from collections.abc import Iterable

from peewee import fn

from state.database import rows
from state.models import Field, Link


class Verdicts:
    """The verdicts and reasons in the book of links."""

    def counts(self) -> dict[tuple[str, str], int]:
        """Count fields by verdict and reason."""
        query = Field.select(Field.verdict, Field.reason, fn.COUNT(Field.link))
        decided = query.where(Field.verdict.is_null(is_null=False))
        grouped = decided.group_by(Field.verdict, Field.reason)
        return {(verdict, reason): n for verdict, reason, n in rows(grouped)}

    def count(self, verdicts: Iterable[str], reasons: Iterable[str]) -> int:
        """Count the fields of such a verdict and reason whose links are not lost."""
        query = Field.select().join(Link, on=(Link.id == Field.link))
        decided = Field.verdict.in_(list(verdicts)) & Field.reason.in_(list(reasons))
        return query.where(decided, Link.lost == 0).count()

    def page(self, verdicts: Iterable[str], *, after: int, limit: int) -> list[int]:
        """Name links beyond *after* with a field of one of these verdicts, in order."""
        query = Field.select(Field.link).where(
            Field.link > after, Field.verdict.in_(list(verdicts))
        )
        found = query.distinct().order_by(Field.link).limit(limit)
        return [link for (link,) in rows(found)]

    def besides(self, verdict: str, reasons: Iterable[str]) -> list[int]:
        """Name all links with a field of a verdict, but for these reasons."""
        query = Field.select(Field.link).where(
            Field.verdict == verdict, Field.reason.not_in(list(reasons))
        )
        return sorted({link for (link,) in rows(query)})
