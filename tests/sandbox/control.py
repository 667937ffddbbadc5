"""A few pages beside a double's own API, for whoever runs it in another process.

`GET /sandbox/counts`, `POST /sandbox/reset-counts`, `POST /sandbox/edit` with
`{"do": name, "args": [...], "with": {...}}`, and on Plex `GET /sandbox/items`.
`POST /sandbox/fault` with `{"what": ...}` has requests go wrong, for as many `times` as
it says or until `POST /sandbox/mend`: those of a `method`, with a text in their address
(`about`); what is "answered" has a `status`, what is slow takes `seconds`.
"""

import json
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.sandbox.faults import Fault, What
from tests.sandbox.plex.double import PlexDouble, Snapshot
from tests.sandbox.server import Server
from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.http import StashDouble
from tests.sandbox.wire import Clock, Handle, Request, Response

Act: TypeAlias = Callable[..., object]

_KIND = "sandbox"
_NOT_AN_EDIT = {"catch_up", "handle", "serve", "slow", "writing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the pages show and do: *acts* finds an operation by its name."""

    acts: Callable[[str], Act]
    items: Callable[[], object]


def serve_stash(stash: StashDouble, port: int = 0) -> Server:
    """Return a server of *stash* with the pages; `items` are its paths by scene."""
    pages = Pages(
        acts=lambda name: _public(stash.model, name),
        items=lambda: {i: stash.model.paths_of(i) for i in stash.model.scenes},
    )
    return _served(stash.handle, pages, port, stash.model.clock)


def serve_plex(plex: PlexDouble, port: int = 0) -> Server:
    """Return a server of *plex* with the pages; edits are those of its actors.

    An actor is named before its operation: `person.edit`, `scanner.rename`.
    """

    def act(name: str) -> Act:
        actor, _, operation = name.rpartition(".")
        owner = _public(plex, actor) if actor else plex
        found: Act = _public(owner, operation)
        return found

    def items() -> list[Mapping[str, object]]:
        return [_told(item) for item in plex.snapshot().values()]

    return _served(plex.handle, Pages(acts=act, items=items), port, plex.model.clock)


def _served(handle: Handle, pages: Pages, port: int, clock: Clock) -> Server:
    def answer(request: Request) -> Response:
        if request.path.startswith("/sandbox/"):
            return _page(request, pages, server)
        return handle(request)

    server = Server(answer, port=port, clock=clock)
    return server


def _page(request: Request, pages: Pages, server: Server) -> Response:
    acts: dict[tuple[str, str], Callable[[], Response]] = {
        ("GET", "counts"): lambda: _json(_counts(server)),
        ("POST", "reset-counts"): lambda: _done(server.counts.clear),
        ("GET", "items"): lambda: _json(pages.items()),
        ("POST", "edit"): lambda: _edited(request.body, pages),
        ("POST", "fault"): lambda: _broken(request.body, server),
        ("POST", "mend"): lambda: _done(server.faults.clear),
    }
    act = acts.get((request.method, request.path.removeprefix("/sandbox/")))
    return act() if act else _json({"error": "no such page"}, status=404)


def _counts(server: Server) -> dict[str, int]:
    return {kind: n for kind, n in server.counts.items() if kind != _KIND}


def _done(act: Callable[[], None]) -> Response:
    act()
    return _json({})


def _edited(body: bytes, pages: Pages) -> Response:
    """Do what is asked, and tell what came of it or what was wrong."""
    try:
        asked = json.loads(body)
        act = pages.acts(asked["do"])
        given = _frozen(asked.get("with", {}))
        result = act(*_frozen(asked.get("args", [])), **given)
    except (AttributeError, LookupError, StashError, TypeError, ValueError) as error:
        return _json({"error": f"{type(error).__name__}: {error}"}, status=400)
    return _json({"result": result})


def _broken(body: bytes, server: Server) -> Response:
    """Plan a fault, or tell what was wrong."""
    try:
        asked = json.loads(body)
        method, about = asked.get("method"), asked.get("about", "")
        fault = Fault(
            what=What(asked["what"]),
            matches=lambda request: (
                not request.path.startswith("/sandbox/")
                and method in {None, request.method}
                and about in f"{request.path}?{request.query}"
            ),
            times=int(asked.get("times", sys.maxsize)),
            seconds=float(asked.get("seconds", math.inf)),
            answer=Response(status=int(asked.get("status", 500)), kind=_KIND),
        )
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return _json({"error": f"{type(error).__name__}: {error}"}, status=400)
    server.faults.add(fault)
    return _json({})


def _public(owner: Any, name: str) -> Any:  # noqa: ANN401 - whatever has the operation
    if name.startswith("_") or name in _NOT_AN_EDIT:
        raise ValueError(f"{name} is not an edit")
    return getattr(owner, name)


def _frozen(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Make tuples of lists: rows are values."""
    match value:
        case list():
            return tuple(_frozen(each) for each in value)
        case dict():
            return {name: _frozen(each) for name, each in value.items()}
        case _:
            return value


def _told(item: Snapshot) -> Mapping[str, object]:
    return {
        "key": item.key,
        "paths": item.files,
        "fields": dict(item.values),
        "locks": sorted(item.locks),
        "tags": dict(item.tags),
        "poster": item.poster,
    }


def _json(value: object, status: int = 200) -> Response:
    return Response(
        status=status,
        headers=(("Content-Type", "application/json"),),
        body=json.dumps(value, default=str).encode(),
        kind=_KIND,
    )
