"""When Plex backs its own database up before we write, and how long we wait for it."""

from dataclasses import dataclass

MASS = 50
"""Items: before a pass that may write more of them for the first time, it does."""

LONGEST = 600.0
"""Seconds after which no more is waited, whatever Plex says."""

LEAST = 60.0
"""Seconds that are waited where Plex does not tell when it is done.

Others saw a backup made within them; and Plex itself takes no write meanwhile.
"""

PAUSE = 5.0
"""Seconds between two looks, and before what Plex tells of it is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What Plex says to the request for a backup."""

    activity: str = ""
    """By what name it can be seen to go on; empty where it has none."""
    refusal: str = ""
    """Why there is none; empty where it is being made."""


def is_mass(items: int) -> bool:
    """Whether so many items are more than are written without a backup."""
    return items > MASS


def is_over(waited: float, *, goes_on: bool | None) -> bool:
    """Whether to wait no longer; *goes_on* is None where Plex does not tell.

    A clock that was set back is no reason to wait for ever.
    """
    if not 0 <= waited < LONGEST:
        return True
    if goes_on is None:
        return waited >= LEAST
    return waited >= PAUSE and not goes_on
