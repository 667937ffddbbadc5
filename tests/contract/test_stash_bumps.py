"""What moves a stamp and what does not (facts §2); all of it waits for one second."""

from collections.abc import Callable

import pytest

from tests.contract.stash_server import EMERALD, StashServer

Act = Callable[[StashServer, str], object]


def _run(mutation: str, **more: object) -> Act:
    return lambda stash, scene: stash.ask(mutation, id=scene, **more)


def _bulk(stash: StashServer, scene: str) -> None:
    stash.ask(
        "mutation($ids: [ID!]) { bulkSceneUpdate(input: {ids: $ids}) { id } }",
        ids=[scene],
    )


def _merge(stash: StashServer, scene: str) -> None:
    stash.ask(
        """mutation($source: [ID!]!, $destination: ID!) {
             sceneMerge(input: {source: $source, destination: $destination}) { id }
           }""",
        source=[stash.make("Scene")],
        destination=scene,
    )


# What is done to a scene, and whether it moves the scene's stamp.
DONE_TO_A_SCENE: dict[str, tuple[Act, bool]] = {
    "update": (lambda s, i: s.update("Scene", i, details="Dusk"), True),
    "update of nothing": (lambda s, i: s.update("Scene", i), True),
    "update of a rating": (lambda s, i: s.update("Scene", i, rating100=80), True),
    "update of a cover": (lambda s, i: s.update("Scene", i, cover_image=EMERALD), True),
    "update of many": (
        _run("mutation($id: ID!) { scenesUpdate(input: [{id: $id}]) { id } }"),
        True,
    ),
    "bulk update of nothing": (_bulk, True),
    "merge into it": (_merge, True),
    "one O more": (_run("mutation($id: ID!) { sceneIncrementO(id: $id) }"), False),
    "an O": (_run("mutation($id: ID!) { sceneAddO(id: $id) { count } }"), False),
    "a play": (_run("mutation($id: ID!) { sceneAddPlay(id: $id) { count } }"), False),
    "activity": (
        _run(
            "mutation($id: ID!) {"
            " sceneSaveActivity(id: $id, resume_time: 3, playDuration: 4) }"
        ),
        False,
    ),
    "a marker": (lambda s, i: s.make_marker(i, s.make("Tag")), False),
    "nothing": (lambda _s, _i: None, False),
}
DONE_TO_AN_ENTITY = [
    f"{kind} {what}"
    for kind in ("Performer", "Tag", "Studio", "Group")
    for what in ("renamed", "destroyed")
] + ["Tag merged"]


@pytest.fixture(scope="module")
def moved(stash: StashServer) -> dict[str, bool]:
    """Do all of it in one go, and say what has moved its scene's stamp."""
    scenes = {what: stash.make("Scene") for what in DONE_TO_A_SCENE}
    entities: dict[str, str] = {}
    for what in DONE_TO_AN_ENTITY:
        kind = what.partition(" ")[0]
        entities[what] = stash.make(kind)
        scenes[what] = stash.make("Scene", **_reference(kind, entities[what]))
    before = stash.stamps("Scene", scenes.values())
    stash.advance()
    for what, (act, _) in DONE_TO_A_SCENE.items():
        act(stash, scenes[what])
    for what, entity in entities.items():
        _change_entity(stash, what, entity)
    after = stash.stamps("Scene", scenes.values())
    return {what: before[scene] != after[scene] for what, scene in scenes.items()}


def _reference(kind: str, entity: str) -> dict[str, object]:
    match kind:
        case "Group":
            return {"groups": [{"group_id": entity}]}
        case "Studio":
            return {"studio_id": entity}
        case _:
            return {f"{kind.lower()}_ids": [entity]}


def _change_entity(stash: StashServer, what: str, entity: str) -> None:
    kind, _, change = what.partition(" ")
    match change:
        case "renamed":
            stash.update(kind, entity, name=stash.name("Bittern"))
        case "destroyed":
            stash.destroy(kind, entity)
        case _:
            stash.merge_tags(entity, stash.make("Tag"))


@pytest.mark.parametrize("what", DONE_TO_A_SCENE)
def test_what_is_done_to_a_scene(moved: dict[str, bool], what: str) -> None:
    assert moved[what] == DONE_TO_A_SCENE[what][1]


@pytest.mark.parametrize("what", DONE_TO_AN_ENTITY)
def test_what_is_done_to_an_entity_does_not_move_its_scenes(
    moved: dict[str, bool],
    what: str,
) -> None:
    assert not moved[what]


@pytest.fixture(scope="module")
def entities_moved(stash: StashServer) -> dict[str, bool]:
    """Say which changes of an entity have moved the entity's own stamp."""
    made = {kind: stash.make(kind) for kind in ("Performer", "Tag", "Studio", "Group")}
    child_tag = stash.make("Tag", parent_ids=[made["Tag"]])
    child_studio = stash.make("Studio", parent_id=made["Studio"])
    swallowed, destination = stash.make("Tag"), stash.make("Tag")
    watched = {
        **{f"renamed {kind}": (kind, entity) for kind, entity in made.items()},
        "a tag below it": ("Tag", child_tag),
        "a studio below it": ("Studio", child_studio),
        "the tag merged into": ("Tag", destination),
    }

    def stamps() -> dict[str, str]:
        return {
            what: stash.stamps(kind, [entity])[entity]
            for what, (kind, entity) in watched.items()
        }

    before = stamps()
    stash.advance()
    for kind, entity in made.items():
        stash.update(kind, entity, name=stash.name("Bittern"))
    stash.merge_tags(swallowed, destination)
    after = stamps()
    return {what: before[what] != after[what] for what in watched}


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("renamed Performer", True),
        ("renamed Tag", True),
        ("renamed Studio", True),
        ("renamed Group", True),
        ("a tag below it", False),
        ("a studio below it", False),
        ("the tag merged into", False),
    ],
)
def test_an_entity_moves_its_own_stamp_only(
    entities_moved: dict[str, bool],
    what: str,
    expected: bool,  # noqa: FBT001 - from the table
) -> None:
    assert entities_moved[what] == expected


def test_a_bulk_update_gives_all_the_same_stamp(stash: StashServer) -> None:
    scenes = stash.make_scenes(3)
    stash.ask(
        "mutation($ids: [ID!]) {"
        " bulkSceneUpdate(input: {ids: $ids, organized: true}) { id } }",
        ids=scenes,
    )

    assert len(set(stash.stamps("Scene", scenes).values())) == 1
