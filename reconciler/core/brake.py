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
    """Values cleared and elements taken out."""
    done_overwrites: int = 0
    """The same, of what was written in the last 24 hours."""
    done_removals: int = 0


def judge(load: Load, limits: Limits) -> tuple[str, ...]:
    """Say why the pass is held, with numbers; empty lets it go."""
    return tuple(
        f"{what}: {count} planned{_also(done)}, the limit is {limit}"
        f" ({share * 100:g} % of {load.items} items, at least {floor})"
        for what, count, done, share, floor in (
            (
                "overwrites of values that are not ours",
                load.overwrites,
                load.done_overwrites,
                limits.overwrites,
                limits.overwrites_floor,
            ),
            (
                "clears and removals",
                load.removals,
                load.done_removals,
                limits.removals,
                limits.removals_floor,
            ),
        )
        if count and count + done > (limit := max(floor, int(share * load.items)))
    )


def _also(done: int) -> str:
    return f" and {done} written in the last 24 hours" if done else ""
