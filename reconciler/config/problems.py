"""Mistakes as sentences: where, which key, what is wrong; what would be right.

No sentence shows a value.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reconciler.config.keys import (
    PREFIX,
    VARIABLES,
    dotted,
    nearest_variable,
    suggestion,
)
from reconciler.config.kinds import same_prefix
from reconciler.config.layers import Place
from reconciler.config.places import FILE_VARIABLE, present

Where = Callable[[Place], str]

_NOT_TEXT = "is not text; put it between quotes"
_NOT_A_LIST = 'is not a list; write it like ["Films", "Shorts"]'
_SENTENCES = {
    "string_type": _NOT_TEXT,
    "bool_type": "is neither true nor false; write one of them",
    "bool_parsing": "is neither true nor false; write one of them",
    "enum": "is not a policy; write push, enforce, fill or off",
    "tuple_type": _NOT_A_LIST,
}
_MISSING = {
    "paths": "is missing; each [[paths]] has a stash and a plex",
    "state": "is missing; name a file, as neither STATE_DIRECTORY nor HOME is set",
}
_SHAPES = {
    "paths": (
        "is not a list of mappings; write [[paths]] with a stash and a plex, or in the "
        'environment [{"stash": "/videos", "plex": "/media"}]'
    ),
    "libraries": 'is not a table; write [libraries."Films".fields]',
}


def unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that looks like ours and is not."""
    for name in environ:
        is_known = name in VARIABLES or name == FILE_VARIABLE
        if name.upper().startswith(PREFIX) and not is_known:
            yield f"{name}: no setting has this variable; {nearest_variable(name)}"


def told(error: ValidationError, where: Where) -> Iterator[str]:
    """Put what pydantic found into our words."""
    for detail in error.errors(include_url=False, include_input=False):
        place = detail["loc"]
        yield f"{where(place)}: {dotted(place)} {_sentence(detail)}"


def _sentence(detail: ErrorDetails) -> str:
    place, kind = detail["loc"], detail["type"]
    if kind == "extra_forbidden":
        return f"is not a key; {suggestion(place)}"
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    named = str(place[0])
    if kind == "missing":
        return _MISSING[named]
    if kind in _SENTENCES and place != ("paths",):
        return _SENTENCES[kind]
    return _SHAPES.get(named, f"is not a table; write [{named}] above its keys")


def disagreements(tables: Mapping[str, Any], where: Where) -> Iterator[str]:
    """Yield a sentence for each key that is wrong only beside another, or on disk."""
    yield from _strange_overrides(tables, where)
    yield from _repeated_paths(tables, where)
    yield from _absent_authorities(tables, where)


def _strange_overrides(tables: Mapping[str, Any], where: Where) -> Iterator[str]:
    """Yield a sentence for each override of a library that is not kept equal."""
    plex, overrides = tables.get("plex"), tables.get("libraries")
    kept = plex.get("libraries", []) if isinstance(plex, Mapping) else []
    if not isinstance(overrides, Mapping) or not isinstance(kept, list):
        return
    for title in overrides:
        if title not in kept:
            place = ("libraries", title)
            yield (
                f"{where(place)}: {dotted(place)} is not among plex.libraries; "
                "add it there or write it as it is there"
            )


def _repeated_paths(tables: Mapping[str, Any], where: Where) -> Iterator[str]:
    """Yield a sentence for each mapping of a folder that another one maps already."""
    seen: dict[str, int] = {}
    pairs = tables.get("paths")
    for number, pair in enumerate(pairs if isinstance(pairs, list) else []):
        named = pair.get("stash") if isinstance(pair, Mapping) else None
        if not isinstance(named, str):
            continue
        first = seen.setdefault(same_prefix(named), number)
        if first != number:
            place = ("paths", number, "stash")
            yield (
                f"{where(place)}: {dotted(place)} repeats that of mapping {first + 1}; "
                "keep one of them"
            )


def _absent_authorities(tables: Mapping[str, Any], where: Where) -> Iterator[str]:
    """Yield a sentence for each `ca_file` that is not there."""
    for server in ("stash", "plex"):
        table = tables.get(server)
        named = table.get("ca_file") if isinstance(table, Mapping) else None
        is_path = isinstance(named, str) and Path(named).is_absolute()
        if is_path and not present(Path(str(named))):
            place = (server, "ca_file")
            yield (
                f"{where(place)}: {dotted(place)} names nothing that can be reached; "
                "correct the path"
            )
