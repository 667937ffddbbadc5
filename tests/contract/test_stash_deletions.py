"""Deletions, merges and files: what becomes of what referred to them (facts §2)."""

from collections.abc import Callable

import pytest

from tests.contract.stash_server import StashServer


def test_a_destroyed_scene_leaves_no_trace(stash: StashServer) -> None:
    tag = stash.make("Tag")
    made, kept = stash.make_scenes(2, tag_ids=[tag])

    stash.destroy("Scene", made)

    given = {"tags_filter": {"updated_at": {"value": "", "modifier": "GREATER_THAN"}}}
    assert stash.find(given, among=[made, kept]) == [kept]


def test_many_are_destroyed_or_none(stash: StashServer) -> None:
    scenes = stash.make_scenes(2)
    query = "mutation($ids: [ID!]!) { scenesDestroy(input: {ids: $ids}) }"

    message, _ = stash.refusal(query, ids=[scenes[0], "987654321"])
    assert message == "scene with id 987654321 not found"
    assert stash.find(among=scenes) == scenes

    assert stash.ask(query, ids=scenes) == {"scenesDestroy": True}
    assert stash.find(among=scenes) == []


@pytest.mark.parametrize(
    ("kind", "refer", "field"),
    [
        ("Performer", lambda made: {"performer_ids": [made]}, "performers { id }"),
        ("Tag", lambda made: {"tag_ids": [made]}, "tags { id }"),
        (
            "Group",
            lambda made: {"groups": [{"group_id": made}]},
            "groups { scene_index }",
        ),
        ("Studio", lambda made: {"studio_id": made}, "studio { id }"),
    ],
)
def test_a_destroyed_entity_is_taken_out_of_its_scenes(
    stash: StashServer,
    kind: str,
    refer: Callable[[str], dict[str, object]],
    field: str,
) -> None:
    entity = stash.make(kind)
    made = stash.make("Scene", **refer(entity))

    stash.destroy(kind, entity)

    (told,) = stash.scene(made, field).values()
    assert not told


def test_a_studio_below_a_destroyed_one_has_none_above(stash: StashServer) -> None:
    above = stash.make("Studio")
    below = stash.make("Studio", parent_id=above)

    stash.destroy("Studio", above)

    query = "query($id: ID!) { findStudio(id: $id) { parent_studio { id } } }"
    assert stash.ask(query, id=below) == {"findStudio": {"parent_studio": None}}


def test_a_studio_is_not_its_own_ancestor(stash: StashServer) -> None:
    above = stash.make("Studio")
    below = stash.make("Studio", parent_id=above)
    query = """mutation($id: ID!, $above: ID) {
      studioUpdate(input: {id: $id, parent_id: $above}) { id }
    }"""

    said = "studio cannot be an ancestor of itself"
    assert stash.refusal(query, id=above, above=below)[0] == said


def test_tags_have_parents_and_children(stash: StashServer) -> None:
    above = stash.make("Tag")
    below = stash.make("Tag", parent_ids=[above])
    query = "query($id: ID!) { findTag(id: $id) { parents { id } children { id } } }"

    told = stash.ask(query, id=above)["findTag"]
    assert told == {"parents": [], "children": [{"id": below}]}

    stash.update("Tag", above, child_ids=[])
    assert stash.ask(query, id=below)["findTag"]["parents"] == []


def test_the_tag_of_a_marker_cannot_be_destroyed(stash: StashServer) -> None:
    tag, scene = stash.make("Tag"), stash.make("Scene")
    marker = stash.make_marker(scene, tag)
    query = "mutation($id: ID!) { tagDestroy(input: {id: $id}) }"

    message, _ = stash.refusal(query, id=tag)

    assert message == "cannot delete tag used as a primary tag in scene markers"
    stash.ask("mutation($id: ID!) { sceneMarkerDestroy(id: $id) }", id=marker)
    assert stash.ask(query, id=tag) == {"tagDestroy": True}


def test_a_merged_tag_lives_on_as_an_alias(stash: StashServer) -> None:
    name = stash.name("Wader")
    source, destination = stash.make("Tag", name=name), stash.make("Tag")
    scenes = [
        stash.make("Scene", tag_ids=[source]),
        stash.make("Scene", tag_ids=[source, destination]),
    ]

    stash.merge("Tag", [source], destination)

    for scene in scenes:
        assert stash.scene(scene, "tags { id }") == {"tags": [{"id": destination}]}
    query = "query($id: ID!) { findTag(id: $id) { aliases } }"
    assert stash.ask(query, id=destination)["findTag"]["aliases"] == [name]
    assert stash.ask(query, id=source)["findTag"] is None


def test_merged_performers_leave_their_scenes_and_tags_to_one(
    stash: StashServer,
) -> None:
    """All else of it stays as it was, and the answer is from before."""
    stash.needs(0, 30, 1, 19)
    tags = [stash.make("Tag"), stash.make("Tag")]
    name = stash.name("Wader")
    destination = stash.make("Performer", name=name, tag_ids=tags[:1], country="NO")
    source = stash.make("Performer", tag_ids=tags, country="SE", details="Calm")
    scenes = [
        stash.make("Scene", performer_ids=[source]),
        stash.make("Scene", performer_ids=[source, destination]),
    ]
    query = """mutation($input: PerformerMergeInput!) {
      performerMerge(input: $input) { id name }
    }"""

    given = {"source": [source], "destination": destination}
    values = {"id": destination, "name": stash.name("Stilt")}
    told = stash.ask(query, input={**given, "values": values})["performerMerge"]

    assert told == {"id": destination, "name": name}
    query = "query($id: ID!) { findPerformer(id: $id) { %s } }"
    fields = "name country details tags { id }"
    after = stash.ask(query % fields, id=destination)["findPerformer"]
    assert (after["name"], after["country"]) == (values["name"], "NO")
    assert not after["details"]
    assert {tag["id"] for tag in after["tags"]} == set(tags)
    for scene in scenes:
        one = {"performers": [{"id": destination}]}
        assert stash.scene(scene, "performers { id }") == one
    assert stash.ask(query % "id", id=source) == {"findPerformer": None}


