"""Lets a `requests.Session` call a handler without a socket: same faults and counts."""

import io
from collections import Counter
from collections.abc import Callable, Mapping

import requests
import requests.adapters
import urllib3

from tests.sandbox.faults import Broken, Cut, Faults, Front, Half, What
from tests.sandbox.wire import REAL_TIME, Clock, Handle, Request, Response


class InProcessAdapter(requests.adapters.BaseAdapter):
    """Calls *handle* for the URLs it is mounted on, as the real adapter would answer.

    No time passes: a wait within the client's time limit is handed to *sleep*, a longer
    one is a `ReadTimeout`, and what is applied later waits for `faults.release()`.
    """

    def __init__(
        self,
        handle: Handle,
        *,
        clock: Clock = REAL_TIME,
        sleep: Callable[[float], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self.up = True  # while False, connections are refused
        self.clock = clock
        self._front = Front(handle)
        self._sleep = sleep
        self._as_requests = requests.adapters.HTTPAdapter()

    @property
    def counts(self) -> Counter[str]:
        return self._front.counts

    @property
    def faults(self) -> Faults[What]:
        return self._front.faults

    def send(  # noqa: PLR0913, PLR0917 - as in requests
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002, ARG002 - as in requests
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002, ARG002 - as in requests
        cert: object = None,  # noqa: ARG002 - as in requests
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002 - as in requests
    ) -> requests.Response:
        if not self.up:
            raise _refused(request)
        limit = timeout[1] if isinstance(timeout, tuple) else timeout
        match self._front.ask(_as_ours(request), _Line(limit, self._sleep)):
            case Broken.RESET:
                cause = ConnectionResetError(104, "Connection reset by peer")
                aborted = urllib3.exceptions.ProtocolError("Connection aborted.", cause)
                raise requests.ConnectionError(aborted, request=request)
            case Broken():
                raise requests.ReadTimeout("read timed out", request=request)
            case Half(response=response, cut=cut):
                half = response.body[: len(response.body) // 2]  # nothing has no half
                body = _Body(half, breaks=cut is Cut.RESET and bool(response.body))
                return self._answer(request, response, body)
            case Response() as response:
                return self._answer(request, response, _Body(response.body))

    def close(self) -> None:
        """Keep nothing: there is no connection."""

    def _answer(
        self,
        request: requests.PreparedRequest,
        response: Response,
        body: "_Body",
    ) -> requests.Response:
        raw = urllib3.HTTPResponse(
            body=body,
            headers=urllib3.HTTPHeaderDict(response.sent_headers(self.clock())),
            status=response.status,
            reason=response.reason,
            preload_content=False,
            enforce_content_length=True,
            request_method=request.method,
        )
        return self._as_requests.build_response(request, raw)


class _Line:
    """A client with a time limit, for whom no time passes."""

    def __init__(self, limit: float | None, sleep: Callable[[float], None]) -> None:
        self._limit = limit
        self._sleep = sleep

    def wait(self, seconds: float) -> bool:
        if self._limit is None:
            if seconds == float("inf"):
                raise AssertionError("no answer and no time limit: this hangs for ever")
            self._sleep(seconds)
            return True
        self._sleep(min(seconds, self._limit))
        return seconds < self._limit

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Leave it to `Faults.release`."""


class _Body(io.BytesIO):
    """A body that ends where it is cut, or *breaks* there."""

    def __init__(self, content: bytes, *, breaks: bool = False) -> None:
        super().__init__(content)
        self._breaks = breaks

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        if self._breaks and not content:
            raise ConnectionResetError(104, "Connection reset by peer")
        return content


def _as_ours(request: requests.PreparedRequest) -> Request:
    body = request.body or b""
    content = body.encode() if isinstance(body, str) else body
    if not isinstance(content, bytes):
        raise TypeError(f"a body of {type(body).__name__}: only bytes can be taken")
    return Request.to(
        request.method or "GET", request.path_url, request.headers, content
    )


def _refused(request: requests.PreparedRequest) -> requests.ConnectionError:
    """Say that nobody listens there, in as many layers as `requests` does."""
    place = urllib3.HTTPConnectionPool("sandbox")
    cause = ConnectionRefusedError(111, "Connection refused")
    nobody = urllib3.exceptions.NewConnectionError(place, f"no connection: {cause}")  # type: ignore[arg-type] # as urllib3 itself does it
    nobody.__cause__ = cause
    given_up = urllib3.exceptions.MaxRetryError(place, str(request.url), nobody)
    given_up.__cause__ = nobody
    return requests.ConnectionError(given_up, request=request)
