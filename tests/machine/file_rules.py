"""The machine's rules for files, folders and jobs of Stash: few move a scene."""

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.machine import draws
from tests.machine.holders import in_plex, in_stash
from tests.machine.stage import Stage
from tests.sandbox.stash.failures import StashError

_ROOT = "/data/films"


class FileRules(RuleBasedStateMachine):
    """Somebody who tidies up the disk, and has Stash look at it."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self._folder, self._renamed = "shore", 0

    @rule(stem=draws.STEM, other=draws.STEM, how=draws.ON_DISK, is_seen=st.booleans())
    def file_is_shaken(
        self,
        stem: str,
        other: str,
        how: str,
        is_seen: bool,  # noqa: FBT001 - hypothesis gives it by name
    ) -> None:
        """Have a file or its folder move, or be another scene's; in Plex as well."""
        oracle = self.stage.oracle
        before = dict(oracle.places)
        with suppress(StashError):
            self._shake_file(stem, oracle.scenes.get(other), how)
        oracle.stash_changed()
        if is_seen:
            self._move_in_plex(before)

    @rule(name=draws.JOB)
    def job_begins(self, name: str) -> None:
        """Let a job run, which may be moving anything, until all jobs are over."""
        self.stage.world.stash.jobs.start(name)

    @rule(is_anew=st.booleans())
    def jobs_end(
        self,
        is_anew: bool,  # noqa: FBT001 - hypothesis gives it by name
    ) -> None:
        """Let all jobs come to their end, or Stash start anew and scan."""
        if is_anew:
            self.stage.world.stash.jobs.restart()
            self._scan()
        self.stage.idle()

    def _shake_file(self, stem: str, scene: int | None, how: str) -> None:
        stash, oracle = self.stage.world.stash, self.stage.oracle
        file = stash.file_at(in_stash(oracle.places[stem]))
        if how == "folder renamed":
            self._rename_folder()
        elif file is None:
            if how == "joined" and scene is not None:
                stash.scan_copy(in_stash(oracle.places[stem]), scene)
        elif how == "deleted":
            stash.delete_files(file.id)
        elif how == "made primary" and stem in oracle.scenes:
            stash.set_primary_file(oracle.scenes[stem], file.id)
        elif how == "assigned" and scene is not None:
            stash.assign_file(scene, file.id)
            oracle.unseen(stem)
        elif how.startswith("moved"):
            self._move(stem, file.id, is_by_stash=how == "moved by stash")

    def _move(self, stem: str, file: int, *, is_by_stash: bool) -> None:
        stash, places = self.stage.world.stash, self.stage.oracle.places
        place = f"{self._folder}/{stem}" if places[stem] == stem else stem
        folder, _, name = in_stash(place).rpartition("/")
        stash.move_files([file], folder, name)
        self.stage.film_moves(stem, place)
        if not is_by_stash:
            self._scan()

    def _rename_folder(self) -> None:
        stash, oracle = self.stage.world.stash, self.stage.oracle
        old, self._renamed = self._folder, self._renamed + 1
        if stash.folder_at(f"{_ROOT}/{old}") is None:
            return
        self._folder = f"shore-{self._renamed}"
        stash.scan_renamed_folder(f"{_ROOT}/{old}", f"{_ROOT}/{self._folder}")
        for stem, place in oracle.places.items():
            if place == f"{old}/{stem}":
                self.stage.film_moves(stem, f"{self._folder}/{stem}")
        self._scan()

    def _scan(self) -> None:
        jobs = self.stage.world.stash.jobs
        jobs.finish(jobs.start("Scanning..."))

    def _move_in_plex(self, before: dict[str, str]) -> None:
        """Do on Plex's disk what was done on Stash's, and have Plex scan it."""
        world, places = self.stage.world, self.stage.oracle.places
        moved = {in_plex(before[stem]): in_plex(places[stem]) for stem in places}
        with self.stage.oracle.others():
            for old, new in moved.items():
                if old != new and old in world.plex.model.disk:
                    world.plex.scanner.rename_file(old, new)
            world.plex.scanner.scan(world.section)
