"""Where troubles come from: the two servers, and the roads to them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import requests

from reconciler.clients.endpoint import Endpoint
from reconciler.clients.plex import PlexClient
from reconciler.clients.stash import StashClient
from tests.sandbox.faults import Faults, What
from tests.sandbox.proxy import Play, Proxy
from tests.sandbox.stash.http import StashDouble
from tests.world import World

PLEX, STASH = "plex", "stash"
LIMIT = 0.3
"""Seconds in which a connection has to be made, and an answer to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    world: World
    doubles: Mapping[str, Faults[What]]
    roads: Mapping[str, Proxy] = field(default_factory=dict)
    """None in process."""

    @property
    def injected(self) -> int:
        """How many faults have come up."""
        return sum(faults.fired.total() for faults in self._faults())

    @property
    def is_under_way(self) -> bool:
        """Whether a fault may still come up: it is not over then."""
        return any(faults.left or faults.held for faults in self._faults())

    def release(self) -> None:
        """Let happen what was held back, and roads be open again."""
        for faults in self._faults():
            faults.release()

    def stop(self) -> None:
        """Let no fault come up any more."""
        for faults in self._faults():
            faults.clear()
        self.release()

    def _faults(self) -> Iterator[Faults[What] | Faults[Play]]:
        # what a road has held back is for its server, which may hold it back in turn
        yield from (road.faults for road in self.roads.values())
        yield from self.doubles.values()


class Trouble(Protocol):
    @property
    def name(self) -> str: ...

    def befall(self, ground: Ground) -> None:
        """Have it come up from now on."""
        ...


def in_process(world: World) -> Ground:
    return Ground(
        world=world,
        doubles={PLEX: world.plex_wire.faults, STASH: world.stash_wire.faults},
    )


@contextmanager
def over_sockets(world: World) -> Iterator[Ground]:
    """Serve both doubles on loopback, and have passes reach them by a proxy each."""
    with (
        world.plex.serve() as plex,
        StashDouble(world.stash).serve() as stash,
        Proxy(plex.port, clock=world.plex_clock) as to_plex,
        Proxy(stash.port, clock=world.stash_clock) as to_stash,
        requests.Session() as session,
    ):
        world.library = PlexClient(
            _endpoint(to_plex, world.plex.model.token), world.requests, session=session
        )
        world.source = StashClient(_endpoint(to_stash), world.requests)
        try:
            yield Ground(
                world=world,
                doubles={PLEX: plex.faults, STASH: stash.faults},
                roads={PLEX: to_plex, STASH: to_stash},
            )
        finally:
            world.source.close()


def _endpoint(road: Proxy, secret: str = "") -> Endpoint:
    return Endpoint(
        url=road.url, secret=secret, connect_timeout=LIMIT, read_timeout=LIMIT
    )
