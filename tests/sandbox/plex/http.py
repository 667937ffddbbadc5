"""From a request to an answer: who may ask, what is where, as what it counts."""

import re
from dataclasses import dataclass, replace

from tests.sandbox.plex import answers, butler, reading, writing
from tests.sandbox.plex.call import Answer, Call, NotThere
from tests.sandbox.plex.form import pairs
from tests.sandbox.plex.model import Model
from tests.sandbox.wire import Request, Response


@dataclass(frozen=True, slots=True)
class Route:
    """What answers a method on a path, and the kind under which that is counted."""

    method: str
    path: re.Pattern[str]
    kind: str
    answer: Answer


def _route(method: str, path: str, kind: str, answer: Answer) -> Route:
    return Route(method, re.compile(path), kind, answer)


_SECTION = r"/library/sections/(\d+)"
_ITEM = r"/library/metadata/(\d+)"

_ROUTES = (
    _route("GET", r"/", "root", reading.root),
    _route("GET", r"/identity", "identity", reading.identity),
    _route("GET", r"/library", "other", reading.library),
    _route("GET", r"/library/sections", "sections", reading.sections),
    _route("GET", r"/library/sections/(\w+)/all", "listing", reading.items),
    _route("PUT", r"/library/sections/(\w+)/all", "put", writing.edit_section),
    _route("GET", rf"{_SECTION}/collections", "listing", reading.collections),
    # A scan is a GET for every client; a PUT has been refused since 1.32.7.
    _route("GET", rf"{_SECTION}/refresh", "refresh", writing.scan),
    _route("POST", rf"{_SECTION}/refresh", "refresh", writing.scan),
    _route("DELETE", rf"{_SECTION}/refresh", "refresh", writing.cancel_scan),
    _route("PUT", rf"{_SECTION}/emptyTrash", "other", writing.empty_trash),
    _route("GET", r"/library/metadata/([\d,]+)", "metadata", reading.metadata),
    _route("PUT", _ITEM, "put", writing.edit_item),
    _route("PUT", r"/:/rate", "put", writing.rate),
    _route("PUT", rf"{_ITEM}/refresh", "refresh", writing.refresh),
    _route("PUT", rf"{_ITEM}/analyze", "other", writing.analyze),
    _route("PUT", rf"{_ITEM}/merge", "other", writing.merge),
    _route("PUT", rf"{_ITEM}/split", "other", writing.split),
    _route("GET", rf"{_ITEM}/(posters|arts)", "posters", reading.photos),
    _route("POST", rf"{_ITEM}/(posters|arts)", "poster upload", writing.upload),
    _route("PUT", rf"{_ITEM}/(poster|art)", "poster choice", writing.choose),
    _route("DELETE", rf"{_ITEM}/(thumb|art)", "poster choice", writing.unset),
    _route("GET", rf"{_ITEM}/(thumb|art)/\d+", "other", reading.chosen_image),
    _route("GET", rf"{_ITEM}/file", "other", reading.image),
    _route("GET", rf"{_ITEM}/children", "listing", reading.children),
    _route("GET", r"/:/prefs", "prefs", butler.prefs),
    _route("GET", r"/butler", "butler", butler.tasks),
    _route("POST", r"/butler/(\w+)", "butler", butler.start),
    _route("GET", r"/activities", "activities", butler.activities),
    _route("GET", r"/status/sessions", "streams", butler.sessions),
    _route("GET", r"/library/collections/(\d+)", "metadata", reading.metadata),
    _route("GET", r"/library/collections/(\d+)/children", "listing", reading.children),
)


# What only the owner may ask.
_OWNERS = frozenset({"prefs", "butler", "activities", "streams", "refresh"})


def answer(model: Model, request: Request) -> Response:
    """Answer *request*; whatever the answer, it counts as what was asked for."""
    butler.settle(model)
    route, keys = _find(request)
    kind = route.kind if route else "other"
    query = pairs(request.query)
    response = _refusal(model, request, kind, dict(query))
    if response is None:
        call = Call(model=model, request=request, keys=keys, pairs=query)
        response = _answer(route, call)
    return replace(response, kind=kind)


def _find(request: Request) -> tuple[Route | None, tuple[str, ...]]:
    path = request.path.rstrip("/") or "/"
    for route in _ROUTES:
        if route.method == request.method and (match := route.path.fullmatch(path)):
            return route, match.groups()
    return None, ()


def _refusal(
    model: Model, request: Request, kind: str, query: dict[str, str]
) -> Response | None:
    """Return what comes before any look at what was asked for."""
    limit = model.switches.url_limit
    if limit is not None and len(f"{request.path}?{request.query}") > limit:
        return answers.status_only(414)
    open_to_all = kind == "identity"
    excused = open_to_all and model.switches.identity_in_maintenance
    if model.maintenance is not None and not excused:
        return answers.maintenance(request, model.maintenance)
    token = request.headers.get("X-Plex-Token") or query.get("X-Plex-Token")
    may_ask = request.method == "GET" and kind not in _OWNERS
    may_ask |= kind == "refresh" and model.switches.guests_may_scan
    if token in model.guests and not may_ask:
        return answers.status_only(model.switches.guest_edit_status)
    if not open_to_all and token != model.token and token not in model.guests:
        return answers.status_only(401)
    return None


def _answer(route: Route | None, call: Call) -> Response:
    if route is None:
        return answers.status_only(404)
    if route.kind == "put":
        call.model.hold()
    try:
        return route.answer(call)
    except NotThere:
        return answers.status_only(404)
