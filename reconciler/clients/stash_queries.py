"""What is asked of Stash, and the values that its answers become.

Every document is good for v0.27 up to v0.30 at least: tests hold each of them against
both schemas. `count` is never asked for: it costs the server a second query.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from gql import GraphQLRequest
from graphql import DocumentNode, parse

from reconciler.core.values import Entity, Kind, Scene, SceneFile, SceneId, SlimRow

Node: TypeAlias = Mapping[str, Any]
"""A JSON object of an answer."""
Answer = TypeVar("Answer")

SCAN_PAGE = 1000
"""Scenes that one scan request brings; one more is asked for, to see if it ends."""
READ_PAGE = 100
"""Scenes that are read in full in one request."""

_WHOLE = """
fragment Whole on Scene {
  id
  updated_at
  title
  details
  date
  studio { id name parent_studio { id } }
  performers { id name }
  tags { id name parents { id } }
  files { id path fingerprints { type value } }
}
"""

SCAN = f"""
query Scan($since: String!, $fresh: String!, $after: Int!, $size: Int!) {{
  changed: findScenes(
    filter: {{ per_page: $size, sort: "id", direction: ASC }}
    scene_filter: {{
      id: {{ value: $after, modifier: GREATER_THAN }}
      updated_at: {{ value: $since, modifier: GREATER_THAN }}
    }}
  ) {{ scenes {{ id updated_at }} }}
  fresh: findScenes(
    filter: {{ per_page: $size, sort: "id", direction: ASC }}
    scene_filter: {{
      id: {{ value: $after, modifier: GREATER_THAN }}
      updated_at: {{ value: $fresh, modifier: GREATER_THAN }}
    }}
  ) {{ scenes {{ ...Whole }} }}
}}
{_WHOLE}"""

SEVERAL = f"""
query Several($ids: [ID!]!) {{ findScenes(ids: $ids) {{ scenes {{ ...Whole }} }} }}
{_WHOLE}"""

SINGLE = f"""
query Single($id: ID!) {{ findScene(id: $id) {{ ...Whole }} }}
{_WHOLE}"""

STATUS = """
query Status {
  systemStatus { status databaseSchema appSchema }
  version { version }
}
"""

SIZE = "query Size { stats { scene_count } }"

TAG_NAMES = """
query TagNames($page: Int!, $size: Int!) {
  found: findTags(
    filter: { page: $page, per_page: $size, sort: "id", direction: ASC }
  ) { names: tags { name } }
}
"""

PERFORMER_NAMES = """
query PerformerNames($page: Int!, $size: Int!) {
  found: findPerformers(
    filter: { page: $page, per_page: $size, sort: "id", direction: ASC }
  ) { names: performers { name } }
}
"""

DOCUMENTS = (SCAN, SEVERAL, SINGLE, STATUS, SIZE, TAG_NAMES, PERFORMER_NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Generic[Answer]):
    """One request: what it counts as, what it says, and how its answer is read.

    *read* raises KeyError, TypeError or ValueError where the answer is not Stash's.
    """

    kind: str
    text: str
    variables: Mapping[str, object] = field(default_factory=dict)
    read: Callable[[Node], Answer]

    @property
    def request(self) -> GraphQLRequest:
        return GraphQLRequest(_parsed(self.text), variable_values=dict(self.variables))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a scan request brought, up to one more than a page of each."""

    rows: tuple[SlimRow, ...]
    scenes: tuple[Scene, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StashReport:
    """What Stash says of itself."""

    version: str
    """Such as v0.30.1; empty where the build is nobody's release."""
    status: str
    """OK, SETUP or NEEDS_MIGRATION."""
    database_schema: int
    """0 where there is no database yet."""
    app_schema: int
    scenes: int | None = None
    """None unless the status is OK."""


def scan(*, since: str, fresh: str, after: SceneId) -> Query[Found]:
    size = SCAN_PAGE + 1
    variables = {"since": since, "fresh": fresh, "after": after, "size": size}
    return Query(kind="stash scan", text=SCAN, variables=variables, read=_found)


def several(ids: Sequence[SceneId]) -> Query[tuple[Scene, ...]]:
    """Ask for scenes; Stash refuses the whole if one of them is not there."""
    if not ids:
        raise ValueError("an empty list of ids asks Stash for its first 25 scenes")
    variables = {"ids": [str(id_) for id_ in ids]}
    return Query(
        kind="stash read",
        text=SEVERAL,
        variables=variables,
        read=lambda data: _scenes(data["findScenes"]["scenes"]),
    )


def single(id_: SceneId) -> Query[Scene | None]:
    return Query(
        kind="stash read",
        text=SINGLE,
        variables={"id": str(id_)},
        read=lambda data: _scene(node) if (node := data["findScene"]) else None,
    )


def names(kind: Kind, page: int) -> Query[tuple[str, ...]]:
    """Ask for a page of the names of tags or performers; the first page is 1."""
    return Query(
        kind="stash names",
        text=TAG_NAMES if kind is Kind.TAG else PERFORMER_NAMES,
        variables={"page": page, "size": SCAN_PAGE},
        read=lambda data: tuple(_text(node["name"]) for node in data["found"]["names"]),
    )


def status() -> Query[StashReport]:
    """Ask what needs neither a database nor a schema of these years."""
    return Query(kind="stash probe", text=STATUS, read=_report)


def size() -> Query[int]:
    return Query(
        kind="stash probe",
        text=SIZE,
        read=lambda data: int(data["stats"]["scene_count"]),
    )


@cache
def _parsed(text: str) -> DocumentNode:
    return parse(text, no_location=True)


def _found(data: Node) -> Found:
    rows = tuple(
        SlimRow(id=SceneId(int(node["id"])), stamp=_text(node["updated_at"]))
        for node in data["changed"]["scenes"]
    )
    return Found(rows=rows, scenes=_scenes(data["fresh"]["scenes"]))


def _report(data: Node) -> StashReport:
    system = data["systemStatus"]
    return StashReport(
        version=_text(data["version"]["version"]),
        status=_text(system["status"]),
        database_schema=int(system["databaseSchema"] or 0),
        app_schema=int(system["appSchema"]),
    )


def _scenes(nodes: Iterable[Node]) -> tuple[Scene, ...]:
    return tuple(map(_scene, nodes))


def _scene(node: Node) -> Scene:
    studio = node["studio"]
    return Scene(
        id=SceneId(int(node["id"])),
        stamp=_text(node["updated_at"]),
        title=_text(node["title"]),
        details=_text(node["details"]),
        date=_text(node["date"]),
        studio=_studio(studio) if studio else None,
        # Stash promises no order of performers.
        performers=tuple(sorted(map(_performer, node["performers"]), key=_id)),
        tags=tuple(map(_tag, node["tags"])),
        files=_files(node["files"]),
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
        id=int(node["id"]),
        name=_text(node["name"]),
        parents=tuple(sorted(int(parent["id"]) for parent in parents)),
    )


def _files(nodes: Iterable[Node]) -> tuple[SceneFile, ...]:
    # Stash puts the primary file first and the others in no order.
    first, others = (files := tuple(map(_file, nodes)))[:1], files[1:]
    return (*first, *sorted(others, key=_id))


def _file(node: Node) -> SceneFile:
    pairs = ((_text(f["type"]), _text(f["value"])) for f in node["fingerprints"])
    return SceneFile(
        id=int(node["id"]), path=_text(node["path"]), fingerprints=tuple(sorted(pairs))
    )


def _id(thing: Entity | SceneFile) -> int:
    return thing.id


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise TypeError(f"a {type(value).__name__} where Stash gives text")
