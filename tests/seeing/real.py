"""A real Stash as a site, with the folder of its library; Plex is the double.

Puts films into a folder of its own there, and takes them out again at the end.
"""

import base64
import json
import shutil
import tempfile
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from reconciler.clients.endpoint import Endpoint
from reconciler.clients.stash import StashClient
from reconciler.clock import Clock
from tests.contract.stash_server import EMERALD, StashServer
from tests.sandbox.plex.double import PlexDouble
from tests.sandbox.plex.model import Model
from tests.seeing.schedule import Schedule
from tests.seeing.site import Site
from tests.seeing.stage import BYSTANDER, Stage, furnish, make_news, put_films
from tests.world import FILMS, World

_SLEEP = time.sleep  # noqa: TID251 - a real server's clock cannot be turned


@dataclass(slots=True, kw_only=True)
class RealSite(Site):
    library: Path
    """The library's folder on this machine."""
    folders: list[str] = field(default_factory=list)
    """Those in it that are ours."""
    film: bytes
    """A film to make others of."""

    def file(self, below: str) -> Path:
        return self.library / below

    def remove(self, below: str) -> None:
        self.file(below).unlink()

    def alter(self, below: str) -> None:
        self.file(below).write_bytes(self._film())

    def put_beside(self, below: str, ending: str) -> None:
        place = self.file(below).with_suffix(f".{ending}")
        match ending:
            case "zip":
                with zipfile.ZipFile(place, "w") as pictures:
                    pictures.writestr("one.png", _picture())
            case "funscript":
                actions = [{"at": at * 100, "pos": at * 10} for at in range(9)]
                place.write_text(json.dumps({"actions": actions}), encoding="utf-8")
            case _:
                place.write_text(_CAPTION, encoding="utf-8")

    def scan(self, *folders: str, rescan: bool = False) -> None:
        self.run("metadataScan", paths=[*map(self.path, folders)], rescan=rescan)

    def fill_in(self, folder: str) -> None:
        self._configure(calculateMD5=True)
        self.scan(folder)
        self._configure(calculateMD5=False)

    def clean(self, folder: str) -> None:
        self.run("metadataClean", paths=[self.path(folder)], dryRun=False)

    def generate(self, kind: str, scene: str) -> None:
        self.run("metadataGenerate", **{kind: True}, sceneIDs=[scene], overwrite=True)

    def identify(self, scene: str, tag: str) -> None:  # noqa: ARG002 - it finds it
        source = {"source": {"scraper_id": "builtin_autotag"}}
        self.run("metadataIdentify", sources=[source], sceneIDs=[scene])

    def migrate_covers(self, scene: str) -> None:  # noqa: ARG002 - takes all
        self.ask("mutation { migrateSceneScreenshots(input: {}) }")

    def write_title(self, scene: str, title: str) -> None:
        self._write("UPDATE scenes SET title = ? WHERE id = ?", title, int(scene))

    def import_all(self, meanwhile: Callable[[], None]) -> None:
        query = "{ configuration { general { metadataPath } } }"
        before = self.server.ask(query)["configuration"]["general"]["metadataPath"]
        with tempfile.TemporaryDirectory() as folder:
            self._configure(metadataPath=folder)
            self.ask("mutation { metadataExport }")
            meanwhile()
            self.ask("mutation { metadataImport }")
            self._configure(metadataPath=before)

    def batch_tag(self, kind: str, entity: str, name: str) -> None:
        raise NotImplementedError

    def restore(self, meanwhile: Callable[[], None]) -> None:
        raise NotImplementedError

    def start_anew(self) -> None:
        raise NotImplementedError

    def look(self) -> None:
        raise NotImplementedError

    def age(self) -> None:
        """Stamp everything as of two days before, in the server's own zone."""
        query = "{ findTags(filter: {per_page: 1}) { tags { updated_at } } }"
        newest = self.server.ask(query)["findTags"]["tags"][0]["updated_at"]
        moment = datetime.fromisoformat(newest) - timedelta(days=2)
        told = moment.isoformat().replace("+00:00", "Z")
        for statement in _STAMP:
            self._write(statement, told)

    def leave(self) -> None:
        """Take our films away again."""
        for folder in self.folders:
            shutil.rmtree(self.library / folder, ignore_errors=True)
        paths = [self.path(folder) for folder in self.folders]
        self.run("metadataClean", paths=paths, dryRun=False)
        self.server.clean_up()

    def _add(self, below: str) -> None:
        place = self.file(below)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(self._film())

    def _copy(self, below: str, new: str) -> None:
        shutil.copy(self.file(below), self.file(new))

    def _move(self, old: str, new: str) -> None:
        self.file(new).parent.mkdir(parents=True, exist_ok=True)
        self.file(old).rename(self.file(new))

    def _move_folder(self, old: str, new: str) -> None:
        self._move(old, new)

    def _film(self) -> bytes:
        """Make a film like no other: one more box of nothing at its end."""
        mark = uuid.uuid4().hex.encode() * 2
        return self.film + (8 + len(mark)).to_bytes(4, "big") + b"free" + mark

    def _write(self, sql: str, *args: object) -> None:
        self.server.ask(_WRITE, sql=sql, args=args)

    def _configure(self, **general: object) -> None:
        self.server.ask(_CONFIGURE, given=general)


