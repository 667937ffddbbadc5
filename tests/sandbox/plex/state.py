"""What a Plex server remembers: sections, items, files, tags, images, locks.

Values without behaviour; a value of a field is text, as it came in.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from tests.sandbox.plex.markup import Attribute, Node

NONE_AGENT = "tv.plex.agents.none"
MOVIE_AGENT = "tv.plex.agents.movie"


class Maintenance(StrEnum):
    """Why the server says 503."""

    STARTUP = "startup maintenance tasks"
    MIGRATIONS = "database migrations"


@dataclass(slots=True, kw_only=True)
class Tag:
    """A row that all items of the server share: a genre, a person, a label."""

    id: int
    kind: str
    name: str
    thumb: str = ""
    tag_key: str = ""
    uses: Counter[int] = field(default_factory=Counter)  # items with it, by section


@dataclass(slots=True, kw_only=True)
class Tagging:
    """A tag on one item; *name* is what the item was sent."""

    tag: Tag
    name: str
    text: str = ""
    thumb: str = ""


@dataclass(slots=True, kw_only=True)
class Part:
    """One file of an item; *content* tells equal files apart from others."""

    id: int
    file: str
    content: str
    seen_at: int
    attributes: dict[str, Attribute] = field(default_factory=dict)
    streams: list[Node] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Media:
    """One version of an item; several parts are one film in several files."""

    id: int
    parts: list[Part]
    attributes: dict[str, Attribute] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Image:
    """One candidate for a poster or a background."""

    key: str
    content: bytes
    provider: str = ""


@dataclass(slots=True, kw_only=True)
class Gallery:
    """The candidates of one item, the chosen one, and when it was chosen."""

    images: list[Image] = field(default_factory=list)
    selected: str = ""
    chosen_at: int = 0


@dataclass(slots=True, kw_only=True)
class Item:
    key: int
    section: int
    guid: str
    values: dict[str, str]
    updated_at: int | None
    media: list[Media] = field(default_factory=list)
    locks: dict[str, None] = field(default_factory=dict)  # a set that keeps its order
    tags: dict[str, list[Tagging]] = field(default_factory=dict)
    galleries: dict[str, Gallery] = field(default_factory=dict)
    deleted_at: int | None = None
    others: list[Node] = field(default_factory=list)  # shown in full items only

    @property
    def parts(self) -> list[Part]:
        return [part for media in self.media for part in media.parts]


@dataclass(slots=True, kw_only=True)
class Collection:
    """A collection as an item of its own: its members are the items with its *tag*."""

    key: int
    section: int
    tag: Tag
    guid: str
    added_at: int
    updated_at: int
    values: dict[str, str] = field(default_factory=dict)
    locks: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Section:
    key: int
    uuid: str
    title: str
    locations: list[tuple[int, str]]
    created_at: int
    updated_at: int
    scanned_at: int
    type: str = "movie"
    agent: str = NONE_AGENT
    scanner: str = "Plex Movie"
    language: str = "en-US"
    hidden: int = 0
    content_changed_at: int = 0
    is_scanning: bool = False  # a scan is under way: not all is there yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an agent knows about a file."""

    guid: str
    values: dict[str, str] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A backup of the database that is being made."""

    until: float
    activity: str  # a name, which may be told or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup of the database, with the values that all items had then."""

    made_at: float
    values: dict[int, dict[str, str]]
