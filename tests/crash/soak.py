"""Kills for as long as there is time: what is wrong after each of them."""

from collections.abc import Iterator
from random import Random

from tests.crash.kills import Library


def at_moments(library: Library, chance: Random) -> Iterator[list[str]]:
    """Kill for ever, at any moment of a reconcile, in the middle of what it does."""
    longest = library.seconds()
    while True:
        wrongs = library.kill_after(chance.uniform(0, longest))
        if wrongs is not None:
            yield wrongs


def at_boundaries(library: Library, total: int) -> Iterator[list[str]]:
    """Kill at each of the *total* boundaries there are.

    In no order, so that a short soak has seen something of everything.
    """
    for boundary in Random(1).sample(range(1, total + 1), total):
        yield library.kill(boundary)
