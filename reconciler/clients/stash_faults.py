"""Makes our errors of what gql raises and of what Stash answers.

The class follows from types and statuses, never from what a message says; a message is
only quoted, without the secrets and cut short.
"""

import json
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportError,
    TransportQueryError,
)

from reconciler.clients.endpoint import NOTHING_SENT, Endpoint
from reconciler.clients.stash_queries import StashReport
from reconciler.core.errors import (
    BusyError,
    PermanentError,
    ServerError,
    StrangerError,
    TransientError,
    UnauthorisedError,
    UnreachableError,
)

OLDEST = (0, 27)
"""The oldest version that is read."""

_QUOTED = 200  # characters of a server's own words
_LONGEST_PAUSE = 86_400.0  # seconds: what asks for more is not meant for us
_REJECTED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})
_HUNG_UP = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer, as far as gql does not tell of it."""

    status: int
    date: datetime | None
    """The server's clock, UTC."""
    retry_after: float | None
    location: str
    is_json: bool
    is_empty: bool

    @classmethod
    def of(cls, response: requests.Response) -> "Reply":
        date = _moment(response.headers.get("Date", ""))
        return cls(
            status=response.status_code,
            date=date,
            retry_after=_pause(response.headers.get("Retry-After", ""), date),
            location=response.headers.get("Location", ""),
            is_json="json" in response.headers.get("Content-Type", ""),
            is_empty=not response.content,
        )


