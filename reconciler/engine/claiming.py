"""Whose an item is that was read: files of other scenes may lie in it, or have left it.

What the ledger knows of that may be older than the read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reconciler.core import match
from reconciler.core.match import stash_paths
from reconciler.core.memory import Memory
from reconciler.core.values import Field, Item, ItemKey, Kind
from reconciler.engine.translate import memories_of
from state.ledger import Ledger
from state.records import LinkRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What other scenes have to do with the items of links."""

    ledger: Ledger
    mappings: Sequence[match.Mapping]

    def shared(self, links: Iterable[LinkRecord]) -> set[int]:
        """Find the links whose item others are linked to as well; one query."""
        return self.ledger.links.contested(link.id for link in links)

    def contested(
        self,
        links: Iterable[LinkRecord],
        items: Mapping[ItemKey, Item],
        shared: Collection[int],
    ) -> set[int]:
        """Find the links whose item, as it was read, holds others' files too."""
        found = set()
        for link in links:
            item = items.get(ItemKey(link.item))
            if item is None or (link.id not in shared and len(item.paths) == 1):
                continue
            if self._claiming(link, item) - {link.scene}:
                found.add(link.id)
        return found

    def departed(self, link: LinkRecord, item: Item) -> list[LinkRecord]:
        """Find links of other scenes, whose files an item is read to hold no more.

        What was decided for them stays with the item: they have to let go of it first.
        """
        rivals = self.ledger.links.at([(link.target, link.item)])
        gone = [
            one
            for one in rivals
            if one.scene != link.scene
            and not one.is_lost
            and one.path not in item.paths
        ]
        memories = self.ledger.links.memories(one.id for one in gone)
        return [one for one in gone if not is_new(memories_of(memories[one.id]))]

    def _claiming(self, link: LinkRecord, item: Item) -> set[int]:
        """Find the scenes that have a file of an item, or have not let go of it yet.

        In a Stash that was filled anew a file's id is another file's: while that is
        doubted, the link alone tells whose the item was.
        """
        names = [
            name for path in item.paths for name in stash_paths(path, self.mappings)
        ]
        linked = {
            one.scene
            for one in self.ledger.links.at([(link.target, link.item)])
            if one.path in item.paths and not one.is_lost
        }
        linked -= self.ledger.scenes.buried(linked)
        return linked.union(self.ledger.scenes.referring(Kind.FILE, names))


def is_new(known: Mapping[Field, Memory]) -> bool:
    """Whether nothing was decided yet on the item that a link is to."""
    return all(memory.seen is None for memory in known.values())
