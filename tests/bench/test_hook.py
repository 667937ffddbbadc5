"""What the hook costs Stash: whole processes, timed from outside."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.hook.running import copied
from tests.hook.siege import Siege, Times

RUNS, KILLS = 200, 20


def bare(runs: int) -> Times:
    """Time a Python that does nothing, for comparison."""
    each = []
    for _ in range(runs):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        each.append((time.perf_counter() - begun) * 1000)
    return Times(each=each)


@pytest.mark.bench
def test_200_runs_beside_a_ledger_that_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The console script, as installed; then while the listener is killed 20 times."""
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
    assert calm.median < 100
    assert killed.median < 100
