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
        fields = fields_of({k: v for k, v in given.items() if k != "gallery_ids"})
        model.update_scene(scene_id, **fields)
        if "gallery_ids" in given:
            model.set_galleries(scene_id, map(as_id, given["gallery_ids"] or ()))
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


def _marker_create(model: StashModel, given: Input) -> Marker:
    marker_id = model.create_marker(
        as_id(given["scene_id"]),
        given["title"],
        seconds=given["seconds"],
        primary_tag_id=as_id(given["primary_tag_id"]),
        tag_ids=[as_id(value) for value in given.get("tag_ids") or ()],
    )
    return model.markers[marker_id]


def _marker_update(model: StashModel, given: Input) -> Marker:
    marker_id = as_id(given["id"])
    model.update_marker(marker_id, **fields_of(given))
    return model.markers[marker_id]


def _gallery_create(model: StashModel, given: Input) -> object:
    fields = fields_of(given)
    return model.galleries[model.create_gallery(fields.pop("title"), **fields)]


def _gallery_update(model: StashModel, given: Input) -> object:
    gallery_id = as_id(given["id"])
    model.update_gallery(gallery_id, **fields_of(given))
    return model.galleries[gallery_id]


def _destroy_galleries(model: StashModel, given: Input) -> bool:
    model.destroy_galleries(*map(as_id, given["ids"]))
    return True


def _bulk(table: str, update: Callable[..., None]) -> Callable[..., object]:
    """Make the mutation that changes many rows of *table* under one stamp."""

    def change(model: StashModel, given: Input) -> list[object] | None:
        ids = [as_id(value) for value in given.get("ids") or ()]
        fields = fields_of(given)
        with model.writing():
            for row_id in ids:
                update(model, row_id, **fields)
        return [getattr(model, table)[row_id] for row_id in ids] or None

    return _mutation(change)


def _performer_merge(model: StashModel, given: Input) -> object:
    """Answer with the destination as it was before, as Stash does."""
    destination = as_id(given["destination"])
    before = model.performers.get(destination)
    with model.writing():
        values = fields_of(given.get("values") or {})
        model.update_performer(destination, **values)
        model.merge_performers([as_id(value) for value in given["source"]], destination)
    return before


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


def _set_fingerprints(model: StashModel, given: Input) -> bool:
    file_id = as_id(given["id"])
    with model.writing():
        for each in given["fingerprints"]:
            if each["type"] in {"md5", "oshash"}:
                raise StashError(f"cannot modify {each['type']} fingerprint")
            value = each.get("value")
            if value is None:
                model.drop_fingerprint(file_id, each["type"])
            else:
                told = f"{int(value, 16):x}" if each["type"] == "phash" else value
                model.set_fingerprint(file_id, each["type"], told)
    return True


def _delete_files(_: object, info: Info, ids: list[str]) -> bool:
    opened(info).delete_files(*map(as_id, ids))
    return True


def _destroy_all(act: Callable[[StashModel, int], None]) -> Callable[..., bool]:
    def destroy(_: object, info: Info, ids: list[str]) -> bool:
        model = opened(info)
        with model.writing():
            for each in ids:
                act(model, as_id(each))
        return True

    return destroy


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
        "sceneMarkerCreate": _mutation(_marker_create),
        "sceneMarkerUpdate": _mutation(_marker_update),
        "bulkSceneMarkerUpdate": _bulk("markers", StashModel.update_marker),
        "sceneMarkerDestroy": _marker_destroy,
        "galleryCreate": _mutation(_gallery_create),
        "galleryUpdate": _mutation(_gallery_update),
        "galleryDestroy": _mutation(_destroy_galleries),
        "performerCreate": _mutation(_performer_create),
        "performerUpdate": _mutation(_performer_update),
        "bulkPerformerUpdate": _bulk("performers", StashModel.update_performer),
        "performerMerge": _mutation(_performer_merge),
        "performerDestroy": _destroy(StashModel.destroy_performer),
        "performersDestroy": _destroy_all(StashModel.destroy_performer),
        "tagCreate": _mutation(_tag_create),
        "tagUpdate": _mutation(_tag_update),
        "bulkTagUpdate": _bulk("tags", StashModel.update_tag),
        "tagDestroy": _destroy(StashModel.destroy_tag),
        "tagsDestroy": _destroy_all(StashModel.destroy_tag),
        "tagsMerge": _mutation(_tags_merge),
        "studioCreate": _mutation(_studio_create),
        "studioUpdate": _mutation(_studio_update),
        "bulkStudioUpdate": _bulk("studios", StashModel.update_studio),
        "studioDestroy": _destroy(StashModel.destroy_studio),
        "studiosDestroy": _destroy_all(StashModel.destroy_studio),
        "groupCreate": _mutation(_group_create),
        "groupUpdate": _mutation(_group_update),
        "bulkGroupUpdate": _bulk("groups", StashModel.update_group),
        "groupDestroy": _destroy(StashModel.destroy_group),
        "groupsDestroy": _destroy_all(StashModel.destroy_group),
        "moveFiles": _mutation(_move_files),
        "deleteFiles": _delete_files,
        "fileSetFingerprints": _mutation(_set_fingerprints),
    },
}
