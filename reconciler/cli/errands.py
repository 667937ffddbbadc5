"""The commands by which a person decides: undo, release, claim, conflicts, adopt."""

from datetime import UTC, datetime

import click

from reconciler import bootstrap
from reconciler.cli.failing import Command, Commands, complain
from reconciler.cli.options import (
    ALL,
    DRY,
    FIELDS,
    JSON,
    LIBRARY,
    NUMBER,
    SCENES,
    before,
    check_scenes,
    named_library,
    span,
    taking,
)
from reconciler.cli.running import Outcome, carry_out
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import UserError
from reconciler.core.values import Field, SceneId
from reconciler.engine.conflicts import find_conflicts
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Errand,
    Release,
    TakePlex,
    TakeStash,
    Undo,
)
from reconciler.render import decisions, passes, terminal
from reconciler.render.paper import paper


@click.command(cls=Command)
@click.option(
    "--pass",
    "number",
    type=NUMBER,
    metavar="N",
    help="What this pass wrote, or planned.",
)
@click.option(
    "--since",
    metavar="WHEN",
    help="What was written since: start, a span such as 2h or 7d, a date, or a time"
    " such as 2026-05-17T20:00, in this machine's time zone unless it names one.",
)
@taking(SCENES, DRY, JSON)
@click.pass_obj
def undo(
    setting: Setting,
    *,
    number: int | None,
    since: str | None,
    scenes: frozenset[SceneId] | None,
    is_dry: bool,
) -> None:
    """Put back what plexsync has changed in Plex.

    What somebody has changed since is left, and listed. What was undone is left until
    Stash changes it again.
    """
    if sum((number is not None, since is not None, bool(scenes))) != 1:
        problem = "say what to undo, by one of --pass N, --scene ID and --since WHEN"
        raise UserError([problem])
    moment = None if since is None else _moment(since, setting.clock.now())
    errand = Undo(pass_id=number, scenes=scenes, since=moment)
    _run(setting, errand, is_dry=is_dry)


@click.command(cls=Command)
@taking(SCENES, LIBRARY, DRY, JSON)
@click.pass_obj
def release(
    setting: Setting,
    *,
    scenes: frozenset[SceneId] | None,
    library: str | None,
    is_dry: bool,
) -> None:
    """Hand items back to Plex: values stay, our locks go, nothing is written any more.

    Of everything, unless a scene or a library is named; `plexsync claim` takes it back.
    """
    library = named_library(library, setting.config.plex.libraries)
    errand = Release(scenes=scenes, library=library)
    _run(setting, errand, is_dry=is_dry)


@click.command(cls=Command)
@taking(SCENES, LIBRARY, DRY, JSON)
@click.pass_obj
def claim(
    setting: Setting,
    *,
    scenes: frozenset[SceneId] | None,
    library: str | None,
    is_dry: bool,
) -> None:
    """Take up again what was released."""
    library = named_library(library, setting.config.plex.libraries)
    errand = Claim(scenes=scenes, library=library)
    _run(setting, errand, is_dry=is_dry)


@click.command(cls=Command)
@taking(SCENES, LIBRARY, FIELDS, ALL, DRY, JSON)
@click.pass_obj
def adopt(
    setting: Setting,
    *,
    scenes: frozenset[SceneId] | None,
    library: str | None,
    fields: frozenset[Field] | None,
    is_all: bool,
    is_dry: bool,
) -> None:
    """Take out genres and actors that Stash knows and does not want on their scenes.

    They are what older tools have left behind, or what others have put there under the
    same names: look at them first, with --all --dry-run.
    """
    library = named_library(library, setting.config.plex.libraries)
    if is_all == bool(scenes or library):
        problem = (
            "say where to adopt: --scene ID, --library TITLE or --all; with --dry-run"
            " it only shows what it would take out"
        )
        raise UserError([problem])
    errand = Adopt(scenes=scenes, library=library, fields=fields)
    _run(setting, errand, is_dry=is_dry)


