"""Filters by what a scene refers to, and their mistakes; filters of the rest (§1.5)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.stash_server import StashServer

RELATED = [
    ("Performer", "performers_filter", lambda made: {"performer_ids": [made]}),
    ("Tag", "tags_filter", lambda made: {"tag_ids": [made]}),
    ("Studio", "studios_filter", lambda made: {"studio_id": made}),
]


@pytest.mark.parametrize(("kind", "related", "reference"), RELATED)
def test_a_related_filter_finds_the_scenes_of_what_it_finds(
    stash: StashServer,
    kind: str,
    related: str,
    reference: Callable[[str], dict[str, Any]],
) -> None:
    name = stash.name("Marsh")
    made = stash.make(kind, name=name)
    theirs = stash.make("Scene", **reference(made))
    other = stash.make("Scene")

    given = {related: {"name": {"value": name, "modifier": "EQUALS"}}}

    assert stash.find(given, among=[theirs, other]) == [theirs]


@pytest.mark.parametrize(("kind", "related", "reference"), RELATED)
def test_a_related_filter_in_an_or_loses_scenes(
    stash: StashServer,
    kind: str,
    related: str,
    reference: Callable[[str], dict[str, Any]],
) -> None:
    """Its join holds for the whole query: who has none of the kind is never found."""
    name = stash.name("Marsh")
    theirs = stash.make("Scene", **reference(stash.make(kind, name=name)))
    without = stash.make("Scene")
    with_another = stash.make("Scene", **reference(stash.make(kind)))

    given = {
        "id": {"value": int(theirs), "modifier": "GREATER_THAN"},
        "OR": {related: {"name": {"value": name, "modifier": "EQUALS"}}},
    }
    found = stash.find(given, among=[theirs, without, with_another])

    kept = [without] if kind == "Studio" else []
    assert found == sorted([theirs, *kept, with_another], key=int)


def test_a_filter_of_groups_is_not_looked_at(stash: StashServer) -> None:
    """The server reads the field's old name, `movies_filter`, in its place."""
    name = stash.name("Marsh")
    group = stash.make("Group", name=name)
    theirs = stash.make("Scene", groups=[{"group_id": group}])
    other = stash.make("Scene")

    given = {"groups_filter": {"name": {"value": name, "modifier": "EQUALS"}}}

    assert stash.find(given, among=[theirs, other]) == [theirs, other]


def test_a_filter_of_markers_finds_every_scene_or_none(stash: StashServer) -> None:
    """Its join has no condition: one marker that meets it is everybody's."""
    marked, bare = stash.make_scenes(2)
    stash.make_marker(marked, stash.make("Tag"))

    def found(value: str) -> list[str]:
        criterion = {"updated_at": {"value": value, "modifier": "GREATER_THAN"}}
        return stash.find({"markers_filter": criterion}, among=[marked, bare])

    assert found("2000-01-01T00:00:00") == [marked, bare]
    assert found("9999-01-01T00:00:00") == []


def test_a_filter_of_files_in_an_or_loses_nothing(stash: StashServer) -> None:
    stash.needs(0, 30)
    scene = stash.scene_with_file()
    bare = stash.make("Scene")

    path = {"value": scene["files"][0]["path"], "modifier": "EQUALS"}
    given = {
        "id": {"value": int(bare), "modifier": "EQUALS"},
        "OR": {"files_filter": {"path": path}},
    }

    assert stash.find(given, among=[scene["id"], bare]) == [scene["id"], bare]


@pytest.mark.parametrize("kind", ["Performer", "Tag", "Studio", "Group"])
def test_entities_are_found_by_their_stamps(stash: StashServer, kind: str) -> None:
    made = stash.make(kind)
    stamp = stash.stamps(kind, [made])[made]
    rows = f"{kind.lower()}s"
    query = f"""query($page: FindFilterType, $given: {kind}FilterType) {{
      find{kind}s(filter: $page, {kind.lower()}_filter: $given) {{ {rows} {{ id }} }}
    }}"""

    def found(modifier: str) -> bool:
        given = {"updated_at": {"value": stamp, "modifier": modifier}}
        answer = stash.ask(query, page={"per_page": -1, "sort": "id"}, given=given)
        return {"id": made} in answer[f"find{kind}s"][rows]

    assert found("EQUALS")
    assert not found("GREATER_THAN")


def test_markers_are_found_by_their_stamps_with_their_scene(
    stash: StashServer,
) -> None:
    scene = stash.make("Scene")
    marker = stash.make_marker(scene, stash.make("Tag"))
    query = """query($given: SceneMarkerFilterType) {
      findSceneMarkers(scene_marker_filter: $given, filter: {per_page: -1}) {
        scene_markers { id scene { id } }
      }
    }"""

    given = {"updated_at": {"value": "2000-01-01T00:00", "modifier": "GREATER_THAN"}}
    found = stash.ask(query, given=given)["findSceneMarkers"]["scene_markers"]

    assert {"id": marker, "scene": {"id": scene}} in found


def test_files_and_folders_are_found_by_path(stash: StashServer) -> None:
    stash.needs(0, 29)
    file = stash.scene_with_file()["files"][0]
    folder = file["path"].removesuffix(file["basename"])[:-1]
    query = """query($file: FileFilterType, $folder: FolderFilterType) {
      findFiles(file_filter: $file) { files { id basename parent_folder { path } } }
      findFolders(folder_filter: $folder) { folders { id path } }
    }"""

    found = stash.ask(
        query,
        file={"path": {"value": file["path"], "modifier": "EQUALS"}},
        folder={"path": {"value": folder, "modifier": "EQUALS"}},
    )

    assert found["findFiles"]["files"] == [
        {
            "id": file["id"],
            "basename": file["basename"],
            "parent_folder": {"path": folder},
        }
    ]
    assert found["findFolders"]["folders"] == [
        {"id": file["parent_folder_id"], "path": folder}
    ]
