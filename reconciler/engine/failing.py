"""What becomes of an entry whose delivery did not come off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

import structlog

from reconciler.clock import Clock
from reconciler.core.causes import causes
from reconciler.core.errors import AmbiguousError, ServerError
from reconciler.core.retry import (
    VERIFY_AFTER,
    Again,
    Bury,
    after_failure,
    after_unclear,
)
from reconciler.core.values import Field, ItemKey
from reconciler.core.wording import several
from reconciler.engine.linking import AGAIN
from reconciler.engine.ports import Library
from reconciler.engine.report import Tally
from state.ledger import Ledger
from state.records import EntryRecord, FailureRecord, JournalRecord

log = structlog.get_logger(__name__)

_NAMED = 3
"""Scenes that a sentence names; of the others it says how many they are."""


@dataclass(slots=True, kw_only=True)
class Failing:
    """Postpones or buries; the outbox is the only thing that tries again."""

    ledger: Ledger
    library: Library
    clock: Clock
    chance: Random
    tally: Tally

    def failed(
        self, entry: EntryRecord, fields: Sequence[Field], error: ServerError
    ) -> None:
        """Count a failure against fields: later, or never without a person."""
        self.tally.problem(error)
        self._count(
            entry, fields, error, lambda n: after_failure(error, n, self.chance)
        )

    def _count(
        self,
        entry: EntryRecord,
        fields: Sequence[Field],
        error: ServerError,
        decide: Callable[[int], Again | Bury],
    ) -> None:
        """Decide by how often each field was tried: those of one count together."""
        counts = {name: entry.attempts_of(name) + 1 for name in fields}
        verdicts = {n: decide(n) for n in sorted(set(counts.values()))}
        delays = [v.delay for v in verdicts.values() if isinstance(v, Again)]
        worn = [n for n in fields if isinstance(verdicts[counts[n]], Bury)]
        with self.ledger.transaction():
            if worn:
                self._bury(entry, worn, error)
            if delays:
                left = [name for name in fields if name not in worn]
                self._postpone(entry, left, error, ceil(max(delays)))

    def _bury(
        self, entry: EntryRecord, fields: Sequence[Field], error: ServerError
    ) -> None:
        self.ledger.outbox.bury(
            entry.link,
            revision=entry.revision,
            fields=fields,
            failure=self._failure(error),
            now=self.clock.unix(),
        )
        self.tally.counts["buried fields"] += len(fields)
        log.warning("buried", link=entry.link, fields=len(fields), kind=error.kind)

    def _failure(self, error: ServerError) -> FailureRecord:
        chain = tuple({"class": one.name, "says": one.says} for one in causes(error))
        return FailureRecord(
            error=str(error),
            kind=error.kind,
            chain=chain,
            server=self.library.version(),
        )

    def _postpone(
        self,
        entry: EntryRecord,
        fields: Sequence[Field],
        error: ServerError,
        seconds: int,
    ) -> None:
        now = self.clock.unix()
        self.ledger.outbox.postpone(
            entry.link,
            not_before=now + seconds,
            error=str(error),
            now=now,
            fields=fields,
        )
        self.tally.counts["postponed items"] += 1
        log.info("postponed", link=entry.link, seconds=seconds)

    def unchanged(
        self, entry: EntryRecord, fields: Sequence[Field], item: ItemKey, name: str
    ) -> None:
        """Look again at a write that Plex took and has not made, or not yet.

        The *name* is that of the item's file. What is said of it is kept by a dead
        letter as well, of which nothing is tried again.
        """
        what = f"a write of {', '.join(fields)} to item {item} ({name})"
        sentence = f"plex took {what} without an error, and has not made it"
        self.unclear(entry, fields, AmbiguousError(sentence))

    def may_land(self, row: JournalRecord) -> bool:
        """Whether a write that was not seen may still be made, and is waited for.

        Of a write that a crash has cut off, the entry waits for nothing.
        """
        entry = self.ledger.outbox.of_links([row.link]).get(row.link)
        now = self.clock.unix()
        is_young = abs(now - row.opened_at) < VERIFY_AFTER
        return is_young and (entry is None or entry.not_before > now)

    def unclear(
        self, entry: EntryRecord, fields: Sequence[Field], error: ServerError
    ) -> None:
        """Look again at an item whose write may still land."""
        self.tally.problem(error)
        with self.ledger.transaction():
            self._count(entry, fields, error, after_unclear)
            self.ledger.outbox.give_cause(entry.link, AGAIN)

    def landing(self, left: int) -> str:
        """Tell that the *left* open writes may land, of which scenes, how long."""
        rows = self.ledger.journal.opened(left)
        scenes = sorted({row.scene for row in rows})
        names = ", ".join(map(str, scenes[:_NAMED]))
        more = f" and {len(scenes) - _NAMED} more" if len(scenes) > _NAMED else ""
        of = f"scene {names}" if len(scenes) == 1 else f"scenes {names}{more}"
        until = max(row.opened_at for row in rows) + ceil(VERIFY_AFTER)
        seconds = max(1, until - self.clock.unix())
        return (
            f"what was last written to plex of {of} may still land, so nothing is done:"
            f" ask again in {several(seconds, 'second')}"
        )
