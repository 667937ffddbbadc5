"""Passes as a daemon makes them: one every five seconds, in whatever time there is."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.world import Outcome, World

EVERY = 5.0
"""Seconds from the beginning of one pass to that of the next."""


@dataclass(slots=True, kw_only=True)
class Schedule:
    """Lets time go on, and makes the passes that fall due in it."""

    world: World
    now: Callable[[], float]
    """Seconds, from any beginning."""
    sleep: Callable[[float], None]
    due: float = field(init=False)

    def __post_init__(self) -> None:
        self.due = self.now()

    def tick(self) -> Outcome:
        """Wait for the next pass, and make it."""
        self.sleep(max(self.due - self.now(), 0.0))
        outcome = self.world.reconcile()
        while self.due <= self.now():  # a pass that took too long delays the next
            self.due += EVERY
        return outcome

    def idle(self, seconds: float) -> None:
        """Let some time go by, with the passes that fall due in it."""
        until = self.now() + seconds
        while self.due < until:
            self.tick()
        self.sleep(max(until - self.now(), 0.0))

    def settle(self, passes: int = 10) -> None:
        """Make passes one after the other until there is nothing left to do.

        The last of them is one of the schedule: the next comes five seconds later.
        """
        for _ in range(passes):
            outcome = self.world.reconcile()
            if dict(outcome.sent) == {"stash poll": 1}:
                self.due = self.now() + EVERY
                return
        raise AssertionError(f"not quiet after {passes} passes: {outcome.report}")

    def sweep(self) -> Outcome:
        """Verify all scenes, as the slices of a round do."""
        return self.world.reconcile(part=(0, 1))
