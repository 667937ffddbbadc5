"""The sites of the operations, and the table of how soon they were seen."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.core.scanning import MARGIN
from reconciler.core.values import OnDelete
from tests.contract.conftest import live_server
from tests.seeing.double import LONG, double_site
from tests.seeing.real import furnish_all, real_site
from tests.seeing.stage import Stage, furnish, make_news, put_films
from tests.world import World

_TWO_DAYS = 2 * 86400.0
SECONDS = "seconds until Plex says so"
_LIBRARY = os.environ.get("PLEXSYNC_LIVE_STASH_LIBRARY", "")


@pytest.fixture
def stage(tmp_path: Path, version: str) -> Stage:
    """Furnish films on the double, and let them grow old."""
    world = World(folder=tmp_path, version=version, on_delete=OnDelete.RESTORE)
    site, folder = double_site(world), "q0000001"
    put_films(site, folder)
    films = furnish(site, folder)
    world.later(_TWO_DAYS)
    make_news(site)
    world.later(2 * MARGIN.total_seconds())
    world.reconcile(is_full=True)
    site.a_job = LONG
    return films


@pytest.fixture(scope="session")
def stages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Stage]]:
    """Furnish films for all operations on a real Stash, and let them grow old."""
    if not _LIBRARY:
        pytest.skip("PLEXSYNC_LIVE_STASH_LIBRARY names no folder to put films into")
    wanted = sum(
        "stages" in getattr(i, "fixturenames", ()) for i in request.session.items
    )
    folder = tmp_path_factory.mktemp("real")
    site = real_site(live_server(), Path(_LIBRARY), folder)
    site.world.on_delete = OnDelete.RESTORE
    try:
        films = furnish_all(site, wanted)
        site.schedule.settle()
        yield films
    finally:
        site.leave()
        site.world.source.close()


@pytest.fixture
def live_stage(stages: list[Stage]) -> Stage:
    """Take films that no other operation has had."""
    return stages.pop()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell the seconds of each operation, with `-s`."""
    if config.getoption("capture") != "no":
        return
    for report in terminalreporter.stats.get("passed", ()):
        for name, value in report.user_properties:
            if name == SECONDS:
                terminalreporter.write_line(f"{value:7.2f} s  {report.nodeid}")
