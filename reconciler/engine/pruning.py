"""Forgetting what is too old to be of use: a little at a time, or nothing at all."""

from state.ledger import Ledger

_BATCH = 200
"""Journal rows to a transaction."""


def prune(ledger: Ledger, *, now: int, keep: float, keep_letters: float) -> int:
    """Forget journal rows and outages older than *keep*, and old dead letters.

    All in seconds; say how many are gone. What each field was at first stays for ever.
    """
    with ledger.transaction():
        gone = ledger.letters.prune(now - int(keep_letters))
        gone += ledger.outages.prune(now - int(keep))
    pruned = _BATCH
    while pruned == _BATCH:
        with ledger.transaction():
            pruned = ledger.journal.prune(now - int(keep), _BATCH)
        gone += pruned
    return gone
