"""What a client sees of a road that fails, and what of it the server has got."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests
import urllib3

from tests.sandbox.proxy import Play, Proxy
from tests.sandbox.server import LOGIN_PAGE, Fault, Request, Response, Server

LONG, SHORT = 30.0, 0.1
LOGIN = Response(status=302, headers=(("Location", "/login"),), kind="refused")


@dataclass(slots=True, kw_only=True)
class Road:
    """A session that reaches a server through a proxy."""

    proxy: Proxy
    session: requests.Session
    written: list[str] = field(default_factory=list)

    def get(self, limit: float = LONG) -> requests.Response:
        return self.session.get(f"{self.proxy.url}/a", timeout=limit)

    def put(self, text: str, limit: float = LONG) -> requests.Response:
        return self.session.put(f"{self.proxy.url}/a?{text}", timeout=limit)


@pytest.fixture
def road() -> Iterator[Road]:
    written: list[str] = []

    def handle(request: Request) -> Response:
        if request.query:
            written.append(request.query)
        if request.method == "PUT":
            return Response(kind="put")
        return Response(body=request.body.ljust(1000, b"."), kind="read")

    with (
        Server(handle) as server,
        Proxy(server.port) as proxy,
        requests.Session() as session,
    ):
        yield Road(proxy=proxy, session=session, written=written)


def test_a_whole_road_carries_requests_and_answers_as_they_are(road: Road) -> None:
    answer = road.session.post(f"{road.proxy.url}/a", data="body", timeout=LONG)

    assert answer.text == "body".ljust(1000, ".")
    assert road.put("x").status_code == 200
    assert road.written == ["x"]


@pytest.mark.parametrize(
    ("play", "error", "written"),
    [
        (Play.RESET_BEFORE, requests.ConnectionError, []),
        (Play.HUNG_UP, requests.ConnectionError, []),
        (Play.HALVED, requests.ConnectionError, []),
        (Play.BLACK_HOLE, requests.ReadTimeout, []),
        (Play.OVERDUE, requests.ReadTimeout, []),
        (Play.SHUT, requests.ConnectionError, []),
        (Play.DEAF, requests.ConnectionError, []),
        (Play.RESET_AFTER, requests.ConnectionError, ["x"]),
        (Play.SWALLOWED, requests.ReadTimeout, ["x"]),
        (Play.RESET_MIDWAY, requests.ConnectionError, ["x"]),
        (Play.STALLED, requests.ReadTimeout, ["x"]),
    ],
)
def test_a_write_without_an_answer_and_whether_it_arrived(
    road: Road, play: Play, error: type[Exception], written: list[str]
) -> None:
    assert road.put("first").ok  # so that what fails is a connection that was kept
    road.proxy.faults.add(Fault(what=play))

    with pytest.raises(error):
        road.put("x", limit=SHORT if error is requests.ReadTimeout else LONG)

    assert road.written == ["first", *written]
    road.proxy.faults.release()
    assert road.get().ok


def test_half_a_request_is_none_wherever_it_is_cut(road: Road) -> None:
    for body in ("", "short", "long" * 500):
        road.proxy.faults.add(Fault(what=Play.HALVED))
        with pytest.raises(requests.ConnectionError):
            road.session.post(f"{road.proxy.url}/a?x", data=body, timeout=LONG)

    road.put("whole")  # after which those before it would have been handled

    assert road.written == ["whole"]


@pytest.mark.parametrize(
    ("play", "error"),
    [
        (Play.RESET_MIDWAY, requests.exceptions.ChunkedEncodingError),
        (Play.TRUNCATED, requests.exceptions.ChunkedEncodingError),
        (Play.STALLED, requests.ConnectionError),
    ],
)
def test_half_an_answer(road: Road, play: Play, error: type[Exception]) -> None:
    road.proxy.faults.add(Fault(what=play))

    with pytest.raises(error):
        road.get(limit=SHORT if play is Play.STALLED else LONG)

    assert road.get().ok


def test_what_is_overdue_arrives_when_it_is_released(road: Road) -> None:
    road.proxy.faults.add(Fault(what=Play.OVERDUE))
    with pytest.raises(requests.ReadTimeout):
        road.put("early", limit=SHORT)
    road.put("late")

    assert road.proxy.faults.release() == 1
    assert road.written == ["late", "early"]


def test_what_is_overdue_arrives_once_by_itself(road: Road) -> None:
    road.proxy.faults.add(Fault(what=Play.OVERDUE, seconds=SHORT * 2))
    with pytest.raises(requests.ReadTimeout):
        road.put("x", limit=SHORT)

    while not road.written:
        threading.Event().wait(0.001)
    assert road.proxy.faults.release() == 0
    assert road.written == ["x"]


@pytest.mark.parametrize(("answer", "status"), [(LOGIN, 302), (LOGIN_PAGE, 200)])
def test_another_answer(road: Road, answer: Response, status: int) -> None:
    road.proxy.faults.add(Fault(what=Play.ANSWERED, answer=answer))

    told = road.session.put(
        f"{road.proxy.url}/a?x", timeout=LONG, allow_redirects=False
    )

    assert (told.status_code, told.content) == (status, answer.body)
    assert road.written == []
    assert road.get().ok


@pytest.mark.parametrize("play", [Play.LATE, Play.TRICKLED])
def test_what_takes_its_time_arrives(road: Road, play: Play) -> None:
    road.proxy.faults.add(Fault(what=play, seconds=0.05))

    answer = road.get()

    assert len(answer.text) == 1000
    assert answer.elapsed.total_seconds() > 0.04 or play is Play.TRICKLED


def test_a_trickle_may_take_longer_than_the_limit(road: Road) -> None:
    """Which is of the time between two bytes, not of all."""
    road.proxy.faults.add(Fault(what=Play.TRICKLED, seconds=0.1))

    assert len(road.get(limit=0.4).text) == 1000


def test_a_connection_that_is_closed_after_an_answer_is_made_anew(road: Road) -> None:
    road.proxy.faults.add(Fault(what=Play.LEFT, times=3))

    for _ in range(3):
        assert len(road.get().text) == 1000
        _until_closed(road)
    assert len(road.get().text) == 1000
    assert road.proxy.faults.fired == {Play.LEFT: 3}


def _until_closed(road: Road) -> None:
    """Wait: a request that crosses the end of its connection would find none."""
    assert road.proxy._road is not None
    while road.proxy._road._open:
        threading.Event().wait(0.001)


def _innermost(error: requests.RequestException) -> object:
    return getattr(error.args[0], "reason", None)


def test_a_road_that_is_shut_refuses_connections(road: Road) -> None:
    road.get()
    road.proxy.turn(Play.SHUT)

    with pytest.raises(requests.ConnectionError) as caught:
        road.get()
    assert isinstance(_innermost(caught.value), urllib3.exceptions.NewConnectionError)

    assert road.proxy.faults.held == 1
    road.proxy.faults.release()
    assert road.get().ok


def test_a_road_that_is_deaf_lets_no_connection_be_made(road: Road) -> None:
    road.get()
    road.proxy.turn(Play.DEAF)

    with pytest.raises(requests.ConnectTimeout):
        road.session.get(f"{road.proxy.url}/a", timeout=(SHORT, LONG))

    road.proxy.faults.release()
    assert road.get().ok
