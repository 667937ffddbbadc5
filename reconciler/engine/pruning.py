"""Forgetting what is too old to be of use: a little at a time, or nothing at all."""

from reconciler.engine.settings import Settings
from state.ledger import Ledger

_BATCH = 200
"""Journal rows to a transaction."""


def prune(ledger: Ledger, settings: Settings, *, now: int) -> int:
    """Forget what is older than the settings have it kept; say how much is gone.

    *now* is in unix seconds. What each field was at first stays for ever.
    """
    with ledger.transaction():
        gone = ledger.letters.prune(now - int(settings.keep_letters))
        gone += ledger.outages.prune(now - int(settings.keep))
    pruned = _BATCH
    while pruned == _BATCH:
        with ledger.transaction():
            pruned = ledger.journal.prune(now - int(settings.keep), _BATCH)
        gone += pruned
    return gone
