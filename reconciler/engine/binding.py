"""Which link a scene has to each item that holds its files: its own, or one left to it.

What was decided on an item goes with the item: to whichever scene holds its file now.
Reads what the transaction under way has made so far: scenes change places with others
of the same page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.core.values import SceneId
from state.ledger import Ledger
from state.records import LinkRecord, PathRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Binder:
    """Binds scenes to items, and lets go of what they hold no more."""

    ledger: Ledger
    is_renewed: bool = False
    """Whether a tombstone's items were handed back: then they are met anew."""

    def bind(
        self, scene: SceneId, places: Sequence[PathRecord], *, is_stranger: bool
    ) -> Iterator[tuple[LinkRecord, bool]]:
        """Make the scene's links those of *places*; yield each, and whether new.

        *is_stranger*: what its id was known for was another scene, whose memories are
        not for its items.
        """
        links = {
            (link.target, link.item): link
            for link in self.ledger.links.of_scenes([scene]).get(scene, ())
        }
        held = {(place.target, place.item) for place in places}
        orphans = [link for key, link in links.items() if key not in held]
        heirs = [] if is_stranger else orphans.copy()
        for place in places:
            at = (place.target, place.item)
            if at in links:
                yield self._kept(links[at], place), links[at].is_lost
            elif free := self._free(scene, at):
                yield self._taken(free, scene, place), free.is_lost
            elif heir := next((o for o in heirs if o.target == place.target), None):
                heirs.remove(heir)
                orphans.remove(heir)
                yield self.ledger.links.rebind(heir, place), True
            else:
                yield self.ledger.links.add(scene, place, evidence="path"), True
        for link in orphans:
            if not link.is_lost:
                self.let_go(link)

    def let_go(self, link: LinkRecord) -> None:
        """Lose a link, or leave it to a scene that has come to hold its item."""
        if heir := self._heir(link):
            self.ledger.links.inherit(link, heir)
            return
        self.ledger.links.lose([link.id])
        self.ledger.outbox.cancel([link.id])

    def hand_over(self, link: LinkRecord) -> None:
        """Leave a link to a scene that has come to hold its item, if there is one."""
        if heir := self._heir(link):
            self.ledger.links.inherit(link, heir)

    def leave(self, link: LinkRecord) -> None:
        """Let go of a tombstone's link, unless nobody else holds its item.

        Then it stays, so that what was written can still be undone; what is owed to it
        is what its going has made due.
        """
        if self.living(link):
            self.let_go(link)
        elif not self.is_renewed:
            self.ledger.outbox.cancel([link.id])

    def _kept(self, link: LinkRecord, place: PathRecord) -> LinkRecord:
        if link.is_lost or link.path != place.path:
            return self.ledger.links.rebind(link, place)
        return link

    def _free(self, scene: SceneId, at: tuple[int, str]) -> LinkRecord | None:
        """Find a link to an item that another scene has left, or left Stash with."""
        rivals = [link for link in self.ledger.links.at([at]) if link.scene != scene]
        buried = self.ledger.scenes.buried(link.scene for link in rivals)
        return next((r for r in rivals if r.is_lost or r.scene in buried), None)

    def _taken(self, link: LinkRecord, scene: SceneId, place: PathRecord) -> LinkRecord:
        if self.is_renewed and self.ledger.scenes.buried([link.scene]):
            self.ledger.links.renew(link.id)
        self.ledger.outbox.cancel([link.id])
        return self.ledger.links.take_over(link, scene, place.path)

    def _heir(self, link: LinkRecord) -> LinkRecord | None:
        """Find a living scene's link to the same item, with nothing decided yet."""
        rivals = self.living(link)
        memories = self.ledger.links.memories(rival.id for rival in rivals)
        return next((rival for rival in rivals if rival.id not in memories), None)

    def living(self, link: LinkRecord) -> list[LinkRecord]:
        """Read the links that other scenes of Stash have to the same item."""
        at = (link.target, link.item)
        rivals = [
            one
            for one in self.ledger.links.at([at])
            if one.scene != link.scene and not one.is_lost
        ]
        buried = self.ledger.scenes.buried(rival.scene for rival in rivals)
        return [rival for rival in rivals if rival.scene not in buried]
