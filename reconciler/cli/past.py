"""The commands about what was done: history, and what leaving would undo."""

from dataclasses import asdict
from functools import partial

import click

from reconciler import bootstrap
from reconciler.cli.failing import Command
from reconciler.cli.options import JSON, NUMBER, check_scenes
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import UserError
from reconciler.core.values import SceneId
from reconciler.engine.history import read_history, read_passes
from reconciler.engine.leaving import Leaving, count_leaving
from reconciler.render import decisions, standing
from reconciler.render.paper import moment, paper


@click.command(cls=Command)
@click.option("--scene", type=NUMBER, metavar="ID", help="Of one scene.")
@click.option(
    "--limit",
    type=NUMBER,
    default=50,
    show_default=True,
    metavar="N",
    help="At most the last N writes, each of one item.",
)
@JSON
@click.pass_obj
def history(
    setting: Setting,
    *,
    scene: int | None,
    limit: int,
) -> None:
    """Tell what was written to Plex, field by field, the newest first."""
    number = None if scene is None else SceneId(scene)
    with bootstrap.reading(setting.config) as ledger:
        check_scenes(ledger, () if number is None else (number,))
        found = iter(()) if ledger is None else read_history(ledger, number, limit)
        if setting.document is not None:
            end = {"exit_code": Exit.DONE, "problems": []}
            writes = [decisions.past_fields(one) for one in found]
            setting.document.close({**end, "writes": writes})
        else:
            decisions.show_history(paper(), found)


@click.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Show it: there is nothing else to do.")
@JSON
@click.pass_obj
def uninstall(
    setting: Setting,
    *,
    dry_run: bool,
) -> None:
    """Show what leaving plexsync would do: release everything, or undo everything."""
    if not dry_run:
        problem = (
            "uninstall only shows what leaving comes to: say --dry-run; then leave"
            " with `plexsync release` or `plexsync undo --since start`"
        )
        raise UserError([problem])
    with bootstrap.reading(setting.config) as ledger:
        empty = Leaving(state=str(setting.config.state))
        found = empty if ledger is None else count_leaving(ledger)
    if setting.document is not None:
        end = {"exit_code": Exit.DONE, "problems": []}
        setting.document.close({**end, **asdict(found)})
    else:
        decisions.show_leaving(paper(), found)


@click.command(cls=Command)
@JSON
@click.pass_obj
def pause(setting: Setting) -> None:
    """Write nothing to Plex until `plexsync resume`.

    What changes meanwhile is recorded, and what is asked for too: both are done after.

    It works beside a pass that is under way, which stops within its batch.
    """
    mark = bootstrap.pause(setting.only("state"))
    is_news = mark.begin(setting.clock.unix())
    since = mark.since() or 0
    words = f"paused since {moment(since)}; `plexsync resume` ends it"
    _tell(setting, since, words if is_news else f"already {words}")


@click.command(cls=Command)
@JSON
@click.pass_obj
def resume(setting: Setting) -> None:
    """Let things be written to Plex again."""
    config = setting.only("state")
    is_news = bootstrap.pause(config).end()
    words = f"resumed; {bootstrap.deliverer(config)} delivers what is owed"
    _tell(setting, None, words if is_news else "nothing was paused")


@click.command(cls=Command)
@click.option(
    "--limit",
    type=NUMBER,
    default=20,
    show_default=True,
    metavar="N",
    help="At most the last N passes.",
)
@JSON
@click.pass_obj
def passes(setting: Setting, *, limit: int) -> None:
    """List the passes that did something, the newest first, for `undo --pass N`."""
    goes_on = partial(bootstrap.writes_since, setting.config)
    with bootstrap.reading(setting.config) as ledger:
        found = [] if ledger is None else read_passes(ledger, limit, goes_on)
    if setting.document is not None:
        end = {"exit_code": Exit.DONE, "problems": []}
        rows = [standing.passed_fields(one) for one in found]
        setting.document.close({**end, "passes": rows})
    else:
        standing.show_passes(paper(), found)


COMMANDS = (history, passes, uninstall, pause, resume)


def _tell(setting: Setting, since: int | None, words: str) -> None:
    if setting.document is not None:
        end = {"exit_code": Exit.DONE, "problems": setting.mistakes}
        setting.document.close({**end, "paused": since})
    else:
        click.echo(words)
