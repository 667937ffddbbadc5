"""Recorded answers read back into a model, so that it can be asked for them again."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

from tests.sandbox.plex.markup import Attribute, Node
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import (
    Gallery,
    Image,
    Item,
    Media,
    Part,
    Section,
    Tag,
    Tagging,
)
from tests.sandbox.plex.vocabulary import KINDS

Whole: TypeAlias = Mapping[str, Any]

# What the model keeps elsewhere than in an item's values.
_ELSEWHERE = frozenset({"ratingKey", "key", "guid", "updatedAt", "thumb", "art"}) | {
    "librarySectionTitle",
    "librarySectionID",
    "librarySectionKey",
}


def load_xml(model: Model, container: ET.Element) -> int:
    """Take in the one item of a recorded answer and return its key."""
    whole = _dict(container)
    whole["Metadata"] = whole.pop("Video")
    (key,) = load_json(model, {"MediaContainer": whole})
    return key


def load_json(model: Model, answer: Whole) -> list[int]:
    """Take in the section and the items of a recorded answer; return their keys."""
    container = answer["MediaContainer"]
    model.media_tag_version = container.get("mediaTagVersion", 0)
    section = int(container["librarySectionID"])
    model.sections[section] = Section(
        key=section,
        uuid=container["librarySectionUUID"],
        title=container["librarySectionTitle"],
        locations=[],
        created_at=0,
        updated_at=0,
        scanned_at=0,
    )
    return [_load_item(model, section, whole) for whole in container["Metadata"]]


def load_sections(model: Model, rows: Iterable[Whole]) -> None:
    """Make the sections of *model* the recorded ones."""
    model.sections.clear()
    for row in rows:
        places = [(int(one["id"]), one["path"]) for one in row["Location"]]
        model.sections[int(row["key"])] = Section(
            key=int(row["key"]),
            uuid=row["uuid"],
            title=row["title"],
            locations=places,
            created_at=int(row["createdAt"]),
            updated_at=int(row["updatedAt"]),
            scanned_at=int(row["scannedAt"]),
            type=row["type"],
            agent=row["agent"],
            scanner=row["scanner"],
            language=row["language"],
            hidden=int(row["hidden"]),
            content_changed_at=int(row["contentChangedAt"]),
        )


def as_dicts(elements: Iterable[ET.Element]) -> list[dict[str, Any]]:
    return [_dict(element) for element in elements]


def _dict(element: ET.Element) -> dict[str, Any]:
    whole: dict[str, Any] = dict(element.attrib)
    for child in element:
        whole.setdefault(child.tag, []).append(_dict(child))
    return whole


def _load_item(model: Model, section: int, whole: Whole) -> int:
    key = int(whole["ratingKey"])
    scalars, lists = _scalars(whole), _lists(whole)
    updated_at = scalars.get("updatedAt")
    item = Item(
        key=key,
        section=section,
        guid=whole.get("guid", f"local://{key}"),
        values={k: str(v) for k, v in scalars.items() if k not in _ELSEWHERE},
        updated_at=int(updated_at) if updated_at is not None else None,
        media=[_media(one) for one in lists.pop("Media", [])],
    )
    for kind in KINDS:
        rows = lists.pop(kind.element, [])
        item.tags[kind.wire] = [_tagging(model, kind.wire, row) for row in rows]
    item.locks = {row["name"]: None for row in lists.pop("Field", [])}
    item.others = [_node(name, row) for name, rows in lists.items() for row in rows]
    for what, name in (("posters", "thumb"), ("arts", "art")):
        if name in whole:
            item.galleries[what] = _gallery(whole[name])
    model.items[key] = item
    return key


def _scalars(whole: Whole) -> dict[str, Attribute]:
    return {name: value for name, value in whole.items() if not isinstance(value, list)}


def _lists(whole: Whole) -> dict[str, list[dict[str, Any]]]:
    return {name: value for name, value in whole.items() if isinstance(value, list)}


def _media(whole: Whole) -> Media:
    attributes = _scalars(whole)
    return Media(
        id=int(attributes.pop("id")),
        parts=[_part(one) for one in whole["Part"]],
        attributes=attributes,
    )


def _part(whole: Whole) -> Part:
    attributes = _scalars(whole)
    file = str(attributes.pop("file"))
    words = str(attributes.pop("key")).split("/")
    return Part(
        id=int(attributes.pop("id")),
        file=file,
        content=file,
        seen_at=int(words[4]) if len(words) > 5 else 0,
        attributes=attributes,
        streams=[_node("Stream", one) for one in whole.get("Stream", [])],
    )


def _tagging(model: Model, kind: str, row: Whole) -> Tagging:
    name = row["tag"]
    new = Tag(id=int(row.get("id", 0)), kind=kind, name=name)
    tag = model.tags.setdefault((kind, name.lower()), new)
    tag.thumb, tag.tag_key = row.get("thumb", ""), row.get("tagKey", "")
    return Tagging(tag=tag, name=name, text=row.get("role", ""))


def _gallery(path: str) -> Gallery:
    key = "metadata://recorded"
    chosen_at = int(path.rpartition("/")[2])
    images = [Image(key=key, content=b"", provider="recorded")]
    return Gallery(images=images, selected=key, chosen_at=chosen_at)


def _node(name: str, whole: Whole) -> Node:
    return Node(name, _scalars(whole))
