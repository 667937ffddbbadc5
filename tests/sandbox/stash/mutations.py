"""The mutations: each one is an operation of the model, and returns what it made."""

from collections.abc import Callable
from typing import Any

from tests.sandbox.stash.context import Info, as_id, opened
from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.inputs import (
    Input,
    bulk_scene_fields,
    fields_of,
    group_fields_of,
    trimmed,
)
from tests.sandbox.stash.model import StashModel
from tests.sandbox.stash.records import Marker, Scene, SceneFields, Tag
from tests.sandbox.stash.schema import Resolvers

Mutate = Callable[[StashModel, Any], object]


def _mutation(act: Mutate) -> Callable[..., object]:
    """Make the resolver of a mutation that takes one argument, called `input`."""

    def mutate(
        _: object,
        info: Info,
        input: Any,  # noqa: A002, ANN401 - the argument's name, and any input
    ) -> object:
        model = opened(info)
        return act(model, trimmed(input) if model.since("0.30.0") else input)

    return mutate


def _scene_create(model: StashModel, given: Input) -> Scene:
    return model.scenes[model.create_scene(**fields_of(given))]


def _scene_update(model: StashModel, given: Input) -> Scene:
    scene_id = as_id(given["id"])
    with model.writing():
        model.update_scene(scene_id, **fields_of(given))
        if given.get("primary_file_id"):
            model.set_primary_file(scene_id, as_id(given["primary_file_id"]))
    return model.scenes[scene_id]


def _scenes_update(model: StashModel, given: list[Input]) -> list[Scene] | None:
    with model.writing():
        return [_scene_update(model, each) for each in given] or None


def _bulk_scene_update(model: StashModel, given: Input) -> list[Scene] | None:
    ids = [as_id(value) for value in given.get("ids") or ()]

    def change(scene: Scene) -> SceneFields:
        return bulk_scene_fields(given, scene)

    model.bulk_update_scenes(ids, change)
    return [model.scenes[scene_id] for scene_id in ids] or None


def _destroy_scenes(model: StashModel, given: Input, *ids: str) -> bool:
    wanted = [as_id(value) for value in ids]
    model.destroy_scenes(*wanted, delete_file=bool(given.get("delete_file")))
    return True


def _scene_merge(model: StashModel, given: Input) -> Scene:
    destination = as_id(given["destination"])
    sources = [as_id(value) for value in given["source"]]
    values = fields_of(given.get("values") or {})
    model.merge_scenes(sources, destination, **values)
    return model.scenes[destination]


def _scene_assign_file(model: StashModel, given: Input) -> bool:
    model.assign_file(as_id(given["scene_id"]), as_id(given["file_id"]))
    return True


def _add_o(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the argument's name
    times: list[float] | None = None,
) -> dict[str, object]:
    model = opened(info)
    model.add_o(as_id(id), *(times or ()))
    history = model.scenes[as_id(id)].o_history
    return {"count": len(history), "history": history}


def _increment_o(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the argument's name
) -> int:
    return opened(info).add_o(as_id(id))


def _add_play(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the argument's name
    times: list[float] | None = None,
) -> dict[str, object]:
    model = opened(info)
    model.add_play(as_id(id), *(times or ()))
    history = model.scenes[as_id(id)].play_history
    return {"count": len(history), "history": history}


def _save_activity(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the argument's name
    resume_time: float | None = None,
    playDuration: float | None = None,  # noqa: N803 - the argument's name
) -> bool:
    opened(info).save_activity(
        as_id(id), resume_time=resume_time, play_duration=playDuration or 0.0
    )
    return True


def _marker_create(model: StashModel, given: Input) -> Marker:
    marker_id = model.create_marker(
        as_id(given["scene_id"]),
        given["title"],
        seconds=given["seconds"],
        primary_tag_id=as_id(given["primary_tag_id"]),
        tag_ids=[as_id(value) for value in given.get("tag_ids") or ()],
    )
    return model.markers[marker_id]


def _marker_destroy(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the argument's name
) -> bool:
    opened(info).destroy_marker(as_id(id))
    return True


def _performer_create(model: StashModel, given: Input) -> object:
    fields = fields_of(given)
    return model.performers[model.create_performer(fields.pop("name"), **fields)]


