"""Stash's words: the nodes of its answers into our values.

Pure. Whatever is not Stash's raises KeyError, TypeError, ValueError or AttributeError.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from reconciler.core.news import Census, FiledRow, Job, Named
from reconciler.core.values import Entity, Kind, Scene, SceneFile, SceneId, SlimRow

Node: TypeAlias = Mapping[str, Any]
"""A JSON object of an answer."""

_HIGHEST = 2**63 - 1
_LONE = re.compile("[\ud800-\udfff]")
"""Half a character: JSON can spell it, UTF-8 cannot."""
_OVER = frozenset({"CANCELLED", "FAILED", "FINISHED"})


def text(value: object) -> str:
    """Read text; what is no character of it is replaced, or no file could hold it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _LONE.sub("\N{REPLACEMENT CHARACTER}", value)
    raise TypeError(f"a {type(value).__name__} where Stash gives text")


def number(value: object) -> int:
    """Read an id or a count: GraphQL gives it as a number or as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"a {type(value).__name__} where Stash gives a whole number")
    found = int(value)
    if not 0 <= found <= _HIGHEST:
        raise ValueError("a number that no database of Stash can hold")
    return found


def slim_rows(nodes: Iterable[Node]) -> tuple[SlimRow, ...]:
    return tuple(
        SlimRow(id=SceneId(number(node["id"])), stamp=text(node["updated_at"]))
        for node in nodes
    )


def filed_rows(nodes: Iterable[Node]) -> tuple[FiledRow, ...]:
    return tuple(
        FiledRow(
            id=SceneId(number(node["id"])),
            stamp=text(node["updated_at"]),
            files=tuple(map(_place, _primary_first(node["files"]))),
        )
        for node in nodes
    )


def named(kind: Kind, nodes: Iterable[Node]) -> tuple[Named, ...]:
    return tuple(
        Named(
            kind=kind,
            id=number(node["id"]),
            name=text(node["name"]),
            stamp=text(node["updated_at"]),
        )
        for node in nodes
    )


def census(node: Node) -> Census:
    """Read a count, and the one row that is the last by its id, if there is any."""
    tip = max((number(row["id"]) for row in node["rows"]), default=0)
    return Census(count=number(node["count"]), tip=tip)


def jobs(nodes: Iterable[Node | None]) -> tuple[Job, ...]:
    """Put jobs in order; one that was read twice is over if either says so."""
    found: dict[int, Job] = {}
    for node in filter(None, nodes):
        id_, is_over = number(node["id"]), text(node["status"]) in _OVER
        was_over = id_ in found and found[id_].is_over
        found[id_] = Job(
            id=id_,
            name=text(node["description"]),
            is_over=is_over or was_over,
            added=text(node["addTime"]),
        )
    return tuple(found[id_] for id_ in sorted(found))


def scenes(nodes: Iterable[Node]) -> tuple[Scene, ...]:
    return tuple(map(scene, nodes))


def scene(node: Node) -> Scene:
    studio = node["studio"]
    return Scene(
        id=SceneId(number(node["id"])),
        stamp=text(node["updated_at"]),
        title=text(node["title"]),
        details=text(node["details"]),
        date=text(node["date"]),
        studio=_studio(studio) if studio else None,
        # Stash promises no order of performers.
        performers=tuple(sorted(map(_performer, node["performers"]), key=_id)),
        tags=tuple(map(_tag, node["tags"])),
        files=tuple(map(_file, _primary_first(node["files"]))),
    )


def _studio(node: Node) -> Entity:
    parent = node["parent_studio"]
    return _entity(Kind.STUDIO, node, [parent] if parent else [])


def _performer(node: Node) -> Entity:
    return _entity(Kind.PERFORMER, node, [])


def _tag(node: Node) -> Entity:
    return _entity(Kind.TAG, node, node["parents"])


def _entity(kind: Kind, node: Node, parents: Iterable[Node]) -> Entity:
    return Entity(
        kind=kind,
        id=number(node["id"]),
        name=text(node["name"]),
        parents=tuple(sorted(number(parent["id"]) for parent in parents)),
    )


def _file(node: Node) -> SceneFile:
    pairs = ((text(f["type"]), text(f["value"])) for f in node["fingerprints"])
    id_, path = _place(node)
    return SceneFile(id=id_, path=path, fingerprints=tuple(sorted(pairs)))


def _place(node: Node) -> tuple[int, str]:
    return number(node["id"]), text(node["path"])


def _primary_first(nodes: Iterable[Node]) -> tuple[Node, ...]:
    # Stash puts the primary file first and the others in no order.
    found = tuple(nodes)
    return (*found[:1], *sorted(found[1:], key=lambda node: number(node["id"])))


def _id(entity: Entity) -> int:
    return entity.id
