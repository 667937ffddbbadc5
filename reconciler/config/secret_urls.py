"""What of a URL must not be seen: for one who may notify us, all of it is a key."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

_PARTS = re.compile(r"[/:@?&=,#]+")
_SHORTEST = 6
"""A shorter part is no secret: it is `bot`, or a port, or `yes`."""

_HOST = re.compile(
    r"localhost|\d+(?:\.\d+){3}|(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE
)
"""What is the name or the address of a machine; anything else there may be a key."""


def within(urls: Iterable[str]) -> Iterator[str]:
    """Take the URLs, and the parts of them that may be quoted on their own."""
    for url in urls:
        yield url
        _, _, rest = url.partition("://")
        for part in _PARTS.split(rest):
            if len(part) >= _SHORTEST and not _HOST.fullmatch(part):
                yield part
                if (plain := unquote(part)) != part:
                    yield plain
