"""The one place where a Plex server's state lives, with its clock and its id sequences.

It finds things and counts changes; what a client, a person, a scanner or an agent does
with it is in the modules named after them.
"""

import hashlib
import threading
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from tests.sandbox.plex.state import (
    Backup,
    Collection,
    Item,
    Maintenance,
    Offer,
    Running,
    Section,
    Tag,
)
from tests.sandbox.plex.switches import Switches
from tests.sandbox.plex.vocabulary import Type
from tests.sandbox.wire import REAL_TIME, Clock

# Sequences start apart, so that an id taken for another one finds nothing.
_FIRST_IDS = Counter(
    {"item": 100, "media": 500, "part": 900, "tag": 30, "section": 0, "location": 0}
)
_NAMESPACE = uuid.UUID("3c9d1f0a-5a52-4d51-9a5e-0d6c5a3b7e10")

P = ParamSpec("P")
R = TypeVar("R")


class Model:
    def __init__(
        self,
        *,
        clock: Clock = REAL_TIME,
        switches: Switches | None = None,
        token: str = "owner-token",  # noqa: S107 - invented
        name: str = "Sandbox",
    ) -> None:
        self.clock = clock
        self.switches = switches or Switches()
        self.token = token
        self.guests: set[str] = set()  # tokens of users the library is shared with
        self.name = name
        self.machine_identifier = hashlib.sha1(name.encode()).hexdigest()  # noqa: S324 - only its shape counts
        self.started_at = int(clock())
        self.version = "1.43.4.10903-e5521bd8c"
        self.media_tag_version = 1710434120
        self.maintenance: Maintenance | None = None
        self.auto_empty_trash = True  # the server's preference of that name
        self.butler_hours = (2, 5)  # of maintenance, by the server's own clock
        self.backup_seconds = 0.0  # how long a backup takes
        self.running: Running | None = None
        self.backups: list[Backup] = []
        self.playing: list[int] = []  # keys of items that somebody plays
        self.scans_wait = False  # a scan asked for over HTTP waits for `finish_scans`
        self.sections: dict[int, Section] = {}
        self.items: dict[int, Item] = {}
        self.collections: dict[int, Collection] = {}
        self.tags: dict[tuple[str, str], Tag] = {}  # by kind and folded name
        self.disk: dict[str, str] = {}  # path -> content
        self.unmounted: set[str] = set()  # folders that the server does not reach now
        self.web: dict[str, bytes] = {}  # what the server can fetch, by URL
        self.offers: dict[str, Offer] = {}  # what an agent knows, by file
        self.scans_due: deque[tuple[int, str | None]] = deque()
        self.frames: deque[dict[str, Any]] = deque(maxlen=1000)  # notifications
        self.lock = threading.RLock()
        self.wait: Callable[[float], object] = threading.Event().wait
        self._ids = Counter(_FIRST_IDS)

    def now(self) -> int:
        return int(self.clock())

    def next_id(self, of: str) -> int:
        self._ids[of] += 1
        return self._ids[of]

    def new_uuid(self) -> uuid.UUID:
        """Return the next of a fixed row of ids, so that every run is the same."""
        return uuid.uuid5(_NAMESPACE, f"{self.name}/{self.next_id('uuid')}")

    def items_of(self, section: int) -> list[Item]:
        return [item for item in self.items.values() if item.section == section]

    def collections_of(self, section: int) -> list[Collection]:
        return [c for c in self.collections.values() if c.section == section]

    def members(self, collection: Collection) -> Iterator[Item]:
        for item in self.items_of(collection.section):
            taggings = item.tags.get("collection", ())
            if any(tagging.tag is collection.tag for tagging in taggings):
                yield item

    def hold(self) -> None:
        """Keep everybody else waiting for as long as a write takes."""
        if self.switches.write_seconds:
            self.wait(self.switches.write_seconds)

    def touch(self, section: int) -> None:
        """Count a change of what a section holds."""
        self.sections[section].content_changed_at += 1

    def edited(self, item: Item | Collection, *, moves_updated_at: bool = True) -> None:
        """Leave the traces that an edit leaves."""
        if moves_updated_at and self.switches.edits_move_updated_at:
            item.updated_at = self.now()
        if self.switches.edits_move_content_changed:
            self.touch(item.section)
        if self.switches.edits_echo:
            self.frames.append(_timeline(item))


def _timeline(item: Item | Collection) -> dict[str, Any]:
    kind = Type.MOVIE if isinstance(item, Item) else Type.COLLECTION
    entry = {
        "identifier": "com.plexapp.plugins.library",
        "sectionID": str(item.section),
        "itemID": str(item.key),
        "type": int(kind),
        "title": item.values.get("title", ""),
        "state": 5,
        "updatedAt": item.updated_at or 0,
    }
    return {"type": "timeline", "size": 1, "TimelineEntry": [entry]}


class Actor:
    """Someone who does things with a model."""

    def __init__(self, model: Model) -> None:
        self.model = model


S = TypeVar("S", bound=Actor)


def whole(
    method: Callable[Concatenate[S, P], R],
) -> Callable[Concatenate[S, P], R]:
    """Let no request come in between while *method* changes the model."""

    @wraps(method)
    def locked(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.model.lock:
            return method(self, *args, **kwargs)

    return locked
