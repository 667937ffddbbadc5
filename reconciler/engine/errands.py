"""What a person's command asks for: each becomes wishes, which delivery grants."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from reconciler.core.values import Field, SceneId


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Put back what writes have changed: of a pass, of scenes, or since a moment."""

    cause: ClassVar[str] = "undo"

    pass_id: int | None = None
    scenes: frozenset[SceneId] | None = None
    since: int | None = None
    """Unix seconds; 0 is from before the first pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Take our locks off and leave everything alone until it is claimed."""

    cause: ClassVar[str] = "release"

    scenes: frozenset[SceneId] | None = None
    library: str | None = None
    with_lost: bool = True
    """Whether of what Plex has lost too, once it is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Take up again what was released."""

    cause: ClassVar[str] = "claim"

    scenes: frozenset[SceneId] | None = None
    library: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStash:
    """Settle conflicts for Stash: write what it has."""

    cause: ClassVar[str] = "take stash"

    scenes: frozenset[SceneId] | None = None
    fields: frozenset[Field] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePlex:
    """Settle conflicts for Plex: leave what it has until Stash changes the field."""

    cause: ClassVar[str] = "take plex"

    scenes: frozenset[SceneId] | None = None
    fields: frozenset[Field] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt:
    """Take out elements that Stash knows by name and does not want on the scene."""

    cause: ClassVar[str] = "adopt"

    scenes: frozenset[SceneId] | None = None
    library: str | None = None
    fields: frozenset[Field] | None = None


Errand: TypeAlias = Undo | Release | Claim | TakeStash | TakePlex | Adopt
