"""A handler behind a socket, with counts and faults; one for all doubles.

All names that a double or a test needs come from here, those of the neighbouring
modules too; `InProcessAdapter` is the same without a socket.
"""

import http.server
import socket
import socketserver
import struct
import threading
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

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

_LONGEST_WAIT = 3600.0  # a lock cannot wait for infinity


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
    def faults(self) -> Faults:
        return self._front.faults

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._listener = _Listener(self._port, self._front, self.clock, self.failures)
        self._port = self._listener.server_address[1]
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


class _Listener(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, front: Front, clock: Clock, failures: list[Exception]
    ) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.front = front
        self.clock = clock
        self.failures = failures
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._timers: list[threading.Timer] = []
        self._lock = threading.Lock()
        self._loop = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    def server_bind(self) -> None:
        # HTTPServer's own looks up a host name, which may take seconds.
        socketserver.TCPServer.server_bind(self)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self._loop.join()
        self.server_close()
        with self._lock:
            for timer in self._timers:
                timer.cancel()
            for connection in self._open:
                _hang_up(connection)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        timer = threading.Timer(min(seconds, _LONGEST_WAIT), act)
        timer.daemon = True
        with self._lock:
            self._timers.append(timer)
        timer.start()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in typeshed
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as in typeshed
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that went away is no news."""


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster


class _Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = Request.to(
            self.command, self.path, dict(self.headers), self.rfile.read(length)
        )
        try:
            answer = self.server.front.ask(request, self)
        except Exception as error:  # noqa: BLE001 - told by Server.stop
            self.server.failures.append(error)
            answer = Broken.RESET
        self._tell(answer)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - http.server names them

    def wait(self, seconds: float) -> bool:
        return not self.server.stopping.wait(min(seconds, _LONGEST_WAIT))

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
        head = [f"HTTP/1.1 {response.status} {response.reason}"]
        headers = response.sent_headers(self.server.clock())
        head += [f"{name}: {value}" for name, value in headers]
        return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")

    def _leave(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            # Closing with nothing to linger for is what sends a RST.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.rfile.close()
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing: what was asked is in the counts."""
