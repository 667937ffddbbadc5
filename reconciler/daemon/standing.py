"""What the daemon publishes: frozen, for threads that may not touch the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.engine.health import Daemon, HealthItem, health
from reconciler.engine.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What has been done since the start; only ever more."""

    requests: Mapping[str, int] = field(default_factory=dict)
    """By kind, such as `stash poll`, with the server before the first space."""
    passes: Mapping[str, int] = field(default_factory=dict)
    """By outcome."""
    seconds: float = 0.0
    """Spent in them all."""
    written: int = 0
    """Items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand at one moment."""

    status: Status
    health: tuple[HealthItem, ...]
    is_ready: bool
    """Whether the daemon does what it is there for."""
    beat: float
    """When its main loop came round last, by the monotonic clock."""
    polled_at: int | None = None
    """When Stash last answered a poll, in unix seconds."""
    counters: Counters = field(default_factory=Counters)


def stand(
    status: Status, daemon: Daemon, counters: Counters, *, now: int, beat: float
) -> Standing:
    """Put together how things stand *now*, in unix seconds."""
    return Standing(
        status=status,
        health=health(status, now, daemon),
        is_ready=daemon.is_ready,
        beat=beat,
        polled_at=daemon.polled_at,
        counters=counters,
    )
