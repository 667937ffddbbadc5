"""The machine's rules for performers, tags and studios: none of them moves a scene."""

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.machine import draws
from tests.machine.stage import Stage
from tests.sandbox.stash.failures import StashError

_NUMBER = st.integers(0, 4)


class EntityRules(RuleBasedStateMachine):
    """Somebody who tidies up what scenes refer to."""

    stage: Stage

    @rule(kind=draws.KIND, number=_NUMBER, name=draws.NEW_NAME)
    def entity_is_renamed(self, kind: str, number: int, name: str) -> None:
        """Give an entity another name, which another may have already: then not."""
        stash, entity = self.stage.world.stash, self.stage.entities.there(kind, number)
        with suppress(StashError):
            if kind == "tag_ids":
                stash.update_tag(entity, name=name)
            elif kind == "performer_ids":
                stash.update_performer(entity, name=name)
            else:
                stash.update_studio(entity, name=name)
        self.stage.oracle.stash_changed()

    @rule(kind=draws.KIND, number=_NUMBER, other=_NUMBER, how=draws.ENDS)
    def entity_ends(self, kind: str, number: int, other: int, how: str) -> None:
        """Merge an entity into another of its kind, or destroy it."""
        stash, entities = self.stage.world.stash, self.stage.entities
        entity, into = entities.there(kind, number), entities.there(kind, other)
        if kind == "studio_id":
            stash.destroy_studio(entity)
        elif how == "destroyed" or entity == into:
            destroy = {
                "tag_ids": stash.destroy_tag,
                "performer_ids": stash.destroy_performer,
            }
            destroy[kind](entity)
        else:
            merge = {
                "tag_ids": stash.merge_tags,
                "performer_ids": stash.merge_performers,
            }
            merge[kind]([entity], into)
        self.stage.oracle.stash_changed()
