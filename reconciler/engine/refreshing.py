"""Scenes that are marked, read again; those that are not there any more are buried.

A scene is taken for deleted only where a complete listing did not have it and Stash,
asked for it by itself, answers without an error that there is none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from reconciler.clock import Clock
from reconciler.core.values import OnDelete, SceneId
from reconciler.engine.errands import Errand, Release, Undo
from reconciler.engine.linking import Linker
from reconciler.engine.polling import SCENES
from reconciler.engine.recording import Recorder
from reconciler.engine.report import Audience, Tally
from state.ledger import Ledger
from state.records import CensusRecord, LinkRecord

log = structlog.get_logger(__name__)

_BATCH = 100
"""Scenes that Stash is asked for in one request."""


@dataclass(slots=True, kw_only=True)
class Refresher:
    """Reads what is marked, and buries what is gone."""

    ledger: Ledger
    recorder: Recorder
    linker: Linker
    place: Callable[[Errand], None]
    """Writes a person's wishes down; here they are those of the configuration."""
    clock: Clock
    audience: Audience
    tally: Tally

    def refresh(self, read_at: datetime) -> None:
        """Read every marked scene; *read_at* is the server's clock at the poll."""
        if marks := self.ledger.census.marks():
            self.audience.stage("reading stash again", marks)
        while found := self.ledger.census.marked(_BATCH, is_absent=False):
            there = self.recorder.read([SceneId(one) for one in found], read_at)
            self.miss([scene for scene in found if scene not in there])
        scene = 0
        while found := self.ledger.census.marked(1, is_absent=True, after=scene):
            (scene,) = found
            if self._is_written(scene):
                continue  # Stash is not asked in each poll while Plex is away
            if not self.recorder.read([SceneId(scene)], read_at):
                self._bury(SceneId(scene))

    def miss(self, missing: Sequence[int]) -> None:
        """Have a listing tell what has become of scenes that were not there.

        One that it finds again is read then, though its stamp is the one of before.
        """
        if not missing:
            return
        known = self.ledger.census.known().get(SCENES) or CensusRecord(count=0, tip=0)
        with self.ledger.transaction():
            self.ledger.census.unmark(missing)
            self.ledger.scenes.forget_stamps(missing)
            due = CensusRecord(count=known.count, tip=known.tip, is_due=True)
            self.ledger.census.put(SCENES, due)

    def _is_written(self, scene: int) -> bool:
        """Whether a write of a scene's may still land: that goes with it."""
        keys = [link.id for link in self._links(SceneId(scene))]
        rows = self.ledger.journal.of_links(keys)
        return any(row.outcome is None for own in rows.values() for row in own)

    def _bury(self, scene: SceneId) -> None:
        with self.ledger.transaction():
            for link in self._links(scene):
                self.linker.hand_over(link)
        links = self._links(scene)
        on_delete = self.linker.settings.on_delete
        if links and on_delete is OnDelete.RELEASE:
            self.place(Release(scenes=frozenset({scene}), with_lost=False))
        elif links and on_delete is OnDelete.RESTORE:
            self.place(Undo(scenes=frozenset({scene}), since=0))
        with self.ledger.transaction():
            self.ledger.scenes.bury(scene, now=self.clock.unix())
            self.ledger.census.unmark([scene])
            self.ledger.waits.put(scene, (), now=self.clock.unix())
            for link in links:
                self.linker.leave(link)
        self.tally.counts["deleted scenes"] += 1
        log.info("buried scene", scene=scene, links=len(links), on_delete=on_delete)

    def _links(self, scene: SceneId) -> list[LinkRecord]:
        return self.ledger.links.page(after=0, limit=_BATCH, scenes=[scene])
