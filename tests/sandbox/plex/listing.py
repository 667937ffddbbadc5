"""Which items a listing gives: type, filters, order, page.

A filter that the server does not know, or that is spelled in a way that it does not
take, is passed over in silence: the answer is the whole library.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Collection, Item, Section
from tests.sandbox.plex.switches import Order
from tests.sandbox.plex.vocabulary import KIND, Type

Listed: TypeAlias = Item | Collection
_Test: TypeAlias = Callable[[Item], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Part of a listing; *paged* is whether a part was asked for."""

    rows: list[Listed]
    start: int
    total: int
    paged: bool


def select(model: Model, section: Section, query: Mapping[str, str]) -> list[Listed]:
    """Return what a listing of *section* holds, in its order."""
    wanted = query.get("type") or str(Type.MOVIE.value)
    rows: list[Listed] = []
    if wanted == str(Type.MOVIE.value):
        tests = [_test(name, value) for name, value in query.items() if value]
        known = [test for test in tests if test is not None]
        items = model.items_of(section.key)
        rows += [item for item in items if all(test(item) for test in known)]
    if wanted == str(Type.COLLECTION.value) or query.get("includeCollections") == "1":
        rows += model.collections_of(section.key)
    if model.switches.order is Order.RATING_KEY:
        return sorted(rows, key=lambda row: row.key)
    return sorted(rows, key=_by_title)


def page(
    model: Model, rows: list[Listed], query: Mapping[str, str], head: Mapping[str, str]
) -> Page:
    """Cut a page out, as query or headers ask; the server may give less than that."""
    start = _whole(query, head, "X-Plex-Container-Start")
    size = _whole(query, head, "X-Plex-Container-Size")
    paged = start is not None or size is not None
    start = start or 0
    most = len(rows) if size is None else size
    cap = model.switches.page_cap
    if cap is not None and most > cap:
        most, paged = cap, True
    rest = rows[start : start + most]
    return Page(rows=rest, start=start, total=len(rows), paged=paged)


def _whole(query: Mapping[str, str], head: Mapping[str, str], name: str) -> int | None:
    value = query.get(name) or head.get(name) or ""
    return int(value) if value.isascii() and value.isdigit() else None


def _by_title(row: Listed) -> tuple[str, int]:
    values = row.values
    return (values.get("titleSort") or values["title"]).casefold(), row.key


def _test(name: str, value: str) -> _Test | None:
    """Return what *name* filters by, or None where the server knows no such filter."""
    field = name.rstrip("<>")
    if field in _TIMES and name != field:
        return _time_test(field, name[len(field) :], value)
    if name in KIND:
        ids = set(value.split(","))
        return lambda item: any(
            str(tagging.tag.id) in ids for tagging in item.tags.get(name, ())
        )
    if name in _CONTAINS:
        return _contains_test(_CONTAINS[name], value)
    return _FLAGS.get(name) if value == "1" else None


def _time_test(field: str, operator: str, value: str) -> _Test | None:
    if operator not in {">", ">>", "<", "<<"} or not value.isdigit():
        return None
    limit = int(value)
    read = _TIMES[field]

    def holds(item: Item) -> bool:
        time = read(item)
        if time is None:
            return False  # an item without the time is never matched
        return time > limit if operator.startswith(">") else time < limit

    return holds


def _contains_test(read: Callable[[Item], list[str]], value: str) -> _Test:
    # A comma is an "or" that cannot be escaped.
    wanted = [part.casefold() for part in value.split(",")]

    def holds(item: Item) -> bool:
        texts = [text.casefold() for text in read(item)]
        return any(part in text for part in wanted for text in texts)

    return holds


_TIMES: dict[str, Callable[[Item], int | None]] = {
    "updatedAt": lambda item: item.updated_at,
    "addedAt": lambda item: int(item.values.get("addedAt") or 0),
}
_CONTAINS: dict[str, Callable[[Item], list[str]]] = {
    "title": lambda item: [item.values["title"]],
    "file": lambda item: [part.file for part in item.parts],
}
_FLAGS: dict[str, _Test] = {
    "trash": lambda item: item.deleted_at is not None,
    "duplicate": lambda item: len(item.media) > 1,
    "unmatched": lambda item: item.guid.startswith("local://"),
}
