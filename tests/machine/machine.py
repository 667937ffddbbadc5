"""The machine's rules: all that people, servers, clocks and crashes do."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.values import Field, SceneId
from tests.machine import draws
from tests.machine.commands import Commands
from tests.machine.entity_rules import EntityRules
from tests.machine.oracle import path_of
from tests.machine.seen import look
from tests.machine.stage import Stage
from tests.machine.watching import Between
from tests.sandbox.plex.state import MOVIE_AGENT, NONE_AGENT, Offer
from tests.sandbox.plex.switches import Switches

_MANY = ("tag_ids", "performer_ids")


class Machine(Commands, EntityRules):
    """Everything happens in any order; after each pass, and at the end, laws hold."""

    def __init__(self) -> None:
        super().__init__()
        self.stage: Stage
        self._moved = 0
        self._is_undone = False

    @initialize(
        switches=draws.SWITCHES,
        rules=draws.RULES,
        agent=st.sampled_from([NONE_AGENT, MOVIE_AGENT]),
        edits=draws.SOME_EDITS,
        is_known=st.booleans(),
        is_undone=st.sampled_from([False, False, True]),
        limits=draws.LIMITS,
    )
    def furnish(  # noqa: PLR0913 - hypothesis gives them by name
        self,
        *,
        switches: Switches,
        rules: dict[Field, Rule],
        agent: str,
        edits: list[draws.Edit],
        is_known: bool,
        is_undone: bool,
        limits: Limits,
    ) -> None:
        self._is_undone = is_undone
        self.stage = Stage(switches, rules, agent, limits)
        self.appear("heron", in_plex=True, edits=edits)
        self.appear("tide", in_plex=True, edits=edits[1:])
        if is_known:
            self.stage.run()

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        try:
            self.stage.settle()
            if self._is_undone:
                self.stage.undo_everything()
        finally:
            self.stage.close()

    # Stash

    @rule(
        stem=draws.STEM, in_plex=st.booleans(), edits=st.lists(draws.EDIT, max_size=3)
    )
    def appear(
        self,
        stem: str,
        in_plex: bool,  # noqa: FBT001 - hypothesis gives it by name
        edits: list[draws.Edit],
    ) -> None:
        """Let a scene be found, or be saved once more."""
        if stem in self.stage.oracle.scenes:
            self._save(stem)
            return
        fields = dict(self._fields(edit) for edit in edits)
        there = stem in self._files()
        with self.stage.oracle.others():
            scene = self.stage.world.scene(
                stem, in_plex=in_plex and not there, **fields
            )
        self.stage.oracle.new_scene(stem, scene)

    @rule(stem=draws.STEM, edits=draws.SOME_EDITS)
    def stash_edits(self, stem: str, edits: list[draws.Edit]) -> None:
        self._save(stem, *edits)

    @rule(edit=draws.EDIT)
    def stash_edits_all(self, edit: draws.Edit) -> None:
        for stem in self.stage.oracle.scenes:
            self._save(stem, edit)

    # Plex

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
            elif stem in self._files():
                self.item_is_shaken(stem, how, other)

        between = Between(method=method, skip=skip, act=act)
        self.stage.watcher.between.append(between)

    def _shake(self, stem: str, how: str, other: str) -> None:
        world, path = self.stage.world, path_of(stem)
        key = self.stage.oracle.keys.get(stem)
        if stem not in self._files():
            world.plex.add(world.section, path)
        elif how == "gone":
            world.plex.scanner.remove(world.section, path)
        elif how == "moved":
            self._moved += 1
            moved = path_of(f"moved/{stem}-{self._moved}")
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

    @rule(stem=draws.STEM, kind=draws.STRANGE, setting=draws.SETTABLE)
    def tool_writes_what_is_not_managed(
        self, stem: str, kind: str, setting: tuple[str, str]
    ) -> None:
        key = self._key(stem)
        person = self.stage.world.plex.person
        with self.stage.oracle.others():
            person.tag(key, kind, "Shelf", lock=False)
            person.edit(key, lock=True, **dict([setting]))

    @rule(stem=draws.STEM, offer=draws.OFFER)
    def agent_refreshes(self, stem: str, offer: Offer) -> None:
        key = self._key(stem)
        plex = self.stage.world.plex
        file = plex.model.items[key].parts[0].file
        plex.model.offers[file] = offer
        with self.stage.oracle.others():
            plex.agent.refresh(key)

    # the configuration, the servers and the clocks

    @rule(field=draws.FIELD, new=draws.RULE)
    def policy_changes(self, field: Field, new: Rule) -> None:
        if self.stage.oracle.rules[field] != new:
            self.stage.oracle.policy(field, new)
            self.stage.policies(self.stage.oracle.rules)

    @rule(fault=draws.PLEX_FAULT | draws.STASH_FAULT)
    def server_falters(self, fault: draws.Planned) -> None:
        wire = "stash_wire" if fault.of_stash else "plex_wire"
        getattr(self.stage.world, wire).faults.add(fault.fault)

    @rule(seconds=draws.SECONDS)
    def time_passes(self, seconds: int) -> None:
        if seconds < 0:
            self.stage.set_back(-seconds)
        else:
            self.stage.later(seconds)

    # plexsync

    @rule(scope=draws.SCOPE)
    def reconcile(self, scope: dict[str, Any]) -> None:
        self.stage.run(**scope)

    @rule(stem=draws.STEM)
    def reconcile_one(self, stem: str) -> None:
        scene = self.stage.oracle.scenes.get(stem, 1)
        self.stage.run(scenes=frozenset({SceneId(scene)}))

    @rule(boundaries=st.lists(draws.BOUNDARY, min_size=1, max_size=2))
    def crash(self, boundaries: list[int]) -> None:
        for boundary in boundaries:
            self.stage.crash(boundary)

    @rule(seldom=st.integers(0, 1))
    def plan(self, seldom: int) -> None:
        if not seldom:
            self.stage.calm()
            self.stage.plan()

    @rule(seldom=st.integers(0, 7))
    def settle(self, seldom: int) -> None:
        if not seldom:
            self.stage.settle()

    def _save(self, stem: str, *edits: draws.Edit) -> None:
        scenes = self.stage.oracle.scenes
        stem = stem if stem in scenes else next(iter(scenes))
        fields = dict(self._fields(edit) for edit in edits)
        self.stage.world.stash.update_scene(scenes[stem], **fields)
        self.stage.oracle.stash_spoke(stem)

    def _fields(self, edit: draws.Edit) -> draws.Edit:
        name, value = edit
        if name in _MANY:
            there = self.stage.entities.there
            return name, tuple({there(name, number): None for number in value})
        if name == "studio_id" and value is not None:
            return name, self.stage.entities.there(name, value)
        return name, (value or None) if name == "date" else value

    def _files(self) -> set[str]:
        """Name the scenes whose files are on Plex's disk."""
        disk = self.stage.world.plex.model.disk
        return {stem for stem in draws.STEMS if path_of(stem) in disk}

    def _key(self, stem: str) -> int:
        """Take the scene's item, or another scene's: nothing is drawn in vain."""
        oracle, world = self.stage.oracle, self.stage.world
        if not oracle.keys:
            with oracle.others():
                world.plex.add(world.section, path_of(next(iter(oracle.scenes))))
        return oracle.keys.get(stem, next(iter(oracle.keys.values())))

    def _spelled(self, key: int, kind: str) -> tuple[str, ...]:
        return look(self.stage.world)[key].spelled.get(kind, ())
