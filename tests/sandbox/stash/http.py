"""The double as a server: who may ask, what is asked for, and in what shape it answers.

Facts §4: the key is looked at before anything else, GraphQL errors come as 200, and
without an `Accept: application/json` a server since v0.29 answers in another type.
"""

import gzip
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.sandbox.server import Server
from tests.sandbox.stash.context import Context
from tests.sandbox.stash.execute import Answer, execute, is_mutation
from tests.sandbox.stash.forms import form_parts, put_at
from tests.sandbox.stash.images import is_picture, picture
from tests.sandbox.stash.model import StashModel
from tests.sandbox.wire import Request, Response

_JSON = "application/json"
_FORM = "multipart/form-data"
_GRAPHQL_JSON = "application/graphql-response+json"
_COMPRESSED = ("application/json", "image/svg+xml", "text/")
_OPEN = ("/login", "/css", "/assets", "/logout")
_HTML = ("Content-Type", "text/html; charset=utf-8")
_HALF = re.compile("[\ud800-\udfff]")
_LOGIN = b"<!DOCTYPE html><html><title>Login</title><form method=post></form></html>"
_APP = b"<!DOCTYPE html><html><title>Stash</title><div id=root></div></html>"

UNAUTHORIZED = Response(status=401, headers=(("WWW-Authenticate", "FormBased"),))


class StashDouble:
    def __init__(self, model: StashModel) -> None:
        self.model = model

    def handle(self, request: Request) -> Response:
        with self.model.lock:
            self.model.catch_up()
            return _compressed(request, self._answer(request))

    def serve(self, port: int = 0) -> Server:
        """Return a server of this double, not started yet."""
        return Server(self.handle, port=port, clock=self.model.clock)

    def _answer(self, request: Request) -> Response:
        if request.path == "/healthz":
            return Response(headers=(("Content-Type", "text/plain"),), body=b".")
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        path = request.path.rstrip("/") or "/"
        if path == "/graphql":
            return self._graphql(request)
        if is_picture(path):
            return picture(self.model, request)
        if path == "/login":
            return self._login()
        return Response(headers=(_HTML,), body=_APP)

    def _refusal(self, request: Request) -> Response | None:
        """Return what those get to see who may not ask."""
        key = self.model.settings.api_key
        given = request.headers.get("ApiKey") or _first(request.query, "apikey")
        if given:
            # A wrong key is refused on every path, even where none is needed.
            return None if given == key else _refused(request)
        if key is None or request.path.startswith(_OPEN):
            return None
        name = request.path.rpartition("/")[2]
        ends_in_html = "." not in name or name.endswith(".html")
        if request.path == "/graphql" or not ends_in_html:
            return _refused(request)
        back = request.path + (f"?{request.query}" if request.query else "")
        target = "/login?" + urlencode({"returnURL": back})
        return Response(status=302, headers=(("Location", target), _HTML))

    def _login(self) -> Response:
        if self.model.settings.api_key is None:
            return Response(status=302, headers=(("Location", "/"), _HTML))
        return Response(headers=(_HTML,), body=_LOGIN)

    def _graphql(self, request: Request) -> Response:
        kind = self._kind_of_answer(request)
        if request.method == "GET":
            return self._graphql_get(request, kind)
        media = request.headers.get("Content-Type", "").partition(";")[0].strip()
        if request.method == "POST" and media.lower() == _FORM:
            return self._graphql_form(request, kind)
        if request.method != "POST" or media.lower() != _JSON:
            return _json_response(
                _failure("transport not supported"), 400, "text/plain"
            )
        try:
            params = json.loads(request.body)
            query, name = params.get("query") or "", params.get("operationName")
            variables = params.get("variables") or {}
        except (ValueError, AttributeError) as error:
            failure = _failure(f"json request body could not be decoded: {error}")
            return _json_response(failure, 400, kind)
        return self._executed(request, kind, query, variables, name)

    def _graphql_get(self, request: Request, kind: str) -> Response:
        query = _first(request.query, "query") or ""
        name = _first(request.query, "operationName")
        try:
            variables = json.loads(_first(request.query, "variables") or "{}")
        except ValueError:
            failure = _failure("variables could not be decoded")
            return _json_response(failure, 400, kind)
        if is_mutation(self.model.version, query, name):
            failure = _failure("GET requests only allow query operations")
            return _json_response(failure, 406, kind)
        return self._executed(request, kind, query, variables, name)

    def _graphql_form(self, request: Request, kind: str) -> Response:
        """Take an operation with files, each put where the map says it belongs."""
        parts = form_parts(request.headers["Content-Type"], request.body)
        params = json.loads(parts["operations"])
        for name, places in json.loads(parts["map"]).items():
            for place in places:
                put_at(params, place.split("."), parts[name])
        return self._executed(request, kind, params["query"], params["variables"], None)

    def _executed(
        self,
        request: Request,
        kind: str,
        query: str,
        variables: Mapping[str, Any],
        name: str | None,
    ) -> Response:
        context = Context(model=self.model, base_url=self._base_url(request))
        answer = execute(context, query, variables, name)
        return _json_response(answer, _status(answer, kind), kind)

    def _base_url(self, request: Request) -> str:
        """Return what the URLs begin with that this request gets to see."""
        if self.model.settings.external_host:
            return self.model.settings.external_host
        scheme = request.headers.get("X-Forwarded-Proto") or "http"
        prefix = request.headers.get("X-Forwarded-Prefix") or ""
        return f"{scheme}://{request.headers.get('Host') or 'localhost:9999'}{prefix}"

    def _kind_of_answer(self, request: Request) -> str:
        """Negotiate the content type: anything will do gets the newer one."""
        accept = request.headers.get("Accept", "")
        if not accept or not self.model.since("0.29.0"):
            return _JSON
        for part in accept.split(","):
            match part.partition(";")[0].strip().lower():
                case "application/json":
                    return _JSON
                case "*/*" | "application/*" | "application/graphql-response+json":
                    return _GRAPHQL_JSON
        return _GRAPHQL_JSON


def _status(answer: Answer, kind: str) -> int:
    if not answer.rejected:
        return 200
    return 400 if kind == _GRAPHQL_JSON else 422


def _failure(message: str) -> Answer:
    return Answer(payload={"errors": [{"message": message}], "data": None})


def _json_response(answer: Answer, status: int, content_type: str) -> Response:
    headers = (("Content-Type", content_type), ("Cache-Control", "no-store"))
    body = json.dumps(answer.payload, ensure_ascii=False, separators=(",", ":"))
    if not body.isprintable():
        # half a character can only be spelled: no real Stash is known to, but may
        body = _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", body)
    return Response(status=status, headers=headers, body=body.encode(), kind="graphql")


def _refused(request: Request) -> Response:
    kind = "graphql" if request.path == "/graphql" else "other"
    return Response(status=401, headers=UNAUTHORIZED.headers, kind=kind)


def _first(query: str, name: str) -> str | None:
    return parse_qs(query).get(name, [None])[0]


def _compressed(request: Request, response: Response) -> Response:
    """Compress what the list of types has, which the newer type of answer is not on."""
    kind = dict(response.headers).get("Content-Type", "")
    asked = "gzip" in request.headers.get("Accept-Encoding", "")
    if not (asked and response.body and kind.startswith(_COMPRESSED)):
        return response
    headers = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return Response(
        status=response.status,
        headers=(*response.headers, *headers),
        body=gzip.compress(response.body, compresslevel=1, mtime=0),
        kind=response.kind,
    )
