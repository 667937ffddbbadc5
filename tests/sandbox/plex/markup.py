"""An answer as a tree of named nodes, written as XML or as JSON."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias
from xml.sax.saxutils import quoteattr

Attribute: TypeAlias = str | int | float | bool
Json: TypeAlias = Attribute | list["Json"] | dict[str, "Json"]

_QUOTES = {'"': "&quot;"}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Node:
    """One element; in JSON it is a member of the list named *plural*."""

    name: str
    attributes: dict[str, Attribute]
    children: tuple["Node", ...] = field(default=())
    plural: str = ""


def to_xml(node: Node) -> bytes:
    return (_DECLARATION + "\n".join(_lines(node)) + "\n").encode()


def to_json(node: Node) -> bytes:
    whole = {node.name: _as_json(node)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _lines(node: Node) -> list[str]:
    head = " ".join([node.name, *(_pair(*pair) for pair in node.attributes.items())])
    if not node.children:
        return [f"<{head} />"]
    inner = [line for child in node.children for line in _lines(child)]
    return [f"<{head}>", *inner, f"</{node.name}>"]


@lru_cache(maxsize=10_000, typed=True)  # the same few make up every answer
def _pair(name: str, value: Attribute) -> str:
    text = str(int(value)) if isinstance(value, bool) else str(value)
    # Always in double quotes, as recorded; line breaks are written as references.
    return f"{name}={quoteattr(text, _QUOTES)}"


def _as_json(node: Node) -> dict[str, Json]:
    whole: dict[str, Json] = dict(node.attributes)
    lists: dict[str, list[Json]] = {}
    for child in node.children:
        lists.setdefault(child.plural or child.name, []).append(_as_json(child))
    return {**whole, **lists}
