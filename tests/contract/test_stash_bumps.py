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
    stash.merge("Scene", [stash.make("Scene")], scene)


def _set(**given: object) -> Act:
    return lambda stash, scene: stash.update("Scene", scene, **given)


def _refer(kind: str) -> Act:
    return lambda stash, scene: stash.update(
        "Scene", scene, **_reference(kind, stash.make(kind))
    )


def _marked(mutation: str) -> Act:
    """Do something to a marker that the scene has had for a while."""

    def act(stash: StashServer, scene: str) -> None:
        (marker,) = stash.scene(scene, "scene_markers { id }")["scene_markers"]
        stash.ask(mutation, id=marker["id"])

    return act


def _in_gallery(act: Callable[[StashServer, str, str], object]) -> Act:
    """Do something to a gallery that the scene has been in for a while."""
    return lambda stash, scene: act(
        stash, stash.scene(scene, "galleries { id }")["galleries"][0]["id"], scene
    )


# What is done to a scene, and whether it moves the scene's stamp.
DONE_TO_A_SCENE: dict[str, tuple[Act, bool]] = {
    "update": (_set(details="Dusk"), True),
    "update of nothing": (_set(), True),
    "update of a rating": (_set(rating100=80), True),
    "update of whether it is organised": (_set(organized=True), True),
    "update of a cover": (_set(cover_image=EMERALD), True),
    "another studio": (_refer("Studio"), True),
    "other tags": (_refer("Tag"), True),
    "other performers": (_refer("Performer"), True),
    "other groups": (_refer("Group"), True),
    "other galleries": (_refer("Gallery"), True),
    "update of many": (
        _run("mutation($id: ID!) { scenesUpdate(input: [{id: $id}]) { id } }"),
        True,
    ),
    "bulk update of nothing": (_bulk, True),
    "merge into it": (_merge, True),
    "one O more": (_run("mutation($id: ID!) { sceneIncrementO(id: $id) }"), False),
    "one O less": (_run("mutation($id: ID!) { sceneDecrementO(id: $id) }"), False),
    "an O": (_run("mutation($id: ID!) { sceneAddO(id: $id) { count } }"), False),
    "an O taken out": (
        _run("mutation($id: ID!) { sceneDeleteO(id: $id) { count } }"),
        False,
    ),
    "no O": (_run("mutation($id: ID!) { sceneResetO(id: $id) }"), False),
    "a play": (_run("mutation($id: ID!) { sceneAddPlay(id: $id) { count } }"), False),
    "a play more": (
        _run("mutation($id: ID!) { sceneIncrementPlayCount(id: $id) }"),
        False,
    ),
    "a play taken out": (
        _run("mutation($id: ID!) { sceneDeletePlay(id: $id) { count } }"),
        False,
    ),
    "no plays": (_run("mutation($id: ID!) { sceneResetPlayCount(id: $id) }"), False),
    "activity": (
        _run(
            "mutation($id: ID!) {"
            " sceneSaveActivity(id: $id, resume_time: 3, playDuration: 4) }"
        ),
        False,
    ),
    "no activity": (
        _run("mutation($id: ID!) { sceneResetActivity(id: $id, reset_resume: true) }"),
        False,
    ),
    "a marker": (lambda s, i: s.make_marker(i, s.make("Tag")), False),
    "another marker": (
        _marked(
            "mutation($id: ID!) {"
            ' sceneMarkerUpdate(input: {id: $id, title: "Last light"}) { id } }'
        ),
        False,
    ),
    "a marker gone": (
        _marked("mutation($id: ID!) { sceneMarkerDestroy(id: $id) }"),
        False,
    ),
    "into a gallery": (
        lambda s, i: s.update("Gallery", s.make("Gallery"), scene_ids=[i]),
        False,
    ),
    "out of a gallery": (
        _in_gallery(lambda s, g, _: s.update("Gallery", g, scene_ids=[])),
        False,
    ),
    "a gallery renamed": (
        _in_gallery(lambda s, g, _: s.update("Gallery", g, title=s.name("Tern"))),
        False,
    ),
    "a gallery destroyed": (
        _in_gallery(lambda s, g, _: s.destroy("Gallery", g)),
        False,
    ),
    "nothing": (lambda _s, _i: None, False),
}
HAS_A_MARKER = ("another marker", "a marker gone")
HAS_A_GALLERY = ("out of a gallery", "a gallery renamed", "a gallery destroyed")
KINDS = ("Performer", "Tag", "Studio", "Group")
DONE_TO_AN_ENTITY: dict[str, tuple[int, ...]] = {
    **{
        f"{kind} {what}": (0,)
        for kind in KINDS
        for what in ("renamed", "updated with others", "destroyed")
    },
    "Studio updated with others": (0, 30),
    "Tag merged": (0,),
    "Performer merged": (0, 30, 1, 19),
}
"""And the version that could do it first."""


@pytest.fixture(scope="module")
def moved(stash: StashServer) -> dict[str, bool]:
    """Do all of it in one go, and say what has moved its scene's stamp."""
    scenes = {what: stash.make("Scene") for what in DONE_TO_A_SCENE}
    for what in HAS_A_MARKER:
        stash.make_marker(scenes[what], stash.make("Tag"))
    for what in HAS_A_GALLERY:
        stash.make("Gallery", scene_ids=[scenes[what]])
    entities: dict[str, str] = {}
    for what, version in DONE_TO_AN_ENTITY.items():
        if stash.version >= version:
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
        case "updated with others":
            _update_many(stash, kind, [entity, stash.make(kind)])
        case "destroyed":
            stash.destroy(kind, entity)
        case _:
            stash.merge(kind, [entity], stash.make(kind))


