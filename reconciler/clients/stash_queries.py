"""What a scan, a reading and a probe ask of Stash; `stash_polls` has the rest.

Every document is good for v0.27 up to v0.30 at least: tests hold each of them against
both schemas. None of these asks for a `count`, which costs Stash a second query.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Generic, TypeVar

from gql import GraphQLRequest
from graphql import DocumentNode, parse

from reconciler.clients import stash_wire
from reconciler.clients.stash_wire import Node
from reconciler.core.values import Scene, SceneId, SlimRow

Answer = TypeVar("Answer")

SCAN_PAGE = 1000
"""Scenes that one scan request brings; one more is asked for, to see if it ends."""
READ_PAGE = 100
"""Scenes that are read in full in one request."""

WHOLE = """
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

SCANNED = """
  changed: findScenes(
    filter: { per_page: $size, sort: "id", direction: ASC }
    scene_filter: {
      id: { value: $after, modifier: GREATER_THAN }
      updated_at: { value: $since, modifier: GREATER_THAN }
    }
  ) { scenes { id updated_at } }
  fresh: findScenes(
    filter: { per_page: $size, sort: "id", direction: ASC }
    scene_filter: {
      id: { value: $after, modifier: GREATER_THAN }
      updated_at: { value: $fresh, modifier: GREATER_THAN }
    }
  ) { scenes { ...Whole } }
"""
"""The two lists of a scan: a poll has them as well."""

SCAN = f"""
query Scan($since: String!, $fresh: String!, $after: Int!, $size: Int!) {{{SCANNED}}}
{WHOLE}"""

SEVERAL = f"""
query Several($ids: [ID!]!) {{ findScenes(ids: $ids) {{ scenes {{ ...Whole }} }} }}
{WHOLE}"""

SINGLE = f"""
query Single($id: ID!) {{ findScene(id: $id) {{ ...Whole }} }}
{WHOLE}"""

STATUS = """
query Status {
  systemStatus { status databaseSchema appSchema }
  version { version }
}
"""

SIZE = "query Size { stats { scene_count } }"

DOCUMENTS = (SCAN, SEVERAL, SINGLE, STATUS, SIZE)


class _Request(GraphQLRequest):
    """A request that is sent as it is written.

    gql would print its document anew for each: a tenth of what a quiet poll costs us.
    """

    def __init__(self, text: str, variables: dict[str, object]) -> None:
        super().__init__(_parsed(text), variable_values=variables)
        self._text = text

    @property
    def payload(self) -> dict[str, object]:
        return {"query": self._text, "variables": self.variable_values}


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
        return _Request(self.text, dict(self.variables))


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
    return Query(kind="stash scan", text=SCAN, variables=variables, read=found)


def found(data: Node) -> Found:
    """Read the two lists of a scan."""
    return Found(
        rows=stash_wire.slim_rows(data["changed"]["scenes"]),
        scenes=stash_wire.scenes(data["fresh"]["scenes"]),
    )


def several(ids: Sequence[SceneId]) -> Query[tuple[Scene, ...]]:
    """Ask for scenes; Stash refuses the whole if one of them is not there."""
    if not ids:
        raise ValueError("an empty list of ids asks Stash for its first 25 scenes")
    variables = {"ids": [str(id_) for id_ in ids]}
    return Query(
        kind="stash read",
        text=SEVERAL,
        variables=variables,
        read=lambda data: stash_wire.scenes(data["findScenes"]["scenes"]),
    )


def single(id_: SceneId) -> Query[Scene | None]:
    return Query(
        kind="stash read",
        text=SINGLE,
        variables={"id": str(id_)},
        read=lambda data: (
            stash_wire.scene(node) if (node := data["findScene"]) else None
        ),
    )


def status() -> Query[StashReport]:
    """Ask what needs neither a database nor a schema of these years."""
    return Query(kind="stash probe", text=STATUS, read=_report)


def size() -> Query[int]:
    return Query(
        kind="stash probe",
        text=SIZE,
        read=lambda data: stash_wire.number(data["stats"]["scene_count"]),
    )


@cache
def _parsed(text: str) -> DocumentNode:
    return parse(text, no_location=True)


def _report(data: Node) -> StashReport:
    system = data["systemStatus"]
    return StashReport(
        version=stash_wire.text(data["version"]["version"]),
        status=stash_wire.text(system["status"]),
        database_schema=stash_wire.number(system["databaseSchema"] or 0),
        app_schema=stash_wire.number(system["appSchema"]),
    )
