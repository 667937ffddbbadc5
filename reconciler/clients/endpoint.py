"""Where a server is and how to speak to it."""

from collections import Counter
from dataclasses import dataclass, field

import urllib3

NOTHING_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)
"""What a connection fails with before a request has left: it cannot have been made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One server's address, secret and manners."""

    url: str
    secret: str = field(default="", repr=False)
    """The API key or token; empty sends none."""
    connect_timeout: float = 5.0
    """Seconds."""
    read_timeout: float = 30.0
    """Seconds without a byte."""
    verify: bool | str = True
    """Whether to check TLS certificates; a path names the authorities to check by."""


Tally = Counter[str]
"""Requests sent, by kind, such as `stash poll` or `plex put`."""
