"""A state made, filled, copied and put back where there may be no room for it.

Run as a process, as `disks`; it reads in no more than the state, so that it can be
tried on many sizes.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from state.backups import Backups
from state.errors import StateError
from state.ledger import held
from state.recovery import restore
from state.soundness import examine
from tests.state.samples import snapshot, write


def _tell(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def live(folder: Path) -> None:
    """Make, fill, copy and put back a state where there may be no room for it."""
    state = folder / "plexsync.db"
    backups = Backups(state, folder / "backups")
    steps: dict[str, Callable[[], object]] = {
        "filled": lambda: _fill_state(state),
        "backed up": lambda: backups.make(datetime(2026, 3, 1, tzinfo=UTC)),
        "put back": lambda: restore(
            backups, None, now=datetime(2026, 3, 2, tzinfo=UTC), mounts=lambda: ""
        ),
    }
    for name, step in steps.items():
        try:
            step()
        except StateError as error:
            _tell("said:", error)
        else:
            _tell("done:", name)
    copies = backups.all(datetime(2026, 3, 3, tzinfo=UTC))
    (folder / "room").unlink()  # to look at them takes some
    for file in (state, *(one.path for one in copies)):
        if file.exists() and (problem := examine(file).problem):
            _tell("wrong:", file, problem)


def _fill_state(state: Path) -> None:
    state.with_name("room").write_bytes(b"x" * 65536)
    with held(state, command="run", since="now", mounts=lambda: "") as ledger:
        for scene in range(1, 60):
            with ledger.transaction():
                ledger.scenes.put([write(snapshot(scene, content="x" * 3000))])


if __name__ == "__main__":
    live(Path(sys.argv[1]))
