"""What is asked is good for both schemas; what is answered becomes our values."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_client_schema, parse, validate

from reconciler.clients import stash_polls, stash_queries
from reconciler.clients.stash_polls import POLL, Asked
from reconciler.core.values import Entity, Kind, Scene, SceneFile, SceneId, SlimRow
from tests.sandbox.stash.execute import served_schema

FIXTURES = Path(__file__).parents[2].parent / "shared" / "fixtures" / "stash"
KINDS = (Kind.PERFORMER, Kind.TAG, Kind.STUDIO)
NEWER: dict[str, set[str]] = {"v0.27.2": {POLL}, "v0.30.1": set()}
"""What an older Stash refuses, and is then asked otherwise."""
SCENE: dict[str, Any] = {
    "id": "7",
    "updated_at": "2026-01-11T07:07:53+10:00",
    "title": "A title",
    "details": "Some\nlines",
    "date": "2026-01",
    "studio": {"id": "4", "name": "A studio", "parent_studio": {"id": "2"}},
    "performers": [{"id": "11", "name": "Zoe"}, {"id": "9", "name": "Adam"}],
    "tags": [
        {"id": "30", "name": "b", "parents": [{"id": "21"}, {"id": "20"}]},
        {"id": "29", "name": "c", "parents": []},
    ],
    "files": [
        {"id": "52", "path": "C:\\v\\main.mp4", "fingerprints": []},
        {"id": "51", "path": "/v/other.mp4", "fingerprints": []},
        {
            "id": "50",
            "path": "/v/third.mp4",
            "fingerprints": [
                {"type": "phash", "value": "c0ffee"},
                {"type": "oshash", "value": "beef"},
            ],
        },
    ],
}
BARE: dict[str, Any] = {
    "id": "8",
    "updated_at": "2026-01-11T07:07:53Z",
    "title": None,
    "details": "",
    "date": None,
    "studio": None,
    "performers": [],
    "tags": [],
    "files": [],
}


def schema(version: str) -> GraphQLSchema:
    path = FIXTURES / f"introspection-{version}.json"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    answer = json.loads(path.read_text())
    return build_client_schema(answer.get("data", answer))


@pytest.mark.parametrize("version", ["v0.27.2", "v0.30.1"])
def test_every_document_is_valid(version: str) -> None:
    assert faults(schema(version)) == {None} | NEWER[version]


@pytest.mark.parametrize("version", ["v0.27.2", "v0.30.1"])
def test_every_document_is_valid_to_the_double(version: str) -> None:
    """Whatever is asked of a real Stash can be tried on the double."""
    assert faults(served_schema(version.removeprefix("v"))) == {None} | NEWER[version]


def faults(known: GraphQLSchema) -> set[str | None]:
    """Return the documents that are not valid, and None for those that are."""
    return {
        document if validate(known, parse(document)) else None
        for document in (*stash_queries.DOCUMENTS, *stash_polls.DOCUMENTS)
    }


def test_documents_are_all_there_are() -> None:
    asked = {
        stash_queries.scan(since="", fresh="", after=SceneId(0)).text,
        stash_queries.several([SceneId(1)]).text,
        stash_queries.single(SceneId(1)).text,
        stash_queries.status().text,
        stash_queries.size().text,
    }
    news = Asked(since="", fresh="", after=SceneId(0), named="", jobs=())
    polled = {
        stash_polls.poll(news, with_files=True).text,
        stash_polls.poll(news, with_files=False).text,
        stash_polls.rows(SceneId(0)).text,
        *(stash_polls.entities(kind, 1).text for kind in KINDS),
    }

    assert asked == set(stash_queries.DOCUMENTS)
    assert polled == set(stash_polls.DOCUMENTS)


def test_a_document_is_parsed_once() -> None:
    first = stash_queries.status().request
    second = stash_queries.status().request

    assert first.document is second.document


def test_a_scan_and_a_reading_cost_no_count() -> None:
    for document in stash_queries.DOCUMENTS:
        assert "count" not in document.replace("scene_count", "")


def test_a_whole_scene() -> None:
    read = stash_queries.single(SceneId(7)).read

    assert read({"findScene": SCENE}) == Scene(
        id=SceneId(7),
        stamp="2026-01-11T07:07:53+10:00",
        title="A title",
        details="Some\nlines",
        date="2026-01",
        studio=Entity(kind=Kind.STUDIO, id=4, name="A studio", parents=(2,)),
        performers=(
            Entity(kind=Kind.PERFORMER, id=9, name="Adam"),
            Entity(kind=Kind.PERFORMER, id=11, name="Zoe"),
        ),
        tags=(
            Entity(kind=Kind.TAG, id=30, name="b", parents=(20, 21)),
            Entity(kind=Kind.TAG, id=29, name="c"),
        ),
        files=(
            SceneFile(id=52, path="C:\\v\\main.mp4"),
            SceneFile(
                id=50,
                path="/v/third.mp4",
                fingerprints=(("oshash", "beef"), ("phash", "c0ffee")),
            ),
            SceneFile(id=51, path="/v/other.mp4"),
        ),
    )


def test_null_is_empty() -> None:
    read = stash_queries.single(SceneId(8)).read

    expected = Scene(id=SceneId(8), stamp="2026-01-11T07:07:53Z")
    assert read({"findScene": BARE}) == expected


def test_a_scene_that_is_gone() -> None:
    assert stash_queries.single(SceneId(8)).read({"findScene": None}) is None


def test_rows_and_scenes_of_a_scan() -> None:
    rows = [{"id": "8", "updated_at": "a stamp"}]
    answer = {"changed": {"scenes": rows}, "fresh": {"scenes": [BARE]}}

    found = stash_queries.scan(since="", fresh="", after=SceneId(0)).read(answer)

    assert found.rows == (SlimRow(id=SceneId(8), stamp="a stamp"),)
    assert [scene.id for scene in found.scenes] == [8]


def test_a_report_of_a_stash_without_database() -> None:
    answer = {
        "systemStatus": {"status": "SETUP", "databaseSchema": None, "appSchema": 75},
        "version": {"version": None},
    }

    assert stash_queries.status().read(answer) == stash_queries.StashReport(
        version="", status="SETUP", database_schema=0, app_schema=75
    )


def test_no_ids_are_never_asked_for() -> None:
    with pytest.raises(ValueError, match="first 25 scenes"):
        stash_queries.several([])


@pytest.mark.parametrize(
    "node",
    [
        {**BARE, "id": None},
        {**BARE, "id": "seven"},
        {**BARE, "title": 5},
        {**BARE, "files": None},
        {k: v for k, v in BARE.items() if k != "tags"},
    ],
)
def test_what_is_not_stashs_is_not_read(node: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        stash_queries.single(SceneId(8)).read({"findScene": node})
