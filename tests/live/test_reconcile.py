"""A real Stash and the Plex double: what Stash says reaches Plex over HTTP.

Gives some of the real server's scenes titles and tags: use one made for the purpose.
"""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.plex import PlexClient
from reconciler.clients.stash import StashClient
from reconciler.clock import Clock
from reconciler.core.values import Field
from tests.sandbox.plex.double import PlexDouble
from tests.sandbox.plex.model import Model
from tests.world import FILMS, Outcome, World

URL = os.environ.get("PLEXSYNC_LIVE_STASH_URL", "")
KEY = os.environ.get("PLEXSYNC_LIVE_STASH_API_KEY", "")

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not URL, reason="PLEXSYNC_LIVE_STASH_URL names no Stash"),
]


def _ask(query: str, **variables: object) -> dict[str, Any]:
    headers = {"Accept": "application/json"} | ({"ApiKey": KEY} if KEY else {})
    body = {"query": query, "variables": variables}
    answer = requests.post(f"{URL}/graphql", json=body, headers=headers, timeout=30)
    document = answer.json()
    assert "errors" not in document, document
    found: dict[str, Any] = document["data"]
    return found


class Live:
    """The real Stash, a Plex double that has its files, and plexsync between them."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder=folder, mappings=())
        self.scenes = self._scenes()
        self.world.plex = PlexDouble(Model())
        paths = [file["path"] for scene in self.scenes for file in scene["files"]]
        roots = {path.split("/")[1] for path in paths}
        folders = [f"/{root}" for root in sorted(roots)]
        self.section = self.world.plex.add_section(FILMS, *folders)
        for path in paths:
            self.world.plex.scanner.add_file(path)
        self.world.plex.scanner.scan(self.section)
        self.world.clock = Clock()

    def _scenes(self) -> list[dict[str, Any]]:
        query = "{findScenes(filter:{per_page:-1}){scenes{id files{path}}}}"
        found = _ask(query)["findScenes"]["scenes"]
        return [scene for scene in found if scene["files"]]

    def reconcile(self) -> Outcome:
        return self.world.reconcile()

    def values(self, scene: dict[str, Any]) -> dict[str, Any]:
        key = self.world.plex.scanner.key_of(self.section, scene["files"][0]["path"])
        item = self.world.plex.snapshot_of(key)
        return {**item.values, **item.tags}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    live = Live(tmp_path)
    world = live.world
    token = world.plex.model.token
    with world.plex.serve() as plex:
        world.requests = Tally()
        world.source = StashClient(Endpoint(url=URL, secret=KEY), world.requests)
        world.library = PlexClient(Endpoint(url=plex.url, secret=token), world.requests)
        yield live
        world.source.close()


def _tag() -> str:
    name = f"Upland {uuid.uuid4()}"
    created = _ask("mutation($n:String!){tagCreate(input:{name:$n}){id}}", n=name)
    tag: str = created["tagCreate"]["id"]
    return tag


_UPDATE = "mutation($i:SceneUpdateInput!){sceneUpdate(input:$i){id}}"


def test_what_stash_says_reaches_plex(live: Live) -> None:
    tag = _tag()
    # each file is an item of Plex
    first, second = [one for one in live.scenes if len(one["files"]) == 1][:2]
    title = f"Upland {uuid.uuid4()}"
    change = {"id": first["id"], "title": title, "date": "2023-04-05"}
    _ask(_UPDATE, i={**change, "details": "Moor.\nHeath.", "tag_ids": [tag]})

    initial = live.reconcile()
    live.reconcile()  # where Stash has had many jobs, one poll does not see the last
    quiet = live.reconcile()

    assert initial.report.problems == ()
    assert initial.report.waiting == 0
    assert live.values(first)["title"] == title
    assert live.values(first)["originallyAvailableAt"] == "2023-04-05"
    assert live.values(first)["summary"] == "Moor.\nHeath."
    assert dict(quiet.sent) == {"stash poll": 1}

    _ask(_UPDATE, i={"id": second["id"], "title": f"{title}, too"})
    edit = live.reconcile()
    assert (edit.puts, edit.sent["stash poll"]) == (1, 1)
    assert live.values(second)["title"] == f"{title}, too"

    _ask(_UPDATE, i={"id": first["id"], "tag_ids": []})
    assert live.reconcile().puts == 1
    assert "genre" not in live.values(first)
    _ask("mutation($t:ID!){tagDestroy(input:{id:$t})}", t=tag)


def test_plan_on_a_real_stash_is_what_reconcile_does(live: Live) -> None:
    title = f"Upland {uuid.uuid4()}"
    for scene in live.scenes[:5]:
        _ask(_UPDATE, i={"id": scene["id"], "title": title})

    plan = live.world.plan()
    done = live.reconcile()

    assert plan.changes == done.changes
    assert len(plan.lines) >= len(Field) - 1
