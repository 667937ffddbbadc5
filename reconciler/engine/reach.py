"""Which links an errand is about, and what is remembered of their fields."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from reconciler.core.memory import Memory, Verdict
from reconciler.core.values import Field, SceneId
from reconciler.engine.errands import Adopt, TakeStash
from reconciler.engine.linking import Linker
from reconciler.engine.translate import memories_of
from reconciler.engine.wishes import is_wished
from state.ledger import Ledger
from state.records import LinkRecord

BATCH = 50

Known = Mapping[Field, Memory]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Reads the links of scenes and libraries, 50 at a time."""

    ledger: Ledger
    linker: Linker

    def links(
        self,
        scenes: frozenset[SceneId] | None,
        library: str | None,
        there: AbstractSet[SceneId] | None = None,
        *,
        with_lost: bool = False,
    ) -> Iterator[list[LinkRecord]]:
        """Page through links, of one target after the other.

        Only those of scenes that are *there*; of lost ones, if asked for, those that
        go with their scene's file to where it is found.
        """
        for key, target in sorted(self.linker.targets.items()):
            after = 0
            while library in {None, target.title}:
                page = self.ledger.links.page(
                    after=after,
                    limit=BATCH,
                    scenes=scenes,
                    target=key,
                    with_lost=with_lost,
                )
                if not page:
                    break
                after = page[-1].id
                mine = [link for link in page if there is None or link.scene in there]
                if found := [link for link in mine if self.linker.is_reached(link)]:
                    yield found

    def waiting(self, errand: Adopt | TakeStash) -> int:
        """Count the lost items of which the same was asked before."""
        library = errand.library if isinstance(errand, Adopt) else None
        return sum(
            is_wished(errand, known)
            for links in self.links(errand.scenes, library, with_lost=True)
            for known in self.memories([one for one in links if one.is_lost]).values()
        )

    def undone(self, errand: TakeStash) -> int:
        """Count what is not taken of scenes that are named: a person has undone it."""
        if errand.scenes is None:
            return 0
        return sum(
            one.verdict is Verdict.UNDONE and name in (errand.fields or Field)
            for links in self.links(errand.scenes, None)
            for known in self.memories(links).values()
            for name, one in known.items()
        )

    def memories(self, links: Sequence[LinkRecord]) -> dict[int, Known]:
        """Read what is remembered of the fields of each link."""
        records = self.ledger.links.memories(link.id for link in links)
        return {link.id: memories_of(records.get(link.id, {})) for link in links}
