"""The commands that only look: status, and check."""

import json
from typing import Any

import click
from rich.console import Console

from reconciler import bootstrap
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import ServerError
from reconciler.engine.checking import Matches, find_matches
from reconciler.engine.running import Pass
from reconciler.engine.settings import Scope
from reconciler.engine.status import Status, read_status
from reconciler.render import tables, terminal
from reconciler.render.document import VERSION


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def status(setting: Setting, /, *, as_json: bool) -> None:
    """Tell how far Plex is behind Stash, and what is in the way."""
    with bootstrap.reading(setting.config) as ledger:
        found = None if ledger is None else read_status(ledger)
    if as_json:
        click.echo(json.dumps(_status_fields(found)))
    elif found is None:
        click.echo("nothing is known yet: run `plexsync reconcile`")
    else:
        tables.show_status(Console(), found)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def check(setting: Setting, /, *, as_json: bool) -> None:
    """Try the configuration and both servers, and count which scenes match.

    Reads all of Stash and of the libraries the first time; writes nothing anywhere.
    """
    setting.config.require("stash", "plex")
    to = bootstrap.servers(setting.config)
    with to.closing():
        facts, problems = _greet(to)
        matches = None if problems else _match(setting, to, problems)
    code = Exit.FAILED if problems else Exit.DONE
    if as_json:
        document = {"version": VERSION, "command": "check", "exit_code": code}
        document |= {"servers": facts, "problems": problems}
        document["matches"] = None if matches is None else tables.match_fields(matches)
        click.echo(json.dumps(document))
    else:
        click.echo(f"configuration  ok, {setting.config.file}")
        tables.show_check(Console(), facts, matches)
        for problem in problems:
            click.echo(f"error: {problem}", err=True)
    raise click.exceptions.Exit(code)


COMMANDS = (status, check)


def _status_fields(found: Status | None) -> dict[str, Any]:
    document: dict[str, Any] = {"version": VERSION, "command": "status"}
    return document | ({} if found is None else tables.status_fields(found))


def _greet(to: bootstrap.Servers) -> tuple[dict[str, str], list[str]]:
    """Ask both servers who they are; a failure of one does not hide the other's."""
    facts: dict[str, str] = {}
    problems: list[str] = []
    try:
        stash = to.stash.probe()
        facts["stash"] = f"{stash.version}, {stash.scenes} scenes"
        if objection := to.stash.objection(stash):
            problems.append(str(objection))
    except ServerError as error:
        problems.append(str(error))
    try:
        plex = to.plex.probe()
        facts["plex"] = f"{plex.name}, {plex.version}"
    except ServerError as error:
        problems.append(str(error))
    return facts, problems


def _match(setting: Setting, to: bootstrap.Servers, problems: list[str]) -> Matches:
    errors = Console(stderr=True)
    with (
        bootstrap.copied(setting.config) as ledger,
        terminal.Watcher(errors) as watcher,
    ):
        means = bootstrap.means(setting.config, ledger, to, watcher, setting.clock)
        one = Pass(means, Scope())
        one.observe()
        problems.extend(one.tally.problems)
        return find_matches(ledger, means.settings)
