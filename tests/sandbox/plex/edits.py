"""What an edit does: one PUT, many items, all of it or a status that says why not.

Nothing here is careful: an edit without an id edits every item of its section.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from tests.sandbox.plex import tags
from tests.sandbox.plex.form import Form, Refused, read
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Collection, Item
from tests.sandbox.plex.switches import DeadIdInPut, Switches
from tests.sandbox.plex.tags import Sent
from tests.sandbox.plex.vocabulary import FIELDS, KIND, Holds, Type

_COLUMN = 255
_TEXTS = {Holds.TEXT, Holds.LONG}


def edit_section(model: Model, section: int, query: list[tuple[str, str]]) -> int:
    """Apply an edit to the items it names, or to all, and return the status."""
    if section not in model.sections:
        return 404
    try:
        form = _taken_in(model.switches, read(query))
        edited, status = _addressed(model, section, form)
        if form.type == Type.COLLECTION:
            _check_names(model, section, form)
    except Refused as refused:
        return refused.status
    replaces = model.switches.tags_replace
    for item in edited:
        _apply(model, item, form, replaces=replaces)
    return status


def edit_item(model: Model, key: int, query: list[tuple[str, str]]) -> int:
    """Apply an edit to one item by its own path, and return the status."""
    if key not in model.items:
        return 404
    try:
        form = _taken_in(model.switches, read(query))
    except Refused as refused:
        return refused.status
    replaces = model.switches.metadata_put_replaces_tags
    _apply(model, model.items[key], form, replaces=replaces)
    return 200


def rate(model: Model, key: int, rating: str) -> int:
    """Set what a user gives an item; -1 takes it back. It does not move updatedAt."""
    item = model.items.get(key)
    if item is None:
        return 404
    try:
        value = float(rating)
    except ValueError:
        return 400
    item.values["userRating"] = "" if value < 0 else repr(value)
    return 200


def _taken_in(switches: Switches, form: Form) -> Form:
    """Return *form* as the database would hold it."""
    if "year" in form.values and not switches.year_editable:
        raise Refused(400)
    form.values = {
        name: _value(switches, FIELDS[name], value)
        for name, value in form.values.items()
    }
    form.added = {
        kind: [replace(one, name=_text(switches, one.name)) for one in sent]
        for kind, sent in form.added.items()
    }
    return form


def _value(switches: Switches, holds: Holds, value: str) -> str:
    if holds in _TEXTS:
        return _text(switches, value, cut=holds is Holds.TEXT)
    check = _CHECKS[holds]
    try:
        return check(value) if value else ""
    except ValueError:
        raise Refused(500) from None


def _text(switches: Switches, text: str, *, cut: bool = True) -> str:
    if switches.newlines_become_spaces:
        text = re.sub(r"\r\n|\r|\n", " ", text)
    if switches.trims:
        text = text.strip()
    if switches.normalises:
        text = unicodedata.normalize("NFC", text)
    return text[:_COLUMN] if cut and switches.cuts_at_255 else text


def _rating(value: str) -> str:
    rating = float(value)
    if math.isnan(rating) or not 0 <= rating <= 10:
        raise ValueError(value)
    return repr(rating)


def _date(value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError(value)
    return date.fromisoformat(value).isoformat()


_CHECKS: dict[Holds, Callable[[str], str]] = {
    Holds.RATING: _rating,
    Holds.DATE: _date,
    Holds.SECONDS: lambda value: str(int(value)),
    Holds.YEAR: lambda value: str(int(value)),
}


def _addressed(
    model: Model, section: int, form: Form
) -> tuple[list[Item | Collection], int]:
    """Return whom the edit means, and the status that it will have."""
    if not form.ids:
        return _everything(model, section, form.type), 200
    found = [_find(model, section, key) for key in form.ids]
    living = [one for one in found if one is not None]
    if form.type is not None and any(_type(one) != form.type for one in living):
        raise Refused(400)  # a set of items of more than one type
    if len(living) == len(form.ids):
        return living, 200
    how = model.switches.dead_id_in_put
    if how is DeadIdInPut.REFUSED or not living:
        raise Refused(404)
    return living, 200 if how is DeadIdInPut.SILENT else 404


def _everything(
    model: Model, section: int, wanted: int | None
) -> list[Item | Collection]:
    every: list[Item | Collection] = [*model.items_of(section)]
    every += model.collections_of(section)
    return [one for one in every if wanted in {None, _type(one)}]


def _find(model: Model, section: int, key: int) -> Item | Collection | None:
    found = model.items.get(key) or model.collections.get(key)
    return found if found is not None and found.section == section else None


def _type(one: Item | Collection) -> Type:
    return Type.MOVIE if isinstance(one, Item) else Type.COLLECTION


def _check_names(model: Model, section: int, form: Form) -> None:
    title = form.values.get("title")
    others = [c for c in model.collections_of(section) if c.key not in form.ids]
    if any(c.values["title"] == title for c in others):
        raise Refused(409)


def _apply(
    model: Model, item: Item | Collection, form: Form, *, replaces: bool
) -> None:
    if isinstance(item, Item):
        _apply_tags(model, item, form, replaces=replaces)
    elif "title" in form.values:
        item.tag.name = form.values["title"]
    for name, value in form.values.items():
        item.values[name] = value
        if name == "originallyAvailableAt" and model.switches.date_moves_year:
            item.values["year"] = value[:4]
    for name, locked in form.locks.items():
        if locked:
            item.locks[name] = None
        else:
            item.locks.pop(name, None)
    tagged = form.added or form.removed or form.cleared
    rated_only = form.values.keys() == {"userRating"} and not tagged
    model.edited(item, moves_updated_at=not rated_only)


def _apply_tags(model: Model, item: Item, form: Form, *, replaces: bool) -> None:
    if model.switches.adds_come_first:
        _add(model, item, form.added, replaces=replaces)
        _take_off(model, item, form)
    else:
        _take_off(model, item, form)
        _add(model, item, form.added, replaces=replaces)
    if "collection" in form.added:
        item.locks["collection"] = None  # a side effect, unless the edit says otherwise


def _add(
    model: Model, item: Item, added: dict[str, list[Sent]], *, replaces: bool
) -> None:
    for kind, sent in added.items():
        if replaces:
            tags.replace(model, item, kind, sent)
        else:
            tags.add(model, item, kind, sent)


def _take_off(model: Model, item: Item, form: Form) -> None:
    for kind in form.cleared & KIND.keys():
        tags.clear(model, item, kind)
    for kind, names in form.removed.items():
        tags.remove(model, item, kind, names)
