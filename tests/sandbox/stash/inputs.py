"""How the inputs of mutations become what the model takes.

Only what the input names is changed, null is the empty text, and since v0.30 text is
trimmed (`internal/api/changeset_translator.go`).
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias, cast

from tests.sandbox.stash.context import as_id
from tests.sandbox.stash.failures import PanicError, StashError
from tests.sandbox.stash.records import Scene, SceneFields, StashID

Input: TypeAlias = Mapping[str, Any]

_TEXTS = frozenset(
    {
        "code",
        "country",
        "description",
        "details",
        "director",
        "disambiguation",
        "name",
        "sort_name",
        "synopsis",
        "title",
    }
)
_DATES = frozenset({"birthdate", "date"})
_FLAGS = frozenset({"favorite", "ignore_auto_tag", "organized"})
_AS_THEY_ARE = frozenset({"end_seconds", "gender", "rating100", "seconds"})
_ID_LISTS = frozenset(
    {"file_ids", "parent_ids", "performer_ids", "scene_ids", "tag_ids"}
)
_REFERENCES = frozenset({"parent_id", "primary_tag_id", "scene_id", "studio_id"})
_PICTURES = {"cover_image": "cover", "front_image": "front_image", "image": "image"}


def trimmed(given: Any) -> Any:  # noqa: ANN401 - an input or a part of one
    match given:
        case str():
            return given.strip()
        case list():
            return [trimmed(each) for each in given]
        case dict():
            return {name: trimmed(each) for name, each in given.items()}
        case _:
            return given


def group_fields_of(given: Input) -> dict[str, Any]:
    """Take a group's input, whose aliases are one text and not a list."""
    fields = fields_of({k: v for k, v in given.items() if k != "aliases"})
    if "aliases" in given:
        fields["aliases"] = given["aliases"] or ""
    return fields


def bulk_scene_fields(given: Input, scene: Scene) -> SceneFields:
    """Apply a bulk update to *scene*: lists are set, added to or taken from."""
    plain = {
        name: value for name, value in given.items() if not isinstance(value, Mapping)
    }
    fields = fields_of(plain)
    for name in ("performer_ids", "tag_ids"):
        if given.get(name):
            ids = [as_id(value) for value in given[name]["ids"] or ()]
            fields[name] = _applied(getattr(scene, name), ids, given[name]["mode"])
    if given.get("urls"):
        urls = list(given["urls"]["values"] or ())
        fields["urls"] = _applied(scene.urls, urls, given["urls"]["mode"])
    if given.get("group_ids"):
        indices = dict(scene.groups)
        ids = [as_id(value) for value in given["group_ids"]["ids"] or ()]
        kept = _applied(tuple(indices), ids, given["group_ids"]["mode"])
        fields["groups"] = tuple((kept_id, indices.get(kept_id)) for kept_id in kept)
    return cast("SceneFields", fields)


def _applied(old: tuple[Any, ...], given: list[Any], mode: str) -> tuple[Any, ...]:
    match mode:
        case "SET":
            return tuple(dict.fromkeys(given))
        case "ADD":
            return tuple(dict.fromkeys((*old, *given)))
        case _:
            return tuple(value for value in old if value not in given)


def fields_of(given: Input) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    changing = "id" in given or "ids" in given
    for name, value in given.items():
        if name in _FLAGS and value is None and changing:
            raise PanicError("null value not allowed in optional bool")
        if name in _PICTURES:
            _add_picture(fields, name, value)
        elif name not in {"id", "ids", "child_ids", "primary_file_id"}:
            fields[name] = _converted(name, value)
    return fields


def _converted(name: str, value: Any) -> object:  # noqa: ANN401 - any input
    if name in _TEXTS:
        return value or ""
    if name in _DATES:
        return value or None
    if name in _FLAGS:
        return bool(value)
    if name in _AS_THEY_ARE:
        return value
    if name in _REFERENCES:
        return None if value is None else _id_of(name, value)
    return _converted_list(name, value or ())


def _converted_list(name: str, values: Iterable[Any]) -> tuple[object, ...]:
    if name in _ID_LISTS:
        return tuple(dict.fromkeys(_ids_of(name, values)))
    if name == "groups":
        return tuple(
            (as_id(each["group_id"]), each.get("scene_index")) for each in values
        )
    if name == "stash_ids":
        return tuple(
            StashID(endpoint=each["endpoint"], stash_id=each["stash_id"])
            for each in values
        )
    return tuple(values)


def _ids_of(name: str, values: Iterable[str]) -> Iterator[int]:
    said = "parent tag ids" if name == "parent_ids" else name.replace("_", " ")
    for value in values:
        try:
            yield as_id(value)
        except StashError as error:
            raise StashError(f"converting {said}: {error}") from error


def _id_of(name: str, value: str) -> int:
    try:
        return as_id(value)
    except StashError as error:
        said = f"converting {name.replace('_', ' ')}: converting {value} to int"
        raise StashError(f"{said}: {error}") from error


def _add_picture(fields: dict[str, Any], name: str, value: str | None) -> None:
    """Take a data URL; null removes an entity's picture, but never a cover."""
    if value:
        fields[_PICTURES[name]] = _decoded(value)
    elif name != "cover_image":
        fields[_PICTURES[name]] = None


def _decoded(value: str) -> bytes:
    if value.startswith(("http://", "https://")):
        raise StashError(f"processing image: the double does not download {value}")
    try:
        return base64.b64decode(value.rpartition(",")[2], validate=True)
    except ValueError as error:
        raise StashError(f"processing image: {error}") from error