@click.group(cls=Commands)
def conflicts() -> None:
    """See and settle where Plex says otherwise than Stash and was left so."""


@conflicts.command("list", cls=Command)
@taking(SCENES, FIELDS, JSON)
@click.pass_obj
def list_(
    setting: Setting,
    *,
    scenes: frozenset[SceneId] | None,
    fields: frozenset[Field] | None,
) -> None:
    """List the fields that are left as somebody has them in Plex."""
    with bootstrap.reading(setting.config) as ledger:
        check_scenes(ledger, scenes or ())
        found = iter(()) if ledger is None else find_conflicts(ledger, scenes, fields)
        if setting.document is not None:
            rows = [decisions.conflict_fields(one) for one in found]
            end = {"exit_code": Exit.DONE, "problems": []}
            setting.document.close({**end, "conflicts": rows})
        else:
            decisions.show_conflicts(paper(), list(found))


@conflicts.command(cls=Command)
@click.argument("side", type=click.Choice(["stash", "plex"]))
@taking(ALL, SCENES, FIELDS, DRY, JSON)
@click.pass_obj
def take(
    setting: Setting,
    *,
    side: str,
    is_all: bool,
    scenes: frozenset[SceneId] | None,
    fields: frozenset[Field] | None,
    is_dry: bool,
) -> None:
    """Settle conflicts: write what Stash has, or leave what Plex has.

    What Plex has is then left until Stash changes the field. What Stash has is written,
    of a scene that is named, in every field: a person's edit that no pass has noticed
    yet goes too. What is undone or released stays so.
    """
    if is_all == bool(scenes):
        problem = "say which conflicts: --scene ID or --all; `conflicts list` has them"
        raise UserError([problem])
    kind = TakeStash if side == "stash" else TakePlex
    errand = kind(scenes=scenes, fields=fields)
    _run(setting, errand, is_dry=is_dry)


COMMANDS = (undo, release, claim, conflicts, adopt)


def _run(setting: Setting, errand: Errand, *, is_dry: bool) -> None:
    setting.config.require("stash", "plex")
    if setting.document is None:
        outcome = _as_text(setting, errand, is_dry=is_dry)
    else:
        outcome = carry_out(setting, errand, setting.document, is_plan=is_dry)
        setting.document.close(outcome.fields(), may_change=True)
    complain(outcome.complaints())
    raise click.exceptions.Exit(outcome.code)


def _as_text(setting: Setting, errand: Errand, *, is_dry: bool) -> Outcome:
    with terminal.Watcher(paper(is_errors=True)) as watcher:
        outcome = carry_out(setting, errand, watcher, is_plan=is_dry)
    console, report = paper(), outcome.report
    if is_dry:
        passes.show_changes(console, watcher)
        passes.show_plan(console, report)
    else:
        left = outcome.answer
        passes.show_outcome(console, report, left.owed, left.asked)
    decisions.show_settled(console, report, is_plan=is_dry)
    decisions.show_undone(console, report)
    decisions.show_spared(console, report.spared)
    return outcome


def _moment(text: str, now: datetime) -> int:
    """Read when: unix seconds; a date without a zone is in the zone of this machine."""
    if text == "start":
        return 0
    if (seconds := span(text)) is not None:
        return _ago(text, now, seconds)
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        forms = "start, 2h, 7d, 2026-05-17 or 2026-05-17T20:00"
        raise UserError([f'--since "{text}" is no time: say {forms}']) from None
    if moment > now:
        raise UserError([f'--since "{text}" is yet to come: name a time in the past'])
    return max(1, int(moment.timestamp()))


def _ago(text: str, now: datetime, seconds: int) -> int:
    if not seconds:
        raise UserError([f'--since "{text}" is now: name a time in the past'])
    moment = before(now, seconds)
    if moment is None:
        problem = f'--since "{text}" is before all dates: `--since start` is everything'
        raise UserError([problem])
    return max(1, int(moment.timestamp()))
