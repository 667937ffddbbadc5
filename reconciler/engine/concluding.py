"""What became of writes: read back, remembered, and only then settled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from reconciler.core.conclude import (
    Outcome,
    is_plausible,
    needs_second_read,
    outcome,
    part_of,
    remember,
)
from reconciler.core.memory import GIVEN_BACK, NOTHING, Memory
from reconciler.core.values import EMPTY, Field, Item, ItemKey, SceneId
from reconciler.engine.failing import Failing
from reconciler.engine.linking import AGAIN, OpenPass
from reconciler.engine.ports import Library
from reconciler.engine.report import Audience, Line, Tally, line_values, lock_moved
from reconciler.engine.translate import (
    APPLIED,
    GONE,
    PARTLY,
    UNCHANGED,
    Written,
    journal_fields,
    journal_text,
    memories_of,
    memory_record,
)
from state.ledger import Ledger
from state.records import (
    EntryRecord,
    JournalRecord,
    LinkRecord,
    SnapshotRecord,
    Stage,
)

log = structlog.get_logger(__name__)

_BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A write whose journal row is open."""

    row: JournalRecord
    writes: Mapping[Field, Written]
    library: str = ""
    name: str = ""
    entry: EntryRecord | None = None
    """What its read-back may settle; None leaves everything owed."""
    cut: frozenset[Field] = frozenset()
    """Of which fields Stash says more than there is room for."""
    is_open: bool = False
    """Whether the row has more than this, which may still land: it stays open."""

    @property
    def key(self) -> ItemKey:
        """The item that it went to."""
        return ItemKey(self.row.item)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """How an item that was written reads."""

    cause: str
    """Of the entry; empty for a row that was left open."""
    is_as_sent: bool
    """Whether every field is as sent, or in Plex's normal form of it."""
    is_open: bool = False
    """Whether the write may still land."""


