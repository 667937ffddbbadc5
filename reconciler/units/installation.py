"""The plexsync that is at work: its program, and the units that came with it."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath

import reconciler
from reconciler.core.errors import UserError

_HOMES = tuple(map(Path, ("/home", "/root", "/run/user")))
_UNITS = "share/plexsync/systemd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What a unit is made from."""

    version: str
    program: Path
    units: Mapping[str, str]
    """The units as they are shipped: text by name."""
    at_home: tuple[Path, ...] = ()
    """The folders of it that lie in somebody's home."""
    example: Path | None = None
    """The configuration to copy."""


def installed() -> Installation:
    """Find what was installed with us; raise a `UserError` where units are missing."""
    files = list(_files())
    program = _ending(files, "bin/plexsync")
    units = {path.name: path.read_text("utf-8") for path in files if _is_unit(path)}
    if program is None or not units:
        problem = (
            "this plexsync was not installed, or without its units: install it anew,"
            " as with pipx, and run the plexsync of that"
        )
        raise UserError([problem])
    return Installation(
        version=reconciler.__version__,
        program=program,
        units=units,
        at_home=tuple(at_home(_needed())),
        example=_ending(files, "share/plexsync/plexsync.toml"),
    )


def at_home(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield those of *folders* that lie in a home; one that is in another only once."""
    kept: list[Path] = []
    for folder in sorted(set(folders)):
        is_inside = any(folder.is_relative_to(outer) for outer in kept)
        if any(folder.is_relative_to(home) for home in _HOMES) and not is_inside:
            kept.append(folder)
            yield folder


def _needed() -> Iterator[Path]:
    """Yield what has to be seen: the environment, its Python, and our own modules."""
    own = Path(reconciler.__file__).parents[1]
    for folder in (Path(sys.prefix), Path(sys.base_prefix), own):
        yield folder
        yield folder.resolve()


def _files() -> Iterator[Path]:
    for path in Distribution.from_name("plexsync").files or ():
        yield Path(os.path.normpath(path.locate()))


def _is_unit(path: Path) -> bool:
    return str(PurePosixPath(path.parent)).endswith(_UNITS)


def _ending(files: Iterable[Path], end: str) -> Path | None:
    return next((path for path in files if str(path).endswith(f"/{end}")), None)
