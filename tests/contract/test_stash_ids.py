"""Ids: what they are taken for, and what a missing one does (facts §1.2)."""

import pytest

from tests.contract.stash_server import StashServer

BY_IDS = "query($ids: [ID!]) { findScenes(ids: $ids) { count scenes { id } } }"
FIND = "query($id: ID!) { findScene(id: $id) { id } }"
ENTITIES = ("Performer", "Tag", "Studio", "Group")
NOBODY = "987654321"


def test_ids_are_answered_in_the_order_they_were_asked_in(stash: StashServer) -> None:
    first, second, third = stash.make_scenes(3)

    found = stash.ask(BY_IDS, ids=[third, first, second])["findScenes"]

    assert [scene["id"] for scene in found["scenes"]] == [third, first, second]
    assert found["count"] == 3


def test_filter_sort_and_page_mean_nothing_beside_ids(stash: StashServer) -> None:
    first, second = stash.make_scenes(2)

    found = stash.ask(
        """query($ids: [ID!], $filter: FindFilterType, $given: SceneFilterType) {
             findScenes(ids: $ids, filter: $filter, scene_filter: $given) {
               scenes { id }
             }
           }""",
        ids=[second, first],
        filter={"per_page": 1, "page": 2, "sort": "id"},
        given={"organized": True},
    )["findScenes"]

    assert [scene["id"] for scene in found["scenes"]] == [second, first]


def test_one_missing_id_fails_the_whole_query(stash: StashServer) -> None:
    scene = stash.make("Scene")

    message, data = stash.refusal(BY_IDS, ids=[scene, NOBODY])

    assert message == f"scene with id {NOBODY} not found"
    assert data is None


def test_the_same_id_twice_fails_the_whole_query(stash: StashServer) -> None:
    scene = stash.make("Scene")

    message, data = stash.refusal(BY_IDS, ids=[scene, scene])

    since_v030 = f"validating ids: duplicate id found: {scene}"
    before = f"scene with id {scene} not found"
    assert message == (since_v030 if stash.version >= (0, 30) else before)
    assert data is None


def test_an_empty_list_of_ids_is_no_list(stash: StashServer) -> None:
    """It runs the query without a filter, and answers its first page."""
    stash.make("Scene")

    found = stash.ask(BY_IDS, ids=[])["findScenes"]

    assert found["count"] == len(stash.find())
    assert len(found["scenes"]) == min(25, found["count"])


def test_an_id_that_is_no_number_is_refused(stash: StashServer) -> None:
    message, data = stash.refusal(BY_IDS, ids=["heron"])

    assert 'strconv.Atoi: parsing "heron": invalid syntax' in message
    assert data is None


def test_numbers_may_be_given_as_scene_ids(stash: StashServer) -> None:
    scene = stash.make("Scene")

    query = "query($ids: [Int!]) { findScenes(scene_ids: $ids) { scenes { id } } }"
    found = stash.ask(query, ids=[int(scene)])["findScenes"]

    assert found["scenes"] == [{"id": scene}]


def test_a_scene_that_is_not_there_is_null_without_an_error(
    stash: StashServer,
) -> None:
    assert stash.ask(FIND, id=NOBODY) == {"findScene": None}


def test_a_scene_asked_for_by_no_number_is_null_with_an_error(
    stash: StashServer,
) -> None:
    message, data = stash.refusal(FIND, id="heron")

    assert message == 'strconv.Atoi: parsing "heron": invalid syntax'
    assert data == {"findScene": None}


@pytest.mark.parametrize("kind", ENTITIES)
def test_one_missing_entity_fails_the_whole_query(
    stash: StashServer, kind: str
) -> None:
    there = stash.make(kind)

    query = f"query($ids: [ID!]) {{ find{kind}s(ids: $ids) {{ count }} }}"
    message, data = stash.refusal(query, ids=[there, NOBODY])

    assert message == f"{kind.lower()} with id {NOBODY} not found"
    assert data is None


@pytest.mark.parametrize("kind", ENTITIES)
def test_an_entity_that_is_not_there_is_null(stash: StashServer, kind: str) -> None:
    query = f"query($id: ID!) {{ find{kind}(id: $id) {{ id }} }}"

    assert stash.ask(query, id=NOBODY) == {f"find{kind}": None}


def test_a_missing_file_fails_the_whole_query(stash: StashServer) -> None:
    stash.needs(0, 29)
    query = "query($ids: [ID!]) { findFiles(ids: $ids) { count } }"

    message, data = stash.refusal(query, ids=[NOBODY])

    assert message == f"getting file by id {NOBODY}: sql: no rows in result set"
    assert data is None


def test_the_same_file_may_be_asked_for_twice(stash: StashServer) -> None:
    """Files are the exception: a list of their ids is not looked at for doubles."""
    stash.needs(0, 29)
    file_id = stash.scene_with_file()["files"][0]["id"]

    query = "query($ids: [ID!]) { findFiles(ids: $ids) { count files { id } } }"
    found = stash.ask(query, ids=[file_id, file_id])["findFiles"]

    assert found == {"count": 2, "files": [{"id": file_id}, {"id": file_id}]}


def test_an_id_is_not_used_again(stash: StashServer) -> None:
    gone = stash.make("Scene")
    stash.destroy("Scene", gone)

    assert int(stash.make("Scene")) > int(gone)
    assert stash.ask(FIND, id=gone) == {"findScene": None}
