"""A library of invented nature films, the same for the same seed, in both doubles.

Stash sees the files below /data/films and Plex below /media/films, so that nothing fits
without a path mapping.
"""

from collections.abc import Sized
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, tzinfo
from random import Random
from typing import TypeVar

from tests.sandbox.plex.double import PlexDouble
from tests.sandbox.plex.model import Model
from tests.sandbox.stash.http import StashDouble
from tests.sandbox.stash.model import StashModel
from tests.sandbox.stash.records import (
    File,
    Folder,
    Group,
    Performer,
    Row,
    Scene,
    Studio,
    Tag,
)
from tests.sandbox.stash.store import Table
from tests.sandbox.stash.times import stamp
from tests.sandbox.wire import REAL_TIME, Clock

STASH_ROOT = "/data/films"
PLEX_ROOT = "/media/films"
LIBRARY = "Films"

_YEAR = 365 * 24 * 3600
_MOODS = ("Quiet", "Drifting", "Early", "Silver", "Hidden")
_THINGS = ("Heron", "Tide", "Reef", "Lichen", "Glacier", "Moth", "Kelp", "Falcon")
_PLACES = ("Skye", "Lofoten", "Brittany", "Aran", "Gotland", "Faial", "Sark", "Texel")
_FIRST = ("Ada", "Bruno", "Clara", "Dario", "Edda", "Femi", "Greta", "Hugo", "Ines")
_LAST = ("Brook", "Carr", "Dune", "Elm", "Fenn", "Gale", "Holt", "Isle", "Lark")
_WORDS = (
    "The camera waits at the edge of the water",
    "A year on one shore, told without a word",
    "Filmed at dawn over eleven mornings",
    "What the tide leaves behind, and who comes for it",
    "Two keepers count the birds and disagree",
)


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A Stash and the paths that Plex has the same files under, scene by scene."""

    stash: StashModel
    plex_files: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Both doubles with the same files; nobody has told Plex anything yet."""

    stash: StashDouble
    plex: PlexDouble
    section: int  # of the Plex library


def seed(
    scenes: int,
    seed: int,
    *,
    clock: Clock = REAL_TIME,
    zone: tzinfo = UTC,
    version: str = "0.30.1",
) -> Library:
    """Make a library of so many scenes, with stamps of the year before *clock*."""
    stash = StashModel(clock=clock, zone=zone, version=version)
    _Seeding(stash, Random(seed), scenes).fill()
    paths = tuple(
        tuple(
            path.replace(STASH_ROOT, PLEX_ROOT, 1) for path in stash.paths_of(scene_id)
        )
        for scene_id in stash.scenes
    )
    return Library(stash=stash, plex_files=paths)


_seeded = seed


def sandbox(
    scenes: int,
    seed: int,
    *,
    clock: Clock = REAL_TIME,
    zone: tzinfo = UTC,
    version: str = "0.30.1",
) -> Sandbox:
    """Make both doubles; each file is an item of Plex, named after the file."""
    library = _seeded(scenes, seed, clock=clock, zone=zone, version=version)
    plex = PlexDouble(Model(clock=clock))
    section = plex.add_section(LIBRARY, PLEX_ROOT)
    for files in library.plex_files:
        for file in files:
            plex.scanner.add_file(file)
    plex.scanner.scan(section)
    return Sandbox(stash=StashDouble(library.stash), plex=plex, section=section)