_STAMP = (
    "UPDATE scenes SET updated_at = ?",
    "UPDATE files SET updated_at = ?",
    "UPDATE performers SET updated_at = ?",
    "UPDATE tags SET updated_at = ?",
    "UPDATE studios SET updated_at = ?",
)
_WRITE = """
mutation($sql: String!, $args: [Any]) {
  execSQL(sql: $sql, args: $args) { rows_affected }
}
"""
_CONFIGURE = """
mutation($given: ConfigGeneralInput!) {
  configureGeneral(input: $given) { metadataPath }
}
"""
_EVERY_FILE = """
{
  configuration { general { stashes { path } } }
  findScenes(filter: {per_page: -1}) { scenes { files { path } } }
}
"""
_CAPTION = "1\n00:00:00,000 --> 00:00:01,000\nA heron.\n"


def _picture() -> bytes:
    return base64.b64decode(EMERALD.partition(",")[2])


def real_site(server: StashServer, library: Path, state: Path) -> RealSite:
    """Make a site of a real Stash and of a Plex that has all of its files."""
    told = server.ask(_EVERY_FILE)
    roots = [one["path"] for one in told["configuration"]["general"]["stashes"]]
    root = str(library) if len(roots) > 1 else roots[0]
    assert root in roots, f"{library} is none of the libraries of Stash: {roots}"
    world = World(folder=state, mappings=())
    world.plex, world.clock = PlexDouble(Model()), Clock()
    world.plex_wire = world.plex.adapter()
    world.section = world.plex.add_section(FILMS, *roots)
    paths = [f["path"] for s in told["findScenes"]["scenes"] for f in s["files"]]
    for path in paths:
        world.plex.scanner.add_file(path)
    world.plex.scanner.scan(world.section)
    world.restart()
    endpoint = Endpoint(url=server.url, secret=server.api_key or "")
    world.source = StashClient(endpoint, world.requests)
    schedule = Schedule(world=world, now=time.monotonic, sleep=_SLEEP)
    film = next(library.rglob("*.mp4")).read_bytes()
    site = RealSite(
        world=world, server=server, schedule=schedule, library=library, film=film
    )
    site.root = site.plex_root = root.rstrip("/")
    return site


def furnish_all(site: RealSite, count: int) -> list[Stage]:
    """Make films for so many operations, and let them be as old as they have to be."""
    folders = [f"q{uuid.uuid4().hex[:8]}" for _ in range(count)]
    site.folders = [*folders, BYSTANDER.partition("/")[0]]
    put_films(site, *folders)
    stages = [furnish(site, folder) for folder in folders]
    site.age()
    make_news(site)
    return stages
