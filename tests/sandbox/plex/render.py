"""Items and sections as the elements of an answer, in the order that was recorded.

A listing is served from narrow columns: few tags, by name only, no locks; the item's
own address shows all.
"""

from collections.abc import Iterable
from urllib.parse import quote

from tests.sandbox.plex import images
from tests.sandbox.plex.disk import in_reach
from tests.sandbox.plex.markup import Attribute, Node
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Collection, Item, Media, Part, Section, Tagging
from tests.sandbox.plex.tags import shown
from tests.sandbox.plex.vocabulary import KIND, KINDS, LISTED, Kind

_BEFORE_SECTION = ("studio", "type", "title", "titleSort", "originalTitle")
_AFTER_SECTION = (
    "contentRating",
    "summary",
    "rating",
    "audienceRating",
    "userRating",
    "viewCount",
    "skipCount",
    "lastViewedAt",
    "year",
    "tagline",
    "editionTitle",
    "thumb",
    "art",
    "duration",
    "originallyAvailableAt",
    "addedAt",
    "updatedAt",
    "deletedAt",
    "audienceRatingImage",
    "chapterSource",
    "hasPremiumPrimaryExtra",
    "primaryExtraKey",
    "ratingImage",
)
_ALWAYS_THERE = frozenset({"title", "summary"})
_NUMBERS = frozenset({"year", "duration", "addedAt", "updatedAt", "deletedAt"}) | {
    "viewCount",
    "skipCount",
    "lastViewedAt",
}
_RATINGS = frozenset({"rating", "audienceRating", "userRating"})


def listed_item(model: Model, item: Item, *, guids: bool = False) -> Node:
    """Return an item as a listing shows it."""
    children = [_media(media, streams=False) for media in item.media]
    for wire in LISTED:
        kind = KIND[wire]
        taggings = item.tags.get(wire, ())[: kind.listed]
        children += [
            Node(kind.element, {"tag": shown(model, tagging)}) for tagging in taggings
        ]
    if guids:
        children += [node for node in item.others if node.name == "Guid"]
    return Node("Video", _attributes(model, item), tuple(children), "Metadata")


def full_item(model: Model, item: Item, *, check_files: bool = False) -> Node:
    """Return an item as its own address shows it."""
    has_check = check_files and model.switches.tells_of_files
    disk = in_reach(model) if has_check else None
    children = [_media(media, streams=True, disk=disk) for media in item.media]
    for kind in KINDS:
        children += [
            _full_tag(model, kind, tagging) for tagging in item.tags.get(kind.wire, ())
        ]
    children += item.others
    children += [Node("Field", {"locked": True, "name": lock}) for lock in item.locks]
    within = _within(model.sections[item.section])
    attributes = _attributes(model, item, within)
    children.sort(key=lambda node: _PLACES.get(node.name, len(_PLACES)))
    return Node("Video", attributes, tuple(children), "Metadata")


def collection(model: Model, one: Collection, *, full: bool) -> Node:
    members = list(model.members(one))
    years = [item.values["year"] for item in members if item.values.get("year")]
    attributes: dict[str, Attribute] = {
        "ratingKey": str(one.key),
        "key": f"/library/collections/{one.key}/children",
        "guid": one.guid,
        "type": "collection",
        "title": one.values["title"],
        **(_within(model.sections[one.section]) if full else {}),
        "subtype": "movie",
        "summary": one.values.get("summary", ""),
        "index": one.tag.id,
        "thumb": f"/library/collections/{one.key}/composite/{one.updated_at}"
        "?width=400&height=600",
        "addedAt": one.added_at,
        "updatedAt": one.updated_at,
        "childCount": str(len(members)),
    }
    if years:
        attributes |= {"maxYear": max(years), "minYear": min(years)}
    locks = [Node("Field", {"locked": True, "name": lock}) for lock in one.locks]
    return Node("Directory", attributes, tuple(locks) if full else (), "Metadata")


