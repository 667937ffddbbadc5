"""A Stash that says what a test gave it to say, for a client in process."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from reconciler.clients.endpoint import Endpoint
from reconciler.clients.stash import StashClient
from tests.sandbox.server import InProcessAdapter, Request, Response

URL = "http://stash.local:9999"
KEY = "eyJhbGciOiJIUzI1NiJ9.secret-key"
DATE = "Sun, 11 Jan 2026 07:07:53 GMT"
JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html; charset=utf-8")
Variables: TypeAlias = Mapping[str, Any]
Say: TypeAlias = Callable[[Variables], Response]


def answered(body: object, status: int = 200, **headers: str) -> Response:
    sent = (
        ("Date", DATE),
        JSON,
        *((k.replace("_", "-"), v) for k, v in headers.items()),
    )
    return Response(status=status, headers=sent, body=json.dumps(body).encode())


def data(**fields: object) -> Response:
    return answered({"data": fields})


def refused(message: str, status: int = 200) -> Response:
    errors = [{"message": message, "path": ["findScenes"]}]
    return answered({"errors": errors, "data": None}, status)


def page(body: str, status: int = 200, *headers: tuple[str, str]) -> Response:
    return Response(status=status, headers=(HTML, *headers), body=body.encode())


def status(state: str = "OK", version: str = "v0.30.1") -> Response:
    system = {"status": state, "databaseSchema": 67, "appSchema": 75}
    return data(systemStatus=system, version={"version": version})


def scene(id_: int) -> dict[str, Any]:
    lists: dict[str, Any] = {"performers": [], "tags": [], "files": []}
    texts = {"updated_at": f"stamp {id_}", "title": f"scene {id_}"}
    return {
        "id": str(id_),
        **texts,
        "details": "",
        "date": None,
        "studio": None,
        **lists,
    }


class Canned:
    """Says for each operation what it was given to say; remembers what was asked."""

    def __init__(self, **says: Response | Say) -> None:
        self.says: dict[str, Response | Say] = {"Status": status(), **says}
        self.asked: list[tuple[str, Variables]] = []
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        payload = json.loads(request.body)
        named = re.search(r"query (\w+)", payload["query"])
        assert named is not None
        self.requests.append(request)
        self.asked.append((named[1], payload.get("variables", {})))
        say = self.says[named[1]]
        return say if isinstance(say, Response) else say(self.asked[-1][1])

    @property
    def operations(self) -> list[str]:
        return [name for name, _ in self.asked]


class Shelf(Canned):
    """A Stash with scenes of these ids, none of them fresh."""

    def __init__(self, ids: set[int]) -> None:
        super().__init__(Scan=self.scan, Several=self.several, Single=self.single)
        self.ids = ids

    def scan(self, given: Variables) -> Response:
        found = sorted(i for i in self.ids if i > given["after"])[: given["size"]]
        rows = [{"id": str(i), "updated_at": f"stamp {i}"} for i in found]
        return data(changed={"scenes": rows}, fresh={"scenes": []})

    def several(self, given: Variables) -> Response:
        ids = [int(i) for i in given["ids"]]
        if missing := [i for i in ids if i not in self.ids]:
            return refused(f"scene with id {missing[0]} not found")
        return data(findScenes={"scenes": [scene(i) for i in ids]})

    def single(self, given: Variables) -> Response:
        id_ = int(given["id"])
        return data(findScene=scene(id_) if id_ in self.ids else None)


def client(
    handle: Callable[[Request], Response], *, url: str = URL, secret: str = ""
) -> StashClient:
    endpoint = Endpoint(url=url, secret=secret)
    return StashClient(endpoint, Counter(), adapter=InProcessAdapter(handle))
