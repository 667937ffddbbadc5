"""The files of a state: itself, and what SQLite keeps beside it."""

import contextlib
import os
from pathlib import Path

from state.errors import DamagedError, LostError, StateError

_RESTORE = "`plexsync state restore` puts a backup in its place, or a new one: --empty"


def log_of(path: Path) -> Path:
    """Name a state's log, which SQLite names after the file, not after a link to it."""
    return Path(os.path.realpath(path) + "-wal")


def unfinished(path: Path) -> Path:
    """Name the file in which a state is made before it is put in its place."""
    place = Path(os.path.realpath(path))
    return place.with_name(f".{place.name}.new")


def size_of(path: Path) -> int | None:
    """Say how long a file is, in bytes; None where there is none.

    Where that cannot be told, there is no telling.
    """
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(
            f"cannot look for {path}: {error.strerror};"
            " make the folder readable for this user, or set another [state] path"
        ) from error


def refuse_hollow(path: Path) -> None:
    """Refuse a state of which only the name is left, or only the log.

    SQLite would take it for a new one, and do away with the log.
    """
    size, log = size_of(path), log_of(path)
    if size == 0:
        raise DamagedError(f"the state {path} is empty: {_RESTORE}")
    if size is None and size_of(log):
        raise LostError(f"the state {path} is gone, but for its log {log}: {_RESTORE}")


def settle(path: Path, final: Path) -> None:
    """Give a file that is whole its name, so that it outlasts a loss of power.

    Raises a `StateError` where something of it is in its log still.
    """
    if size_of(log_of(path)):
        raise StateError(
            f"{final} is not whole yet: {path} has a log, which could not be written"
            " into it; free some space and run again"
        )
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(final)
    sync_folder(final.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder outlast a loss of power, where that can be asked."""
    with contextlib.suppress(OSError):  # some file systems know no such request
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
