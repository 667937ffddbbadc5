"""How Stash is reached: its address, and gql's transport made stricter."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NoReturn, cast
from urllib.parse import unquote, urlsplit

from gql.transport.exceptions import TransportProtocolError, TransportServerError
from gql.transport.requests import RequestsHTTPTransport
from graphql import ExecutionResult, GraphQLError
from requests import Response
from requests.adapters import BaseAdapter
from requests.auth import HTTPBasicAuth

from reconciler.clients.endpoint import Endpoint
from reconciler.clients.stash_faults import Reply
from reconciler.core.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to post to, with what belongs in a URL but not in a sentence set apart."""

    url: str
    shown: str
    auth: HTTPBasicAuth | None = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, endpoint: Endpoint) -> "Address":
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


class Transport(RequestsHTTPTransport):
    """gql's transport that follows no redirect, quotes no body and keeps the status."""

    def __init__(
        self,
        endpoint: Endpoint,
        address: Address,
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
        super().connect()  # type: ignore[no-untyped-call] # gql leaves it unannotated
        if self.session is not None and self._adapter is not None:
            self.session.trust_env = False  # neither a proxy nor a key is on that way
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
