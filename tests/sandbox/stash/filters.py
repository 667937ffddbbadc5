"""Filters, with the joins and the mistakes of Stash's query builder (facts §1.3, §1.5).

A related filter INNER-joins its table to the scenes, also from inside an OR, so that a
scene without, say, performers is lost there. The join of the markers has no condition:
every scene meets every marker. And `groups_filter` is not looked at: the server reads
`movies_filter` in its place, which is its old name (pkg/sqlite/scene_filter.go).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Generic, TypeAlias, TypeVar

from tests.sandbox.stash.criteria import (
    Criterion,
    Verdict,
    both,
    either,
    int_test,
    negated,
    string_test,
    timestamp_test,
)
from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.model import StashModel
from tests.sandbox.stash.records import File, Scene

T = TypeVar("T")
Filter: TypeAlias = Mapping[str, Any]
Joined: TypeAlias = Mapping[str, int | None]  # per joined table, the id in this row
Clause: TypeAlias = Callable[[T, Joined], Verdict]
Join: TypeAlias = Callable[[T], Collection[int | None]]

_OPERATORS = ("AND", "OR", "NOT")


@dataclass(slots=True)
class Conditions(Generic[T]):
    """Clauses that hold together, and the one group that is combined with them."""

    clauses: list[Clause[T]] = field(default_factory=list)
    joins: dict[str, Join[T]] = field(default_factory=dict)
    group: "Conditions[T] | None" = None
    operator: str = ""

    def where(self, clause: Clause[T]) -> None:
        self.clauses.append(clause)

    def combine(self, operator: str, group: "Conditions[T]") -> None:
        if self.group is not None:
            raise StashError("sub-filter already set")
        self.operator, self.group = operator, group

    @property
    def empty(self) -> bool:
        return not (self.clauses or self.joins or self.group)

    def all_joins(self) -> dict[str, Join[T]]:
        below = self.group.all_joins() if self.group else {}
        return {**below, **self.joins}

    def verdict(self, row: T, joined: Joined) -> Verdict:
        own: Verdict = True
        for clause in self.clauses:
            own = both(own, clause(row, joined))
            if own is False:
                break
        if self.group is None or not self.group.says_anything:
            return own
        return self._combined(own, row, joined, self.group)

    def _combined(
        self, own: Verdict, row: T, joined: Joined, group: "Conditions[T]"
    ) -> Verdict:
        other = group.verdict(row, joined)
        match self.operator:
            case "AND":
                return both(own, other)
            case "OR":
                return either(own, other) if self.clauses else other
            case _:
                return both(own, negated(other))

    @property
    def says_anything(self) -> bool:
        return bool(self.clauses) or (
            self.group is not None and self.group.says_anything
        )

    def matching(self, rows: Iterable[T]) -> Iterator[T]:
        """Yield the rows for which any row of the joined tables makes this true."""
        joins = self.all_joins()
        if not joins:
            yield from (row for row in rows if self.verdict(row, {}))
            return
        names = tuple(joins)
        for row in rows:
            ids = [joins[name](row) for name in names]
            combined = (dict(zip(names, each, strict=True)) for each in product(*ids))
            if any(self.verdict(row, joined) for joined in combined):
                yield row


def _check_operators(given: Filter | None) -> None:
    if given is None:
        return
    used = [name for name in _OPERATORS if given.get(name) is not None]
    if len(used) > 1:
        raise StashError(f"cannot have {used[0]} and {used[1]} in the same filter")
    for name in used:
        _check_operators(given[name])


class EntityFilter:
    """The filters of performers, tags, studios, groups, markers and folders."""

    def __init__(self, model: StashModel) -> None:
        self._model = model

    def conditions(self, given: Filter | None) -> Conditions[Any]:
        _check_operators(given)
        conditions: Conditions[Any] = Conditions()
        self._add(conditions, given or {})
        return conditions

    def _add(self, to: Conditions[Any], given: Filter) -> None:
        for operator in _OPERATORS:
            if given.get(operator) is not None:
                group: Conditions[Any] = Conditions()
                self._add(group, given[operator])
                to.combine(operator, group)
        for name, criterion in given.items():
            if name not in _OPERATORS and criterion is not None:
                self._add_criterion(to, name, criterion)

    def _add_criterion(
        self, to: Conditions[Any], name: str, criterion: Criterion
    ) -> None:
        if name in {"created_at", "updated_at"}:
            compare = timestamp_test(criterion, self._model)
            to.where(lambda row, _: compare(getattr(row, name)))
        else:
            test = string_test(criterion)
            to.where(lambda row, _: test(getattr(row, name) or None))


class FileFilter(EntityFilter):
    def _add_criterion(
        self, to: Conditions[Any], name: str, criterion: Criterion
    ) -> None:
        if name == "path":
            test = string_test(criterion)
            to.where(lambda file, _: test(self._model.path_of(file.id)))
        else:
            super()._add_criterion(to, name, criterion)


class SceneFilter(EntityFilter):
    """The filter of scenes; a joined row names an id, the tables are the model's."""

    def _add_criterion(
        self, to: Conditions[Any], name: str, criterion: Criterion
    ) -> None:
        match name:
            case "id" | "rating100":
                number = int_test(criterion)
                to.where(lambda scene, _: number(getattr(scene, name)))
            case "file_count":
                number = int_test(criterion)
                to.where(lambda scene, _: number(len(scene.file_ids)))
            case "organized":
                to.where(lambda scene, _: scene.organized == criterion)
            case "is_missing":
                self._add_missing(to, str(criterion))
            case "path":
                self._join_files(to)
                test = string_test(criterion)
                to.where(lambda _, joined: test(self._path(joined["files"])))
            case "files_filter":
                self._add_files(to, criterion)
            case "groups_filter":
                return
            case _ if name.endswith("_filter"):
                self._add_related(to, name.removesuffix("_filter"), criterion)
            case _:
                super()._add_criterion(to, name, criterion)

    def _add_missing(self, to: Conditions[Any], what: str) -> None:
        if not what:
            return
        field = _MISSING.get(what)
        if field is None:
            raise StashError(f"no such column: scenes.{what}")
        to.where(lambda scene, _: not getattr(scene, field))

    def _add_related(self, to: Conditions[Any], kind: str, given: Filter) -> None:
        """Ask for the related rows on their own, and join them from the outside."""
        conditions = EntityFilter(self._model).conditions(given)
        if conditions.empty:
            return
        table = getattr(self._model, kind)
        found = {row.id for row in conditions.matching(table.values())}
        if kind == "studios":
            to.where(lambda scene, _: _is_in(scene.studio_id, found))
            return
        to.joins.setdefault(kind, self._join_of(kind))
        to.where(lambda _, joined: _is_in(joined[kind], found))

    def _join_of(self, kind: str) -> Join[Scene]:
        match kind:
            case "performers":
                return lambda scene: scene.performer_ids
            case "tags":
                return lambda scene: scene.tag_ids
            case _:
                # "ON scenes.id": true for every pair, so every scene meets every marker
                return lambda _: list(self._model.markers)

    def _add_files(self, to: Conditions[Any], given: Filter) -> None:
        """Join the files directly: their criteria and operators become the scene's."""
        inner = FileFilter(self._model).conditions(given)
        if inner.empty:
            return
        self._join_files(to)
        files = self._model.files

        def on_file(clause: Clause[File]) -> Clause[Scene]:
            return lambda _, joined: (
                None
                if joined["files"] is None
                else clause(files[joined["files"]], joined)
            )

        def moved(conditions: Conditions[File]) -> Conditions[Scene]:
            scenes = Conditions[Scene]([on_file(c) for c in conditions.clauses])
            if conditions.group is not None:
                scenes.combine(conditions.operator, moved(conditions.group))
            return scenes

        outer = moved(inner)
        to.clauses.extend(outer.clauses)
        if outer.group is not None:
            to.combine(outer.operator, outer.group)

    def _join_files(self, to: Conditions[Any]) -> None:
        # A LEFT join: a scene without files keeps one row, of nothing.
        to.joins.setdefault("files", lambda scene: scene.file_ids or (None,))

    def _path(self, file_id: int | None) -> str | None:
        return None if file_id is None else self._model.path_of(file_id)


_MISSING = {
    "code": "code",
    "cover": "cover",
    "date": "date",
    "details": "details",
    "director": "director",
    "group": "groups",
    "performers": "performer_ids",
    "studio": "studio_id",
    "tags": "tag_ids",
    "title": "title",
    "url": "urls",
}


def _is_in(row_id: int | None, found: Collection[int]) -> Verdict:
    if row_id is None:
        return None if found else False
    return row_id in found
