"""Released entries, to Plex: journal, one PUT, read-back, record."""

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.clock import Clock
from reconciler.core.backup import is_mass
from reconciler.core.brake import weigh
from reconciler.core.errors import (
    AmbiguousError,
    BusyError,
    GoneError,
    RestingError,
    ServerError,
)
from reconciler.core.match import stem
from reconciler.core.memory import NOTHING
from reconciler.core.rest import is_of_server
from reconciler.core.values import EMPTY, Edit, Field, Item
from reconciler.engine.backing import Backing
from reconciler.engine.braking import Brake
from reconciler.engine.caution import Caution
from reconciler.engine.concluding import Concluder, Sent
from reconciler.engine.failing import Failing
from reconciler.engine.judging import tell_left, tell_lost
from reconciler.engine.linking import IN_PLEX
from reconciler.engine.looking import MAX_AGE, Look, Looker, Standing
from reconciler.engine.lulls import Lulls
from reconciler.engine.ports import Library
from reconciler.engine.recording import Recorder
from reconciler.engine.report import Audience, Tally
from reconciler.engine.translate import NOT_SENT, Written, journal_text, memory_record
from state.ledger import Ledger
from state.records import EntryRecord, JournalRecord, LinkRecord, Stage

_UNCLEAR = (AmbiguousError, BusyError)
"""Failures of a write that may have been made all the same."""


_STAGE = "looking at what is owed"


class Halt(Exception):  # noqa: N818 - not a failure: the pass ends here in good order
    """Nothing more is to be tried in this pass."""


