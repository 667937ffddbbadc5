"""The fields of what is found: relations, times and addresses of pictures.

A field that is not here is the row's own. Performers and groups come without an order,
tags by name, files with the primary one first (facts §8).
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from tests.sandbox.stash.context import Context, Info, context_of
from tests.sandbox.stash.orders import scrambled
from tests.sandbox.stash.records import (
    File,
    Folder,
    Gallery,
    Group,
    Marker,
    Performer,
    Row,
    Scene,
    Studio,
    Tag,
)
from tests.sandbox.stash.schema import Resolvers
from tests.sandbox.stash.store import Table
from tests.sandbox.stash.times import as_told, instant

R = TypeVar("R", bound=Row)
Field = Callable[[Any, Info], object]

_told = lru_cache(maxsize=100_000)(as_told)


def _time(name: str) -> Field:
    return lambda row, _: _told(getattr(row, name))


def _given(field: Callable[[Any, Context], object]) -> Field:
    """Make a resolver of a function of the row and the context."""
    return lambda row, info: field(row, context_of(info))


def _one(table: Table[R], row_id: int | None) -> R | None:
    return None if row_id is None else table.must(row_id)


def _unordered(table: Table[R], ids: Iterable[int]) -> list[R]:
    return [table[row_id] for row_id in sorted(ids, key=scrambled)]


def _scene_groups(scene: Scene, context: Context) -> list[dict[str, object]]:
    groups = context.model.groups
    return [
        {"group": groups[group_id], "scene_index": index}
        for group_id, index in sorted(scene.groups, key=lambda pair: scrambled(pair[0]))
    ]


def _galleries(scene: Scene, context: Context) -> list[Gallery]:
    model = context.model
    return _unordered(model.galleries, model.galleries_of(scene.id))


def _gallery_scenes(gallery: Gallery, context: Context) -> list[Scene]:
    return _unordered(context.model.scenes, gallery.scene_ids)


def _scene_paths(scene: Scene, context: Context) -> dict[str, str]:
    base = f"{context.base_url}/scene/{scene.id}"
    stamped = int(instant(scene.updated_at))
    key = context.model.settings.api_key
    return {
        "screenshot": f"{base}/screenshot?t={stamped}",
        "preview": f"{base}/preview",
        # This one gives the key away: nobody may ever log it.
        "stream": f"{base}/stream" + (f"?apikey={key}" if key else ""),
    }


def _image(kind: str, field: str = "image") -> Field:
    def path(row: Any, context: Context) -> str:  # noqa: ANN401 - any kind of row
        address = f"{context.base_url}/{kind}/{row.id}/{field.replace('_', '')}"
        own = getattr(row, field) is not None
        mark = "" if own else "&default=true"
        return f"{address}?t={int(instant(row.updated_at))}{mark}"

    return _given(path)


def _count(kind: str) -> Field:
    return lambda row, info, **_: context_of(info).scene_counts[kind][row.id]


def _fingerprint(file: File, _: Info, type: str) -> str | None:  # noqa: A002 - Stash's
    return dict(file.fingerprints).get(type)


def _fingerprints(file: File, _: Info) -> list[dict[str, str]]:
    return [{"type": kind, "value": value} for kind, value in file.fingerprints]


def _folder(file: File, context: Context) -> Folder:
    return context.model.folders[file.parent_folder_id]


def _children(tag: Tag, context: Context) -> list[Tag]:
    tags = context.model.tags.values()
    return context.tags_of(tuple(t.id for t in tags if tag.id in t.parent_ids))


def _child_studios(studio: Studio, context: Context) -> list[Studio]:
    studios = context.model.studios.values()
    return [child for child in studios if child.parent_id == studio.id]


def _markers(scene: Scene, context: Context) -> list[Marker]:
    return sorted(context.model.markers_of(scene.id), key=lambda m: m.seconds)


def _tags(row: Any, context: Context) -> list[Tag]:  # noqa: ANN401 - any row with tags
    return context.tags_of(row.tag_ids)


def _studio(row: Scene | Group, context: Context) -> Studio | None:
    return _one(context.model.studios, row.studio_id)


def _performers(scene: Scene, context: Context) -> list[Performer]:
    return _unordered(context.model.performers, scene.performer_ids)


def _files(scene: Scene, context: Context) -> list[File]:
    return [context.model.files[file_id] for file_id in scene.file_ids]


_STAMPED: dict[str, Field] = {
    "created_at": _time("created_at"),
    "updated_at": _time("updated_at"),
}
_TAGGED: dict[str, Field] = {**_STAMPED, "tags": _given(_tags)}

RESOLVERS: Resolvers = {
    "Scene": {
        **_TAGGED,
        "studio": _given(_studio),
        "performers": _given(_performers),
        "groups": _given(_scene_groups),
        "galleries": _given(_galleries),
        "files": _given(_files),
        "paths": _given(_scene_paths),
        "scene_markers": _given(_markers),
        "o_counter": lambda scene, _: len(scene.o_history),
        "play_count": lambda scene, _: len(scene.play_history),
        "last_played_at": lambda scene, _: max(scene.play_history, default=None),
    },
    "Performer": {
        **_TAGGED,
        "image_path": _image("performer"),
        "scene_count": _count("performer"),
    },
    "Tag": {
        **_STAMPED,
        "parents": _given(lambda tag, context: context.tags_of(tag.parent_ids)),
        "children": _given(_children),
        "image_path": _image("tag"),
        "scene_count": _count("tag"),
    },
    "Studio": {
        **_TAGGED,
        "parent_studio": _given(lambda s, c: _one(c.model.studios, s.parent_id)),
        "child_studios": _given(_child_studios),
        "image_path": _image("studio"),
        "scene_count": _count("studio"),
    },
    "Group": {
        **_TAGGED,
        "studio": _given(_studio),
        "front_image_path": _image("group", "front_image"),
        "back_image_path": lambda *_: None,
        "scene_count": _count("group"),
    },
    "Gallery": {**_STAMPED, "scenes": _given(_gallery_scenes)},
    "SceneMarker": {
        **_TAGGED,
        "scene": _given(lambda marker, c: c.model.scenes[marker.scene_id]),
        "primary_tag": _given(lambda marker, c: c.model.tags[marker.primary_tag_id]),
    },
    "VideoFile": {
        **_STAMPED,
        "mod_time": _time("mod_time"),
        "path": _given(lambda file, context: context.model.path_of(file.id)),
        "parent_folder": _given(_folder),
        "fingerprint": _fingerprint,
        "fingerprints": _fingerprints,
    },
    "Folder": {**_STAMPED, "mod_time": _time("mod_time")},
    "Job": {
        "addTime": _time("add_time"),
        "startTime": lambda job, _: job.start_time and _told(job.start_time),
        "endTime": lambda job, _: job.end_time and _told(job.end_time),
    },
}
