"""Covers and portraits, or the placeholder that stands for none (facts §4)."""

import hashlib

from tests.sandbox.stash.model import StashModel, Status
from tests.sandbox.wire import Request, Response

# Without a cover a scene shows an SVG; it is all that tells it from a cover.
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"></svg>'
_PORTRAIT = b"\x89PNG\r\n\x1a\n placeholder"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"RIFF", "image/webp"),
    (b"GIF8", "image/gif"),
    (b"<svg", "image/svg+xml"),
)
_ADDRESSES = {
    ("scene", "screenshot"): ("scenes", "cover", _SVG),
    ("performer", "image"): ("performers", "image", _PORTRAIT),
    ("tag", "image"): ("tags", "image", _SVG),
    ("studio", "image"): ("studios", "image", _SVG),
    ("group", "frontimage"): ("groups", "front_image", _SVG),
}
_YEAR = "private, max-age=31536000, immutable"
_TEXT = (("Content-Type", "text/plain; charset=utf-8"),)
NO_DATABASE = Response(status=500, kind="image")
BAD_REQUEST = Response(status=400, headers=_TEXT, body=b"Bad Request\n", kind="image")
NOT_FOUND = Response(status=404, headers=_TEXT, body=b"Not Found\n", kind="image")


def is_picture(path: str) -> bool:
    parts = path.strip("/").split("/")
    return len(parts) == 3 and (parts[0], parts[2]) in _ADDRESSES


def picture(model: StashModel, request: Request) -> Response:
    if model.settings.status is not Status.OK:
        return NO_DATABASE
    kind, row_id, name = request.path.strip("/").split("/")
    table, field, placeholder = _ADDRESSES[kind, name]
    if not row_id.isdecimal():
        return BAD_REQUEST if kind == "scene" else NOT_FOUND
    row = getattr(model, table).get(int(row_id))
    if row is None:
        return NOT_FOUND
    own: bytes | None = getattr(row, field)
    asked = f"&{request.query}"
    if own is None or ("&default=true" in asked and kind != "scene"):
        own = placeholder
    etag = f'"{hashlib.md5(own, usedforsecurity=False).hexdigest()}"'
    lasting = _YEAR if "&t=" in asked else "no-cache"
    headers = (("ETag", etag), ("Cache-Control", lasting))
    if request.headers.get("If-None-Match") == etag:
        return Response(status=304, headers=headers, kind="image")
    kinds = (("Content-Type", _content_type(own)),)
    return Response(headers=(*headers, *kinds), body=own, kind="image")


def _content_type(content: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    return "application/octet-stream"
