"""What a pass is run under: the policy, and the part of the library it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.core.brake import Limits
from reconciler.core.desire import Rules
from reconciler.core.lull import Hours
from reconciler.core.match import Mapping as PathMapping
from reconciler.core.values import Field, ItemKey, OnDelete, SceneId


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configuration, as far as the engine needs it."""

    rules: Mapping[str, Rules]
    """The rules of each library that is a target, by its title."""
    mappings: tuple[PathMapping, ...] = ()
    limits: Limits = field(default_factory=Limits)
    on_delete: OnDelete = OnDelete.KEEP
    keep: float = 90 * 86400.0
    """Seconds that the journal goes back: what is older cannot be undone by pass."""
    keep_letters: float = 30 * 86400.0
    """Seconds that a dead letter is kept."""
    quiet: tuple[Hours, ...] = ()
    """Nothing is written within, by the clock of this machine."""
    is_quiet_with_plex: bool = False
    """Nor in the hours of Plex's own maintenance, by that clock as well."""
    is_backed_up: bool = False
    """Whether Plex backs up its database before many items are written at first."""
    asks_for_scans: bool = False
    """Whether Plex is asked to scan the folders of scenes that begin to wait."""
    meaning: str = ""
    """Digest of all that decides what is wanted; another one plans everything anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a saved plan has of one field: what it found, and what it makes of it."""

    old: str | tuple[str, ...]
    new: str | tuple[str, ...]
    lock: bool | None
    """Whether it puts the lock on, or takes it off; None: neither."""
    scene: SceneId
    name: str
    """The file's, without its folder and ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a pass was asked to do; the default is all that is new."""

    is_full: bool = False
    """Read and compare everything, whatever the watermark says."""
    scenes: frozenset[SceneId] | None = None
    part: tuple[int, int] | None = None
    """(k, n): verify slice k of n of all scenes as well."""
    library: str | None = None
    fields: frozenset[Field] | None = None
    limit: int | None = None
    """Deliver at most so many entries."""
    is_wished: bool = False
    """Only what a person asked for by a command, held or not."""
    only: Mapping[tuple[str, ItemKey], Mapping[Field, Planned]] | None = None
    """What a saved plan has, by (library, item)."""

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves something out that a pass would write or ask for."""
        narrowed = (self.library, self.fields, self.limit, self.only)
        return any(one is not None for one in narrowed)

    @property
    def is_thorough(self) -> bool:
        """Whether everything is to be listed, on both sides: a round begins so."""
        return self.is_full or (self.part is not None and self.part[0] == 0)
