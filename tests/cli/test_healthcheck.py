"""`plexsync healthcheck` says in one line, and its exit code, how the daemon is."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from reconciler.clock import Clock
from reconciler.config.kinds import Address
from reconciler.daemon.listening import Listener
from reconciler.daemon.standing import Counters, Standing, stand
from reconciler.engine.health import Daemon
from reconciler.engine.status import Status
from tests.cli.desk import Desk
from tests.cli.test_documents import expected, keys

READY = stand(Status(), Daemon(poll=60, polled_at=1), Counters(), now=1, beat=0.0)
STARTING = stand(Status(conflicts=2), Daemon(poll=60), Counters(), now=1, beat=0.0)


class Site:
    """A daemon that listens, and says what a test has it say."""

    def __init__(self) -> None:
        self.standing: Standing = READY
        address = Address(host="127.0.0.1", port=0)
        self.listener = Listener(address, lambda: self.standing, Clock())


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    site = Site()
    site.listener.start()
    desk.configure(health={"listen": f"127.0.0.1:{site.listener.port}"})
    yield site
    site.listener.stop()


def test_a_daemon_that_is_ready_is_well(desk: Desk, site: Site) -> None:
    said = desk.run("healthcheck")

    assert (said.code, said.out, said.err) == (0, "ready\n", "")


def test_one_that_is_not_says_why_in_one_line(desk: Desk, site: Site) -> None:
    site.standing = STARTING

    said = desk.run("healthcheck")

    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "error: not ready: starting: stash has not been asked yet; conflicts: 2 fields"
        " are left as somebody has them in Plex\n"
    )


def test_a_daemon_is_well_though_the_file_is_not(desk: Desk, site: Site) -> None:
    """Else a container would be restarted, and its daemon refuse the file."""
    listen = f"127.0.0.1:{site.listener.port}"
    desk.configure(health={"listen": listen}, stash={"url": "nowhere"})

    said = desk.run("healthcheck")
    as_json = desk.run("healthcheck", "--json")

    assert (said.code, said.out) == (0, "ready\n")
    assert said.err.startswith("warning: ")
    told = [said.err.strip().removeprefix("warning: ")]
    assert as_json.document["problems"] == told


def test_a_program_gets_a_document(desk: Desk, site: Site) -> None:
    well = desk.run("healthcheck", "--json").document
    site.standing = STARTING
    ill = desk.run("healthcheck", "--json")

    assert (well["ready"], well["health"], well["problems"]) == (True, [], [])
    assert set(keys(ill.document)) == expected("healthcheck")
    assert ill.code == ill.document["exit_code"] == 1
    assert [item["type"] for item in ill.document["health"]] == [
        "starting",
        "conflicts",
    ]
    assert [f"error: {problem}" for problem in ill.document["problems"]] == ill.errors


def test_one_that_is_not_there_is_not_well(desk: Desk, site: Site) -> None:
    address = f"127.0.0.1:{site.listener.port}"
    site.listener.stop()

    said = desk.run("healthcheck")

    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"error: nobody answers at {address} (connection refused): does `plexsync run`"
        " run?\n"
    )


def test_another_program_at_its_address_is_not_taken_for_it(desk: Desk) -> None:
    address = urlsplit(desk.stash_server.url).netloc
    desk.configure(health={"listen": address})

    said = desk.run("healthcheck")

    assert (said.code, said.out) == (1, "")
    assert said.err == f"error: who answers at {address} is not plexsync\n"


def test_one_that_speaks_no_http_is_not_taken_for_it(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        desk.configure(health={"listen": address})
        with desk.start("healthcheck") as process:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"220 mail.example ESMTP\r\n")
            out, err = process.communicate(timeout=60)
        said = desk.heard(out, err, code=process.returncode)

    assert (said.code, said.out) == (1, "")
    assert said.err == f"error: who answers at {address} is not plexsync\n"


def test_who_listens_everywhere_is_asked_nearby(desk: Desk, site: Site) -> None:
    desk.configure(health={"listen": f"0.0.0.0:{site.listener.port}"})

    said = desk.run("healthcheck")

    assert (said.code, said.out) == (0, "ready\n")
    assert said.err.startswith("warning: ")


def test_where_nothing_listens_the_configuration_is_at_fault(desk: Desk) -> None:
    said = desk.run("healthcheck")

    assert said.code == 2
    assert said.err == (
        f"error: {desk.config}: health.listen is missing; write where the daemon is to"
        " listen, like 127.0.0.1:9797\n"
    )
