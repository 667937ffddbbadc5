"""One operation's own films, and what can be read of them in Plex and in the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from reconciler.core.values import Field
from reconciler.engine.translate import restored
from state.records import LinkRecord
from tests.contract.stash_server import StashServer
from tests.seeing.site import Site

HERON, TIDE, AGAIN = "shore/heron", "shore/tide", "shore/tide again"
"""A film, another one, and a copy of that: files of two scenes in one folder."""
BYSTANDER = "bystander/wren.mp4"
"""A film that is stamped last: what polls reach back from."""


class Also(StrEnum):
    """What can be read of a file beside the fields of its item."""

    SCENE = "scene"
    """The scene that its item's link is of; empty where there is none in Stash."""
    PRINTS = "fingerprints"
    """What is remembered of what is in it."""


Readings: TypeAlias = Mapping[tuple[str, Field | Also], object]
"""By the file's name below the folder of the operation's films, without its ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    site: Site
    folder: str
    """A word that nobody else has: the folder below which the films are."""
    heron: str
    tide: str
    nature: str
    silent: str
    ada: str
    ben: str
    studio: str
    """Ids: the first of each kind is both films', the other the heron's only."""
    made: dict[str, str] = field(default_factory=dict)
    """Ids of what an operation needs beside them, by any name."""

    @property
    def server(self) -> StashServer:
        return self.site.server

    def word(self, word: str) -> str:
        """Return a name that nobody else has."""
        return f"{word} {self.folder}"

    def make(self, kind: str, words: str, **given: object) -> str:
        """Create something of that name, and return its id."""
        name = {"title" if kind in {"Scene", "Gallery"} else "name": self.word(words)}
        return self.server.make(kind, **name, **given)

    def below(self, film: str) -> str:
        """Return the path of a film below the library's folder."""
        return f"{self.folder}/{film}.mp4"

    def path(self, film: str) -> str:
        """Return the path that Stash has for a film."""
        return self.site.path(self.below(film))

    def file(self, film: str) -> str:
        """Return the id of a film's file, as Stash tells it."""
        return str(self._files()[self.path(film)][0])

    def scene(self, film: str) -> str:
        """Return the id of the scene that has the file, as Stash tells it."""
        return str(self._files()[self.path(film)][1])

    def prints(self, film: str) -> dict[str, str]:
        """Return what Stash tells of what is in a file."""
        found = self.server.scene(
            self.scene(film), "files { path fingerprints { type value } }"
        )
        (prints,) = [
            file["fingerprints"]
            for file in found["files"]
            if file["path"] == self.path(film)
        ]
        return {one["type"]: one["value"] for one in prints}

    def reads(self, wanted: Readings) -> Readings:
        """Read of the films what is wanted of them."""
        return {(film, what): self.read(film, what) for film, what in wanted}

    def read(self, film: str, what: Field | Also) -> object:
        if isinstance(what, Field):
            return self._value(film, what)
        if what is Also.SCENE:
            return self._linked(film)
        return self._remembered(film)

    def _value(self, film: str, name: Field) -> object:
        plex = self.site.world.plex
        place = self.site.plex_path(self.below(film))
        item = plex.snapshot_of(plex.scanner.key_of(self.site.world.section, place))
        if name.is_set:
            return frozenset(item.tags.get(_NAMES[name], ()))
        return item.values.get(_NAMES[name], "")

    def _linked(self, film: str) -> str:
        place = self.site.plex_path(self.below(film))
        with self.site.world.opened() as ledger:
            links: list[LinkRecord] = []
            while page := ledger.links.page(
                after=links[-1].id if links else 0, limit=1000
            ):
                links += page
            scenes = [link.scene for link in links if link.path == place]
            buried = ledger.scenes.buried(scenes)
        return " ".join(str(scene) for scene in scenes if scene not in buried)

    def _remembered(self, film: str) -> dict[str, str]:
        scene = int(self.scene(film))
        with self.site.world.opened() as ledger:
            known = restored(ledger.scenes.get([scene])[scene])
        (prints,) = [f.fingerprints for f in known.files if f.path == self.path(film)]
        return dict(prints)

    def _files(self) -> dict[str, tuple[str, str]]:
        given = {"path": {"value": self.folder, "modifier": "INCLUDES"}}
        found = self.server.ask(_FILES, given=given)["findScenes"]["scenes"]
        return {
            file["path"]: (file["id"], scene["id"])
            for scene in found
            for file in scene["files"]
        }


_NAMES = {
    Field.TITLE: "title",
    Field.SUMMARY: "summary",
    Field.STUDIO: "studio",
    Field.DATE: "originallyAvailableAt",
    Field.GENRES: "genre",
    Field.ACTORS: "actor",
}
_FILES = """
query($given: SceneFilterType) {
  findScenes(filter: {per_page: -1}, scene_filter: $given) {
    scenes { id files { id path } }
  }
}
"""


def put_films(site: Site, *folders: str) -> None:
    """Put operations' films on the disk, and have them scanned."""
    for folder in folders:
        for film in (HERON, TIDE):
            site.add(f"{folder}/{film}.mp4")
    site.scan(*folders)
    for folder in folders:
        site.copy(f"{folder}/{TIDE}.mp4", f"{folder}/{AGAIN}.mp4")
    site.scan(*folders)


def furnish(site: Site, folder: str) -> Stage:
    """Give films that have been scanned something in every field."""
    server = site.server
    stage = Stage(
        site=site,
        folder=folder,
        heron="",
        tide="",
        nature=server.make("Tag", name=f"Nature {folder}"),
        silent=server.make("Tag", name=f"Silent {folder}"),
        ada=server.make("Performer", name=f"Ada Brook {folder}"),
        ben=server.make("Performer", name=f"Ben Carr {folder}"),
        studio=server.make("Studio", name=f"Meadow Films {folder}"),
    )
    heron, tide = stage.scene(HERON), stage.scene(TIDE)
    server.update(
        "Scene",
        heron,
        title=stage.word("Heron"),
        details=stage.word("A heron."),
        date="2021-02-03",
        tag_ids=[stage.nature, stage.silent],
        performer_ids=[stage.ada, stage.ben],
        studio_id=stage.studio,
    )
    server.update(
        "Scene",
        tide,
        title=stage.word("Tide"),
        tag_ids=[stage.nature],
        performer_ids=[stage.ada],
        studio_id=stage.studio,
    )
    return replace(stage, heron=heron, tide=tide)


def make_news(site: Site) -> None:
    """Have Stash change something else, long after it was furnished.

    Polls reach back from the last stamp by more than a day. What is older than that
    they do not see again by chance.
    """
    site.add(BYSTANDER)
    site.scan(BYSTANDER.partition("/")[0])
    site.server.make("Tag")
