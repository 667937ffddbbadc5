"""What a server says and is not believed: told once, kept until it is otherwise."""

from collections.abc import Collection
from dataclasses import dataclass

import structlog

from reconciler.clock import Clock
from reconciler.core import absence
from reconciler.core.canonical import in_any_case
from reconciler.core.errors import DoubtError, UserError
from reconciler.engine.report import Doubt, Tally
from state.ledger import Ledger

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Doubter:
    """Keeps the doubts of a pass and of those before it."""

    ledger: Ledger
    clock: Clock
    tally: Tally

    def cast(self, error: DoubtError) -> None:
        """Keep a doubt, and tell it."""
        subject, reason = error.subject, str(error)
        known = self.ledger.doubts.standing().get(subject)
        if known is None:
            log.warning("doubted", subject=subject, reason=reason)
        if known is None or known.reason != reason or known.is_approved:
            with self.ledger.transaction():
                self.ledger.doubts.cast(subject, reason, now=self.clock.unix())
        self._tell(Doubt(subject=subject, reason=reason, is_news=known is None))

    def drop(self, subject: str) -> None:
        """Forget a doubt: what was said has been believed, or is said no more."""
        if subject in self.ledger.doubts.standing():
            with self.ledger.transaction():
                self.ledger.doubts.drop(subject)
            log.info("believed", subject=subject)

    def is_approved(self, subject: str) -> bool:
        """Whether a person has said that it is as the server says."""
        known = self.ledger.doubts.standing().get(subject)
        return known is not None and known.is_approved

    def is_doubted(self, *subjects: str) -> bool:
        """Whether a doubt about any of these stands, approved or not."""
        return not self.ledger.doubts.standing().keys().isdisjoint(subjects)

    def remind(self, subjects: Collection[str]) -> None:
        """Tell again what still stands about *subjects*; nothing else is of interest.

        What a person has approved is not told: it is about to be believed.
        """
        for subject, known in self.ledger.doubts.standing().items():
            if subject not in subjects:
                self.drop(subject)
            elif not known.is_approved:
                self._tell(Doubt(subject=subject, reason=known.reason, is_news=False))

    def _tell(self, doubt: Doubt) -> None:
        if all(told.subject != doubt.subject for told in self.tally.doubts):
            self.tally.doubts.append(doubt)


def approve_doubt(ledger: Ledger, name: str) -> str:
    """Record that a person says it is so; tell about what, as it is spelled.

    `UserError` where there is no such doubt, or where nobody's word is enough.
    """
    standing = ledger.doubts.standing()
    subject = in_any_case(name, standing)
    if subject is None:
        listed = ", ".join(f'"{other}"' for other in standing)
        others = f"what is doubted: {listed}" if listed else "nothing is"
        raise UserError([f'"{name}" is not doubted; {others}'])
    reason = standing[subject].reason
    if absence.approval(subject) not in reason:
        # it says what to do, and not that: a word would be forgotten by the next pass
        raise UserError([f"a word is not enough: {reason}"])
    with ledger.transaction():
        ledger.doubts.approve(subject)
    log.info("approved", subject=subject)
    return subject
