"""The machine's rules for scenes that go, that come back as others, and for many."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.machine import draws
from tests.machine.holders import fingerprints, in_stash
from tests.machine.stage import Stage
from tests.sandbox.stash.records import Scene, SceneFields

_CONTENT = (
    "title",
    "details",
    "date",
    "studio_id",
    "tag_ids",
    "performer_ids",
)


class SceneRules(RuleBasedStateMachine):
    """Somebody who tidies up Stash's scenes, and Stash's own jobs."""

    stage: Stage

    @rule(stem=draws.STEM, other=draws.STEM, how=draws.DEPARTURE)
    def scene_leaves(self, stem: str, other: str, how: str) -> None:
        """Let a scene go, or its file be another's."""
        if stem in self.stage.oracle.scenes:
            self._leave(stem, other, how)
            self.stage.oracle.stash_changed()

    @rule(number=st.integers(0, 4), is_added=st.booleans())
    def scenes_are_tagged(
        self,
        number: int,
        is_added: bool,  # noqa: FBT001 - hypothesis gives it by name
    ) -> None:
        """Give a tag to all scenes, or take it from them."""
        tag = self.stage.entities.there("tag_ids", number)

        def change(scene: Scene) -> SceneFields:
            rest = tuple(one for one in scene.tag_ids if one != tag)
            return {"tag_ids": (*rest, tag) if is_added else rest}

        stash = self.stage.world.stash
        stash.bulk_update_scenes(tuple(stash.scenes), change)
        self.stage.oracle.stash_changed()

    def _leave(self, stem: str, other: str, how: str) -> None:
        stash, scenes = self.stage.world.stash, self.stage.oracle.scenes
        scene, into = scenes[stem], scenes.get(other)
        if how == "merged" and into not in {None, scene}:
            stash.merge_scenes([scene], into)
        elif how == "destroyed":
            stash.destroy_scenes(scene)
        elif how == "destroyed with its file":
            stash.destroy_scenes(scene, delete_file=True)
        else:
            self._clean(stem, is_found=how == "found anew")

    def _clean(self, stem: str, *, is_found: bool) -> None:
        """Lose a file, and find it again as another scene that says the same."""
        stash, path = self.stage.world.stash, in_stash(self.stage.oracle.places[stem])
        file = stash.file_at(path)
        assert file is not None
        row = stash.scenes[self.stage.oracle.scenes[stem]]
        stash.clean(file.id)
        if is_found:
            new = stash.scan_new_file(path, fingerprints=fingerprints(stem))
            said = {name: getattr(row, name) for name in _CONTENT}
            stash.update_scene(new, **said)
