"""Planned passes, let go or held: a held one is told once, and kept in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from reconciler.clock import Clock
from reconciler.core.brake import Limits, Load, judge
from reconciler.core.errors import UserError
from reconciler.engine.report import Held, Tally
from reconciler.engine.status import held_passes
from reconciler.engine.translate import NOTHING_DONE
from state.ledger import Ledger
from state.records import HeldRecord
from state.restorations import RestorationRecord

log = structlog.get_logger(__name__)

_DAY = 24 * 3600


@dataclass(slots=True, kw_only=True)
class Brake:
    """Lets passes go that have been forecast, or holds them until a person has looked.

    A held pass is judged again by every pass, and goes by itself once it keeps to the
    limits; one that Plex's answers have stopped goes only with a person's yes.
    """

    ledger: Ledger
    clock: Clock
    limits: Limits
    tally: Tally

    def judge(self, pass_id: int) -> None:
        """Release a pass's planned entries, or hold it and tell why."""
        known = self.ledger.passes.held().get(pass_id)
        if reasons := self._reasons(pass_id, known):
            self._let_idle_go(pass_id)
            self._tell(pass_id, reasons, is_news=known is None)
            if known is None or known.reasons != reasons:
                with self.ledger.transaction():
                    self.ledger.passes.hold(pass_id, reasons)
            if known is None:
                log.warning("held", pass_id=pass_id, reasons=list(reasons))
            return
        self._let_go(pass_id, known)

    def foresee(self, pass_id: int) -> None:
        """Tell why a pass would be held; else let it go: those after it count it.

        Meant for a copied ledger.
        """
        known = self.ledger.passes.held().get(pass_id)
        if reasons := self._reasons(pass_id, known):
            self._tell(pass_id, reasons, is_news=known is None)
            return
        self._let_go(pass_id, known)

    def stop(self, reason: str) -> None:
        """Hold all that is let go and not yet written, until a person has looked."""
        with self.ledger.transaction():
            stopped = self.ledger.outbox.retract()
            for number in stopped:
                self.ledger.passes.hold(number, [reason], until_approved=True)
        for number in stopped:
            self._tell(number, (reason,), is_news=True)
            log.warning("held", pass_id=number, reasons=[reason])

    def _let_go(self, pass_id: int, known: HeldRecord | None) -> None:
        with self.ledger.transaction():
            # what could not be looked at, in a library that is missing, stays planned
            self.ledger.outbox.release(pass_id, is_seen=True)
            if known is not None:
                self.ledger.passes.let_go(pass_id)

    def _let_idle_go(self, pass_id: int) -> None:
        """Of a pass that catches up, let only wait what would be written."""
        if self.ledger.restorations.of_pass(pass_id) is not None:
            with self.ledger.transaction():
                self.ledger.outbox.release(pass_id, is_idle=True)

    def _tell(self, pass_id: int, reasons: Sequence[str], *, is_news: bool) -> None:
        held = Held(pass_id=pass_id, reasons=tuple(reasons), is_news=is_news)
        self.tally.held.append(held)

    def _reasons(self, pass_id: int, known: HeldRecord | None) -> tuple[str, ...]:
        if known is not None and known.until_approved:
            return known.reasons
        load = self.ledger.outbox.load(
            pass_id, since=self.clock.unix() - _DAY, excluding=NOTHING_DONE
        )
        weighed = Load(
            items=self.ledger.links.counts().get("linked", 0),
            overwrites=load.overwrites,
            removals=load.removals,
            rewrites=load.rewrites,
            done_overwrites=load.done_overwrites,
            done_removals=load.done_removals,
            done_rewrites=load.done_rewrites,
        )
        put_back = self.ledger.restorations.of_pass(pass_id)
        told = () if put_back is None else _of_restoration(put_back, load.writing)
        return (*told, *judge(weighed, self.limits))


def _of_restoration(one: RestorationRecord, writing: int) -> tuple[str, ...]:
    """Say why a state that was put back asks before it writes."""
    if not writing:
        return ()
    was = "was begun anew"
    if one.made_at is not None:
        moment = datetime.fromtimestamp(one.made_at, UTC)
        was = f"was put back to that of {moment:%Y-%m-%d %H:%M} UTC"
    why = f"the state {was}, and what persons have undone since is not known"
    return (f"{why}: items that would be written: {writing}, the limit is 0",)


def approve(ledger: Ledger, numbers: Sequence[int]) -> int:
    """Let held passes go; tell how many entries that is. `UserError` if one is not."""
    held = held_passes(ledger)
    if strangers := [number for number in numbers if number not in held]:
        listed = ", ".join(map(str, held))
        others = f"held are: {listed}" if held else "there is nothing to approve"
        raise UserError([f"pass {n} is not held; {others}" for n in strangers])
    released = 0
    with ledger.transaction():
        for number in numbers:
            ledger.passes.approve(number)
            released += ledger.outbox.release(number)
    log.info("approved", passes=list(numbers), released=released)
    return released
