"""Runs GraphQL documents against the model, and words failures as gqlgen does.

A document that does not parse or validate, or whose variables do not fit, is rejected
as a whole; what a resolver refuses is told beside the data (facts §4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from tests.sandbox.stash import fields, histories, mutations, queries, status, tasks
from tests.sandbox.stash.context import Context
from tests.sandbox.stash.schema import schema_for

_PARSE = "GRAPHQL_PARSE_FAILED"
_VALIDATION = "GRAPHQL_VALIDATION_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back as JSON; *rejected* if nothing was executed."""

    payload: Mapping[str, object]
    rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    document: DocumentNode | None
    rejection: Answer | None


@cache
def served_schema(version: str) -> GraphQLSchema:
    """Return the schema of *version* with all of its resolvers."""
    resolvers = {
        **fields.RESOLVERS,
        "Query": {**queries.RESOLVERS["Query"], **status.RESOLVERS["Query"]},
        "Mutation": {
            **mutations.RESOLVERS["Mutation"],
            **histories.RESOLVERS["Mutation"],
            **tasks.RESOLVERS["Mutation"],
        },
    }
    return schema_for(version, resolvers)


def execute(
    context: Context,
    query: str,
    variables: Mapping[str, Any],
    operation_name: str | None = None,
) -> Answer:
    version = context.model.version
    prepared = _prepare(version, query)
    if prepared.rejection is not None or prepared.document is None:
        return prepared.rejection or _rejected([], _VALIDATION)
    operation = get_operation_ast(prepared.document, operation_name or None)
    if operation is None:
        missing = GraphQLError(f"operation {operation_name or ''} not found")
        return _rejected([missing], _VALIDATION)
    result = execute_sync(
        served_schema(version),
        prepared.document,
        context_value=context,
        variable_values=dict(variables),
        operation_name=operation_name or None,
        type_resolver=lambda *_: "VideoFile",  # the only kind of file there is
    )
    if _is_unfit(result):
        return _rejected(result.errors or [], _VALIDATION)
    return _told(result)


def is_mutation(version: str, query: str, operation_name: str | None) -> bool:
    document = _prepare(version, query).document
    if document is None:
        return False
    operation = get_operation_ast(document, operation_name or None)
    return operation is not None and operation.operation.value == "mutation"


@lru_cache(maxsize=1000)
def _prepare(version: str, query: str) -> _Prepared:
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        return _Prepared(document=None, rejection=_rejected([error], _PARSE))
    errors = validate(served_schema(version), document)
    if errors:
        return _Prepared(document=None, rejection=_rejected(errors, _VALIDATION))
    return _Prepared(document=document, rejection=None)


def _is_unfit(result: ExecutionResult) -> bool:
    """Whether nothing was run, since the variables do not fit: no field is to blame."""
    errors = result.errors or ()
    return result.data is None and any(error.path is None for error in errors)


def _rejected(errors: Sequence[GraphQLError], code: str) -> Answer:
    told = [{**error.formatted, "extensions": {"code": code}} for error in errors]
    return Answer(payload={"errors": told, "data": None}, rejected=True)


def _told(result: ExecutionResult) -> Answer:
    if not result.errors:
        return Answer(payload={"data": result.data})
    errors = [{"message": e.message, "path": e.path} for e in result.errors]
    return Answer(payload={"errors": errors, "data": result.data})
