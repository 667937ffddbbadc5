"""A listener on 127.0.0.1 that is closed at once, with all its connections."""

import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from typing import Any

LOOPBACK = "127.0.0.1"
LONGEST_WAIT = 3600.0  # a lock cannot wait for infinity


class Listener(socketserver.ThreadingTCPServer):
    """Serves each connection in a thread of its own, until it is stopped."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, handler: type[socketserver.BaseRequestHandler]
    ) -> None:
        super().__init__((LOOPBACK, port), handler)
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._timers: list[threading.Timer] = []
        self._lock = threading.Lock()
        self._loop = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def port(self) -> int:
        port: int = self.server_address[1]
        return port

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
        """Do *act* in *seconds*, unless it is stopped before."""
        timer = threading.Timer(min(seconds, LONGEST_WAIT), act)
        timer.daemon = True
        with self._lock:
            self._timers.append(timer)
        timer.start()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in typeshed
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as in typeshed
        super().shutdown_request(request)
        with self._lock:
            self._open.discard(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that went away is no news."""


def break_off(handler: socketserver.StreamRequestHandler) -> None:
    """Reset the connection: closing with nothing to linger for is what sends a RST."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.rfile.close()
    handler.connection.close()


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster
