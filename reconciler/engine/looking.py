"""What entries come to: their items as Plex has them now, and each field decided."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from reconciler.clock import Clock
from reconciler.core.decide import FIGHTS, Decision
from reconciler.core.desire import desire
from reconciler.core.errors import GoneError, StoppedError
from reconciler.core.memory import Memory
from reconciler.core.plan import decide, decide_item, situation
from reconciler.core.retry import LONGEST
from reconciler.core.values import EMPTY, Field, Item, ItemKey, Scene, Section
from reconciler.engine.claiming import Claims, is_new
from reconciler.engine.ports import Library
from reconciler.engine.report import content_of, line_values
from reconciler.engine.settings import Planned, Scope
from reconciler.engine.surveying import Surveyor
from reconciler.engine.translate import SOMETHING, journal_fields, memories_of, restored
from state.due import Due
from state.ledger import Ledger
from state.records import EntryRecord, LinkRecord, Stage

BATCH = 50
"""Items to a read: what Plex is known to take in one request."""

MAX_AGE = 30.0
"""Seconds for which what was read of an item is good enough to write on."""


_DAY = 24 * 3600
_ROUNDS = 2
"""Times that others may take a field from us within a day; then it is a fight."""


class Standing(StrEnum):
    """Whether an entry's item may be written."""

    THERE = "there"
    GONE = "item gone"
    MOVED = "item holds another file"
    CONTESTED = "claimed by several scenes"
    LEFT = "another scene's file has left the item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One entry, with its item as it was read and what its fields come to."""

    entry: EntryRecord
    link: LinkRecord
    standing: Standing
    item: Item | None
    fields: frozenset[Field]
    """The fields in question: those that delivering may settle."""
    known: Mapping[Field, Memory]
    """What is remembered of the fields."""
    decisions: Mapping[Field, Decision]
    refused: Mapping[Field, Planned]
    """What is otherwise than the saved plan that is delivered has it."""
    read_at: float
    """By the monotonic clock, before the read was sent."""

    @property
    def unasked(self) -> Mapping[Field, Decision]:
        """The decisions that no person has asked for: what the brake judges."""
        return {
            name: decision
            for name, decision in self.decisions.items()
            if name not in self.known or self.known[name].wish is None
        }


