"""Names and lists of ids, as the tables of entities keep them in order."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.records import Row
from tests.sandbox.stash.store import Table

T = TypeVar("T")
R = TypeVar("R", bound=Row)


class Named(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


def unique(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def exchanged(ids: Iterable[int], old: set[int], new: int | None) -> tuple[int, ...]:
    changed = (new if row_id in old else row_id for row_id in ids)
    return unique(row_id for row_id in changed if row_id is not None)


def must_have_name(noun: str, name: str) -> None:
    if not name:
        raise StashError(f"{noun} name must not be blank")


def must_exist(table: Table[R], row_id: int, name: str) -> None:
    if row_id not in table:
        raise StashError(f"id {row_id} does not exist in {name}")


def must_refer(table: Table[R], row_ids: Iterable[int | None]) -> None:
    """Refuse a reference to what is not there, as the foreign keys do."""
    if any(row_id is not None and row_id not in table for row_id in row_ids):
        raise StashError("FOREIGN KEY constraint failed")


def must_be_free(noun: str, named: Named, others: Iterable[Named]) -> None:
    """Refuse a name that another one has, as its name or as an alias."""
    must_have_name(noun, named.name)
    wanted = {name.lower() for name in (named.name, *named.aliases)}
    for other in others:
        if other.id == named.id:
            continue
        if other.name.lower() in wanted:
            raise StashError(f"{noun} with name '{named.name}' already exists")
        if not wanted.isdisjoint(alias.lower() for alias in other.aliases):
            raise StashError(f"name '{named.name}' is used as alias for '{other.name}'")
