"""One request and one answer, as values: what every double takes and gives."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import TypeAlias

from requests.structures import CaseInsensitiveDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came in; *query* is still encoded."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=CaseInsensitiveDict)
    body: bytes = b""

    @classmethod
    def to(
        cls,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> "Request":
        """Take apart *target*, a path with its query as it stands in a request line."""
        path, _, query = target.partition("?")
        return cls(
            method=method,
            path=path or "/",
            query=query,
            headers=CaseInsensitiveDict(headers or {}),
            body=body,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer; *kind* is the short name under which its request is counted."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    kind: str = "other"

    @property
    def reason(self) -> str:
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return "Unknown"

    def head(self, now: float) -> bytes:
        """Return what goes out before the body."""
        lines = [f"HTTP/1.1 {self.status} {self.reason}"]
        lines += [f"{name}: {value}" for name, value in self.sent_headers(now)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def sent_headers(self, now: float) -> list[tuple[str, str]]:
        """Return the headers with the length and the date that the server adds."""
        headers = list(self.headers)
        named = {name.lower() for name, _ in headers}
        if "content-length" not in named:
            headers.append(("Content-Length", str(len(self.body))))
        if "date" not in named:
            headers.append(("Date", formatdate(now, usegmt=True)))
        return headers


Clock: TypeAlias = Callable[[], float]  # unix seconds
REAL_TIME: Clock = time.time  # noqa: TID251 - the default of an argument

Handle: TypeAlias = Callable[[Request], Response]
