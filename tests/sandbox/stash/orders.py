"""How rows are put in order and cut into pages (facts §1.4).

Of the sorts that Stash allows, those that nobody here needs are refused like any other.
Where Stash promises no order, the double takes care not to give a convenient one.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.model import StashModel
from tests.sandbox.stash.records import Group, Marker, Performer, Scene, Studio, Tag
from tests.sandbox.stash.times import instant

FindFilter: TypeAlias = Mapping[str, Any]
Key: TypeAlias = Callable[[Any], Any]

_PER_PAGE = 25
_ENTITY_SORTS = frozenset(
    {"created_at", "id", "name", "random", "scenes_count", "updated_at"}
)
_FILE_SORTS = frozenset({"created_at", "id", "path", "random", "updated_at"})
_MARKER_SORTS = frozenset(
    {
        "created_at",
        "duration",
        "id",
        "random",
        "scene_id",
        "scenes_updated_at",
        "seconds",
        "title",
        "updated_at",
    }
)
_SCENE_SORTS = frozenset(
    {
        "code",
        "created_at",
        "date",
        "file_count",
        "file_mod_time",
        "id",
        "last_played_at",
        "o_counter",
        "organized",
        "path",
        "performer_count",
        "play_count",
        "random",
        "rating",
        "tag_count",
        "title",
        "updated_at",
    }
)


def scrambled(row_id: int) -> int:
    """Rank ids in an order that is always the same and never that of the ids."""
    return (row_id * 2_654_435_761) % 4_294_967_291


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Rank text without case, and numbers in it by their value."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in re.split(r"(\d+)", text.casefold())
        if part
    )


def paged(rows: list[Any], given: FindFilter) -> list[Any]:
    per_page = given.get("per_page")
    size = _PER_PAGE if per_page is None else per_page
    if size < 0:
        return rows
    first = (max(given.get("page") or 1, 1) - 1) * size
    return rows[first : first + size]


class Orders:
    def __init__(self, model: StashModel) -> None:
        self._model = model

    def scenes(self, rows: Iterable[Scene], given: FindFilter) -> list[Scene]:
        sort = given.get("sort")
        if not sort:
            return self._by_ties(rows, given)
        _check(sort, _SCENE_SORTS)
        if sort == "id":
            return _in_order(rows, _by("id"), given)
        tied = sorted(self._by_ties(rows, given), key=_title_or_id)
        return _in_order(tied, self._scene_key(sort), given)

    def entities(self, rows: Iterable[Any], given: FindFilter) -> list[Any]:
        """Order performers, tags, studios or groups; by name unless told otherwise."""
        sort = given.get("sort")
        sort = "name" if sort is None else sort
        _check(sort, _ENTITY_SORTS)
        tied = sorted(self._by_ties(rows, given), key=_name)
        keys: dict[str, Key] = {"name": _name, "scenes_count": self.scene_count}
        return _in_order(tied, keys.get(sort, self._entity_key(sort)), given)

    def markers(self, rows: Iterable[Marker], given: FindFilter) -> list[Marker]:
        sort = given.get("sort")
        sort = "title" if sort is None else sort
        _check(sort, _MARKER_SORTS)
        tied = sorted(rows, key=lambda marker: (marker.scene_id, marker.seconds))
        return _in_order(tied, self._marker_key(sort), given)

    def files(self, rows: Iterable[Any], given: FindFilter, path: Key) -> list[Any]:
        """Order files or folders; without a sort they come as they come."""
        sort = given.get("sort")
        tied = self._by_ties(rows, given)
        if not sort:
            return tied
        _check(sort, _FILE_SORTS)
        key = path if sort == "path" else self._entity_key(sort)
        return _in_order(tied, key, given)

    def scene_count(self, row: Performer | Tag | Studio | Group) -> int:
        scenes = self._model.scenes.values()
        match row:
            case Performer():
                return sum(row.id in scene.performer_ids for scene in scenes)
            case Tag():
                return sum(row.id in scene.tag_ids for scene in scenes)
            case Studio():
                return sum(row.id == scene.studio_id for scene in scenes)
            case Group():
                return sum(row.id in dict(scene.groups) for scene in scenes)

    def _by_ties(self, rows: Iterable[Any], given: FindFilter) -> list[Any]:
        shift = (given.get("page") or 1) if self._model.settings.unstable_ties else 0
        return sorted(rows, key=lambda row: scrambled(row.id + 7919 * shift))

    def _entity_key(self, sort: str) -> Key:
        if sort.startswith("random"):
            return lambda row: scrambled(row.id)
        return _by(sort)

    def _marker_key(self, sort: str) -> Key:
        scenes, tags = self._model.scenes, self._model.tags
        match sort:
            case "title":
                return lambda m: natural(m.title or tags[m.primary_tag_id].name)
            case "scenes_updated_at":
                return lambda marker: scenes[marker.scene_id].updated_at
            case "duration":
                return lambda marker: (marker.end_seconds or 0.0) - marker.seconds
        return self._entity_key(sort)

    def _scene_key(self, sort: str) -> Key:
        if sort.startswith("random"):
            return lambda scene: scrambled(scene.id)
        if sort in {"code", "created_at", "organized", "updated_at"}:
            return _by(sort)
        keys: dict[str, Key] = {
            "title": self._title_or_file,
            "path": lambda scene: natural(self._path(scene)),
            "date": lambda scene: scene.date or "",
            "rating": lambda scene: -1 if scene.rating100 is None else scene.rating100,
            "file_count": lambda scene: len(scene.file_ids),
            "tag_count": lambda scene: len(scene.tag_ids),
            "performer_count": lambda scene: len(scene.performer_ids),
            "o_counter": lambda scene: len(scene.o_history),
            "play_count": lambda scene: len(scene.play_history),
            "last_played_at": lambda scene: max(scene.play_history, default=""),
            "file_mod_time": self._modified,
        }
        return keys[sort]

    def _path(self, scene: Scene) -> str:
        return self._model.path_of(scene.file_ids[0]) if scene.file_ids else ""

    def _title_or_file(self, scene: Scene) -> Any:  # noqa: ANN401 - a sort key
        folder, _, basename = self._path(scene).rpartition(self._model.separator)
        return (natural(scene.title or basename), natural(folder))

    def _modified(self, scene: Scene) -> float:
        files = self._model.files
        return instant(files[scene.file_ids[0]].mod_time) if scene.file_ids else 0.0


def _by(field: str) -> Key:
    return lambda row: getattr(row, field)


def _name(row: Any) -> Any:  # noqa: ANN401 - anything that has a name
    return natural(getattr(row, "sort_name", "") or row.name)


def _title_or_id(scene: Scene) -> Any:  # noqa: ANN401 - a sort key
    # An unset title is replaced by the id, and a number comes before all text.
    return (1, natural(scene.title)) if scene.title else (0, scene.id)


def _check(sort: str, allowed: frozenset[str]) -> None:
    seed = sort.removeprefix("random_")
    if seed != sort:
        if not seed.isdecimal():
            raise StashError(f"invalid random seed: {seed}")
    elif sort not in allowed:
        raise StashError(f"invalid sort: {sort}")


def _in_order(rows: Iterable[Any], key: Key, given: FindFilter) -> list[Any]:
    """Sort stably in either direction: ties keep the order that they come in."""
    return sorted(rows, key=key, reverse=given.get("direction") == "DESC")
