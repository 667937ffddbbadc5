"""What a schema consists of, as a flat list of names with their types.

`Scene.title` is a field or an input's field, `Query.findScene(id)` an argument, and
`JobStatus.READY` a value. Taken from the double's slice, or from what a server tells.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    print_ast,
)

from tests.sandbox.stash.schema import slice_of

Outline = dict[str, str]

INTROSPECTION = """
{
  __schema {
    types {
      name
      fields(includeDeprecated: true) {
        name
        type { ...kind }
        args { name type { ...kind } }
      }
      inputFields { name type { ...kind } }
      enumValues(includeDeprecated: true) { name }
    }
  }
}
fragment kind on __Type {
  kind name
  ofType {
    kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { name kind } } } }
  }
}
"""


def slice_outline(version: str) -> Outline:
    """Return what the double has at *version*."""
    return dict(
        pair
        for definition in slice_of(version).definitions
        for pair in _of_definition(definition)
    )


def told_outline(introspection: Mapping[str, Any]) -> Outline:
    """Return all that a server tells of itself, asked with `INTROSPECTION`."""
    return dict(
        pair for told in introspection["__schema"]["types"] for pair in _of_told(told)
    )


def _of_definition(definition: object) -> Iterator[tuple[str, str]]:
    match definition:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            for field in definition.fields or ():
                yield from _of_field(definition.name.value, field)
        case InputObjectTypeDefinitionNode():
            for given in definition.fields or ():
                name = f"{definition.name.value}.{given.name.value}"
                yield name, print_ast(given.type)
        case EnumTypeDefinitionNode():
            for value in definition.values or ():
                yield f"{definition.name.value}.{value.name.value}", "value"


def _of_field(owner: str, field: FieldDefinitionNode) -> Iterator[tuple[str, str]]:
    name = f"{owner}.{field.name.value}"
    yield name, print_ast(field.type)
    for argument in field.arguments or ():
        yield f"{name}({argument.name.value})", print_ast(argument.type)


def _of_told(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in told.get("fields") or ():
        name = f"{told['name']}.{field['name']}"
        yield name, _type(field["type"])
        for argument in field["args"]:
            yield f"{name}({argument['name']})", _type(argument["type"])
    for given in told.get("inputFields") or ():
        yield f"{told['name']}.{given['name']}", _type(given["type"])
    for value in told.get("enumValues") or ():
        yield f"{told['name']}.{value['name']}", "value"


def _type(told: Mapping[str, Any]) -> str:
    match told["kind"]:
        case "NON_NULL":
            return f"{_type(told['ofType'])}!"
        case "LIST":
            return f"[{_type(told['ofType'])}]"
        case _:
            return str(told["name"])
