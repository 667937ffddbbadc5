"""Stash over GraphQL, on one kept connection; nothing is retried or probed up front.

A quiet pass costs one request. Only when a query fails and neither the network nor a
key is plainly to blame is Stash asked how it is, to say what has to be done.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from itertools import count, pairwise
from typing import Any, NoReturn, TypeVar, cast
from urllib.parse import unquote, urlsplit

from gql import Client
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.requests import RequestsHTTPTransport
from graphql import ExecutionResult, GraphQLError
from requests import Response
from requests.adapters import BaseAdapter
from requests.auth import HTTPBasicAuth

from reconciler.clients import stash_queries
from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.stash_faults import RefusedError, Reply, StashFaults
from reconciler.clients.stash_queries import READ_PAGE, SCAN_PAGE, Query, StashReport
from reconciler.core.errors import ServerError, UserError
from reconciler.core.values import Kind, ScanPage, Scene, SceneId

__all__ = ["StashClient", "StashReport"]

Answer = TypeVar("Answer")

_FOREIGN = (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)


class StashClient:
    """A `Source`, for one thread at a time.

    *adapter* carries the requests instead of a socket.
    """

    def __init__(
        self, endpoint: Endpoint, tally: Tally, *, adapter: BaseAdapter | None = None
    ) -> None:
        address = _Address.of(endpoint)
        self._tally = tally
        self._faults = StashFaults(
            endpoint=endpoint, where=address.shown, secrets=address.secrets
        )
        self._transport = _Transport(endpoint, address, self._faults.quote, adapter)
        self._client = Client(transport=self._transport)
        self._session = self._client.connect_sync()  # type: ignore[no-untyped-call] # gql leaves it unannotated

    def close(self) -> None:
        self._client.close_sync()  # type: ignore[no-untyped-call] # as above

    def scan(self, *, since: str, fresh: str, after: SceneId) -> ScanPage:
        found = self._ask(stash_queries.scan(since=since, fresh=fresh, after=after))
        self._check_order(after, [row.id for row in found.rows])
        self._check_order(after, [scene.id for scene in found.scenes])
        reply = self._transport.reply
        if reply is None or reply.date is None:
            raise self._faults.no_date()
        rows = found.rows[:SCAN_PAGE]
        ids = {row.id for row in rows}
        return ScanPage(
            clock=reply.date,
            rows=rows,
            # The two lists are not one snapshot: a row can be in the second alone.
            scenes=tuple(scene for scene in found.scenes if scene.id in ids),
            is_last=len(found.rows) <= SCAN_PAGE,
        )

    def read(self, ids: Sequence[SceneId]) -> Iterator[Scene]:
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), READ_PAGE):
            yield from self._read(wanted[start : start + READ_PAGE])

    def names(self, kind: Kind) -> Iterator[str]:
        for page in count(1):
            found = self._ask(stash_queries.names(kind, page))
            yield from found
            if len(found) < SCAN_PAGE:
                return

    def probe(self) -> StashReport:
        """Ask Stash how it is; `objection` says what is wrong with the answer."""
        report = self._status()
        if self._faults.unready(report):
            return report
        return replace(report, scenes=self._send(stash_queries.size()))

    def objection(self, report: StashReport) -> ServerError | None:
        """Say what keeps a Stash that reports so from being read."""
        return self._faults.unready(report) or self._faults.too_old(report)

    def _read(self, ids: list[SceneId]) -> Iterator[Scene]:
        """Read a page; where Stash refuses it for one missing scene, halve it."""
        if len(ids) == 1:
            yield from self._single(ids[0])
            return
        found = self._several(ids)
        if found is None:
            half = len(ids) // 2
            yield from self._read(ids[:half])
            yield from self._read(ids[half:])
            return
        for id_ in ids:
            # Absence is proved: what a list leaves out is asked for by itself.
            yield from [found[id_]] if id_ in found else self._single(id_)

    def _several(self, ids: list[SceneId]) -> dict[SceneId, Scene] | None:
        try:
            scenes = self._send(stash_queries.several(ids))
        except RefusedError as refusal:
            if refusal.is_answer:
                return None
            self._explain(refusal)
            raise
        return {scene.id: scene for scene in scenes}

    def _single(self, id_: SceneId) -> Iterator[Scene]:
        scene = self._ask(stash_queries.single(id_))
        if scene is not None:
            yield scene

    def _status(self) -> StashReport:
        try:
            return self._send(stash_queries.status())
        except RefusedError as refusal:
            if refusal.is_misunderstood:
                raise self._faults.not_stash(refusal.words) from refusal
            raise

    def _ask(self, query: Query[Answer]) -> Answer:
        try:
            return self._send(query)
        except RefusedError as refusal:
            self._explain(refusal)
            raise

    def _explain(self, refusal: RefusedError) -> None:
        """Raise what is behind *refusal*, if a probe can tell."""
        try:
            report = self._status()
        except RefusedError:
            return
        if refusal.is_misunderstood:
            raise self._faults.misunderstood(report, refusal.words) from refusal
        if unready := self._faults.unready(report):
            raise unready from refusal

    def _send(self, query: Query[Answer]) -> Answer:
        self._tally[query.kind] += 1
        try:
            data = self._session.execute(query.request)
        except _FOREIGN as error:
            raise self._faults.of(error, self._transport.reply) from error
        try:
            return query.read(data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._faults.not_stash("gave data of another shape") from error

    def _check_order(self, after: SceneId, ids: list[SceneId]) -> None:
        if any(left >= right for left, right in pairwise([after, *ids])):
            raise self._faults.out_of_order()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    """Where to post to, with what belongs in a URL but not in a sentence set apart."""

    url: str
    shown: str
    auth: HTTPBasicAuth | None = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, endpoint: Endpoint) -> "_Address":
        try:
            parts = urlsplit(endpoint.url.strip())
            is_address = parts.port != 0 and parts.scheme in {"http", "https"}
        except ValueError:  # brackets or a port that are none
            is_address = False
        if not is_address or not parts.hostname:
            problem = "[stash] url is no address: give one such as http://host:9999"
            raise UserError([problem])
        _, _, host = parts.netloc.rpartition("@")
        path = parts.path.rstrip("/").removesuffix("/graphql").rstrip("/")
        shown = f"{parts.scheme}://{host}{path}"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(
            url=f"{shown}/graphql",
            shown=shown,
            auth=HTTPBasicAuth(user, password) if user else None,
            secrets=(_sendable(endpoint.secret), password),
        )


def _sendable(secret: str) -> str:
    # A header that cannot be sent would be quoted whole by whoever refuses it.
    if secret.isascii() and secret.isprintable() and secret == secret.strip():
        return secret
    problem = "[stash] api_key holds characters that no key has: copy it anew"
    raise UserError([problem])


class _Transport(RequestsHTTPTransport):
    """gql's transport that follows no redirect, quotes no body and keeps the status."""

    def __init__(
        self,
        endpoint: Endpoint,
        address: _Address,
        quote: Callable[[str], str],
        adapter: BaseAdapter | None,
    ) -> None:
        # Any other type of answer is not compressed since v0.29.
        headers = {"Accept": "application/json"}
        if endpoint.secret:
            headers["ApiKey"] = endpoint.secret
        timeout = (endpoint.connect_timeout, endpoint.read_timeout)
        super().__init__(
            url=address.url,
            headers=headers,
            auth=address.auth,
            timeout=cast("int", timeout),  # requests takes a pair, gql does not say so
            verify=endpoint.verify,
            retries=0,
            json_deserialize=_object,
            allow_redirects=False,
        )
        self.reply: Reply | None = None
        """The last answer; stale once a request has found none."""
        self._quote = quote
        self._adapter = adapter

    def connect(self) -> None:
        super().connect()  # type: ignore[no-untyped-call] # as in StashClient
        if self.session is not None and self._adapter is not None:
            for scheme in ("http://", "https://"):
                self.session.mount(scheme, self._adapter)

    def _prepare_result(self, response: Response) -> ExecutionResult:
        self.reply = Reply.of(response)
        response.encoding = "utf-8"  # or requests guesses from megabytes
        result = super()._prepare_result(response)
        if result.errors or result.data is None:
            words = self._quote(_words(result.errors or []))
            return ExecutionResult(errors=[GraphQLError(words)])
        if response.status_code != HTTPStatus.OK:
            self._raise_response_error(response, "data, but not as an answer")
        return result

    @classmethod
    def _raise_response_error(cls, resp: Response, reason: str) -> NoReturn:
        if not resp.ok:
            raise TransportServerError(f"answered {resp.status_code}", resp.status_code)
        raise TransportProtocolError(reason)


def _object(text: str) -> dict[str, Any]:
    answer = json.loads(text)
    if isinstance(answer, dict) and isinstance(answer.get("errors") or [], list):
        return answer
    raise ValueError("not an object as GraphQL answers")


def _words(errors: Sequence[object]) -> str:
    """Take out the first message; gql leaves errors as they came."""
    match errors:
        case [{"message": str(message)}, *_]:
            return message
        case [error, *_]:
            return str(error)
    return "neither data nor errors"
