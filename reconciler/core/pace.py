"""How long to leave a server in peace after each request: politeness, in seconds."""

from dataclasses import dataclass

_SLOW = 2.0
"""So many times as long as it commonly takes, and an answer counts as a slow one."""

_WEIGHT = 0.05
"""How much one answer moves what is taken for common: it follows twenty of them."""

LONGEST = 300.0
"""Seconds that no request is waited for longer, however slow the last answer was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How long an answer of one kind commonly takes."""

    seconds: float

    def learn(self, took: float) -> "Usual":
        """Follow what answers take; one that is very slow is not taken at its word."""
        near = min(took, _SLOW * self.seconds)
        return Usual(seconds=self.seconds + _WEIGHT * (near - self.seconds))


def peace(took: float, usual: float, share: float) -> float:
    """Say how long a server has peace after an answer that took so long.

    It is busy with us for *share* of the time (over 0, up to 1), and for less of it
    where its answers slow down; a share of 1 asks for no peace at all.
    """
    if share >= 1.0:
        return 0.0
    slowness = max(1.0, took / (_SLOW * usual)) if usual else 1.0
    return min(took * (slowness / share - 1.0), LONGEST)
