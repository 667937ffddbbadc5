"""What can befall a state that is open, done to real files, and how each is mended."""

import contextlib
import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from state.errors import StateError
from state.ledger import Ledger, held
from tests.faults.catalogue import is_put
from tests.sandbox.faults import Fault, What
from tests.sandbox.wire import Request
from tests.world import World

Act = Callable[["Resident"], None]


@dataclass(kw_only=True)
class Resident(World):
    """A plexsync that keeps its state open from pass to pass, as a daemon does."""

    ledger: Ledger | None = None
    _holding: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def start(self) -> None:
        opening = held(self.state, command="run", since="now", mounts=lambda: "")
        self.ledger = self._holding.enter_context(opening)

    def stop(self) -> None:
        with contextlib.suppress(StateError):  # it was told of already
            self._holding.close()
        self.ledger = None

    @contextlib.contextmanager
    def opened(self) -> Iterator[Ledger]:
        assert self.ledger is not None
        yield self.ledger

    def during(self, number: int, act: Act) -> None:
        """Have something done while that PUT from now on is under way."""
        reached = 0

        def counted(request: Request) -> bool:
            nonlocal reached
            reached += is_put(request)
            if is_put(request) and reached == number:
                act(self)
            return False

        self.plex_wire.faults.add(Fault(what=What.DROPPED, matches=counted))

    @property
    def log(self) -> Path:
        return self.state.with_name(self.state.name + "-wal")

    @property
    def kept(self) -> Path:
        """Where a copy of the state is, made while it was closed."""
        return self.folder / "kept.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """Something that befalls the state, and what a person does about it."""

    name: str
    begin: Act
    says: str
    end: Act = lambda _: None
    """While plexsync is at work still."""
    mend: Act = lambda _: None
    """Once it has stopped."""
    is_at_once: bool = True
    """Whether nothing can be written any more: a full disk may have some room left."""
    is_passing: bool = False
    """Whether the same process goes on once the cause is gone."""


def pages(world: Resident, most: int | None = None) -> None:
    """Let the file grow no further, or to so many pages."""
    assert world.ledger is not None
    ask = world.ledger._db.execute_sql
    if most is None:
        (most,) = ask("PRAGMA page_count").fetchone()
    ask(f"PRAGMA max_page_count = {most}")


def file_limit(_world: Resident, most: int = 1) -> None:
    """Let no file of this process grow beyond so many bytes."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))


def add_step(world: Resident) -> None:
    """Do what the first start of a newer version does."""
    with contextlib.closing(sqlite3.connect(world.state)) as newer:
        newer.execute("ALTER TABLE outage ADD COLUMN weather TEXT")
        newer.execute(
            "INSERT INTO schema_migration (name, applied) VALUES ('0999_weather', '')"
        )
        newer.commit()


def take_step_back(world: Resident) -> None:
    """Play that newer version: it knows the step."""
    with contextlib.closing(sqlite3.connect(world.state)) as newer:
        newer.execute("ALTER TABLE outage DROP COLUMN weather")
        newer.execute("DELETE FROM schema_migration WHERE name = '0999_weather'")
        newer.commit()


def _put_away(world: Resident) -> None:
    world.state.rename(world.folder / "away.db")


def _put_back(world: Resident) -> None:
    (world.folder / "away.db").rename(world.state)


def _replace(world: Resident) -> None:
    shutil.copy(world.kept, world.folder / "other.db")
    (world.folder / "other.db").rename(world.state)


def _write_over(world: Resident) -> None:
    shutil.copyfile(world.kept, world.state)


def _cut(world: Resident) -> None:
    os.truncate(world.state, world.state.stat().st_size // 2)


def _empty(world: Resident) -> None:
    os.truncate(world.state, 0)


def _start_from_kept(world: Resident) -> None:
    """Do by hand what `plexsync state restore` does."""
    for leftover in world.folder.glob("plexsync.db*"):
        leftover.rename(world.folder / f"aside-{leftover.name}")
    shutil.copy(world.kept, world.state)


BREAKAGES = (
    Breakage(
        name="disk full",
        begin=pages,
        end=lambda world: pages(world, 2**30),
        says="the disk is full: free some space and run again",
        is_at_once=False,
        is_passing=True,
    ),
    Breakage(
        name="writes refused",
        begin=file_limit,
        end=lambda world: file_limit(world, resource.RLIM_INFINITY),
        says="the disk does not take what is written: see whether it is full",
        is_at_once=False,
        is_passing=True,
    ),
    Breakage(
        name="deleted, and put back",
        begin=_put_away,
        end=_put_back,
        says="was deleted while plexsync was at work: nothing more is written;"
        " `plexsync state restore` puts a backup there",
        is_passing=True,
    ),
    Breakage(
        name="replaced by an older one",
        begin=_replace,
        says="was replaced while plexsync was at work: nothing more is written; run"
        " again to go on with what is there now",
    ),
    Breakage(
        name="written over by an older one",
        begin=_write_over,
        says="was changed by another program while plexsync was at work",
        mend=_start_from_kept,
    ),
    Breakage(
        name="cut short",
        begin=_cut,
        says="`plexsync state restore` puts a backup there",
        mend=_start_from_kept,
    ),
    Breakage(
        name="emptied",
        begin=_empty,
        says="`plexsync state restore` puts a backup there",
        mend=_start_from_kept,
    ),
    Breakage(
        name="its log deleted",
        begin=lambda world: world.log.unlink(),
        says="was deleted, replaced or cut short while plexsync was at work:"
        " nothing more is written; `plexsync state verify`",
    ),
    Breakage(
        name="its lock deleted",
        begin=lambda world: world.state.with_name("plexsync.db.lock").unlink(),
        says="was deleted while plexsync was at work, so that another may write too:"
        " nothing more is written; run again",
    ),
    Breakage(
        name="a newer version meanwhile",
        begin=add_step,
        says="was brought up to date by a newer plexsync while this one was at work"
        " (it has 0999_weather): nothing more is written; start that version",
        mend=take_step_back,
    ),
)
