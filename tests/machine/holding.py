"""The brake, from outside: what is held is not written before a person approves."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.core.values import Field
from tests.machine.books import rows
from tests.machine.kept import KeptWorld
from tests.machine.oracle import Oracle
from tests.machine.watching import Watcher
from tests.world import Outcome

Place = tuple[int, Field]
"""An item's key, and one of its fields."""

_HELD = """
SELECT outbox.pass, link.item, link.scene, outbox.fields, pass.held
FROM outbox JOIN pass ON pass.id = outbox.pass JOIN link ON link.id = outbox.link
WHERE outbox.stage = 'planned' AND pass.held IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A pass that waits for a person."""

    places: frozenset[Place]
    scenes: frozenset[int]
    """For which it waits: what another scene owes an item is planned anew."""
    is_stopped: bool
    """Whether Plex's answers stopped it: it does not go by itself."""


@dataclass(slots=True, kw_only=True)
class Holding:
    """Keeps what was held after the last thing that was watched."""

    world: KeptWorld
    oracle: Oracle
    watcher: Watcher
    held: dict[int, Held] = field(default_factory=dict)

    @property
    def items(self) -> frozenset[int]:
        """The items that something held is about."""
        return frozenset(key for held in self.held.values() for key, _ in held.places)

    def wrongs(self) -> Iterator[str]:
        """Say what was written of what is held; take note of what is held now."""
        before, self.held = self.held, self._look()
        for number, held in before.items():
            if number in self.held or held.is_stopped:
                for key, name in held.places & self.watcher.changed:
                    if not self._is_asked(key, name) and self._is_of(key, held):
                        yield f"pass {number} is held, and {name} of {key} is written"

    def approved(self) -> None:
        """Hear that a person lets everything go."""
        self.held = {}

    def stops(self, outcome: Outcome, dropped: int) -> Iterator[str]:
        """Three writes of ten that were dropped stop a delivery."""
        if dropped >= _MOST and outcome.puts <= _OF and not outcome.report.held:
            yield f"{dropped} of {outcome.puts} writes were dropped: none is held"

    def _is_asked(self, key: int, name: Field) -> bool:
        return any(
            self.oracle.words[stem, name].is_asked
            for stem, item in self.oracle.keys.items()
            if item == key
        )

    def _is_of(self, key: int, held: Held) -> bool:
        """Whether an item is of a scene for which a pass waits.

        What is owed to one whose film was elsewhere meanwhile is planned anew.
        """
        oracle = self.oracle
        scenes = {
            oracle.scenes.get(stem)
            for stem, item in oracle.keys.items()
            if item == key and stem not in oracle.unread
        }
        return bool(scenes & held.scenes)

    def _look(self) -> dict[int, Held]:
        found: dict[int, Held] = {}
        for number, item, scene, names, text in rows(self.world, _HELD):
            known = found.get(number)
            places = {(int(item), Field(name)) for name in json.loads(names)}
            found[number] = Held(
                places=frozenset(places) | (known.places if known else frozenset()),
                scenes=frozenset({scene}) | (known.scenes if known else frozenset()),
                is_stopped=json.loads(text)["until_approved"],
            )
        return found


_MOST, _OF = 3, 10
