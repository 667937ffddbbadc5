"""An errand, turned into wishes: written into the ledger, and owed to the outbox."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from reconciler.clock import Clock
from reconciler.core.canonical import identity
from reconciler.core.desire import desire
from reconciler.core.match import stem
from reconciler.core.memory import NOTHING, Asked, Memory, Reason, Wish
from reconciler.core.values import (
    EMPTY,
    Field,
    FieldValue,
    ItemKey,
    Kind,
    SceneId,
)
from reconciler.engine.conflicts import (
    conflicting,
    settled,
)
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Errand,
    Release,
    TakePlex,
    TakeStash,
    Undo,
)
from reconciler.engine.linking import OpenPass
from reconciler.engine.looking import Looker
from reconciler.engine.ports import Source
from reconciler.engine.reach import BATCH, Known, Reach
from reconciler.engine.recording import Recorder, absent
from reconciler.engine.report import UNDONE, Line, Tally, content_of
from reconciler.engine.translate import memory_record, restored
from reconciler.engine.undoing import Undone, undone
from reconciler.engine.unfound import departed, unfound
from reconciler.engine.wishes import asked, is_wished, offered, takeable
from state.journal import Extent
from state.ledger import Ledger
from state.records import EntryRecord, LinkRecord, Stage

_KINDS = {Field.GENRES: Kind.TAG, Field.ACTORS: Kind.PERFORMER}


@dataclass(slots=True, kw_only=True)
class Placer:
    """Finds what an errand is about, and writes its wishes down, 50 links at a time."""

    ledger: Ledger
    looker: Looker
    source: Source
    recorder: Recorder
    clock: Clock
    open_pass: OpenPass
    tally: Tally

    @property
    def _reach(self) -> Reach:
        return Reach(ledger=self.ledger, linker=self.looker.surveyor.linker)

    def place(self, errand: Errand) -> None:
        """Write an errand's wishes down; each chunk is a transaction of its own.

        What depends on what Stash says now is read from there first.
        """
        linker = self.looker.surveyor.linker
        self.tally.missing += unfound(self.ledger, errand, linker.is_reached)
        match errand:
            case Undo():
                self._undo(errand)
            case Release():
                self._ask(errand)
            case Claim():
                self._ask(errand, self._read_again(errand))
            case TakeStash():
                self._take_stash(errand)
            case TakePlex():
                self._take_plex(errand)
            case Adopt():
                self._adopt(errand)

    def _read_again(self, errand: Adopt | Claim | TakeStash) -> set[SceneId]:
        """Record the scenes that an errand is about; say which Stash has by now.

        Only those are asked about: of the others Stash says nothing any more.
        """
        if isinstance(errand, TakeStash):
            found = self._taken(errand)
            about = {link.scene for link, _ in found}
        else:
            with_lost = isinstance(errand, Claim)
            pages = self._reach.links(
                errand.scenes, errand.library, with_lost=with_lost
            )
            about = {link.scene for page in pages for link in page}
        scenes = [SceneId(scene) for scene in sorted(about)]
        there = self.recorder.read_now(scenes)
        gone = about - there
        if errand.scenes is not None:
            self.tally.missing += absent(sorted(errand.scenes & gone))
        elif unknown := gone - self.ledger.scenes.buried(gone):
            self.tally.miss(departed(errand, len(unknown)))
        return there

    def _ask(
        self,
        errand: Release | Claim,
        there: AbstractSet[SceneId] | None = None,
    ) -> None:
        """Ask the same of every field of links, where that is not so already.

        Of a lost one it waits until the item is found.
        """
        with_lost = not isinstance(errand, Release) or errand.with_lost
        for links in self._reach.links(
            errand.scenes, errand.library, there, with_lost=with_lost
        ):
            memories = self._reach.memories(links)
            withheld = self.ledger.letters.withheld(link.id for link in links)
            shared = self.ledger.links.contested(link.id for link in links)
            found = []
            for link in links:
                known = {name: memories[link.id].get(name, NOTHING) for name in Field}
                wished = asked(errand, known, is_shared=link.id in shared)
                waits = link.is_lost and is_wished(errand, wished)
                self.tally.lost[errand.cause] += waits
                dead = withheld.get(link.id, {})
                news = {
                    name: one
                    for name, one in wished.items()
                    # what was asked for before, and given up, is asked for once more
                    if one != known[name] or (one.wish is not None and name in dead)
                }
                found.append((link, news))
            self._write(errand, found)

    def _take_stash(self, errand: TakeStash) -> None:
        wish, there = Wish(asked=Asked.TAKE), self._read_again(errand)
        self.tally.lost[errand.cause] += self._reach.waiting(errand)
        self.tally.counts[UNDONE] += self._reach.undone(errand)
        for link, known in self._taken(errand):
            if link.scene in there:
                wished = {name: replace(one, wish=wish) for name, one in known.items()}
                self._write(errand, [(link, wished)])

    def _taken(self, errand: TakeStash) -> list[tuple[LinkRecord, Known]]:
        """List all of them first: what is written is what is paged through.

        Of scenes that are named it is all that is known, since a person may have edited
        what no pass has looked at yet; and what was given up to Plex is taken back. So
        are dead letters, dropped or not, though nothing was decided of their fields.
        """
        if errand.scenes is None:
            return list(conflicting(self.ledger, None, errand.fields))
        pages = self._reach.links(errand.scenes, None)
        return [found for links in pages for found in self._takeable(errand, links)]

    def _takeable(
        self, errand: TakeStash, links: Sequence[LinkRecord]
    ) -> Iterator[tuple[LinkRecord, Known]]:
        rules = self.looker.surveyor.linker.rules(links[0].target)
        memories = self._reach.memories(links)
        withheld = self.ledger.letters.withheld(link.id for link in links)
        for link in links:
            given_up = withheld.get(link.id, {})
            found = takeable(memories[link.id], given_up, rules, errand.fields)
            if found:
                yield link, found

    def _take_plex(self, errand: TakePlex) -> None:
        found = conflicting(self.ledger, errand.scenes, errand.fields)
        for link, known in list(found):
            given = {
                str(name): memory_record(settled(name, one))
                for name, one in known.items()
            }
            with self.ledger.transaction():
                self.open_pass.begun()
                self.ledger.links.remember(link.id, given)
            self.tally.counts["settled fields"] += len(given)

    def _undo(self, errand: Undo) -> None:
        extent = Extent(
            pass_id=errand.pass_id, scenes=errand.scenes, since=errand.since
        )
        is_all = errand.pass_id is None and not errand.since
        after, linker = 0, self.looker.surveyor.linker
        while keys := self._undoable(extent, after, is_all=is_all):
            after = keys[-1]
            links, journal = self.ledger.links.get(keys), self.ledger.journal
            rows = journal.of_links(keys)
            memories = self._reach.memories(list(links.values()))
            wished = []
            for key in keys:
                link, known = links[key], memories[key]
                if link.target not in linker.targets or not linker.is_reached(link):
                    continue
                if link.is_lost:
                    self.tally.lost[errand.cause] += is_wished(errand, known)
                    continue
                scope = [row for row in rows.get(key, []) if extent.holds(row)]
                found = undone(rows.get(key, []), scope, known, is_all=is_all)
                wished.append((link, self._spare(link, known, dict(found))))
            self._write(errand, wished)

    def _undoable(self, extent: Extent, after: int, *, is_all: bool) -> list[int]:
        if not is_all:
            return self.ledger.journal.links(extent, after=after, limit=BATCH)
        # the journal forgets, the memories of fields do not
        page, scenes = self.ledger.links.page, extent.scenes
        found = page(after=after, limit=BATCH, scenes=scenes, with_lost=True)
        return [link.id for link in found]

    def _spare(
        self, link: LinkRecord, known: Known, found: Mapping[Field, Undone]
    ) -> dict[Field, Memory]:
        """Tell which fields are somebody else's by now; keep the others' wishes."""
        for name, one in found.items():
            if one.is_spared:
                seen = known[name].seen or EMPTY
                line = self._line(link, name, seen, one.wish.back)
                self.tally.spared.append(line)
        return {
            name: replace(known[name], wish=one.wish)
            for name, one in found.items()
            if not one.is_spared
        }

    def _line(
        self, link: LinkRecord, name: Field, has: FieldValue, back: FieldValue
    ) -> Line:
        targets = self.looker.surveyor.linker.targets
        target = targets.get(link.target)
        return Line(
            library=target.title if target else "",
            item=ItemKey(link.item),
            name=stem(link.path),
            scene=SceneId(link.scene),
            field=name,
            old=content_of(name, has),
            new=content_of(name, back),
            reason=Reason.SPARED,
            cause=Undo.cause,
        )

    def _adopt(self, errand: Adopt) -> None:
        fields = (errand.fields or frozenset(_KINDS)) & _KINDS.keys()
        names = {
            name: {
                identity(one.name)
                for page in self.source.entities(_KINDS[name])
                for one in page
            }
            for name in sorted(fields)
        }
        there = self._read_again(errand)
        self.tally.lost[errand.cause] += self._reach.waiting(errand)
        for links in self._reach.links(errand.scenes, errand.library, there):
            if links[0].target not in self.looker.surveyor.connect():
                continue  # its library is missing: what is there is not known
            memories = self._reach.memories(links)
            items = self.looker.items(links)
            scenes = self.ledger.scenes.get(link.scene for link in links)
            found = []
            for link in links:
                item = items.get(ItemKey(link.item))
                if item is None or link.path not in item.paths:
                    continue
                rules = self.looker.surveyor.linker.rules(link.target)
                wanted = desire(restored(scenes[link.scene]), link.path, rules)
                known = {name: memories[link.id].get(name, NOTHING) for name in names}
                wished = {
                    name: replace(one, wish=Wish(asked=Asked.ADOPT, take=strays))
                    for name, one in known.items()
                    if (
                        strays := offered(
                            wanted[name],
                            one,
                            item.fields.get(name, EMPTY),
                            names[name],
                        )
                    )
                }
                found.append((link, wished))
            self._write(errand, found)

    def _write(self, errand: Errand, found: Sequence[tuple[LinkRecord, Known]]) -> None:
        wished = [(link, known) for link, known in found if known]
        if not wished:
            return
        revisions = self.ledger.scenes.get(link.scene for link, _ in wished)
        now = self.clock.unix()
        with self.ledger.transaction():
            number = self.open_pass.begun()
            for link, known in wished:
                records = {str(n): memory_record(one) for n, one in known.items()}
                self.ledger.links.remember(link.id, records)
                entry = EntryRecord(
                    link=link.id,
                    target=link.target,
                    fields=tuple(sorted(known)),
                    revision=revisions[link.scene].revision,
                    stage=Stage.RELEASED,
                    cause=errand.cause,
                    pass_id=number,
                )
                if not link.is_lost:  # all is owed to that once its item is found
                    self.ledger.outbox.ask(entry, now=now)
