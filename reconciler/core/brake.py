"""A refusal before writing: too much of the library would change unasked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on a person is asked: a share of the library, and at least a floor."""

    overwrites: float = 0.20
    overwrites_floor: int = 50
    removals: float = 0.02
    removals_floor: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What planned entries and the last 24 hours' writes come to."""

    items: int
    """Linked items: what the shares are of."""
    overwrites: int = 0
    """Values of others that would be replaced."""
    removals: int = 0
    """Values cleared and elements taken out; those of one entity count once."""


def judge(load: Load, limits: Limits) -> tuple[str, ...]:
    """Say why the pass is held, with numbers; empty lets it go."""
    return tuple(
        f"{what}: {count} planned, the limit is {limit}"
        f" ({share * 100:g} % of {load.items} items, at least {floor})"
        for what, count, share, floor in (
            (
                "overwrites of values that are not ours",
                load.overwrites,
                limits.overwrites,
                limits.overwrites_floor,
            ),
            (
                "clears and removals",
                load.removals,
                limits.removals,
                limits.removals_floor,
            ),
        )
        if count > (limit := max(floor, int(share * load.items)))
    )
