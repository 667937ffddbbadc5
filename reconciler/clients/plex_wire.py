"""Plex's words: its answers into our values, and an `Edit` into the query of a PUT.

Pure. Only what was seen to work is spelled here: wrong names are ignored by Plex
without a word, or land in another field.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias
from urllib.parse import quote
from xml.etree.ElementTree import Element

from reconciler.core.canonical import identity
from reconciler.core.errors import PermanentError
from reconciler.core.values import (
    Edit,
    Field,
    FieldValue,
    Item,
    ItemKey,
    ListedItem,
    ListingPage,
    Section,
)

SCALARS = {
    Field.TITLE: "title",
    Field.STUDIO: "studio",
    Field.DATE: "originallyAvailableAt",
    Field.SUMMARY: "summary",
}
SETS = {Field.GENRES: "genre", Field.ACTORS: "actor"}
_TAGS = {Field.GENRES: "Genre", Field.ACTORS: "Role"}

_LISTED_TYPES = {"movie": 1, "show": 4}  # what a section of that type is listed by
_ITEM_TYPES = {"movie": 1, "episode": 4}

_DIGITS = 18
"""Of any number that Plex has; SQLite holds no more than 19."""

# Hints that make a listing lighter; Plex may ignore them.
_LIGHT = (
    "excludeElements=Genre%2CCountry%2CGuid%2CRating%2CCollection%2CDirector"
    "%2CWriter%2CRole%2CProducer%2CSimilar&excludeFields=summary%2Ctagline"
)

_Pair: TypeAlias = tuple[str, str]
"""A key and its encoded value; pairs of one key are joined by a comma."""


def listing_paths(section: Section, *, since: int | None) -> tuple[str, ...]:
    """Return what to page through for all items, or for those changed or added.

    Plex's `>>` is strict, and its `>=` is ignored without a word. An item that was
    never changed has no `updatedAt` to compare, hence the second path.
    """
    try:
        kind = _LISTED_TYPES[section.type]
    except KeyError:
        raise PermanentError(
            f"the Plex library {section.title!r} holds items of type {section.type!r}, "
            "not films or episodes: choose another one in [plex]"
        ) from None
    path = f"/library/sections/{quote(section.key, safe='')}/all?type={kind}&{_LIGHT}"
    if since is None:
        return (path,)
    after = max(since - 1, 0)
    return tuple(f"{path}&{stamp}%3E%3E={after}" for stamp in ("updatedAt", "addedAt"))


def items_path(keys: Sequence[ItemKey]) -> str:
    return f"/library/metadata/{','.join(_number_in(key) for key in keys)}"


def read_sections(
    root: Element, *, machine: str, clock: int | None = None
) -> tuple[Section, ...]:
    return tuple(
        Section(
            machine=machine,
            uuid=directory.get("uuid", ""),
            key=directory.get("key", ""),
            title=directory.get("title", ""),
            type=directory.get("type", ""),
            marker="/".join(
                directory.get(name, "")
                for name in ("contentChangedAt", "updatedAt", "scannedAt")
            ),
            is_scanning=directory.get("refreshing") == "1",
            folders=tuple(
                _short(location.get("path", ""))
                for location in directory.iterfind("Location")
            ),
            clock=clock,
        )
        for directory in root.iterfind("Directory")
    )


def read_page(root: Element) -> tuple[int, ListingPage]:
    """Return the position that a page says to begin at, and the page."""
    items = tuple(_listed(row) for row in root if "ratingKey" in row.attrib)
    # Only a page has a totalSize; what came as a whole has a size.
    whole = _count(root.get("size"), otherwise=len(items))
    total = _count(root.get("totalSize"), otherwise=whole)
    return _count(root.get("offset")), ListingPage(items=items, total=total)


def _listed(row: Element) -> ListedItem:
    stamps = (_count(row.get(name)) for name in ("updatedAt", "addedAt"))
    return ListedItem(
        key=ItemKey(_number_from_plex(row.attrib["ratingKey"])),
        # What is in the trash stays listed, with the path that its file had.
        paths=() if "deletedAt" in row.attrib else _paths(row),
        updated_at=max(stamps),
    )


def read_items(root: Element, asked: Sequence[ItemKey]) -> dict[ItemKey, Item]:
    """Return those of *asked* that are there and hold a film's or an episode's file.

    What was not asked for is left out: nothing may be written to it. So is what is in
    the trash, or has become another kind of thing: it is gone, as far as we care.
    """
    rows = {ItemKey(row.get("ratingKey", "")): row for row in root}
    return {
        key: _item(key, rows[key])
        for key in asked
        if key in rows
        and "deletedAt" not in rows[key].attrib
        and rows[key].get("type") in _ITEM_TYPES
    }


def _item(key: ItemKey, row: Element) -> Item:
    if "librarySectionID" not in row.attrib:
        # Only a listing's rows lack it, and those have truncated sets and no locks.
        raise PermanentError(
            f"Plex answered item {key} without its library, so not in full: "
            "nothing is decided from that; update Plex"
        )
    return Item(
        key=key,
        section=_number_from_plex(row.attrib["librarySectionID"]),
        type=_ITEM_TYPES[row.attrib["type"]],
        paths=_paths(row),
        fields=dict(_fields(row)),
    )


def _number_from_plex(text: str) -> str:
    """Take a number of Plex's that it is to be asked by later."""
    if text.isascii() and text.isdecimal() and len(text) <= _DIGITS:
        return text
    raise PermanentError(
        f"Plex answered {text[:20]!r} where it has numbers, and is asked by nothing "
        "else: update plexsync"
    )


