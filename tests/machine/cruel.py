"""The machine as it is soaked: what seldom comes together by itself, on purpose."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.machine import draws
from tests.machine.machine import Machine


class Cruel(Machine):
    """Takes too long for `make test`."""

    @rule(stem=draws.STEM, edits=draws.SOME_EDITS, newer=draws.EDIT)
    def write_is_overtaken(
        self, stem: str, edits: list[draws.Edit], newer: draws.Edit
    ) -> None:
        """Have Stash say something newer before a write has landed."""
        self.server_falters(fault=draws.LATE)
        for said in (edits, [newer]):
            self._save(stem, *said)
            self.stage.run()
        self.stage.later(10)

    @rule(stem=draws.STEM, other=draws.STEM, edits=draws.SOME_EDITS)
    def items_are_merged(self, stem: str, other: str, edits: list[draws.Edit]) -> None:
        """Have Stash speak of a scene whose item is another's too by now."""
        self.item_is_shaken(stem, "merged", other)
        self._save(stem, *edits)
        self.stage.run()

    @rule(stem=draws.STEM, seldom=st.integers(0, 2))
    def stash_is_emptied(self, stem: str, seldom: int) -> None:
        """Have a scene say nothing any more, which may be too much for the brake."""
        if not seldom:
            self._save(stem, *draws.NOTHING)
            self.stage.run()
            self.stage.run()
