"""Putting a state in the place of one that cannot be used, which is set aside.

What is set aside is never deleted, and what is put there has it written down, so that
the next pass looks at everything before it writes.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from state.backups import Backups, stamp
from state.database import prepare, read_mounts, read_only, told
from state.errors import StateError, refused
from state.files import log_of, settle, size_of, unfinished
from state.ledger import Ledger, copy
from state.lock import WriterLock
from state.soundness import Finding, Soundness, examine

_RESTORE = "state restore"

_BESIDE = ("", "-wal", "-shm", "-journal")
"""What the names of a state's files end in, the state itself first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was done, and why."""

    state: Path
    why: str
    """What was wrong with what lay there; empty: a person asked."""
    backup: Path | None
    """What was put there; None: an empty state."""
    made_at: datetime | None
    """As of when that is."""
    aside: tuple[Path, ...]
    """What lay there before, by its new names."""
    spoilt: tuple[Soundness, ...] = ()
    """Backups that were passed over, and what is wrong with them."""
    letters: int = 0
    """How many dead letters it has, with those of what lay there before."""
    untaken: str | None = None
    """Why those could not be taken over; None: they were, if there were any."""

    def sentences(self) -> list[str]:
        """Say it to a person."""
        found = [f"the backup {one.path} {one.problem}" for one in self.spoilt]
        if self.backup is None or self.made_at is None:
            what = (
                "an empty state is in its place: plex is met as for the first time, and"
                " nothing that was written before can be undone from it"
            )
        else:
            moment = f"{self.made_at:%Y-%m-%d %H:%M} UTC"
            what = f"{self.backup} is in its place, as of {moment}"
        why = f"the state {self.state} {self.why}: " if self.why else ""
        found.append(f"{why}{what}")
        if self.aside:
            kept = f"what was there is kept as {self.aside[0]}"
            back = f"; `plexsync state restore {self.aside[0]}` brings it back"
            found.append(kept if self.untaken else kept + back)
        if self.letters:
            found.append(f"dead letters in it: {self.letters}")
        if self.aside and self.untaken:
            left = "dead letters of before are left there"
            found.append(left if self.why else f"{left}: {self.untaken}")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What is to be put there."""

    path: Path | None = None
    made_at: datetime | None = None
    spoilt: tuple[Soundness, ...] = ()


def recover(
    backups: Backups,
    *,
    now: datetime,
    command: str,
    mounts: Callable[[], str] = read_mounts,
) -> Recovery | None:
    """Put the newest good backup, or else an empty state, where one was lost.

    None where the state is sound, or there was none yet: nothing was done. Raises
    `StateError` where it cannot be used but is not lost: it is another program's, or of
    a newer version, cannot be read, or is no database and there is no backup to show
    that it ever was one. Reads the whole state.
    """
    with _locked(backups.state, now=now, command=command, mounts=mounts):
        why = _ailment(backups.state, is_known=bool(backups.all(now)))
        if why is None:
            return None
        return _put(backups.state, _newest(backups, now), why=why, now=now)


def restore(
    backups: Backups,
    file: Path | None,
    *,
    now: datetime,
    mounts: Callable[[], str] = read_mounts,
) -> Recovery:
    """Put a backup in the place of the state, because a person asks for it.

    The newest good one if no *file* is named. `StateError` where it is not sound.
    """
    with _locked(backups.state, now=now, command=_RESTORE, mounts=mounts):
        choice = _newest(backups, now) if file is None else _named(backups, file, now)
        if choice.path is None:
            raise StateError(
                f"there is no good backup in {backups.folder}: name a file, or begin"
                " with an empty state: `plexsync state restore --empty`"
            )
        return _put(backups.state, choice, why="", now=now)


def begin_anew(
    backups: Backups, *, now: datetime, mounts: Callable[[], str] = read_mounts
) -> Recovery:
    """Put an empty state in the place of the one that is there."""
    with _locked(backups.state, now=now, command=_RESTORE, mounts=mounts):
        return _put(backups.state, _Choice(), why="", now=now)


def _newest(backups: Backups, now: datetime) -> _Choice:
    found, spoilt = backups.newest_good(now)
    if found is None:
        return _Choice(spoilt=tuple(spoilt))
    return _Choice(path=found.path, made_at=found.made_at, spoilt=tuple(spoilt))


def _named(backups: Backups, file: Path, now: datetime) -> _Choice:
    found = examine(file)
    if found.finding is not Finding.SOUND:
        raise StateError(
            f"{file} {found.problem}: name another, `plexsync state verify` lists them"
        )
    # its name tells as of when it is, if it is one of ours
    named = {one.path.resolve(): one.made_at for one in backups.all(now)}
    changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return _Choice(path=file, made_at=named.get(file.resolve(), changed))


def _ailment(state: Path, *, is_known: bool) -> str | None:
    """Say what is wrong with a state that is lost; None: nothing, or it is new."""
    if size_of(state) is None:
        is_lost = is_known or bool(size_of(log_of(state)))
        return "was gone" if is_lost else None
    found = examine(state)
    if found.finding is Finding.SOUND:
        return None
    is_ours = found.finding is Finding.NO_DATABASE and is_known
    if found.finding is Finding.DAMAGED or is_ours:
        return found.problem
    raise StateError(
        f"the state {state} {found.problem}: set another [state] path, or see"
        " `plexsync state verify`"
    )


@contextlib.contextmanager
def _locked(
    state: Path, *, now: datetime, command: str, mounts: Callable[[], str]
) -> Iterator[None]:
    prepare(state, mounts)
    since = now.isoformat(timespec="seconds")
    lock = WriterLock(state).acquire(command=command, since=since)
    try:
        yield
    finally:
        lock.release()


def _put(state: Path, choice: _Choice, *, why: str, now: datetime) -> Recovery:
    """Make what is to be there first; then set aside what is, and put it there."""
    place, new = Path(os.path.realpath(state)), unfinished(state)
    old = new.with_name(f"{new.name}.old")
    try:
        _clear(new, old)
        os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        if choice.path is not None:
            copy(choice.path, new)
        untaken = why or _take_out(state, old, new)
        with Ledger(new, shown=state) as ledger:
            _write_down(ledger, choice, now)
            if size_of(old):
                ledger.letters.take_over(old)
            letters = ledger.letters.count()
            ledger.seal()
        aside = _set_aside(place, "corrupt" if why else "before", now)
        settle(new, place)
    except OSError as error:
        raise refused(f"put {new} in the place of {state}", error) from error
    finally:
        with contextlib.suppress(OSError):
            _clear(new, old)  # what came to nothing takes no room
    return Recovery(
        state=state,
        why=why,
        backup=choice.path,
        made_at=choice.made_at,
        aside=aside,
        spoilt=choice.spoilt,
        letters=letters,
        untaken=untaken,
    )


def _take_out(state: Path, old: Path, new: Path) -> str | None:
    """Copy a state in the form of this version, if it or *new* has dead letters.

    Say why that cannot be done. Of one that is damaged nothing is taken: it may read as
    anything.
    """
    try:
        if size_of(state) is None and not size_of(log_of(state)):
            return None  # nothing was there
        found = examine(state)
        if found.problem is not None:
            return f"the state {state} {found.problem}"
        if not (_has_letters(state) or _has_letters(new)):
            return None
        os.close(os.open(old, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        copy(state, old)
        with Ledger(old, shown=state) as ledger:
            ledger.seal()
    except StateError as error:
        _clear(old)
        return str(error)
    return None


def _has_letters(file: Path) -> bool:
    if not size_of(file):
        return False
    with told(file), read_only(file) as db:
        return db.execute("SELECT 1 FROM dead_letter LIMIT 1").fetchone() is not None


def _write_down(ledger: Ledger, choice: _Choice, now: datetime) -> None:
    of = choice.made_at
    made_at = None if of is None else int(of.timestamp())
    with ledger.transaction():
        ledger.restorations.add(now=int(now.timestamp()), made_at=made_at)


def _clear(*files: Path) -> None:
    """Do away with what was begun and never put in its place."""
    for file in files:
        for end in _BESIDE:
            file.with_name(file.name + end).unlink(missing_ok=True)


def _set_aside(place: Path, word: str, now: datetime) -> tuple[Path, ...]:
    """Give all that belongs to a state another name; a log goes with its state."""
    base = f"{place.name}.{word}-{stamp(now)}"
    names = [base, *(f"{base}.{number}" for number in range(2, 100))]
    name = next(n for n in names if not any(place.parent.glob(f"{n}*")))
    moved = []
    for end in _BESIDE:
        old = place.with_name(place.name + end)
        if old.exists():
            moved.append(old.rename(place.with_name(name + end)))
    return tuple(moved)
