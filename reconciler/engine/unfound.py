"""What an errand names and is not there: sentences for the person who asks."""

from collections.abc import Callable, Sequence
from functools import partial

from reconciler.core.wording import several
from reconciler.engine.errands import Claim, Errand, Release, Undo
from reconciler.engine.translate import memories_of
from reconciler.engine.wishes import is_wished
from state.journal import Extent
from state.ledger import Ledger
from state.records import LinkRecord


def unfound(
    ledger: Ledger, errand: Errand, is_reached: Callable[[LinkRecord], bool]
) -> list[str]:
    """Tell of scenes and passes of which there is nothing to be found."""
    known = ledger.links.of_scenes(errand.scenes or ())
    can_wait = partial(_can_wait, ledger, errand, is_reached)
    told = {
        scene: _of_links(errand, known.get(scene, ()), can_wait)
        for scene in sorted(errand.scenes or ())
    }
    scenes = [f"scene {scene} {why}" for scene, why in told.items() if why]
    if not isinstance(errand, Undo) or errand.pass_id is None:
        return scenes
    if ledger.journal.links(Extent(pass_id=errand.pass_id), after=0, limit=1):
        return scenes
    return [_of_no_writes(ledger, errand.pass_id), *scenes]


def departed(errand: Errand, scenes: int) -> str:
    """Tell of scenes that are not in Stash any more, which no pass has found out."""
    gone = several(scenes, "scene")
    return (
        f"stash has lost {gone} since the last pass: nothing is done"
        f" there of the {errand.cause}; ask for it again after `plexsync reconcile`"
    )


def _of_links(
    errand: Errand,
    links: Sequence[LinkRecord],
    can_wait: Callable[[LinkRecord], bool],
) -> str | None:
    if not links:
        return (
            "has no item in plex that plexsync knows:"
            " its number is in the address of its page in stash"
        )
    if not all(link.is_lost and not can_wait(link) for link in links):
        return None
    return (
        f"has lost its item in plex: nothing is done of the {errand.cause};"
        " ask for it again once `plexsync reconcile` has found the item"
    )


def _can_wait(
    ledger: Ledger,
    errand: Errand,
    is_reached: Callable[[LinkRecord], bool],
    link: LinkRecord,
) -> bool:
    # a release and a claim need nothing of the item itself
    if not isinstance(errand, Claim | Release):
        records = ledger.links.memories([link.id])[link.id]
        if not is_wished(errand, memories_of(records)):
            return False
    return is_reached(link)


def _of_no_writes(ledger: Ledger, number: int) -> str:
    found = ledger.passes.get(number)
    if found is None:
        return f"there is no pass {number}: `plexsync passes` lists them"
    if found.counts.get("written items"):
        return f"what pass {number} wrote is not kept any more"
    return f"pass {number} wrote nothing"
