"""Whoever asks over HTTP how the daemon is gets counts and numbers, and no more."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from reconciler import __version__
from reconciler.clock import Clock
from reconciler.config.kinds import Address
from reconciler.daemon.listening import Listener
from reconciler.daemon.standing import Counters, Standing, stand
from reconciler.engine.health import Daemon, HealthItem, Trouble
from reconciler.engine.status import Status
from tests.cli.test_documents import documented, expected, keys
from tests.engine.test_health import EVERYTHING, NAME, NOW

BEAT = 1000.0
WELL = stand(Status(), Daemon(poll=60, polled_at=NOW), Counters(), now=NOW, beat=BEAT)
ILL = stand(EVERYTHING, Daemon(poll=60), Counters(), now=NOW, beat=BEAT)
HERE = Address(host="127.0.0.1", port=0)


class Asked:
    """What was answered."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


class Site:
    """A listener, and what it has to tell."""

    def __init__(self, address: Address) -> None:
        self.standing: Standing = WELL
        self.moment = BEAT
        clock = Clock(monotonic=lambda: self.moment)
        self.listener = Listener(address, lambda: self.standing, clock, look=0.02)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Asked:
        host = self.listener.address.host.replace("0.0.0.0", "127.0.0.1")
        connection = http.client.HTTPConnection(host, self.listener.port, timeout=10)
        try:
            connection.request(method, path, headers=headers)
            return Asked(connection.getresponse())
        finally:
            connection.close()

    def ask_until_served(self, path: str) -> Asked:
        for _ in range(200):
            with suppress(http.client.HTTPException, OSError):
                return self.ask(path)
            threading.Event().wait(0.05)
        raise AssertionError("nobody is served any more")

    def values(self) -> dict[tuple[str, ...], float]:
        """Read all metrics: name and labels -> value."""
        families = text_string_to_metric_families(self.ask("/metrics").text)
        return {
            (sample.name, *(v for _, v in sorted(sample.labels.items()))): sample.value
            for family in families
            for sample in family.samples
        }


@pytest.fixture
def open_site() -> Iterator[Callable[[Address], Site]]:
    with ExitStack() as stack:

        def opened(address: Address) -> Site:
            site = Site(address)
            site.listener.start()
            stack.callback(site.listener.stop)
            return site

        yield opened


@pytest.fixture
def site(open_site: Callable[[Address], Site]) -> Site:
    return open_site(HERE)


def shown(page: str) -> set[str]:
    """Take the keys that docs/json.md lists for a page."""
    return expected(page) - documented("every document")


def test_it_is_alive_while_the_main_loop_comes_round(site: Site) -> None:
    site.moment = BEAT + 30
    well = site.ask("/healthz")
    site.moment = BEAT + 30.5
    ill = site.ask("/healthz")

    assert (well.status, well.document) == (200, {"alive": True, "beat": 30.0})
    assert (ill.status, ill.document) == (503, {"alive": False, "beat": 30.5})
    assert set(well.document) == shown("/healthz")


def test_it_is_ready_or_says_why_not(site: Site) -> None:
    well = site.ask("/readyz")
    site.standing = ILL
    ill = site.ask("/readyz")

    assert (well.status, well.document) == (200, {"ready": True, "health": []})
    assert (ill.status, ill.document["ready"]) == (503, False)
    assert [item["message"] for item in ill.document["health"]] == [
        item.message for item in ILL.health
    ]
    assert set(keys(ill.document)) == shown("/readyz")
    assert ill.headers["Content-Type"] == "application/json"


def test_what_goes_on_is_ready_whatever_else_is_in_the_way(site: Site) -> None:
    site.standing = replace(ILL, is_ready=True)

    assert site.ask("/readyz").status == 200


def test_the_status_is_the_document_of_the_command(site: Site) -> None:
    site.standing = ILL

    found = site.ask("/status.json")

    holds_no_pass = {key for key in expected("status") if key.startswith("last.")}
    assert found.status == 200
    assert set(keys({**found.document, "doubts": {}, "doubted_since": {}})) == (
        expected("status") - holds_no_pass
    )
    assert found.document["doubts"] == EVERYTHING.doubts
    assert found.document["health"] == site.ask("/readyz").document["health"]
    head = ("version", "command", "exit_code", "problems")
    assert [found.document[key] for key in head] == [1, "status", 0, []]


def test_the_metrics_are_what_is_known(site: Site) -> None:
    site.standing = replace(
        ILL,
        status=replace(
            EVERYTHING,
            scenes=12,
            watermark=NOW - 60,
            outbox={"planned": 3, "released": 2},
            retrying=1,
        ),
        polled_at=NOW,
        counters=Counters(
            requests={"stash poll": 7, "plex put": 2, "plex items": 3},
            passes={"done": 4, "failed": 1},
            seconds=2.5,
            written=9,
        ),
    )

    values = site.values()

    assert {
        name: value for name, value in values.items() if "health" not in name[0]
    } == {
        ("plexsync_build_info", __version__): 1,
        ("plexsync_ready",): 0,
        ("plexsync_last_poll_timestamp_seconds",): NOW,
        ("plexsync_watermark_timestamp_seconds",): NOW - 60,
        ("plexsync_scenes",): 12,
        ("plexsync_owed", "planned"): 3,
        ("plexsync_owed", "released"): 2,
        ("plexsync_retrying",): 1,
        ("plexsync_waiting",): 1,
        ("plexsync_dead_letters",): 1,
        ("plexsync_conflicts",): 1,
        ("plexsync_contested",): 1,
        ("plexsync_held_passes",): 2,
        ("plexsync_doubts",): 2,
        ("plexsync_paused",): 1,
        ("plexsync_outage", "stash"): 1,
        ("plexsync_outage", "plex"): 1,
        ("plexsync_requests_total", "poll", "stash"): 7,
        ("plexsync_requests_total", "put", "plex"): 2,
        ("plexsync_requests_total", "items", "plex"): 3,
        ("plexsync_passes_total", "done"): 4,
        ("plexsync_passes_total", "failed"): 1,
        ("plexsync_writes_total",): 9,
        ("plexsync_pass_seconds_count",): 5,
        ("plexsync_pass_seconds_sum",): 2.5,
    }
    items = {name[1]: n for name, n in values.items() if "health" in name[0]}
    assert set(items) == set(Trouble)
    assert (items["held pass"], items["conflicts"], items["stale"]) == (2, 1, 0)


