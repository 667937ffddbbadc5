"""The double of Stash as a site: it has no disk, so what a job finds is told to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import requests

from tests.contract.stash_server import StashServer
from tests.sandbox.stash.model import StashModel
from tests.seeing.schedule import EVERY, Schedule
from tests.seeing.site import Site
from tests.world import World

_URL = "http://stash.test:9999"
LONG = 7.0
"""Seconds that a job may take: longer than from one pass to the next."""
_COVER = b"\x89PNG\r\n\x1a\n of old"


def double_site(world: World) -> "DoubleSite":
    """Make a site of both doubles, whose time is the world's own."""
    session = requests.Session()
    session.mount(_URL, world.stash_wire)
    server = StashServer(_URL, session, world.later)
    schedule = Schedule(world=world, now=lambda: world.moment, sleep=world.later)
    return DoubleSite(world=world, server=server, schedule=schedule)


@dataclass(slots=True, kw_only=True)
class DoubleSite(Site):
    a_job: float = 0.0
    """Seconds that a job takes."""
    _found: list[Callable[[], object]] = field(default_factory=list)
    """What the next scan or clean finds on the disk."""

    def __post_init__(self) -> None:
        self.root, self.plex_root = "/data/films", "/media/films"

    @property
    def model(self) -> StashModel:
        return self.world.stash

    def remove(self, below: str) -> None:
        self._found.append(lambda: self.model.clean(self._file(below)))

    def alter(self, below: str) -> None:
        prints = (("oshash", "00c0ffee00c0ffee"),)
        self._found.append(
            lambda: self.model.scan_changed_file(
                self._file(below), size=2, fingerprints=prints
            )
        )

    def put_beside(self, below: str, ending: str) -> None:
        if ending == "zip":
            self._found.append(
                lambda: self.model.create_gallery(
                    below, scene_ids=(self._scene(below),)
                )
            )

    def scan(self, *folders: str, rescan: bool = False) -> None:
        if rescan:
            self._found.append(partial(self.model.rescan, *map(self.path, folders)))
        self._job("Scanning...")

    def fill_in(self, folder: str) -> None:
        self._found += [partial(self._fill_in, file) for file in self._files(folder)]
        self._job("Scanning...")

    def clean(self, folder: str) -> None:  # noqa: ARG002 - what is gone is known
        self._job("Cleaning...")

    def generate(self, kind: str, scene: str) -> None:
        number = int(scene)
        match kind:
            case "covers":
                self._found.append(lambda: self.model.generate_cover(number, _COVER))
            case "interactiveHeatmapsSpeeds":
                self._found.append(lambda: self.model.generate_heatmap(number))
            case "phashes":
                (file,) = self.model.scenes[number].file_ids
                self._found.append(lambda: self.model.generate_phash(file, "c0ffee"))
        self._job("Generating...")

    def identify(self, scene: str, tag: str) -> None:
        tags = (*self.model.scenes[int(scene)].tag_ids, int(tag))
        self._found.append(lambda: self.model.identify(int(scene), tag_ids=tags))
        self._job("Identifying...")

    def migrate_covers(self, scene: str) -> None:
        self._found.append(lambda: self.model.migrate_screenshot(int(scene), _COVER))
        self._job("Migrating scene screenshots to blobs...")

    def write_title(self, scene: str, title: str) -> None:
        with self.model.writing():
            row = self.model.scenes.must(int(scene))
            self.model.scenes.put(replace(row, title=title))

    def import_all(self, meanwhile: Callable[[], None]) -> None:
        export = self.model.backup()
        meanwhile()
        for _ in self.model.metadata_import(export):
            self.schedule.idle(EVERY)  # a pass finds Stash half filled

    def batch_tag(self, kind: str, entity: str, name: str) -> None:
        number = int(entity)
        if kind == "Performer":
            self._found.append(lambda: self.model.update_performer(number, name=name))
        else:
            self._found.append(lambda: self.model.update_studio(number, name=name))
        self._job(f"Batch stash-box {kind.lower()} tag...")

    def restore(self, meanwhile: Callable[[], None]) -> None:
        backup = self.model.backup()
        self.scan()  # so that there is a job for the new start to have forgotten
        meanwhile()
        self.model.restore(backup)
        self.model.jobs.restart()

    def start_anew(self) -> None:
        self.model.jobs.restart()

    def look(self) -> None:
        found, self._found = self._found, []
        for find in found:
            find()

    def _add(self, below: str) -> None:
        self._found.append(lambda: self.model.scan_new_file(self.path(below)))

    def _copy(self, below: str, new: str) -> None:
        self._found.append(
            lambda: self.model.scan_copy(self.path(new), self._scene(below))
        )

    def _move(self, old: str, new: str) -> None:
        self._found.append(
            lambda: self.model.scan_moved_file(self._file(old), self.path(new))
        )

    def _move_folder(self, old: str, new: str) -> None:
        self._found.append(
            lambda: self.model.scan_renamed_folder(self.path(old), self.path(new))
        )

    def _job(self, description: str) -> None:
        self.model.jobs.add(description, self.look, seconds=self.a_job)
        self.wait()

    def _file(self, below: str) -> int:
        file = self.model.file_at(self.path(below))
        assert file is not None, below
        return file.id

    def _scene(self, below: str) -> int:
        file = self._file(below)
        return next(s.id for s in self.model.scenes.values() if file in s.file_ids)

    def _files(self, folder: str) -> Iterator[int]:
        start = f"{self.path(folder)}/"
        return (i for i in self.model.files if self.model.path_of(i).startswith(start))

    def _fill_in(self, file: int) -> None:
        known = self.model.files[file].fingerprints
        self.model.scan_filled_in(file, fingerprints=(*known, ("md5", f"{file:032x}")))