def test_a_performer_is_not_merged_into_itself(stash: StashServer) -> None:
    stash.needs(0, 30, 1, 19)
    made = stash.make("Performer")
    query = """mutation($input: PerformerMergeInput!) {
      performerMerge(input: $input) { id }
    }"""

    message, _ = stash.refusal(query, input={"source": [made], "destination": made})

    assert message == "destination performer cannot be in source list"


MERGE = """
mutation($source: [ID!]!, $destination: ID!, $values: SceneUpdateInput) {
  sceneMerge(
    input: {source: $source, destination: $destination, values: $values}
  ) { id details }
}
"""


def test_merged_scenes_vanish_with_their_values(stash: StashServer) -> None:
    """Only markers and files go over; anything else has to be given."""
    tag = stash.make("Tag")
    source = stash.make("Scene", details="Gale", tag_ids=[tag])
    destination = stash.make("Scene", details="Calm")
    marker = stash.make_marker(source, tag)

    values = {"id": destination, "director": "A. Brook"}
    merged = stash.ask(MERGE, source=[source], destination=destination, values=values)

    assert merged["sceneMerge"] == {"id": destination, "details": "Calm"}
    told = stash.scene(destination, "director tags { id } scene_markers { id }")
    assert told == {
        "director": "A. Brook",
        "tags": [],
        "scene_markers": [{"id": marker}],
    }
    assert stash.find(among=[source]) == []


def test_a_scene_is_not_merged_into_itself(stash: StashServer) -> None:
    made = stash.make("Scene")

    message, data = stash.refusal(MERGE, source=[made], destination=made)

    assert message == "destination scene cannot be in source list"
    assert data == {"sceneMerge": None}


def test_a_primary_file_stays_where_it_is(stash: StashServer) -> None:
    """It can neither be given away nor deleted."""
    file_id = stash.scene_with_file()["files"][0]["id"]
    made = stash.make("Scene")
    assign = """mutation($scene: ID!, $file: ID!) {
      sceneAssignFile(input: {scene_id: $scene, file_id: $file})
    }"""

    said = "assigning file to scene: cannot reassign primary file"
    assert stash.refusal(assign, scene=made, file=file_id) == (said, None)
    delete = "mutation($ids: [ID!]!) { deleteFiles(ids: $ids) }"
    assert stash.refusal(delete, ids=[file_id])[0].startswith("cannot delete primary")


def test_a_file_that_is_given_away_moves_no_stamp(stash: StashServer) -> None:
    owner = stash.scene_with_file(files=2)
    file_id = owner["files"][1]["id"]
    made = stash.make("Scene")
    before = stash.stamps("Scene", [owner["id"], made])
    assign = """mutation($scene: ID!, $file: ID!) {
      sceneAssignFile(input: {scene_id: $scene, file_id: $file})
    }"""
    stash.advance()

    stash.ask(assign, scene=made, file=file_id)
    try:
        assert stash.scene(made, "files { id }") == {"files": [{"id": file_id}]}
        assert stash.stamps("Scene", before) == before
    finally:
        # Only a file without a scene can be given back.
        stash.destroy("Scene", made)
        stash.ask(assign, scene=owner["id"], file=file_id)
    files = stash.scene(owner["id"], "files { id }")["files"]
    assert [file["id"] for file in files] == [file["id"] for file in owner["files"]]


def test_a_moved_file_moves_its_own_stamp_and_not_its_scenes(
    stash: StashServer,
) -> None:
    scene = stash.scene_with_file()
    file = scene["files"][0]
    move = """mutation($ids: [ID!]!, $folder: ID!, $name: String!) {
      moveFiles(input: {
        ids: $ids, destination_folder_id: $folder, destination_basename: $name
      })
    }"""
    name = f"{stash.name('moved')}.{file['basename'].rpartition('.')[2]}"
    there = {"ids": [file["id"]], "folder": file["parent_folder_id"]}
    stash.advance()

    stash.ask(move, **there, name=name)
    try:
        fields = "updated_at files { id basename updated_at }"
        after = stash.scene(scene["id"], fields)
    finally:
        stash.ask(move, **there, name=file["basename"])

    moved = after["files"][0]
    assert (moved["id"], moved["basename"]) == (file["id"], name)
    assert after["updated_at"] == scene["updated_at"]
    assert moved["updated_at"] != file["updated_at"]


def test_a_file_moves_to_somewhere(stash: StashServer) -> None:
    file_id = stash.scene_with_file()["files"][0]["id"]
    query = "mutation($ids: [ID!]!) { moveFiles(input: {ids: $ids}) }"

    said = "must specify destination folder or path"
    assert stash.refusal(query, ids=[file_id])[0] == said
