"""The Stash client: what it asks, what it makes of answers, and what of failures."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.stash import StashClient, StashReport
from reconciler.clients.stash_queries import READ_PAGE, SCAN_PAGE
from reconciler.core.errors import (
    BusyError,
    PermanentError,
    ServerError,
    StrangerError,
    TransientError,
    UnauthorisedError,
    UserError,
)
from reconciler.core.values import Entity, Kind, Scene, SceneFile, SceneId
from reconciler.engine.ports import Source
from tests.clients.canned import (
    DATE,
    JSON,
    KEY,
    URL,
    Canned,
    Shelf,
    answered,
    client,
    data,
    page,
    refused,
    scene,
    status,
)
from tests.sandbox.server import (
    LOGIN_PAGE,
    Fault,
    InProcessAdapter,
    Request,
    Response,
    Server,
    What,
    too_many,
)
from tests.sandbox.stash.http import StashDouble
from tests.sandbox.stash.model import StashModel, Status


def scan(stash: StashClient) -> None:
    stash.scan(since="2026", fresh="2026", after=SceneId(0))


def told(error: BaseException | None) -> str:
    """Return all that an error and those behind it say of themselves."""
    text = ""
    while error is not None:
        text += f"{error} {error!r} "
        error = error.__cause__ or error.__context__
    return text


# What is asked, and what becomes of it.


def test_the_client_is_a_source() -> None:
    stash: Source = client(Shelf(set()))

    assert stash.scan(since="", fresh="", after=SceneId(0)).is_last


@pytest.mark.parametrize(
    "url",
    [
        "http://h:1",
        "http://h:1/",
        "http://h:1/graphql",
        "http://h:1/graphql/",
        " http://h:1",
    ],
)
def test_an_address_with_or_without_its_end(url: str) -> None:
    shelf = Shelf(set())

    scan(client(shelf, url=url))

    assert shelf.requests[0].path == "/graphql"


def test_an_address_below_a_prefix() -> None:
    shelf = Shelf(set())

    scan(client(shelf, url="https://h/apps/stash/"))

    assert shelf.requests[0].path == "/apps/stash/graphql"


@pytest.mark.parametrize(
    "url", ["stash.local:9999", "", "ftp://h", "http://", "http://h:x"]
)
def test_an_address_that_is_none_is_the_users_error(url: str) -> None:
    with pytest.raises(UserError, match=r"give one such as http://host:9999"):
        client(Shelf(set()), url=url)


@pytest.mark.parametrize("secret", ["broken\nkey", " blank-key", "schlüssel"])
def test_a_key_that_no_header_carries_is_the_users_error(secret: str) -> None:
    with pytest.raises(UserError, match=r"copy it anew") as caught:
        client(Shelf(set()), secret=secret)

    assert secret not in told(caught.value)


def test_headers_with_and_without_a_key() -> None:
    shelf = Shelf(set())

    scan(client(shelf))
    scan(client(shelf, secret=KEY))

    without, with_key = (request.headers for request in shelf.requests)
    assert without["Accept"] == "application/json"
    assert "ApiKey" not in without
    assert with_key["ApiKey"] == KEY


def test_a_password_in_the_address_is_sent_but_never_told() -> None:
    canned = Canned(Scan=refused("hunter2"), Status=refused("hunter2"))
    with pytest.raises(TransientError) as caught:
        scan(client(canned, url="http://me:hunter2@h:1"))

    assert canned.requests[0].headers["Authorization"].startswith("Basic ")
    assert "hunter2" not in told(caught.value)
    assert "http://h:1" in str(caught.value)


def test_a_scan_asks_once_for_both_lists() -> None:
    rows = [{"id": "3", "updated_at": "a"}, {"id": "5", "updated_at": "b"}]
    lists = data(changed={"scenes": rows}, fresh={"scenes": [scene(5), scene(6)]})
    canned = Canned(Scan=lists)
    tally = Tally()
    stash = StashClient(Endpoint(url=URL), tally, adapter=InProcessAdapter(canned))

    found = stash.scan(since="s", fresh="f", after=SceneId(2))

    given = {"since": "s", "fresh": "f", "after": 2, "size": SCAN_PAGE + 1}
    assert canned.asked == [("Scan", given)]
    assert tally == {"stash scan": 1}
    assert found.clock == datetime(2026, 1, 11, 7, 7, 53, tzinfo=UTC)
    assert [(row.id, row.stamp) for row in found.rows] == [(3, "a"), (5, "b")]
    assert [s.title for s in found.scenes] == ["scene 5"]  # 6 is in no row
    assert found.is_last


@pytest.mark.parametrize(
    ("count", "pages"), [(999, 1), (1000, 1), (1001, 2), (2000, 2)]
)
def test_one_request_per_thousand_rows(count: int, pages: int) -> None:
    shelf = Shelf(set(range(1, count + 1)))
    stash = client(shelf)
    seen: list[int] = []
    is_last = False

    while not is_last:
        found = stash.scan(since="", fresh="", after=SceneId(max(seen, default=0)))
        seen += [row.id for row in found.rows]
        is_last = found.is_last

    assert seen == list(range(1, count + 1))
    assert len(shelf.asked) == pages


def test_scenes_beyond_the_page_are_left_to_the_next() -> None:
    ids = range(1, SCAN_PAGE + 2)
    rows = [{"id": str(i), "updated_at": "a"} for i in ids]
    whole = [scene(i) for i in ids]
    canned = Canned(Scan=data(changed={"scenes": rows}, fresh={"scenes": whole}))

    found = client(canned).scan(since="", fresh="", after=SceneId(0))

    assert not found.is_last
    assert found.rows[-1].id == found.scenes[-1].id == SCAN_PAGE


@pytest.mark.parametrize("ids", [(5, 4), (5, 5), (2, 5), (1, 5)])
def test_rows_out_of_order_are_not_taken(ids: tuple[int, int]) -> None:
    rows = [{"id": str(i), "updated_at": "a"} for i in ids]
    canned = Canned(Scan=data(changed={"scenes": rows}, fresh={"scenes": []}))

    with pytest.raises(TransientError, match="out of order"):
        client(canned).scan(since="", fresh="", after=SceneId(2))


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 31 Dec 9999 23:59:59 -1400"])
def test_a_scan_without_the_servers_clock_is_not_taken(date: str) -> None:
    body = json.dumps({"data": {"changed": {"scenes": []}, "fresh": {"scenes": []}}})
    canned = Canned(Scan=Response(headers=(JSON, ("Date", date)), body=body.encode()))

    with pytest.raises(StrangerError, match=r"Date header.*have the proxy"):
        scan(client(canned))


def test_reading_in_pages_without_repeats() -> None:
    shelf = Shelf(set(range(1, 301)))
    wanted = [SceneId(i) for i in (*range(250, 0, -1), 7, 250)]

    found = [s.id for s in client(shelf).read(wanted)]

    assert found == list(range(250, 0, -1))
    sizes = [len(given["ids"]) for _, given in shelf.asked]
    assert sizes == [READ_PAGE, READ_PAGE, 50]


def test_reading_nothing_asks_nothing() -> None:
    shelf = Shelf({1})

    assert list(client(shelf).read([])) == []
    assert shelf.asked == []


def test_what_is_gone_is_left_out() -> None:
    shelf = Shelf(set(range(1, 101)) - {17, 18, 60})

    found = [s.id for s in client(shelf).read([SceneId(i) for i in range(1, 101)])]

    assert found == [i for i in range(1, 101) if i not in {17, 18, 60}]
    assert len(shelf.asked) < 40


def test_absence_is_proved() -> None:
    """A list that is short without a word is not believed."""
    shelf = Shelf({1, 2, 3})
    shelf.says["Several"] = data(findScenes={"scenes": [scene(3), scene(1), scene(9)]})

    found = [s.id for s in client(shelf).read([SceneId(i) for i in (1, 2, 3)])]

    assert found == [1, 2, 3]
    assert shelf.operations == ["Several", "Single"]


def test_a_scene_that_cannot_be_read_is_not_gone() -> None:
    shelf = Shelf({1, 2, 4})
    shelf.says["Single"] = lambda given: (
        refused("performer with id 5 not found")
        if given["id"] == "3"
        else shelf.single(given)
    )
    stash = client(shelf)

    with pytest.raises(TransientError, match="performer with id 5 not found"):
        list(stash.read([SceneId(i) for i in (1, 2, 3, 4)]))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (page("down", 502), TransientError),
        (refused("oh no", 500), TransientError),
        (refused("unknown field", 422), PermanentError),
    ],
)
def test_only_an_answer_is_halved(answer: Response, kind: type[ServerError]) -> None:
    canned = Canned(Several=answer)

    with pytest.raises(kind):
        list(client(canned).read([SceneId(i) for i in range(1, 101)]))

    assert canned.operations.count("Several") == 1


def test_a_probe_of_a_stash_that_is_ready() -> None:
    canned = Canned(Size=data(stats={"scene_count": 12}))
    tally = Tally()
    stash = StashClient(Endpoint(url=URL), tally, adapter=InProcessAdapter(canned))

    report = stash.probe()

    assert report == StashReport(
        version="v0.30.1", status="OK", database_schema=67, app_schema=75, scenes=12
    )
    assert stash.objection(report) is None
    assert tally == {"stash probe": 2}


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (status("SETUP"), BusyError, "has not been set up yet: finish its setup"),
        (status("NEEDS_MIGRATION"), BusyError, "from schema 67 to 75: confirm"),
        (status("DREAMING"), BusyError, r"not ready \(status DREAMING\)"),
    ],
)
def test_a_probe_of_a_stash_that_is_not_ready(
    answer: Response, kind: type[ServerError], sentence: str
) -> None:
    canned = Canned(Status=answer)
    stash = client(canned)

    report = stash.probe()

    assert report.scenes is None
    assert canned.operations == ["Status"]
    objection = stash.objection(report)
    assert type(objection) is kind
    assert re.search(sentence, str(objection))


def test_a_probe_of_a_stash_that_is_too_old() -> None:
    canned = Canned(
        Status=status(version="v0.26.2"), Size=data(stats={"scene_count": 12})
    )
    stash = client(canned)

    objection = stash.objection(stash.probe())

    assert isinstance(objection, PermanentError)
    assert "Stash v0.26.2 at" in str(objection)
    assert "upgrade it to v0.27 or newer" in str(objection)


def test_one_connection_is_kept_and_closed() -> None:
    with Server(Shelf({1})) as server:
        with closing(StashClient(Endpoint(url=server.url), Tally())) as stash:
            for _ in range(3):
                scan(stash)
        assert server.counts.total() == 3


# One row per foreign failure: our class and our sentence.

REDIRECT = ("Location", f"http://me:pw@other:1/login?returnURL=/graphql&k={KEY}")
GONE = page("<html>404 page not found</html>", 404)
UNKNOWN_FIELD = refused('Cannot query field "parents" on type "Tag".', 422)
ROWS: list[tuple[str, Response, str, type[ServerError], str]] = [
    # what happens, the answer to every query, the key, our class, our sentence
    ("no key", page("", 401), "", UnauthorisedError, r"set \[stash\] api_key"),
    ("wrong key", page("", 401), KEY, UnauthorisedError, "does not take our key: copy"),
    (
        "wrong key, as JSON",
        refused(f"no such key {KEY}", 401),
        KEY,
        UnauthorisedError,
        "does not take our key",
    ),
    (
        "to the login, no key",
        page("<html>Found</html>", 302, ("Location", "/login?returnURL=/graphql")),
        "",
        UnauthorisedError,
        r"set \[stash\] api_key",
    ),
    (
        "to a login in spite of a key",
        page("<html>Found</html>", 302, REDIRECT),
        KEY,
        StrangerError,
        r"redirects to http://other:1/login \(answered 302\): set \[stash\] url",
    ),
    (
        "to https",
        page("", 308, ("Location", "https://stash.local/graphql")),
        "",
        StrangerError,
        r"redirects to https://stash.local/graphql",
    ),
    ("to nowhere", page("", 302), "", StrangerError, "redirects to nowhere"),
    (
        "locked itself",
        page("", 403),
        "",
        UnauthorisedError,
        r"403: it has locked itself",
    ),
    ("login page", LOGIN_PAGE, KEY, StrangerError, r"does not answer like Stash"),
    ("wrong server", GONE, "", StrangerError, r"answered 404.*check \[stash\] url"),
    (
        "some JSON server",
        answered({"MediaContainer": {"size": 0}}),
        "",
        StrangerError,
        r"answered 200, but not with GraphQL",
    ),
    ("a JSON list", answered([1]), "", StrangerError, "does not answer like Stash"),
    ("a JSON text", answered("data"), "", StrangerError, "does not answer like Stash"),
    ("a JSON null", answered(None), "", StrangerError, "does not answer like Stash"),
    (
        "odd errors",
        answered({"errors": {"code": 1}}),
        "",
        StrangerError,
        "does not answer like Stash",
    ),
    (
        "JSON errors of no GraphQL",
        refused("no such page", 404),
        "",
        StrangerError,
        "answered 404",
    ),
    (
        "another GraphQL server",
        refused('Cannot query field "findScenes" on type "Query".', 400),
        "",
        StrangerError,
        r"does not answer like Stash \(Cannot query field",
    ),
    (
        "http to a port of https",
        page("Client sent an HTTP request to an HTTPS server.", 400),
        "",
        StrangerError,
        "answered 400",
    ),
    (
        "data of another shape",
        data(changed={}, systemStatus=None, version=None),
        "",
        StrangerError,
        "gave data of another shape",
    ),
    ("too many", too_many(30), "", BusyError, r"no time \(answered 429\)"),
    ("unavailable", page("<html>", 503), "", BusyError, r"no time \(answered 503\)"),
    (
        "bad gateway",
        page("<html>", 502),
        "",
        TransientError,
        "answered 502: is it running",
    ),
    ("panic", page("oh no", 500), KEY, TransientError, "answered 500"),
    (
        "data with a 500",
        answered({"data": {}}, 500),
        "",
        TransientError,
        "answered 500",
    ),
    ("timed out", page("", 408), "", TransientError, "answered 408"),
    ("nothing", page(""), "", TransientError, "broke off its answer"),
    (
        "half of an answer",
        Response(headers=(JSON,), body=b'{"data": {"chan'),
        "",
        TransientError,
        "broke off its answer",
    ),
    (
        "no data",
        answered({"data": None}),
        "",
        TransientError,
        "neither data nor errors",
    ),
    (
        "wordless",
        answered({"errors": [None]}),
        "",
        TransientError,
        "failed to answer: None",
    ),
    (
        "internal system error",
        refused(f"Internal system error. Error <runtime error {KEY}> {'x' * 999}"),
        KEY,
        TransientError,
        r"failed to answer: Internal system error\. Error <runtime error \*\*\*>",
    ),
    ("errors with a 500", refused("oh no", 500), "", TransientError, "answer: oh no"),
]


@pytest.mark.parametrize(
    ("answer", "secret", "kind", "sentence"),
    [row[1:] for row in ROWS],
    ids=[row[0] for row in ROWS],
)
def test_a_failure_has_a_class_and_a_sentence(
    answer: Response, secret: str, kind: type[ServerError], sentence: str
) -> None:
    def handle(_: Request) -> Response:
        return answer

    for fails in (scan, StashClient.probe, lambda s: list(s.read([SceneId(1)]))):
        with pytest.raises(kind) as caught:
            fails(client(handle, secret=secret))

        assert type(caught.value) in {kind, *kind.__subclasses__()}
        assert not isinstance(caught.value, BusyError) or kind is BusyError
        assert re.search(sentence, str(caught.value))
        assert URL in str(caught.value)
        assert len(str(caught.value)) < 450
        assert KEY not in told(caught.value)
        assert "<html" not in told(caught.value).lower()
        assert "pw" not in told(caught.value)


# What a probe finds behind a refusal.


@pytest.mark.parametrize(
    ("refusal", "probed", "kind", "sentence"),
    [
        (refused("Internal system error"), status("SETUP"), BusyError, "in a browser"),
        (
            refused("Internal system error"),
            status("NEEDS_MIGRATION"),
            BusyError,
            "from schema 67 to 75",
        ),
        (
            UNKNOWN_FIELD,
            status(version="v0.24.3"),
            PermanentError,
            r"Stash v0\.24\.3 at .* too old and refuses: .*parents.*upgrade .* v0\.27",
        ),
        (
            UNKNOWN_FIELD,
            status(version=""),
            PermanentError,
            r"of an unknown version at .* does not know .*parents.*needs Stash v0\.27",
        ),
        (
            UNKNOWN_FIELD,
            status(version="v1.0.0"),
            PermanentError,
            r"Stash v1\.0\.0 at .* a newer Stash may need a newer plexsync",
        ),
        (refused("oh no"), status(version="v0.24.3"), TransientError, "answer: oh no"),
        (
            refused("oh no"),
            status(),
            TransientError,
            "answer: oh no; it is asked again",
        ),
        (refused("oh no"), page("", 401), UnauthorisedError, "wants a key"),
        (refused("oh no"), page("", 502), TransientError, "answered 502"),
        (refused("oh no"), refused("no status"), TransientError, "answer: oh no"),
    ],
)
def test_a_refusal_is_explained(
    refusal: Response, probed: Response, kind: type[ServerError], sentence: str
) -> None:
    canned = Canned(Scan=refusal, Single=refusal, Status=probed)

    for fails in (scan, lambda s: list(s.read([SceneId(1)]))):
        with pytest.raises(kind) as caught:
            fails(client(canned))
        assert re.search(sentence, str(caught.value))
    assert canned.operations == ["Scan", "Status", "Single", "Status"]


@pytest.mark.parametrize("answer", [page("", 401), page("", 502), page("", 429), GONE])
def test_a_plain_failure_is_not_probed(answer: Response) -> None:
    canned = Canned(Scan=answer)

    with pytest.raises(ServerError):
        scan(client(canned))

    assert canned.operations == ["Scan"]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("Sun, 11 Jan 2026 07:08:03 GMT", 10.0),
        ("Sun, 11 Jan 2026 07:00:00 GMT", 0.0),
        ("9" * 400, 86_400.0),
        ("Fri, 31 Dec 2099 23:59:59 GMT", 86_400.0),
        ("soon", None),
        ("", None),
    ],
)
def test_a_server_says_when_to_come_back(asked: str, seconds: float | None) -> None:
    canned = Canned(Scan=page("", 503, ("Retry-After", asked), ("Date", DATE)))

    with pytest.raises(BusyError) as caught:
        scan(client(canned))

    assert caught.value.retry_after == seconds


# What the network does.


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(what=What.RESET_BEFORE), "connection reset by peer"),
        (Fault(what=What.RESET_MIDWAY), "cannot reach Stash"),
        (Fault(what=What.TRUNCATED), r"the connection broke\): is it running"),
        (Fault(what=What.BLACK_HOLE), r"no answer for 0\.2 s"),
    ],
)
def test_a_connection_that_breaks(fault: Fault[What], sentence: str) -> None:
    with Server(Shelf({1})) as server:
        endpoint = Endpoint(url=server.url, secret=KEY, read_timeout=0.2)
        server.faults.add(fault)
        with closing(StashClient(endpoint, Tally())) as stash:
            with pytest.raises(TransientError, match=sentence) as caught:
                scan(stash)
            scan(stash)  # the next one finds a way again

    assert type(caught.value) is TransientError
    assert server.url in str(caught.value)
    assert KEY not in told(caught.value)


def test_a_restart_between_two_scans_goes_unnoticed() -> None:
    server = Server(Shelf({1}))
    server.start()
    with closing(StashClient(Endpoint(url=server.url), Tally())) as stash:
        scan(stash)
        server.stop()
        server.start()
        scan(stash)
    server.stop()


@pytest.mark.parametrize("url", ["http://a b:1", "http://*.local", "http://.local"])
def test_a_host_that_cannot_be_one(url: str) -> None:
    with (
        closing(StashClient(Endpoint(url=url), Tally())) as stash,
        pytest.raises(StrangerError, match=r"no address .*: check \[stash\] url"),
    ):
        scan(stash)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}"

    with (
        closing(StashClient(Endpoint(url=url, secret=KEY), Tally())) as stash,
        pytest.raises(
            TransientError, match=r"\(connection refused\): is it running"
        ) as e,
    ):
        scan(stash)

    assert KEY not in told(e.value)


def test_nobody_picks_up() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy, ExitStack() as kept:
        for _ in range(4):  # the queue is full then, and Linux lets more wait
            waiting = kept.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(busy.getsockname())
        url = f"http://127.0.0.1:{busy.getsockname()[1]}"
        stash = StashClient(Endpoint(url=url, connect_timeout=0.1), Tally())
        kept.callback(stash.close)

        with pytest.raises(TransientError, match=r"\(no connection in 0\.1 s\)"):
            scan(stash)


def test_a_name_that_is_nobodys() -> None:
    endpoint = Endpoint(url="http://stash.invalid:9999", secret=KEY)

    with (
        closing(StashClient(endpoint, Tally())) as stash,
        pytest.raises(
            TransientError, match=r"cannot reach Stash at http://stash\.invalid"
        ),
    ):
        scan(stash)


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    with (
        closing(StashClient(Endpoint(url=URL), Tally())) as stash,
        pytest.raises(TransientError, match="through the proxy that the environment"),
    ):
        scan(stash)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate that it signed itself."""
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("openssl is not here to sign a certificate")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command = [openssl, *made.split(), "-addext", names, "-keyout", "-", "-out", "-"]
    signed = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own words
    file.write_bytes(signed.stdout)
    return file


