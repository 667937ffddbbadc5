"""The pages of whoever asks over HTTP how the daemon is: a query in, a page out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from reconciler.daemon.metrics import exposition
from reconciler.daemon.standing import Standing
from reconciler.render.standing import health_fields, status_document

LONGEST_BEAT = 30.0
"""The main loop is alive while it has come round within so many seconds."""

_JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was asked."""

    method: str
    path: str
    accept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is answered."""

    status: HTTPStatus
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def page(query: Query, standing: Standing, moment: float) -> Page:
    """Make the page; *moment* is by the monotonic clock, in seconds."""
    if query.method not in {"GET", "HEAD"}:
        return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, ("Allow", "GET, HEAD"))
    if query.path not in _PAGES:
        return _refusal(HTTPStatus.NOT_FOUND)
    return _PAGES[query.path](query, standing, moment)


def is_meant(host: str) -> bool:
    """Whether one who asked by that name meant this machine.

    A browser can be made to ask us by a name that leads here and belongs to others, and
    would let them read the answer.
    """
    try:
        name = urlsplit(f"//{host}").hostname
        if name not in {None, "localhost"}:
            ip_address(str(name))
    except ValueError:
        return False
    return True


def stranger() -> Page:
    """Tell one who meant somebody else nothing."""
    status = HTTPStatus.MISDIRECTED_REQUEST
    body = b"ask for this machine by its address, or as localhost\n"
    return Page(status=status, content_type="text/plain", body=body)


def _healthz(_: Query, standing: Standing, moment: float) -> Page:
    silence = moment - standing.beat
    is_alive = silence <= LONGEST_BEAT
    fields = {"alive": is_alive, "beat": round(silence, 3)}
    return _json(fields, is_well=is_alive)


def _readyz(_: Query, standing: Standing, _moment: float) -> Page:
    items = [health_fields(item) for item in standing.health]
    fields = {"ready": standing.is_ready, "health": items}
    return _json(fields, is_well=standing.is_ready)


def _metrics(query: Query, standing: Standing, _moment: float) -> Page:
    content_type, body = exposition(standing, query.accept)
    return Page(status=HTTPStatus.OK, content_type=content_type, body=body)


def _status(_: Query, standing: Standing, _moment: float) -> Page:
    return _json(status_document(standing.status, standing.health), is_well=True)


_PAGES: Mapping[str, Callable[[Query, Standing, float], Page]] = {
    "/healthz": _healthz,
    "/readyz": _readyz,
    "/metrics": _metrics,
    "/status.json": _status,
}


def _json(fields: Mapping[str, Any], *, is_well: bool) -> Page:
    return Page(
        status=HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE,
        content_type=_JSON,
        body=json.dumps(fields).encode() + b"\n",
    )


def _refusal(status: HTTPStatus, *headers: tuple[str, str]) -> Page:
    body = f"{status.phrase.lower()}: get {', '.join(_PAGES)}\n"
    return Page(
        status=status, content_type="text/plain", body=body.encode(), headers=headers
    )
