"""Sections and items coming into being, and items going."""

from tests.sandbox.plex import agent, tags
from tests.sandbox.plex.markup import Attribute
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import NONE_AGENT, Item, Media, Part, Section

# What a file looks like of which nothing is known.
_SHAPE: dict[str, Attribute] = {
    "duration": 90_000,
    "bitrate": 2108,
    "width": 1920,
    "height": 1080,
    "aspectRatio": 1.78,
    "audioChannels": 2,
    "audioCodec": "aac",
    "videoCodec": "h264",
    "videoResolution": "1080",
    "videoFrameRate": "24p",
    "videoProfile": "high",
}


def add_section(
    model: Model,
    title: str,
    *locations: str,
    agent: str = NONE_AGENT,
    type: str = "movie",  # noqa: A002 - Plex's name for it
) -> int:
    """Add a library and return its key."""
    now = model.now()
    key = model.next_id("section")
    places = locations or (f"/media/{title.lower()}",)
    model.sections[key] = Section(
        key=key,
        uuid=str(model.new_uuid()),
        title=title,
        locations=[(model.next_id("location"), place) for place in places],
        created_at=now,
        updated_at=now,
        scanned_at=now,
        agent=agent,
        type=type,
    )
    return key


def new_item(model: Model, section: Section, media: list[Media]) -> Item:
    key = model.next_id("item")
    item = Item(
        key=key,
        section=section.key,
        guid=f"local://{key}",
        values={
            "title": agent.stem(media[0].parts[0].file),
            "addedAt": str(model.now()),
            "duration": str(media[0].attributes.get("duration", "")),
        },
        updated_at=model.now(),
        media=media,
    )
    model.items[key] = item
    agent.first_look(model, item)
    model.touch(section.key)
    return item


def new_media(model: Model, file: str, content: str) -> Media:
    container = file.rpartition(".")[2]
    part = Part(
        id=model.next_id("part"),
        file=file,
        content=content,
        seen_at=model.now(),
        attributes={
            "duration": _SHAPE["duration"],
            "size": 1_000_000 + len(content),
            "container": container,
            "videoProfile": _SHAPE["videoProfile"],
        },
    )
    attributes = {**_SHAPE, "container": container}
    return Media(id=model.next_id("media"), parts=[part], attributes=attributes)


def drop(model: Model, item: Item) -> None:
    tags.forget(model, item)
    del model.items[item.key]
    model.touch(item.section)
