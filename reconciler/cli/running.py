"""Running one pass for a command, and what its exit code says of it."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from reconciler import bootstrap
from reconciler.cli.setting import Exit, Setting
from reconciler.clients.endpoint import Tally
from reconciler.daemon.asking import Answer, Request, ask
from reconciler.engine.errands import Errand
from reconciler.engine.parts import Means
from reconciler.engine.report import Audience, Held, PassReport
from reconciler.engine.running import Pass
from reconciler.engine.settings import Scope
from reconciler.render import paper
from reconciler.render.document import report_fields
from state.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a pass, as a command tells it."""

    answer: Answer
    is_plan: bool

    @property
    def report(self) -> PassReport:
        """What the pass itself says."""
        return self.answer.report

    @property
    def code(self) -> Exit:
        """Say it in a number; a plan writes nothing, so it leaves nothing undone."""
        report = self.report
        is_refused = report.of_plan is not None and bool(report.spared)
        is_undone = bool(report.undelivered) and not self.is_plan
        if report.problems or is_undone or is_refused:
            return Exit.FAILED
        if report.missing:
            return Exit.USAGE
        is_held = bool(report.held or report.doubts)
        return Exit.HELD if is_held and not self.is_plan else Exit.DONE

    @property
    def is_uneventful(self) -> bool:
        """Whether nothing was written, and there is nothing else for a person to do."""
        has_news = bool(self.report.counts.get("written items") or self.report.notes)
        return not has_news and self.code is Exit.DONE

    def fields(self) -> dict[str, Any]:
        """Take what the document says of it."""
        fields = {"exit_code": self.code, **report_fields(self.report)}
        fields["problems"] = [*fields["problems"], *self._unplanned()]
        left = {"owed": self.answer.owed, "held_passes": list(self.answer.held)}
        return fields | left | ({"pass": None} if self.is_plan else {})

    def complaints(self) -> list[str]:
        """Say what went wrong: a sentence each."""
        found = [*self.report.problems, *self.report.missing]
        found += self._unplanned()
        if given_up := self.report.counts.get("buried fields"):
            what = paper.several(given_up, "field")
            verb = "is" if given_up == 1 else "are"
            found.append(
                f"{what} {verb} given up: `plexsync dead-letters list` says which"
            )
        if self.report.undelivered and not self.is_plan:
            what = paper.several(self.report.undelivered, "item")
            verb = "stays" if self.report.undelivered == 1 else "stay"
            found.append(
                f"{what} could not be delivered yet and {verb} owed: {self._again()}"
            )
        return found

    def _again(self) -> str:
        """Say when what is put off is tried again."""
        first = self.report.retry_at
        if first is None:
            return "run again"
        which = "it" if self.report.undelivered == 1 else "the first of them"
        return f"run again after {paper.moment(first)}, when {which} is tried again"

    def _unplanned(self) -> list[str]:
        plan, spared = self.report.of_plan, self.report.spared
        if plan is None or not spared:
            return []
        whys = Counter(line.reason for line in spared)
        listed = ", ".join(f"{why}: {count}" for why, count in sorted(whys.items()))
        left = f"{len(spared)} of {paper.several(plan.fields, 'field')} of the plan"
        verb = "is" if len(spared) == 1 else "are"
        return [f"{left} {verb} not written ({listed}): plan anew"]

    def refusals(self) -> list[str]:
        """Say what is held, or would be, and what lets it go."""
        found = []
        for one in self.report.held:
            if self.is_plan and one.is_news:
                advice = "reconcile would hold it and ask for `plexsync approve`"
                found += [f"{reason}; {advice}" for reason in one.reasons]
            else:
                found += _refusals(one)
        return found

    def doubts(self) -> list[str]:
        """Say what is not believed: why where that is news, and else only that."""
        return [
            one.reason
            if one.is_news or self.is_plan
            else f"{one.subject} is still not believed; `plexsync status` says why"
            for one in self.report.doubts
        ]


def run(
    setting: Setting, scope: Scope, audience: Audience, *, is_plan: bool
) -> Outcome:
    """Run a pass on the state, or a plan on a copy of it; count what was sent.

    A daemon that has the state makes the pass.
    """
    if is_plan:
        return _plan(setting, scope, audience, Pass.plan)
    return _run(setting, Request(scope=scope), audience)


def carry_out(
    setting: Setting, errand: Errand, audience: Audience, *, is_plan: bool
) -> Outcome:
    """Do what a person asks for, or only show it on a copy of the state."""
    if is_plan:
        return _plan(setting, Scope(), audience, lambda one: one.foresee(errand))
    return _run(setting, Request(scope=Scope(), errand=errand), audience)


def _plan(
    setting: Setting,
    scope: Scope,
    audience: Audience,
    act: Callable[[Pass], PassReport],
) -> Outcome:
    with (
        bootstrap.copied(setting.config) as ledger,
        _means(setting, ledger, audience) as (means, sent),
    ):
        report = act(Pass(means, scope))
        answer = Answer(
            report=report,
            owed=report.counts.get("items to write", 0),
            asked=ledger.outbox.asked(),
            held=(),
            requests=dict(sent),
        )
        return Outcome(answer=answer, is_plan=True)


def _run(setting: Setting, request: Request, audience: Audience) -> Outcome:
    request = replace(request, is_watched=sys.stderr.isatty())
    answer = ask(setting.config.state, request, audience)
    if answer is None:
        answer = _make(setting, request, audience)
    return Outcome(answer=answer, is_plan=False)


def _make(setting: Setting, request: Request, audience: Audience) -> Answer:
    """Make the pass here: there is no daemon."""
    cause = "reconcile" if request.errand is None else request.errand.cause
    place = bootstrap.holding(
        setting.config, cause, setting.clock, setting.around.mounts
    )
    with place as ledger, _means(setting, ledger, audience) as (means, sent):
        report = request.act(Pass(means, request.scope))
        return Answer.of(report, ledger, dict(sent))


@contextmanager
def _means(
    setting: Setting, ledger: Ledger, audience: Audience
) -> Iterator[tuple[Means, Tally]]:
    to = bootstrap.servers(setting.config)
    with to.closing():
        means = bootstrap.means(setting.config, ledger, to, audience, setting.clock)
        if sys.stderr.isatty():
            means = replace(means, pacer=None)  # a person waits for it
        yield means, to.requests


def _refusals(held: Held) -> list[str]:
    """Say why a pass is held where that is news, and else only that it still is."""
    number = held.pass_id
    approve = f"`plexsync approve {number}` lets it go"
    if not held.is_news:
        return [f"pass {number} is still held; `plexsync status` says why, {approve}"]
    reasons = [f"pass {number}: {reason}" for reason in held.reasons]
    return [f"{one}; `plexsync plan` shows it, {approve}" for one in reasons]
