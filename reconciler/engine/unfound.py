"""What an errand names and is not there: sentences for the person who asks."""

from reconciler.engine.errands import Errand, Undo
from state.journal import Extent
from state.ledger import Ledger


def unfound(ledger: Ledger, errand: Errand) -> list[str]:
    """Tell of scenes and passes of which there is nothing to be found."""
    known = ledger.links.of_scenes(errand.scenes or ())
    scenes = [
        f"scene {scene} has no item in plex that plexsync knows:"
        " its number is in the address of its page in stash"
        for scene in sorted(errand.scenes or ())
        if scene not in known
    ]
    if not isinstance(errand, Undo) or errand.pass_id is None:
        return scenes
    if ledger.journal.links(Extent(pass_id=errand.pass_id), after=0, limit=1):
        return scenes
    return [_of_no_writes(ledger, errand.pass_id), *scenes]


def _of_no_writes(ledger: Ledger, number: int) -> str:
    found = ledger.passes.get(number)
    if found is None:
        return f"there is no pass {number}: `plexsync passes` lists them"
    if found.counts.get("written items"):
        return f"what pass {number} wrote is not kept any more"
    return f"pass {number} wrote nothing"
