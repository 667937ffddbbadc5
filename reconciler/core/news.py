"""What Stash has that is new, and what it has at all: polls, listings and censuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reconciler.core.values import Kind, ScanPage, SceneId

SHARED = (Kind.PERFORMER, Kind.TAG, Kind.STUDIO)
"""Kinds that many scenes refer to one of; a file is one scene's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entity, as a poll or a listing has it; a file's name is its path."""

    kind: Kind
    id: int
    name: str
    stamp: str = ""
    """`updated_at`, byte for byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """How many rows of a kind Stash has, and the highest id among them.

    Stash numbers rows upwards, with no gaps but for what has gone, and gives no number
    twice; only a full import and a restored backup begin again.
    """

    count: int
    tip: int
    """0 where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A task of Stash's queue; ids count from 1 each time that Stash starts."""

    id: int
    name: str
    """Stash's description, such as `Scanning...`."""
    is_over: bool
    added: str = ""
    """`addTime`, byte for byte: it tells jobs of one number from each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One answer to "what is new?".

    Its parts are read by Stash at once but not in one transaction: any of them can be
    older than another by as long as the answer took.
    """

    page: ScanPage
    named: tuple[Named, ...]
    """Performers, tags, studios and files stamped above what was asked."""
    is_cut: bool
    """More files changed than were asked for: only a listing can tell which."""
    scenes: Census
    census: Mapping[Kind, Census]
    """Of performers, tags and studios; of files only where `knows_files`."""
    jobs: tuple[Job, ...]
    """Of the ids asked for and of the queue, by id, each once."""
    knows_files: bool
    """Whether this poll tells of files: not before v0.29, and not if not asked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledRow:
    """A scene's slim row with its files, as a listing has it."""

    id: SceneId
    stamp: str
    files: tuple[tuple[int, str], ...]
    """(id, path) pairs, the primary file first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """A stretch of all scenes, in the order of their ids."""

    rows: tuple[FiledRow, ...]
    is_last: bool
    clock: datetime
    """The server's clock when it answered (the HTTP Date), UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What Stash's hook has left word of: where to look again, and nothing of what."""

    scenes: frozenset[SceneId] = frozenset()
    is_all: bool = False
    """Whether there was no room for each scene: only a poll tells which."""
    is_more: bool = False
    """Whether there is more to take."""
    names: tuple[str, ...] = ()
    """What was left, as the spool knows it."""
