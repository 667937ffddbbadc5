"""The commands about the state as a file: backup, restore, verify."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from reconciler import bootstrap
from reconciler.cli.failing import Command, Commands, complain
from reconciler.cli.options import JSON
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import UserError
from reconciler.render import states
from reconciler.render.paper import paper, say
from state.backups import Backup
from state.errors import LostError
from state.files import size_of
from state.soundness import Finding, Soundness, examine


@click.group(cls=Commands)
def state() -> None:
    """Copy the state, put a copy back, and see whether they are whole.

    It remembers what was done and what is owed; the copies are in [state] backups.
    """


@state.command(cls=Command)
@JSON
@click.pass_obj
def backup(setting: Setting) -> None:
    """Copy the state now, beside whoever writes it; only [state] keep_backups stay."""
    backups, now = bootstrap.backups(setting.config), setting.clock.now()
    made = backups.make(now)
    dropped = backups.drop(now, setting.config.keep_backups)
    if setting.document is not None:
        end = {"exit_code": Exit.DONE, "problems": []}
        setting.document.close({**end, **states.made_fields(made, dropped)})
    else:
        states.show_made(paper(), made, dropped)


@state.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--empty", "is_empty", is_flag=True, help="Begin with an empty state.")
@JSON
@click.pass_obj
def restore(setting: Setting, *, file: Path | None, is_empty: bool) -> None:
    """Put a backup in the place of the state: the newest good one if none is named.

    What is there is renamed, never deleted. The next pass looks at every item, and
    what it would write then waits for `plexsync approve`: what was undone, released or
    settled since the backup is not known any more.
    """
    if is_empty and file is not None:
        problem = "an empty state needs no file: leave out FILE or --empty"
        raise UserError([problem])
    done = bootstrap.restore(
        setting.config, file, setting.clock, setting.around.mounts, is_empty=is_empty
    )
    if setting.document is not None:
        end = {"exit_code": Exit.DONE, "problems": []}
        setting.document.close({**end, **states.restored_fields(done)})
    else:
        for sentence in (*done.sentences(), states.AFTER):
            say(paper(), sentence)


@state.command(cls=Command)
@JSON
@click.pass_obj
def verify(setting: Setting) -> None:
    """Read the state and every backup, and say whether they are whole.

    Beside whoever writes; changes nothing. Exit code 1 if one of them is not.
    """
    backups = bootstrap.backups(setting.config)
    problems, found = [], None
    try:
        backups.refuse_lost()
        if size_of(backups.state) is not None:
            found = examine(backups.state)
    except LostError as error:
        problems.append(str(error))
    copies = [(one, examine(one.path)) for one in backups.all(setting.clock.now())]
    problems += _problems(found, copies)
    code = Exit.FAILED if problems else Exit.DONE
    if setting.document is not None:
        end = {"exit_code": code, "problems": problems}
        setting.document.close({**end, **states.soundness_fields(found, copies)})
    else:
        states.show_soundness(paper(), found, copies)
    complain(problems)
    raise click.exceptions.Exit(code)


COMMANDS = (state,)


_ADVICE = {
    Finding.FOREIGN: "set another [state] path",
    Finding.NEWER: "install that version, or set another [state] path",
    Finding.UNREADABLE: "see to that, and ask again",
}
"""What to do about a state, where it is not to put a backup in its place."""


def _problems(
    state: Soundness | None, copies: Sequence[tuple[Backup, Soundness]]
) -> Iterator[str]:
    """Say what is wrong, and what to do about it."""
    if state is not None and state.problem is not None:
        restore = "`plexsync state restore` puts a backup in its place"
        advice = _ADVICE.get(state.finding, restore)
        yield f"the state {state.path} {state.problem}: {advice}"
    for _, copy in copies:
        if copy.problem is not None:
            advice = "it is passed over; delete it, and see whether its disk fails"
            yield f"the backup {copy.path} {copy.problem}: {advice}"
