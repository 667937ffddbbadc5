"""`plexsync-hook`: Stash runs it after a change of a scene, and it leaves word of that.

Stash waits for it, so it is quick, and whatever happens Stash is told that all is well:
what it does not leave word of, the next poll sees. It needs nothing but the standard
library, so that this one file can be copied to where Stash is and plexsync is not.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence

SCENE, POLL = "plexsync-scene-", "plexsync-poll"
"""How files of the spool are called: by a scene's id; or where there is no room left.

They are empty, and that one is there is all it says. So nobody has to open one that
somebody else may have put there; and it is made by one call, there or not there.
"""

ROOM = 1000
"""Files in a spool, about: beyond them the next is `POLL`, which speaks for all."""

HIGHEST = 2**63 - 1
"""The highest id that a ledger can hold."""

VARIABLES = ("PLEXSYNC_HOOK__SPOOL", "STASH_PLUGIN_DATA")
"""Name the spool, the stronger one first; the first is that of the key."""

_LONGEST = 4 * 2**20
"""Bytes: how much of an event is read in for its id; an event may bring a picture."""

_PIECE = 2**16

_USAGE = """\
usage: plexsync-hook [--spool FOLDER] < EVENT

Stash runs this as a plugin: see docs/hook.md. The spool is FOLDER, else what
PLEXSYNC_HOOK__SPOOL or STASH_PLUGIN_DATA name, else [hook] spool of plexsync.toml.
"""


def main() -> None:
    """Leave word of the event on stdin; the exit code is 0, whatever happens."""
    try:
        arguments = sys.argv[1:]
        if {"-h", "--help"}.intersection(arguments) or os.isatty(0):
            said = _USAGE
        else:
            said = answer(arguments, os.environ, lambda: os.read(0, _PIECE))
        os.write(1, said.encode())
    finally:
        # no exception is Stash's concern; nor shall it wait for an interpreter's end
        os._exit(0)


def answer(
    arguments: Sequence[str], environ: Mapping[str, str], read: Callable[[], bytes]
) -> str:
    """Leave word of the event that *read* brings in pieces; say to Stash what was done.

    What goes wrong is no error for Stash: it logs this at the level of debugging.
    """
    try:
        said = _report(arguments, environ, _whole(read))
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        said = f"nothing was left: {error!s}"
    return json.dumps({"output": said}) + "\n"


def _whole(read: Callable[[], bytes]) -> bytes | None:
    """Read to the end, or Stash would complain; None where it was too long to keep."""
    pieces, size = [], 0
    while piece := read():
        size += len(piece)
        if size <= _LONGEST:
            pieces.append(piece)
    return b"".join(pieces) if size <= _LONGEST else None


def _report(
    arguments: Sequence[str], environ: Mapping[str, str], event: bytes | None
) -> str:
    scene = None if event is None else scene_of(json.loads(event))
    if event is not None and scene is None:
        return "nothing to do: this is not about a scene"
    spool = _named(arguments, environ) or _configured(environ)
    if not spool:
        return "nothing was left: no spool is named"
    name = leave(_expanded(spool, environ), scene)
    return f"left {name}"


def scene_of(event: object) -> int | None:
    """Say which scene an event is about; None where it is about none that may exist.

    Stash has `Scene.Create.Post`, `Scene.Update.Post` and `Scene.Destroy.Post`; any
    other that it may come to have of scenes says the same: look again. What else it
    tells (of a scene that is gone its path) is not needed, and so is left nowhere.
    """
    for name in ("args", "hookContext"):
        event = event.get(name) if isinstance(event, dict) else None
    if not isinstance(event, dict):
        return None
    kind, scene = event.get("type"), event.get("id")
    is_scenes = isinstance(kind, str) and kind.startswith("Scene.")
    is_id = type(scene) is int and 0 < scene <= HIGHEST
    return scene if is_scenes and is_id else None


def leave(spool: str, scene: int | None) -> str:
    """Leave word of a scene, or of any; say by what name. One name is there once.

    What is there already was not taken yet, so it speaks for this as well, whatever it
    is: a link is not followed. Nothing is synced to the disk, which would take longer
    than all the rest: what a power cut takes, the next poll sees.
    """
    name = POLL if scene is None or not _has_room(spool) else f"{SCENE}{scene}"
    how = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        os.close(os.open(f"{spool}/{name}", how, 0o600))
    except FileExistsError:
        return f"{name}, as another has"
    return name


def _has_room(spool: str) -> bool:
    try:
        with os.scandir(spool) as entries:
            return all(number < ROOM for number, _ in enumerate(entries, start=1))
    except PermissionError:
        return False  # one may leave things here and not look: then one file it is


def _named(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    given = iter(arguments)
    for argument in given:
        name, _, value = argument.partition("=")
        if name == "--spool":
            return value or next(given, "")
    return next((environ[one] for one in VARIABLES if environ.get(one)), "")


def _configured(environ: Mapping[str, str]) -> str:
    """Read the configuration, where it can be: that takes as long as all the rest."""
    try:
        from reconciler.config import places
        from reconciler.core.errors import UserError
    except ImportError:
        return ""  # this file was copied to where plexsync is not
    try:
        hook = places.document(places.find(None, environ)).get("hook")
    except UserError:
        return ""  # there is none, or it is not for Stash's eyes
    spool = hook.get("spool") if isinstance(hook, dict) else None
    return spool if isinstance(spool, str) else ""


def _expanded(spool: str, environ: Mapping[str, str]) -> str:
    """Put HOME in the place of a leading ~, as the daemon does."""
    home = environ.get("HOME")
    return f"{home}{spool[1:]}" if home and spool.startswith("~/") else spool


if __name__ == "__main__":
    main()