class RefusedError(TransientError):
    """Stash answered a query with GraphQL errors; why, only a probe can tell."""

    def __init__(self, message: str, *, status: int, words: str) -> None:
        super().__init__(message)
        self.words = words
        self.is_misunderstood = status in _REJECTED
        """It did not run the query, but found that it does not know such a one."""
        self.is_answer = status == HTTPStatus.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class StashFaults:
    """Says in one sentence what went wrong between us and the Stash at *where*."""

    endpoint: Endpoint
    where: str
    """The address without anything secret."""
    secrets: tuple[str, ...] = field(repr=False)

    def of(self, error: TransportError, reply: Reply | None) -> ServerError:
        """Class what gql raised; *reply* is the answer that it was about."""
        if reply is None or isinstance(error, TransportConnectionFailed):
            return self._unreachable(error.__cause__)
        if fault := self._at_the_door(reply) or self._broken(reply, error):
            return fault
        if isinstance(error, TransportQueryError) and _may_be_stash(reply.status):
            return self._refused(error, reply.status)
        return self.not_stash(f"answered {reply.status}, but not with GraphQL")

    def quote(self, text: str) -> str:
        """Prepare foreign *text* for a sentence: one line, short, no secrets."""
        for secret in filter(None, self.secrets):
            text = text.replace(secret, "***")
        text = " ".join(text.split())
        return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"

    def not_stash(self, what: str) -> StrangerError:
        return StrangerError(
            f"{self.where} does not answer like Stash ({what}): check [stash] url, its "
            "path too, and that no proxy in front asks for a login"
        )

    def no_date(self) -> StrangerError:
        return StrangerError(
            f"Stash at {self.where} answered without a usable Date header, which tells "
            "its clock: have the proxy in front pass that header on"
        )

    def out_of_order(self) -> TransientError:
        return TransientError(
            f"Stash at {self.where} answered out of order: nothing of it is taken, it "
            "is asked again"
        )

    def changed_meanwhile(self, what: str) -> TransientError:
        return TransientError(
            f"Stash at {self.where} changed while it was listed ({what}): nothing of "
            "it is taken, it is asked again"
        )

    def unready(self, report: StashReport) -> BusyError | None:
        """Object to a status that passes as soon as a person acts in the browser."""
        match report.status:
            case "OK":
                return None
            case "SETUP":
                what = "has not been set up yet: finish its setup"
            case "NEEDS_MIGRATION":
                what = (
                    f"waits to migrate its database from schema "
                    f"{report.database_schema} to {report.app_schema}: confirm that"
                )
            case status:
                what = f"is not ready (status {self.quote(status)}): look at it"
        return BusyError(f"Stash at {self.where} {what} in a browser, then run again")

    def too_old(self, report: StashReport, words: str = "") -> PermanentError | None:
        """Object to a version below the oldest; *words* name what it lacks."""
        number = re.match(r"v?(\d{1,9})\.(\d{1,9})", report.version)
        if number is None or (int(number[1]), int(number[2])) >= OLDEST:
            return None
        lack = f" and refuses: {words}" if words else ""
        return PermanentError(
            f"Stash {self._version(report)} at {self.where} is too old{lack}; upgrade "
            f"it to v{OLDEST[0]}.{OLDEST[1]} or newer"
        )

    def misunderstood(self, report: StashReport, words: str) -> PermanentError:
        """Explain why Stash does not know the query; *words* name the field."""
        return self.too_old(report, words) or PermanentError(
            f"Stash {self._version(report)} at {self.where} does not know what it is "
            f"asked: {words}; plexsync needs Stash v{OLDEST[0]}.{OLDEST[1]} or newer, "
            "and a newer Stash may need a newer plexsync"
        )

    def _refused(self, error: TransportQueryError, status: int) -> RefusedError:
        words = str(error)
        return RefusedError(
            f"Stash at {self.where} failed to answer: {words}; it is asked again, and "
            "its own log says more",
            status=status,
            words=words,
        )

    def _at_the_door(self, reply: Reply) -> ServerError | None:
        match reply.status:
            case HTTPStatus.UNAUTHORIZED:
                return self._unauthorised()
            case HTTPStatus.FORBIDDEN:
                return UnauthorisedError(
                    f"Stash at {self.where} answered 403: it has locked itself after "
                    "a visit from the internet, or a proxy in front refuses us; see "
                    "Stash's own log"
                )
            case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
                return BusyError(
                    f"Stash at {self.where} has no time (answered {reply.status}): it "
                    "is asked again later",
                    retry_after=reply.retry_after,
                )
            case status if status in range(300, 400):
                return self._redirected(reply)
        return None

    def _unauthorised(self) -> UnauthorisedError:
        if self.endpoint.secret:
            return UnauthorisedError(
                f"Stash at {self.where} does not take our key: copy it anew from "
                "Settings > Security to [stash] api_key, or remove it there if Stash "
                "asks for no password"
            )
        return UnauthorisedError(
            f"Stash at {self.where} wants a key: set [stash] api_key to the one in its "
            "Settings > Security"
        )

    def _redirected(self, reply: Reply) -> ServerError:
        place, path = _target(reply.location)
        if path.rstrip("/").endswith("/login") and not self.endpoint.secret:
            return self._unauthorised()
        shown = self.quote(place + path) or "nowhere"
        return StrangerError(
            f"{self.where} redirects to {shown} (answered {reply.status}): set [stash] "
            "url to the address at which Stash itself answers"
        )

    def _broken(self, reply: Reply, error: TransportError) -> TransientError | None:
        if isinstance(error, TransportQueryError):
            return None
        failed = reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if failed or reply.status in _PASSING:
            return TransientError(
                f"Stash at {self.where} answered {reply.status}: is it running? see "
                "its own log, and that of a proxy in front"
            )
        is_cut = reply.is_json and isinstance(error.__context__, json.JSONDecodeError)
        if reply.status == HTTPStatus.OK and (is_cut or reply.is_empty):
            return TransientError(
                f"Stash at {self.where} broke off its answer: it is asked again"
            )
        return None

    def _unreachable(self, cause: BaseException | None) -> ServerError:
        if _is_distrust(cause):
            return StrangerError(
                f"Stash at {self.where} cannot prove who it is over TLS: set [stash] "
                "ca_file to a readable file with the authority that signed its "
                "certificate, or verify = false, or http:// if it speaks no TLS"
            )
        if isinstance(cause, ValueError):
            return StrangerError(
                f"{self.where} is no address that can be asked: check [stash] url"
            )
        is_proxy = isinstance(cause, requests.exceptions.ProxyError)
        through = " through the proxy that the environment names" if is_proxy else ""
        was_sent = not any(isinstance(link, NOTHING_SENT) for link in _chain(cause))
        kind = TransientError if was_sent else UnreachableError
        return kind(
            f"cannot reach Stash at {self.where}{through} ({self._reason(cause)}): is "
            "it running, and is [stash] url right?"
        )

    def _reason(self, cause: BaseException | None) -> str:
        for link in _chain(cause):
            if isinstance(link, requests.ConnectTimeout):
                return f"no connection in {self.endpoint.connect_timeout:g} s"
            if isinstance(link, requests.Timeout | TimeoutError):
                limit = f"{self.endpoint.read_timeout:g} s"
                return f"no answer for {limit}, which is [stash] read_timeout"
            if isinstance(link, OSError) and link.strerror:
                return self.quote(link.strerror.lower())
        return "the connection broke"

    def _version(self, report: StashReport) -> str:
        return self.quote(report.version) or "of an unknown version"


def _may_be_stash(status: int) -> bool:
    own = status == HTTPStatus.OK or status in _REJECTED
    return own or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _target(location: str) -> tuple[str, str]:
    """Split where a redirect leads; its query may hold what is nobody's business."""
    target = urlsplit(location)
    host = target.netloc.rpartition("@")[2]
    return f"{target.scheme}://{host}" if host else "", target.path


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_distrust(cause: BaseException | None) -> bool:
    # A file of authorities that is not there comes as an OSError of no other type.
    tls = isinstance(cause, requests.exceptions.SSLError) or type(cause) is OSError
    return tls and not any(isinstance(link, _HUNG_UP) for link in _chain(cause))


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _pause(text: str, date: datetime | None) -> float | None:
    if text.isdecimal():
        return min(float(text), _LONGEST_PAUSE)
    until = _moment(text)
    if until is None or date is None:
        return None
    return min(max((until - date).total_seconds(), 0.0), _LONGEST_PAUSE)
