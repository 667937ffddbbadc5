"""The options that several commands have, each declared once."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, TypeVar

import click

from reconciler.core.canonical import in_any_case
from reconciler.core.errors import UserError
from reconciler.core.values import Field, SceneId
from reconciler.engine.status import strangers
from state.ledger import Ledger

MOST = 2**63 - 1
"""The greatest number that the state can hold."""

_Command = TypeVar("_Command", bound=Callable[..., Any])

_MARK = "plexsync.json"


def _as_json(ctx: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click passes it by position
    ctx.meta[_MARK] = value


def is_json(ctx: click.Context) -> bool:
    """Say whether one JSON document was asked for."""
    return bool(ctx.meta.get(_MARK))


class Number(click.ParamType[int]):
    """A whole number from 1 on."""

    name = "number"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Read it, or say in a sentence why it is none."""
        number = value if isinstance(value, int) else whole(str(value))
        if number is None:
            self.fail(f'"{value}" is not a number', param, ctx)
        if not 1 <= number <= MOST:
            self.fail(f"{value} is not from 1 to {MOST}", param, ctx)
        return number


def whole(text: str) -> int | None:
    """Read a whole number; None: it is none, or longer than any that is meant."""
    try:
        return int(text)
    except ValueError:
        return None


NUMBER = Number()
JSON = click.option(
    "--json",
    is_flag=True,
    expose_value=False,
    callback=_as_json,
    help="One JSON document.",
)
DRY = click.option(
    "--dry-run", "is_dry", is_flag=True, help="Only show what would be done."
)
ALL = click.option("--all", "is_all", is_flag=True, help="All there are.")
SCENES = click.option(
    "--scene",
    "scenes",
    type=NUMBER,
    multiple=True,
    metavar="ID",
    callback=lambda _ctx, _option, found: frozenset(map(SceneId, found)) or None,
    help="Only this scene of Stash; may be given several times.",
)
FIELDS = click.option(
    "--field",
    "fields",
    type=click.Choice([field.value for field in Field]),
    multiple=True,
    metavar="NAME",
    callback=lambda _ctx, _option, found: frozenset(map(Field, found)) or None,
    help="Only title, summary, studio, date, genres or actors;"
    " may be given several times.",
)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def span(text: str) -> int | None:
    """Read a span such as 2h or 7d, in seconds; None: it is none."""
    count = whole(text[:-1]) if text[:-1].isdecimal() else None
    unit = _UNITS.get(text[-1:])
    return None if count is None or unit is None else count * unit


def before(now: datetime, seconds: int) -> datetime | None:
    """Go back from *now*; None: further than there are dates."""
    try:
        return now - timedelta(seconds=seconds)
    except OverflowError:
        return None


LIBRARY = click.option("--library", metavar="TITLE", help="Only in this library.")


def taking(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Give a command several options, in the order that its help has them."""

    def with_them(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return with_them


def check_scenes(ledger: Ledger | None, scenes: Collection[SceneId]) -> None:
    """Raise a `UserError` for scenes of which the state knows nothing."""
    unknown = sorted(scenes) if ledger is None else strangers(ledger, scenes)
    if unknown:
        raise UserError(
            [
                f"scene {scene} is not known here: its number is in the address of its"
                " page in stash"
                for scene in unknown
            ]
        )


def named_library(library: str | None, titles: tuple[str, ...]) -> str | None:
    """Find the library that is named, as the configuration spells it.

    Raise a `UserError` for one that is not there.
    """
    if library is None:
        return None
    title = in_any_case(library, titles)
    if title is None:
        listed = " or ".join(f'"{title}"' for title in titles)
        raise UserError(
            [f'--library "{library}" is not one of [plex] libraries: name {listed}']
        )
    return title
