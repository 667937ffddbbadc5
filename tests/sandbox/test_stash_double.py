"""The double's own: its states, versions and liberties, and its speed.

What it has in common with a real Stash is in tests/contract.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import requests

from tests.sandbox.stash.http import StashDouble
from tests.sandbox.stash.model import Settings, StashModel, Status
from tests.sandbox.wire import Request, Response

NO_DATABASE = (
    "Internal system error."
    " Error <runtime error: invalid memory address or nil pointer dereference>"
)
SCENES = '{ findScenes(filter: {per_page: -1, sort: "id"}) { scenes { id } } }'


def double(**settings: Any) -> StashDouble:  # noqa: ANN401 - any of the settings
    return StashDouble(StashModel(settings=Settings(**settings)))


def post(
    stash: StashDouble, query: str, *, path: str = "/graphql", **headers: str
) -> Response:
    sent = {"Content-Type": "application/json", "Accept": "application/json"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"query": query}).encode()
    return stash.handle(Request.to("POST", path, {**sent, **named}, body))


def ask(stash: StashDouble, query: str) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = json.loads(post(stash, query).body)
    return answer


@pytest.mark.parametrize("status", [Status.SETUP, Status.NEEDS_MIGRATION])
@pytest.mark.parametrize(
    "query",
    [SCENES, "{ stats { scene_count } }", "{ findTags { count } }"],
)
def test_without_a_database_queries_fail_with_status_200(
    status: Status, query: str
) -> None:
    response = post(double(status=status), query)
    answer = json.loads(response.body)

    assert response.status == 200
    assert answer["data"] is None
    assert [error["message"] for error in answer["errors"]] == [NO_DATABASE]


def test_without_a_database_nothing_is_made() -> None:
    stash = double(status=Status.SETUP)

    answer = ask(stash, 'mutation { tagCreate(input: {name: "Reef"}) { id } }')

    assert answer["errors"][0]["message"] == NO_DATABASE
    assert not stash.model.tags


@pytest.mark.parametrize("status", Status)
def test_without_a_database_it_still_says_what_it_is(status: Status) -> None:
    query = "{ systemStatus { status appSchema databaseSchema } version { hash } }"

    told = ask(double(status=status), query)["data"]

    behind = {Status.OK: 75, Status.NEEDS_MIGRATION: 74, Status.SETUP: 0}
    assert told["systemStatus"] == {
        "status": status.value,
        "appSchema": 75,
        "databaseSchema": behind[status],
    }
    assert told["version"]["hash"]


def test_without_a_database_a_picture_is_a_failure() -> None:
    response = double(status=Status.SETUP).handle(
        Request.to("GET", "/scene/1/screenshot")
    )

    assert (response.status, response.body) == (500, b"")


def test_a_server_that_is_set_up_answers() -> None:
    stash = double(status=Status.SETUP)
    stash.model.settings.status = Status.OK

    assert ask(stash, SCENES) == {"data": {"findScenes": {"scenes": []}}}


@pytest.mark.parametrize(
    "query",
    [
        "{ findFiles { count } }",
        "{ findFolders { count } }",
        "{ findScenes(scene_filter: {files_filter: {}}) { count } }",
        "{ findTags { tags { sort_name } } }",
        "{ findStudios { studios { urls } } }",
        "{ findScenes { scenes { files { parent_folder { path } } } } }",
    ],
)
def test_an_older_server_rejects_what_came_later(query: str) -> None:
    older = StashDouble(StashModel(version="0.27.2"))
    newer = StashDouble(StashModel())

    assert post(newer, query).status == 200
    assert post(older, query).status == 422
    assert post(older, query, Accept="*/*").status == 422
    told = ask(older, query)["errors"][0]["extensions"]
    assert told == {"code": "GRAPHQL_VALIDATION_FAILED"}


def test_an_older_server_takes_whole_dates_only() -> None:
    older = StashDouble(StashModel(version="0.27.2"))
    query = 'mutation { sceneCreate(input: {title: "Fog", date: "1922"}) { id } }'

    assert "converting date" in ask(older, query)["errors"][0]["message"]


def test_a_client_that_follows_gets_the_login_page_for_an_answer() -> None:
    """And it is no JSON, although the status is 200."""
    with StashDouble(StashModel(settings=Settings(api_key="secret"))).serve() as server:
        answer = requests.get(f"{server.url}/graphql/", timeout=5)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<form" in answer.text


def test_addresses_may_lead_elsewhere() -> None:
    """A proxy's prefix, or a name that was set for people outside."""
    stash = double()
    stash.model.create_scene(title="Heron")
    query = '{ findScene(id: "1") { paths { screenshot } } }'

    def address(**headers: str) -> str:
        answer = json.loads(post(stash, query, **headers).body)
        told: str = answer["data"]["findScene"]["paths"]["screenshot"]
        return told.partition("/scene")[0]

    assert address(Host="nas:9999") == "http://nas:9999"
    forwarded = {"X_Forwarded_Proto": "https", "X_Forwarded_Prefix": "/stash"}
    assert address(Host="nas", **forwarded) == "https://nas/stash"
    stash.model.settings.external_host = "https://films.example"
    assert address(Host="nas:9999") == "https://films.example"


