"""A Plex Media Server in one object: its model, who acts on it, and its answers."""

from dataclasses import dataclass
from types import MappingProxyType

from tests.sandbox.plex import http, items
from tests.sandbox.plex.agent import Agent
from tests.sandbox.plex.model import Actor, Model, whole
from tests.sandbox.plex.moves import Moves
from tests.sandbox.plex.person import Person
from tests.sandbox.plex.scanner import Scanner
from tests.sandbox.plex.state import NONE_AGENT
from tests.sandbox.plex.tags import shown
from tests.sandbox.server import InProcessAdapter, Request, Response, Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An actor on one item; *thumb* is the item's own, or else the person's."""

    name: str
    text: str
    thumb: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one item holds, for a test to compare; nothing here is the model's own."""

    key: int
    section: int
    guid: str
    values: MappingProxyType[str, str]
    locks: frozenset[str]
    tags: MappingProxyType[str, tuple[str, ...]]  # in order; kinds without any left out
    roles: tuple[Role, ...]
    files: tuple[str, ...]
    poster: str
    posters: tuple[str, ...]
    updated_at: int | None
    deleted_at: int | None


class PlexDouble(Actor):
    """Answers requests as a Plex Media Server with *model* would."""

    def __init__(self, model: Model | None = None) -> None:
        super().__init__(model or Model())
        self.scanner = Scanner(self.model)
        self.moves = Moves(self.model)
        self.person = Person(self.model)
        self.agent = Agent(self.model)

    @whole
    def handle(self, request: Request) -> Response:
        return http.answer(self.model, request)

    def serve(self, port: int = 0) -> Server:
        """Return a server that tells the model's time; start it, or use `with`."""
        return Server(self.handle, port=port, clock=self.model.clock)

    def adapter(self) -> InProcessAdapter:
        """Return what a `requests.Session` mounts to reach this without a socket."""
        return InProcessAdapter(self.handle, clock=self.model.clock)

    @whole
    def add_section(
        self,
        title: str,
        *locations: str,
        agent: str = NONE_AGENT,
        type: str = "movie",  # noqa: A002 - Plex's name for it
    ) -> int:
        """Add a library, by default of home videos, and return its key."""
        return items.add_section(self.model, title, *locations, agent=agent, type=type)

    def add(self, section: int, file: str, content: str = "") -> int:
        """Put a file on the disk, scan it in, and return its item's key."""
        return self.scanner.add(section, file, content)

    @whole
    def snapshot_of(self, key: int) -> Snapshot:
        item = self.model.items[key]
        posters = item.galleries.get("posters")
        tags = {
            kind: tuple(shown(self.model, tagging) for tagging in taggings)
            for kind, taggings in item.tags.items()
            if taggings
        }
        roles = (
            Role(
                name=shown(self.model, tagging),
                text=tagging.text,
                thumb=tagging.thumb or tagging.tag.thumb,
            )
            for tagging in item.tags.get("actor", ())
        )
        return Snapshot(
            key=key,
            section=item.section,
            guid=item.guid,
            values=MappingProxyType({k: v for k, v in item.values.items() if v}),
            locks=frozenset(item.locks),
            tags=MappingProxyType(tags),
            roles=tuple(roles),
            files=tuple(part.file for part in item.parts),
            poster=posters.selected if posters else "",
            posters=tuple(image.key for image in posters.images) if posters else (),
            updated_at=item.updated_at,
            deleted_at=item.deleted_at,
        )

    @whole
    def snapshot(self) -> dict[int, Snapshot]:
        """Return every item of every section."""
        return {key: self.snapshot_of(key) for key in self.model.items}
