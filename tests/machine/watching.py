"""Watches what plexsync does to Plex, in parts where others come in between."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reconciler.core.values import Field
from tests.machine import laws
from tests.machine.kept import KeptWorld
from tests.machine.oracle import Oracle
from tests.machine.seen import NAMES, look

LATE = 30.0
"""Seconds after which a write that was held back has landed."""


@dataclass(slots=True, kw_only=True)
class Between:
    """What somebody does just before a server serves a request of plexsync's."""

    method: str | None
    """That of a request to Plex; None stands for a request to Stash."""
    skip: int
    """So many such requests are served before."""
    act: Callable[[], None]

    def is_due(self, method: str | None) -> bool:
        """Count a request; say whether it is before this one."""
        if method != self.method:
            return False
        self.skip -= 1
        return self.skip < 0


class Watcher:
    """Holds against what plexsync does what holds of anything that it does."""

    def __init__(self, world: KeptWorld, oracle: Oracle) -> None:
        self.world, self.oracle = world, oracle
        self.between: list[Between] = []
        self.is_disturbed = False
        """Whether others have come between in what was watched last."""
        self.changed: set[tuple[int, Field]] = set()
        """What plexsync changed while it was watched last: items and fields."""
        self._before = look(world)
        self._contested: frozenset[int] = frozenset()
        self._linked: frozenset[int] = frozenset()
        world.before_plex = lambda request: self._come_between(request.method)
        world.before_stash = lambda _: self._come_between(None)

    def watch(self, act: Callable[[], None]) -> None:
        """Watch what is done by *act*."""
        self._contested = self.oracle.contested
        self._linked = frozenset(self.oracle.keys.values())
        self._before = look(self.world)
        self.is_disturbed, self.changed = False, set()
        act()
        self._take_stock()
        if self.world.plex_wire.faults.held:
            self.oracle.in_doubt = True
            self.oracle.origins.sent(self._before)

    def land(self) -> None:
        """Let what plexsync sent, and Plex held back, be made at last."""
        if not self.world.plex_wire.faults.held:
            return
        before, between = look(self.world), self.between
        self.between = []  # nobody comes between what was sent long ago
        self.world.plex_wire.faults.release()
        self.between = between
        self.oracle.landed(before, look(self.world))

    def later(self, seconds: float) -> None:
        """Let time pass; what was held back lands soon."""
        soon = min(seconds, LATE)
        self.world.later(soon)
        self.land()
        self.world.later(seconds - soon)

    def _come_between(self, method: str | None) -> None:
        due = [one for one in self.between if one.is_due(method)]
        for one in due:
            self.between.remove(one)
            self._take_stock()
            one.act()
            self._before = look(self.world)
            self.is_disturbed = True

    def _take_stock(self) -> None:
        before, after = self._before, look(self.world)
        oracle = self.oracle
        contested = self._contested & oracle.contested
        # an item that is no scene's any more since it was read cannot be told from one
        linked = self._linked | frozenset(oracle.keys.values())
        linked |= {key for stem, key in oracle.lost.items() if stem in oracle.unread}
        # plexsync may not know that another scene has its film, by another name
        linked |= {key for stem, key in oracle.lost.items() if oracle.is_undone(stem)}
        hold(laws.only_ours_is_touched(linked, before, after))
        hold(laws.only_what_stash_said_is_written(oracle, before, after))
        hold(laws.what_is_contested_is_left(contested, before, after))
        self.changed |= {
            (key, field)
            for key in before
            for field in NAMES
            if before[key].fields[field] != after[key].fields[field]
        }
        oracle.passed(before, after)
        self._before = after


def hold(wrongs: Iterable[str]) -> None:
    """Fail with all that is wrong."""
    found = list(wrongs)
    assert not found, "\n".join(found)
