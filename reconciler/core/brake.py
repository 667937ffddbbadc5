"""A refusal before writing: too much of the library would change unasked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.core.canonical import identity
from reconciler.core.decide import Decision
from reconciler.core.memory import Reason
from reconciler.core.values import EMPTY, Field, FieldValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on a person is asked: a share of the library, and at least a floor."""

    overwrites: float = 0.20
    overwrites_floor: int = 50
    removals: float = 0.02
    removals_floor: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What the write of one item comes to."""

    overwrites: int = 0
    """Values of others that are replaced."""
    clears: int = 0
    """Values that are emptied."""
    is_rewrite: bool = False
    """Whether anything that is there is replaced or taken out, whoever's it is."""
    taken: tuple[str, ...] = ()
    """Elements taken out, as field:identity, so that one entity's count once."""


def weigh(
    decisions: Mapping[Field, Decision], before: Mapping[Field, FieldValue]
) -> Weight:
    """Add up what the decisions on an item that has *before* come to."""
    taken = {
        f"{field}:{identity(name)}"
        for field, decision in decisions.items()
        for name in decision.taken
    }
    return Weight(
        overwrites=sum(decision.overwrites for decision in decisions.values()),
        clears=sum(decision.removes for decision in decisions.values()),
        is_rewrite=any(
            _rewrites(decision, before.get(field, EMPTY))
            for field, decision in decisions.items()
        ),
        taken=tuple(sorted(taken)),
    )


def _rewrites(decision: Decision, before: FieldValue) -> bool:
    if decision.change is None:
        return False
    if decision.taken:
        return True
    # what was missing was empty or the scanner's own: nothing is lost with it
    is_there = bool(before.value) and decision.reason is not Reason.FIRST
    return is_there and before.value != decision.change.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a pass plans, and what counts beside it.

    Beside it counts what was done: written in the last 24 hours or let go and not yet
    written, but nothing that a person approved.
    """

    items: int
    """Linked items: what the shares are of."""
    overwrites: int = 0
    """Values of others that would be replaced."""
    removals: int = 0
    """Values cleared, and elements taken out that were not taken out already."""
    rewrites: int = 0
    """Items that a changed configuration would rewrite."""
    done_overwrites: int = 0
    done_removals: int = 0
    done_rewrites: int = 0


def judge(load: Load, limits: Limits) -> tuple[str, ...]:
    """Say why the pass is held, with numbers; empty lets it go."""
    return tuple(
        f"{what}: {count} planned{_also(done)}, the limit is {limit}"
        f" ({share * 100:g} % of {load.items} items, at least {floor})"
        for what, count, done, share, floor in _scales(load, limits)
        if count and count + done > (limit := max(floor, int(share * load.items)))
    )


def _scales(load: Load, limits: Limits) -> Iterator[tuple[str, int, int, float, int]]:
    """Yield what is counted: its name, planned, done, and its limit's two parts."""
    yield (
        "overwrites of values that are not ours",
        load.overwrites,
        load.done_overwrites,
        limits.overwrites,
        limits.overwrites_floor,
    )
    yield (
        "clears and removals",
        load.removals,
        load.done_removals,
        limits.removals,
        limits.removals_floor,
    )
    yield (
        "items that a changed configuration would rewrite",
        load.rewrites,
        load.done_rewrites,
        limits.overwrites,
        limits.overwrites_floor,
    )


def _also(done: int) -> str:
    return f" and {done} written in the last 24 hours or let go" if done else ""
