"""Which items hold a scene's files now, and what each of those links is owed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from reconciler.clock import Clock
from reconciler.core.desire import Rules, desire
from reconciler.core.match import plex_path
from reconciler.core.plan import unsettled
from reconciler.core.values import Field, OnDelete, Scene
from reconciler.engine.binding import Binder, Former
from reconciler.engine.letters import alive
from reconciler.engine.settings import Settings
from reconciler.engine.translate import memory, restored
from state.ledger import Ledger
from state.records import (
    EntryRecord,
    FieldRecord,
    LinkRecord,
    PathRecord,
    Stage,
    TargetRecord,
)

IN_STASH = "changed in stash"
IN_PLEX = "found in plex"
IN_CONFIG = "changed configuration"
IN_VERSION = "another version of plexsync"
IN_FULL = "full pass"
ASKED_FOR = "asked for"
AGAIN = "to be verified"
IN_SWEEP = "found in a sweep"
PUT_BACK = "state put back"

_VERIFYING = frozenset({IN_CONFIG, IN_FULL, ASKED_FOR, PUT_BACK})
"""Causes that look at every field, whether or not what is wanted has moved."""

_SPARING = frozenset({IN_PLEX, PUT_BACK})
"""Causes that leave the dead letters of links that were known alone."""


@dataclass(slots=True, kw_only=True)
class OpenPass:
    """The pass under way; it gets a number with the first thing that it records."""

    ledger: Ledger
    clock: Clock
    kind: str
    number: int | None = None

    def begun(self) -> int:
        """Give it a number, in the transaction of what it records."""
        if self.number is not None:
            return self.number
        return self.go_on(self.ledger.passes.begin(self.kind, now=self.clock.unix()))

    def go_on(self, number: int) -> int:
        """Have it be the pass of this number, whose end it has not come to."""
        self.number = number
        structlog.contextvars.bind_contextvars(pass_id=number)
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger knows of some scenes' links, read before anything is written."""

    places: Mapping[str, Sequence[PathRecord]]
    """Path, as Plex names it -> the items that hold it."""
    links: Mapping[int, Sequence[LinkRecord]]
    memories: Mapping[int, Mapping[str, FieldRecord]]
    owed: Mapping[int, EntryRecord]
    moved: frozenset[int] = frozenset()
    """Scenes that have other files than they had."""


