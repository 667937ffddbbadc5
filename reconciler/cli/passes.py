"""The commands that run a pass: reconcile, plan, and approving one that is held."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from reconciler import bootstrap
from reconciler.cli import saved
from reconciler.cli.failing import Command, complain
from reconciler.cli.running import Outcome, run
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import UserError
from reconciler.core.values import Field, SceneId
from reconciler.engine.report import Audience, Audiences
from reconciler.engine.settings import Scope
from reconciler.render import decisions, passes, terminal
from reconciler.render.document import Document
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
@click.option(
    "--plan",
    "saved_plan",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Deliver what `plan -o FILE` has saved and nothing else.",
)
@_scope_options
@click.pass_obj
def reconcile(
    setting: Setting,
    /,
    *,
    dry_run: bool,
    saved_plan: Path | None,
    **options: Any,  # noqa: ANN401 - click's options
) -> None:
    """Bring Plex up to date with Stash, once.

    With a saved plan, what has moved since it was made is left, and listed.
    """
    asked = _scope(setting, options)
    if saved_plan is None:
        raise click.exceptions.Exit(_run(setting, options, asked, is_plan=dry_run))
    scope, count = saved.read(saved_plan)
    if asked != Scope():
        problem = "--plan says what to deliver: leave out --full and what narrows it"
        raise UserError([problem])
    code = _run(setting, options, scope, is_plan=dry_run, planned=count)
    raise click.exceptions.Exit(code)


@click.command(cls=Command)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save the plan too, for `reconcile --plan FILE`.",
)
@_scope_options
@click.pass_obj
def plan(setting: Setting, /, *, output: Path | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Show what reconcile would do, field by field; writes nothing anywhere."""
    scope = _scope(setting, options)
    if output is None:
        raise click.exceptions.Exit(_run(setting, options, scope, is_plan=True))
    with saved.writing(output) as copy:
        code = _run(setting, options, scope, is_plan=True, copy=copy)
    raise click.exceptions.Exit(code)


@click.command(cls=Command)
@click.argument("number", metavar="PASS", type=int)
@_JSON
@click.pass_obj
def approve(setting: Setting, number: int, *, as_json: bool) -> None:  # noqa: ARG001 - the document is the setting's
    """Let a pass go that the brake holds; the next reconcile delivers it."""
    with (
        bootstrap.writing(
            setting.config, "approve", setting.clock, setting.around.mounts
        ) as ledger,
        ledger.transaction(),
    ):
        released = ledger.outbox.release(number)
    if not released:
        raise UserError(
            [f"pass {number} holds nothing; `plexsync status` names those that do"]
        )
    if setting.document is not None:
        fields = {"exit_code": Exit.DONE, "problems": []}
        setting.document.close({**fields, "pass": number, "released": released})
    else:
        what, them = several(released, "item"), "it" if released == 1 else "them"
        click.echo(f"released {what}; `plexsync reconcile` delivers {them}")


COMMANDS = (reconcile, plan, approve)


def _run(  # noqa: PLR0913 - a command's whole choice
    setting: Setting,
    options: dict[str, Any],
    scope: Scope,
    *,
    is_plan: bool,
    copy: Document | None = None,
    planned: int | None = None,
) -> Exit:
    setting.config.require("stash", "plex")
    counts = options["count_requests"]
    if setting.document is None:
        outcome = _as_text(setting, scope, copy, is_plan=is_plan, counts=counts)
    else:
        outcome = _as_document(setting, scope, copy, is_plan=is_plan, counts=counts)
    if copy is not None:
        copy.close(_document_fields(outcome, scope), may_change=True)
    outcome = replace(outcome, planned=planned)
    complain(outcome.complaints())
    complain(outcome.refusals(), "held")
    return outcome.code


def _document_fields(outcome: Outcome, scope: Scope) -> dict[str, Any]:
    asked = {"scope": saved.scope_fields(scope)} if outcome.is_plan else {}
    return {**outcome.fields(), **asked}


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
    setting: Setting,
    scope: Scope,
    copy: Document | None,
    *,
    is_plan: bool,
    counts: bool,
) -> Outcome:
    document = setting.document
    assert document is not None  # noqa: S101 - `_run` has looked
    outcome = run(setting, scope, _heard_by(document, copy), is_plan=is_plan)
    requests = {"requests": outcome.requests} if counts else {}
    fields = _document_fields(outcome, scope)
    document.close({**fields, **requests}, may_change=True)
    return outcome


def _as_text(
    setting: Setting,
    scope: Scope,
    copy: Document | None,
    *,
    is_plan: bool,
    counts: bool,
) -> Outcome:
    with terminal.Watcher(paper(is_errors=True)) as watcher:
        outcome = run(setting, scope, _heard_by(watcher, copy), is_plan=is_plan)
    console, report = paper(), outcome.report
    if is_plan:
        passes.show_changes(console, watcher)
        passes.show_plan(console, report)
    else:
        passes.show_outcome(console, report, outcome.owed)
    passes.show_histograms(console, report, outcome.requests if counts else {})
    decisions.show_spared(console, report.spared)
    return outcome


def _heard_by(audience: Audience, copy: Document | None) -> Audience:
    return audience if copy is None else Audiences((audience, copy))
