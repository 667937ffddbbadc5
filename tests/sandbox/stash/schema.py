"""The schema of one version, made from the slice in schema.graphql.

What the slice marks with a later `@since` than the version asked for is cut out, so
that a document for a newer server fails validation as it would on the older one.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from graphql import (
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    GraphQLFieldResolver,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    Node,
    StringValueNode,
    Visitor,
    build_ast_schema,
    parse,
    visit,
)
from graphql.language.visitor import REMOVE, VisitorActionEnum

from tests.sandbox.stash.store import version_numbers

SLICE = Path(__file__).with_name("schema.graphql")

Resolvers: TypeAlias = Mapping[str, Mapping[str, GraphQLFieldResolver]]


@cache
def sdl() -> DocumentNode:
    return parse(SLICE.read_text(encoding="utf-8"))


def since_of(node: Node) -> str | None:
    """Return the version that first had what *node* defines, if it is marked."""
    for directive in getattr(node, "directives", ()) or ():
        if directive.name.value == "since":
            value = directive.arguments[0].value
            return value.value if isinstance(value, StringValueNode) else None
    return None


class _Cut(Visitor):
    def __init__(self, version: str) -> None:
        super().__init__()
        self._version = version_numbers(version)

    def enter(self, node: Node, *_: object) -> VisitorActionEnum | None:
        if isinstance(node, DirectiveNode | DirectiveDefinitionNode):
            return REMOVE
        since = since_of(node)
        late = since is not None and version_numbers(since) > self._version
        return REMOVE if late else None


def slice_of(version: str) -> DocumentNode:
    """Return what of the slice a server of *version* has."""
    cut: DocumentNode = visit(sdl(), _Cut(version))
    return cut


def schema_for(version: str, resolvers: Resolvers) -> GraphQLSchema:
    schema = build_ast_schema(slice_of(version))
    _read_timestamps(schema)
    for name, fields in resolvers.items():
        kind = schema.type_map[name]
        if isinstance(kind, GraphQLObjectType):
            for field, resolve in fields.items():
                if field in kind.fields:
                    kind.fields[field].resolve = resolve
    return schema


def _read_timestamps(schema: GraphQLSchema) -> None:
    scalar = schema.type_map["Timestamp"]
    if isinstance(scalar, GraphQLScalarType):
        setattr(scalar, "parse_value", _moment)  # noqa: B010 - a method to mypy


def _moment(value: Any) -> float:  # noqa: ANN401 - whatever a client sends
    if not isinstance(value, str):
        raise TypeError("a timestamp is a string")
    return datetime.fromisoformat(value).timestamp()
