"""Which link a scene has to each item that holds its files: its own, or one left to it.

What was decided on an item goes with the item: to whichever scene holds its file now.
Reads what the transaction under way has made so far: scenes change places with others
of the same page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from reconciler.core.match import Mapping, stash_paths
from reconciler.core.memory import GIVEN_BACK
from reconciler.core.values import Kind, SceneId
from state.ledger import Ledger
from state.records import FieldRecord, LinkRecord, PathRecord


class Former(StrEnum):
    """What a scene's id was known for when it was read last."""

    ITSELF = "itself"
    ANOTHER = "another"  # whose memories are not for this one's items
    TOMBSTONE = "tombstone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binder:
    """Binds scenes to items, and lets go of what they hold no more."""

    ledger: Ledger
    mappings: Sequence[Mapping]
    is_renewed: bool
    """Whether a tombstone's items are handed back: then they are met anew."""

    def bind(
        self, scene: SceneId, places: Sequence[PathRecord], former: Former
    ) -> Iterator[tuple[LinkRecord, bool]]:
        """Make the scene's links those of *places*; yield each, and whether new.

        Yields as well what another scene has got of it, which is new to that one.
        """
        links = {
            (link.target, link.item): link
            for link in self.ledger.links.of_scenes([scene]).get(scene, ())
        }
        held = {(place.target, place.item) for place in places}
        orphans = [link for key, link in links.items() if key not in held]
        heirs = [one for one in orphans if self.follows(one)]
        if former is Former.ANOTHER:
            heirs = []
            self.ledger.links.disown(link.id for link in orphans)
        for place in places:
            at = (place.target, place.item)
            own = links.get(at)
            if free := self._left(scene, at, own):
                yield self._taken(free, scene, place, own)
            elif own is not None:
                yield from self._kept(own, place, former)
            elif heir := self._follower(heirs, scene, at):
                heirs.remove(heir)
                orphans.remove(heir)
                if former is Former.TOMBSTONE:
                    self._meets_anew(heir)
                yield self.ledger.links.rebind(heir, place), True
            else:
                yield self.ledger.links.add(scene, place), True
        for link in orphans:
            if not link.is_lost and (left := self.let_go(link)):
                yield left, True

    def let_go(self, link: LinkRecord) -> LinkRecord | None:
        """Lose a link, or leave it to a scene that has come to hold its item.

        Returns it as that scene's; then everything is owed to it: what was decided may
        be more than that scene wants.
        """
        if left := self.hand_over(link):
            return left
        self.ledger.links.lose([link.id])
        self.ledger.outbox.cancel([link.id])
        return None

    def hand_over(self, link: LinkRecord) -> LinkRecord | None:
        """Leave a link to a scene that has come to hold its item, if there is one."""
        heir = self._heir(link)
        if heir is None:
            return None
        if self.ledger.scenes.buried([link.scene]):
            self._meets_anew(link)
        return self.ledger.links.inherit(link, heir)

    def follows(self, link: LinkRecord) -> bool:
        """Whether a link goes with its file to an item of another key."""
        return not (link.is_former or self._is_taken(link) or self._stays(link))

    def leave(self, link: LinkRecord) -> None:
        """Let go of a tombstone's link, unless nobody else holds its item.

        Then it stays, so that what was written can still be undone; what is owed to it
        is what its going has made due, or a person has asked for.
        """
        if self.living(link):
            self.let_go(link)
        elif not self.is_renewed:
            self.ledger.outbox.cancel_unasked(link.id)

    def _kept(
        self, link: LinkRecord, place: PathRecord, former: Former
    ) -> Iterator[tuple[LinkRecord, bool]]:
        is_renewed = former is Former.TOMBSTONE and self._meets_anew(link)
        if rival := self._of_file(link, place):
            yield from self._exchanged(link, rival)
            return
        is_new = link.is_lost or is_renewed
        if link.is_lost or link.path != place.path:
            link = self.ledger.links.rebind(link, place)
        yield link, is_new

    def _of_file(self, link: LinkRecord, place: PathRecord) -> LinkRecord | None:
        """Find another scene's link by the file that has come in its file's place.

        An item that only one of the two holds is as that one's link says.
        """
        if link.path == place.path or self._is_had(link):
            return None
        for one in self.ledger.links.at([(place.target, place.item)]):
            is_other = one.scene != link.scene and one.path == place.path
            if is_other and (link.is_lost or not one.is_lost):
                return one
        return None

    def _exchanged(
        self, link: LinkRecord, rival: LinkRecord
    ) -> Iterator[tuple[LinkRecord, bool]]:
        """Have two scenes change places in an item, as their files have."""
        is_buried = bool(self.ledger.scenes.buried([rival.scene]))
        if is_buried:
            self._meets_anew(rival)
        self.ledger.outbox.cancel([link.id, rival.id])
        mine, given = self.ledger.links.exchange(link, rival)
        yield mine, True
        if rival.is_lost or is_buried:
            self.ledger.links.lose([given.id])
            return
        # nothing may have stamped it, and what it has now is known when it is read
        self.ledger.census.mark([given.scene])
        yield given, True

    def _meets_anew(self, link: LinkRecord) -> bool:
        """Meet a tombstone's item as if for the first time, if it was handed back.

        One that was not, since it was gone itself or nothing was written meanwhile, is
        as it was left.
        """
        if not self.is_renewed:
            return False
        records = self.ledger.links.memories([link.id])[link.id]
        if any(record.verdict in GIVEN_BACK for record in records.values()):
            self.ledger.links.renew(link.id)
            return True
        waiting = {n: one for n, one in records.items() if one.wish is not None}
        unasked = {n: replace(one, wish=None) for n, one in waiting.items()}
        self.ledger.links.remember(link.id, unasked)
        return False

    def _follower(
        self, heirs: Sequence[LinkRecord], scene: SceneId, at: tuple[int, str]
    ) -> LinkRecord | None:
        """Find a link that goes with its file to this item.

        None goes to one that is another scene's still: what was decided on that may yet
        be left to this scene.
        """
        target, _ = at
        heir = next((one for one in heirs if one.target == target), None)
        return None if heir is None or self._rivals(scene, at) else heir

    def _stays(self, link: LinkRecord) -> bool:
        """Whether its item is there still without the file: what was decided on it.

        What was decided before the file came to that item goes with the file, and so
        does what a person asked for.
        """
        # where the file alone was there, the item may be gone, and not missed yet
        if link.is_lost or not self._held(link) - {link.path}:
            return False
        records = self.ledger.links.memories([link.id])[link.id].values()
        if any(one.wish or one.verdict in GIVEN_BACK for one in records):
            return False
        has_successor = self._heir(link) is not None or not self.living(link)
        return has_successor and self._is_met(link)

    def _held(self, link: LinkRecord) -> set[str]:
        """Read which files its item is known to hold."""
        known = self.ledger.items.paths(link.target, [link.item])
        return known.get(link.item, set())

    def _is_met(self, link: LinkRecord) -> bool:
        """Whether anything was decided on the item that it is linked to now."""
        records = self.ledger.links.memories([link.id])[link.id].values()
        return any(one.seen is not None for one in records)

    def _is_taken(self, link: LinkRecord) -> bool:
        """Whether another scene has the file now: then its item is not this one's."""
        return any(scene != link.scene for scene in self._holders(link))

    def _is_had(self, link: LinkRecord) -> bool:
        """Whether its scene has the file still, be it behind another."""
        return link.scene in self._holders(link)

    def _holders(self, link: LinkRecord) -> Iterator[int]:
        names = stash_paths(link.path, self.mappings)
        return self.ledger.scenes.referring(Kind.FILE, names)

    def _left(
        self, scene: SceneId, at: tuple[int, str], own: LinkRecord | None
    ) -> LinkRecord | None:
        """Find what was decided on an item for another scene, where this is new to it.

        It is as well where its *own* link was lost before anything came of it.
        """
        if own is None:
            return self._free(scene, at)
        if not own.is_lost or self._is_decided(own):
            return None
        free = self._free(scene, at)
        return free if free is not None and self._is_met(free) else None

    def _free(self, scene: SceneId, at: tuple[int, str]) -> LinkRecord | None:
        """Find a link to an item that another scene has left, or left Stash with."""
        rivals = [link for link in self.ledger.links.at([at]) if link.scene != scene]
        buried = self.ledger.scenes.buried(link.scene for link in rivals)
        return next((r for r in rivals if r.is_lost or r.scene in buried), None)

    def _taken(
        self,
        link: LinkRecord,
        scene: SceneId,
        place: PathRecord,
        own: LinkRecord | None,
    ) -> tuple[LinkRecord, bool]:
        is_buried = bool(self.ledger.scenes.buried([link.scene]))
        is_renewed = is_buried and self._meets_anew(link)
        self.ledger.outbox.cancel([link.id])
        if own is not None:
            self.ledger.links.inherit(link, own)
        mine = self.ledger.links.take_over(link, scene, place.path)
        return mine, link.is_lost or is_renewed

    def _heir(self, link: LinkRecord) -> LinkRecord | None:
        """Find a living scene's link to the same item, with nothing decided yet.

        To another film's scene goes only what was decided on this very item.
        """
        held = self._held(link)
        rivals = [rival for rival in self.living(link) if rival.path in held]
        if not self._is_met(link):
            rivals = [rival for rival in rivals if rival.path == link.path]
        return next((r for r in rivals if not self._is_decided(r)), None)

    def _is_decided(self, link: LinkRecord) -> bool:
        """Whether anything was decided of a link; a wish that waits is nothing yet."""
        records = self.ledger.links.memories([link.id])[link.id].values()
        return any(replace(one, wish=None) != FieldRecord() for one in records)

    def living(self, link: LinkRecord) -> list[LinkRecord]:
        """Read the links that other scenes of Stash have to the same item."""
        return self._rivals(link.scene, (link.target, link.item))

    def _rivals(self, scene: int, at: tuple[int, str]) -> list[LinkRecord]:
        rivals = [
            one
            for one in self.ledger.links.at([at])
            if one.scene != scene and not one.is_lost
        ]
        if not rivals:
            return []
        buried = self.ledger.scenes.buried(rival.scene for rival in rivals)
        return [rival for rival in rivals if rival.scene not in buried]
