"""Files: what is done to them, and what the list of all files tells (facts §2, §6)."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.contract.stash_server import StashServer, unfolded

Act = Callable[[StashServer, "Filed"], object]
FILES = """query($filter: FindFilterType, $given: FileFilterType) {
  findFiles(filter: $filter, file_filter: $given) {
    count files { id path updated_at }
  }
}"""
MOVE = """mutation($ids: [ID!]!, $folder: ID!, $name: String!) {
  moveFiles(input: {
    ids: $ids, destination_folder_id: $folder, destination_basename: $name
  })
}"""
SET = """mutation($id: ID!, $value: String) {
  fileSetFingerprints(
    input: {id: $id, fingerprints: [{type: "phash", value: $value}]}
  )
}"""
PHASH = 'fingerprint(type: "phash")'


@dataclass(frozen=True)
class Filed:
    """A scene of the library, and its primary file."""

    scene: str
    file: dict[str, Any]

    @property
    def folder(self) -> str:
        path, basename = str(self.file["path"]), str(self.file["basename"])
        return path.removesuffix(basename)[:-1]


@pytest.fixture
def filed(stash: StashServer) -> Filed:
    scene = stash.scene_with_file()
    return Filed(scene["id"], scene["files"][0])


@contextmanager
def renamed(stash: StashServer, file: dict[str, Any]) -> Iterator[str]:
    """Give the file another name for a while."""
    name = f"{stash.name('moved')}.{file['basename'].rpartition('.')[2]}"
    there = {"ids": [file["id"]], "folder": file["parent_folder_id"]}
    stash.ask(MOVE, **there, name=name)
    try:
        yield name
    finally:
        stash.ask(MOVE, **there, name=file["basename"])


def listed(stash: StashServer, given: object = None, **page: object) -> dict[str, Any]:
    page = {"per_page": -1, "sort": "id", **page}
    found: dict[str, Any] = stash.ask(FILES, filter=page, given=given)["findFiles"]
    return found


def above(stamp: str) -> dict[str, object]:
    return {"updated_at": {"value": stamp, "modifier": "GREATER_THAN"}}


def _scan(stash: StashServer, filed: Filed) -> None:
    stash.wait(stash.run("metadataScan", paths=[filed.file["path"]]))


def _rescan(stash: StashServer, filed: Filed) -> None:
    stash.wait(stash.run("metadataScan", paths=[filed.file["path"]], rescan=True))


def _clean(stash: StashServer, filed: Filed) -> None:
    stash.wait(stash.run("metadataClean", paths=[filed.file["path"]], dryRun=True))


def _fingerprint(stash: StashServer, filed: Filed) -> None:
    known = stash.scene(filed.scene, f"files {{ {PHASH} }}")["files"][0]["fingerprint"]
    stash.ask(SET, id=filed.file["id"], value="00ff")
    assert _phash(stash, filed) == "ff"
    stash.ask(SET, id=filed.file["id"], value=None)
    assert _phash(stash, filed) is None
    if known:
        stash.ask(SET, id=filed.file["id"], value=known)


def _phash(stash: StashServer, filed: Filed) -> object:
    return stash.scene(filed.scene, f"files {{ {PHASH} }}")["files"][0]["fingerprint"]


def _generate_phash(stash: StashServer, filed: Filed) -> None:
    given = {"phashes": True, "overwrite": True, "sceneIDs": [filed.scene]}
    stash.wait(stash.run("metadataGenerate", **given))
    assert _phash(stash, filed)


def _generate_cover(stash: StashServer, filed: Filed) -> None:
    """Let a cover be made of the video, and put back what was there, if anything."""
    address = f"/scene/{filed.scene}/screenshot"
    before = stash.request("GET", address)
    query = "mutation($id: ID!) { sceneGenerateScreenshot(id: $id) }"
    last = stash.run("metadataClean", paths=["/nowhere"], dryRun=True)
    stash.ask(query, id=filed.scene)
    assert stash.wait(str(int(last) + 1)) == "FINISHED"
    if (kind := unfolded(before)) != "image/svg+xml":
        cover = f"data:{kind};base64,{base64.b64encode(before.content).decode()}"
        stash.update("Scene", filed.scene, cover_image=cover)


def _auto_tag(stash: StashServer, filed: Filed) -> None:
    """Let a performer be found in the name of the file."""
    name = filed.file["basename"].rpartition(".")[0]
    performer = stash.make("Performer", name=name)
    given = {"paths": [filed.folder], "performers": [performer]}
    stash.wait(stash.run("metadataAutoTag", **given))
    told = stash.scene(filed.scene, "performers { id }")["performers"]
    stash.destroy("Performer", performer)
    assert {"id": performer} in told


def _auto_tag_nothing(stash: StashServer, filed: Filed) -> None:
    given = {"paths": [filed.folder], "performers": [stash.make("Performer")]}
    stash.wait(stash.run("metadataAutoTag", **given))


def _identify(stash: StashServer, filed: Filed) -> None:
    """Let a performer be found in the name of the file, as a source of data."""
    name = filed.file["basename"].rpartition(".")[0]
    performer = stash.make("Performer", name=name)
    _ask_the_name(stash, filed)
    told = stash.scene(filed.scene, "performers { id }")["performers"]
    stash.destroy("Performer", performer)
    assert {"id": performer} in told


def _ask_the_name(stash: StashServer, filed: Filed) -> None:
    source = {"source": {"scraper_id": "builtin_autotag"}}
    given = {"sources": [source], "sceneIDs": [filed.scene]}
    assert stash.wait(stash.run("metadataIdentify", **given)) == "FINISHED"


def _generate_sprites(stash: StashServer, filed: Filed) -> None:
    given = {"sprites": True, "overwrite": True, "sceneIDs": [filed.scene]}
    stash.wait(stash.run("metadataGenerate", **given))


def _take_for_a_new_scene(stash: StashServer, filed: Filed) -> None:
    """Give the second file to a new scene, and back."""
    second = stash.scene_with_file(files=2)["files"][1]["id"]
    made = stash.make("Scene", file_ids=[second])
    stash.destroy("Scene", made)
    _assign(stash, filed.scene, second)


def _make_another_primary(stash: StashServer, filed: Filed) -> None:
    files = stash.scene_with_file(files=2)["files"]
    for file in (files[1], files[0]):
        stash.update("Scene", filed.scene, primary_file_id=file["id"])


def _assign(stash: StashServer, scene: str, file: str) -> None:
    query = """mutation($scene: ID!, $file: ID!) {
      sceneAssignFile(input: {scene_id: $scene, file_id: $file})
    }"""
    stash.ask(query, scene=scene, file=file)


# What is done, and whether it moves the stamp of the scene, and of its file.
DONE: dict[str, tuple[Act, bool, bool]] = {
    "a scan": (_scan, False, False),
    "a scan that reads it anew": (_rescan, False, True),
    "a clean that only looks": (_clean, False, False),
    "a fingerprint": (_fingerprint, False, False),
    "a phash": (_generate_phash, False, False),
    "a cover": (_generate_cover, True, False),
    "a performer found in its name": (_auto_tag, True, False),
    "no performer found in its name": (_auto_tag_nothing, False, False),
    "what a source says of it": (_identify, True, False),
    "a source that says nothing of it": (_ask_the_name, False, False),
    "sprites": (_generate_sprites, False, False),
    "its second file in another scene": (_take_for_a_new_scene, False, False),
    "another primary file": (_make_another_primary, True, False),
}


@pytest.mark.parametrize("what", DONE)
def test_what_is_done_to_a_scene_with_a_file(
    stash: StashServer, filed: Filed, what: str
) -> None:
    act, moves_scene, moves_file = DONE[what]
    if what in {"its second file in another scene", "another primary file"}:
        scene = stash.scene_with_file(files=2)
        filed = Filed(scene["id"], scene["files"][0])
    fields = "updated_at files { id path updated_at }"
    before = stash.scene(filed.scene, fields)
    stash.advance()

    act(stash, filed)

    after = stash.scene(filed.scene, fields)
    assert [file["id"] for file in after["files"]] == [
        file["id"] for file in before["files"]
    ]
    assert (after["updated_at"] != before["updated_at"]) == moves_scene
    moved = after["files"][0]["updated_at"] != before["files"][0]["updated_at"]
    assert moved == moves_file


def test_an_import_writes_the_stamp_that_it_reads(stash: StashServer) -> None:
    """However old: the count and the tip tell of it, and no stamp."""
    title = stash.name("Whimbrel")
    told = {
        "title": title,
        "created_at": "2019-05-01T12:00:00Z",
        "updated_at": "2019-05-02T12:00:00Z",
    }
    archive = BytesIO()
    with ZipFile(archive, "w") as content:
        content.writestr("scenes/whimbrel.json", json.dumps(told))
    query = """mutation($file: Upload!) {
      importObjects(
        input: {file: $file, duplicateBehaviour: FAIL, missingRefBehaviour: FAIL}
      )
    }"""
    operation = {"query": query, "variables": {"file": None}}

    answer = stash.request(
        "POST",
        "/graphql",
        data={
            "operations": json.dumps(operation),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": ("objects.zip", archive.getvalue(), "application/zip")},
    )

    stash.wait(answer.json()["data"]["importObjects"])
    named = {"title": {"value": title, "modifier": "EQUALS"}}
    (made,) = stash.find(named)
    stash.remember("Scene", made)
    scene = stash.scene(made, "updated_at created_at")
    assert scene["updated_at"].startswith("2019-05-02T")
    assert scene["created_at"].startswith("2019-05-01T")
    assert made not in stash.find(above("2019-05-03"))
    assert made == max(stash.find(), key=int)


# The list of all files.


def test_all_files_are_listed_by_id_and_counted(
    stash: StashServer, filed: Filed
) -> None:
    stash.needs(0, 29)

    up, down = listed(stash), listed(stash, direction="DESC")

    ids = [int(file["id"]) for file in up["files"]]
    assert ids == sorted(set(ids))
    assert up["files"] == down["files"][::-1]
    assert up["count"] == down["count"] == len(ids)
    told = {file["id"]: file["path"] for file in up["files"]}
    assert told[filed.file["id"]] == filed.file["path"]


def test_the_count_of_files_is_of_all_pages(stash: StashServer, filed: Filed) -> None:
    stash.needs(0, 29)
    everything = listed(stash)

    last = listed(stash, per_page=1, direction="DESC")

    assert last["files"] == everything["files"][-1:]
    assert last["count"] == everything["count"]
    assert listed(stash, per_page=0) == {"count": everything["count"], "files": []}
    beyond = listed(stash, per_page=25, page=9999)
    assert beyond == {"count": everything["count"], "files": []}


@pytest.mark.parametrize("sort", ["created_at", "id", "path", "updated_at"])
def test_files_have_their_own_sorts(stash: StashServer, sort: str) -> None:
    stash.needs(0, 29)

    assert listed(stash, sort=sort)["count"] == listed(stash)["count"]


@pytest.mark.parametrize("sort", ["mod_time", "size", "name", "id; drop table"])
def test_files_take_no_other_sorts(stash: StashServer, sort: str) -> None:
    stash.needs(0, 29)

    message, _ = stash.refusal(FILES, filter={"sort": sort})

    assert message == f"invalid sort: {sort}"


def test_files_take_an_empty_sort_for_none(stash: StashServer) -> None:
    stash.needs(0, 29)

    assert listed(stash, sort="")["count"] == listed(stash)["count"]


def test_the_stamp_of_a_file_compares_as_text(stash: StashServer, filed: Filed) -> None:
    stash.needs(0, 29)
    id_, stamp = filed.file["id"], filed.file["updated_at"]

    def found(text: str) -> bool:
        return id_ in {file["id"] for file in listed(stash, above(text))["files"]}

    assert found("")
    assert found("9999")
    assert found(stamp[:19])
    assert not found(stamp)
    assert not found("9999-01-01")


def test_a_moved_file_is_found_by_its_stamp_and_counted_as_before(
    stash: StashServer, filed: Filed
) -> None:
    stash.needs(0, 29)
    everything = listed(stash)
    newest = max(file["updated_at"] for file in everything["files"])
    stash.advance()

    with renamed(stash, filed.file) as name:
        news = listed(stash, above(newest))
        after = listed(stash)

    assert [file["id"] for file in news["files"]] == [filed.file["id"]]
    assert news["files"][0]["path"].endswith(name)
    assert news["count"] == 1
    assert after["count"] == everything["count"]


def test_a_file_without_a_scene_stays_in_the_list(stash: StashServer) -> None:
    """A scene that goes leaves its files, and their count does not tell of it."""
    stash.needs(0, 29)
    owner = stash.scene_with_file(files=2)
    file_id = owner["files"][1]["id"]
    made = stash.make("Scene", file_ids=[file_id])
    before = listed(stash)

    stash.destroy("Scene", made)
    try:
        assert listed(stash) == before
        assert stash.find(among=[made]) == []
    finally:
        _assign(stash, owner["id"], file_id)
