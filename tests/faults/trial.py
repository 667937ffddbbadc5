"""A library in which much changes, and what must hold once faults have stopped."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from state.ledger import Ledger
from tests.crash.truth import furnish_with_history, wrongs_of_ledger, wrongs_of_plex
from tests.faults.ground import Trouble, in_process, over_sockets
from tests.sandbox.plex.double import Snapshot
from tests.sandbox.plex.switches import Switches
from tests.world import World

SCENES = 12
STEP = 300.0
"""Seconds between passes: a rest may be longer, so the clock goes on for it."""

STRANGER = "stranger"
"""A film that Plex has and Stash does not."""

MOST = 24
"""So many passes, five minutes apart, have to be enough after the last fault."""


class Trial:
    """Two films in three have changed since they were written; then trouble comes."""

    def __init__(self, folder: Path, switches: Switches | None = None) -> None:
        self.world = World(folder=folder, switches=switches or Switches())
        self.ground = in_process(self.world)
        self._stranger = self._add_stranger()
        furnish_with_history(self.world, SCENES)
        self.world.reconcile()
        self.world.later(600)
        self.world.reconcile()
        self.world.later(600)
        self.world.is_probing = False  # as a daemon asks

    def change(self, chance: Random) -> None:
        """Edit most scenes, and rename what many refer to."""
        stash = self.world.stash
        for scene in list(stash.scenes):
            take = f"take {chance.random()}"
            if scene % 3:
                stash.update_scene(scene, title=f"Reel {scene}, {take}")
            if scene % 3 == 1:
                stash.update_scene(scene, details=f"Many words of {take}. " * 9 + "End")
            if scene % 3 == 0:  # where somebody else has put the same, it stays
                tags = chance.sample(sorted(stash.tags), 2)
                stash.update_scene(scene, tag_ids=tuple(tags))
        last = max(stash.performers)
        stash.update_performer(last, name=f"Ada {chance.random()}")

    @contextmanager
    def over_sockets(self) -> Iterator[None]:
        """Reach the servers over real sockets meanwhile, by roads that may fail."""
        with over_sockets(self.world) as self.ground:
            yield

    def live(self, troubles: Iterable[Trouble], *, passes: int = 0) -> int:
        """Let troubles befall, and passes be made; count those until all is done.

        *passes* are made before the faults stop; those after are counted.
        """
        for trouble in troubles:
            trouble.befall(self.ground)
        for _ in range(passes):
            self._pass()
        if passes:
            self.ground.stop()
        for number in range(1, MOST + 1):
            if self._pass() and not self.ground.is_under_way:
                return number
        return MOST + 1

    def sweep(self) -> None:
        """Look at everything once, as is done every day: nothing else tells of all."""
        self.world.reconcile(is_full=True)
        self.world.later(STEP)

    def wrongs(self) -> list[str]:
        """Say what was lost, wrongly written or done twice; nothing should be."""
        with Ledger(self.world.state) as ledger:
            found = wrongs_of_ledger(ledger)
            letters = ledger.letters.newest(9)
            links = ledger.links.counts()
        found += [
            f"dead letter of scene {one.scene}: {one.failure.error}" for one in letters
        ]
        found += [] if links == {"linked": SCENES} else [f"links: {links}"]
        found += wrongs_of_plex(self.world)
        found += self._doubles()
        if self.world.item(STRANGER) != self._stranger:
            found.append("the film that Stash does not know was written")
        again = self.world.reconcile(is_full=True)
        if again.puts:
            found.append(f"{again.puts} writes in a pass with nothing new")
        return found

    def _pass(self) -> bool:
        """Make a pass; say whether nothing is left to do."""
        report = self.world.reconcile().report
        if report.held:
            self.world.approve()  # three writes of ten that were dropped ask for that
        self.ground.release()
        self.world.later(STEP)
        with Ledger(self.world.state) as ledger:
            owed = sum(ledger.outbox.counts().values())
            is_open = bool(ledger.journal.opened(1))
            is_waiting = bool(ledger.waits.counts())
        return not (report.problems or owed or is_open or is_waiting)

    def _add_stranger(self) -> Snapshot:
        key = self.world.plex.add(self.world.section, f"/media/films/{STRANGER}.mp4")
        self.world.plex.person.edit(key, lock=False, title="Somebody's own")
        return self.world.item(STRANGER)

    def _doubles(self) -> list[str]:
        return [
            f"item {key}: {kind} twice: {names}"
            for key, item in self.world.plex.snapshot().items()
            for kind, names in item.tags.items()
            if len({name.casefold() for name in names}) < len(names)
        ]
