"""What the hook costs Stash: whole processes, timed from outside."""

import sys
from pathlib import Path

import pytest

from tests.hook.running import copied
from tests.hook.siege import Siege, Times, timed

RUNS, KILLS = 200, 20


def bare(runs: int) -> Times:
    """Time a Python that does nothing, for comparison."""
    command = (sys.executable, "-c", "pass")
    return Times(each=[timed(command, b"")[0] for _ in range(runs)])


@pytest.mark.bench
def test_200_runs_beside_a_ledger_that_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The console script, as installed; then while the listener is killed 20 times.

    A machine that has other things to do makes any process wait; so the limit is on
    what the hook itself takes of a processor.
    """
    sieges = {}
    for name in ("calm", "killed", "copied"):
        (tmp_path / name).mkdir()
        sieges[name] = Siege(folder=tmp_path / name, films=RUNS)
    sieges["copied"].command = copied(tmp_path)

    calm = sieges["calm"].run(RUNS)
    killed = sieges["killed"].run(RUNS, kills=KILLS)
    alone = sieges["copied"].run(RUNS)

    with capsys.disabled():
        print(f"\n{'hook, ledger written':32} {calm}")  # noqa: T201 - a bench prints
        print(f"{f'hook, listener killed {KILLS} times':32} {killed}")  # noqa: T201 - as above
        print(f"{'its one file, without plexsync':32} {alone}")  # noqa: T201 - as above
        print(f"{'a python that does nothing':32} {bare(RUNS)}")  # noqa: T201 - as above
    assert all(siege.heard() == siege.edits for siege in sieges.values())
    assert max(calm.busy, killed.busy, alone.busy) < 100
