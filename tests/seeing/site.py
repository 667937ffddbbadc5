"""Where operations are done: a Stash with its disk, a Plex, and passes between them.

Paths are those below the library's folder, with a slash between their parts.
"""

import io
import json
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.contract.stash_server import StashServer
from tests.seeing.schedule import Schedule
from tests.world import World

_PATIENCE = 600
"""Halves of a second for all jobs to come to their end."""


@dataclass(slots=True, kw_only=True)
class Site(ABC):
    world: World
    server: StashServer
    schedule: Schedule
    root: str = field(init=False)
    """The library's folder, as Stash names it."""
    plex_root: str = field(init=False)
    """The same, as Plex names it."""

    def path(self, below: str) -> str:
        """Return the path that Stash has for a file or folder."""
        return f"{self.root}/{below}"

    def plex_path(self, below: str) -> str:
        return f"{self.plex_root}/{below}"

    def wait(self) -> None:
        """Let all jobs of Stash come to their end; passes go on meanwhile."""
        for _ in range(_PATIENCE):
            if not self.server.ask("{ jobQueue { id } }")["jobQueue"]:
                return
            self.schedule.idle(0.5)
        raise AssertionError("the jobs of Stash do not come to an end")

    def run(self, mutation: str, **given: object) -> None:
        """Have a job done that is asked for with an input."""
        self.server.run(mutation, **given)
        self.wait()

    def ask(self, query: str, **variables: object) -> None:
        """Ask for what may start a job, and wait for that."""
        self.server.ask(query, **variables)
        self.wait()

    def import_objects(self, *told: dict[str, Any]) -> None:
        """Have scenes imported over those that are there, as their JSON says."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as content:
            for number, scene in enumerate(told):
                content.writestr(f"scenes/{number}.json", json.dumps(scene))
        operations = {"query": _IMPORT, "variables": {"file": None}}
        answer = self.server.request(
            "POST",
            "/graphql",
            headers={"Accept": "application/json"},
            data={
                "operations": json.dumps(operations),
                "map": json.dumps({"0": ["variables.file"]}),
            },
            files={"0": ("export.zip", archive.getvalue(), "application/zip")},
        ).json()
        assert "errors" not in answer, answer
        self.wait()

    def move(self, old: str, new: str) -> None:
        """Rename a file on the disk; Plex finds it at once, Stash with its next scan.

        For Plex it is another item then, with nothing in it.
        """
        self._move_in_plex({old: new})
        self._move(old, new)

    def move_folder(self, old: str, new: str) -> None:
        """Rename a folder with all that is in it; found like a file."""
        start = f"{self.plex_path(old)}/"
        names = [file for file in self.world.plex.model.disk if file.startswith(start)]
        below = [name.removeprefix(start) for name in names]
        self._move_in_plex({f"{old}/{name}": f"{new}/{name}" for name in below})
        self._move_folder(old, new)

    def add(self, below: str) -> None:
        """Put a film on the disk that is like no other."""
        self._add(below)
        self._add_to_plex(below)

    def copy(self, below: str, new: str) -> None:
        """Put a copy of a film beside it."""
        self._copy(below, new)
        self._add_to_plex(new)

    def moved_by_stash(self, old: str, new: str) -> None:
        """Have Plex find what Stash itself has renamed."""
        self._move_in_plex({old: new})

    @abstractmethod
    def remove(self, below: str) -> None:
        """Take a film from Stash's disk; Plex keeps its own."""

    @abstractmethod
    def alter(self, below: str) -> None:
        """Make another content of a film."""

    @abstractmethod
    def put_beside(self, below: str, ending: str) -> None:
        """Put captions (`en.srt`), a script (`funscript`) or pictures (`zip`)."""

    @abstractmethod
    def scan(self, *folders: str, rescan: bool = False) -> None:
        """Have Stash look at some folders."""

    @abstractmethod
    def fill_in(self, folder: str) -> None:
        """Have a scan fill in a kind of fingerprint that was not there."""

    @abstractmethod
    def clean(self, folder: str) -> None:
        """Have Stash forget what is not on the disk."""

    @abstractmethod
    def generate(self, kind: str, scene: str) -> None:
        """Have something made for a scene, as metadataGenerate names it."""

    @abstractmethod
    def identify(self, scene: str, tag: str) -> None:
        """Have a source consulted that knows this tag of the scene."""

    @abstractmethod
    def migrate_covers(self, scene: str) -> None:
        """Have covers of old taken over."""

    @abstractmethod
    def write_title(self, scene: str, title: str) -> None:
        """Write into the database, past everything that stamps."""

    @abstractmethod
    def import_all(self, meanwhile: Callable[[], None]) -> None:
        """Export everything, let something happen, and fill Stash from the export."""

    @abstractmethod
    def batch_tag(self, kind: str, entity: str, name: str) -> None:
        """Have a stash-box tell the name of a Performer or Studio."""

    @abstractmethod
    def restore(self, meanwhile: Callable[[], None]) -> None:
        """Back up, let something happen, and put the backup in place."""

    @abstractmethod
    def start_anew(self) -> None:
        """Start Stash anew: of no job it knows then."""

    @abstractmethod
    def look(self) -> None:
        """Have Stash find what is on the disk without any job that tells of it."""

    @abstractmethod
    def _add(self, below: str) -> None: ...

    @abstractmethod
    def _copy(self, below: str, new: str) -> None: ...

    @abstractmethod
    def _move(self, old: str, new: str) -> None: ...

    @abstractmethod
    def _move_folder(self, old: str, new: str) -> None: ...

    def _add_to_plex(self, below: str) -> None:
        self.world.plex.scanner.add_file(self.plex_path(below))
        self.world.plex.scanner.scan(self.world.section)

    def _move_in_plex(self, names: dict[str, str]) -> None:
        scanner = self.world.plex.scanner
        for old in names:
            scanner.remove_file(self.plex_path(old))
        scanner.scan(self.world.section)
        scanner.empty_trash(self.world.section)
        for new in names.values():
            scanner.add_file(self.plex_path(new))
        scanner.scan(self.world.section)


_IMPORT = """
mutation($file: Upload!) {
  importObjects(input: {
    file: $file, duplicateBehaviour: OVERWRITE, missingRefBehaviour: CREATE
  })
}
"""
