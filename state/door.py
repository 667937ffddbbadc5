"""The door: a socket beside the state, at which commands ask the daemon that holds it.

What goes through is lines of JSON. Only who may open the socket gets in: the daemon's
own user, and root.
"""

import json
import os
import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from state.errors import StateError, refused

_LONGEST = 16 << 20
"""Bytes of a line: a saved plan of a large library is the longest that there is."""


class Visit:
    """One connection, at either end."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")

    def say(self, **line: object) -> None:
        """Send a line; `OSError` where nobody is there any more."""
        self._connection.sendall(json.dumps(line).encode() + b"\n")

    def hear(self) -> Mapping[str, Any] | None:
        """Wait for a line; None: the other end is gone, or speaks otherwise."""
        with suppress(OSError, ValueError):
            text = self._lines.readline(_LONGEST)
            line = json.loads(text) if text.endswith(b"\n") else None
            return line if isinstance(line, dict) else None
        return None

    def close(self) -> None:
        """Go; harmless where that was done."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._lines.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def knock(state: Path) -> Visit | None:
    """Come to the door of whoever holds the state; None where there is none."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(state) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        return None
    return Visit(connection)


@contextmanager
def borrowed(state: Path, *, command: str) -> Iterator[None]:
    """Have the daemon let go of the state meanwhile; nothing where none holds it."""
    visit = knock(state)
    if visit is None:
        yield
        return
    with visit:
        visit.say(ask="state", command=command)
        answer = visit.hear()
        if answer is None or "yours" not in answer:
            raise StateError(
                f"the daemon that holds {state} does not let go of it: see its log"
            )
        yield


class Door:
    """The daemon's end: listens from `open` to `close`."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._path = _place(state)
        self._listener: socket.socket | None = None

    def open(self) -> Self:
        """Listen; what a killed daemon has left there is taken away."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            if self._path.exists() and stat.S_ISSOCK(self._path.stat().st_mode):
                self._path.unlink()
            before = os.umask(0o177)
            try:
                with _short(self._state) as address:
                    listener.bind(address)
            finally:
                os.umask(before)
            listener.listen()
        except OSError as error:
            listener.close()
            raise refused(f"listen at {self._path}", error) from error
        self._listener = listener
        return self

    def visits(self) -> Iterator[Visit]:
        """Wait for who comes, until it is closed."""
        while self._listener is not None:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            yield Visit(connection)

    def close(self) -> None:
        """Listen no more; harmless where that was done."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # who waits in accept is let go
            listener.close()
            self._path.unlink(missing_ok=True)


def _place(state: Path) -> Path:
    # two names of one file have one door
    real = Path(os.path.realpath(state))
    return real.with_name(real.name + ".socket")


@contextmanager
def _short(state: Path) -> Iterator[str]:
    """Name the socket by its folder's descriptor: an address has room for 107 bytes."""
    place = _place(state)
    folder = os.open(place.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{place.name}"
    finally:
        os.close(folder)
