"""The rows that a Stash keeps, as values; names are those of the GraphQL schema.

Times are the text that Stash stores: RFC 3339, whole seconds, in the server's zone.
"""

from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StashID:
    endpoint: str
    stash_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(Row):
    """A scene; text that is unset is empty, anything else that is unset is None."""

    title: str = ""
    code: str = ""
    details: str = ""
    director: str = ""
    date: str | None = None  # YYYY-MM-DD, since v0.30 also YYYY-MM and YYYY
    rating100: int | None = None
    organized: bool = False
    urls: tuple[str, ...] = ()
    studio_id: int | None = None
    performer_ids: tuple[int, ...] = ()
    tag_ids: tuple[int, ...] = ()
    groups: tuple[tuple[int, int | None], ...] = ()  # group and the index in it
    file_ids: tuple[int, ...] = ()  # the primary one first
    stash_ids: tuple[StashID, ...] = ()
    cover: bytes | None = None
    o_history: tuple[str, ...] = ()
    play_history: tuple[str, ...] = ()
    resume_time: float = 0.0
    play_duration: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer(Row):
    name: str
    disambiguation: str = ""
    alias_list: tuple[str, ...] = ()
    birthdate: str | None = None
    country: str = ""
    details: str = ""
    favorite: bool = False
    gender: str | None = None
    rating100: int | None = None
    urls: tuple[str, ...] = ()
    tag_ids: tuple[int, ...] = ()
    stash_ids: tuple[StashID, ...] = ()
    image: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Row):
    name: str
    sort_name: str = ""
    aliases: tuple[str, ...] = ()
    description: str = ""
    favorite: bool = False
    ignore_auto_tag: bool = False
    parent_ids: tuple[int, ...] = ()
    image: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio(Row):
    name: str
    aliases: tuple[str, ...] = ()
    details: str = ""
    favorite: bool = False
    rating100: int | None = None
    urls: tuple[str, ...] = ()
    parent_id: int | None = None
    tag_ids: tuple[int, ...] = ()
    stash_ids: tuple[StashID, ...] = ()
    image: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Row):
    name: str
    aliases: str = ""
    date: str | None = None
    director: str = ""
    synopsis: str = ""
    rating100: int | None = None
    studio_id: int | None = None
    urls: tuple[str, ...] = ()
    tag_ids: tuple[int, ...] = ()
    front_image: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery(Row):
    title: str
    scene_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker(Row):
    scene_id: int
    title: str
    seconds: float
    primary_tag_id: int
    end_seconds: float | None = None
    tag_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder(Row):
    path: str
    parent_folder_id: int | None
    mod_time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Row):
    """A video file; its path is not stored, but made of the folder and its name."""

    basename: str
    parent_folder_id: int
    mod_time: str
    size: int = 1_000_000
    fingerprints: tuple[tuple[str, str], ...] = ()  # type and value
    format: str = "mp4"
    width: int = 1280
    height: int = 720
    duration: float = 60.0
    video_codec: str = "h264"
    audio_codec: str = "aac"
    frame_rate: float = 25.0
    bit_rate: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A task in the queue, which lives in memory: ids start at 1 with the server."""

    id: int
    description: str
    status: str
    add_time: str
    start_time: str | None = None
    end_time: str | None = None
    progress: float | None = None
    error: str | None = None


class SceneFields(TypedDict, total=False):
    """What may be said of a scene when it is made or changed."""

    title: str
    code: str
    details: str
    director: str
    date: str | None
    rating100: int | None
    organized: bool
    urls: tuple[str, ...]
    studio_id: int | None
    performer_ids: tuple[int, ...]
    tag_ids: tuple[int, ...]
    groups: tuple[tuple[int, int | None], ...]
    file_ids: tuple[int, ...]
    stash_ids: tuple[StashID, ...]
    cover: bytes | None


class PerformerDetails(TypedDict, total=False):
    disambiguation: str
    alias_list: tuple[str, ...]
    birthdate: str | None
    country: str
    details: str
    favorite: bool
    gender: str | None
    rating100: int | None
    urls: tuple[str, ...]
    tag_ids: tuple[int, ...]
    stash_ids: tuple[StashID, ...]
    image: bytes | None


class PerformerFields(PerformerDetails, total=False):
    name: str


class TagDetails(TypedDict, total=False):
    sort_name: str
    aliases: tuple[str, ...]
    description: str
    favorite: bool
    ignore_auto_tag: bool
    parent_ids: tuple[int, ...]
    image: bytes | None


class TagFields(TagDetails, total=False):
    name: str


class StudioDetails(TypedDict, total=False):
    aliases: tuple[str, ...]
    details: str
    favorite: bool
    rating100: int | None
    urls: tuple[str, ...]
    parent_id: int | None
    tag_ids: tuple[int, ...]
    stash_ids: tuple[StashID, ...]
    image: bytes | None


class StudioFields(StudioDetails, total=False):
    name: str


class GroupDetails(TypedDict, total=False):
    aliases: str
    date: str | None
    director: str
    synopsis: str
    rating100: int | None
    studio_id: int | None
    urls: tuple[str, ...]
    tag_ids: tuple[int, ...]
    front_image: bytes | None


class GroupFields(GroupDetails, total=False):
    name: str


class MarkerFields(TypedDict, total=False):
    scene_id: int
    title: str
    seconds: float
    end_seconds: float | None
    primary_tag_id: int
    tag_ids: tuple[int, ...]


class GalleryFields(TypedDict, total=False):
    title: str
    scene_ids: tuple[int, ...]


class FileFields(TypedDict, total=False):
    """What a scan reads from the file itself."""

    size: int
    mod_time: str
    fingerprints: tuple[tuple[str, str], ...]
    format: str
    width: int
    height: int
    duration: float
    video_codec: str
    audio_codec: str
    frame_rate: float
    bit_rate: int
