"""The keys of plexsync.toml, their kinds, and what holds where they are not given.

`Settings` is the file; `Config` is what the rest of the program is handed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from reconciler.config.kinds import (
    PLEX,
    Count,
    Keep,
    LocalFile,
    Percent,
    Poll,
    Prefix,
    QuietHours,
    Sweep,
)
from reconciler.config.secret_urls import within
from reconciler.config.servers import Plex, Stash
from reconciler.config.state import State
from reconciler.config.table import Table
from reconciler.config.telling import Health, Notify
from reconciler.core.brake import Limits
from reconciler.core.desire import Rule, Rules
from reconciler.core.errors import UserError
from reconciler.core.lull import Hours
from reconciler.core.match import Mapping as PathMapping
from reconciler.core.values import Field, Policy

_ADDRESSES = {"stash": "http://127.0.0.1:9999", "plex": "http://127.0.0.1:32400"}


class Schedule(Table):
    """How often a pass and a sweep begin, in seconds."""

    poll: Poll = 60.0
    sweep: Sweep = 86400.0
    quiet: tuple[QuietHours, ...] = ()
    quiet_while_streaming: bool = False

    @property
    def hours(self) -> tuple[Hours, ...]:
        """The hours that the file itself names as quiet."""
        return tuple(one for one in self.quiet if isinstance(one, Hours))

    @property
    def is_quiet_with_plex(self) -> bool:
        """Whether those of Plex's own maintenance are quiet as well."""
        return PLEX in self.quiet

    @field_validator("sweep")
    @classmethod
    def _sweeps_less_often_than_it_polls(
        cls, sweep: float, info: ValidationInfo
    ) -> float:
        if sweep < info.data.get("poll", 0.0):
            raise ValueError("is shorter than schedule.poll; make it at least as long")
        return sweep


class Journal(Table):
    """How long what was written can be undone, and dead letters read, in seconds."""

    keep: Keep = 90 * 86400.0
    dead_letters: Keep = 30 * 86400.0


class Fields(Table):
    """Who wins each field, and whether what is written is locked in Plex."""

    title: Policy = Policy.PUSH
    summary: Policy = Policy.PUSH
    studio: Policy = Policy.PUSH
    date: Policy = Policy.PUSH
    genres: Policy = Policy.PUSH
    actors: Policy = Policy.PUSH
    lock: bool = True


class FieldOverrides(Table):
    """The same for one library; what is not given is as in `Fields`."""

    title: Policy | None = None
    summary: Policy | None = None
    studio: Policy | None = None
    date: Policy | None = None
    genres: Policy | None = None
    actors: Policy | None = None
    lock: bool | None = None


class Library(Table):
    """What is different for one library."""

    fields: FieldOverrides = FieldOverrides()


class PathPair(Table):
    """One folder as Stash's machine and as Plex's machine name it."""

    stash: Prefix
    plex: Prefix


class Brake(Table):
    """What is too much within 24 hours: percent of a library, and the least number."""

    overwrites: Percent = 20.0
    overwrites_floor: Count = 50
    removals: Percent = 2.0
    removals_floor: Count = 20


class Hook(Table):
    """Where `plexsync-hook` leaves word of scenes; None: nobody listens there."""

    spool: LocalFile | None = None


class Settings(BaseSettings):
    """The whole file."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        case_sensitive=True,
        env_prefix="PLEXSYNC_",
        env_nested_delimiter="__",
    )

    stash: Stash = Stash()
    plex: Plex = Plex()
    state: State
    schedule: Schedule = Schedule()
    journal: Journal = Journal()
    fields: Fields = Fields()
    libraries: dict[str, Library] = {}
    paths: tuple[PathPair, ...] = ()
    brake: Brake = Brake()
    hook: Hook = Hook()
    health: Health = Health()
    notify: Notify = Notify()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - see above
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - see above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - see above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is passed and nothing else: the environment is an argument."""
        return (init_settings,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one file, with the environment's and the credentials' on top."""

    file: Path
    stash: Stash
    plex: Plex
    state: Path
    """The ledger's file."""
    backups: Path
    """The folder of its backups."""
    keep_backups: int
    schedule: Schedule
    journal: Journal
    fields: Fields
    libraries: Mapping[str, Library]
    """What is different, by the library's title; not the list of the libraries."""
    paths: tuple[PathPair, ...]
    brake: Brake
    hook: Hook
    health: Health
    notify: Notify
    warnings: tuple[str, ...] = ()
    """What works but should not stay as it is, a sentence each."""

    def policies(self, library: str) -> Mapping[Field, Policy]:
        """Return every field's policy in *library*, its overrides applied."""
        own = self._overrides(library)
        return {
            field: getattr(own, field) or getattr(self.fields, field) for field in Field
        }

    def locks(self, library: str) -> bool:
        """Say whether what is written in *library* is locked."""
        own = self._overrides(library).lock
        return self.fields.lock if own is None else own

    def rules(self) -> Mapping[str, Rules]:
        """Return the rules of each library that is kept equal, by its title."""
        return {
            title: {
                field: Rule(policy=policy, lock=self.locks(title))
                for field, policy in self.policies(title).items()
            }
            for title in self.plex.libraries
        }

    def mappings(self) -> tuple[PathMapping, ...]:
        """Return the folders that the servers name differently."""
        return tuple(PathMapping(stash=p.stash, plex=p.plex) for p in self.paths)

    def limits(self) -> Limits:
        """Return the brake's limits, its percentages as shares."""
        return Limits(
            overwrites=self.brake.overwrites / 100,
            overwrites_floor=self.brake.overwrites_floor,
            removals=self.brake.removals / 100,
            removals_floor=self.brake.removals_floor,
        )

    def meaning(self) -> str:
        """Return a digest of all that changes what is wanted in Plex."""
        wanted = {
            "libraries": {
                title: {"fields": self.policies(title), "lock": self.locks(title)}
                for title in self.plex.libraries
            },
            "paths": sorted([pair.stash, pair.plex] for pair in self.paths),
        }
        text = json.dumps(wanted, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def secrets(self) -> tuple[str, ...]:
        """Return what must not be seen in any output."""
        keys = (self.stash.secret, self.plex.secret)
        return tuple(s for s in (*keys, *within(self.notify.addresses)) if s)

    def require(self, *servers: Literal["stash", "plex"]) -> None:
        """Raise a `UserError` unless *servers* are configured; asks none of them."""
        if problems := self.lacking(*servers):
            raise UserError(problems)

    def lacking(self, *servers: Literal["stash", "plex"]) -> list[str]:
        """Say what is missing for *servers* to be asked, a sentence each."""
        problems = [
            f"{self.file}: {server}.url is missing; write the server's address, "
            f"like {_ADDRESSES[server]}"
            for server in servers
            if not (self.stash if server == "stash" else self.plex).url
        ]
        if "plex" in servers and not self.plex.libraries:
            problems.append(
                f"{self.file}: plex.libraries is missing; "
                "name at least one library as Plex shows it"
            )
        return problems

    def _overrides(self, library: str) -> FieldOverrides:
        return self.libraries.get(library, Library()).fields
