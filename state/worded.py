"""Queries that are worded once and asked often.

peewee takes ten times as long to word a query as SQLite takes to answer it.
"""

from collections.abc import Iterable
from functools import cached_property
from types import SimpleNamespace
from typing import Any, cast

import peewee

from state.database import LedgerDatabase

_ONE, _SOME = object(), object()

GIVEN = peewee.Value(_ONE, converter=False)
"""Stands in a query for a value that is given with each asking."""

SOME = peewee.EnclosedNodeList((peewee.Value(_SOME, converter=False),))
"""Stands in a query, behind `in_`, for any number of values that are given so."""


class Worded:
    """A query that is the same each time but for values that are given.

    They are given in the order in which they stand in it.
    """

    def __init__(self, query: "peewee.ModelSelect[Any] | peewee.ModelDelete") -> None:
        self._query = query

    def rows(self, db: LedgerDatabase, *given: object) -> list[tuple[Any, ...]]:
        """Run it for plain tuples."""
        text, values = self._filled(given)
        return db.ask(text, *values)

    def models(self, db: LedgerDatabase, *given: object) -> list[Any]:
        """Run it for rows by name, where it selects all of a table."""
        return [
            SimpleNamespace(**dict(zip(self._names, row, strict=True)))
            for row in self.rows(db, *given)
        ]

    def run(self, db: LedgerDatabase, *given: object) -> int:
        """Run it for what it changes; tell how many rows that was."""
        text, values = self._filled(given)
        return db.cursor().execute(text, values).rowcount

    @cached_property
    def _names(self) -> list[str]:
        columns = self._query.model._meta.sorted_fields  # noqa: SLF001 - peewee's own name for its documented metadata
        return [column.name for column in columns]

    @cached_property
    def _wording(self) -> tuple[str, list[tuple[object, str]]]:
        """Word it: what it begins with, and each value with what follows it."""
        text, values = self._query.sql()
        begin, *rest = text.split("?")
        return begin, list(zip(values, rest, strict=True))

    def _filled(self, given: Iterable[object]) -> tuple[str, list[object]]:
        text, places = self._wording
        values: list[object] = []
        left = iter(given)
        for place, after in places:
            found = [place]
            if place is _ONE:
                found = [next(left)]
            elif place is _SOME:
                found = list(cast("Iterable[object]", next(left)))
            values += found
            text += ", ".join("?" * len(found)) + after
        return text, values