def test_requests_are_counted_by_kind() -> None:
    with double().serve() as server:
        for path in (
            "/graphql?query={version{hash}}",
            "/scene/1/screenshot",
            "/healthz",
        ):
            requests.get(f"{server.url}{path}", timeout=5)

        assert server.counts == {"graphql": 1, "image": 1, "other": 1}


@pytest.fixture
def tied() -> StashDouble:
    """Twelve scenes that sort alike in everything."""
    stash = double()
    for _ in range(12):
        stash.model.create_scene(title="Wave")
    return stash


def paged(stash: StashDouble, sort: str) -> list[str]:
    """Return what one gets who reads page after page."""
    seen: list[str] = []
    for page in range(1, 5):
        given = f'{{sort: "{sort}", per_page: 3, page: {page}}}'
        answer = ask(stash, f"{{ findScenes(filter: {given}) {{ scenes {{ id }} }} }}")
        seen += [scene["id"] for scene in answer["data"]["findScenes"]["scenes"]]
    return seen


def test_what_sorts_alike_is_not_in_the_order_of_ids(tied: StashDouble) -> None:
    seen = paged(tied, "updated_at")

    assert sorted(seen, key=int) != seen
    assert len(set(seen)) == 12


def test_what_sorts_alike_may_change_places_between_pages(tied: StashDouble) -> None:
    """A total order is the only safe one."""
    tied.model.settings.unstable_ties = True

    assert len(set(paged(tied, "updated_at"))) < 12
    assert len(set(paged(tied, "id"))) == 12


def test_performers_are_not_in_the_order_of_ids() -> None:
    stash = double()
    performers = tuple(stash.model.create_performer(f"Player {n}") for n in range(8))
    stash.model.create_scene(title="Choir", performer_ids=performers)

    query = '{ findScene(id: "1") { performers { id } } }'
    told = ask(stash, query)["data"]["findScene"]["performers"]

    ids = [int(each["id"]) for each in told]
    assert ids != sorted(ids)
    assert sorted(ids) == list(performers)


def test_a_slow_update_is_seen_when_it_is_due() -> None:
    now = [1_795_300_000.0]
    stash = StashDouble(StashModel(clock=lambda: now[0]))
    stash.model.create_scene(title="Heron")
    stash.model.slow(30, lambda: stash.model.update_scene(1, title="Egret"))
    query = '{ findScene(id: "1") { title } }'

    assert ask(stash, query)["data"]["findScene"]["title"] == "Heron"
    now[0] += 30
    assert ask(stash, query)["data"]["findScene"]["title"] == "Egret"


def test_a_row_of_another_make_is_told_otherwise_than_it_compares() -> None:
    """A tool that writes `YYYY-MM-DD hh:mm:ss` leaves what no filter of today finds."""
    stash = double()
    stash.model.create_scene(title="Heron")
    old = replace(stash.model.scenes[1], updated_at="2026-11-22 17:04:36")
    with stash.model.writing():
        stash.model.scenes.put(old)

    told = ask(stash, '{ findScene(id: "1") { updated_at } }')["data"]["findScene"]
    after = '{updated_at: {value: "2026-11-22T00:00", modifier: GREATER_THAN}}'
    found = ask(stash, f"{{ findScenes(scene_filter: {after}) {{ count }} }}")

    assert told["updated_at"] == "2026-11-22T17:04:36Z"
    assert found["data"]["findScenes"]["count"] == 0


FULL = """
{
  findScenes(filter: {per_page: 1000, sort: "id"}) {
    scenes {
      id title code details director date rating100 organized urls updated_at
      studio { id name }
      performers { id name alias_list }
      tags { id name }
      groups { group { id name } scene_index }
      files { id path basename fingerprints { type value } }
    }
  }
}
"""


def test_a_thousand_full_scenes_are_told_in_seconds() -> None:
    stash = double()
    model = stash.model
    performers = tuple(model.create_performer(f"Player {n}") for n in range(4))
    tags = tuple(model.create_tag(f"Reef {n}") for n in range(5))
    for number in range(1000):
        scene = model.scan_new_file(f"/data/films/part-{number}.mp4")
        model.update_scene(scene, performer_ids=performers, tag_ids=tags)
    ask(stash, FULL)  # once for the schema and the document

    started = time.process_time()  # others may be at work here
    answer = ask(stash, FULL)

    assert len(answer["data"]["findScenes"]["scenes"]) == 1000
    assert time.process_time() - started < 5  # a third of a second