@dataclass(slots=True, kw_only=True)
class Linker:
    """Links scenes to items by exact path, and owes what is wanted anew."""

    ledger: Ledger
    settings: Settings
    clock: Clock
    open_pass: OpenPass
    targets: dict[int, TargetRecord] = field(default_factory=dict)
    """The libraries that are targets now, by the ledger's id."""
    has_unplaced: bool = False
    """Whether a changed scene has a file that no item is known to hold."""

    def know(self, scenes: Iterable[Scene]) -> Known:
        """Read what `link` needs to know of *scenes*, four queries for all of them."""
        scenes = tuple(scenes)
        paths = {path for scene in scenes for path in self.paths(scene)}
        places: dict[str, list[PathRecord]] = {}
        for place in self.ledger.items.holding(paths):
            if place.target in self.targets:
                places.setdefault(place.path, []).append(place)
        links = self.ledger.links.of_scenes(scene.id for scene in scenes)
        keys = [link.id for found in links.values() for link in found]
        return Known(
            places=places,
            links=links,
            memories=self.ledger.links.memories(keys),
            owed=self.ledger.outbox.of_links(keys),
        )

    def paths(self, scene: Scene) -> list[str]:
        """Name a scene's files as Plex does, the primary file first."""
        return [plex_path(file.path, self.settings.mappings) for file in scene.files]

    def link(
        self,
        scene: Scene,
        revision: int,
        known: Known,
        cause: str,
        former: Former = Former.ITSELF,
    ) -> None:
        """Write a scene's links down and owe them what they need."""
        places = self._places(scene, known)
        held = {place.target for place in places}
        # without a file there is nothing to wait for; and a file lies in one library:
        # that it has none in the others is how it should be
        is_waiting = bool(scene.files) and not held
        missing = self.targets.keys() if is_waiting else set[int]()
        now, is_anew = self.clock.unix(), scene.id in known.moved
        self.ledger.waits.put(scene.id, missing, now=now, is_anew=is_anew)
        if cause == IN_STASH and any(p not in known.places for p in self.paths(scene)):
            self.has_unplaced = True
        for link, is_new in self._binder().bind(scene.id, places, former):
            if link.scene != scene.id:
                self._owe_heir(link)
                continue
            if is_new:
                self._mark_rivals(link)
            is_deep = is_new or cause in _VERIFYING
            records = known.memories.get(link.id)
            if records is None:
                records = self.ledger.links.memories([link.id])[link.id]
            fields = self._fields(link, scene, records, is_deep=is_deep)
            if cause in _SPARING and not is_new:
                fields = self._alive(link, fields, revision)
            entry = known.owed.get(link.id)
            self._owe(link, fields, revision, entry, _cause(cause, is_new=is_new))

    def _alive(
        self, link: LinkRecord, fields: frozenset[Field], revision: int
    ) -> frozenset[Field]:
        """Leave dead letters out."""
        withheld = self.ledger.letters.withheld([link.id]).get(link.id, {})
        return alive(fields, withheld, revision)

    def _mark_rivals(self, link: LinkRecord) -> None:
        """Have scenes read again that were known to have the file that is linked.

        A file that is given to another scene stamps that one at most.
        """
        if rivals := self._binder().living(link):
            self.ledger.census.mark(r.scene for r in rivals if r.path == link.path)

    def has_moved(self, scene: Scene, known: Known) -> bool:
        """Whether what is wanted of a scene is not what was last decided on."""
        return any(
            self._fields(link, scene, known.memories.get(link.id, {}), is_deep=False)
            for link in known.links.get(scene.id, ())
            if link.target in self.targets and not link.is_lost
        )

    def _places(self, scene: Scene, known: Known) -> list[PathRecord]:
        found: dict[tuple[int, str], PathRecord] = {}
        for path in self.paths(scene):
            for place in known.places.get(path, ()):
                found.setdefault((place.target, place.item), place)
        return list(found.values())

    def _binder(self) -> Binder:
        is_renewed = self.settings.on_delete is not OnDelete.KEEP
        mappings = self.settings.mappings
        return Binder(ledger=self.ledger, mappings=mappings, is_renewed=is_renewed)

    def hand_over(self, link: LinkRecord) -> None:
        """Leave the link of a scene that goes to one that holds its item as well."""
        if left := self._binder().hand_over(link):
            self._owe_heir(left)

    def is_reached(self, link: LinkRecord) -> bool:
        """Whether what is asked of its scene is about a link, be its item lost."""
        if not link.is_lost:
            return True
        is_living = not self.ledger.scenes.buried([link.scene])
        return is_living and self._binder().follows(link)

    def leave(self, link: LinkRecord) -> None:
        """Let go of a tombstone's link, unless nobody else holds its item."""
        self._binder().leave(link)

    def let_go(self, link: LinkRecord) -> None:
        """Let go of a tombstone's link: its item is gone, or holds another file."""
        if left := self._binder().let_go(link):
            self._owe_heir(left)

    def _owe_heir(self, link: LinkRecord) -> None:
        """Owe everything to a link that another scene has inherited meanwhile."""
        snapshot = self.ledger.scenes.get([link.scene])[link.scene]
        records = self.ledger.links.memories([link.id])[link.id]
        fields = self._fields(link, restored(snapshot), records, is_deep=True)
        owed = self.ledger.outbox.of_links([link.id]).get(link.id)
        self._owe(link, fields, snapshot.revision, owed, IN_PLEX)

    def _owe(
        self,
        link: LinkRecord,
        fields: frozenset[Field],
        revision: int,
        owed: EntryRecord | None,
        cause: str,
    ) -> None:
        self.ledger.letters.outdate(link.id, revision)
        has_other_cause = owed is not None and owed.cause != IN_STASH
        if fields:
            is_kept = owed is not None and has_other_cause and not _outdoes(cause, owed)
            why = owed.cause if owed is not None and is_kept else cause
            entry = self._entry(link, fields, revision, why)
            self.ledger.outbox.owe(entry, now=self.clock.unix())
        elif owed is not None and not has_other_cause:
            # what was owed has been taken back in Stash before it was delivered
            self.ledger.outbox.cancel([link.id])

    def _fields(
        self,
        link: LinkRecord,
        scene: Scene,
        records: Mapping[str, FieldRecord],
        *,
        is_deep: bool,
    ) -> frozenset[Field]:
        wanted = desire(scene, link.path, self.rules(link.target))
        memories = {name: memory(records.get(name)) for name in wanted}
        moved = unsettled(wanted, memories)
        if not is_deep:
            return moved
        return moved | {
            name for name, want in wanted.items() if want.content or memories[name].base
        }

    def rules(self, target: int) -> Rules:
        """Say how a target's fields are treated."""
        return self.settings.rules[self.targets[target].title]

    def _entry(
        self, link: LinkRecord, fields: Iterable[Field], revision: int, cause: str
    ) -> EntryRecord:
        return EntryRecord(
            link=link.id,
            target=link.target,
            fields=tuple(sorted(fields)),
            revision=revision,
            stage=Stage.PLANNED,
            cause=cause,
            pass_id=self.open_pass.begun(),
        )


def _cause(cause: str, *, is_new: bool) -> str:
    # an item that another configuration links is that configuration's doing
    return IN_PLEX if is_new and cause != IN_CONFIG else cause


def _outdoes(cause: str, owed: EntryRecord) -> bool:
    # the brake counts what a changed configuration rewrites; what was never delivered
    # was not decided under the one before
    return cause == IN_CONFIG and owed.cause != IN_PLEX