@dataclass(slots=True, kw_only=True)
class Looker:
    """Reads the items of outbox entries, 50 to a request, and decides their fields."""

    ledger: Ledger
    library: Library
    surveyor: Surveyor
    clock: Clock
    scope: Scope
    is_over: Callable[[], bool] = bool
    """Whether the process is stopping: there are no more entries then."""

    def entries(
        self,
        stage: Stage | None,
        *,
        pass_id: int | None = None,
        is_unseen: bool = False,
    ) -> Iterator[list[EntryRecord]]:
        """Page through the scope's entries by target; they may be settled meanwhile.

        Of those that are only to be seen, what is not due yet is one as well.
        """
        now = None if is_unseen else self.clock.unix()
        for key, target in sorted(self.surveyor.linker.targets.items()):
            if self.scope.library not in {None, target.title}:
                continue
            due = Due(
                stage=stage,
                now=now,
                horizon=None if now is None else now + int(LONGEST),
                target=key,
                pass_id=pass_id,
                is_unseen=is_unseen,
                is_wished=self.scope.is_wished,
            )
            while found := self.ledger.outbox.due(due, BATCH):
                if self.is_over():
                    raise StoppedError("plexsync is stopping")
                if self.surveyor.is_missing(target.title):
                    break
                due = replace(due, after=found[-1].link)
                if mine := self._in_scope(found):
                    yield mine

    def look(self, entries: Sequence[EntryRecord]) -> list[Look]:
        """Read the items of up to 50 entries of one target; decide their fields."""
        keys = [entry.link for entry in entries]
        links = self.ledger.links.get(keys)
        memories = self.ledger.links.memories(keys)
        scenes = self.ledger.scenes.get(link.scene for link in links.values())
        section = self._section(entries[0].target)
        read_at = self.clock.monotonic()
        items = self._read(list(links.values()))
        shared = self.claims.shared(links.values())
        contested = self.claims.contested(links.values(), items, shared)
        looks = []
        for entry in entries:
            link, item = links[entry.link], items.get(ItemKey(links[entry.link].item))
            is_contested = link.id in contested
            standing = _standing(link, item, section, is_contested=is_contested)
            known = memories_of(memories[link.id])
            is_first = link.id in shared and is_new(known)
            if item is not None and standing is Standing.THERE and is_first:
                has_left = self.claims.departed(link, item)
                standing = Standing.LEFT if has_left else standing
            fields = self._fields(entry, link, known)
            decisions: dict[Field, Decision] = {}
            if item is not None and standing is Standing.THERE:
                scene = restored(scenes[link.scene])
                decisions = self._decide(fields, link, scene, item, known)
            refused = self._refuse(link, item, decisions)
            looks.append(
                Look(
                    entry=entry,
                    link=link,
                    standing=standing,
                    item=item,
                    fields=fields - refused.keys(),
                    known=known,
                    decisions={n: d for n, d in decisions.items() if n not in refused},
                    refused=refused,
                    read_at=read_at,
                )
            )
        return looks

    def items(self, links: Sequence[LinkRecord]) -> Mapping[ItemKey, Item]:
        """Read the items of up to 50 links of one target, and of no other section."""
        section = self._section(links[0].target)
        found = self._read(links)
        return {k: item for k, item in found.items() if item.section == section.key}

    @property
    def claims(self) -> Claims:
        """Whose the items are that were read."""
        mappings = self.surveyor.linker.settings.mappings
        return Claims(ledger=self.ledger, mappings=mappings)

    def _section(self, target: int) -> Section:
        found = self.surveyor.connect().get(target)
        if found is None:
            raise GoneError(
                "plex is another server than the one that was linked, or has the"
                " library anew: nothing is written now, the next pass links it"
            )
        return found

    def _read(self, links: Sequence[LinkRecord]) -> Mapping[ItemKey, Item]:
        keys = sorted({ItemKey(link.item) for link in links})
        return self.library.read(keys) if keys else {}

    def _planned(self, link: LinkRecord) -> Mapping[Field, Planned]:
        title = self.surveyor.linker.targets[link.target].title
        return (self.scope.only or {}).get((title, ItemKey(link.item)), {})

    def _refuse(
        self, link: LinkRecord, item: Item | None, decisions: Mapping[Field, Decision]
    ) -> dict[Field, Planned]:
        """Take out what has moved since the plan that is to be delivered."""
        if self.scope.only is None or item is None:
            return {}
        planned = self._planned(link)
        return {
            name: planned[name]
            for name, decision in decisions.items()
            if not _is_as_planned(name, item, decision, planned[name])
        }

    def _fields(
        self, entry: EntryRecord, link: LinkRecord, known: Mapping[Field, Memory]
    ) -> frozenset[Field]:
        fields = frozenset(Field(name) for name in entry.fields)
        if self.scope.fields is not None:
            fields &= self.scope.fields
        if self.scope.only is not None:
            fields &= self._planned(link).keys()
        if self.scope.is_wished:
            fields &= {name for name, memory in known.items() if memory.wish}
        return fields

    def _decide(
        self,
        fields: frozenset[Field],
        link: LinkRecord,
        scene: Scene,
        item: Item,
        known: Mapping[Field, Memory],
    ) -> dict[Field, Decision]:
        wanted = desire(scene, link.path, self.surveyor.linker.rules(link.target))
        decisions = decide_item(wanted, known, item, link.path, fields)
        drifts = {
            name for name, d in decisions.items() if d.change and d.reason in FIGHTS
        }
        for name in self._fought(link, drifts):
            at = situation(name, wanted[name], known, item, link.path)
            decisions[name] = decide(replace(at, is_fought=True))
        return decisions

    def _fought(self, link: LinkRecord, drifts: Collection[Field]) -> list[Field]:
        """Name those drifts that we wrote over twice within a day already."""
        if not drifts:
            return []
        since = self.clock.unix() - _DAY
        journal = self.ledger.journal.of_links([link.id], since=since)
        rows = journal.get(link.id, [])
        written = [journal_fields(r.fields) for r in rows if r.outcome in SOMETHING]
        return [
            name
            for name in sorted(drifts)
            if sum(
                name in fields and fields[name].memory.reason in FIGHTS
                for fields in written
            )
            >= _ROUNDS
        ]

    def _in_scope(self, entries: Sequence[EntryRecord]) -> list[EntryRecord]:
        scenes, has_plan = self.scope.scenes, self.scope.only is not None
        if scenes is None and not has_plan:
            return list(entries)
        links = self.ledger.links.get(entry.link for entry in entries)
        return [
            entry
            for entry in entries
            if (scenes is None or links[entry.link].scene in scenes)
            and (not has_plan or self._planned(links[entry.link]))
        ]


def _is_as_planned(
    name: Field, item: Item, decision: Decision, planned: Planned
) -> bool:
    before = item.fields.get(name, EMPTY)
    if decision.change is None:
        # what the plan would make of it is there already: nothing has moved from it
        return content_of(name, before) == planned.new
    return line_values(name, before, decision.change) == (planned.old, planned.new)


def _standing(
    link: LinkRecord, item: Item | None, section: Section, *, is_contested: bool
) -> Standing:
    if item is None:
        return Standing.GONE
    # a write goes only to an item shown to hold the file, in the library it was in
    if item.section != section.key or link.path not in item.paths:
        return Standing.MOVED
    return Standing.CONTESTED if is_contested else Standing.THERE
