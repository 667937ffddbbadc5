"""A slice of the library verified: read from Stash and from Plex, whatever was decided.

What is found as it was left costs no write at all; what is not is owed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from math import ceil

from reconciler.core.memory import NOTHING
from reconciler.core.values import Field, ItemKey, SceneId
from reconciler.engine.letters import alive
from reconciler.engine.linking import IN_SWEEP, OpenPass
from reconciler.engine.looking import BATCH, Look, Looker, Standing
from reconciler.engine.recording import Recorder
from reconciler.engine.refreshing import Refresher
from reconciler.engine.report import Audience
from reconciler.engine.settings import Scope
from state.ledger import Ledger
from state.records import EntryRecord, LinkRecord, Stage

_HOUR = 3600
_PAGE = 100
"""Scenes that Stash is asked for in one request."""


@dataclass(slots=True, kw_only=True)
class Sweeper:
    """Verifies scenes and items, 100 and 50 to a request; holds no more than those."""

    ledger: Ledger
    recorder: Recorder
    refresher: Refresher
    looker: Looker
    open_pass: OpenPass
    audience: Audience
    now: int
    """Unix seconds, by our clock."""

    def sweep(self, part: tuple[int, int], read_at: datetime) -> None:
        """Verify slice k of n; *read_at* is Stash's clock at the poll."""
        self.audience.stage("verifying", self.ledger.scenes.count() // part[1])
        for scenes in self._slice(part):
            there = self.recorder.read(scenes, read_at)
            self.refresher.miss([scene for scene in scenes if scene not in there])
            self.verify(self.ledger.links.page(after=0, limit=-1, scenes=scenes))

    def verify_items(self, target: int, keys: Sequence[ItemKey]) -> None:
        """Verify the links to items that Plex says have changed."""
        found = self.ledger.links.at((target, key) for key in keys)
        self.verify([link for link in found if not link.is_lost])

    def verify(self, links: Sequence[LinkRecord]) -> None:
        """Look at the items of links, and owe what is not as it was left."""
        # those of a library that is missing are none
        targets = self.looker.surveyor.connect()
        mine = sorted(
            (link for link in links if link.target in targets), key=lambda k: k.target
        )
        for _, own in groupby(mine, key=lambda link: link.target):
            same = list(own)
            for start in range(0, len(same), BATCH):
                self._verify(same[start : start + BATCH])

    def _slice(self, part: tuple[int, int]) -> Iterator[list[SceneId]]:
        (number, of), after = part, 0
        while found := self.ledger.scenes.slice(number, of, after, _PAGE):
            yield [SceneId(scene) for scene in found]
            after = found[-1]

    def _verify(self, links: Sequence[LinkRecord]) -> None:
        keys = [link.id for link in links]
        owed = self.ledger.outbox.of_links(keys)
        withheld = self.ledger.letters.withheld(keys)
        scenes = self.ledger.scenes.get(link.scene for link in links)
        living = {
            one.id: alive(Field, withheld.get(one.id, {}), scenes[one.scene].revision)
            for one in links
        }
        entries = [
            EntryRecord(
                link=link.id,
                target=link.target,
                fields=tuple(sorted(living[link.id])),
                revision=scenes[link.scene].revision,
                stage=Stage.PLANNED,
                cause=IN_SWEEP,
                pass_id=0,
            )
            for link in links
            if link.id not in owed and scenes[link.scene].buried_at is None
        ]
        if not entries:
            return
        looker = replace(self.looker, scope=Scope())
        moved = [
            (look.entry, names)
            for look in looker.look(entries)
            if (names := _moved(look))
        ]
        if not moved:
            return
        with self.ledger.transaction():
            number = self.open_pass.begun()
            for entry, names in moved:
                mine = replace(entry, fields=tuple(sorted(names)), pass_id=number)
                self.ledger.outbox.owe(mine, now=self.now)


def slice_at(moment: int, span: float) -> tuple[int, int]:
    """Say which slice of how many is to be verified at a time, in unix seconds.

    One an hour, so that all have been within *span* seconds; no state is kept of it.
    """
    of = max(1, ceil(span / _HOUR))
    return moment // _HOUR % of, of


def _moved(look: Look) -> set[Field]:
    """Name the fields that are not as they were left; all of an item that is not."""
    if look.standing in {Standing.GONE, Standing.MOVED}:
        return set(look.fields)
    return {
        name
        for name, decision in look.decisions.items()
        if decision.change is not None
        or decision.memory != look.known.get(name, NOTHING)
    }
