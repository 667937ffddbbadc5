"""The machine's rules for what befalls a server as a whole, and for slow scans."""

from collections.abc import Callable
from datetime import timedelta, timezone

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.machine import draws
from tests.machine.stage import Stage
from tests.machine.watching import Between
from tests.sandbox.stash.store import Backup


class UpheavalRules(RuleBasedStateMachine):
    """Whoever runs the servers, and backs them up now and then."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self._backup: Backup | None = None
        self._places: dict[str, str] = {}
        """Where each film was for Stash when it was backed up."""

    @rule(how=draws.UPHEAVAL, number=st.integers(0, 9))
    def server_is_upset(self, how: str, number: int) -> None:
        """Let a server be backed up, restored, emptied, filled anew or moved."""
        stash = self.stage.world.stash
        if how == "backed up":
            self._backup, places = stash.backup(), self.stage.oracle.places
            self._places = dict(places)
        elif how == "moved":
            self._move_zone(number)
        elif how == "library emptied":
            self._empty_library()
        elif how == "restored" and self._backup is not None:
            self._restore(self._backup)
        elif how == "wiped":
            self._upset()
            stash.clear()
            self._start_anew()
        elif how == "filled anew":
            self._fill_anew(number)

    @rule(skip=st.integers(0, 3), seconds=st.sampled_from([1, 130, 5000]))
    def stash_is_slow(self, skip: int, seconds: int) -> None:
        """Let Stash take its time for one of its answers: longer than the margin."""
        self._before_stash(skip, lambda: self.stage.later(seconds))

    def _before_stash(self, skip: int, act: Callable[[], None]) -> None:
        between = Between(method=None, skip=skip, act=act)
        self.stage.watcher.between.append(between)

    def _upset(self) -> None:
        """Let nobody be sure any more what plexsync knows of whose each film is."""
        self.stage.idle()
        self.stage.oracle.unread |= self.stage.oracle.films
        self.stage.oracle.parted |= self.stage.oracle.left

    def _start_anew(self) -> None:
        jobs = self.stage.world.stash.jobs
        jobs.restart()
        jobs.finish(jobs.start("Scanning..."))
        self.stage.oracle.stash_changed()

    def _restore(self, backup: Backup) -> None:
        """Put a backup back: what it has under the same stamp, only a sweep reads."""
        self._upset()
        before = self._stamps()
        self.stage.world.stash.restore(backup)
        for stem, place in self._places.items():
            if place != self.stage.oracle.places[stem]:
                self.stage.film_moves(stem, place)
        self._start_anew()
        for stem, stamp in self._stamps().items():
            if before.get(stem) == stamp:
                self.stage.oracle.unseen(stem)

    def _stamps(self) -> dict[str, tuple[int, str]]:
        """Take each film's scene, and its stamp."""
        scenes = self.stage.world.stash.scenes
        held = self.stage.oracle.scenes.items()
        return {stem: (scene, scenes[scene].updated_at) for stem, scene in held}

    def _fill_anew(self, number: int) -> None:
        """Import all that was exported, with a pass at one of the stages."""
        self._upset()
        stash = self.stage.world.stash
        for stage, _ in enumerate(stash.metadata_import(stash.backup())):
            if stage == number and stash.jobs.queue:
                self.stage.run()
        self.stage.oracle.stash_changed()

    def _move_zone(self, number: int) -> None:
        stash = self.stage.world.stash
        stash.zone = timezone(timedelta(hours=3 * number - 12))
        stash.jobs.move(stash.zone)

    def _empty_library(self) -> None:
        world, oracle = self.stage.world, self.stage.oracle
        with oracle.others():
            for stem in sorted(oracle.films):
                world.plex.model.disk.pop(oracle.path_of(stem), None)
            world.plex.scanner.scan(world.section)
            world.plex.scanner.empty_trash(world.section)
