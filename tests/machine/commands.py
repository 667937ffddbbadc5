"""The machine's rules for what a person asks plexsync for by its commands."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from reconciler.core.values import Field, SceneId
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Errand,
    Release,
    TakePlex,
    TakeStash,
    Undo,
)
from tests.machine import draws
from tests.machine.books import opened
from tests.machine.crowd import CROWDED, Crowded
from tests.machine.stage import Stage

_SELDOM = st.sampled_from([None, None, None, 1, 4, 9, 14, 20, 30])
"""Where a command crashes, if it does."""


class Commands(Crowded):
    """A person at the command line."""

    stage: Stage

    @CROWDED
    @rule(
        stem=draws.STEM | st.none(),
        scope=st.sampled_from(["pass", "scene", "start", "moment"]),
        ago=st.sampled_from([100, 1000, 100_000]),
        boundary=_SELDOM,
        seldom=st.integers(0, 1),
    )
    def undo(
        self, stem: str | None, scope: str, ago: int, boundary: int | None, seldom: int
    ) -> None:
        """Undo the newest pass, a scene, or all since a moment or the start."""
        newest = self.stage.newest_pass()
        if seldom or not newest:
            return
        scenes = self._scenes(stem)
        undo = Undo(since=0, scenes=scenes)
        if scope == "pass":
            undo = Undo(pass_id=newest)
        elif scope == "scene" and scenes:
            undo = Undo(scenes=scenes)
        elif scope == "moment":
            undo = Undo(since=int(self.stage.world.moment) - ago)
        self._ask(undo, boundary)

    @CROWDED
    @rule(stem=draws.STEM | st.none(), boundary=_SELDOM, seldom=st.integers(0, 1))
    def release(self, stem: str | None, boundary: int | None, seldom: int) -> None:
        if not seldom:
            self._ask(Release(scenes=self._scenes(stem)), boundary)

    @CROWDED
    @rule(stem=draws.STEM | st.none(), boundary=_SELDOM)
    def claim(self, stem: str | None, boundary: int | None) -> None:
        self._ask(Claim(scenes=self._scenes(stem)), boundary)

    @CROWDED
    @rule(
        stem=draws.STEM | st.none(),
        field=draws.FIELD | st.none(),
        of_stash=st.booleans(),
        boundary=_SELDOM,
    )
    def settle_conflicts(
        self,
        stem: str | None,
        field: Field | None,
        of_stash: bool,  # noqa: FBT001 - hypothesis gives it by name
        boundary: int | None,
    ) -> None:
        kind = TakeStash if of_stash else TakePlex
        fields = None if field is None else frozenset({field})
        self._ask(kind(scenes=self._scenes(stem), fields=fields), boundary)

    @CROWDED
    @rule(stem=draws.STEM | st.none(), boundary=_SELDOM)
    def adopt(self, stem: str | None, boundary: int | None) -> None:
        self._ask(Adopt(scenes=self._scenes(stem)), boundary)

    @rule(is_paused=st.booleans())
    def pause(
        self,
        is_paused: bool,  # noqa: FBT001 - hypothesis gives it by name
    ) -> None:
        self.stage.world.is_paused = is_paused

    @rule(seldom=st.integers(0, 1))
    def approve(self, seldom: int) -> None:
        if not seldom:
            self.stage.approve()

    def _ask(self, errand: Errand, boundary: int | None) -> None:
        if opened(self.stage.world):
            self.stage.later(61)  # while a write may still land nothing is taken on
        if boundary == _SEEN_FIRST:
            self.stage.calm()
            self.stage.foresee(errand)
        else:
            self.stage.ask(errand, boundary=boundary)

    def _scenes(self, stem: str | None) -> frozenset[SceneId] | None:
        scenes = self.stage.oracle.scenes
        return frozenset({SceneId(scenes[stem])}) if stem in scenes else None


_SEEN_FIRST = 1
"""The boundary that stands for a look ahead: before it nothing has happened."""
