"""A small Debian with systemd in it, made once and kept outside of the checkout.

It is made by debootstrap from the mirror that this machine's own apt knows.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from tests.systemd.programs import run

_RECIPE = {
    "suite": "bookworm",
    "variant": "minbase",
    # libpam-systemd: without it nobody but root has a systemd of their own
    "include": "systemd,systemd-sysv,libpam-systemd,dbus,python3,python3-venv",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
}
_PROGRAMS = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container"}


class CannotError(Exception):
    """This machine does not do for a systemd of our own; says in what."""


def missing() -> str | None:
    """Say why no such system can be made and started here; None where one can."""
    if os.geteuid() != 0:
        return "only root starts a systemd of its own"
    for program, package in _PROGRAMS.items():
        if shutil.which(program) is None:
            return f"there is no {program}; Debian has it in {package}"
    if not cached().exists() and mirror() is None:
        return "apt knows no mirror of Debian here"
    return None


def cache() -> Path:
    """Return the folder that things are kept in from one run to the next."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "plexsync-tests"


def cached() -> Path:
    """Name the system's root; another recipe makes another one."""
    recipe = json.dumps(_RECIPE, sort_keys=True).encode()
    return cache() / f"root-{hashlib.sha256(recipe).hexdigest()[:12]}"


def mirror() -> str | None:
    """Ask apt where it has Debian from."""
    if shutil.which("apt-get") is None:
        return None
    only = ("Created-By: Packages", "Origin: Debian", "Component: main")
    asked = run("apt-get", "indextargets", "--format", "$(REPO_URI)", *only)
    return next(iter(asked.stdout.split()), None)


def root() -> Path:
    """Return the system's root; made, in a minute, where there is none yet."""
    with making(cached()) as place:
        if place is not None:
            _bootstrap(place)
    return cached()


@contextmanager
def making(wanted: Path) -> Iterator[Path | None]:
    """Hand out a folder to make *wanted* in, unless it is there already."""
    with alone(wanted):
        if wanted.exists():
            yield None
            return
        place = wanted.with_name(f"{wanted.name}.part")
        shutil.rmtree(place, ignore_errors=True)
        yield place
        place.rename(wanted)


@contextmanager
def alone(what: Path) -> Iterator[None]:
    """Wait until no other run of these tests is at it, and let none come meanwhile."""
    what.parent.mkdir(parents=True, exist_ok=True)
    with what.with_name(f"{what.name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def _bootstrap(place: Path) -> None:
    options = (f"--variant={_RECIPE['variant']}", f"--include={_RECIPE['include']}")
    made = run("debootstrap", *options, _RECIPE["suite"], str(place), str(mirror()))
    if made.returncode:
        raise CannotError(f"debootstrap: {last_line(made.stdout + made.stderr)}")
    (place / "etc/hosts").write_text(_RECIPE["hosts"], encoding="utf-8")


def last_line(text: str) -> str:
    """Take what was said last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it did not say why"
