"""Faults and counts, the same behind a socket and without one."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import requests

from tests.sandbox.server import (
    LOCKED,
    LOGIN_PAGE,
    Fault,
    Faults,
    InProcessAdapter,
    Request,
    Response,
    Server,
    What,
    too_many,
)

LONG = 30.0  # seconds until a client gives up that is to get its answer
SHORT = 0.1  # ... and one that is not


class Notes:
    """A handler that remembers what was written to it."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def __call__(self, request: Request) -> Response:
        if request.path == "/wrong":
            raise ZeroDivisionError("a fault of the double")
        if request.method == "PUT":
            self.written.append(request.query)
            return Response(kind="put")
        body = f"{request.headers.get('x-name', '')} {request.body.decode()}"
        return Response(body=body.ljust(1000).encode(), kind="read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A session on a handler, by either way."""

    session: requests.Session
    base: str
    notes: Notes
    faults: Faults[What]
    counts: Callable[[], dict[str, int]]

    def get(self) -> requests.Response:
        return self.session.get(f"{self.base}/a", timeout=LONG)

    def put(self, text: str = "x", limit: float = LONG) -> requests.Response:
        return self.session.put(f"{self.base}/a?{text}", timeout=limit)


@pytest.fixture(params=["socket", "in process"])
def front(request: pytest.FixtureRequest) -> Iterator[Front]:
    notes, session = Notes(), requests.Session()
    if request.param == "socket":
        with Server(notes, clock=lambda: 0.0) as server, session:
            yield Front(
                session=session,
                base=server.url,
                notes=notes,
                faults=server.faults,
                counts=lambda: dict(server.counts),
            )
    else:
        adapter = InProcessAdapter(notes, clock=lambda: 0.0)
        session.mount("http://plex.example", adapter)
        with session:
            yield Front(
                session=session,
                base="http://plex.example",
                notes=notes,
                faults=adapter.faults,
                counts=lambda: dict(adapter.counts),
            )


class TestBoth:
    def test_an_exchange(self, front: Front) -> None:
        """Headers whatever their case, bodies, and the time that the server tells."""
        response = front.session.post(
            f"{front.base}/a", data="body", headers={"X-NAME": "name"}, timeout=LONG
        )

        assert response.text.strip() == "name body"
        assert response.headers["date"] == "Thu, 01 Jan 1970 00:00:00 GMT"
        assert front.counts() == {"read": 1}

    @pytest.mark.parametrize(
        ("what", "error", "written"),
        [
            (What.RESET_BEFORE, requests.ConnectionError, []),
            (What.RESET_AFTER, requests.ConnectionError, ["x"]),
            (What.BLACK_HOLE, requests.ReadTimeout, []),
            (What.SLOW_AFTER, requests.ReadTimeout, ["x"]),
        ],
    )
    def test_no_answer(
        self,
        front: Front,
        what: What,
        error: type[Exception],
        written: list[str],
    ) -> None:
        """And whether the write was applied."""
        front.faults.add(Fault(what=what))

        with pytest.raises(error):
            front.put(limit=SHORT)

        assert front.notes.written == written
        assert front.get().ok

    @pytest.mark.parametrize("what", [What.RESET_MIDWAY, What.TRUNCATED])
    def test_half_an_answer(self, front: Front, what: What) -> None:
        front.faults.add(Fault(what=what))

        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            front.get()

        assert front.counts() == {"read": 1}
        assert front.get().ok

    @pytest.mark.parametrize(
        ("answer", "status"), [(LOCKED, 500), (LOGIN_PAGE, 200), (too_many(7), 429)]
    )
    @pytest.mark.parametrize("what", [What.ANSWERED, What.APPLIED_ANSWERED])
    def test_another_answer(
        self, front: Front, what: What, answer: Response, status: int
    ) -> None:
        front.faults.add(Fault(what=what, answer=answer))

        response = front.put()

        assert (response.status_code, response.content) == (status, answer.body)
        assert response.headers.get("Retry-After") == ("7" if status == 429 else None)
        assert bool(front.notes.written) is (what is What.APPLIED_ANSWERED)

    def test_a_dropped_write(self, front: Front) -> None:
        front.faults.add(Fault(what=What.DROPPED))

        response = front.put()

        assert (response.status_code, response.content) == (200, b"")
        assert front.notes.written == []
        assert front.counts() == {"unserved": 1}

    def test_a_late_write(self, front: Front) -> None:
        """It overtakes nothing: what is written meanwhile is written before it."""
        front.faults.add(Fault(what=What.LATE))

        statuses = [front.put("late").status_code, front.put("soon").status_code]
        before = list(front.notes.written)
        released = front.faults.release()

        assert (statuses, before, released) == ([200, 200], ["soon"], 1)
        assert front.notes.written == ["soon", "late"]
        assert front.faults.release() == 0

    def test_a_little_slow_is_not_too_slow(self, front: Front) -> None:
        for what in (What.SLOW_BEFORE, What.SLOW_AFTER):
            front.faults.add(Fault(what=what, seconds=0.001))
            assert front.put(what.name).ok

        assert front.notes.written == ["SLOW_BEFORE", "SLOW_AFTER"]

    def test_a_fault_comes_as_often_and_where_it_is_planned(self, front: Front) -> None:
        front.faults.add(
            Fault(
                what=What.ANSWERED,
                matches=lambda request: request.method == "PUT",
                skip=1,
                times=2,
            )
        )
        left = front.faults.left

        statuses = [front.put().status_code for _ in range(4)]

        assert statuses == [200, 500, 500, 200]
        assert front.get().ok
        assert (left, front.faults.left) == (2, 0)
        assert front.faults.fired == {What.ANSWERED: 2}

    def test_what_is_planned_can_be_forgotten(self, front: Front) -> None:
        front.faults.add(Fault(what=What.RESET_BEFORE))
        front.faults.clear()

        assert front.get().ok

    @pytest.mark.parametrize("what", [What.RESET_MIDWAY, What.TRUNCATED])
    def test_half_of_nothing_is_whole(self, front: Front, what: What) -> None:
        """An empty body has no middle to break in."""
        front.faults.add(Fault(what=what))

        assert front.put().ok


class TestServer:
    def test_slow_requests_are_applied_after_the_client_has_gone(self) -> None:
        notes, applied = Notes(), threading.Event()

        def handle(request: Request) -> Response:
            response = notes(request)
            applied.set()
            return response

        with Server(handle) as server:
            server.faults.add(Fault(what=What.SLOW_BEFORE, seconds=5 * SHORT))
            with pytest.raises(requests.ReadTimeout):
                requests.put(f"{server.url}/a?x", timeout=SHORT)
            in_time = applied.wait(10)

        assert in_time
        assert notes.written == ["x"]

    def test_a_late_write_comes_by_itself(self) -> None:
        applied = threading.Event()

        def handle(_: Request) -> Response:
            applied.set()
            return Response(kind="put")

        with Server(handle) as server:
            server.faults.add(Fault(what=What.LATE, seconds=0.01))
            response = requests.put(f"{server.url}/a", timeout=LONG)
            in_time = applied.wait(10)

        assert response.ok
        assert in_time

    def test_a_stop_ends_what_waits_and_forgets_what_was_held(self) -> None:
        notes = Notes()
        server = Server(notes)
        server.start()
        server.faults.add(Fault(what=What.LATE))
        requests.put(f"{server.url}/a", timeout=LONG)
        server.stop()

        assert server.faults.release() == 0
        assert notes.written == []

    def test_down_and_up_again_on_the_same_port(self) -> None:
        server = Server(Notes())
        server.start()
        url = server.url
        with requests.Session() as session:
            statuses = [session.get(url, timeout=LONG).status_code]
            server.stop()
            with pytest.raises(requests.ConnectionError):
                session.get(url, timeout=LONG)
            with server:
                statuses.append(session.get(url, timeout=LONG).status_code)

        assert statuses == [200, 200]
        assert server.url == url

    def test_connections_are_kept(self) -> None:
        threads = set()

        def handle(_: Request) -> Response:
            threads.add(threading.get_ident())
            return Response()

        with Server(handle) as server, requests.Session() as session:
            for _ in range(5):
                session.get(server.url, timeout=LONG)

        assert len(threads) == 1

    def test_a_fault_of_the_handler_itself_is_told_at_the_end(self) -> None:
        server = Server(Notes())
        server.start()
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{server.url}/wrong", timeout=LONG)

        with pytest.raises(ExceptionGroup, match="the double itself failed"):
            server.stop()

    def test_a_status_that_has_no_name(self) -> None:
        with Server(lambda _: Response(status=599)) as server:
            assert requests.get(server.url, timeout=LONG).status_code == 599


class TestInProcess:
    def test_down(self) -> None:
        adapter = InProcessAdapter(Notes())
        session = requests.Session()
        session.mount("http://plex.example", adapter)
        adapter.up = False

        with pytest.raises(requests.ConnectionError):
            session.get("http://plex.example/", timeout=LONG)

    def test_a_wait_is_handed_on(self) -> None:
        """So that a test may move its clock by it."""
        slept: list[float] = []
        adapter = InProcessAdapter(Notes(), sleep=slept.append)
        session = requests.Session()
        session.mount("http://plex.example", adapter)
        for seconds in (3.0, 60.0):
            adapter.faults.add(Fault(what=What.SLOW_BEFORE, seconds=seconds))
        first = session.get("http://plex.example/", timeout=(1, 30))
        with pytest.raises(requests.ReadTimeout):
            session.get("http://plex.example/", timeout=(1, 30))

        assert first.ok
        assert slept == [3.0, 30]
        assert adapter.faults.release() == 1

    def test_a_client_without_a_time_limit_is_found_out(self) -> None:
        adapter = InProcessAdapter(Notes())
        session = requests.Session()
        session.mount("http://plex.example", adapter)
        adapter.faults.add(Fault(what=What.BLACK_HOLE))

        with pytest.raises(AssertionError, match="hangs for ever"):
            session.get("http://plex.example/")
