"""A road to a server, over real sockets, that shows what only a socket can show.

Each request is read as a whole, and carried over as it came; unless a fault is planned
for it, so is its answer.
"""

import io
import re
import socket
import socketserver
import threading
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from functools import partial
from types import TracebackType
from typing import Self

from tests.sandbox.faults import Fault, Faults
from tests.sandbox.listening import LOOPBACK, Listener, break_off
from tests.sandbox.wire import REAL_TIME, Clock, Request


class Play(StrEnum):
    RESET_BEFORE = "reset before"  # not carried over, reset
    HUNG_UP = "hung up"  # not carried over, closed without an answer
    HALVED = "halved"  # half of the request is carried over, then reset
    BLACK_HOLE = "black hole"  # not carried over, and no answer
    OVERDUE = "overdue"  # no answer; carried over after `seconds`, or at `release`
    ANSWERED = "answered"  # `answer` instead of carrying over
    SHUT = "shut"  # closed, and connections refused from now on, until `release`
    DEAF = "deaf"  # closed, and connections not even refused, until the same
    RESET_AFTER = "reset after"  # carried over, then reset
    SWALLOWED = "swallowed"  # carried over, and no answer
    RESET_MIDWAY = "reset midway"  # half of the answer, then reset
    TRUNCATED = "truncated"  # half of the answer, then closed
    STALLED = "stalled"  # half of the answer, and then nothing
    TRICKLED = "trickled"  # the answer in pieces, `seconds` between them
    LATE = "late"  # the answer after `seconds`
    LEFT = "left"  # the whole answer, then closed though it was to be kept


_PIECES = 8
"""Of a trickled answer."""

_PATIENCE = 2.0
"""Seconds until a server that does not answer is given up."""


class Proxy:
    """The road to the server that listens at *port* of this machine."""

    def __init__(self, port: int, *, clock: Clock = REAL_TIME) -> None:
        self.clock = clock
        self.target = port
        self.faults: Faults[Play] = Faults()
        self._road: _Road | None = None
        # keeps the port from others while nobody listens there
        self._place = _bound(0)
        self._deaf: list[socket.socket] = []
        self._turning = threading.RLock()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def _port(self) -> int:
        port: int = self._place.getsockname()[1]
        return port

    def open(self) -> None:
        with self._turning:
            self._close()
            self._road = _Road(self._port, self)
            self._road.start()

    def turn(self, what: Play) -> None:
        """Close every connection; be `SHUT` or `DEAF` until faults are released."""
        with self._turning:
            self.faults.hold(self.open)
            self._close()
            if what is Play.DEAF:
                self._deaf = _deaf(self._port)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()
        self._place.close()
        self.faults.forget()

    def _close(self) -> None:
        if self._road is not None:
            self._road.stop()
            self._road = None
        while self._deaf:
            self._deaf.pop().close()

    def carry(self, asked: bytes) -> bytes:
        """Have the server answer; what of it came, if it broke off."""
        with self._across() as there, there.makefile("rb") as answers:
            there.sendall(asked)
            return _message(answers)

    def carry_late(self, asked: bytes) -> None:
        """Have the server answer; nobody is there any more to hear it."""
        with suppress(OSError):
            self.carry(asked)

    def carry_half(self, asked: bytes) -> None:
        with self._across() as there:
            there.sendall(asked[: len(asked) // 2])

    def _across(self) -> socket.socket:
        return socket.create_connection((LOOPBACK, self.target), timeout=_PATIENCE)


class _Road(Listener):
    def __init__(self, port: int, proxy: Proxy) -> None:
        super().__init__(port, _Crossing)
        self.proxy = proxy


class _Crossing(socketserver.StreamRequestHandler):
    """One connection of a client."""

    disable_nagle_algorithm = True
    server: _Road

    def handle(self) -> None:
        while asked := _message(self.rfile):
            fault = self.server.proxy.faults.take(_as_ours(asked))
            if fault is None:
                self._send([self.server.proxy.carry(asked)])
            elif not self._play(fault, asked):
                break

    def _play(self, fault: Fault[Play], asked: bytes) -> bool:
        """Play *fault*; say whether the connection is kept."""
        proxy = self.server.proxy
        match fault.what:
            case Play.RESET_BEFORE:
                break_off(self)
            case Play.HUNG_UP:
                pass
            case Play.HALVED:
                proxy.carry_half(asked)
                break_off(self)
            case Play.BLACK_HOLE:
                self._await_the_end()
            case Play.OVERDUE:
                act = proxy.faults.hold(partial(proxy.carry_late, asked))
                self.server.later(fault.seconds, act)
                self._await_the_end()
            case Play.ANSWERED:
                self._send([fault.answer.head(proxy.clock()) + fault.answer.body])
                return True
            case Play.SHUT | Play.DEAF:
                proxy.turn(fault.what)
            case _:
                return self._spoil(fault, proxy.carry(asked))
        return False

    def _spoil(self, fault: Fault[Play], answer: bytes) -> bool:
        half = answer[: len(answer) // 2]
        match fault.what:
            case Play.RESET_AFTER:
                break_off(self)
            case Play.SWALLOWED:
                self._await_the_end()
            case Play.RESET_MIDWAY:
                self._send([half])
                break_off(self)
            case Play.TRUNCATED:
                self._send([half])
            case Play.STALLED:
                self._send([half])
                self._await_the_end()
            case Play.TRICKLED:
                self._send(_pieces(answer), pause=fault.seconds)
                return True
            case Play.LATE:
                self.server.stopping.wait(fault.seconds)
                self._send([answer])
                return True
            case _:
                self._send([answer])
        return False

    def _send(self, pieces: Iterable[bytes], *, pause: float = 0.0) -> None:
        for piece in pieces:
            self.wfile.write(piece)
            self.server.stopping.wait(pause)

    def _await_the_end(self) -> None:
        """Be silent until the client, or the proxy, has had enough."""
        self.rfile.read(1)


def _message(stream: io.BufferedIOBase) -> bytes:
    """Read one message; nothing where there is none, or its head is not whole."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return b""
        head += line
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    return head + stream.read(int(length[1]) if length else 0)


def _as_ours(asked: bytes) -> Request:
    head, _, body = asked.partition(b"\r\n\r\n")
    method, target, _ = head.decode("latin-1").split(" ", 2)
    return Request.to(method, target, body=body)


def _pieces(answer: bytes) -> Iterable[bytes]:
    size = len(answer) // _PIECES + 1
    return (answer[at : at + size] for at in range(0, len(answer), size))


def _bound(port: int) -> socket.socket:
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind((LOOPBACK, port))
    return place


def _deaf(port: int) -> list[socket.socket]:
    """Listen, but with a queue that is full: who comes now is not answered at all."""
    listener = _bound(port)
    listener.listen(0)
    waiting = [socket.socket() for _ in range(2)]
    for each in waiting:
        each.settimeout(0)
        each.connect_ex((LOOPBACK, port))
    return [*waiting, listener]
