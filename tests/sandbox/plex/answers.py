"""The answers of a Plex server around their content: headers, errors, containers.

The headers are those of a recorded 401 of 1.43.4; the error pages and the two 503 are
recorded to the byte.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

from tests.sandbox.plex.markup import Attribute, Node, to_json, to_xml
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Maintenance, Section
from tests.sandbox.wire import Request, Response

_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    414: "Request-URI Too Long",
    500: "Internal Server Error",
}
_NO_MORE: Mapping[str, Attribute] = MappingProxyType({})
_PAGE = "<html><head><title>{0}</title></head><body><h1>{1} {0}</h1></body></html>"


def plain(
    status: int = 200,
    body: bytes = b"",
    content_type: str = "text/html",
    more: tuple[tuple[str, str], ...] = (),
) -> Response:
    head = (
        ("X-Plex-Protocol", "1.0"),
        ("Content-Length", str(len(body))),
        ("Content-Type", content_type),
        ("Connection", "Keep-Alive"),
        ("Keep-Alive", "timeout=20"),
        ("Cache-Control", "no-cache"),
    )
    return Response(status=status, headers=head + more, body=body)


def status_only(status: int) -> Response:
    """Return an empty 200, or the page that goes with an error."""
    if status == 200:
        return plain()
    return plain(status, _PAGE.format(_REASONS[status], status).encode())


def tree(
    request: Request, node: Node, more: tuple[tuple[str, str], ...] = ()
) -> Response:
    """Write *node* as JSON where the client asks for it, as XML otherwise."""
    if wants_json(request):
        return plain(200, to_json(node), "application/json", more)
    return plain(200, to_xml(node), "text/xml;charset=utf-8", more)


def maintenance(request: Request, why: Maintenance) -> Response:
    status = f"Plex Media Server is currently running {why}."
    if wants_json(request):
        told = {"code": 503, "title": "Maintenance", "status": status}
        body = json.dumps(told, separators=(",", ":"))
        return plain(503, body.encode(), "application/json")
    body = f'<Response code="503" title="Maintenance" status="{status}"/>'
    return plain(503, body.encode(), "text/xml;charset=utf-8")


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def container(
    model: Model,
    children: list[Node],
    section: Section | None = None,
    more: Mapping[str, Attribute] = _NO_MORE,
) -> Node:
    """Return the container around items, which says of which section they are."""
    attributes: dict[str, Attribute] = {"size": len(children), **more}
    attributes |= {"allowSync": True, "identifier": "com.plexapp.plugins.library"}
    if section is not None:
        attributes |= {
            "librarySectionID": section.key,
            "librarySectionTitle": section.title,
            "librarySectionUUID": section.uuid,
        }
    attributes |= {
        "mediaTagPrefix": "/system/bundle/media/flags/",
        "mediaTagVersion": model.media_tag_version,
    }
    return Node("MediaContainer", attributes, tuple(children))
