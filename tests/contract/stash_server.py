"""A Stash to ask, double or real: speaks GraphQL, makes things, cleans up after itself.

What it makes has names nobody else has, so that a server with a library of its own can
be asked. Files are never made or deleted; one is moved, or given away, and put back.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

import pytest
import requests
from requests.adapters import BaseAdapter

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.stash import StashClient

_TIMEOUT = 30.0
_PATIENCE = 600  # tenths of a second for a job to come to its end
EMERALD = (  # a picture of one point
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlE"
    "QVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
Data = dict[str, Any]


class StashServer:
    def __init__(
        self,
        url: str,
        session: requests.Session,
        advance: Callable[[float], None],
        *,
        api_key: str | None = None,
        adapter: BaseAdapter | None = None,
    ) -> None:
        self.url = url
        self.session = session
        self.api_key = api_key
        self._advance = advance
        self._adapter = adapter
        self._made: list[tuple[str, str]] = []
        version = self.ask("{ version { version } }")["version"]["version"]
        # v0.30.1-19-gcf3489efd is the 19th commit after v0.30.1
        numbers = re.match(r"v?(\d+)\.(\d+)\.(\d+)(?:-(\d+)-g)?", version)
        assert numbers is not None, version
        self.version = tuple(int(number) for number in numbers.groups() if number)

    def client(self) -> StashClient:
        """Return the product's own client of this server."""
        endpoint = Endpoint(url=self.url, secret=self.api_key or "")
        return StashClient(endpoint, Tally(), adapter=self._adapter)

    def request(
        self,
        method: str,
        path: str,
        *,
        key: str | None = "its own",
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401 - as in requests
    ) -> requests.Response:
        """Send a request as it is, with the server's own key unless told otherwise."""
        own = self.api_key if key == "its own" else key
        sent = {**({"ApiKey": own} if own else {}), **(headers or {})}
        return self.session.request(
            method,
            f"{self.url}{path}",
            headers=sent,
            timeout=_TIMEOUT,
            allow_redirects=False,
            **more,
        )

    def post(
        self, body: str | Mapping[str, object], **headers: str
    ) -> requests.Response:
        """Post *body* to /graphql, as JSON unless a header says otherwise."""
        content = body if isinstance(body, str) else json.dumps(body)
        sent = {"Content-Type": "application/json", "Accept": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request(
            "POST", "/graphql", headers={**sent, **named}, data=content.encode()
        )

    def ask(self, query: str, **variables: object) -> Data:
        """Return the data; there may be no errors."""
        response = self.post({"query": query, "variables": variables})
        answer = response.json()

        assert response.status_code == 200, answer
        assert "errors" not in answer, answer
        data: Data = answer["data"]
        return data

    def refusal(self, query: str, **variables: object) -> tuple[str, object]:
        """Return what is told beside status 200: the first error, and the data."""
        response = self.post({"query": query, "variables": variables})
        answer = response.json()

        assert response.status_code == 200, answer
        return answer["errors"][0]["message"], answer["data"]

    def find(
        self,
        scene_filter: Mapping[str, object] | None = None,
        among: Iterable[str] | None = None,
        **page: object,
    ) -> list[str]:
        """Return the ids of the scenes found, of *among* only if that is given."""
        page = {"per_page": -1, "sort": "id", **page}
        found = self.ask(_FIND_IDS, filter=page, scene_filter=scene_filter)
        ids = [scene["id"] for scene in found["findScenes"]["scenes"]]
        if among is None:
            return ids
        ours = set(among)
        return [scene_id for scene_id in ids if scene_id in ours]

    def scene(self, scene_id: str, fields: str) -> Data:
        found: Data = self.ask(
            f"query($id: ID!) {{ findScene(id: $id) {{ {fields} }} }}", id=scene_id
        )["findScene"]
        return found

    def stamps(self, kind: str, ids: Iterable[str]) -> dict[str, str]:
        """Return `updated_at` of each; *kind* is Scene, Performer and so on."""
        rows = f"{kind.lower()}s"
        query = f"""query($ids: [ID!]) {{
          find{kind}s(ids: $ids) {{ {rows} {{ id updated_at }} }}
        }}"""
        found = self.ask(query, ids=list(ids))[f"find{kind}s"][rows]
        return {row["id"]: row["updated_at"] for row in found}

    def advance(self, seconds: float = 1.1) -> None:
        """Let the server's clock go on to another second."""
        self._advance(seconds)

    def needs(self, *version: int) -> None:
        """Skip what an older server does not have."""
        if self.version < version:
            pytest.skip(f"needs Stash {'.'.join(map(str, version))}")

    @staticmethod
    def name(words: str) -> str:
        """Return a name that nobody else has."""
        return f"{words} {uuid4().hex[:10]}"

    def make(self, kind: str, **given: object) -> str:
        """Create a Scene, Performer, Tag, Studio, Group or Gallery; return its id."""
        title = "title" if kind in {"Scene", "Gallery"} else "name"
        given.setdefault(title, self.name("Heron"))
        field = f"{kind.lower()}Create"
        query = f"""mutation($input: {kind}CreateInput!) {{
          {field}(input: $input) {{ id }}
        }}"""
        made: str = self.ask(query, input=given)[field]["id"]
        self._made.append((kind, made))
        return made

    def remember(self, kind: str, entity_id: str) -> None:
        """See to it that what came in another way goes again."""
        self._made.append((kind, entity_id))

    def make_named(self, kind: str, words: str) -> str:
        """Create an entity, and return its name."""
        name = self.name(words)
        self.make(kind, name=name)
        return name

    def make_scenes(self, count: int, **given: object) -> list[str]:
        return [self.make("Scene", **given) for _ in range(count)]

    def update(self, kind: str, entity_id: str, **given: object) -> None:
        field = f"{kind.lower()}Update"
        query = f"""mutation($input: {kind}UpdateInput!) {{
          {field}(input: $input) {{ id }}
        }}"""
        self.ask(query, input={"id": entity_id, **given})

    def destroy(self, kind: str, entity_id: str) -> None:
        field = f"{kind.lower()}Destroy"
        query = f"mutation($input: {kind}DestroyInput!) {{ {field}(input: $input) }}"
        only = {"ids": [entity_id]} if kind == "Gallery" else {"id": entity_id}
        self.ask(query, input=only)

    def merge(self, kind: str, sources: Iterable[str], destination: str) -> None:
        """Merge scenes, performers or tags."""
        field = {"Tag": "tagsMerge"}.get(kind, f"{kind.lower()}Merge")
        given = {"Tag": "TagsMergeInput"}.get(kind, f"{kind}MergeInput")
        query = f"mutation($input: {given}!) {{ {field}(input: $input) {{ id }} }}"
        self.ask(query, input={"source": [*sources], "destination": destination})

    def wait(self, job_id: str) -> str:
        """Let a job come to its end, and return how it ended."""
        for _ in range(_PATIENCE):
            job = self.ask(_JOB, id=job_id)["findJob"]
            if job is None or job["status"] in {"CANCELLED", "FAILED", "FINISHED"}:
                return str(job and job["status"])
            self.advance(0.1)
        raise AssertionError(f"job {job_id} does not end")

    def run(self, mutation: str, **given: object) -> str:
        """Start a job with an input, and return its id; nothing is waited for."""
        kind = f"{mutation.removeprefix('metadata')}MetadataInput!"
        query = f"mutation($input: {kind}) {{ job: {mutation}(input: $input) }}"
        job: str = self.ask(query, input=given)["job"]
        return job

    def make_marker(self, scene_id: str, tag_id: str) -> str:
        given = {
            "scene_id": scene_id,
            "primary_tag_id": tag_id,
            "title": "First light",
            "seconds": 1,
        }
        made: str = self.ask(_MARKER, input=given)["sceneMarkerCreate"]["id"]
        return made

    def clean_up(self) -> None:
        """Destroy what was made and is still there, scenes first."""
        order = sorted(self._made, key=lambda made: made[0] != "Scene")
        for kind, entity_id in order:
            query = f"query($id: ID!) {{ find{kind}(id: $id) {{ id }} }}"
            if self.ask(query, id=entity_id)[f"find{kind}"]:
                self.destroy(kind, entity_id)

    def scene_with_file(self, *, files: int = 1) -> Data:
        """Return a scene that has at least so many files, or skip."""
        more = {"file_count": {"value": files - 1, "modifier": "GREATER_THAN"}}
        ids = self.find(more, per_page=1)
        if not ids:
            pytest.skip(f"needs a scene with {files} file(s) in the library")
        return self.scene(ids[0], f"id updated_at files {{ {_FILE} }}")


_FILE = "id path basename updated_at parent_folder_id"
_JOB = "query($id: ID!) { findJob(input: {id: $id}) { status } }"
_FIND_IDS = """
query($filter: FindFilterType, $scene_filter: SceneFilterType) {
  findScenes(filter: $filter, scene_filter: $scene_filter) { scenes { id } }
}
"""
_MARKER = """
mutation($input: SceneMarkerCreateInput!) {
  sceneMarkerCreate(input: $input) { id }
}
"""


def unfolded(response: requests.Response) -> str:
    """Return the content type without its parameters."""
    return response.headers["Content-Type"].partition(";")[0]
