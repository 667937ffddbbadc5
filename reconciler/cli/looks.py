"""The commands that only look: status, and check."""

from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import click

from reconciler import bootstrap
from reconciler.cli.failing import Command, complain
from reconciler.cli.options import JSON
from reconciler.cli.setting import Exit, Setting
from reconciler.clock import Clock
from reconciler.config.models import Schedule
from reconciler.core.errors import ServerError
from reconciler.engine.checking import Matches, find_matches
from reconciler.engine.health import health
from reconciler.engine.lulls import Quiet, known_maintenance
from reconciler.engine.running import Pass
from reconciler.engine.settings import Scope
from reconciler.engine.status import Status, read_status
from reconciler.engine.surveying import missing_library
from reconciler.render import standing, terminal
from reconciler.render.paper import paper, several
from state.ledger import Ledger


@click.command(cls=Command)
@JSON
@click.pass_obj
def status(setting: Setting) -> None:
    """Tell how far Plex is behind Stash, and what is in the way."""
    config = setting.only("state")
    with bootstrap.reading(config) as ledger:
        goes_on = partial(bootstrap.writes_since, config)
        known = None if ledger is None else read_status(ledger, goes_on)
        quiet = _quiet(config.schedule, setting.clock, ledger)
    paused = bootstrap.pause(config).since()
    lulls = (quiet,) if quiet else ()
    found = replace(
        known or Status(), paused=paused, lulls=lulls, at_work=bootstrap.at_work(config)
    )
    now = setting.clock.unix()
    items = health(found, now)
    if setting.document is not None:
        fields = {"exit_code": Exit.DONE, "problems": setting.mistakes}
        setting.document.close({**fields, **standing.status_fields(found, items)})
    elif known is None:
        click.echo("nothing is known yet: run `plexsync reconcile`")
        standing.show_health(paper(), found, items, now=now)
    else:
        standing.show_status(paper(), found, items, now=now)


def _quiet(schedule: Schedule, clock: Clock, ledger: Ledger | None) -> str:
    """Say in which hours it is that nothing is written; without asking Plex for its."""
    reason = Quiet(hours=schedule.hours, clock=clock).reason()
    if reason or ledger is None or not schedule.is_quiet_with_plex:
        return reason
    return known_maintenance(ledger, clock)


@click.command(cls=Command)
@JSON
@click.pass_obj
def check(setting: Setting) -> None:
    """Try the configuration and both servers, and count which scenes match.

    Lists the libraries, and reads all of Stash the first time; writes nothing anywhere.
    Exit code 3 if a server says what is not believed, 2 if no scene has an item or Plex
    has no such library.
    """
    setting.config.require("stash", "plex")
    bootstrap.notifiers(setting.config)  # nothing is sent: only whether it could be
    to = bootstrap.servers(setting.config)
    with to.closing():
        found = _greet(setting, to)
        if not found.problems:
            _match(setting, to, found)
    if setting.document is not None:
        setting.document.close(found.fields())
    else:
        _show(setting, found)
    complain(found.problems)
    complain(tuple(found.doubts.values()), "doubted")
    raise click.exceptions.Exit(found.code)


COMMANDS = (status, check)


@dataclass(slots=True, kw_only=True)
class _Findings:
    """What a check has found out so far."""

    stash: dict[str, Any] | None = None
    plex: dict[str, Any] | None = None
    matches: Matches | None = None
    doubts: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    code: Exit = Exit.DONE

    def fail(self, sentences: tuple[str, ...], code: Exit = Exit.FAILED) -> None:
        self.problems.extend(s for s in sentences if s not in self.problems)
        self.code = Exit.FAILED if self.code is Exit.FAILED else code

    def fields(self) -> dict[str, Any]:
        return {
            "exit_code": self.code,
            "problems": self.problems,
            "stash": self.stash,
            "plex": self.plex,
            "matches": None if self.matches is None else asdict(self.matches),
            "doubts": self.doubts,
        }


def _greet(setting: Setting, to: bootstrap.Servers) -> _Findings:
    """Ask both servers who they are; a failure of one does not hide the other's."""
    config, found = setting.config, _Findings()
    try:
        stash = to.stash.probe()
        if objection := to.stash.objection(stash):
            found.fail((str(objection),))
        found.stash = {"url": config.stash.url, "version": stash.version}
        found.stash["scenes"] = stash.scenes
    except ServerError as error:
        found.fail((str(error),))
    try:
        plex = to.plex.probe()
        found.plex = {"url": config.plex.url, "version": plex.version}
        named, there = config.plex.libraries, [s.title for s in to.plex.sections()]
        missing = sorted(set(named).difference(there))
        found.plex |= {"name": plex.name, "libraries": list(named), "missing": missing}
        if missing:
            told = (missing_library(title, there) for title in missing)
            found.fail(tuple(told), Exit.USAGE)
    except ServerError as error:
        found.plex = None
        found.fail((str(error),))
    return found


def _match(setting: Setting, to: bootstrap.Servers, found: _Findings) -> None:
    with (
        bootstrap.copied(setting.config) as ledger,
        terminal.Watcher(paper(is_errors=True)) as watcher,
    ):
        means = bootstrap.means(setting.config, ledger, to, watcher, setting.clock)
        one = Pass(means, Scope())
        one.observe(lists_libraries=True)
        if one.tally.problems:
            found.fail(tuple(one.tally.problems))
        if one.tally.missing:
            found.fail(tuple(one.tally.missing), Exit.USAGE)
        if found.problems:
            return
        found.doubts = {doubt.subject: doubt.reason for doubt in one.tally.doubts}
        if found.doubts:
            found.code = Exit.HELD  # what is not believed is not counted
            return
        found.matches = find_matches(ledger, means.settings)
        _weigh(found)


def _weigh(found: _Findings) -> None:
    """Say in the exit code what a person has to see to."""
    if found.matches is not None and found.matches.is_amiss:
        found.fail((found.matches.amiss("the hint says which"),), Exit.USAGE)


def _show(setting: Setting, found: _Findings) -> None:
    facts = {"configuration": f"{setting.config.file} is in order"}
    facts["state"] = str(setting.config.state)
    if (stash := found.stash) is not None:
        count = several(stash["scenes"], "scene")
        facts["stash"] = f"{stash['version']} at {stash['url']}, {count}"
    if (plex := found.plex) is not None:
        there = [title for title in plex["libraries"] if title not in plex["missing"]]
        titles = ", ".join(there) or "none of the libraries"
        facts["plex"] = f"{plex['name']} {plex['version']} at {plex['url']}: {titles}"
    standing.show_facts(paper(), facts)
    if found.matches is not None:
        standing.show_matches(paper(), found.matches)
