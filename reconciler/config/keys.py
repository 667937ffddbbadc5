"""Every key and every environment variable there is, read off the models."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from reconciler.config.models import Settings
from reconciler.config.places import FILE_VARIABLE

PREFIX = "PLEXSYNC_"

WHOLE = ("libraries", "paths")
"""The tables whose inner names are the operator's own: set as a whole by a variable."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")

Key = tuple[str, ...]
"""The tables and the key; a library's title is not part of it."""


def _table(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any type at all
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _walk(model: type[BaseModel], above: Key = ()) -> Iterator[tuple[Key, Key]]:
    yield above, tuple(model.model_fields)
    for name, field in model.model_fields.items():
        if inner := _table(field.annotation):
            yield from _walk(inner, (*above, name))


TABLES: Mapping[Key, Key] = dict(_walk(Settings))
"""The names within each table; `()` is the top level."""


def _variable(key: Key) -> str:
    return PREFIX + "__".join(key).upper()


VARIABLES: Mapping[str, Key] = {
    _variable(key): key
    for key in (
        *((section,) for section in WHOLE),
        *(
            (section, name)
            for section in TABLES[()]
            if section not in WHOLE
            for name in TABLES[(section,)]
        ),
    )
}
"""The environment variables that set a key."""


def variable_for(key: Sequence[str | int]) -> str:
    """Return the environment variable that may have set *key*."""
    depth = 1 if key[0] in WHOLE else 2
    return _variable(tuple(str(part) for part in key[:depth]))


def dotted(place: Sequence[str | int]) -> str:
    """Write a place in the file as a key; numbers count from 1 and come last."""
    names = [part for part in place if isinstance(part, str)]
    key = ".".join(_quoted(name) for name in names)
    counted = "mapping" if place[0] == "paths" else "entry"
    number = next((part for part in place if isinstance(part, int)), None)
    return key if number is None else f"{key} ({counted} {number + 1})"


def _quoted(name: str) -> str:
    if _BARE.fullmatch(name):
        return name
    return '"' + "".join(c if c.isprintable() else "?" for c in name) + '"'


def suggestion(place: Sequence[str | int]) -> str:
    """Say which key may have been meant by the unknown one at *place*."""
    *above, name = [part for part in place if isinstance(part, str)]
    table = tuple(above[:1] + above[2:]) if above[:1] == ["libraries"] else tuple(above)
    near = difflib.get_close_matches(name.lower(), TABLES[table], n=1)
    elsewhere = [
        (*other, name)
        for other, names in TABLES.items()
        if name in names and other[:1] not in [(whole,) for whole in WHOLE]
    ]
    if near:
        return f"did you mean {dotted([*above, near[0]])}?"
    if elsewhere:
        return f"did you mean {dotted(elsewhere[0])}?"
    return f"there are {', '.join(TABLES[table])}"


def nearest_variable(name: str) -> str:
    """Say which variable may have been meant by the unknown *name*."""
    known = [each.removeprefix(PREFIX) for each in (*VARIABLES, FILE_VARIABLE)]
    bare = name.upper().removeprefix(PREFIX)
    near = difflib.get_close_matches(bare, known, n=1)
    return (
        f"did you mean {PREFIX}{near[0]}?"
        if near
        else f"variables are named like {_variable(('plex', 'url'))}"
    )
