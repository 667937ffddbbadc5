"""Somebody else who reads the same Plex while we write to it: how long he waits.

All over HTTP on loopback and in real time. What is measured is measured at the server,
by whoever asked, so that it owes nothing to what we think of ourselves.
"""

import contextlib
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import requests

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.plex import PlexClient
from reconciler.clients.stash import StashClient
from reconciler.clock import Clock
from tests.sandbox.server import Handle, Request, Response, Server
from tests.sandbox.stash.http import StashDouble
from tests.world import World

_OURS = "plexsync"
_INTERVAL = 0.025
"""Seconds between two reads of the neighbour's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a pass, or the same time without one, was like for the server's others."""

    wall: float
    """Seconds from our first request to the end of our last."""
    busy: float
    """Seconds of it in which the server was at one of our requests."""
    puts: int
    waits: tuple[float, ...]
    """How long each of the neighbour's reads took, in seconds."""

    @property
    def share(self) -> float:
        return self.busy / self.wall

    def quantile(self, percent: int) -> float:
        """Say what so many of a hundred reads took at most."""
        return statistics.quantiles(self.waits, n=100)[percent - 1]


@dataclass(slots=True)
class Meter:
    """Stands before a handler, and measures how long it is at each of our requests."""

    handle: Handle
    spans: list[tuple[float, float]] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        begin = time.perf_counter()
        response = self.handle(request)
        if request.headers.get("X-Plex-Client-Identifier") == _OURS:
            self.spans.append((begin, time.perf_counter()))
        return response


class Neighbour(threading.Thread):
    """Reads an item again and again, at times that do not depend on the answers.

    A read that is due while the last one is still waited for has begun to wait by then:
    else whoever is kept waiting long would ask less, and seem to wait little.
    """

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self.waits: list[float] = []
        self._url, self._headers = url, {"X-Plex-Token": token}
        self._is_done = threading.Event()

    def run(self) -> None:
        due = time.perf_counter()
        with requests.Session() as session:
            while not self._is_done.wait(max(due - time.perf_counter(), 0.0)):
                answer = session.get(self._url, headers=self._headers, timeout=60)
                answer.raise_for_status()
                self.waits.append(time.perf_counter() - due)
                due += _INTERVAL

    def stop(self) -> tuple[float, ...]:
        self._is_done.set()
        self.join()
        return tuple(self.waits)


@dataclass(slots=True)
class Street:
    """A world whose servers speak HTTP, and a neighbour of ours on its Plex."""

    world: World
    meter: Meter
    url: str
    films: list[int]

    @contextlib.contextmanager
    def neighbour(self) -> Iterator[Neighbour]:
        key = next(iter(self.world.plex.snapshot()))
        url = f"{self.url}/library/metadata/{key}"
        reader = Neighbour(url, self.world.plex.model.token)
        reader.start()
        try:
            yield reader
        finally:
            reader.stop()

    def alone(self, seconds: float) -> Figures:
        """Measure the neighbour's reads while we ask for nothing."""
        with self.neighbour() as reader:
            threading.Event().wait(seconds)
        waits = tuple(reader.waits)
        return Figures(wall=seconds, busy=0.0, puts=0, waits=waits)

    def beside(self, share: float, edition: str) -> Figures:
        """Measure them while we write a new title to every film, at a share."""
        for number, film in enumerate(self.films):
            self.world.stash.update_scene(film, title=f"Reel {number}, {edition}")
        self.world.share = share
        self.meter.spans.clear()
        with self.neighbour() as reader:
            outcome = self.world.reconcile()
        spans = self.meter.spans
        return Figures(
            wall=spans[-1][1] - spans[0][0],
            busy=sum(end - begin for begin, end in spans),
            puts=outcome.puts,
            waits=tuple(reader.waits),
        )


@contextlib.contextmanager
def street(world: World, films: list[int], *, write_seconds: float) -> Iterator[Street]:
    """Serve a furnished world whose Plex serialises writes; the first pass is over."""
    world.clock = Clock()
    model = world.plex.model
    meter = Meter(world.plex.handle)
    plex_server = Server(meter, clock=model.clock)
    with StashDouble(world.stash).serve() as stash, plex_server as plex:
        world.requests = Tally()
        world.source = StashClient(Endpoint(url=stash.url), world.requests)
        endpoint = Endpoint(url=plex.url, secret=model.token)
        world.library = PlexClient(endpoint, world.requests)
        world.reconcile()
        world.later(600)
        model.switches = replace(model.switches, write_seconds=write_seconds)
        yield Street(world, meter, plex.url, films)
