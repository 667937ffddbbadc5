"""What the ledger takes and hands out: frozen, and of plain types only.

Times are whole seconds since 1970, UTC. Content is text in whatever form the caller
gives it: the ledger stores and compares it, and never looks inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRecord:
    """One Plex library."""

    id: int
    machine: str
    section: str
    title: str
    marker: str = ""
    """What the library's change marker was at its last complete listing."""
    cursor: int = 0
    """The newest time of a change that the listing had, by Plex's clock."""
    is_active: bool = True
    """Whether the configuration names it, on the server that it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorRecord:
    """How far a scan has come that is under way, so that it can be resumed."""

    clock: int
    """The server's, at the scan's first request."""
    newest: int | None = None
    """The newest stamp it has seen, with its offset from UTC in seconds."""
    zone: int = 0
    scene: int = 0
    """The last scene of it that is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRecord:
    """How far Stash has been read."""

    watermark: int | None = None
    """The position in Stash up to which everything is recorded, not: delivered."""
    zone: int = 0
    cursor: CursorRecord | None = None
    meaning: str = ""
    """Digest of the configuration that everything recorded was decided under."""
    named: int | None = None
    """The position in Stash up to which the names of entities are compared."""
    named_zone: int = 0
    job: int = 0
    """The last of Stash's jobs up to which all are over and answered to."""
    job_added: str = ""
    """When Stash says that job was added: another of its number is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CensusRecord:
    """How many rows of a kind Stash was last seen to have."""

    count: int
    tip: int
    """The highest id."""
    is_due: bool = False
    """Whether only a listing can tell what has become of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtRecord:
    """What a server says and is not believed."""

    reason: str
    since: int
    is_approved: bool = False
    """Whether a person has said that it is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRecord:
    """The managed content of one scene, and when it was read."""

    scene: int
    stamp: str
    stamped_at: int
    read_at: int
    """By the server's clock."""
    is_settled: bool
    """Read so long after its stamp that it can only change under a new one."""
    revision: int
    fingerprint: str
    content: str
    buried_at: int | None = None
    """When it was found to be gone from Stash: it is a tombstone since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRecord:
    """Something of Stash that scenes refer to."""

    kind: str
    id: int
    name: str
    parents: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecord:
    """An item that holds a file of a scene."""

    id: int
    target: int
    item: str
    scene: int
    path: str
    """The file that links them, as Plex names it."""
    incarnation: int = 1
    """Grows when the item is rebuilt under another key."""
    is_lost: bool = False
    """The item no longer holds the file; what was decided is remembered."""
    is_former: bool = False
    """The scene's id was another scene's then: it is remembered of the item alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRecord:
    """A file that an item holds, as the last listing had it."""

    target: int
    item: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRecord:
    """What is remembered of one field of one link; content as the caller's text."""

    base: str | None = None
    seen: str | None = None
    verdict: str | None = None
    reason: str | None = None
    ours: bool = False
    first: str | None = None
    owned: str = "[]"
    yielded: str = "[]"
    forms: str = "{}"
    wish: str | None = None
    """What a person has asked of the field and is not done yet."""


class Stage(StrEnum):
    """How far an outbox entry has come."""

    PLANNED = "planned"  # the brake has not judged it yet
    RELEASED = "released"  # delivery may take it


@dataclass(frozen=True, slots=True, kw_only=True)
class TriesRecord:
    """How often a field was tried in vain, and when first."""

    attempts: int
    first_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """A delivery owed to a link; newest wins."""

    link: int
    target: int
    fields: tuple[str, ...]
    revision: int
    stage: Stage
    cause: str
    pass_id: int
    attempts: int = 0
    """Of the field that was tried most often."""
    not_before: int = 0
    error: str | None = None
    tries: Mapping[str, TriesRecord] = field(default_factory=dict)
    """Of the fields that were tried in vain."""

    def attempts_of(self, name: str) -> int:
        """Say how often a field was tried in vain."""
        return self.tries[name].attempts if name in self.tries else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightRecord:
    """What a write comes to, for the brake."""

    overwrites: int = 0
    removals: int = 0
    """Values cleared; elements taken out are in *taken*."""
    rewrites: int = 0
    writes: int = 0
    """Fields that are written, whatever it comes to."""
    taken: tuple[str, ...] = ()
    """Names of elements: an element of many writes is to count once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRecord:
    """What a pass's planned entries come to, and what counts beside them."""

    overwrites: int
    removals: int
    """Values cleared, and distinct elements taken out that are not among the done."""
    rewrites: int
    writing: int = 0
    """Entries that would write anything."""
    done_overwrites: int
    done_removals: int
    done_rewrites: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecord:
    """What a PUT was about to do, and what was there."""

    id: int
    link: int
    target: int
    item: str
    scene: int
    pass_id: int
    """The pass that sent it."""
    revision: int
    fields: str
    planned: int = 0
    """The pass that planned it: what a person approves."""
    outcome: str | None = None
    opened_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRecord:
    """What a field failed of."""

    error: str
    """A sentence."""
    kind: str
    """The class, in the words of docs/design.md."""
    chain: tuple[Mapping[str, str], ...] = ()
    """The error and those that led to it: `class`, and what it `says`."""
    server: str = ""
    """The server's version; empty where it has not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterRecord:
    """A field of a link that is not tried again without a person or a new change."""

    link: int
    field: str
    scene: int
    target: int
    revision: int
    attempts: int
    first_at: int
    """When it was tried first."""
    buried_at: int
    """When it was tried last, and given up."""
    failure: FailureRecord
    dropped_at: int | None = None
    """Since when it is no letter any more, and left all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRecord:
    """Why a pass is held."""

    reasons: tuple[str, ...]
    until_approved: bool = False
    """Whether nothing but a person lets it go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRecord:
    """One pass that did something."""

    id: int
    kind: str
    started_at: int
    ended_at: int | None = None
    outcome: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRecord:
    """When a server could not be asked, and how long it is left alone."""

    server: str
    began: int
    failures: int
    """In a row."""
    rests: int
    """How often it was left alone for it."""
    rests_until: int
    asked_until: int
    """Until when it has asked itself to be left alone."""
    is_of_write: bool
    """Whether it answers reads, and only refuses writes."""
    kind: str
    """The class of the last failure."""
    cause: str
    ended: int | None = None
    """None while it cannot be asked."""