class _Seeding:
    """Writes rows straight into the tables: a hundred thousand are no work."""

    def __init__(self, stash: StashModel, random: Random, scenes: int) -> None:
        self._stash = stash
        self._random = random
        self._count = scenes
        self._now = int(stash.clock())

    def fill(self) -> None:
        few = max(3, self._count // 20)
        with self._stash.writing():
            _put(self._stash.tags, [self._tag(n) for n in _ids(few + 6)])
            _put(self._stash.studios, [self._studio(n) for n in _ids(few // 3 + 2)])
            _put(self._stash.performers, [self._performer(n) for n in _ids(few * 2)])
            _put(self._stash.groups, [self._group(n) for n in _ids(few // 3 + 1)])
            _put(self._stash.folders, [self._folder(n) for n in _ids(few + 2)])
            self._fill_scenes()

    def _fill_scenes(self) -> None:
        scenes: list[Scene] = []
        files: list[File] = []
        for number in _ids(self._count):
            scene = self._scene(number)
            # Every tenth scene has a second file.
            first = len(files) + 1
            for mark in ("", " (long)") if number % 10 == 0 else ("",):
                files.append(self._file(len(files) + 1, number, mark))
            own = tuple(range(first, len(files) + 1))
            scenes.append(replace(scene, file_ids=own))
        _put(self._stash.files, files)
        _put(self._stash.scenes, scenes)

    def _scene(self, number: int) -> Scene:
        random = self._random
        created, updated = self._stamps()
        return Scene(
            id=number,
            created_at=created,
            updated_at=updated,
            title="" if random.random() < 0.05 else self._title(number),
            details=random.choice((*_WORDS, "")),
            date=None if random.random() < 0.1 else self._day(),
            director=random.choice(("", f"{random.choice(_FIRST)} Weir")),
            rating100=random.choice((None, 20, 40, 60, 80, 100)),
            organized=random.random() < 0.3,
            studio_id=self._some(self._stash.studios)
            if random.random() < 0.85
            else None,
            performer_ids=self._pick(self._stash.performers, 1, 6),
            tag_ids=self._pick(self._stash.tags, 2, 8),
            groups=self._groups(number),
            urls=(f"https://films.example/{number}",),
        )

    def _file(self, file_id: int, number: int, mark: str) -> File:
        created, updated = self._stamps()
        stem = f"{self._title(number)}{mark}".lower().replace(" ", "-")
        folders = self._stash.folders
        return File(
            id=file_id,
            created_at=created,
            updated_at=updated,
            mod_time=created,
            basename=f"{stem}.mp4",
            parent_folder_id=3 + number % (len(folders) - 2),
            size=10_000_000 + number,
            fingerprints=(("oshash", f"{file_id:016x}"),),
            duration=60.0 + number % 600,
        )

    def _folder(self, number: int) -> Folder:
        """Make the two folders of the root, then those below it."""
        paths = ("/data", STASH_ROOT)
        created, _ = self._stamps()
        above = number - 1 if number <= 2 else 2
        return Folder(
            id=number,
            created_at=created,
            updated_at=created,
            mod_time=created,
            path=paths[number - 1] if number <= 2 else self._folder_path(number),
            parent_folder_id=above or None,
        )

    @staticmethod
    def _folder_path(number: int) -> str:
        turn, place = divmod(number - 3, len(_PLACES))
        return f"{STASH_ROOT}/{_PLACES[place]}" + (f" {turn + 1}" if turn else "")

    def _tag(self, number: int) -> Tag:
        created, updated = self._stamps()
        turn, thing = divmod(number - 1, len(_THINGS))
        return Tag(
            id=number,
            created_at=created,
            updated_at=updated,
            name=_THINGS[thing] + (f" {turn + 1}" if turn else ""),
            parent_ids=(number // 2,) if number % 5 == 0 else (),
        )

    def _studio(self, number: int) -> Studio:
        created, updated = self._stamps()
        return Studio(
            id=number,
            created_at=created,
            updated_at=updated,
            name=f"{_LAST[number % len(_LAST)]} Pictures {number}",
            parent_id=number // 2 if number % 3 == 0 else None,
        )

    def _performer(self, number: int) -> Performer:
        created, updated = self._stamps()
        turn, first = divmod(number, len(_FIRST))
        turn, last = divmod(turn, len(_LAST))
        return Performer(
            id=number,
            created_at=created,
            updated_at=updated,
            name=f"{_FIRST[first]} {_LAST[last]}" + (f" {turn + 1}" if turn else ""),
        )

    def _group(self, number: int) -> Group:
        created, updated = self._stamps()
        return Group(
            id=number,
            created_at=created,
            updated_at=updated,
            name=f"The {_MOODS[number % len(_MOODS)]} Cycle {number}",
        )

    def _studio_of_a_scene(self) -> int | None:
        return None if self._random.random() < 0.15 else self._some(self._stash.studios)

    def _groups(self, number: int) -> tuple[tuple[int, int | None], ...]:
        if self._random.random() < 0.7:
            return ()
        return ((self._some(self._stash.groups), number),)

    @staticmethod
    def _title(number: int) -> str:
        turn, mood = divmod(number, len(_MOODS))
        turn, thing = divmod(turn, len(_THINGS))
        turn, place = divmod(turn, len(_PLACES))
        title = f"{_MOODS[mood]} {_THINGS[thing]} of {_PLACES[place]}"
        return f"{title} {turn + 1}" if turn else title

    def _stamps(self) -> tuple[str, str]:
        made = self._now - self._random.randrange(_YEAR)
        changed = self._random.randrange(made, self._now + 1)
        zone = self._stash.zone
        return stamp(made, zone), stamp(changed, zone)

    def _day(self) -> str:
        day = date(1960, 1, 1) + timedelta(days=self._random.randrange(24_000))
        return day.isoformat()

    def _some(self, table: Sized) -> int:
        return self._random.randint(1, len(table))

    def _pick(self, table: Sized, least: int, most: int) -> tuple[int, ...]:
        count = min(self._random.randint(least, most), len(table))
        return tuple(self._random.sample(range(1, len(table) + 1), count))


def _ids(count: int) -> range:
    return range(1, count + 1)


def _put(table: Table[R], rows: list[R]) -> None:
    table.replace_all({row.id: row for row in rows}, len(rows))
