"""What a pass has planned, looked at before it is written: forecast and shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reconciler.core.brake import weigh
from reconciler.core.match import stem
from reconciler.core.values import EMPTY, SceneId
from reconciler.engine.linking import IN_CONFIG
from reconciler.engine.looking import Look, Looker, Standing
from reconciler.engine.report import Audience, Line, Tally, line_values
from state.ledger import Ledger
from state.records import Stage, WeightRecord


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

    def show(self, stage: Stage, limit: int | None) -> int | None:
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
            self.tally.reasons[look.standing] += len(look.entry.fields)
        for line in lines(look, self.titles(look.link.target)):
            self.audience.line(line)
            self.tally.causes[line.cause] += 1
        for decision in look.decisions.values():
            if decision.change is None:
                self.tally.reasons[decision.reason] += 1
        self.tally.counts["items to write"] += int(_writes(look))


def lines(look: Look, library: str) -> list[Line]:
    """Say what an entry would write, a line for each field."""
    if look.item is None:
        return []
    found = []
    for name, decision in look.decisions.items():
        if decision.change is None:
            continue
        before = look.item.fields.get(name, EMPTY)
        old, new = line_values(name, before, decision.change)
        found.append(
            Line(
                library=library,
                item=look.item.key,
                name=stem(look.link.path),
                scene=SceneId(look.link.scene),
                field=name,
                old=old,
                new=new,
                reason=decision.reason,
                cause=look.entry.cause,
            )
        )
    return found


def _writes(look: Look) -> bool:
    return any(decision.change is not None for decision in look.decisions.values())


def _weight(look: Look) -> WeightRecord:
    weight = weigh(look.decisions, look.item.fields if look.item else {})
    return WeightRecord(
        overwrites=weight.overwrites,
        removals=weight.clears,
        rewrites=int(look.entry.cause == IN_CONFIG and weight.is_rewrite),
        taken=weight.taken,
    )
