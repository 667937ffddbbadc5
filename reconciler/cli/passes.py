"""The commands that run a pass: reconcile, plan, and approving one that is held."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from reconciler import bootstrap
from reconciler.cli import saved
from reconciler.cli.failing import Command, complain
from reconciler.cli.options import FIELDS, JSON, NUMBER, SCENES, named_library, taking
from reconciler.cli.running import Outcome, run
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import UserError
from reconciler.core.values import Field, SceneId
from reconciler.engine import braking
from reconciler.engine.doubting import approve_doubt
from reconciler.engine.report import Audience, Audiences
from reconciler.engine.settings import Scope
from reconciler.engine.status import held_passes
from reconciler.engine.sweeping import slice_at
from reconciler.render import decisions, passes, terminal
from reconciler.render.document import Document
from reconciler.render.paper import paper, several

_SCOPE = taking(
    click.option("--full", "is_full", is_flag=True, help="Look at everything anew."),
    click.option(
        "--sweep",
        "is_sweep",
        is_flag=True,
        help="Verify this hour's slice of the library too: for an hourly timer.",
    ),
    SCENES,
    click.option("--limit", type=NUMBER, metavar="N", help="At most N items."),
    click.option("--library", metavar="TITLE", help="Deliver only to this library."),
    FIELDS,
    click.option(
        "--count-requests",
        "has_counts",
        is_flag=True,
        help="Tell what was sent to whom.",
    ),
    JSON,
)


@click.command(cls=Command)
@click.option("--dry-run", "is_dry", is_flag=True, help="Only show it, as `plan` does.")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Deliver what `plan -o FILE` has saved and nothing else.",
)
@click.option(
    "--quiet",
    "is_quiet",
    is_flag=True,
    help="Say nothing where nothing was written and nothing is wrong: for a timer.",
)
@_SCOPE
@click.pass_obj
def reconcile(
    setting: Setting,
    /,
    *,
    is_dry: bool,
    plan_file: Path | None,
    is_quiet: bool,
    has_counts: bool,
    **narrowed: Any,  # noqa: ANN401 - the fields of a Scope
) -> None:
    """Bring Plex up to date with Stash, once.

    With a saved plan, what has moved since it was made is left, and listed; all of it
    that is not written is told, and why.
    """
    scope = _scope(setting, **narrowed)
    if plan_file is not None:
        if scope != Scope():
            problem = (
                "--plan says what to deliver: leave out --full and what narrows it"
            )
            raise UserError([problem])
        scope = saved.read(plan_file)
    one = _Run(
        setting=setting,
        scope=scope,
        is_plan=is_dry,
        has_counts=has_counts,
        is_quiet=is_quiet and not is_dry,
    )
    raise click.exceptions.Exit(one.tell())


@click.command(cls=Command)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save the plan too, for `reconcile --plan FILE`.",
)
@_SCOPE
@click.pass_obj
def plan(
    setting: Setting,
    /,
    *,
    output: Path | None,
    has_counts: bool,
    **narrowed: Any,  # noqa: ANN401 - the fields of a Scope
) -> None:
    """Show what reconcile would do, field by field; writes nothing anywhere."""
    scope = _scope(setting, **narrowed)
    one = _Run(setting=setting, scope=scope, is_plan=True, has_counts=has_counts)
    if output is None:
        raise click.exceptions.Exit(one.tell())
    with saved.writing(output) as copy:
        code = replace(one, copy=copy).tell()
    raise click.exceptions.Exit(code)


@click.command(cls=Command)
@click.argument("what", metavar="PASS|stash|LIBRARY", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every pass that is held.")
@JSON
@click.pass_obj
def approve(setting: Setting, *, what: str | None, is_all: bool) -> None:
    """Let a pass go that the brake holds; the next reconcile delivers it.

    Or say that a server is right about what is not believed of it: that so many scenes
    are gone from stash, or so many items from the library of that title.
    """
    if is_all == (what is not None):
        raise click.UsageError("name one PASS, stash or a library, or give --all")
    number = NUMBER.convert(what, None, None) if (what or "").isdecimal() else None
    numbers: tuple[int, ...] = ()
    released, believed = 0, None
    deliverer = bootstrap.deliverer(setting.config)  # before it lends the state
    with bootstrap.writing(
        setting.config, "approve", setting.clock, setting.around.mounts
    ) as ledger:
        if what is not None and number is None:
            believed = approve_doubt(ledger, what)
        else:
            numbers = held_passes(ledger) if number is None else (number,)
            released = braking.approve(ledger, numbers)
    if setting.document is not None:
        fields = {"exit_code": Exit.DONE, "problems": [], "pass": number}
        about = {"believed": believed}
        passes_ = {"passes": numbers, "released": released}
        setting.document.close({**fields, **passes_, **about})
    elif believed is not None:
        click.echo(f"{believed} is believed; {deliverer} goes on from there")
    elif not numbers:
        click.echo("nothing is held")
    else:
        them = "it" if released == 1 else "them"
        words = f"let {several(released, 'item')} go"
        click.echo(f"{words}; {deliverer} delivers {them}")


COMMANDS = (reconcile, plan, approve)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One pass for a command, and how it is told."""

    setting: Setting
    scope: Scope
    is_plan: bool
    has_counts: bool
    is_quiet: bool = False
    """Whether nothing is said where nothing was written."""
    copy: Document | None = None
    """Where a plan is saved."""

    def tell(self) -> Exit:
        """Run the pass and tell what came of it."""
        self.setting.config.require("stash", "plex")
        document = self.setting.document
        outcome = self._as_text() if document is None else self._as_document(document)
        if self.copy is not None:
            self.copy.close(self._fields(outcome), may_change=True)
        complain(outcome.complaints())
        complain(outcome.refusals(), "held")
        complain(outcome.doubts(), "doubted")
        return outcome.code

    def _as_document(self, document: Document) -> Outcome:
        outcome = self._outcome(document)
        sent = dict(sorted(outcome.answer.requests.items()))
        requests = {"requests": sent} if self.has_counts else {}
        document.close({**self._fields(outcome), **requests}, may_change=True)
        return outcome

    def _as_text(self) -> Outcome:
        progress = paper(is_errors=True)
        progress.quiet = self.is_quiet
        with terminal.Watcher(progress) as watcher:
            outcome = self._outcome(watcher)
        console, report = paper(), outcome.report
        if self.is_quiet and outcome.is_uneventful:
            return outcome
        if self.is_plan:
            passes.show_changes(console, watcher)
            passes.show_plan(console, report)
        else:
            passes.show_outcome(console, report, outcome.answer.owed)
        requests = outcome.answer.requests if self.has_counts else {}
        passes.show_histograms(console, report, requests)
        decisions.show_spared(console, report.spared)
        return outcome

    def _outcome(self, audience: Audience) -> Outcome:
        if self.copy is not None:
            audience = Audiences((audience, self.copy))
        return run(self.setting, self.scope, audience, is_plan=self.is_plan)

    def _fields(self, outcome: Outcome) -> dict[str, Any]:
        asked = {"scope": saved.scope_fields(self.scope)} if self.is_plan else {}
        return {**outcome.fields(), **asked}


def _scope(  # a keyword for each option that narrows a pass
    setting: Setting,
    *,
    is_full: bool,
    is_sweep: bool,
    scenes: frozenset[SceneId] | None,
    library: str | None,
    fields: frozenset[Field] | None,
    limit: int | None,
) -> Scope:
    library = named_library(library, setting.config.plex.libraries)
    if is_full and scenes:
        raise UserError(["--full looks at every scene: leave out --scene or it"])
    if is_sweep and (is_full or scenes):
        problem = "--sweep looks at a slice of all scenes: leave out --full and --scene"
        raise UserError([problem])
    moment, sweep = setting.clock.unix(), setting.config.schedule.sweep
    return Scope(
        is_full=is_full,
        scenes=scenes,
        part=slice_at(moment, sweep) if is_sweep else None,
        library=library,
        fields=fields,
        limit=limit,
    )
