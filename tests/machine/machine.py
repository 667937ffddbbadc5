"""The machine's rules: all that people, servers, clocks and crashes do."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.values import Field, OnDelete, SceneId
from tests.machine import draws
from tests.machine.commands import Commands
from tests.machine.crowd import CROWDED
from tests.machine.entity_rules import EntityRules
from tests.machine.file_rules import FileRules
from tests.machine.holders import fingerprints, in_stash
from tests.machine.plex_rules import PlexRules
from tests.machine.scene_rules import SceneRules
from tests.machine.stage import Stage
from tests.machine.upheaval_rules import UpheavalRules
from tests.machine.watching import Between
from tests.sandbox.plex.state import MOVIE_AGENT, NONE_AGENT
from tests.sandbox.plex.switches import Switches

_MANY = ("tag_ids", "performer_ids")


class Machine(Commands, PlexRules, EntityRules, SceneRules, FileRules, UpheavalRules):
    """Everything happens in any order; after each pass, and at the end, laws hold."""

    def __init__(self) -> None:
        super().__init__()
        self.stage: Stage
        self._is_undone = False

    @initialize(
        switches=draws.SWITCHES,
        rules=draws.RULES,
        agent=st.sampled_from([NONE_AGENT, MOVIE_AGENT]),
        edits=draws.SOME_EDITS,
        is_known=st.booleans(),
        is_undone=st.sampled_from([False, False, True]),
        limits=draws.LIMITS,
        on_delete=st.sampled_from(OnDelete),
        page=draws.PAGE,
        is_crowded=st.sampled_from([True, True, False]),
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
        on_delete: OnDelete,
        page: int,
        is_crowded: bool,
    ) -> None:
        self.is_crowded = is_crowded
        self._is_undone = is_undone
        self.stage = Stage(switches, rules, agent, limits, on_delete)
        self.stage.turn_pages(page)
        self.appear("heron", in_plex=True, edits=edits)
        self.appear("tide", in_plex=True, edits=edits[1:])
        if is_known:
            self.stage.run()

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        try:
            self._settle()
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
        world, fields = self.stage.world, dict(self._fields(edit) for edit in edits)
        known = world.stash.file_at(in_stash(self.stage.oracle.places[stem]))
        if known is not None:
            world.stash.create_scene(file_ids=(known.id,), **fields)
        else:
            path = in_stash(self.stage.oracle.places[stem])
            new = world.stash.scan_new_file(path, fingerprints=fingerprints(stem))
            world.stash.update_scene(new, **fields)
        self.stage.oracle.stash_changed()
        if in_plex and stem not in self.files():
            with self.stage.oracle.others():
                self.put(stem)

    @rule(stem=draws.STEM, edits=draws.SOME_EDITS)
    def stash_edits(self, stem: str, edits: list[draws.Edit]) -> None:
        self._save(stem, *edits)

    @rule(edit=draws.EDIT)
    def stash_edits_all(self, edit: draws.Edit) -> None:
        for stem in list(self.stage.oracle.scenes):
            self._save(stem, edit)

    @rule(
        stem=draws.STEM,
        other=draws.STEM,
        edits=draws.SOME_EDITS,
        name=draws.NEW_NAME,
        what=draws.MEANWHILE,
        skip=st.integers(0, 4),
    )
    def stash_changes_between(  # noqa: PLR0913 - hypothesis gives them by name
        self,
        *,
        stem: str,
        other: str,
        edits: list[draws.Edit],
        name: str,
        what: str,
        skip: int,
    ) -> None:
        """Have that happen in the middle of a pass, just before one of its requests."""

        def act() -> None:
            if what == "saved":
                self._save(stem, *edits)
            elif what == "appears":
                self.appear(stem, in_plex=True, edits=edits)
            elif what == "renamed":
                self.entity_is_renamed("tag_ids", skip, name)
            else:
                self.scene_leaves(stem, other, what)

        self.stage.watcher.between.append(Between(method=None, skip=skip, act=act))

    # the configuration, the servers and the clocks

    @CROWDED
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
            self._settle()

    def _settle(self) -> None:
        if not self.stage.oracle.scenes:
            # a Stash without any scene is believed on nobody's word
            self.appear(draws.STEMS[0], in_plex=True, edits=[])
        self.stage.settle()

    def _save(self, stem: str, *edits: draws.Edit) -> None:
        scenes = self.stage.oracle.scenes
        if not scenes:
            self.appear(stem, in_plex=False, edits=list(edits))
            return
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
