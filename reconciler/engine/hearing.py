"""What Stash's hook has told, into the ledger: scenes that are to be read again.

It is a hint and no more. What it tells of and what it does not, a pass sees by itself;
it has the next one begin at once, and has a scene read whose stamp has not moved.
"""

from collections.abc import Collection

import structlog

from reconciler.core.values import SceneId
from reconciler.engine.ports import Spool
from state.ledger import Ledger

log = structlog.get_logger(__name__)

_STRETCH, _STRETCHES = 200, 10
"""Scenes marked in one transaction, and how many of these at a time."""


def hear(ledger: Ledger, spool: Spool) -> bool:
    """Mark the scenes that the hook has told of; say whether a pass is called for.

    Between passes only: one that is reading a scene already would take off the mark
    that is about what has changed since. Killed anywhere, it is heard again.
    """
    is_news = False
    for _ in range(_STRETCHES):
        heard = spool.take(_STRETCH)
        marked = mark_heard(ledger, heard.scenes)
        # not before it is recorded; nor later, since what comes while it is there has
        # nothing else to tell by, and is read with the pass that follows
        spool.forget(heard)
        if heard.names:
            log.info("heard", scenes=len(heard.scenes), marked=marked)
        is_news = is_news or bool(heard.scenes) or heard.is_all
        if not heard.is_more:
            break
    return is_news


def mark_heard(ledger: Ledger, scenes: Collection[SceneId]) -> int:
    """Have those scenes read again that are known; say how many.

    One that is not known is new, and stamped, so the poll brings it; or it is none.
    Being told that a scene is gone proves nothing: it is marked like any other.
    """
    known = sorted(ledger.scenes.stamps(scenes))
    if known:
        with ledger.transaction():
            ledger.census.mark(known)
    return len(known)
