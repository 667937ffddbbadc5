"""Ways to spoil an answer: its bytes, structure, headers, status; drawn by chance."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

from tests.sandbox.wire import Response

HUGE = 10**30
TEXTS = (
    "",
    " ",
    "x",
    "0",
    "-1",
    "1.5",
    "1e999",
    "9" * 25,
    "9" * 5_000,
    "٣",
    "null",
    "true",
    "1,2",
    "../..",
    "\x00",
    "\x1b[2J\x9b",
    "\ud800",
    "\ud83d",
    "\ufffe",
    "\u202e\u2066",
    "2024-13",
    "0000-00-00",
    "9999-12-31T23:59:59+23:59",
    "0001-01-01T00:00:00+14:00",
    "a" * 100_000,
    "🦊" * 1_000,
    "%00%ff%",
    "]]>",
    "<!--",
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    None,
    True,
    0,
    -1,
    1.5,
    HUGE,
    -HUGE,
    float("inf"),
    float("nan"),
    [],
    {},
    [[]],
    [None],
    {"": None},
    "deep",
)
TOKENS = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"&#0;",
    b"&#xd800;",
    b"&#x110000;",
    b"&lol;",
    b"]]>",
    b"<!DOCTYPE a [<!ENTITY lol 'lol'>]>",
    b"[" * 20_000,
    b"<a>" * 20_000,
    b"{",
    b"}",
    b'"',
    b"'",
    b"1" * 5_000,
    b"1e999",
    b"NaN",
    b"\r\n\r\n",
)
HEADERS = (
    ("Date", ""),
    ("Date", "yesterday"),
    ("Date", "Mon, 99 Foo 2026 99:99:99 GMT"),
    ("Date", "Mon, 01 Jan 0001 00:00:00 +2359"),
    ("Date", "Fri, 31 Dec 9999 23:59:59 -2359"),
    ("Date", "Mon, 01 Jan 0001 00:00:00 -0000"),
    ("Date", "Fri, 31 Dec 99999999999 23:59:59 GMT"),
    ("Date", "Thu, 01 Jan 1970 00:00:00 +99999999999999"),
    ("Retry-After", "9" * 400),
    ("Retry-After", "-5"),
    ("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ("Retry-After", "\xb2"),
    ("Content-Type", ""),
    ("Content-Type", "text/html; charset=utf-16"),
    ("Content-Type", "application/json; charset=none-such"),
    ("Content-Type", "image/png"),
    ("Content-Encoding", "gzip"),
    ("Content-Encoding", "none-such"),
    ("Content-Length", "7"),
    ("Location", "http://[::1"),
    ("Location", "//"),
    ("Location", "/login"),
)
STATUSES = (
    *(200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 409, 413),
    *(414, 418, 422, 423, 429, 431, 499, 500, 501, 502, 503, 504, 520, 599, 999),
)


def spoilt(answer: Response, chance: Random) -> Response:
    """Spoil an answer in one way, or in some."""
    answer = _bare(answer)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        answer = chance.choice(_WAYS)(answer, chance)
    return answer


def _bare(answer: Response) -> Response:
    """Take compression off, so that what is spoilt is what is read."""
    headers = tuple(h for h in answer.headers if h[0] != "Content-Encoding")
    if headers == answer.headers:
        return answer
    return replace(answer, headers=headers, body=gzip.decompress(answer.body))


def _flipped(answer: Response, chance: Random) -> Response:
    body = bytearray(answer.body)
    for _ in range(chance.randint(1, 8) if body else 0):
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return replace(answer, body=bytes(body))


def _cut_short(answer: Response, chance: Random) -> Response:
    return replace(answer, body=answer.body[: chance.randint(0, len(answer.body))])


def _without_a_stretch(answer: Response, chance: Random) -> Response:
    start, end = _stretch(answer.body, chance)
    return replace(answer, body=answer.body[:start] + answer.body[end:])


def _twice_a_stretch(answer: Response, chance: Random) -> Response:
    start, end = _stretch(answer.body, chance)
    return replace(answer, body=answer.body[:end] + answer.body[start:])


def _stretch(body: bytes, chance: Random) -> tuple[int, int]:
    start, end = sorted(chance.randint(0, len(body)) for _ in range(2))
    return start, end


def _with_a_token(answer: Response, chance: Random) -> Response:
    at = chance.randint(0, len(answer.body))
    token = chance.choice(TOKENS)
    return replace(answer, body=answer.body[:at] + token + answer.body[at:])


def _in_another_encoding(answer: Response, chance: Random) -> Response:
    text = answer.body.decode(errors="replace")
    code = chance.choice(("latin-1", "utf-16", "utf-32", "utf-8-sig", "cp037"))
    return replace(answer, body=text.encode(code, errors="replace"))


def _with_a_header(answer: Response, chance: Random) -> Response:
    name, value = chance.choice(HEADERS)
    others = tuple(h for h in answer.headers if h[0] != name)
    return replace(answer, headers=(*others, (name, value)))


def _with_a_status(answer: Response, chance: Random) -> Response:
    return replace(answer, status=chance.choice(STATUSES))


def _otherwise_built(answer: Response, chance: Random) -> Response:
    """Change the structure of what can be read; a change of bytes rarely leaves any."""
    try:
        if answer.body.lstrip()[:1] == b"{":
            return replace(answer, body=_json(answer.body, chance))
        return replace(answer, body=_xml(answer.body, chance))
    except (ValueError, ParseError, RecursionError):
        return _flipped(answer, chance)  # it is spoilt already


def _json(body: bytes, chance: Random) -> bytes:
    whole = json.loads(body)
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(_places(whole)))
        match chance.randrange(4):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder.insert(key, holder[key])
            case _:
                holder[key] = chance.choice(VALUES)
        if not whole or not any(True for _ in _places(whole)):
            break
    text = json.dumps(whole)
    return text.replace('"deep"', "[" * 5_000 + "]" * 5_000).encode()


def _places(node: Any) -> Any:  # noqa: ANN401 - any JSON there is
    """Find every place of a document that something stands in."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(pairs):
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _xml(body: bytes, chance: Random) -> bytes:
    root = fromstring(body)  # noqa: S314 - our own double's
    for _ in range(chance.randint(1, 3)):
        _change(chance.choice(list(root.iter())), root, chance)
    return tostring(root)


def _change(node: Element, root: Element, chance: Random) -> None:
    names = list(node.attrib)
    match chance.randrange(6):
        case 0 if names:
            del node.attrib[chance.choice(names)]
        case 1:
            node.tag = chance.choice(("Video", "Directory", "x", "MediaContainer"))
        case 2 if len(node):
            node.remove(chance.choice(list(node)))
        case 3:
            node.append(chance.choice(list(fromstring(tostring(root)).iter())))  # noqa: S314 - as above
        case 4:
            for _ in range(chance.choice((1, 1, 200))):
                node = SubElement(node, "Video")
        case _ if names:
            text = chance.choice(TEXTS)
            node.set(chance.choice(names), text.encode(errors="replace").decode())


_WAYS: tuple[Callable[[Response, Random], Response], ...] = (
    _flipped,
    _cut_short,
    _without_a_stretch,
    _twice_a_stretch,
    _with_a_token,
    _in_another_encoding,
    _with_a_header,
    _with_a_status,
    *[_otherwise_built] * 8,
)
