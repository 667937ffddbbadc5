"""A handler behind a socket, with counts and faults; one for all doubles.

All names that a double or a test needs come from here, those of the neighbouring
modules too; `InProcessAdapter` is the same without a socket.
"""

import http.server
import io
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.sandbox.adapter import InProcessAdapter
from tests.sandbox.faults import (
    EMPTY,
    LOCKED,
    LOGIN_PAGE,
    Broken,
    Cut,
    Fault,
    Faults,
    Front,
    Half,
    What,
    too_many,
)
from tests.sandbox.listening import LONGEST_WAIT, LOOPBACK, Listener, break_off
from tests.sandbox.wire import REAL_TIME, Clock, Handle, Request, Response

__all__ = [
    "EMPTY",
    "LOCKED",
    "LOGIN_PAGE",
    "Clock",
    "Fault",
    "Faults",
    "Handle",
    "InProcessAdapter",
    "Request",
    "Response",
    "Server",
    "What",
    "too_many",
]


class Server:
    """*handle* on 127.0.0.1; may be stopped and started again on the same port."""

    def __init__(
        self, handle: Handle, *, port: int = 0, clock: Clock = REAL_TIME
    ) -> None:
        self.clock = clock
        self.failures: list[Exception] = []  # faults of the handler itself
        self._front = Front(handle)
        self._port = port
        self._listener: _Listener | None = None

    @property
    def counts(self) -> Counter[str]:
        return self._front.counts

    @property
    def faults(self) -> Faults[What]:
        return self._front.faults

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._port}"

    def start(self) -> None:
        self._listener = _Listener(self._port, self._front, self.clock, self.failures)
        self._port = self._listener.port
        self._listener.start()

    def stop(self) -> None:
        """Close every connection; raise what the handler itself has failed with."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        self.faults.forget()
        if self.failures:
            failures, self.failures = self.failures, []
            raise ExceptionGroup("the double itself failed", failures)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Listener(Listener):
    def __init__(
        self, port: int, front: Front, clock: Clock, failures: list[Exception]
    ) -> None:
        super().__init__(port, _Connection)
        self.front = front
        self.clock = clock
        self.failures = failures


class _Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener
    rfile: "_Reader"

    def setup(self) -> None:
        super().setup()
        self.rfile = _Reader(self.rfile.detach())

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.rfile.is_cut_off or len(body) < length:
            self.close_connection = True  # half a request is none
            return
        request = Request.to(self.command, self.path, dict(self.headers), body)
        try:
            answer = self.server.front.ask(request, self)
        except Exception as error:  # noqa: BLE001 - told by Server.stop
            self.server.failures.append(error)
            answer = Broken.RESET
        self._tell(answer)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - http.server names them

    def wait(self, seconds: float) -> bool:
        return not self.server.stopping.wait(min(seconds, LONGEST_WAIT))

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        self.server.later(seconds, act)

    def _tell(self, answer: Response | Half | Broken) -> None:
        match answer:
            case Response():
                self.wfile.write(self._head(answer) + self._body(answer))
            case Half(response=response, cut=cut):
                body = self._body(response)
                self.wfile.write(self._head(response) + body[: len(body) // 2])
                self._leave(reset=cut is Cut.RESET)
            case Broken():
                self._leave(reset=answer is Broken.RESET)

    def _body(self, response: Response) -> bytes:
        return b"" if self.command == "HEAD" else response.body

    def _head(self, response: Response) -> bytes:
        return response.head(self.server.clock())

    def _leave(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            break_off(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing: what was asked is in the counts."""


class _Reader(io.BufferedReader):
    """What a client sends; `http.server` takes a head that ends too soon for whole."""

    is_cut_off = False

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.is_cut_off = not line.endswith(b"\n")
        return line
