"""The commands that run a pass: reconcile, plan, and approving one that is held."""

from collections.abc import Callable
from typing import Any

import click

from reconciler import bootstrap
from reconciler.cli.failing import Command, complain
from reconciler.cli.running import Outcome, run
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import UserError
from reconciler.core.values import Field, SceneId
from reconciler.engine import braking
from reconciler.engine.settings import Scope
from reconciler.engine.status import held_passes
from reconciler.render import passes, terminal
from reconciler.render.paper import paper, several

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")


def _scope_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.option("--full", is_flag=True, help="Look at everything anew."),
            click.option(
                "--scene",
                "scenes",
                type=click.IntRange(min=1),
                multiple=True,
                metavar="ID",
                help="Only this scene of Stash; may be given several times.",
            ),
            click.option(
                "--limit",
                type=click.IntRange(min=1),
                metavar="N",
                help="Deliver at most N items.",
            ),
            click.option(
                "--library", metavar="TITLE", help="Deliver only to this library."
            ),
            click.option(
                "--field",
                "fields",
                type=click.Choice([field.value for field in Field]),
                multiple=True,
                metavar="NAME",
                help="Deliver only title, summary, studio, date, genres or actors;"
                " may be given several times.",
            ),
            click.option(
                "--count-requests", is_flag=True, help="Tell what was sent to whom."
            ),
            _JSON,
        )
    ):
        command = option(command)
    return command


@click.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Only show what would be done: `plan`.")
@_scope_options
@click.pass_obj
def reconcile(setting: Setting, /, *, dry_run: bool, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Bring Plex up to date with Stash, once."""
    _run(setting, options, is_plan=dry_run)


@click.command(cls=Command)
@_scope_options
@click.pass_obj
def plan(setting: Setting, /, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Show what reconcile would do, field by field; writes nothing anywhere."""
    _run(setting, options, is_plan=True)


@click.command(cls=Command)
@click.argument("number", metavar="PASS", type=int, required=False)
@click.option("--all", "is_all", is_flag=True, help="Every pass that is held.")
@_JSON
@click.pass_obj
def approve(
    setting: Setting,
    *,
    number: int | None,
    is_all: bool,
    as_json: bool,  # noqa: ARG001 - the document is the setting's
) -> None:
    """Let a pass go that the brake holds; the next reconcile delivers it."""
    if is_all == (number is not None):
        raise click.UsageError("name one PASS, or give --all")
    with bootstrap.writing(
        setting.config, "approve", setting.clock, setting.around.mounts
    ) as ledger:
        numbers = held_passes(ledger) if number is None else (number,)
        released = braking.approve(ledger, numbers)
    if setting.document is not None:
        fields = {"exit_code": Exit.DONE, "problems": [], "pass": number}
        setting.document.close({**fields, "passes": numbers, "released": released})
    elif not numbers:
        click.echo("nothing is held")
    else:
        what, them = several(released, "item"), "it" if released == 1 else "them"
        click.echo(f"released {what}; `plexsync reconcile` delivers {them}")


COMMANDS = (reconcile, plan, approve)


def _run(setting: Setting, options: dict[str, Any], *, is_plan: bool) -> None:
    setting.config.require("stash", "plex")
    scope = _scope(setting, options)
    show = _as_text if setting.document is None else _as_document
    outcome = show(setting, scope, is_plan=is_plan, counts=options["count_requests"])
    complain(outcome.complaints())
    complain(outcome.refusals(), "held")
    raise click.exceptions.Exit(outcome.code)


def _scope(setting: Setting, options: dict[str, Any]) -> Scope:
    titles = setting.config.plex.libraries
    library = options["library"]
    if library is not None and library not in titles:
        listed = " or ".join(f'"{title}"' for title in titles)
        raise UserError(
            [f'--library "{library}" is not one of [plex] libraries: name {listed}']
        )
    if options["full"] and options["scenes"]:
        raise UserError(["--full looks at every scene: leave out --scene or it"])
    return Scope(
        is_full=options["full"],
        scenes=frozenset(map(SceneId, options["scenes"])) or None,
        library=library,
        fields=frozenset(map(Field, options["fields"])) or None,
        limit=options["limit"],
    )


def _as_document(
    setting: Setting, scope: Scope, *, is_plan: bool, counts: bool
) -> Outcome:
    document = setting.document
    assert document is not None  # noqa: S101 - `_run` has looked
    outcome = run(setting, scope, document, is_plan=is_plan)
    requests = {"requests": outcome.requests} if counts else {}
    document.close({**outcome.fields(), **requests}, may_change=True)
    return outcome


def _as_text(setting: Setting, scope: Scope, *, is_plan: bool, counts: bool) -> Outcome:
    with terminal.Watcher(paper(is_errors=True)) as watcher:
        outcome = run(setting, scope, watcher, is_plan=is_plan)
    console, report = paper(), outcome.report
    if is_plan:
        passes.show_changes(console, watcher)
        passes.show_plan(console, report)
    else:
        passes.show_outcome(console, report, outcome.owed)
    passes.show_histograms(console, report, outcome.requests if counts else {})
    return outcome
