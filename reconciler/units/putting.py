"""What is done to put units in place and to take them out: planned, then carried out.

A plan looks and changes nothing; carrying it out twice comes to the same.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reconciler.units import text as texts
from reconciler.units.installation import Installation
from reconciler.units.site import Site

_FOREIGN = "plexsync has not put it there"


class Deed(StrEnum):
    """What is done to one path."""

    PUT = "put"  # written anew, or over what we had put there ourselves
    KEPT = "as it is"
    ASIDE = "set aside"  # renamed: somebody has edited it
    MADE = "made"  # an empty file or a folder
    REMOVED = "removed"
    LEFT = "left"  # it is not ours to change


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One path, and what is done to it."""

    deed: Deed
    path: Path
    text: str | None = None
    """What is put there."""
    aside: Path | None = None
    """What it is called from then on."""
    why: str = ""


def to_install(site: Site, installation: Installation) -> list[Step]:
    """Say what putting the units in place comes to."""
    wanted = site.fitted(installation)
    units = [step for name, text in wanted.items() for step in _put(site, name, text)]
    return [*units, *_places(site)]


def to_uninstall(site: Site, installation: Installation) -> list[Step]:
    """Say what taking the units out comes to."""
    units = [step for name in installation.units for step in _take(site.units / name)]
    return [*sorted(units, key=lambda step: step.path), *_cleared(site)]


def carry_out(steps: Sequence[Step]) -> None:
    """Do it; raise an `OSError` at the first step that cannot be done."""
    for step in steps:
        _do(step)


def _put(site: Site, name: str, text: str) -> Iterator[Step]:
    path = site.units / name
    has = _text(path)
    if path.is_symlink():
        why = f"it is a link to {path.readlink()}, as of a unit that is masked"
        yield Step(deed=Deed.LEFT, path=path, why=why)
        return
    if has == text:
        yield Step(deed=Deed.KEPT, path=path)
        return
    if has is not None and not texts.is_untouched(has):
        yield _aside(path, has)
    yield Step(deed=Deed.PUT, path=path, text=text)


def _take(path: Path) -> Iterator[Step]:
    has = _text(path)
    if has is None and not path.is_symlink():
        return
    if path.is_symlink() or has is None or not texts.is_sealed(has):
        yield Step(deed=Deed.LEFT, path=path, why=_FOREIGN)
    elif texts.is_untouched(has):
        yield Step(deed=Deed.REMOVED, path=path)
    else:
        yield _aside(path, has)


def _aside(path: Path, has: str) -> Step:
    names = (path.with_name(f"{path.name}.old{n}") for n in ("", *range(2, 1000)))
    free = next(name for name in names if not name.exists())
    why = "somebody has edited it" if texts.is_sealed(has) else _FOREIGN
    return Step(deed=Deed.ASIDE, path=path, aside=free, why=why)


def _places(site: Site) -> Iterator[Step]:
    """Make the places of the secrets; nobody else may read what is written there."""
    if site.secrets and not site.config.exists():
        yield Step(deed=Deed.MADE, path=site.config)
    for path in site.secrets:
        if not path.exists():
            why = "empty; for root only"
            yield Step(deed=Deed.MADE, path=path, text="", why=why)


def _cleared(site: Site) -> Iterator[Step]:
    """Take out the places that are still empty; leave everything else."""
    empty = [path for path in site.secrets if _text(path) == ""]
    yield from (Step(deed=Deed.REMOVED, path=path) for path in empty)
    if site.config.is_dir():
        rest = [path for path in site.config.iterdir() if path not in empty]
        if rest or site.is_user:
            yield Step(deed=Deed.LEFT, path=site.config, why="the configuration")
        else:
            yield Step(deed=Deed.REMOVED, path=site.config)
    if site.state.exists() or site.state.is_symlink():
        yield Step(deed=Deed.LEFT, path=site.state, why="the state")


def _text(path: Path) -> str | None:
    """Read a file; None where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _do(step: Step) -> None:
    match step.deed:
        case Deed.PUT:
            _write(step.path, step.text or "")
        case Deed.ASIDE if step.aside is not None:
            step.path.rename(step.aside)
        case Deed.MADE if step.text is None:
            step.path.mkdir(parents=True)
            step.path.chmod(0o755)
        case Deed.MADE:
            os.close(os.open(step.path, os.O_CREAT | os.O_EXCL, 0o600))
        case Deed.REMOVED if step.path.is_dir():
            step.path.rmdir()
        case Deed.REMOVED:
            step.path.unlink()
        case _:
            pass  # as it is, or left


def _write(path: Path, text: str) -> None:
    """Put a unit in place as a whole, for everybody to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.chmod(0o644)
    beside.replace(path)
