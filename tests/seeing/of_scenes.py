"""What is done to scenes themselves, and what is kept beside them."""

from collections.abc import Callable

from reconciler.core.values import Field
from tests.seeing.operation import Operation, Within
from tests.seeing.stage import AGAIN, HERON, TIDE, Also, Readings, Stage


def title(film: str, words: str) -> Callable[[Stage], Readings]:
    """Say what the film's item is called."""
    return lambda s: {(film, Field.TITLE): s.word(words)}


def linked(film: str, scene: str) -> Callable[[Stage], Readings]:
    """Say whose the film's item is."""
    return lambda s: {(film, Also.SCENE): getattr(s, scene)}


def restored(film: str) -> Callable[[Stage], Readings]:
    """Say that the film's item is as the scanner made it, and no scene's."""
    return lambda _: {
        (film, Field.TITLE): film.rpartition("/")[2],
        (film, Field.GENRES): frozenset(),
        (film, Also.SCENE): "",
    }


def both(*says: Callable[[Stage], Readings]) -> Callable[[Stage], Readings]:
    return lambda s: {key: value for say in says for key, value in say(s).items()}


def asked(mutation: str) -> Callable[[Stage], object]:
    """Ask a mutation of the heron, whose id it calls `$id`."""
    return lambda s: s.server.ask(f"mutation($id: ID!) {{ {mutation} }}", id=s.heron)


def _update(s: Stage) -> None:
    s.made["studio"] = s.make("Studio", "Harbour Pictures")
    s.server.update(
        "Scene",
        s.heron,
        title=s.word("Egret"),
        details=s.word("An egret."),
        date="2022-03-04",
        studio_id=s.made["studio"],
        tag_ids=[s.silent],
        performer_ids=[s.ben],
    )


def _everything(s: Stage) -> Readings:
    return {
        (HERON, Field.TITLE): s.word("Egret"),
        (HERON, Field.SUMMARY): s.word("An egret."),
        (HERON, Field.DATE): "2022-03-04",
        (HERON, Field.STUDIO): s.word("Harbour Pictures"),
        (HERON, Field.GENRES): frozenset({s.word("Silent")}),
        (HERON, Field.ACTORS): frozenset({s.word("Ben Carr")}),
    }


def _update_both(s: Stage) -> None:
    given = [{"id": i, "title": s.word("Egret")} for i in (s.heron, s.tide)]
    s.server.ask(
        "mutation($input: [SceneUpdateInput!]!) { scenesUpdate(input: $input) { id } }",
        input=given,
    )


def _update_in_bulk(s: Stage) -> None:
    tags = {"mode": "REMOVE", "ids": [s.nature]}
    s.server.ask(
        "mutation($input: BulkSceneUpdateInput!) {"
        " bulkSceneUpdate(input: $input) { id } }",
        input={"ids": [s.heron, s.tide], "tag_ids": tags},
    )


def _destroy_both(s: Stage) -> None:
    s.server.ask(
        "mutation($ids: [ID!]!) { scenesDestroy(input: {ids: $ids}) }",
        ids=[s.heron, s.tide],
    )


def _forget_heron(s: Stage) -> None:
    """Leave the heron's file without a scene."""
    s.made["file"] = s.file(HERON)
    s.server.destroy("Scene", s.heron)


def _create(s: Stage) -> None:
    s.make("Scene", "Egret", file_ids=[s.made["file"]])


def _create_of_copy(s: Stage) -> None:
    s.make("Scene", "Egret", file_ids=[s.file(AGAIN)])


def _assign(s: Stage) -> None:
    s.server.ask(
        "mutation($scene: ID!, $file: ID!) {"
        " sceneAssignFile(input: {scene_id: $scene, file_id: $file}) }",
        scene=s.heron,
        file=s.file(AGAIN),
    )


def _mark(s: Stage) -> None:
    s.made["marker"] = s.server.make_marker(s.heron, s.silent)


def _hang(s: Stage) -> None:
    s.made["gallery"] = s.make("Gallery", "Birds", scene_ids=[s.heron])


def _group(s: Stage) -> None:
    s.made["group"] = s.make("Group", "Birds")
    groups = [{"group_id": s.made["group"]}]
    s.server.update("Scene", s.heron, groups=groups)


def done_to(made: str, mutation: str) -> Callable[[Stage], object]:
    """Ask a mutation of something that was made before, whose id it calls `$id`."""
    return lambda s: s.server.ask(
        f"mutation($id: ID!) {{ {mutation} }}", id=s.made[made]
    )


