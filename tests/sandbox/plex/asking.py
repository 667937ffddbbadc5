"""A small world around the double: a clock that stands, a library, and short questions.

It asks without a client in between, so that a test sees what goes over the wire.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus, urlencode
from xml.etree import ElementTree as ET

from tests.sandbox.plex.double import PlexDouble, Snapshot
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import Request, Response

JSON = {"Accept": "application/json"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: int = 1_790_000_000) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: int = 1) -> int:
        self.now += seconds
        return self.now


class World:
    """A server with one library of films, `/media/films`, and its owner."""

    def __init__(self, switches: Switches | None = None) -> None:
        self.clock = Clock()
        self.plex = PlexDouble(Model(clock=self.clock, switches=switches))
        self.films = self.plex.add_section("Films", "/media/films")

    def add(self, name: str, content: str = "") -> int:
        """Add a film to the library and return its key."""
        return self.plex.add(self.films, f"/media/films/{name}", content)

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        """Ask as the owner."""
        head = {"X-Plex-Token": self.plex.model.token, **(headers or {})}
        return self.plex.handle(Request.to(method, target, head, body))

    def get(self, target: str, headers: Mapping[str, str] | None = None) -> Response:
        return self.ask("GET", target, headers)

    def put(self, target: str, query: Mapping[str, str | int]) -> Response:
        """Put with a *query* that is encoded as plexapi encodes it."""
        encoded = urlencode(query, quote_via=quote, safe="")
        return self.ask("PUT", f"{target}?{encoded}")

    def edit(self, key: int | str, query: Mapping[str, str | int]) -> int:
        """Edit films, one or `1,2,3`, and return the status."""
        address: dict[str, str | int] = {"id": key, "type": 1}
        target = f"/library/sections/{self.films}/all"
        return self.put(target, address | {**query}).status

    def scan(self, folder: str) -> None:
        """Ask for a scan of one folder; the answer is empty."""
        target = f"/library/sections/{self.films}/refresh?path={quote_plus(folder)}"
        response = self.get(target)
        assert (response.status, response.body) == (200, b"")

    def xml(self, target: str, headers: Mapping[str, str] | None = None) -> ET.Element:
        response = self.get(target, headers)
        assert response.status == 200, (response.status, response.body)
        return ET.fromstring(response.body)  # noqa: S314 - our own

    def json(self, target: str) -> Any:  # noqa: ANN401 - whatever the answer is
        return json.loads(self.get(target, JSON).body)

    def listing(self, query: str = "type=1") -> list[int]:
        """Return the keys that a listing gives, in its order."""
        rows = self.xml(f"/library/sections/{self.films}/all?{query}")
        return [int(row.attrib["ratingKey"]) for row in rows]

    def listed(self, key: int) -> ET.Element:
        """Return an item as the listing shows it."""
        (row,) = (
            row
            for row in self.xml(f"/library/sections/{self.films}/all?type=1")
            if row.get("ratingKey") == str(key)
        )
        return row

    def full(self, key: int) -> ET.Element:
        return self.xml(f"/library/metadata/{key}")[0]

    def tags(self, key: int, kind: str) -> tuple[str, ...]:
        return self.of(key).tags.get(kind, ())

    def of(self, key: int) -> Snapshot:
        return self.plex.snapshot_of(key)


def names(item: ET.Element, element: str) -> list[str]:
    return [tag.attrib["tag"] for tag in item.findall(element)]


def removal(*tags: str) -> str:
    """Return the value of `genre[].tag.tag-` before it is encoded a second time."""
    return ",".join(quote(tag, safe="") for tag in tags)
