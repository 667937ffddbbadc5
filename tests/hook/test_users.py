"""The hook and the daemon as users of their own: whose the spool has to be."""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.clients.spool import Spool
from reconciler.hook import POLL, SCENE, leave
from tests.hook.events import updated
from tests.hook.running import BARE, copied, run

NOBODY = 65534
PYTHONS = (BARE[0], "/usr/bin/python3")
STASH, DAEMON, SHARED, ROOT = 60001, 60002, 60003, 0
"""Users, and the group that the first two have in common."""


def left(spool: Path) -> set[str]:
    return {path.name for path in spool.iterdir()}


@pytest.fixture
def open_spool() -> Iterator[Path]:
    """Make a spool that other users can get to, if not into."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        spool = folder / "spool"
        spool.mkdir()
        yield spool


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (0o777, {f"{SCENE}45"}),
        (0o1777, {f"{SCENE}45"}),
        (0o733, {POLL}),  # it may not look how much room there is
        (0o755, set()),
        (0o700, set()),
    ],
)
def test_what_another_user_may_do_there_it_does(
    open_spool: Path, mode: int, expected: set[str]
) -> None:
    """As root we become somebody else; else we take the right from ourselves."""
    script = copied(open_spool.parent)[-1]
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    if os.geteuid():
        user, mode = {}, mode & 0o7077 | (mode & 0o7) << 6
    python = next((one for one in PYTHONS if may_run(one, user)), None)
    if python is None:
        pytest.skip("no other user may run a Python here")
    open_spool.chmod(mode)

    command = (python, "-I", "-S", script, "--spool", str(open_spool))
    done = run(command, updated(45), **user)
    open_spool.chmod(0o700)

    assert (done.returncode, done.stderr) == (0, b"")
    assert left(open_spool) == expected


def may_run(python: str, user: Mapping[str, Any]) -> bool:
    try:
        done = run((python, "-c", "pass"), b"", **user)
    except OSError:
        return False
    return done.returncode == 0


@contextlib.contextmanager
def being(user: int) -> Iterator[None]:
    """Be another user, in the group that is shared."""
    os.setegid(SHARED)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(ROOT)
        os.setegid(ROOT)


@pytest.mark.skipif(os.geteuid() != ROOT, reason="only root can be two other users")
@pytest.mark.parametrize(
    ("whose", "mode", "is_left", "is_taken"),
    [
        ((ROOT, SHARED), 0o2770, True, True),  # what docs/hook.md says
        ((DAEMON, SHARED), 0o770, True, True),
        ((DAEMON, SHARED), 0o3770, True, True),
        ((DAEMON, ROOT), 0o1777, True, True),
        ((ROOT, ROOT), 0o1777, True, False),  # as /tmp: only who left it may take it
        ((STASH, STASH), 0o755, True, False),
        ((DAEMON, DAEMON), 0o755, False, True),
    ],
)
def test_what_one_user_leaves_another_takes_where_the_folder_lets_them(
    open_spool: Path,
    whose: tuple[int, int],
    mode: int,
    *,
    is_left: bool,
    is_taken: bool,
) -> None:
    os.chown(open_spool, *whose)
    open_spool.chmod(mode)
    spool = Spool(open_spool)

    with being(STASH), contextlib.suppress(PermissionError):
        leave(str(open_spool), 7)
    was_left = left(open_spool)
    with being(DAEMON):
        spool.forget(spool.take(10))

    assert was_left == ({f"{SCENE}7"} if is_left else set())
    assert left(open_spool) == (set() if is_taken else was_left)
    assert (spool.trouble == "") is is_taken
