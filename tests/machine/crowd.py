"""Whether people are at work in Plex and at the command line.

Where they are, little is owed for sure after a while: so a part of the histories is of
Stash, servers, clocks and crashes alone, and all that Stash says has to arrive.
"""

from hypothesis.stateful import RuleBasedStateMachine, precondition


class Crowded(RuleBasedStateMachine):
    """A machine that may be left alone."""

    is_crowded: bool = True


def _is_crowded(machine: Crowded) -> bool:
    return machine.is_crowded


CROWDED = precondition(_is_crowded)
"""Marks what only people do."""
