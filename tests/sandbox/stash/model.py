"""The state of one Stash and everything that can happen to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum

from tests.sandbox.stash.entities import Entities
from tests.sandbox.stash.imports import Imports
from tests.sandbox.stash.scans import Scans
from tests.sandbox.stash.store import Backup
from tests.sandbox.stash.tags import Tags
from tests.sandbox.wire import REAL_TIME, Clock


class Status(StrEnum):
    OK = "OK"
    SETUP = "SETUP"  # never set up: there is no database
    NEEDS_MIGRATION = "NEEDS_MIGRATION"  # a newer program on an older database


@dataclass(slots=True, kw_only=True)
class Settings:
    """What the server was told on its settings page, and how it takes its liberties."""

    status: Status = Status.OK
    api_key: str | None = None  # once there is one, every request needs it
    external_host: str | None = None  # scheme and host of the URLs it gives out
    unstable_ties: bool = False  # rows that sort alike change places between pages


class StashModel(Scans, Entities, Tags, Imports):
    """A whole Stash; change it with its methods, read it from its tables.

    Whoever reads the tables after a `slow` operation calls `catch_up` first.
    """

    def __init__(
        self,
        *,
        clock: Clock = REAL_TIME,
        zone: tzinfo = UTC,
        version: str = "0.30.1",
        separator: str = "/",
        settings: Settings | None = None,
    ) -> None:
        super().__init__(clock=clock, zone=zone, version=version, separator=separator)
        self.settings = settings or Settings()

    def metadata_import(self, export: Backup) -> Iterator[str]:
        """Fill an emptied database; while that is made anew there is none to ask.

        A real Stash migrates the new one from schema 0 then, and says no less.
        """
        for stage in super().metadata_import(export):
            if stage == "emptied":
                self.settings.status = Status.NEEDS_MIGRATION
                yield "made anew"
                self.settings.status = Status.OK
            yield stage

    def paths_of(self, scene_id: int) -> tuple[str, ...]:
        """Return the paths of a scene's files, the primary one first."""
        return tuple(map(self.path_of, self.scenes.must(scene_id).file_ids))
