"""The queries: how they treat ids, filters, pages and what is absent (facts §1.2)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tests.sandbox.stash.context import Info, as_id, as_ids, opened
from tests.sandbox.stash.failures import NO_ROWS, StashError
from tests.sandbox.stash.filters import EntityFilter, FileFilter, Filter, SceneFilter
from tests.sandbox.stash.model import StashModel
from tests.sandbox.stash.orders import FindFilter, Orders, natural, paged
from tests.sandbox.stash.records import File, Scene
from tests.sandbox.stash.schema import Resolvers
from tests.sandbox.stash.store import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundScenes:
    """One page of scenes; the figures cost a second look, and are asked for rarely."""

    scenes: list[Scene]
    all_found: Callable[[], Iterable[Scene]]
    model: StashModel

    def count(self, _: Info) -> int:
        return sum(1 for _scene in self.all_found())

    def duration(self, _: Info) -> float:
        return float(sum(file.duration for file in self._files()))

    def filesize(self, _: Info) -> float:
        return float(sum(file.size for file in self._files()))

    def _files(self) -> Iterator[Any]:
        for scene in self.all_found():
            for file_id in scene.file_ids:
                yield self.model.files[file_id]


def _find_scenes(
    _: object,
    info: Info,
    filter: FindFilter | None = None,  # noqa: A002 - the argument's name
    scene_filter: Filter | None = None,
    ids: list[str] | None = None,
    scene_ids: list[int] | None = None,
) -> FoundScenes:
    model = opened(info)
    wanted = as_ids(model, ids) if ids else scene_ids
    if wanted:
        # Filter, sort and page mean nothing now, and one missing id fails them all.
        rows = _all_of(model.scenes, wanted)
        return FoundScenes(scenes=rows, all_found=lambda: rows, model=model)
    given = filter or {}
    conditions = SceneFilter(model).conditions(scene_filter)

    def matching() -> Iterator[Scene]:
        rows = _searched(model, _beyond(model.scenes, scene_filter), given.get("q"))
        return conditions.matching(rows)

    page = _page_by_id(matching(), given)
    if page is None:
        page = paged(Orders(model).scenes(matching(), given), given)
    return FoundScenes(scenes=page, all_found=matching, model=model)


def _all_of(table: Table[Any], ids: list[int]) -> list[Any]:
    rows = [table.must(row_id) for row_id in ids]
    if len(set(ids)) < len(ids):
        repeated = next(row_id for row_id in ids if ids.count(row_id) > 1)
        raise StashError(f"{table.noun} with id {repeated} not found")
    return rows


def _beyond(scenes: Table[Scene], given: Filter | None) -> Iterable[Scene]:
    """Skip what a keyset page is past, without looking at it: ids come in order."""
    asked = given or {}
    criterion = asked.get("id")
    if not criterion or criterion["modifier"] != "GREATER_THAN" or asked.get("OR"):
        return scenes.values()
    last = criterion["value"]
    return (scene for scene_id, scene in scenes.items() if scene_id > last)


def _page_by_id(rows: Iterator[Scene], given: FindFilter) -> list[Scene] | None:
    """Cut the page while looking, where the order is that of the table."""
    per_page = given.get("per_page")
    if given.get("sort") != "id" or given.get("direction") == "DESC":
        return None
    if per_page is None or per_page < 0:
        return None
    first = (max(given.get("page") or 1, 1) - 1) * per_page
    return list(islice(rows, first, first + per_page))


def _searched(
    model: StashModel, scenes: Iterable[Scene], q: str | None
) -> Iterable[Scene]:
    if not q:
        return scenes
    words = q.casefold().split()

    def text(scene: Scene) -> str:
        paths = map(model.path_of, scene.file_ids)
        return "\n".join((scene.title, scene.details, *paths)).casefold()

    return (scene for scene in scenes if all(word in text(scene) for word in words))


def _find(
    table: str, result: str, filtered: type[EntityFilter] = EntityFilter
) -> Callable[..., dict[str, object]]:
    """Make the query that finds the rows of *table*."""

    def find(
        _: object,
        info: Info,
        **arguments: Any,  # noqa: ANN401 - those of any of the queries
    ) -> dict[str, object]:
        model = opened(info)
        ids: list[str] = arguments.pop("ids", None) or []
        if ids:
            rows = _all_of(getattr(model, table), as_ids(model, ids))
            return {result: rows, "count": len(rows)}
        given: FindFilter = arguments.pop("filter", None) or {}
        criteria = next(iter(arguments.values()), None)
        conditions = filtered(model).conditions(criteria)
        found = list(conditions.matching(getattr(model, table).values()))
        if given.get("q"):
            found = [row for row in found if _is_named(row, given["q"])]
        ordered = _ordered(model, table, found, given)
        return {result: paged(ordered, given), "count": len(found)}

    return find


def _is_named(row: Any, q: str) -> bool:  # noqa: ANN401 - any row with a name
    names = "\n".join((row.name, *getattr(row, "aliases", ()))).casefold()
    return all(word in names for word in q.casefold().split())


def _ordered(
    model: StashModel, table: str, rows: list[Any], given: FindFilter
) -> list[Any]:
    orders = Orders(model)
    match table:
        case "markers":
            return orders.markers(rows, given)
        case "files":
            return orders.files(rows, given, lambda file: model.path_of(file.id))
        case "folders":
            return orders.files(rows, given, lambda folder: natural(folder.path))
        case _:
            return orders.entities(rows, given)


def _find_files(
    _: object,
    info: Info,
    **arguments: Any,  # noqa: ANN401 - as above
) -> dict[str, object]:
    if arguments.get("ids"):
        rows = [_file(opened(info), as_id(value)) for value in arguments["ids"]]
        found: dict[str, object] = {"files": rows, "count": len(rows)}
    else:
        found = _find("files", "files", FileFilter)(None, info, **arguments)
    files: Any = found["files"]
    return {
        **found,
        "duration": sum(file.duration for file in files),
        "size": sum(file.size for file in files),
    }


def _file(model: StashModel, file_id: int) -> File:
    if file_id not in model.files:
        raise StashError(f"getting file by id {file_id}: {NO_ROWS}")
    return model.files[file_id]


def _get(table: str) -> Callable[..., object]:
    """Make the query for one row, which is null, without an error, if there is none."""

    def get(
        _: object,
        info: Info,
        id: str | None = None,  # noqa: A002 - the argument's name
        checksum: str | None = None,
    ) -> object:
        model = opened(info)
        if id is not None:
            return getattr(model, table).get(as_id(id))
        for scene in model.scenes.values() if checksum else ():
            for file_id in scene.file_ids:
                if ("md5", checksum) in model.files[file_id].fingerprints:
                    return scene
        return None

    return get


RESOLVERS: Resolvers = {
    "Query": {
        "findScene": _get("scenes"),
        "findPerformer": _get("performers"),
        "findTag": _get("tags"),
        "findStudio": _get("studios"),
        "findGroup": _get("groups"),
        "findGallery": _get("galleries"),
        "findScenes": _find_scenes,
        "findPerformers": _find("performers", "performers"),
        "findTags": _find("tags", "tags"),
        "findStudios": _find("studios", "studios"),
        "findGroups": _find("groups", "groups"),
        "findSceneMarkers": _find("markers", "scene_markers"),
        "findFiles": _find_files,
        "findFolders": _find("folders", "folders"),
    },
}
