"""plexsync as a wheel, and the wheels that it needs, for a system without a network."""

import hashlib
import sys
from pathlib import Path

from tests.systemd.debian import cache, making
from tests.systemd.programs import done

ROOT = Path(__file__).parents[2]
_LOCKED = ROOT / "requirements/runtime.txt"
_PYTHON = "3.11"  # what the system has; this one's may be another


def needed() -> Path:
    """Return a folder with the locked wheels; fetch them where it is not there yet."""
    digest = hashlib.sha256(_LOCKED.read_bytes()).hexdigest()[:12]
    wanted = cache() / f"wheels-{digest}"
    with making(wanted) as place:
        if place is not None:
            _pip(
                "download",
                "--require-hashes",
                f"--requirement={_LOCKED}",
                "--only-binary=:all:",
                f"--python-version={_PYTHON}",
                f"--dest={place}",
            )
    return wanted


def own(folder: Path) -> Path:
    """Build the checkout's own wheel in *folder*."""
    _pip("wheel", "--no-deps", "--no-build-isolation", f"--wheel-dir={folder}", ROOT)
    (wheel,) = folder.glob("plexsync-*.whl")
    return wheel


def _pip(command: str, *words: object) -> None:
    done(sys.executable, "-m", "pip", command, "--quiet", *map(str, words))