def _fields(row: Element) -> Iterator[tuple[Field, FieldValue]]:
    locks = {lock.get("name") for lock in row.iterfind("Field[@locked='1']")}
    for field, name in SCALARS.items():
        yield field, FieldValue(value=row.get(name, ""), locked=name in locks)
    for field, name in SETS.items():
        elements = tuple(tag.get("tag", "") for tag in row.iterfind(_TAGS[field]))
        yield field, FieldValue(elements=elements, locked=name in locks)


def _paths(row: Element) -> tuple[str, ...]:
    files = (_short(part.get("file", "")) for part in row.iterfind("Media/Part"))
    return tuple(dict.fromkeys(file for file in files if file))


def _short(path: str) -> str:
    r"""Take off the `\\?\` by which Windows marks some of its long paths."""
    if path.startswith("\\\\?\\UNC\\"):
        return "\\" + path.removeprefix("\\\\?\\UNC")
    return path.removeprefix("\\\\?\\")


def _count(text: str | None, *, otherwise: int = 0) -> int:
    if not text or len(text) > _DIGITS or not (text.isascii() and text.isdecimal()):
        return otherwise
    return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What of a field has to stay together in one PUT."""

    field: Field
    pairs: tuple[_Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One PUT of an edit."""

    head: str
    units: tuple[Unit, ...]

    @property
    def fields(self) -> frozenset[Field]:
        """The fields that it is about."""
        return frozenset(unit.field for unit in self.units)

    @property
    def path(self) -> str:
        """The path and query."""
        return _path(self.head, [pair for unit in self.units for pair in unit.pairs])


def edit_parts(edit: Edit, *, limit: int) -> list[Part]:
    """Take an edit apart into PUTs: one, unless its path is longer than *limit*.

    A field stays whole. Only of a set that is too long by itself, removals and lock
    come behind, after all is in. Its elements are never parted: whether Plex adds them
    to those there (as its documents say) or puts them in their place (as was once
    reported) is not known, and then the last part alone would stay. What cannot be
    parted is longer than *limit*: it is for Plex to refuse.
    """
    head = _head(edit)
    units = [unit for field in (*SCALARS, *SETS) for unit in _units(edit, field)]
    return parted(head, units, limit=limit)


def by_field(part: Part) -> list[Part]:
    """Give each field of a part a PUT of its own."""
    groups = groupby(part.units, key=lambda unit: unit.field)
    return [Part(head=part.head, units=tuple(group)) for _, group in groups]


def parted(head: str, units: Sequence[Unit], *, limit: int) -> list[Part]:
    """Put *units* into as few PUTs as their order and *limit* allow."""
    parts: list[Part] = []
    is_open = False
    for _, group in groupby(units, key=lambda unit: unit.field):
        whole = tuple(group)
        if is_open and _fits(joined := _with(parts[-1], whole), limit):
            parts[-1] = joined
            continue
        is_open = _fits(alone := Part(head=head, units=whole), limit)
        parts += [alone] if is_open else _taken_apart(head, whole, limit)
    return parts


def _taken_apart(head: str, units: Sequence[Unit], limit: int) -> list[Part]:
    first, *others = (Part(head=head, units=(unit,)) for unit in units)
    parts = [first]
    for part in others:
        if _fits(joined := _with(parts[-1], part.units), limit):
            parts[-1] = joined
        else:
            parts.append(part)
    return parts


def _with(part: Part, units: tuple[Unit, ...]) -> Part:
    return Part(head=part.head, units=part.units + units)


def _fits(part: Part, limit: int) -> bool:
    return len(part.path) <= limit


def _head(edit: Edit) -> str:
    """Address exactly one item: without an id, Plex edits every item of the section."""
    section, key = _number_in(edit.section), _number_in(edit.key)
    kind = _number_in(str(edit.type))
    return f"/library/sections/{section}/all?type={kind}&id={key}"


def _number_in(text: str) -> str:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{text!r} is no number: Plex is asked by numbers only")
    return text


def _units(edit: Edit, field: Field) -> Iterator[Unit]:
    """Spell one field's change; a lock comes last, so that it closes what is split."""
    change = edit.changes.get(field)
    if change is None:
        return
    name = SETS.get(field) or SCALARS[field]
    locks = [] if change.lock is None else [(f"{name}.locked", str(int(change.lock)))]
    if not field.is_set:
        value = (f"{name}.value", quote(change.value, safe=""))
        yield Unit(field=field, pairs=(value, *locks))
        return
    # An empty name is left out: in an edit, Plex may take it to mean all of them.
    wanted = [element for element in change.elements if identity(element)]
    if wanted:
        yield Unit(field=field, pairs=tuple(_added(name, wanted)))
    for pair in (*_removed(name, wanted, change.removed), *locks):
        yield Unit(field=field, pairs=(pair,))


def _added(name: str, wanted: Sequence[str]) -> Iterator[_Pair]:
    for position, element in enumerate(wanted):
        yield f"{name}[{position}].tag.tag", quote(element, safe="")


def _removed(
    name: str, wanted: Sequence[str], removed: Sequence[str]
) -> Iterator[_Pair]:
    # Plex knows no case: to remove "action" would take out a wanted "Action".
    kept = {"", *map(identity, wanted)}
    for element in removed:
        if identity(element) not in kept:
            # Plex decodes the query, splits at commas, and decodes each name again.
            yield f"{name}[].tag.tag-", quote(quote(element, safe=""), safe="")


def _path(head: str, pairs: Sequence[_Pair]) -> str:
    joined: dict[str, str] = {}
    for key, value in pairs:
        joined[key] = f"{joined[key]}%2C{value}" if key in joined else value
    return head + "".join(f"&{quote(key)}={value}" for key, value in joined.items())
