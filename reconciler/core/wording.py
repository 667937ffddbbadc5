"""How counts and times are worded, wherever a sentence has them."""

from datetime import UTC, datetime


def several(count: int, noun: str) -> str:
    """Count things of a kind."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def moment(seconds: int) -> str:
    """Write a time, given in unix seconds."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
