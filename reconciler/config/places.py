"""Where files are looked for, and how they are read; every failure is a sentence."""

import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reconciler.core.errors import UserError

FILE_VARIABLE = "PLEXSYNC_CONFIG"
"""Names the file itself, so it is no key of the file."""

_NAME = Path("plexsync/plexsync.toml")
_SYSTEM = Path("/etc") / _NAME
_SPOT = re.compile(r"(?s)(.*) \(at (.*)\)")


def find(path: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the file to read: *path*, else $PLEXSYNC_CONFIG, else the usual places."""
    named = environ.get(FILE_VARIABLE)
    if path is not None:
        return _only(path, "--config")
    if named:
        return _only(Path(named), FILE_VARIABLE)
    return first(usual(environ))


def usual(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return where the file may be if nobody names it, the operator's own first."""
    own = _folder(environ, "XDG_CONFIG_HOME", ".config")
    return (own / _NAME, _SYSTEM) if own else (_SYSTEM,)


def first(places: Sequence[Path]) -> Path:
    """Return the first of *places* that exists."""
    if found := next((place for place in places if present(place)), None):
        return found
    looked = " and ".join(map(str, places))
    raise UserError([f"no configuration: looked for {looked}; {_advice(places[0])}"])


def present(path: Path) -> bool:
    """Say whether *path* can be reached; `exists` raises in a folder that is closed."""
    try:
        path.stat()
    except (OSError, ValueError):  # the latter for a NUL in it
        return False
    return True


def _only(path: Path, named_by: str) -> Path:
    if present(path):
        return path
    raise UserError(
        [f"{path}: no such file can be reached, {named_by} names it; {_advice(path)}"]
    )


def _advice(path: Path) -> str:
    example = Path(sys.prefix) / "share/plexsync/plexsync.toml"
    installed = f" ({example})" if example.exists() else ""
    return f"copy the example plexsync.toml{installed} to {path} and fill it in"


def document(path: Path) -> dict[str, Any]:
    """Read the file's tables."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        sentence = (
            f"{path}: cannot be read: {reason}; name a file that plexsync may read"
        )
        raise UserError([sentence]) from None
    except UnicodeDecodeError as error:
        sentence = f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8"
        raise UserError([sentence]) from None
    except tomllib.TOMLDecodeError as error:
        raise UserError([f"{path}: {_located(str(error))}"]) from None


def _located(message: str) -> str:
    """Say where first; Python's own sentence never quotes more than a character."""
    found = _SPOT.fullmatch(message)
    what, spot = (found[1], found[2]) if found else (message, "some line")
    return f"not TOML at {spot}: {what[:1].lower()}{what[1:]}; correct it there"


def state_file(environ: Mapping[str, str]) -> Path | None:
    """Return where the ledger is if nobody says, None if no folder is known."""
    given = environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given) / "plexsync.db"
    own = _folder(environ, "XDG_STATE_HOME", ".local/state")
    return own / "plexsync/plexsync.db" if own else None


def expanded(value: str, environ: Mapping[str, str]) -> str:
    """Put HOME in the place of a leading ~."""
    home = environ.get("HOME")
    return f"{home}{value[1:]}" if home and value.startswith("~/") else value


def _folder(environ: Mapping[str, str], variable: str, default: str) -> Path | None:
    """Follow the XDG base directories: a relative path there is to be ignored."""
    given, home = Path(environ.get(variable, "")), environ.get("HOME")
    if given.is_absolute():
        return given
    return Path(home) / default if home else None
