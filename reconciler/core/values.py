"""The values that all else is about: what Stash has, what Plex has, what is wanted.

All of them are frozen. Text is as the servers gave it; `canonical` puts it into the
form that is compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

SceneId = NewType("SceneId", int)
ItemKey = NewType("ItemKey", str)
"""Plex's ratingKey: opaque, and not stable over a library's life."""


class Field(StrEnum):
    """A thing of a Plex item that plexsync can manage."""

    TITLE = "title"
    SUMMARY = "summary"
    STUDIO = "studio"
    DATE = "date"
    GENRES = "genres"
    ACTORS = "actors"

    @property
    def is_set(self) -> bool:
        """Whether it holds elements, each of which is a value of its own."""
        return self in {Field.GENRES, Field.ACTORS}


class Policy(StrEnum):
    """Who wins a field; the columns of the table in docs/design.md."""

    PUSH = "push"  # Stash, unless a person has spoken in Plex
    ENFORCE = "enforce"  # Stash, always
    FILL = "fill"  # Plex, unless it has nothing
    OFF = "off"  # never looked at


class OnDelete(StrEnum):
    """What becomes of the items of a scene that is gone from Stash."""

    KEEP = "keep"  # they stay as they are, locks included
    RELEASE = "release"  # our locks are taken off
    RESTORE = "restore"  # what was there before us is put back


class Kind(StrEnum):
    """What kind of entity a scene refers to."""

    PERFORMER = "performer"
    TAG = "tag"
    STUDIO = "studio"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something of Stash that scenes refer to; a file's name is its path."""

    kind: Kind
    id: int
    name: str
    parents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneFile:
    """A file of a scene, by the path that Stash's own machine knows it under."""

    id: int
    path: str
    fingerprints: tuple[tuple[str, str], ...] = ()
    """(type, value) pairs: oshash, md5, phash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A scene as Stash answered it."""

    id: SceneId
    stamp: str
    """`updated_at`, byte for byte: RFC 3339 in the server's zone, whole seconds."""
    title: str = ""
    details: str = ""
    date: str = ""
    """YYYY-MM-DD; since Stash v0.30 also YYYY-MM or YYYY."""
    studio: Entity | None = None
    performers: tuple[Entity, ...] = ()
    tags: tuple[Entity, ...] = ()
    files: tuple[SceneFile, ...] = ()
    """The primary file first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlimRow:
    """A scene's id and stamp: enough to see whether it has to be read."""

    id: SceneId
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPage:
    """One answer of a scan, in the order of scene ids."""

    clock: datetime
    """The server's clock when it answered (the HTTP Date), UTC."""
    rows: tuple[SlimRow, ...]
    """Every scene stamped after what was asked for, from the cursor on."""
    scenes: tuple[Scene, ...]
    """Those of *rows* that came in full."""
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The managed content of one scene in canonical form."""

    scene: Scene
    text: str
    """Canonical JSON: equal text is equal content."""
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """What a Plex item has in one field."""

    value: str = ""
    elements: tuple[str, ...] = ()
    """For a field that `is_set`, in Plex's order and spelling."""
    locked: bool = False


EMPTY = FieldValue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A Plex item, read in full: nothing truncated, locks included."""

    key: ItemKey
    section: str
    """The section's key on its server, which an edit is addressed to."""
    type: int
    """Plex's number of the item's type: 1 movie, 4 episode."""
    paths: tuple[str, ...]
    fields: Mapping[Field, FieldValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """A Plex item as a listing has it: its files, but never its elements or locks."""

    key: ItemKey
    paths: tuple[str, ...]
    updated_at: int
    """Unix seconds by Plex's clock; the later of updated and added, 0 if neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage:
    """A stretch of a section's items."""

    items: tuple[ListedItem, ...]
    total: int
    """How many items the whole listing has, as Plex says on this page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A Plex library as its server lists it."""

    machine: str
    uuid: str
    key: str
    title: str
    type: str
    marker: str
    """Changes whenever the section's content may have; opaque."""
    is_scanning: bool = False
    folders: tuple[str, ...] = ()
    clock: int | None = None
    """Plex's clock when it was asked (the HTTP Date), in unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one field is to become; absolute, so that repeating it is harmless."""

    value: str = ""
    elements: tuple[str, ...] = ()
    """The whole wanted list, ours and what others put there."""
    removed: tuple[str, ...] = ()
    """Elements to take out, in Plex's spelling."""
    lock: bool | None = None
    """True locks, False unlocks, None leaves the lock alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One PUT: an item and the fields to set."""

    key: ItemKey
    section: str
    type: int
    changes: Mapping[Field, Change] = field(default_factory=dict)