def _performer_update(model: StashModel, given: Input) -> object:
    performer_id = as_id(given["id"])
    model.update_performer(performer_id, **fields_of(given))
    return model.performers[performer_id]


def _tag_create(model: StashModel, given: Input) -> Tag:
    with model.writing():
        fields = fields_of(given)
        tag_id = model.create_tag(fields.pop("name"), **fields)
        _adopt(model, tag_id, given)
    return model.tags[tag_id]


def _tag_update(model: StashModel, given: Input) -> Tag:
    tag_id = as_id(given["id"])
    with model.writing():
        model.update_tag(tag_id, **fields_of(given))
        _adopt(model, tag_id, given)
    return model.tags[tag_id]


def _adopt(model: StashModel, tag_id: int, given: Input) -> None:
    if "child_ids" in given:
        children = [as_id(value) for value in given["child_ids"] or ()]
        model.set_children(tag_id, children)


def _tags_merge(model: StashModel, given: Input) -> Tag | None:
    sources = [as_id(value) for value in given["source"]]
    if not sources:
        return None
    destination = as_id(given["destination"])
    model.merge_tags(sources, destination)
    return model.tags[destination]


def _studio_create(model: StashModel, given: Input) -> object:
    fields = fields_of(given)
    return model.studios[model.create_studio(fields.pop("name"), **fields)]


def _studio_update(model: StashModel, given: Input) -> object:
    studio_id = as_id(given["id"])
    model.update_studio(studio_id, **fields_of(given))
    return model.studios[studio_id]


def _group_create(model: StashModel, given: Input) -> object:
    fields = group_fields_of(given)
    return model.groups[model.create_group(fields.pop("name"), **fields)]


def _group_update(model: StashModel, given: Input) -> object:
    group_id = as_id(given["id"])
    model.update_group(group_id, **group_fields_of(given))
    return model.groups[group_id]


def _destroy(act: Callable[[StashModel, int], None]) -> Callable[..., object]:
    def destroy(model: StashModel, given: Input) -> bool:
        act(model, as_id(given["id"]))
        return True

    return _mutation(destroy)


def _move_files(model: StashModel, given: Input) -> bool:
    folder = given.get("destination_folder")
    if given.get("destination_folder_id") is not None:
        folder = model.folders.must(as_id(given["destination_folder_id"])).path
    if folder is None:
        raise StashError("must specify destination folder or path")
    ids = [as_id(value) for value in given["ids"]]
    model.move_files(ids, folder, given.get("destination_basename"))
    return True


def _delete_files(_: object, info: Info, ids: list[str]) -> bool:
    opened(info).delete_files(*map(as_id, ids))
    return True


RESOLVERS: Resolvers = {
    "Mutation": {
        "sceneCreate": _mutation(_scene_create),
        "sceneUpdate": _mutation(_scene_update),
        "scenesUpdate": _mutation(_scenes_update),
        "bulkSceneUpdate": _mutation(_bulk_scene_update),
        "sceneDestroy": _mutation(lambda m, i: _destroy_scenes(m, i, i["id"])),
        "scenesDestroy": _mutation(lambda m, i: _destroy_scenes(m, i, *i["ids"])),
        "sceneMerge": _mutation(_scene_merge),
        "sceneAssignFile": _mutation(_scene_assign_file),
        "sceneAddO": _add_o,
        "sceneIncrementO": _increment_o,
        "sceneAddPlay": _add_play,
        "sceneSaveActivity": _save_activity,
        "sceneMarkerCreate": _mutation(_marker_create),
        "sceneMarkerDestroy": _marker_destroy,
        "performerCreate": _mutation(_performer_create),
        "performerUpdate": _mutation(_performer_update),
        "performerDestroy": _destroy(StashModel.destroy_performer),
        "tagCreate": _mutation(_tag_create),
        "tagUpdate": _mutation(_tag_update),
        "tagDestroy": _destroy(StashModel.destroy_tag),
        "tagsMerge": _mutation(_tags_merge),
        "studioCreate": _mutation(_studio_create),
        "studioUpdate": _mutation(_studio_update),
        "studioDestroy": _destroy(StashModel.destroy_studio),
        "groupCreate": _mutation(_group_create),
        "groupUpdate": _mutation(_group_update),
        "groupDestroy": _destroy(StashModel.destroy_group),
        "moveFiles": _mutation(_move_files),
        "deleteFiles": _delete_files,
    },
}
