"""A state that was put back: one pass looks at everything, and asks before it writes.

To the table it is as if plexsync had slept since. But Plex may say what is remembered
because nothing was delivered, or because a person has put it back; so what would be
written waits for a person, and all else is settled as the table says.
"""

from dataclasses import dataclass

import structlog

from reconciler.clock import Clock
from reconciler.engine.linking import PUT_BACK, OpenPass
from reconciler.engine.recording import Recorder
from state.ledger import Ledger

log = structlog.get_logger(__name__)

KIND = "restore"
"""What the pass that catches up is called."""

_BATCH = 200


@dataclass(slots=True, kw_only=True)
class Restorer:
    """Has a state that was put back catch up, in as many attempts as it takes."""

    ledger: Ledger
    recorder: Recorder
    open_pass: OpenPass
    clock: Clock

    def begin(self) -> None:
        """Take all that is owed into the pass that catches up, before anything else."""
        one = self.ledger.restorations.standing()
        if one is None or one.pass_id is not None:
            return
        with self.ledger.transaction():
            number = self.ledger.passes.begin(KIND, now=self.clock.unix())
            self.ledger.restorations.begin(one.id, number)
        log.warning("state was put back", of=one.made_at, pass_id=number)

    def go_on(self) -> None:
        """Have the pass under way be that one; it owes each link a look."""
        one = self.ledger.restorations.standing()
        if one is None or one.pass_id is None:
            return
        self.open_pass.go_on(one.pass_id)
        after = one.scene
        while found := self.ledger.scenes.after(after, _BATCH):
            self.recorder.relink(found, PUT_BACK)
            after = found[-1].scene
            with self.ledger.transaction():
                self.ledger.restorations.reach(one.id, after)

    def end(self) -> None:
        """Record that all was read: what comes from now on is news."""
        one = self.ledger.restorations.standing()
        if one is not None:
            with self.ledger.transaction():
                self.ledger.restorations.end(one.id, now=self.clock.unix())
