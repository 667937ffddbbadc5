"""A real systemd with plexsync installed on it, and a Stash and a Plex beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.systemd import debian, wheels
from tests.systemd.container import Container, booted
from tests.systemd.gate import Gate
from tests.systemd.service import Service, install

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these out of `make test`; and give the first the time to make a system."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.systemd)
            item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """Boot it, with plexsync's wheel installed and nothing configured."""
    if (why := debian.missing()) is not None:
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("systemd")
    try:
        root = debian.root()
        wheels.own(folder)
        shown = {wheels.needed(): "/mnt/needed", folder: "/mnt/own"}
        with booted(root, folder, shown) as container:
            install(container)
            yield container
    except debian.CannotError as error:
        pytest.skip(f"no systemd of our own here: {error}")


@pytest.fixture
def service(container: Container, tmp_path: Path) -> Iterator[Service]:
    """Put the units in place, configured for two servers with secrets."""
    desk = Desk(tmp_path)
    service = Service(container, desk)
    service.prepare()
    yield service
    service.tell()
    service.clear()
    desk.close()


@pytest.fixture
def gate(service: Service) -> Iterator[Gate]:
    gate = Gate(service)
    yield gate
    gate.open()