@contextmanager
def tls(certificate: Path) -> Iterator[str]:
    """Answer one request over TLS as a Stash without scenes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    lists = b'{"data":{"changed":{"scenes":[]},"fresh":{"scenes":[]}}}'
    head = f"HTTP/1.1 200 OK\r\nDate: {DATE}\r\nConnection: close\r\n\r\n".encode()

    def serve() -> None:
        connection, _ = listener.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                _swallow(secured)
                secured.sendall(head + lists)
        except OSError:
            connection.close()  # the client did not trust us

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def _swallow(connection: ssl.SSLSocket) -> None:
    """Read a whole request: what is left unread would break the connection."""
    with connection.makefile("rb") as stream:
        length = 0
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        stream.read(length)


def test_a_stranger_over_tls(certificate: Path) -> None:
    with (
        tls(certificate) as url,
        closing(StashClient(Endpoint(url=url, secret=KEY), Tally())) as stash,
        pytest.raises(StrangerError, match=r"ca_file .*verify = false") as caught,
    ):
        scan(stash)

    assert KEY not in told(caught.value)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_a_stranger_that_is_let_in(certificate: Path) -> None:
    with (
        tls(certificate) as url,
        closing(StashClient(Endpoint(url=url, verify=False), Tally())) as stash,
    ):
        scan(stash)


def test_a_friend_over_tls(certificate: Path) -> None:
    with tls(certificate) as url:
        endpoint = Endpoint(url=url, verify=str(certificate))
        with closing(StashClient(endpoint, Tally())) as stash:
            scan(stash)


def test_tls_where_none_is_spoken() -> None:
    with Server(Shelf({1})) as server:
        endpoint = Endpoint(url=server.url.replace("http:", "https:"))
        with (
            closing(StashClient(endpoint, Tally())) as stash,
            pytest.raises(StrangerError, match="http:// if it speaks no TLS"),
        ):
            scan(stash)


def test_authorities_that_are_not_there(tmp_path: Path) -> None:
    endpoint = Endpoint(url="https://127.0.0.1:9", verify=str(tmp_path / "ca.pem"))

    with (
        closing(StashClient(endpoint, Tally())) as stash,
        pytest.raises(StrangerError, match="ca_file to a readable file"),
    ):
        scan(stash)


def test_authorities_that_are_none(certificate: Path, tmp_path: Path) -> None:
    (file := tmp_path / "ca.pem").write_text("no certificate")

    with (
        tls(certificate) as url,
        closing(StashClient(Endpoint(url=url, verify=str(file)), Tally())) as stash,
        pytest.raises(StrangerError, match="ca_file to a readable file"),
    ):
        scan(stash)


def test_a_tls_server_that_hangs_up_is_asked_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            listener.accept()[0].close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with (
            closing(StashClient(Endpoint(url=url), Tally())) as stash,
            pytest.raises(TransientError, match="cannot reach Stash"),
        ):
            scan(stash)
        thread.join()


# The same client against the double of a whole Stash.


@pytest.fixture(params=["0.27.2", "0.30.1"])
def model(request: pytest.FixtureRequest) -> StashModel:
    return StashModel(
        clock=lambda: 1_768_115_273.9,
        zone=timezone(timedelta(hours=10)),
        version=request.param,
    )


def ask(model: StashModel, *, url: str = URL, secret: str = "") -> StashClient:
    adapter = InProcessAdapter(StashDouble(model).handle, clock=model.clock)
    return StashClient(Endpoint(url=url, secret=secret), Tally(), adapter=adapter)


def test_a_scan_of_the_double(model: StashModel) -> None:
    above = model.create_studio("Above")
    studio = model.create_studio("A studio", parent_id=above)
    parent = model.create_tag("Parent")
    tag = model.create_tag("Tag", parent_ids=(parent,))
    performers = tuple(model.create_performer(name) for name in ("Zoe", "Adam"))
    bare = model.create_scene(title="Bare")
    full = model.scan_new_file("/v/full.mp4")
    model.update_scene(
        full,
        title="Full",
        details="Some\nlines",
        date="2024-02-29",
        studio_id=studio,
        performer_ids=performers[::-1],
        tag_ids=(tag,),
    )

    found = ask(model).scan(since="", fresh="", after=SceneId(0))

    assert found.clock == datetime(2026, 1, 11, 7, 7, 53, tzinfo=UTC)
    assert found.is_last
    stamp = "2026-01-11T17:07:53+10:00"
    assert [(r.id, r.stamp) for r in found.rows] == [(bare, stamp), (full, stamp)]
    assert found.scenes[0] == Scene(id=SceneId(bare), stamp=stamp, title="Bare")
    assert found.scenes[1] == Scene(
        id=SceneId(full),
        stamp=stamp,
        title="Full",
        details="Some\nlines",
        date="2024-02-29",
        studio=Entity(kind=Kind.STUDIO, id=studio, name="A studio", parents=(above,)),
        performers=(
            Entity(kind=Kind.PERFORMER, id=performers[0], name="Zoe"),
            Entity(kind=Kind.PERFORMER, id=performers[1], name="Adam"),
        ),
        tags=(Entity(kind=Kind.TAG, id=tag, name="Tag", parents=(parent,)),),
        files=(
            SceneFile(
                id=1,
                path="/v/full.mp4",
                fingerprints=(("oshash", "0000000000000001"),),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("since", "fresh", "rows", "scenes"),
    [
        ("2026-01-11T17:07:53", "2026-01-11T17:07:54", 1, 0),
        ("2026-01-11T17:07:53", "2026-01-11T17:07:53", 1, 1),
        ("2026-01-11T17:07:54", "2026-01-11T17:07:54", 0, 0),
    ],
)
def test_stash_compares_as_text(
    model: StashModel, since: str, fresh: str, rows: int, scenes: int
) -> None:
    model.create_scene(title="One")

    found = ask(model).scan(since=since, fresh=fresh, after=SceneId(0))

    assert (len(found.rows), len(found.scenes)) == (rows, scenes)


def test_reading_what_the_double_has_left(model: StashModel) -> None:
    ids = [SceneId(model.create_scene(title=f"scene {i}")) for i in range(130)]
    model.destroy_scenes(ids[3], ids[77], ids[129])
    stash = ask(model)

    found = [scene.id for scene in stash.read([*ids[::-1], ids[5]])]

    gone = {ids[3], ids[77], ids[129]}
    assert found == [id_ for id_ in ids[::-1] if id_ not in gone]


def test_a_probe_of_the_double(model: StashModel) -> None:
    model.create_scene(title="One")
    stash = ask(model)

    report = stash.probe()

    assert (report.version, report.status) == (f"v{model.version}", "OK")
    assert report.scenes == 1
    assert stash.objection(report) is None


@pytest.mark.parametrize(
    ("state", "sentence"),
    [(Status.SETUP, "not been set up yet"), (Status.NEEDS_MIGRATION, "migrate its")],
)
def test_a_double_that_waits_for_a_person(
    model: StashModel, state: Status, sentence: str
) -> None:
    model.settings.status = state
    stash = ask(model)

    with pytest.raises(BusyError, match=sentence):
        scan(stash)
    with pytest.raises(BusyError, match=sentence):
        list(stash.read([SceneId(i) for i in range(1, 101)]))
    assert stash.probe().status == state


def test_the_doubles_key(model: StashModel) -> None:
    model.settings.api_key = KEY

    scan(ask(model, secret=KEY))
    with pytest.raises(UnauthorisedError, match="wants a key"):
        scan(ask(model))
    with pytest.raises(UnauthorisedError, match="does not take our key"):
        scan(ask(model, secret="another"))


def test_a_wrong_path_of_the_double(model: StashModel) -> None:
    with pytest.raises(StrangerError, match=r"check \[stash\] url, its path"):
        scan(ask(model, url=f"{URL}/stash"))
    model.settings.api_key = KEY
    with pytest.raises(UnauthorisedError, match="wants a key"):
        scan(ask(model, url=f"{URL}/stash"))


def test_the_double_over_a_socket(model: StashModel) -> None:
    model.create_scene(title="Über, 日本")

    with StashDouble(model).serve() as server:
        with closing(StashClient(Endpoint(url=server.url), Tally())) as stash:
            found = stash.scan(since="", fresh="", after=SceneId(0))
        assert server.counts.total() == 1

    assert found.scenes[0].title == "Über, 日本"
