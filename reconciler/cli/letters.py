"""The commands about dead letters: list, show, retry, drop, purge."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from reconciler import bootstrap
from reconciler.cli.failing import Command, Commands
from reconciler.cli.options import (
    ALL,
    FIELDS,
    JSON,
    NUMBER,
    SCENES,
    before,
    check_scenes,
    span,
    taking,
)
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import KINDS, UserError
from reconciler.core.values import Field, SceneId
from reconciler.engine.letters import (
    Letter,
    Revived,
    Sought,
    drop,
    find_letters,
    purge,
    revive,
)
from reconciler.render import letters
from reconciler.render.document import Document
from reconciler.render.paper import paper, several
from state.ledger import Ledger


@click.group("dead-letters", cls=Commands)
def dead_letters() -> None:
    """See the fields that were given up, and have them tried again or forgotten."""


@dead_letters.command("list", cls=Command)
@JSON
@click.pass_obj
def list_(setting: Setting) -> None:
    """List the fields that are not tried again until Stash changes their scenes.

    Those that were dropped too: they are left as long.
    """
    found, dropped = _read(setting, Sought())
    if setting.document is not None:
        _close(setting.document, _listed(found, dropped))
    else:
        letters.show_letters(paper(), found)
        letters.show_dropped(paper(), dropped)


@dead_letters.command(cls=Command)
@click.argument("scene", type=NUMBER)
@taking(FIELDS, JSON)
@click.pass_obj
def show(setting: Setting, *, scene: int, fields: frozenset[Field] | None) -> None:
    """Show all that is known of a scene's dead letters."""
    sought = Sought(scenes={SceneId(scene)}, fields=fields)
    found, dropped = _read(setting, sought)
    if setting.document is not None:
        _close(setting.document, _listed(found, dropped))
    elif found or dropped:
        letters.show_whole(paper(), [*found, *dropped])
    else:
        others, left = _read(setting, replace(sought, fields=None))
        words = letters.nothing_sentence(fields, [*others, *left])
        click.echo(f"scene {scene}: {words}")


@dead_letters.command("retry", cls=Command)
@click.option(
    "--error",
    "kind",
    type=click.Choice(KINDS),
    metavar="CLASS",
    help=f"Those of this class of error: {', '.join(KINDS)}.",
)
@taking(ALL, SCENES, JSON)
@click.pass_obj
def retry(
    setting: Setting,
    *,
    kind: str | None,
    is_all: bool,
    scenes: frozenset[SceneId] | None,
) -> None:
    """Owe fields again; the next reconcile delivers them, if the brake lets it."""
    _check_named(
        "--scene ID, --error CLASS or --all", is_all=is_all, named=scenes or kind
    )
    deliverer = bootstrap.deliverer(setting.config)  # before it lends the state
    with _writing(setting, "retry", scenes) as ledger:
        sought = Sought(scenes=scenes, kind=kind)
        found = revive(ledger, sought, now=setting.clock.unix())
    told = letters.revived_sentences(found, deliverer)
    _tell(setting, _revived_fields(found), told)


@dead_letters.command("drop", cls=Command)
@taking(ALL, SCENES, FIELDS, JSON)
@click.pass_obj
def drop_(
    setting: Setting,
    *,
    is_all: bool,
    scenes: frozenset[SceneId] | None,
    fields: frozenset[Field] | None,
) -> None:
    """Forget dead letters; their fields are left until Stash changes the scenes."""
    _check_named("--scene ID or --all", is_all=is_all, named=scenes)
    with _writing(setting, "drop", scenes) as ledger:
        sought = Sought(scenes=scenes, fields=fields)
        dropped = drop(ledger, sought, now=setting.clock.unix())
        others = list(find_letters(ledger, replace(sought, fields=None)))
        left = list(find_letters(ledger, replace(sought, is_dropped=True)))
    words = letters.dropped_sentence(dropped)
    words = words if dropped else letters.nothing_sentence(fields, others, left)
    _tell(setting, {"dropped": dropped}, [words])


@dead_letters.command("purge", cls=Command)
@click.option(
    "--older-than",
    "age",
    metavar="SPAN",
    help="Given up so long ago, such as 7d; if not named, [journal] dead_letters.",
)
@JSON
@click.pass_obj
def purge_(setting: Setting, *, age: str | None) -> None:
    """Forget old dead letters, as time does; a sweep may try their fields again."""
    seconds = int(setting.config.journal.dead_letters) if age is None else span(age)
    if seconds is None or before(setting.clock.now(), seconds) is None:
        raise UserError([f'--older-than "{age}" is no span: say 30d, 12h or 10m'])
    with _writing(setting, "purge", None) as ledger:
        purged = purge(ledger, before=setting.clock.unix() - seconds)
    words = f"{several(purged, 'dead letter')} forgotten"
    _tell(setting, {"purged": purged}, [words])


COMMANDS = (dead_letters,)


def _check_named(ways: str, *, is_all: bool, named: object) -> None:
    if is_all == bool(named):
        problem = f"say which dead letters: {ways}; `dead-letters list` has them"
        raise UserError([problem])


def _read(setting: Setting, sought: Sought) -> tuple[list[Letter], list[Letter]]:
    """Read dead letters, and what of them was dropped."""
    with bootstrap.reading(setting.config) as ledger:
        check_scenes(ledger, sought.scenes or ())
        if ledger is None:
            return [], []
        dropped = replace(sought, is_dropped=True)
        return list(find_letters(ledger, sought)), list(find_letters(ledger, dropped))


@contextmanager
def _writing(
    setting: Setting, command: str, scenes: frozenset[SceneId] | None
) -> Iterator[Ledger]:
    name, mounts = f"dead-letters {command}", setting.around.mounts
    with bootstrap.writing(setting.config, name, setting.clock, mounts) as ledger:
        check_scenes(ledger, scenes or ())
        yield ledger


def _revived_fields(found: Revived) -> dict[str, Any]:
    counts = {"fields": found.fields, "items": found.items, "absent": found.absent}
    return {"pass": found.pass_id, **counts}


def _listed(found: Sequence[Letter], dropped: Sequence[Letter]) -> dict[str, Any]:
    told = [letters.letter_fields(one) for one in found]
    return {"letters": told, "dropped": [letters.dropped_fields(d) for d in dropped]}


def _tell(
    setting: Setting, fields: Mapping[str, Any], sentences: Sequence[str]
) -> None:
    if setting.document is not None:
        _close(setting.document, fields)
        return
    for sentence in sentences:
        click.echo(sentence)


def _close(document: Document, fields: Mapping[str, Any]) -> None:
    document.close({"exit_code": Exit.DONE, "problems": [], **fields})
