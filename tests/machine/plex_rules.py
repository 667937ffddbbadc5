"""The machine's rules for Plex: its scanner, its agent, and people who edit items."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.machine import draws
from tests.machine.crowd import CROWDED, Crowded
from tests.machine.holders import in_plex
from tests.machine.seen import look
from tests.machine.stage import Stage
from tests.machine.watching import Between
from tests.sandbox.plex.state import Offer


class PlexRules(Crowded):
    """All that is done in Plex by others."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self._moved = 0

    @rule(stem=draws.STEM, how=draws.SHAKEN, other=draws.STEM)
    def item_is_shaken(self, stem: str, how: str, other: str) -> None:
        """Let an item appear, be found anew, go, hold other files, or be another's."""
        with self.stage.oracle.others():
            self._shake(stem, how, other)

    @rule(
        stem=draws.STEM,
        how=draws.BETWEEN,
        other=draws.STEM,
        method=draws.METHOD,
        skip=st.integers(0, 5),
    )
    def item_is_shaken_between(
        self, stem: str, how: str, other: str, method: str, skip: int
    ) -> None:
        """Have that happen in the middle of a pass, just before one of its requests."""

        def act() -> None:
            if how == "late":
                self.stage.watcher.land()
            elif stem in self.files():
                self.item_is_shaken(stem, how, other)

        between = Between(method=method, skip=skip, act=act)
        self.stage.watcher.between.append(between)

    def _shake(self, stem: str, how: str, other: str) -> None:
        world, path = self.stage.world, self.stage.oracle.path_of(stem)
        key = self.stage.oracle.keys.get(stem)
        if stem not in self.files():
            self.put(stem)
        elif how == "gone":
            world.plex.scanner.remove(world.section, path)
        elif how == "moved":
            self._moved += 1
            moved = in_plex(f"moved/{stem}-{self._moved}")
            world.plex.scanner.rename(world.section, path, moved)
        elif key is not None:
            self._shake_item(key, how, self.stage.oracle.keys.get(other, key))

    def _shake_item(self, key: int, how: str, other: int) -> None:
        moves = self.stage.world.plex.moves
        if how == "rekeyed":
            moves.rekey(key)
        elif how == "merged" and other != key:
            moves.merge(key, [other])
        elif how == "parted":
            moves.split(key)
        elif how == "away":
            moves.move(key, self.stage.attic)

    @CROWDED
    @rule(stem=draws.STEM, typed=draws.TYPED, lock=st.booleans())
    def person_types(
        self,
        stem: str,
        typed: tuple[str, str],
        lock: bool,  # noqa: FBT001 - hypothesis gives it by name
    ) -> None:
        key = self._key(stem)
        with self.stage.oracle.others():
            self.stage.world.plex.person.edit(key, lock=lock, **dict([typed]))

    @CROWDED
    @rule(stem=draws.STEM, name=draws.LOCKABLE, lock=st.booleans())
    def person_locks(
        self,
        stem: str,
        name: str,
        lock: bool,  # noqa: FBT001 - hypothesis gives it by name
    ) -> None:
        key = self._key(stem)
        person = self.stage.world.plex.person
        with self.stage.oracle.others():
            (person.lock if lock else person.unlock)(key, name)

    @CROWDED
    @rule(stem=draws.STEM, tagged=draws.TAGGED, lock=st.booleans())
    def person_tags(
        self,
        stem: str,
        tagged: tuple[str, str],
        lock: bool,  # noqa: FBT001 - hypothesis gives it by name
    ) -> None:
        key = self._key(stem)
        with self.stage.oracle.others():
            self.stage.world.plex.person.tag(key, *tagged, lock=lock)

    @CROWDED
    @rule(
        stem=draws.STEM,
        kind=st.sampled_from(["genre", "actor"]),
        number=st.integers(0, 3),
        lock=st.booleans(),
    )
    def person_untags(
        self,
        stem: str,
        kind: str,
        number: int,
        lock: bool,  # noqa: FBT001 - hypothesis gives it by name
    ) -> None:
        key = self._key(stem)
        names = self._spelled(key, kind)
        if names:
            name = names[number % len(names)]
            with self.stage.oracle.others():
                self.stage.world.plex.person.untag(key, kind, name, lock=lock)

    @CROWDED
    @rule(stem=draws.STEM, kind=draws.STRANGE, setting=draws.SETTABLE)
    def tool_writes_what_is_not_managed(
        self, stem: str, kind: str, setting: tuple[str, str]
    ) -> None:
        key = self._key(stem)
        person = self.stage.world.plex.person
        with self.stage.oracle.others():
            person.tag(key, kind, "Shelf", lock=False)
            person.edit(key, lock=True, **dict([setting]))

    @CROWDED
    @rule(stem=draws.STEM, offer=draws.OFFER)
    def agent_refreshes(self, stem: str, offer: Offer) -> None:
        key = self._key(stem)
        plex = self.stage.world.plex
        file = plex.model.items[key].parts[0].file
        plex.model.offers[file] = offer
        with self.stage.oracle.others():
            plex.agent.refresh(key)

    def files(self) -> set[str]:
        """Name the films whose files the library has; another may have them too."""
        world = self.stage.world
        held = {
            part.file
            for item in world.plex.model.items_of(world.section)
            for part in item.parts
        }
        oracle = self.stage.oracle
        return {stem for stem in draws.STEMS if oracle.path_of(stem) in held}

    def put(self, stem: str) -> None:
        """Put a film where Stash has it: from where it was before, or from nowhere."""
        world, oracle = self.stage.world, self.stage.oracle
        scanner, path = world.plex.scanner, oracle.path_of(stem)
        taken = {oracle.path_of(other) for other in draws.STEMS}
        there = [
            in_plex(place)
            for place in self.stage.been[stem]
            if in_plex(place) in world.plex.model.disk and in_plex(place) not in taken
        ]
        if there and path not in world.plex.model.disk:
            scanner.rename(world.section, there[-1], path)
        else:
            world.plex.add(world.section, path)

    def _key(self, stem: str) -> int:
        """Take the scene's item, or another scene's: nothing is drawn in vain."""
        oracle = self.stage.oracle
        if not oracle.keys:
            with oracle.others():
                self.put(min(oracle.films))
        return oracle.keys.get(stem, next(iter(oracle.keys.values())))

    def _spelled(self, key: int, kind: str) -> tuple[str, ...]:
        return look(self.stage.world)[key].spelled.get(kind, ())