def section(one: Section) -> Node:
    attributes: dict[str, Attribute] = {
        "allowSync": False,
        "filters": True,
        "refreshing": one.is_scanning,
        "key": str(one.key),
        "type": one.type,
        "title": one.title,
        "agent": one.agent,
        "scanner": one.scanner,
        "language": one.language,
        "metadataAgentProviderGroupId": 4,
        "uuid": one.uuid,
        "updatedAt": one.updated_at,
        "createdAt": one.created_at,
        "scannedAt": one.scanned_at,
        "content": True,
        "directory": True,
        "contentChangedAt": one.content_changed_at,
        "hidden": one.hidden,
    }
    places = [Node("Location", {"id": id_, "path": at}) for id_, at in one.locations]
    return Node("Directory", attributes, tuple(places))


def photos(item: Item, what: str) -> Iterable[Node]:
    gallery = item.galleries.get(what)
    for image in gallery.images if gallery else ():
        address = quote(image.key, safe="").replace(".", "%2E")
        path = f"/library/metadata/{item.key}/file?url={address}"
        attributes: dict[str, Attribute] = {
            "key": path,
            "ratingKey": image.key,
            "thumb": path,
            "selected": gallery is not None and gallery.selected == image.key,
        }
        if image.provider:
            attributes["provider"] = image.provider
        yield Node("Photo", attributes, (), "Metadata")


def _within(one: Section) -> dict[str, Attribute]:
    return {
        "librarySectionTitle": one.title,
        "librarySectionID": one.key,
        "librarySectionKey": f"/library/sections/{one.key}",
    }


def _attributes(
    model: Model, item: Item, within: dict[str, Attribute] | None = None
) -> dict[str, Attribute]:
    values = _values(item)
    attributes: dict[str, Attribute] = {
        "ratingKey": str(item.key),
        "key": f"/library/metadata/{item.key}",
        "guid": item.guid,
    }
    attributes |= _some(values, ("slug", *_BEFORE_SECTION))
    attributes |= within or {}
    return attributes | _some(values, _AFTER_SECTION)


def _values(item: Item) -> dict[str, str]:
    values = {"type": "movie", **item.values}
    values["thumb"] = images.path(item, "posters")
    values["art"] = images.path(item, "arts")
    values["updatedAt"] = str(item.updated_at or "")
    values["deletedAt"] = str(item.deleted_at or "")
    if values.get("titleSort") == values["title"]:
        del values["titleSort"]
    return values


def _some(values: dict[str, str], names: Iterable[str]) -> dict[str, Attribute]:
    return {
        name: _typed(name, values.get(name, ""))
        for name in names
        if values.get(name) or name in _ALWAYS_THERE
    }


def _typed(name: str, value: str) -> Attribute:
    if name in _NUMBERS:
        return int(value)
    return float(value) if name in _RATINGS else value


def _full_tag(model: Model, kind: Kind, tagging: Tagging) -> Node:
    tag = tagging.tag
    attributes: dict[str, Attribute] = {
        "id": tag.id,
        "filter": f"{kind.wire}={tag.id}",
        "tag": shown(model, tagging),
    }
    optional = {
        "tagKey": tag.tag_key,
        "role": tagging.text,
        "thumb": tagging.thumb or tag.thumb,
    }
    return Node(kind.element, attributes | {k: v for k, v in optional.items() if v})


def _media(media: Media, *, streams: bool, disk: dict[str, str] | None = None) -> Node:
    parts = [_part(part, streams=streams, disk=disk) for part in media.parts]
    return Node("Media", {"id": media.id, **media.attributes}, tuple(parts))


def _part(part: Part, *, streams: bool, disk: dict[str, str] | None) -> Node:
    attributes: dict[str, Attribute] = {
        "id": part.id,
        "key": f"/library/parts/{part.id}/{part.seen_at}/file.{_ending(part.file)}",
    }
    if disk is not None:
        there = part.file in disk
        attributes |= {"accessible": there, "exists": there}
    attributes |= _duration_first(part)
    return Node("Part", attributes, tuple(part.streams) if streams else ())


def _duration_first(part: Part) -> dict[str, Attribute]:
    rest = dict(part.attributes)
    duration = {"duration": rest.pop("duration")} if "duration" in rest else {}
    return {**duration, "file": part.file, **rest}


def _ending(file: str) -> str:
    return file.rpartition(".")[2]


_ORDER = "Media Genre Country Guid Rating Collection Director Writer Role Producer"
_PLACES = {name: place for place, name in enumerate([*_ORDER.split(), "Similar"])}