def _update_many(stash: StashServer, kind: str, ids: list[str]) -> None:
    given = {"director": "A. Brook"} if kind == "Group" else {"favorite": True}
    query = f"""mutation($input: Bulk{kind}UpdateInput!) {{
      bulk{kind}Update(input: $input) {{ id }}
    }}"""
    stash.ask(query, input={"ids": ids, **given})


@pytest.mark.parametrize("what", DONE_TO_A_SCENE)
def test_what_is_done_to_a_scene(moved: dict[str, bool], what: str) -> None:
    assert moved[what] == DONE_TO_A_SCENE[what][1]


@pytest.mark.parametrize("what", DONE_TO_AN_ENTITY)
def test_what_is_done_to_an_entity_does_not_move_its_scenes(
    stash: StashServer,
    moved: dict[str, bool],
    what: str,
) -> None:
    stash.needs(*DONE_TO_AN_ENTITY[what])

    assert not moved[what]


@pytest.fixture(scope="module")
def entities_moved(stash: StashServer) -> dict[str, bool]:
    """Say which changes of an entity have moved the entity's own stamp."""
    made = {kind: stash.make(kind) for kind in KINDS}
    many = {kind: stash.make(kind) for kind in KINDS}
    child_tag = stash.make("Tag", parent_ids=[made["Tag"]])
    child_studio = stash.make("Studio", parent_id=made["Studio"])
    doomed = {kind: stash.make(kind) for kind in ("Tag", "Studio")}
    orphan_tag = stash.make("Tag", parent_ids=[doomed["Tag"]])
    orphan_studio = stash.make("Studio", parent_id=doomed["Studio"])
    tagged = stash.make("Performer", tag_ids=[doomed["Tag"]])
    swallowed, destination = stash.make("Tag"), stash.make("Tag")
    watched = {
        **{f"renamed {kind}": (kind, entity) for kind, entity in made.items()},
        **{f"{kind} of many": (kind, entity) for kind, entity in many.items()},
        "a tag below it": ("Tag", child_tag),
        "a studio below it": ("Studio", child_studio),
        "a tag below one that goes": ("Tag", orphan_tag),
        "a studio below one that goes": ("Studio", orphan_studio),
        "a performer with a tag that goes": ("Performer", tagged),
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
    for kind, entity in many.items():
        if kind != "Studio" or stash.version >= (0, 30):
            _update_many(stash, kind, [entity])
    for kind, entity in doomed.items():
        stash.destroy(kind, entity)
    stash.merge("Tag", [swallowed], destination)
    after = stamps()
    return {what: before[what] != after[what] for what in watched}


MOVED_ENTITIES = {
    **{f"renamed {kind}": True for kind in KINDS},
    **{f"{kind} of many": True for kind in KINDS},
    "a tag below it": False,
    "a studio below it": False,
    "a tag below one that goes": False,
    "a studio below one that goes": False,
    "a performer with a tag that goes": False,
    "the tag merged into": False,
}


@pytest.mark.parametrize("what", MOVED_ENTITIES)
def test_an_entity_moves_its_own_stamp_only(
    stash: StashServer, entities_moved: dict[str, bool], what: str
) -> None:
    if what == "Studio of many":
        stash.needs(0, 30)

    assert entities_moved[what] == MOVED_ENTITIES[what]


def test_the_performer_merged_into_moves_its_stamp(stash: StashServer) -> None:
    stash.needs(0, 30, 1, 19)
    swallowed, destination = stash.make("Performer"), stash.make("Performer")
    before = stash.stamps("Performer", [destination])
    stash.advance()

    stash.merge("Performer", [swallowed], destination)

    assert stash.stamps("Performer", [destination]) != before


MARKERS: dict[str, tuple[str, tuple[int, ...]]] = {
    "one": ("sceneMarkerUpdate(input: {id: $id, title: $title})", (0,)),
    "many": ("bulkSceneMarkerUpdate(input: {ids: [$id], title: $title})", (0, 30)),
}


@pytest.mark.parametrize("what", MARKERS)
def test_a_marker_moves_its_own_stamp_only(stash: StashServer, what: str) -> None:
    change, version = MARKERS[what]
    stash.needs(*version)
    scene = stash.make("Scene")
    marker = stash.make_marker(scene, stash.make("Tag"))
    query = """{
      findSceneMarkers(filter: {per_page: -1}) { scene_markers { id updated_at } }
    }"""

    def stamp() -> str:
        found = stash.ask(query)["findSceneMarkers"]["scene_markers"]
        (told,) = [each["updated_at"] for each in found if each["id"] == marker]
        return str(told)

    before, scenes_own = stamp(), stash.stamps("Scene", [scene])
    stash.advance()

    mutation = f"mutation($id: ID!, $title: String) {{ {change} {{ id }} }}"
    stash.ask(mutation, id=marker, title="Last light")

    assert stamp() != before
    assert stash.stamps("Scene", [scene]) == scenes_own


def test_a_bulk_update_gives_all_the_same_stamp(stash: StashServer) -> None:
    scenes = stash.make_scenes(3)
    stash.ask(
        "mutation($ids: [ID!]) {"
        " bulkSceneUpdate(input: {ids: $ids, organized: true}) { id } }",
        ids=scenes,
    )

    assert len(set(stash.stamps("Scene", scenes).values())) == 1
