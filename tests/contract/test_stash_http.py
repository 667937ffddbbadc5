"""HTTP: shapes of failures, content types and keys (facts §4 and §5)."""

import pytest

from tests.contract.stash_server import StashServer, unfolded

HASH = "{ version { hash } }"
NEWER = "application/graphql-response+json"


def test_what_a_resolver_refuses_is_told_beside_status_200(stash: StashServer) -> None:
    query = 'query { findScene(id: "heron") { id } version { hash } }'
    response = stash.post({"query": query})

    answer = response.json()

    assert response.status_code == 200
    assert [error["path"] for error in answer["errors"]] == [["findScene"]]
    assert answer["data"]["findScene"] is None
    assert answer["data"]["version"]["hash"]


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{ findHerons { id } }", {}, "GRAPHQL_VALIDATION_FAILED"),
        (
            "query($id: ID!) { findScene(id: $id) { id } }",
            {},
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($n: Int) { findScenes(filter: {page: $n}) { count } }",
            {"n": "two"},
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("query A { version { hash } } query B { version { hash } }", {}, None),
        ("{ findScene(", {}, "GRAPHQL_PARSE_FAILED"),
        ("", {}, None),
    ],
    ids=["field", "variable left out", "variable of a kind", "which", "syntax", "none"],
)
def test_a_document_that_does_not_hold_is_rejected(
    stash: StashServer, query: str, variables: dict[str, object], code: str | None
) -> None:
    """With 422, or 400 for those who take the newer content type."""
    body = {"query": query, "variables": variables}
    response = stash.post(body)

    answer = response.json()
    told = answer["errors"][0]["extensions"]["code"]

    assert response.status_code == 422
    assert unfolded(response) == "application/json"
    assert answer["data"] is None
    assert told == code or code is None
    if stash.version >= (0, 29):
        assert stash.post(body, Accept=NEWER).status_code == 400


@pytest.mark.parametrize(
    ("accept", "since_v029"),
    [
        ("application/json", "application/json"),
        ("*/*", NEWER),
        ("application/*", NEWER),
        (NEWER, NEWER),
        ("text/html", NEWER),
        ("text/html, application/json;q=0.1, */*", "application/json"),
        ("", "application/json"),
    ],
)
def test_the_content_type_is_negotiated_since_v029(
    stash: StashServer, accept: str, since_v029: str
) -> None:
    response = stash.post({"query": HASH}, Accept=accept)

    expected = since_v029 if stash.version >= (0, 29) else "application/json"
    assert response.status_code == 200
    assert unfolded(response) == expected


def test_only_plain_json_is_compressed(stash: StashServer) -> None:
    query = {"query": "{ version { version hash build_time } systemStatus { os } }"}

    plain = stash.post(query, Accept_Encoding="gzip")

    assert plain.headers.get("Content-Encoding") == "gzip"
    assert plain.json()["data"]["systemStatus"]["os"]
    if stash.version >= (0, 29):
        newer = stash.post(query, Accept_Encoding="gzip", Accept=NEWER)
        assert "Content-Encoding" not in newer.headers


def test_answers_are_not_to_be_kept(stash: StashServer) -> None:
    assert stash.post({"query": HASH}).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", ["text/plain", "application/graphql", ""])
def test_only_json_may_be_posted(stash: StashServer, kind: str) -> None:
    response = stash.post({"query": HASH}, Content_Type=kind)

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == "transport not supported"


def test_a_body_that_is_no_json_is_a_bad_request(stash: StashServer) -> None:
    response = stash.post('{"query": ')

    assert response.status_code == 400
    assert "could not be decoded" in response.json()["errors"][0]["message"]


def test_a_query_may_be_got(stash: StashServer) -> None:
    response = stash.request("GET", "/graphql", params={"query": HASH})

    assert response.status_code == 200
    assert response.json()["data"]["version"]["hash"]


def test_a_mutation_may_not_be_got(stash: StashServer) -> None:
    query = 'mutation { sceneDestroy(input: {id: "0"}) }'
    response = stash.request("GET", "/graphql", params={"query": query})

    assert response.status_code == 406


def test_it_is_healthy_whatever_the_key(stash: StashServer) -> None:
    response = stash.request("GET", "/healthz", key="wrong")

    assert response.status_code == 200
    assert response.text == "."


@pytest.mark.parametrize("path", ["/graphql", "/", "/scene/1/screenshot", "/login"])
def test_a_wrong_key_is_refused_everywhere(stash: StashServer, path: str) -> None:
    """Also where no key is needed."""
    for response in (
        stash.request("GET", path, key="wrong"),
        stash.request("GET", f"{path}?apikey=wrong", key=None),
    ):
        assert response.status_code == 401
        assert response.content == b""
        assert response.headers["WWW-Authenticate"] == "FormBased"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_key_graphql_is_refused_with_nothing(
    guarded: StashServer, method: str
) -> None:
    response = guarded.request(method, "/graphql", key=None)

    assert response.status_code == 401
    assert response.content == b""
    assert response.headers["WWW-Authenticate"] == "FormBased"


@pytest.mark.parametrize(
    "path", ["/", "/graphql/", "/scene/1/screenshot?t=5", "/page.html"]
)
def test_without_a_key_anything_else_leads_to_the_login_page(
    guarded: StashServer, path: str
) -> None:
    response = guarded.request("GET", path, key=None)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login?returnURL=%2F")


def test_without_a_key_what_looks_like_a_file_is_refused(
    guarded: StashServer,
) -> None:
    assert guarded.request("GET", "/cover.png", key=None).status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/login"])
def test_some_pages_are_open(guarded: StashServer, path: str) -> None:
    assert guarded.request("GET", path, key=None).status_code == 200


def test_a_key_may_be_in_the_address(guarded: StashServer) -> None:
    address = f"/graphql?apikey={guarded.api_key}"

    response = guarded.request("GET", address, key=None, params={"query": HASH})

    assert response.status_code == 200
    assert response.json()["data"]["version"]["hash"]


def test_the_stream_gives_the_key_away_and_the_picture_does_not(
    guarded: StashServer,
) -> None:
    scene = guarded.scene_with_file()
    paths = guarded.scene(scene["id"], "paths { stream screenshot }")["paths"]

    assert guarded.api_key is not None
    assert guarded.api_key in paths["stream"]
    assert guarded.api_key not in paths["screenshot"]


def test_the_server_says_what_it_is(stash: StashServer) -> None:
    told = stash.ask(
        """{ systemStatus { status appSchema databaseSchema os }
             version { version hash }
             stats { scene_count performer_count tag_count studio_count } }"""
    )

    status = told["systemStatus"]
    assert status["status"] == "OK"
    assert status["appSchema"] == status["databaseSchema"]
    assert status["databaseSchema"] == (75 if stash.version >= (0, 30) else 68)
    assert told["stats"]["scene_count"] == len(stash.find())


def test_no_job_is_null_not_an_empty_list(stash: StashServer) -> None:
    queue = stash.ask("{ jobQueue { id status description addTime } }")["jobQueue"]

    assert queue is None or all(job["id"] for job in queue)


def test_a_job_that_nobody_knows_is_null(stash: StashServer) -> None:
    query = 'query { findJob(input: {id: "987654321"}) { id } }'

    assert stash.ask(query) == {"findJob": None}
