"""An edit as it stands in a query: decoded, sorted, and checked by name.

Names that are no field are refused; anything else that is spelled wrongly is passed
over in silence, as the real server does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus

from tests.sandbox.plex.tags import Sent
from tests.sandbox.plex.vocabulary import FIELDS, KIND, LOCK_ONLY

_SCALAR = re.compile(r"(\w+)\.(value|locked)")
_ADDED = re.compile(r"(\w+)\[(\d+)\]\.(tag\.tag|tag\.thumb|tagging\.(?:text|thumb))")
_REMOVED = re.compile(r"(\w+)\[\]\.tag\.tag-")
_CLEARED = re.compile(r"(\w+)\[\]\.tag")
_LOCKS = FIELDS.keys() | KIND.keys() | LOCK_ONLY
# A studio sent as a tag has been seen to land on the directors.
_LANDS_ON = {"studio": "director"}


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """The edit is answered with *status*, and nothing of it is applied."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True, kw_only=True)
class Form:
    ids: tuple[int, ...] = ()  # none: every item of the section
    type: int | None = None
    values: dict[str, str] = field(default_factory=dict)
    locks: dict[str, bool] = field(default_factory=dict)
    added: dict[str, list[Sent]] = field(default_factory=dict)
    removed: dict[str, list[str]] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)


def pairs(query: str) -> list[tuple[str, str]]:
    """Decode a query: the first `=` parts name from value, `>` may stand in a name."""
    found = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name:
            found.append((unquote_plus(name), unquote_plus(value)))
    return found


def numbers(text: str) -> tuple[int, ...]:
    """Read `1,2,3`."""
    return tuple(int(part) for part in text.split(",") if part)


def read(query: Iterable[tuple[str, str]]) -> Form:
    """Raise `Refused` for a field that does not exist."""
    form = Form()
    indexed: dict[tuple[str, int], dict[str, str]] = {}
    for name, value in query:
        if name in {"id", "type"}:
            _address(form, name, value)
        elif match := _SCALAR.fullmatch(name):
            _scalar(form, match[1], match[2], value)
        elif match := _ADDED.fullmatch(name):
            indexed.setdefault((match[1], int(match[2])), {})[match[3]] = value
        elif match := _REMOVED.fullmatch(name):
            # Each tag is quoted, then the list of them again: a comma in a tag stays.
            form.removed[match[1]] = [unquote(tag) for tag in value.split(",")]
        elif (match := _CLEARED.fullmatch(name)) and not value:
            form.cleared.add(match[1])
    for (kind, _), parts in sorted(indexed.items()):
        _added(form, _LANDS_ON.get(kind, kind), parts)
    return form


def _address(form: Form, name: str, value: str) -> None:
    try:
        ids = numbers(value)
    except ValueError:
        raise Refused(400) from None
    if name == "id":
        form.ids = ids
    elif ids:
        form.type = ids[0]


def _scalar(form: Form, name: str, what: str, value: str) -> None:
    if what == "locked":
        if name not in _LOCKS:
            raise Refused(400)
        if value not in {"0", "1"}:
            raise Refused(500)
        form.locks[name] = value == "1"
    elif name in FIELDS:
        form.values[name] = value
    else:
        raise Refused(400)


def _added(form: Form, kind: str, parts: dict[str, str]) -> None:
    name = parts.get("tag.tag")
    if kind in KIND and name:
        sent = Sent(
            name=name,
            text=parts.get("tagging.text"),
            thumb=parts.get("tagging.thumb"),
            person_thumb=parts.get("tag.thumb"),
        )
        form.added.setdefault(kind, []).append(sent)