@dataclass(slots=True, kw_only=True)
class Deliverer:
    """Takes released entries, 50 at a time, and makes Plex say what is wanted."""

    ledger: Ledger
    library: Library
    looker: Looker
    concluder: Concluder
    failing: Failing
    recorder: Recorder
    clock: Clock
    is_paused: Callable[[], bool]
    is_called: Callable[[], bool]
    is_over: Callable[[], bool]
    lulls: Lulls
    backing: Backing
    audience: Audience
    tally: Tally
    brake: Brake
    caution: Caution = field(default_factory=Caution)
    left: int = 0
    """Entries that may still be delivered."""

    def deliver(self, limit: int | None) -> None:
        """Deliver what is due, at most *limit* entries: what is released, or wished."""
        is_wished = self.looker.scope.is_wished
        stage = None if is_wished else Stage.RELEASED
        counts = self.ledger.outbox.counts()
        owed = sum(counts.values()) if is_wished else counts.get(Stage.RELEASED, 0)
        self.left = owed if limit is None else limit
        self.audience.stage(_STAGE, self.left)
        for entries in self.looker.entries(stage):
            if self.left <= 0 or self.is_paused():
                return
            if self.is_called():
                self.tally.is_left_off = True
                return
            if self._is_lull(entries[0].target):
                continue
            try:
                self._batch(entries[: self.left])
            except Halt:
                return
            self.left -= len(entries)

    def _is_lull(self, target: int) -> bool:
        """Whether nothing is to be written to a library now; tells why."""
        if self.looker.scope.is_wished:
            return False
        reason = self.lulls.reason(target)
        if reason:
            self.tally.lull(reason)
        return bool(reason)

    def _is_to_wait(self, looks: Sequence[Look]) -> bool:
        """Wait for Plex's own backup, before the first of many items is written."""
        machine = self.looker.surveyor.linker.targets[looks[0].link.target].machine
        if not (self.backing.is_due(machine) and self._writes_many(looks)):
            return False
        if not self.backing.wait(machine):
            self.tally.is_left_off = self.is_called()
            raise Halt
        self.audience.stage(_STAGE, self.left)
        return True

    def _writes_many(self, looks: Sequence[Look]) -> bool:
        """Whether items are to be written now, and may be many with those to come."""
        if not any(d.change for look in looks for d in look.decisions.values()):
            return False
        stage = None if self.looker.scope.is_wished else Stage.RELEASED
        owed = 0
        for entries in self.looker.entries(stage):
            owed += len(entries)
            if is_mass(min(owed, self.left)):
                return True
        return False

    def _batch(self, entries: Sequence[EntryRecord]) -> None:
        waiting, sent = list(entries), list[Sent]()
        try:
            while waiting:
                looks = self.looker.look(waiting)
                if self._is_to_wait(looks):
                    continue  # by now, what was read is too old to write on
                done = self._take(looks, sent)
                waiting = waiting[done:]
                if self.caution.is_enough(sent):
                    self._go_on(sent)
        except (Halt, ServerError):
            # what was written is read back even where the batch was cut short; rows
            # that cannot be read now stay open, and are resolved by the next pass; what
            # is told is what cut it short, not that nothing is asked after it
            with contextlib.suppress(RestingError):
                self._conclude(sent)
            raise
        self._go_on(sent)

    def _go_on(self, sent: list[Sent]) -> None:
        self._conclude(sent)
        if self.caution.reason is not None:
            raise Halt

    def _conclude(self, sent: list[Sent]) -> None:
        """Read back what was sent; hold what is left if too much of it is otherwise."""
        written = tuple(sent)
        sent.clear()  # whatever becomes of it, it is not read back twice
        self.caution.note(self.concluder.conclude(written))
        if written and self.caution.reason is not None:
            self.brake.stop(self.caution.reason)

    def _take(self, looks: Sequence[Look], sent: list[Sent]) -> int:
        """Deliver looks until one has grown too old to write on; say how many."""
        for done, look in enumerate(looks):
            is_old = self.clock.monotonic() - look.read_at > MAX_AGE
            if done and (is_old or self.caution.is_enough(sent)):
                return done
            if self.is_over() or self._is_lull(look.link.target):
                raise Halt
            self._one(look, sent)
            self.audience.advance()
        return len(looks)

    def _one(self, look: Look, sent: list[Sent]) -> None:
        if look.standing is Standing.CONTESTED:
            self.tally.reasons[look.standing] += len(look.fields)
            return
        if look.item is None or look.standing is not Standing.THERE:
            self._absent(look)
            return
        if self.ledger.links.get([look.link.id]).get(look.link.id) != look.link:
            return  # one before it has let go of its item: it is owed anew
        tell_left(look, self._title(look), self.tally)
        one = self._open(look, look.item)
        if one is not None:
            self._put(look, look.item, one, sent)

    def _open(self, look: Look, item: Item) -> Sent | None:
        """Write down what is left alone, and what is about to be written."""
        writes = {
            name: Written(
                before=item.fields.get(name, EMPTY),
                change=change,
                memory=d.memory,
                was_ours=look.known.get(name, NOTHING).ours,
                prior=look.known.get(name, NOTHING).first,
            )
            for name, d in look.decisions.items()
            if (change := d.change) is not None
        }
        weight = weigh(look.unasked, item.fields)
        with self.ledger.transaction():
            self._leave(look, writes.keys())
            if not writes:
                return None
            row = self.ledger.journal.open(
                self._row(look, writes),
                now=self.clock.unix(),
                overwrites=weight.overwrites,
                removals=weight.clears,
                taken=weight.taken,
            )
        return Sent(
            row=row,
            writes=writes,
            entry=look.entry,
            library=self._title(look),
            name=stem(look.link.path),
            cut=frozenset(n for n, d in look.decisions.items() if d.is_cut),
        )

    def _title(self, look: Look) -> str:
        return self.looker.surveyor.linker.targets[look.link.target].title

    def _leave(self, look: Look, written: Collection[Field]) -> None:
        left = {n: d for n, d in look.decisions.items() if n not in written}
        records = {str(name): memory_record(d.memory) for name, d in left.items()}
        self.ledger.links.remember(look.link.id, records)
        fields = look.fields - set(written)
        settle = self.ledger.outbox.settle
        settle(look.link.id, revision=look.entry.revision, fields=fields)

    def _row(self, look: Look, writes: Mapping[Field, Written]) -> JournalRecord:
        return JournalRecord(
            id=0,
            link=look.link.id,
            target=look.link.target,
            item=look.link.item,
            scene=look.link.scene,
            pass_id=self.recorder.linker.open_pass.begun(),
            planned=look.entry.pass_id,
            revision=look.entry.revision,
            fields=journal_text(writes),
        )

    def _put(self, look: Look, item: Item, one: Sent, sent: list[Sent]) -> None:
        """Send the write; what of it arrived is to be read back."""
        changes = {name: write.change for name, write in one.writes.items()}
        edit = Edit(key=item.key, section=item.section, type=item.type, changes=changes)
        failed: Mapping[Field, ServerError]
        try:
            failed = self.library.write(edit)
        except ServerError as error:
            failed = dict.fromkeys(changes, error)
        # who stands before Plex may say "busy" for a write that Plex has made: the row
        # stays open, or what is there would be taken for somebody else's
        is_open = any(isinstance(e, _UNCLEAR) for e in failed.values())
        if failed.keys() < one.writes.keys():
            sent.append(self._arrived(one, failed.keys(), is_open=is_open))
        elif not is_open:
            self._close(one, NOT_SENT)
        for why in dict.fromkeys(failed.values()):
            fields = sorted(name for name in failed if failed[name] is why)
            self._failed(look, fields, why)

    def _arrived(self, one: Sent, failed: Collection[Field], *, is_open: bool) -> Sent:
        """Take out of a write what did not arrive; out of its row, if that is sure."""
        if not failed:
            return one
        writes = {name: w for name, w in one.writes.items() if name not in failed}
        if not is_open:
            with self.ledger.transaction():
                self.ledger.journal.narrow(one.row.id, journal_text(writes))
        return replace(one, writes=writes, is_open=is_open)

    def _failed(self, look: Look, fields: Sequence[Field], error: ServerError) -> None:
        if isinstance(error, RestingError) or is_of_server(error):
            raise error  # the entry is not at fault: no attempt is counted
        if isinstance(error, GoneError):
            self._absent(look)
            return
        if isinstance(error, AmbiguousError):
            # the row stays open: whether the write landed is for a read to tell
            self.failing.unclear(look.entry, fields, error)
        else:
            self.failing.failed(look.entry, fields, error)

    def _close(self, one: Sent, outcome: str) -> None:
        with self.ledger.transaction():
            self.ledger.journal.close(one.row.id, outcome)

    def _absent(self, look: Look) -> None:
        """Correct the ledger's picture of an item that does not hold a scene's file."""
        self.tally.reasons[look.standing] += len(look.fields)
        links = [look.link]
        if look.item is not None and look.standing is Standing.LEFT:
            links = self.looker.claims.departed(look.link, look.item)
        with self.ledger.transaction():
            held = self._held(look)
            self.ledger.items.forget(look.link.target, look.link.item, but=held)
        for link in links:
            self._relink(link)
        if (found := self.ledger.links.get([look.link.id]).get(look.link.id)) is None:
            return
        if found.is_lost and self.looker.surveyor.linker.is_reached(found):
            tell_lost(look, self.tally)

    def _relink(self, link: LinkRecord) -> None:
        snapshots = list(self.ledger.scenes.get([link.scene]).values())
        if any(snapshot.buried_at is not None for snapshot in snapshots):
            # nothing is linked anew for it: what its going had made due goes with it
            with self.ledger.transaction():
                self.recorder.linker.let_go(link)
        self.recorder.relink(snapshots, IN_PLEX)

    def _held(self, look: Look) -> Sequence[str]:
        """Name what an item holds still; it may be another file of the scene's."""
        section = self.looker.surveyor.sections[look.link.target]
        if look.item is None or look.standing not in {Standing.MOVED, Standing.LEFT}:
            return ()
        return look.item.paths if look.item.section == section.key else ()