def test_what_is_not_known_yet_is_no_zero(site: Site) -> None:
    site.standing = replace(WELL, polled_at=None)

    names = {name for name, *_ in site.values()}

    assert not any(name.endswith("timestamp_seconds") for name in names)


def test_no_metric_and_no_reason_tells_a_title(site: Site) -> None:
    site.standing = ILL

    for path in ("/metrics", "/readyz", "/healthz"):
        assert NAME not in site.ask(path).text


def test_metrics_come_in_the_form_that_was_asked_for(site: Site) -> None:
    plain = site.ask("/metrics")
    other = site.ask(
        "/metrics", Accept="application/openmetrics-text; version=1.0.0, text/plain"
    )

    assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert other.headers["Content-Type"].startswith("application/openmetrics-text")
    families = openmetrics.text_string_to_metric_families(other.text)
    assert "plexsync_ready" in {family.name for family in families}


@pytest.mark.parametrize("path", ["/", "/healthz/", "/metrics/x", "/%00", "/status"])
def test_there_is_nothing_else(site: Site, path: str) -> None:
    found = site.ask(path)

    assert (found.status, found.text) == (
        404,
        "not found: get /healthz, /readyz, /metrics, /status.json\n",
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_nothing_can_be_done(site: Site, method: str, path: str) -> None:
    found = site.ask(path, method)

    assert (found.status, found.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/status.json"])
def test_a_head_is_the_page_without_its_text(site: Site, path: str) -> None:
    whole, head = site.ask(f"{path}?of=all"), site.ask(path, "HEAD")

    assert (head.status, head.text) == (whole.status, "")
    assert head.headers["Content-Length"] == str(len(whole.text.encode()))
    assert head.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:9797", 200),
        ("localhost", 200),
        ("LOCALHOST:9797", 200),
        ("[::1]:9797", 200),
        ("rebound.example", 421),
        ("127.0.0.1.rebound.example:9797", 421),
        ("[::1", 421),
    ],
)
def test_a_page_of_the_web_cannot_ask_by_a_name_of_its_own(
    site: Site, host: str, status: int
) -> None:
    found = site.ask("/status.json", Host=host)

    assert found.status == status
    assert ("health" in found.text) == (status == 200)


def test_one_who_listens_for_others_answers_to_any_name(
    open_site: Callable[[Address], Site],
) -> None:
    site = open_site(Address(host="0.0.0.0", port=0))

    assert site.ask("/readyz", Host="plexsync.example").status == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_it_listens_at_an_address_of_ipv6(
    open_site: Callable[[Address], Site],
) -> None:
    site = open_site(Address(host="::1", port=0))

    assert site.ask("/readyz").status == 200


def trouble(site: Site) -> HealthItem | None:
    return site.listener.trouble


def test_an_address_that_another_has_is_told_and_taken_once_it_is_free(
    site: Site, open_site: Callable[[Address], Site]
) -> None:
    address = Address(host="127.0.0.1", port=site.listener.port)

    second = open_site(address)

    told = trouble(second)
    assert told is not None
    assert (second.listener.port, told.type) == (0, Trouble.UNHEARD)
    assert told.message == f"nobody listens at {address}: address already in use"
    site.listener.stop()
    second.listener.start()
    assert trouble(second) is None
    assert second.ask("/readyz").status == 200


def test_an_address_that_is_not_ours_is_told(
    open_site: Callable[[Address], Site],
) -> None:
    told = trouble(open_site(Address(host="192.0.2.1", port=9797)))

    assert told is not None
    assert told.message.startswith("nobody listens at 192.0.2.1:9797: cannot assign")


def test_a_start_is_harmless_where_it_listens_and_so_is_a_stop_where_not(
    site: Site,
) -> None:
    port = site.listener.port
    site.listener.start()
    assert site.listener.port == port
    site.listener.stop()
    site.listener.stop()
    assert site.listener.port == 0


def silent(site: Site) -> socket.socket:
    """Come, and say half of what is to be said."""
    client = socket.create_connection(("127.0.0.1", site.listener.port), timeout=10)
    client.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
    return client


def test_it_stops_within_a_second_whoever_is_still_there(
    open_site: Callable[[Address], Site],
) -> None:
    site = open_site(HERE)
    address = Address(host="127.0.0.1", port=site.listener.port)
    with silent(site):
        begun = time.monotonic()
        site.listener.stop()
        assert time.monotonic() - begun < 1
        assert open_site(address).listener.trouble is None


def test_those_who_say_nothing_leave_room_once_they_go(site: Site) -> None:
    with ExitStack() as crowd:
        for _ in range(16):
            crowd.enter_context(silent(site))
        with pytest.raises((http.client.HTTPException, OSError)):
            site.ask("/healthz")

    assert site.ask_until_served("/healthz").status == 200
