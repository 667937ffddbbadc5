"""Politeness, measured: what our delivering costs whoever else reads the same Plex.

On the double, each write holds the database and every read waits for it. No Plex is
known to be as bad as that; what is measured is what our pacing makes of it.
"""

from pathlib import Path

import pytest

from tests.bench.neighbour import Figures, street
from tests.engine.films import furnish
from tests.world import World

SHARE = 0.3
TOLERANCE = 0.03
"""Of wall time: what a loaded machine may add to the share that we see of ourselves.

The peace after an answer is reckoned from what it took as we saw it, so it errs on the
polite side; that of the last answer lies behind the end of what is measured.
"""


def _line(name: str, of: Figures) -> str:
    p50, p95, p99 = (1000 * of.quantile(n) for n in (50, 95, 99))
    waits = (
        f"reads {len(of.waits):5}: p50 {p50:6.1f}, p95 {p95:6.1f}, p99 {p99:6.1f} ms"
    )
    return (
        f"{name:22} {of.puts:4} puts in {of.wall:6.2f} s, busy {of.share:6.1%}; {waits}"
    )


@pytest.mark.bench
@pytest.mark.parametrize("write_seconds", [0.02, 0.1])
def test_what_a_neighbour_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], write_seconds: float
) -> None:
    world = World(folder=tmp_path)
    films = furnish(world, 40)
    with street(world, films, write_seconds=write_seconds) as plex:
        lines = [
            _line("without us", plex.alone(5.0)),
            _line(f"share = {SHARE}", plex.beside(SHARE, "politely")),
            _line("share = 1.0", plex.beside(1.0, "hastily")),
        ]
    with capsys.disabled():
        print(f"\na write holds the database for {write_seconds:g} s")  # noqa: T201 - a bench prints
        print("\n".join(lines))  # noqa: T201 - as above


@pytest.mark.slow
def test_our_share_of_a_plex_that_serialises_writes_is_the_one_that_is_set(
    world: World,
) -> None:
    films = furnish(world, 30)
    with street(world, films, write_seconds=0.05) as plex:
        polite = plex.beside(SHARE, "politely")
        hasty = plex.beside(1.0, "hastily")

    assert polite.puts == hasty.puts == len(films)
    assert polite.share <= SHARE + TOLERANCE
    assert hasty.share > 2 * SHARE
    assert hasty.wall < polite.wall / 2
    # most of the neighbour's reads meet no write of ours at all
    assert polite.quantile(50) < 0.05 / 2 < hasty.quantile(50)
