"""What reads answers, each on its own and in a whole pass, while they are spoilt."""

import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import requests

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.plex import PlexClient
from reconciler.clients.stash import StashClient
from reconciler.core.errors import PlexsyncError
from reconciler.core.values import Change, Edit, Field, ItemKey, Kind, SceneId, Section
from tests.fuzz.spoiling import spoilt
from tests.sandbox.library import Sandbox, sandbox
from tests.sandbox.server import InProcessAdapter
from tests.sandbox.wire import Handle, Request, Response
from tests.world import World

_MOST = 400
"""Requests to a case: a reader that asks for more goes round in circles."""


class RoundInCirclesError(BaseException):
    """Asked for ever; of a kind that no layer between takes for a broken line."""


@dataclass(slots=True, kw_only=True)
class Spoiler:
    """Stands before a double, and spoils some of what it says."""

    handle: Handle
    chance: Random
    share: float
    """Of the answers, how many are spoilt."""
    asked: int = 0

    def __call__(self, request: Request) -> Response:
        self.asked += 1
        if self.asked > _MOST:
            raise RoundInCirclesError
        answer = self.handle(request)
        is_spoilt = self.chance.random() < self.share
        return spoilt(answer, self.chance) if is_spoilt else answer


_XML = (("Content-Type", "text/xml;charset=utf-8"),)
_RECORDED = Path(__file__).resolve().parents[3] / "shared/fixtures/plex"


def _recorded() -> list[bytes]:
    return [file.read_bytes() for file in sorted(_RECORDED.rglob("*.xml"))]


def _all(of: Iterable[object]) -> None:
    for _ in islice(of, _MOST):
        pass


@dataclass(slots=True)
class Cases:
    """Every reader there is, on doubles that stay the same from case to case."""

    doubles: Sandbox = field(default_factory=lambda: sandbox(12, 7))
    recorded: list[bytes] = field(default_factory=_recorded)
    """Answers of real servers, where there are any here."""

    def stash(self, chance: Random) -> None:
        """Ask Stash one question."""
        spoiler = Spoiler(handle=self.doubles.stash.handle, chance=chance, share=0.8)
        adapter = InProcessAdapter(spoiler)
        client = StashClient(
            Endpoint(url="http://stash.test:9999"), Tally(), adapter=adapter
        )
        poll = partial(client.poll, since="", fresh="", after=SceneId(0), named="")
        asking: tuple[Callable[[], Any], ...] = (
            lambda: poll(jobs=[1, 2], with_files=True),
            lambda: poll(jobs=[], with_files=False),
            lambda: client.scan(since="", fresh="", after=SceneId(0)),
            lambda: client.rows(SceneId(0)),
            lambda: _all(client.read([SceneId(n) for n in range(1, 15)])),
            lambda: _all(client.entities(chance.choice((Kind.TAG, Kind.PERFORMER)))),
            client.probe,
        )
        try:
            chance.choice(asking)()
        finally:
            client.close()

    def plex(self, chance: Random) -> None:
        """Ask Plex one question, or write."""
        plex = self.doubles.plex
        session = requests.Session()
        handle = self._recalled(chance) if chance.random() < 0.3 else plex.handle
        spoiler = Spoiler(handle=handle, chance=chance, share=0.6)
        session.mount("http://", InProcessAdapter(spoiler))
        endpoint = Endpoint(
            url="http://plex.test:32400", secret=plex.model.token, verify=False
        )
        client = PlexClient(endpoint, Tally(), session=session)
        keys = [ItemKey(str(key)) for key in list(plex.model.items)[:9]]
        section = Section(
            machine="m",
            uuid="u",
            key=str(self.doubles.section),
            title="Films",
            type="movie",
            marker="",
        )
        changes = {Field.TITLE: Change(value="t"), Field.SUMMARY: Change(value="s")}
        edit = Edit(key=keys[0], section=section.key, type=1, changes=changes)
        asking: tuple[Callable[[], Any], ...] = (
            client.probe,
            client.sections,
            lambda: _all(client.listing(section, since=None)),
            lambda: _all(client.listing(section, since=5)),
            lambda: client.read(keys),
            lambda: client.write(edit),
            client.hours,
            client.streams,
            client.back_up,
            lambda: client.is_at("anything"),
        )
        chance.choice(asking)()

    def _recalled(self, chance: Random) -> Handle:
        """Answer whatever is read with what a real server once said."""

        def handle(request: Request) -> Response:
            if request.path == "/" or request.method != "GET" or not self.recorded:
                return self.doubles.plex.handle(request)
            return Response(headers=_XML, body=chance.choice(self.recorded))

        return handle

    def passes(self, chance: Random) -> None:
        """Live through some passes: what was read goes on to the ledger, and on."""
        with tempfile.TemporaryDirectory(prefix="plexsync-fuzz-") as folder:
            world = World(folder=Path(folder))
            tags = [world.stash.create_tag(name) for name in ("Night", "Silent")]
            for number in range(4):
                world.scene(f"reel-{number}", title=f"Reel {number}", tag_ids=tags)
            for wire in (world.stash_wire, world.plex_wire):
                front = wire._front
                front._handle = Spoiler(
                    handle=front._handle,
                    chance=chance,
                    share=chance.choice((0, 0.1, 0.5)),
                )
            for is_full in (False, True, False):
                world.later(3600)
                world.reconcile(is_full=is_full)
            world.source.close()


def run(cases: Cases, seed: int) -> str | None:
    """Play the case of a number; tell what came of it that is no error of ours."""
    chance = Random(seed)
    play = chance.choices((cases.stash, cases.plex, cases.passes), (45, 45, 10))[0]
    try:
        play(chance)
    except PlexsyncError:
        return None
    except (Exception, RoundInCirclesError) as error:  # noqa: BLE001 - it is what was looked for
        where = "".join(traceback.format_exception(error)[-6:])
        return f"fuzz, seed {seed}, {play.__name__}: {error!r}"[:2_000] + f"\n{where}"
    return None


def failures(seeds: Iterable[int]) -> Iterator[str | None]:
    """Play the cases of some numbers."""
    cases = Cases()
    for seed in seeds:
        yield run(cases, seed)
