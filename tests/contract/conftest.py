"""The servers that the suite asks: the doubles always, a real one with `-m live`.

PLEXSYNC_LIVE_STASH_URL and PLEXSYNC_LIVE_STASH_API_KEY name the real one.
"""

import os
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
import requests

from tests.contract.stash_server import StashServer
from tests.sandbox.server import InProcessAdapter
from tests.sandbox.stash.http import StashDouble
from tests.sandbox.stash.model import Settings, StashModel

_START = 1_795_300_000.0  # in November 2026
_HOST = "stash.example:9999"
_URL = f"http://{_HOST}"
VERSIONS = ("0.30.1.19", "0.30.1", "0.27.2")
"""The first is not released: the 19th commit after the other."""


class HandClock:
    """A clock that goes on when it is told to."""

    def __init__(self, start: float = _START) -> None:
        self.now = start

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(
    scope="session",
    params=[*VERSIONS, pytest.param("live", marks=pytest.mark.live)],
)
def stash(request: pytest.FixtureRequest) -> Iterator[StashServer]:
    """Offer a Stash that asks for no key unless the real one does."""
    server = live_server() if request.param == "live" else _double(request.param)
    yield server
    server.clean_up()


@pytest.fixture(
    scope="session",
    params=[*VERSIONS, pytest.param("live", marks=pytest.mark.live)],
)
def guarded(request: pytest.FixtureRequest) -> StashServer:
    """Offer a Stash that asks for a key."""
    if request.param != "live":
        return _double(request.param, Settings(api_key="key-of-the-double"))
    server = live_server()
    if server.api_key is None:
        pytest.skip("set PLEXSYNC_LIVE_STASH_API_KEY: this Stash asks for no key")
    return server


def live_server() -> StashServer:
    url = os.environ.get("PLEXSYNC_LIVE_STASH_URL")
    if not url:
        pytest.skip("set PLEXSYNC_LIVE_STASH_URL to ask a real Stash")
    key = os.environ.get("PLEXSYNC_LIVE_STASH_API_KEY") or None
    sleep = time.sleep  # noqa: TID251 - a real server's clock cannot be turned
    session = requests.Session()
    session.trust_env = False  # a proxy in between is nobody's Stash
    return StashServer(url.rstrip("/"), session, sleep, api_key=key)


def _double(version: str, settings: Settings | None = None) -> StashServer:
    clock = HandClock()
    model = StashModel(
        clock=clock,
        zone=ZoneInfo("America/Halifax"),
        version=version,
        settings=settings,
    )
    for number in range(30):
        model.scan_new_file(f"/data/films/coast/tide-pool-{number:02}.mp4")
    model.scan_copy("/data/films/coast/tide-pool-00 again.mp4", 1)
    clock.advance(3600)
    session = requests.Session()
    session.headers["Host"] = _HOST  # which a socket would add
    adapter = InProcessAdapter(StashDouble(model).handle, clock=clock)
    session.mount(_URL, adapter)
    key = model.settings.api_key
    return StashServer(_URL, session, clock.advance, api_key=key, adapter=adapter)
