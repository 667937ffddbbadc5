"""What every resolver is given: the model, and the address it is asked at."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TypeAlias

from graphql import GraphQLResolveInfo

from tests.sandbox.stash.failures import PanicError, StashError
from tests.sandbox.stash.model import StashModel, Status
from tests.sandbox.stash.orders import natural
from tests.sandbox.stash.records import Tag

_NO_DATABASE = "runtime error: invalid memory address or nil pointer dereference"


@dataclass(frozen=True, kw_only=True)
class Context:
    model: StashModel
    base_url: str

    @cached_property
    def scene_counts(self) -> dict[str, Counter[int]]:
        """Count, once per request, the scenes of every performer, tag and so on."""
        scenes = self.model.scenes.values()
        return {
            "performer": Counter(i for scene in scenes for i in scene.performer_ids),
            "tag": Counter(i for scene in scenes for i in scene.tag_ids),
            "group": Counter(i for scene in scenes for i, _ in scene.groups),
            "studio": Counter(
                scene.studio_id for scene in scenes if scene.studio_id is not None
            ),
        }

    @cached_property
    def tag_ranks(self) -> dict[int, int]:
        """Rank the tags by name; since v0.28 by the one they sort by, if any."""
        by_name = attrgetter("name")
        key = _sort_name if self.model.since("0.28.0") else by_name
        ranked = sorted(self.model.tags.values(), key=key)
        return {tag.id: rank for rank, tag in enumerate(ranked)}

    def tags_of(self, tag_ids: tuple[int, ...]) -> list[Tag]:
        tags = self.model.tags
        ranks = self.tag_ranks
        return [tags[i] for i in sorted(tag_ids, key=lambda i: ranks[i])]


def _sort_name(tag: Tag) -> tuple[tuple[int, int, str], ...]:
    return natural(tag.sort_name or tag.name)


Info: TypeAlias = GraphQLResolveInfo


def context_of(info: Info) -> Context:
    context: Context = info.context
    return context


def opened(info: Info) -> StashModel:
    """Return the model with its database, which only a server that is set up has."""
    model = context_of(info).model
    if model.settings.status is not Status.OK:
        raise PanicError(_NO_DATABASE)
    return model


def as_id(value: str) -> int:
    digits = value.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        raise StashError(f'strconv.Atoi: parsing "{value}": invalid syntax')
    return int(value)


def as_ids(model: StashModel, values: Sequence[str]) -> list[int]:
    """Convert the list of a query, in which since v0.30 no id may come twice."""
    if not model.since("0.30.0"):
        return [as_id(value) for value in values]
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise StashError(f"validating ids: duplicate id found: {value}")
        seen.add(value)
    try:
        return [as_id(value) for value in values]
    except StashError as error:
        raise StashError(f"converting ids: {error}") from error