_CHANGES = (
    Operation(
        name="sceneCreate",
        first=_forget_heron,
        act=_create,
        then=title(HERON, "Egret"),
        within=Within.POLL,
    ),
    Operation(name="sceneUpdate", act=_update, then=_everything, within=Within.POLL),
    Operation(
        name="scenesUpdate",
        act=_update_both,
        then=both(title(HERON, "Egret"), title(TIDE, "Egret"), title(AGAIN, "Egret")),
        within=Within.POLL,
    ),
    Operation(
        name="bulkSceneUpdate",
        act=_update_in_bulk,
        then=lambda s: {
            (HERON, Field.GENRES): frozenset({s.word("Silent")}),
            (TIDE, Field.GENRES): frozenset(),
            (AGAIN, Field.GENRES): frozenset(),
        },
        within=Within.POLL,
    ),
    Operation(
        name="sceneMerge",
        act=lambda s: s.server.merge("Scene", [s.heron], s.tide),
        then=both(title(HERON, "Tide"), linked(HERON, "tide")),
        within=Within.POLL,
    ),
    Operation(
        name="sceneDestroy",
        act=lambda s: s.server.destroy("Scene", s.heron),
        then=restored(HERON),
        within=Within.POLL,
    ),
    Operation(
        name="scenesDestroy",
        act=_destroy_both,
        then=both(restored(HERON), restored(TIDE), restored(AGAIN)),
        within=Within.POLL,
    ),
    Operation(
        name="sceneCreate with another scene's file",
        act=_create_of_copy,
        then=title(AGAIN, "Egret"),
        within=Within.POLL,
    ),
    Operation(
        name="sceneAssignFile",
        act=_assign,
        then=both(title(AGAIN, "Heron"), linked(AGAIN, "heron")),
        within=Within.SWEEP,
    ),
)

_O = "sceneAddO(id: $id) { count }"
_PLAY = "sceneAddPlay(id: $id) { count }"
_ACTIVITY = "sceneSaveActivity(id: $id, resume_time: 1, playDuration: 1)"
_HISTORIES = {
    "sceneAddO": (None, _O, "o_counter"),
    "sceneDeleteO": (_O, "sceneDeleteO(id: $id) { count }", "o_counter"),
    "sceneIncrementO": (None, "sceneIncrementO(id: $id)", "o_counter"),
    "sceneDecrementO": (_O, "sceneDecrementO(id: $id)", "o_counter"),
    "sceneResetO": (_O, "sceneResetO(id: $id)", "o_counter"),
    "sceneAddPlay": (None, _PLAY, "play_count"),
    "sceneDeletePlay": (_PLAY, "sceneDeletePlay(id: $id) { count }", "play_count"),
    "sceneIncrementPlayCount": (
        None,
        "sceneIncrementPlayCount(id: $id)",
        "play_count",
    ),
    "sceneResetPlayCount": (_PLAY, "sceneResetPlayCount(id: $id)", "play_count"),
    "sceneSaveActivity": (None, _ACTIVITY, "resume_time"),
    "sceneResetActivity": (
        _ACTIVITY,
        "sceneResetActivity(id: $id, reset_resume: true)",
        "resume_time",
    ),
}
"""What has to be there before it, what is asked, and what it changes."""

_UNUSED = (
    *(
        Operation(
            name=name,
            first=asked(first) if first else None,
            act=asked(mutation),
            trace=trace,
            within=Within.NEVER,
        )
        for name, (first, mutation, trace) in _HISTORIES.items()
    ),
    Operation(
        name="sceneMarkerCreate",
        trace="scene_markers { title }",
        act=_mark,
        within=Within.NEVER,
    ),
    Operation(
        name="sceneMarkerUpdate",
        trace="scene_markers { title }",
        first=_mark,
        act=done_to(
            "marker", 'sceneMarkerUpdate(input: {id: $id, title: "Dawn"}) { id }'
        ),
        within=Within.NEVER,
    ),
    Operation(
        name="bulkSceneMarkerUpdate",
        trace="scene_markers { title }",
        first=_mark,
        act=done_to(
            "marker", 'bulkSceneMarkerUpdate(input: {ids: [$id], title: "D"}) { id }'
        ),
        within=Within.NEVER,
        since=(0, 30),
    ),
    Operation(
        name="sceneMarkerDestroy",
        trace="scene_markers { title }",
        first=_mark,
        act=done_to("marker", "sceneMarkerDestroy(id: $id)"),
        within=Within.NEVER,
    ),
    Operation(
        name="galleryCreate", trace="galleries { id }", act=_hang, within=Within.NEVER
    ),
    Operation(
        name="galleryUpdate",
        trace="galleries { id }",
        first=_hang,
        act=lambda s: s.server.update("Gallery", s.made["gallery"], scene_ids=[s.tide]),
        within=Within.NEVER,
    ),
    Operation(
        name="galleryDestroy",
        trace="galleries { id }",
        first=_hang,
        act=lambda s: s.server.destroy("Gallery", s.made["gallery"]),
        within=Within.NEVER,
    ),
    Operation(
        name="groupUpdate",
        trace="groups { group { name director } }",
        first=_group,
        act=lambda s: s.server.update("Group", s.made["group"], name=s.word("Flocks")),
        within=Within.NEVER,
    ),
    Operation(
        name="bulkGroupUpdate",
        trace="groups { group { name director } }",
        first=_group,
        act=done_to(
            "group", 'bulkGroupUpdate(input: {ids: [$id], director: "A"}) { id }'
        ),
        within=Within.NEVER,
    ),
    Operation(
        name="groupDestroy",
        trace="groups { group { name director } }",
        first=_group,
        act=lambda s: s.server.destroy("Group", s.made["group"]),
        within=Within.NEVER,
    ),
    Operation(
        name="groupsDestroy",
        trace="groups { group { name director } }",
        first=_group,
        act=done_to("group", "groupsDestroy(ids: [$id])"),
        within=Within.NEVER,
    ),
)

OPERATIONS = (*_CHANGES, *_UNUSED)
