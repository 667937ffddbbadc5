"""A Plex server, as the engine's `Library`: which requests are sent, in which order.

plexapi connects, holds the headers and parses. What is read are the elements of its
answers, never its objects, which ask again for whatever is empty.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import requests

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.plex_butler import (
    ACTIVITIES,
    ACTIVITY,
    BACKUP,
    SETTINGS,
    STREAMS,
    read_activities,
    read_hours,
    read_streams,
    refusal,
)
from reconciler.clients.plex_disk import looked_for_path, read_reached, scan_path
from reconciler.clients.plex_faults import (
    border,
    moment,
    not_plex,
    place,
    unreadable,
)
from reconciler.clients.plex_sending import Sender
from reconciler.clients.plex_session import check_token, prepared
from reconciler.clients.plex_wire import (
    items_path,
    listing_paths,
    read_items,
    read_page,
    read_sections,
)
from reconciler.core.backup import Asked
from reconciler.core.errors import (
    AmbiguousError,
    GoneError,
    PermanentError,
    ServerError,
    StrangerError,
    TransientError,
    UnauthorisedError,
)
from reconciler.core.lull import Hours
from reconciler.core.values import Edit, Field, Item, ItemKey, ListingPage, Section

PAGE = 500  # measured: larger pages gain little
MOST_ITEMS = 50  # no limit is known; others stay below 100
LONGEST_URL = 8_000  # no limit is known either; 8 kB is what servers commonly take

_ROOT = "MediaContainer"  # of every answer of Plex in XML

# plexapi takes its settings from the environment, or from a file in the user's home
# when it is loaded: neither may name a token, log to a file, or set off reads.
_SETTINGS = {
    "PLEXAPI_CONFIG_PATH": os.devnull,
    "PLEXAPI_PLEXAPI_AUTORELOAD": "false",
    "PLEXAPI_AUTH_SERVER_TOKEN": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexReport:
    """What a Plex server says it is."""

    name: str
    version: str
    machine: str


class PlexClient:
    """Reads and writes one Plex server; connects at its first request.

    Not for several threads at once: Plex itself takes writes one by one.
    """

    def __init__(
        self, endpoint: Endpoint, tally: Tally, session: requests.Session | None = None
    ) -> None:
        self._endpoint = endpoint
        self._tally = tally
        self._session = prepared(session or requests.Session(), endpoint)
        self._clock: int | None = None
        """Plex's own, at its last answer."""
        self._session.hooks["response"].insert(0, self._note_clock)
        self._server: Any = None  # a plexapi.server.PlexServer, which has no types
        base = len(endpoint.url.rstrip("/"))
        self._sender = Sender(put=self._put, url=endpoint.url, limit=LONGEST_URL - base)

    def probe(self) -> PlexReport:
        server = self._connect()
        return PlexReport(
            name=server.friendlyName or "",
            version=server.version or "",
            machine=server.machineIdentifier,
        )

    def version(self) -> str:
        return (self._server.version or "") if self._server is not None else ""

    def sections(self) -> tuple[Section, ...]:
        machine = self._connect().machineIdentifier
        root = self._ask("plex sections", "/library/sections")
        return read_sections(root, machine=machine, clock=self._clock)

    def listing(self, section: Section, *, since: int | None) -> Iterator[ListingPage]:
        """Page through a section; an item that is new *since* may come twice.

        The iteration ends with a `TransientError` if not all came: what was yielded is
        then no proof that anything is absent.
        """
        for path in listing_paths(section, since=since):
            yield from self._pages(path)

    def _pages(self, path: str) -> Iterator[ListingPage]:
        start = total = 0
        while True:
            window = {
                "X-Plex-Container-Start": str(start),
                "X-Plex-Container-Size": str(PAGE),
            }
            offset, page = read_page(self._ask("plex listing", path, headers=window))
            if offset != start or page.total < total:
                raise self._came_short(start, total, offset, page)
            yield page
            # Plex may send fewer than asked for, so what came is what counts.
            start, total = start + len(page.items), page.total
            if start >= total:
                return
            if not page.items:
                raise self._came_short(start, total, offset, page)

    def _came_short(
        self, start: int, total: int, offset: int, page: ListingPage
    ) -> TransientError:
        return TransientError(
            f"{place(self._endpoint.url)}: a listing came back short: at item {start} "
            f"of {total or page.total} it has {len(page.items)} from item {offset} "
            f"of {page.total}; it is not believed and will be read again"
        )

    def read(self, keys: Sequence[ItemKey]) -> Mapping[ItemKey, Item]:
        """Read up to 50 items; a ValueError says that they were more."""
        if len(keys) > MOST_ITEMS:
            raise ValueError(f"{len(keys)} items at once: {MOST_ITEMS} are the most")
        asked = tuple(dict.fromkeys(keys))
        if not asked:
            return {}
        found = self._found(asked)
        if found is not None:
            return found
        alive = self._halved(asked)
        self._confirm()
        return alive

    def _found(self, keys: Sequence[ItemKey]) -> dict[ItemKey, Item] | None:
        """Ask for *keys* at once; None says that one of them, or all, are dead."""
        try:
            root = self._ask("plex items", items_path(keys))
        except GoneError:
            return None
        return read_items(root, keys)

    def _halved(self, keys: Sequence[ItemKey]) -> dict[ItemKey, Item]:
        """Halve what was dead as a whole until each dead key stands alone."""
        if len(keys) == 1:
            return {}
        alive: dict[ItemKey, Item] = {}
        for half in (keys[: len(keys) // 2], keys[len(keys) // 2 :]):
            found = self._found(half)
            alive |= self._halved(half) if found is None else found
        return alive

    def _confirm(self) -> None:
        """Raise unless the same Plex still answers.

        A proxy whose Plex is down says 404 to everything, and another server would say
        it to most: neither proves that an item is gone.
        """
        known, self._server = self._connect().machineIdentifier, None
        machine = self._connect().machineIdentifier
        if machine != known:
            raise StrangerError(
                f"{place(self._endpoint.url)} is another server now ({machine}, before "
                f"{known}): check [plex] url"
            )

    def write(self, edit: Edit) -> Mapping[Field, ServerError]:
        """Send one PUT, or several if the URL would be too long or one is refused.

        Says of the fields that did not arrive why, and raises if that is the same for
        all. A ValueError says that *edit* does not address exactly one item.
        """
        return self._sender.send(edit)

    def hours(self) -> Hours | None:
        return read_hours(self._ask("plex settings", SETTINGS))

    def streams(self) -> int:
        return read_streams(self._ask("plex streams", STREAMS))

    def back_up(self) -> Asked:
        """Ask for a backup of the database; the token has to be the owner's.

        Which status says that one is being made already, plexapi does not know.
        """
        url = self._connect().url(BACKUP)
        timeouts = self._endpoint.connect_timeout, self._endpoint.read_timeout
        self._tally["plex backup"] += 1
        try:
            with border(self._endpoint, writing=True):
                answer = self._session.post(url, timeout=timeouts)
        except (GoneError, PermanentError, UnauthorisedError) as error:
            return Asked(refusal=refusal(error))
        except AmbiguousError:
            return Asked()  # it may be making one all the same
        return Asked(activity=answer.headers.get(ACTIVITY, ""))

    def is_at(self, activity: str) -> bool | None:
        try:
            root = self._ask("plex activities", ACTIVITIES)
        except (GoneError, PermanentError, UnauthorisedError):
            return None
        return activity in read_activities(root)

    def reached(self, keys: Sequence[ItemKey]) -> frozenset[ItemKey]:
        try:
            root = self._ask("plex files", looked_for_path(keys))
        except GoneError:
            return frozenset()  # one of them is enough for that
        return read_reached(root, keys)

    def scan(self, section: Section, folder: str) -> str:
        path, server = scan_path(section, folder), self._connect()
        self._tally["plex scan"] += 1
        try:
            with border(self._endpoint, writing=False):
                server.query(path)
        except (GoneError, PermanentError, UnauthorisedError) as error:
            return refusal(error)
        return ""

    def _note_clock(self, answer: requests.Response, **_: object) -> None:
        told = moment(answer.headers.get("Date", ""))
        if told is not None:
            self._clock = int(told.timestamp())

    def _put(self, path: str) -> None:
        server = self._connect()
        self._tally["plex put"] += 1
        with border(self._endpoint, writing=True):
            answer: Element | None = server.query(path, method=self._session.put)
        if answer is not None and answer.tag != _ROOT:
            raise unreadable(self._endpoint, writing=True)

    def _ask(
        self, kind: str, path: str, headers: Mapping[str, str] | None = None
    ) -> Element:
        server = self._connect()
        self._tally[kind] += 1
        with border(self._endpoint, writing=False):
            root: Element | None = server.query(path, headers=headers)
        if root is None:
            raise self._empty()
        if root.tag != _ROOT:
            raise not_plex(self._endpoint.url)
        return root

    def _empty(self) -> TransientError:
        return TransientError(
            f"{place(self._endpoint.url)} sent an answer of 0 bytes to a read: "
            "it will be asked again"
        )

    def _connect(self) -> Any:  # noqa: ANN401 - plexapi has no types
        if self._server is None:
            self._server = self._connected()
        return self._server

    def _connected(self) -> Any:  # noqa: ANN401 - plexapi has no types
        """Let plexapi ask for the server's root: its one request."""
        os.environ.update(_SETTINGS)
        from plexapi.server import PlexServer  # noqa: PLC0415 - settings come first

        check_token(self._endpoint)
        url = self._endpoint.url
        timeouts = self._endpoint.connect_timeout, self._endpoint.read_timeout
        self._tally["plex root"] += 1
        try:
            with border(self._endpoint, writing=False):
                server = PlexServer(url, session=self._session, timeout=timeouts)
        except GoneError as error:
            raise TransientError(
                f"{place(url)} has no root (404): check [plex] url, and that Plex runs "
                "if this is a proxy before it"
            ) from error
        if not hasattr(server, "machineIdentifier"):
            raise self._empty()
        if not server.machineIdentifier:
            raise not_plex(url)
        return server
