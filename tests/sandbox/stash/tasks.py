"""The mutations that only queue a job, and what the jobs do.

The double has no disk: a scan finds nothing new and a clean nothing gone. What else
they come to is brought about with the methods of the model.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

from tests.sandbox.stash.context import Info, as_id, opened
from tests.sandbox.stash.model import StashModel
from tests.sandbox.stash.records import Performer, Scene, Studio, Tag
from tests.sandbox.stash.schema import Resolvers
from tests.sandbox.stash.store import Table

_A_VIDEO = 2.0  # seconds that a real one takes to look through one of a second
_BY_NAME = "builtin_autotag"
_ALL = {"performers": ["*"], "studios": ["*"], "tags": ["*"]}
_COVER = b"\x89PNG\r\n\x1a\n generated"

Given = Mapping[str, Any]
Queue = Callable[[StashModel, Any], int]


def _job(queue: Queue) -> Callable[..., str]:
    """Make the resolver of a mutation that answers with the id of a job."""

    def mutate(
        _: object,
        info: Info,
        input: Any,  # noqa: A002, ANN401 - the argument's name, and any input
    ) -> str:
        return str(queue(opened(info), input))

    return mutate


def _scan(model: StashModel, given: Given) -> int:
    paths = given.get("paths") or ("",)
    rescan = partial(model.rescan, *paths) if given.get("rescan") else _nothing
    return model.jobs.add("Scanning...", rescan)


def _clean(model: StashModel, _: Given) -> int:
    return model.jobs.add("Cleaning...", _nothing)


def _generate(model: StashModel, given: Given) -> int:
    ids = [as_id(value) for value in given.get("sceneIDs") or ()]
    scene_ids = ids or list(model.scenes)

    def look() -> None:
        for scene_id in scene_ids if given.get("phashes") else ():
            for file_id in model.scenes.must(scene_id).file_ids:
                known = dict(model.files[file_id].fingerprints)
                if "phash" not in known or given.get("overwrite"):
                    model.generate_phash(file_id, f"{0xC0FFEE00 + file_id:x}")

    return model.jobs.add("Generating...", look, seconds=_A_VIDEO * len(scene_ids))


def _screenshot(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the argument's name
    at: float | None = None,
) -> str:
    model = opened(info)
    model.jobs.add(
        f"Generating screenshot for scene id {id}",
        lambda: model.generate_cover(as_id(id), _COVER),
    )
    return "todo"


def _auto_tag(model: StashModel, given: Given) -> int:
    def look() -> None:
        for scene in list(model.scenes.values()):
            paths = [path.lower() for path in model.paths_of(scene.id)[:1]]
            if scene.organized or not _is_below(paths, given.get("paths"), model):
                continue
            _tag_scene(model, scene, paths, given)

    return model.jobs.add("Auto-tagging...", look)


def _identify(model: StashModel, given: Given) -> int:
    """Ask the one source that needs no others: what is named in the path."""
    named = any(s["source"].get("scraper_id") == _BY_NAME for s in given["sources"])
    ids = [as_id(value) for value in given.get("sceneIDs") or ()] or list(model.scenes)

    def look() -> None:
        for scene_id in ids if named else ():
            paths = [path.lower() for path in model.paths_of(scene_id)[:1]]
            _tag_scene(model, model.scenes[scene_id], paths, _ALL)

    return model.jobs.add("Identifying...", look)


def _tag_scene(
    model: StashModel, scene: Scene, paths: Collection[str], given: Given
) -> None:
    performers = _matching(model.performers, given.get("performers"), paths)
    tags = _matching(model.tags, given.get("tags"), paths)
    studios = _matching(model.studios, given.get("studios"), paths)
    studio_id = next(iter(studios), None) if scene.studio_id is None else None
    if (
        {*performers} - {*scene.performer_ids}
        or {*tags} - {*scene.tag_ids}
        or studio_id
    ):
        model.auto_tag(
            scene.id, performer_ids=performers, tag_ids=tags, studio_id=studio_id
        )


def _is_below(
    paths: Iterable[str], folders: Collection[str] | None, model: StashModel
) -> bool:
    starts = tuple(f"{folder}{model.separator}".lower() for folder in folders or ())
    return any(path.startswith(starts or "") for path in paths)


def _matching(
    table: Table[Any], ids: Collection[str] | None, paths: Collection[str]
) -> list[int]:
    wanted = list(table) if "*" in (ids or ()) else [as_id(i) for i in ids or ()]
    return [i for i in wanted if any(_named_in(table.must(i), path) for path in paths)]


def _named_in(row: Performer | Tag | Studio, path: str) -> bool:
    if getattr(row, "ignore_auto_tag", False):
        return False
    name = re.escape(row.name.lower()).replace(r"\ ", r"[.\-_ ]*")
    return re.search(rf"(?:^|_|[^\w\d]){name}(?:$|_|[^\w\d])", path) is not None


def _import(model: StashModel, given: Given) -> int:
    return model.jobs.add(
        "Importing...",
        lambda: model.import_objects(given["file"], given["duplicateBehaviour"]),
    )


def _stop_job(_: object, info: Info, job_id: str) -> bool:
    opened(info).jobs.stop(as_id(job_id))
    return True


def _nothing() -> None:
    """Find all as it was."""


RESOLVERS: Resolvers = {
    "Mutation": {
        "metadataScan": _job(_scan),
        "metadataClean": _job(_clean),
        "metadataGenerate": _job(_generate),
        "metadataAutoTag": _job(_auto_tag),
        "metadataIdentify": _job(_identify),
        "sceneGenerateScreenshot": _screenshot,
        "importObjects": _job(_import),
        "stopJob": _stop_job,
    },
}
