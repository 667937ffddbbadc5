"""What a pass has planned, looked at before it is written: forecast and shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reconciler.core.brake import weigh
from reconciler.core.match import stem
from reconciler.core.memory import NOTHING, Asked, Reason, Verdict
from reconciler.core.values import EMPTY, Field, ItemKey, SceneId
from reconciler.engine.linking import IN_CONFIG
from reconciler.engine.looking import Look, Looker, Standing
from reconciler.engine.report import (
    UNDONE,
    Audience,
    Content,
    Line,
    Tally,
    content_of,
    line_values,
    lock_moved,
)
from state.ledger import Ledger
from state.records import Stage, WeightRecord

MOVED = "moved since the plan"
"""Why a field of a saved plan is not written."""


@dataclass(slots=True, kw_only=True)
class Judge:
    """Looks at every planned entry, and tells or notes what it comes to."""

    ledger: Ledger
    looker: Looker
    audience: Audience
    tally: Tally
    titles: Callable[[int], str]
    """The title of a target."""

    def forecast(self, pass_id: int) -> None:
        """Look at a pass's planned entries, once, and note what they come to."""
        unseen = self.looker.entries(Stage.PLANNED, pass_id=pass_id, is_unseen=True)
        for entries in unseen:
            self._note(self.looker.look(entries))
            self.audience.advance(len(entries))

    def show(self, stage: Stage | None, limit: int | None) -> int | None:
        """Tell what delivering a stage's entries would write; say how much is left.

        Reads the items, 50 to a request. Notes what they come to, as `forecast` does.
        """
        for entries in self.looker.entries(stage):
            mine = entries if limit is None else entries[:limit]
            if not mine:
                break
            looks = self.looker.look(mine)
            self._note(looks)
            for look in looks:
                self._show(look)
            limit = None if limit is None else limit - len(mine)
            self.audience.advance(len(mine))
        return limit

    def _note(self, looks: Sequence[Look]) -> None:
        with self.ledger.transaction():
            self.ledger.outbox.forecast({k.entry.link: _weight(k) for k in looks})

    def _show(self, look: Look) -> None:
        if look.standing is not Standing.THERE:
            self.tally.reasons[look.standing] += len(look.fields)
        if look.standing in {Standing.GONE, Standing.MOVED} and self._is_to_wait(look):
            tell_lost(look, self.tally)
        for line in lines(look, self.titles(look.link.target)):
            self.audience.line(line)
            self.tally.causes[line.cause] += 1
        tell_left(look, self.titles(look.link.target), self.tally)
        self.tally.counts["items to write"] += int(_writes(look))

    def _is_to_wait(self, look: Look) -> bool:
        """Whether what is asked of an item is still to be done once it is found."""
        lost = replace(look.link, is_lost=True)
        return self.looker.surveyor.linker.is_reached(lost)


def lines(look: Look, library: str) -> list[Line]:
    """Say what an entry would write, a line for each field."""
    if look.item is None:
        return []
    found = []
    for name, decision in look.decisions.items():
        if decision.change is not None:
            before = look.item.fields.get(name, EMPTY)
            old, new = line_values(name, before, decision.change)
            line = _line(look, library, name, old, new)
            lock = lock_moved(before, decision.change)
            found.append(replace(line, lock=lock, is_cut=decision.is_cut))
    return found


def tell_left(look: Look, library: str, tally: Tally) -> None:
    """Count why fields are left, and name those that a person asked for in vain."""
    for name, decision in look.decisions.items():
        if decision.change is None:
            tally.reasons[decision.reason] += 1
        wish = look.known.get(name, NOTHING).wish
        if wish and wish.asked is Asked.CLAIM:
            tally.counts[UNDONE] += int(decision.memory.verdict is Verdict.UNDONE)
        if decision.reason is Reason.SPARED and look.item and wish:
            old = content_of(name, look.item.fields.get(name, EMPTY))
            back = content_of(name, wish.back)
            tally.spared.append(_line(look, library, name, old, back))
    for name, planned in look.refused.items():
        has = look.item.fields.get(name, EMPTY) if look.item else EMPTY
        old = content_of(name, has)
        tally.spared.append(_line(look, library, name, old, planned.new))


def tell_lost(look: Look, tally: Tally) -> None:
    """Count an item that is gone by what persons asked of it, and that waits."""
    tally.lost.update({one.wish.asked for one in look.known.values() if one.wish})


def _line(look: Look, library: str, name: Field, old: Content, new: Content) -> Line:
    return Line(
        library=library,
        item=ItemKey(look.link.item),
        name=stem(look.link.path),
        scene=SceneId(look.link.scene),
        field=name,
        old=old,
        new=new,
        reason=look.decisions[name].reason if name in look.decisions else MOVED,
        cause=look.entry.cause,
    )


def _writes(look: Look) -> bool:
    return any(decision.change is not None for decision in look.decisions.values())


def _weight(look: Look) -> WeightRecord:
    weight = weigh(look.unasked, look.item.fields if look.item else {})
    return WeightRecord(
        overwrites=weight.overwrites,
        removals=weight.clears,
        rewrites=int(look.entry.cause == IN_CONFIG and weight.is_rewrite),
        writes=sum(d.change is not None for d in look.unasked.values()),
        taken=weight.taken,
    )