@dataclass(slots=True, kw_only=True)
class Concluder:
    """Reads items back, 50 to a request, and closes their writes' journal rows."""

    ledger: Ledger
    library: Library
    failing: Failing
    open_pass: OpenPass
    audience: Audience
    tally: Tally

    def resolve(self) -> int:
        """Close the rows that a crash or an unclear answer left open, by reading.

        What is found is remembered, but the entry stays owed: its delivery decides
        again. A write that has not landed, and whose entry is yet to be verified, may
        still do so: its row stays open; tells how many do.
        """
        after = left = 0
        while rows := self.ledger.journal.opened(_BATCH, after=after):
            after = rows[-1].id
            read = self.conclude(
                [Sent(row=row, writes=journal_fields(row.fields)) for row in rows]
            )
            left += sum(one.is_open for one in read)
        return left

    def refusal(self) -> str | None:
        """Resolve all, and say why an errand has to wait: a write may still land."""
        left = self.resolve()
        return self.failing.landing(left) if left else None

    def conclude(self, sent: Sequence[Sent]) -> list[ReadBack]:
        """Read back what was written, record what Plex made of it, and tell it."""
        if not sent:
            return []
        after = self._read(sent)
        unclear = [one for one in sent if _is_unclear(one, after.get(one.key))]
        again = self._read(unclear) if unclear else {}
        outcomes = [
            self._record(one, after.get(one.key), again.get(one.key)) for one in sent
        ]
        return [outcome for outcome in outcomes if outcome is not None]

    def _read(self, sent: Sequence[Sent]) -> Mapping[ItemKey, Item]:
        return self.library.read(sorted({one.key for one in sent}))

    def _record(
        self, one: Sent, after: Item | None, again: Item | None
    ) -> ReadBack | None:
        if after is None:
            with self.ledger.transaction():
                self._close(one, GONE)
            return None
        landed = {
            name: write
            for name, write in one.writes.items()
            if _outcome(name, write, after, again) is Outcome.APPLIED
        }
        if one.entry is None:
            return self._resolved(one, landed, after)
        return self._read_back(one, one.entry, landed, after)

    def _read_back(
        self,
        one: Sent,
        entry: EntryRecord,
        landed: Mapping[Field, Written],
        after: Item,
    ) -> ReadBack:
        """Settle what has landed; what has not may still, and keeps its row open."""
        known = _known(landed, landed.keys(), after)
        left = sorted(one.writes.keys() - landed.keys())
        with self.ledger.transaction():
            self._remember(one.row, known)
            self._part(one, landed)
            if left:
                self.failing.unchanged(entry, left, one.key, one.name)
            settle = self.ledger.outbox.settle
            settle(one.row.link, revision=one.row.revision, fields=landed)
        _log(one, landed)
        self._tell(one, entry, landed)
        return ReadBack(cause=entry.cause, is_as_sent=not left)

    def _resolved(
        self, one: Sent, landed: Mapping[Field, Written], after: Item
    ) -> ReadBack:
        """Close a row that was left open, unless the write may still land."""
        done = {n: w for n, w in landed.items() if _is_plausible(n, w, after)}
        is_whole = len(done) == len(one.writes)
        if not is_whole and self.failing.may_land(one.row):
            return ReadBack(cause="", is_as_sent=False, is_open=True)
        link = self.ledger.links.get([one.row.link])[one.row.link]
        snapshot = self.ledger.scenes.get([link.scene])[link.scene]
        known = _known(landed, done.keys(), after)
        if (link.scene, snapshot.revision) != (one.row.scene, one.row.revision):
            known = self._met_anew(link, known)
        with self.ledger.transaction():
            self._remember(one.row, known)
            self._close(one, _word(is_whole=is_whole, has_part=bool(known)))
            if not link.is_lost and snapshot.buried_at is None:
                self._owe_again(link, snapshot, known.keys())
        _log(one, done)
        return ReadBack(cause="", is_as_sent=is_whole)

    def _remember(self, row: JournalRecord, known: Mapping[Field, Memory]) -> None:
        records = {str(name): memory_record(memory) for name, memory in known.items()}
        self.ledger.links.remember(row.link, records)

    def _met_anew(
        self, link: LinkRecord, known: Mapping[Field, Memory]
    ) -> dict[Field, Memory]:
        """Meet anew what was handed back for a scene that is back, or another's now.

        Nobody asks for that any more, and what has landed of it is not to stand.
        """
        asked = memories_of(self.ledger.links.memories([link.id])[link.id])
        return {
            name: replace(memory, verdict=None, seen=None)
            if memory.verdict in GIVEN_BACK and not asked.get(name, NOTHING).wish
            else memory
            for name, memory in known.items()
        }

    def _close(self, one: Sent, outcome: str) -> None:
        if not one.is_open:
            self.ledger.journal.close(one.row.id, outcome)

    def _part(self, one: Sent, landed: Mapping[Field, Written]) -> None:
        """Close what has landed; what may still land has a row of its own from now.

        Or it would be read back once more, when others may have been at it.
        """
        every = journal_fields(one.row.fields) if one.is_open else one.writes
        left = {name: write for name, write in every.items() if name not in landed}
        if not left:
            self._close(one, APPLIED)
        elif landed:
            done, rest = journal_text(landed), journal_text(left)
            self.ledger.journal.part(one.row.id, done, APPLIED, rest=rest)

    def _owe_again(
        self, link: LinkRecord, snapshot: SnapshotRecord, landed: Collection[Field]
    ) -> None:
        """Have looked at what has landed and nobody owes any more.

        A delivery that came before it was read has settled what it owed, and knew
        nothing of what of the write Stash has taken back since. What has landed on an
        item that has not the scene's file any more is left.
        """
        entry = self.ledger.outbox.of_links([link.id]).get(link.id)
        unowed = {str(name) for name in landed} - set(entry.fields if entry else ())
        if not unowed:
            return
        again = EntryRecord(
            link=link.id,
            target=link.target,
            fields=tuple(sorted(unowed)),
            revision=snapshot.revision,
            stage=Stage.PLANNED,
            cause=AGAIN,
            pass_id=self.open_pass.begun(),
        )
        self.ledger.outbox.owe(again, now=self.failing.clock.unix())

    def _tell(
        self, one: Sent, entry: EntryRecord, done: Mapping[Field, Written]
    ) -> None:
        for name, write in done.items():
            old, new = line_values(name, write.before, write.change)
            self.audience.line(
                Line(
                    library=one.library,
                    item=one.key,
                    name=one.name,
                    scene=SceneId(one.row.scene),
                    field=name,
                    old=old,
                    new=new,
                    reason=write.memory.reason or "",
                    cause=entry.cause,
                    lock=lock_moved(write.before, write.change),
                    is_cut=name in one.cut,
                )
            )
            log.debug("written", item=one.key, field=name, old=old, new=new)
            self.tally.causes[entry.cause] += 1
        self.tally.counts["written fields"] += len(done)
        self.tally.counts["written items"] += int(bool(done))


def _log(one: Sent, done: Collection[Field]) -> None:
    log.info(
        "concluded",
        scene=one.row.scene,
        item=one.key,
        applied=len(done),
        sent=len(one.writes),
        resolved=one.entry is None,
        fields={str(name): str(w.memory.reason) for name, w in one.writes.items()},
    )


def _outcome(name: Field, write: Written, after: Item, again: Item | None) -> Outcome:
    later = again.fields.get(name, EMPTY) if again else None
    found = after.fields.get(name, EMPTY)
    return outcome(name, write.change, write.before, found, later)


def _is_plausible(name: Field, write: Written, after: Item) -> bool:
    """Whether a write that was left open has landed: others may have come since."""
    return is_plausible(name, write.change, after.fields.get(name, EMPTY))


def _known(
    landed: Mapping[Field, Written], done: Collection[Field], after: Item
) -> dict[Field, Memory]:
    """Say what to remember of what has landed; of a set that is not *done* a part."""
    found = {}
    for name, write in landed.items():
        there = after.fields.get(name, EMPTY)
        hear = remember if name in done else part_of
        memory = hear(name, write.memory, write.change, write.before, there)
        if memory is not None:
            found[name] = memory
    return found


def _is_unclear(one: Sent, item: Item | None) -> bool:
    return item is not None and any(
        needs_second_read(
            name, write.change, write.before, item.fields.get(name, EMPTY)
        )
        for name, write in one.writes.items()
    )


def _word(*, is_whole: bool, has_part: bool) -> str:
    if is_whole:
        return APPLIED
    return PARTLY if has_part else UNCHANGED
