"""The listener: one small HTTP server that shows how the daemon is, and does nothing.

It reads what the daemon publishes, and never the ledger.
"""

import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import structlog

from reconciler.clock import Clock
from reconciler.config.kinds import Address
from reconciler.daemon.pages import Page, Query, is_meant, page, stranger
from reconciler.daemon.standing import Standing
from reconciler.engine.health import HealthItem, Trouble

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = structlog.get_logger(__name__)

_MOST = 16
"""Who comes while so many are served is turned away."""
_PATIENCE = 5.0
"""Seconds that whoever asks may take over it."""
_LOOK = 0.5
"""Seconds between two looks at whether to stop."""

_Connection: TypeAlias = socket.socket | tuple[bytes, socket.socket]


class Listener:
    """Listens from `start` to `stop`; that it cannot is told, and is no failure."""

    def __init__(
        self,
        address: Address,
        standing: Callable[[], Standing],
        clock: Clock,
        look: float = _LOOK,
    ) -> None:
        self.address = address
        self.trouble: HealthItem | None = None
        """Why nobody listens, where that is so."""
        self._standing, self._clock, self._look = standing, clock, look
        self._server: _Server | None = None

    @property
    def port(self) -> int:
        """The port that is listened at; 0 while none is."""
        return 0 if self._server is None else self._server.server_port

    def start(self) -> None:
        """Listen; harmless where that is so already, and worth another try if not."""
        if self._server is not None:
            return
        try:
            self._server = _Server(self.address, self._answer)
        except OSError as error:
            self._tell(error)
            return
        self.trouble = None
        log.info("listener started", address=str(self.address))
        serve = self._server.serve_forever
        threading.Thread(
            target=serve, args=(self._look,), name="listener", daemon=True
        ).start()

    def stop(self) -> None:
        """Listen no more, within a second; who is being served is not waited for."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def _answer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        query = Query(
            method=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"],
            accept=environ.get("HTTP_ACCEPT", ""),
        )
        found = self._page(query, environ.get("HTTP_HOST", ""))
        headers = [
            ("Content-Type", found.content_type),
            ("Content-Length", str(len(found.body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *found.headers,
        ]
        start_response(f"{found.status.value} {found.status.phrase}", headers)
        return [] if query.method == "HEAD" else [found.body]

    def _page(self, query: Query, host: str) -> Page:
        if self.address.is_loopback and not is_meant(host):
            return stranger()
        return page(query, self._standing(), self._clock.monotonic())

    def _tell(self, error: OSError) -> None:
        reason = (error.strerror or "it cannot be had").lower()
        message = f"nobody listens at {self.address}: {reason}"
        if self.trouble is None or self.trouble.message != message:
            log.error("listener failed", address=str(self.address), error=reason)
        self.trouble = HealthItem(
            type=Trouble.UNHEARD,
            message=message,
            hint="end what has that address (`ss -ltnp` names it), or set another"
            " [health] listen and restart `plexsync run`",
            about="listener",
        )


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    """Serves each who asks in a thread, and not too many at once."""

    daemon_threads = True

    def __init__(
        self,
        address: Address,
        app: "Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]",
    ) -> None:
        if ":" in address.host:
            self.address_family = socket.AF_INET6
        self._room = threading.BoundedSemaphore(_MOST)
        super().__init__((address.host, address.port), _Handler)
        self.set_app(app)

    def server_bind(self) -> None:
        """Take the address; the standard library would ask for its name, at length."""
        socketserver.TCPServer.server_bind(self)
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), int(port)
        self.setup_environ()

    def verify_request(self, *_who: object) -> bool:
        """Whether there is room for one more."""
        return self._room.acquire(blocking=False)

    def process_request_thread(
        self, request: _Connection, client_address: object
    ) -> None:
        """Serve one, and make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, *_who: object) -> None:
        """Take note of one who went away, or was too slow: that is no news."""
        log.debug("listener left", error=type(sys.exception()).__name__)


class _Handler(WSGIRequestHandler):
    timeout = _PATIENCE

    def log_message(self, *_said: object) -> None:
        """Say nothing: somebody asks every few seconds."""
