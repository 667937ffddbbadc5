"""The commands that run a pass: reconcile, plan, and approving one that is held."""

import sys
from collections.abc import Callable
from typing import Any

import click
from rich.console import Console

from reconciler import bootstrap
from reconciler.cli.setting import Exit, Setting
from reconciler.core.values import Field, SceneId
from reconciler.engine.report import Audience, PassReport
from reconciler.engine.running import Pass
from reconciler.engine.settings import Scope
from reconciler.render import terminal
from reconciler.render.document import Document, report_fields
from state.ledger import Ledger


def _scope_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.option("--full", is_flag=True, help="Look at everything anew."),
            click.option(
                "--scene",
                "scenes",
                type=int,
                multiple=True,
                metavar="ID",
                help="Only this scene of Stash; may be given several times.",
            ),
            click.option(
                "--limit", type=click.IntRange(min=1), help="Deliver at most N items."
            ),
            click.option("--library", help="Deliver only to this library."),
            click.option(
                "--field",
                "fields",
                type=click.Choice([field.value for field in Field]),
                multiple=True,
                help="Deliver only this field; may be given several times.",
            ),
            click.option(
                "--count-requests", is_flag=True, help="Tell what was sent to whom."
            ),
            click.option("--json", "as_json", is_flag=True, help="One JSON document."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.option("--dry-run", is_flag=True, help="Only show what would be done: `plan`.")
@_scope_options
@click.pass_obj
def reconcile(setting: Setting, /, *, dry_run: bool, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Bring Plex up to date with Stash, once."""
    _run(setting, options, is_plan=dry_run)


@click.command()
@_scope_options
@click.pass_obj
def plan(setting: Setting, /, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Show what reconcile would do, field by field; writes nothing anywhere."""
    _run(setting, options, is_plan=True)


@click.command()
@click.argument("number", metavar="PASS", type=int)
@click.pass_obj
def approve(setting: Setting, number: int) -> None:
    """Let a pass go that the brake holds; the next reconcile delivers it."""
    with (
        bootstrap.writing(setting.config, "approve", setting.clock) as ledger,
        ledger.transaction(),
    ):
        released = ledger.outbox.release(number)
    if not released:
        raise click.UsageError(
            f"pass {number} holds nothing; `plexsync status` names those that do"
        )
    click.echo(f"released {released} items; `plexsync reconcile` delivers them")


COMMANDS = (reconcile, plan, approve)


def _run(setting: Setting, options: dict[str, Any], *, is_plan: bool) -> None:
    setting.config.require("stash", "plex")
    scope = _scope(setting, options)
    if options["as_json"]:
        code = _as_document(setting, scope, options, is_plan=is_plan)
    else:
        code = _as_text(setting, scope, options, is_plan=is_plan)
    raise click.exceptions.Exit(code)


def _scope(setting: Setting, options: dict[str, Any]) -> Scope:
    titles = setting.config.plex.libraries
    library = options["library"]
    if library is not None and library not in titles:
        raise click.BadParameter(
            f'"{library}" is not one of [plex] libraries: {", ".join(titles)}',
            param_hint="--library",
        )
    if options["full"] and options["scenes"]:
        raise click.UsageError("--full looks at every scene: leave out --scene or it")
    return Scope(
        is_full=options["full"],
        scenes=frozenset(map(SceneId, options["scenes"])) or None,
        library=library,
        fields=frozenset(map(Field, options["fields"])) or None,
        limit=options["limit"],
    )


def _pass(
    setting: Setting, scope: Scope, audience: Audience, *, is_plan: bool
) -> tuple[PassReport, dict[str, int]]:
    """Run a pass on the state, or a plan on a copy of it; count what was sent."""
    to = bootstrap.servers(setting.config)

    def run(ledger: Ledger) -> PassReport:
        means = bootstrap.means(setting.config, ledger, to, audience, setting.clock)
        one = Pass(means, scope)
        return one.plan() if is_plan else one.reconcile()

    with to.closing():
        if is_plan:
            with bootstrap.copied(setting.config) as ledger:
                report = run(ledger)
        else:
            with bootstrap.writing(
                setting.config, "reconcile", setting.clock
            ) as ledger:
                report = run(ledger)
    return report, dict(sorted(to.requests.items()))


def _as_document(
    setting: Setting, scope: Scope, options: dict[str, Any], *, is_plan: bool
) -> Exit:
    document = Document(sys.stdout, "plan" if is_plan else "reconcile")
    rest: dict[str, Any] = {"exit_code": Exit.FAILED}
    try:
        report, requests = _pass(setting, scope, document, is_plan=is_plan)
        rest = {"exit_code": _code(report, is_plan=is_plan), **report_fields(report)}
        if options["count_requests"]:
            rest["requests"] = requests
    finally:
        document.close(rest)
    return _code(report, is_plan=is_plan)


def _as_text(
    setting: Setting, scope: Scope, options: dict[str, Any], *, is_plan: bool
) -> Exit:
    errors = Console(stderr=True)
    with terminal.Watcher(errors) as watcher:
        report, requests = _pass(setting, scope, watcher, is_plan=is_plan)
    console = Console()
    if is_plan:
        terminal.show_changes(console, watcher)
        terminal.show_plan(console, report)
    else:
        terminal.show_outcome(console, report)
    terminal.show_counts(console, "left as they are", report.reasons)
    if options["count_requests"]:
        terminal.show_counts(console, "requests sent", requests)
    _complain(report)
    return _code(report, is_plan=is_plan)


def _complain(report: PassReport) -> None:
    for problem in report.problems:
        click.echo(f"error: {problem}", err=True)
    for reason in report.held:
        click.echo(f"held: {reason}", err=True)


def _code(report: PassReport, *, is_plan: bool) -> Exit:
    if report.problems or (report.undelivered and not is_plan):
        return Exit.FAILED
    return Exit.HELD if report.held else Exit.DONE
