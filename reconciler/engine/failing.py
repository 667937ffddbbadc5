"""What becomes of an entry whose delivery did not come off."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

import structlog

from reconciler.clock import Clock
from reconciler.core.errors import PlexsyncError, TransientError
from reconciler.core.retry import VERIFY_AFTER, Bury, after_failure
from reconciler.core.values import Field, ItemKey
from reconciler.engine.linking import AGAIN
from reconciler.engine.report import Tally
from state.ledger import Ledger
from state.records import EntryRecord

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Failing:
    """Postpones or buries; the outbox is the only thing that tries again."""

    ledger: Ledger
    clock: Clock
    chance: Random
    tally: Tally

    def failed(
        self, entry: EntryRecord, fields: Sequence[Field], error: PlexsyncError
    ) -> None:
        """Count a failure against an entry: later, or never without a person."""
        self.tally.problem(error)
        verdict = after_failure(error, entry.attempts + 1, self.chance)
        now = self.clock.unix()
        with self.ledger.transaction():
            if isinstance(verdict, Bury):
                self.ledger.outbox.bury(
                    entry.link,
                    revision=entry.revision,
                    fields=fields,
                    error=str(error),
                    now=now,
                )
                self.tally.counts["buried fields"] += len(fields)
                log.info("buried", link=entry.link, fields=len(fields))
            else:
                self.ledger.outbox.postpone(
                    entry.link, not_before=now + ceil(verdict.delay), error=str(error)
                )
                self.tally.counts["postponed items"] += 1
                log.info("postponed", link=entry.link, seconds=ceil(verdict.delay))

    def unchanged(
        self, entry: EntryRecord, fields: Sequence[Field], item: ItemKey
    ) -> None:
        """Count a write that Plex took without an error and did not make."""
        names = ", ".join(fields)
        sentence = f"plex kept what item {item} had in {names}; it is tried again"
        self.failed(entry, fields, TransientError(sentence))

    def is_waiting(self, link: int) -> bool:
        """Whether the moment at which a link is tried again is still to come."""
        entry = self.ledger.outbox.of_links([link]).get(link)
        return entry is not None and entry.not_before > self.clock.unix()

    def unclear(self, entry: EntryRecord, error: PlexsyncError) -> None:
        """Look again at an item whose write may still land."""
        self.tally.problem(error)
        self.tally.counts["postponed items"] += 1
        moment = self.clock.unix() + int(VERIFY_AFTER)
        with self.ledger.transaction():
            self.ledger.outbox.postpone(
                entry.link, not_before=moment, error=str(error), cause=AGAIN
            )
