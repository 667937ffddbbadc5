"""One request on its way to the function that answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Item, Section
from tests.sandbox.wire import Request, Response


class NotThere(Exception):  # noqa: N818 - an answer, not an error of ours
    """What the request is about does not exist: a 404."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request with the parts of its path that vary, and its query decoded."""

    model: Model
    request: Request
    keys: tuple[str, ...]
    pairs: list[tuple[str, str]]

    @property
    def query(self) -> Mapping[str, str]:
        return dict(self.pairs)

    def item(self) -> Item:
        """Return the item whose key comes first in the path."""
        item = self.model.items.get(int(self.keys[0]))
        if item is None:
            raise NotThere
        return item

    def section(self) -> Section:
        """Return the section whose key comes first in the path."""
        section = self.model.sections.get(int(self.keys[0]))
        if section is None:
            raise NotThere
        return section


Answer: TypeAlias = Callable[[Call], Response]
