"""The commands about systemd: install, uninstall."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from reconciler.cli.failing import Command, Commands, complain
from reconciler.cli.options import DRY, JSON, taking
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import UserError
from reconciler.units import advice
from reconciler.units.installation import Installation, installed
from reconciler.units.manager import Manager, ManagerError
from reconciler.units.putting import (
    Deed,
    Step,
    carry_out,
    to_install,
    to_uninstall,
)
from reconciler.units.site import Site, site

USER = click.option(
    "--user", "is_user", is_flag=True, help="For your own systemd, not the system's."
)
ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True, resolve_path=True),
    metavar="DIR",
    help="Below this folder, as for a package; no systemd is told of it.",
)


@click.group("systemd", cls=Commands)
def systemd() -> None:
    """Have systemd run plexsync."""


@systemd.command(cls=Command)
@taking(USER, ROOT, DRY, JSON)
@click.pass_obj
def install(
    setting: Setting, *, is_user: bool, root: Path | None, is_dry: bool
) -> None:
    """Put the units in place, and say what is left to do; nothing is started."""
    where, mine = site(is_user=is_user, root=root, environ=os.environ), installed()
    with _permitted(where):
        outcome = _Outcome(
            steps=to_install(where, mine),
            left=list(advice.after_install(where, mine)),
            unlike=advice.UNLIKE if is_user else (),
            is_dry=is_dry,
        )
        problems = [] if is_dry else _acted(where, outcome, let_go=())
    _finish(setting, outcome, problems)


@systemd.command(cls=Command)
@taking(USER, ROOT, DRY, JSON)
@click.pass_obj
def uninstall(
    setting: Setting, *, is_user: bool, root: Path | None, is_dry: bool
) -> None:
    """Stop the units and take them out; the configuration and the state stay."""
    where, mine = site(is_user=is_user, root=root, environ=os.environ), installed()
    with _permitted(where):
        outcome = _Outcome(
            steps=to_uninstall(where, mine),
            left=list(advice.after_uninstall(_drop_ins(where, mine))),
            is_dry=is_dry,
        )
        gone = [step.path.name for step in outcome.steps if _is_going(step, where)]
        problems = [] if is_dry else _acted(where, outcome, let_go=gone)
    _finish(setting, outcome, problems)


COMMANDS = (systemd,)


@dataclass(kw_only=True)
class _Outcome:
    """What was done, or would be, and what is left to a person."""

    steps: Sequence[Step]
    left: Sequence[str]
    unlike: Sequence[str] = ()
    is_dry: bool
    is_told: bool = False
    """Whether systemd knows of it."""

    def fields(self) -> dict[str, Any]:
        return {
            "steps": [_step_fields(step) for step in self.steps],
            "told": self.is_told,
            "unlike": list(self.unlike),
            "next": list(self.left),
        }


def _step_fields(step: Step) -> Mapping[str, Any]:
    aside = None if step.aside is None else str(step.aside)
    why = step.why or None
    return {"did": step.deed, "path": str(step.path), "aside": aside, "why": why}


def _is_going(step: Step, where: Site) -> bool:
    is_unit = step.path.parent == where.units
    return is_unit and step.deed in {Deed.REMOVED, Deed.ASIDE}


def _drop_ins(where: Site, mine: Installation) -> list[Path]:
    folders = [where.units / f"{name}.d" for name in sorted(mine.units)]
    return [folder for folder in folders if folder.is_dir()]


def _acted(where: Site, outcome: _Outcome, *, let_go: Sequence[str]) -> Sequence[str]:
    """Do it all, and tell systemd; return what it would not hear."""
    manager = Manager(is_user=where.is_user, environ=os.environ)
    is_heard = where.is_here and manager.is_there
    try:
        if is_heard:
            manager.let_go(let_go)
        carry_out(outcome.steps)
        if is_heard:
            manager.reload()
    except ManagerError as error:
        return [f"systemd does not take it: {error}"]
    outcome.is_told = is_heard
    return []


@contextmanager
def _permitted(where: Site) -> Iterator[None]:
    """Say what to do where a file is not this user's to read or write."""
    try:
        yield
    except PermissionError as error:
        advised = "see whose it is"
        if not where.is_user:
            advised = "run it as root, or for yourself with --user"
        problem = f"{error.filename}: permission denied; {advised}"
        raise UserError([problem]) from None


def _finish(setting: Setting, outcome: _Outcome, problems: Sequence[str]) -> None:
    code = Exit.FAILED if problems else Exit.DONE
    if setting.document is not None:
        end = {"exit_code": code, "problems": list(problems)}
        setting.document.close({**end, **outcome.fields()})
    else:
        _show(outcome)
    complain(problems)
    if problems:
        raise click.exceptions.Exit(code)


def _show(outcome: _Outcome) -> None:
    if outcome.is_dry:
        click.echo("nothing is done; it would be:")
    for step in outcome.steps:
        click.echo(f"{step.deed:<10} {step.path}{_remark(step)}")
    if not outcome.steps:
        click.echo("there is nothing of plexsync here")
    if not outcome.is_dry:
        heard = "has read its units anew" if outcome.is_told else "was not told of it"
        click.echo(f"systemd {heard}")
    _listing("unlike the system's service:", outcome.unlike)
    _listing("next:", outcome.left)


def _remark(step: Step) -> str:
    said = [f"now {step.aside.name}"] if step.aside else []
    said += [step.why] if step.why else []
    return f" ({'; '.join(said)})" if said else ""


def _listing(heading: str, sentences: Sequence[str]) -> None:
    if sentences:
        click.echo(heading)
    for sentence in sentences:
        click.echo(f"  {sentence}")
