"""What went wrong with Plex, as our errors: by status and by type, never by text.

A response hook on the session sees every status first, because plexapi would make
`BadRequest` of nearly all of them and fail on those it has no name for.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

import requests
import urllib3
from requests.exceptions import (
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    RequestException,
)

from reconciler.clients.endpoint import NOTHING_SENT, Endpoint
from reconciler.core.errors import (
    AmbiguousError,
    BusyError,
    GoneError,
    PermanentError,
    ServerError,
    StrangerError,
    TransientError,
    UnauthorisedError,
    UnreachableError,
)


class TooLongError(PermanentError):
    """The server does not take a URL of that length."""


_SUCCESS = {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT}
_BUSY = {
    HTTPStatus.LOCKED,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}
_GATEWAY = {HTTPStatus.REQUEST_TIMEOUT}  # a proxy's, and no better than its 504
_TOO_LONG = (
    TooLongError,
    "finds a URL of {length} characters too long ({status})",
)
_REFUSALS: dict[int, tuple[type[ServerError], str]] = {
    HTTPStatus.UNAUTHORIZED: (
        UnauthorisedError,
        "does not take the token ({status}): check [plex] token",
    ),
    HTTPStatus.FORBIDDEN: (
        UnauthorisedError,
        "takes no orders by this token ({status}): [plex] token has to be the owner's",
    ),
    HTTPStatus.NOT_FOUND: (
        GoneError,
        "has nothing at {path} ({status}): it has to be looked for again",
    ),
    HTTPStatus.REQUEST_URI_TOO_LONG: _TOO_LONG,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: _TOO_LONG,
}
_NO_TOKEN = (
    UnauthorisedError,
    "asks for a token ({status}) and none is set: write [plex] token or token_file",
)
_REFUSED = (
    PermanentError,
    "refuses {method} {path} ({status}): look into the log of Plex for why",
)
_LONGEST_WAIT = 86_400.0  # seconds: who asks for more does not mean it
_NOT_PLEX = ("text/html", "application/json")  # Plex itself answers a read in XML

_WRONG_ADDRESS = (InvalidURL, InvalidSchema, MissingSchema)


def place(url: str) -> str:
    """Name the server in a message: neither path nor query nor a password in *url*."""
    return f"Plex at {_origin(url) or 'the given address'}"


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else ""


def not_plex(url: str) -> StrangerError:
    return StrangerError(f"{place(url)} does not answer like Plex: check [plex] url")


def refuse_failures(response: requests.Response, *_: object, **__: object) -> None:
    """Raise ours for whatever is not Plex's own success; a hook for `requests`.

    Raising here also keeps `requests` from following a redirect, on which it would make
    a GET of a PUT and hand the token to whoever is at the other end.
    """
    response.encoding = "utf-8"  # "text/xml" alone would be read as Latin-1
    if response.status_code in _SUCCESS or _is_begun(response):
        kind = response.headers.get("Content-Type", "").lower()
        if _is_read(response) and kind.startswith(_NOT_PLEX) and response.content:
            raise not_plex(response.url)
        return
    response.close()
    raise _of_status(response)


def _is_read(response: requests.Response) -> bool:
    return response.request.method == "GET"


def _is_begun(response: requests.Response) -> bool:
    """Whether what was asked for goes on already: of a task, no failure."""
    is_post = response.request.method == "POST"
    return is_post and response.status_code == HTTPStatus.ACCEPTED


def _of_status(response: requests.Response) -> ServerError:
    status, where = response.status_code, place(response.url)
    if status in _BUSY:
        message = f"{where} has no time now ({status}): it will be asked again"
        return BusyError(message, retry_after=_retry_after(response))
    if status in _GATEWAY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _of_server_failure(response)
    if response.is_redirect:
        target = _origin(response.headers["Location"]) or "another path"
        return StrangerError(
            f"{where} sends requests on to {target} ({status}): "
            "give the final address as [plex] url"
        )
    kind, sentence = _REFUSALS.get(status, _REFUSED)
    is_bare = "X-Plex-Token" not in response.request.headers
    if status == HTTPStatus.UNAUTHORIZED and is_bare:
        kind, sentence = _NO_TOKEN
    told = sentence.format(
        status=status,
        method=response.request.method,
        path=urlsplit(response.url).path,
        length=len(response.url),
    )
    return kind(f"{where} {told}")


def _of_server_failure(response: requests.Response) -> TransientError:
    where, status = place(response.url), response.status_code
    if _is_read(response):
        return TransientError(
            f"{where} failed to answer a read ({status}): it will be asked again; "
            "look into the log of Plex if it stays"
        )
    # A locked database fails before the change is made or after: both are reported.
    return AmbiguousError(
        f"{where} failed on a write ({status}): a read will tell whether it was made"
    )


def _retry_after(response: requests.Response) -> float | None:
    """Return the wait in seconds; a date is taken relative to the server's own."""
    told = response.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdecimal():
        return min(float(told), _LONGEST_WAIT)
    then, now = moment(told), moment(response.headers.get("Date", ""))
    if then is None or now is None:
        return None
    return min(max((then - now).total_seconds(), 0.0), _LONGEST_WAIT)


def moment(text: str) -> datetime | None:
    """Read the date of a header, where it is one: UTC unless it says otherwise."""
    try:
        told = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


@contextmanager
def border(endpoint: Endpoint, *, writing: bool) -> Iterator[None]:
    """Let no foreign exception of one exchange with Plex past."""
    try:
        yield
    except (ParseError, LookupError) as error:  # or in an encoding that there is not
        raise unreadable(endpoint, writing=writing) from error
    except (RequestException, urllib3.exceptions.HTTPError) as error:
        raise _of_exchange(error, endpoint, writing=writing) from error
    except OSError as error:  # what requests says of a missing file of authorities
        raise StrangerError(
            f"the authorities to check {place(endpoint.url)} by cannot be read from "
            f"{endpoint.verify}: check [plex] ca_file"
        ) from error
    except ValueError as error:  # a flag of the server that plexapi cannot cast
        raise StrangerError(
            f"{place(endpoint.url)} describes itself in a way that plexapi cannot "
            "read: check [plex] url, or update plexsync"
        ) from error


def unreadable(endpoint: Endpoint, *, writing: bool) -> TransientError:
    """Object to an answer that is whole but not Plex's, or is not whole."""
    where = place(endpoint.url)
    if writing:
        return AmbiguousError(
            f"{where} answered a write with something else than Plex's empty page: "
            "a read will tell whether it was made"
        )
    return TransientError(
        f"{where} sent an answer that is no whole XML: it will be asked again"
    )


def _of_exchange(error: Exception, endpoint: Endpoint, *, writing: bool) -> ServerError:
    """Tell what never left from what may have arrived: it decides about a write."""
    where, why = place(endpoint.url), _why(error, endpoint)
    links = tuple(_chain(error))
    if isinstance(error, _WRONG_ADDRESS):
        return StrangerError(f"{where} cannot be asked there: check [plex] url")
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in links):
        return StrangerError(
            f"{where} shows a certificate that cannot be verified: name its authority "
            "as [plex] ca_file, or set [plex] verify to false"
        )
    if any(isinstance(link, NOTHING_SENT) for link in links):
        return UnreachableError(
            f"{where} cannot be reached ({why}): check that it runs, and [plex] url"
        )
    if writing:
        return AmbiguousError(
            f"{where} was lost during a write ({why}): "
            "a read will tell whether it was made"
        )
    return TransientError(
        f"{where} was lost during a read ({why}): check that it runs, and [plex] url"
    )


def _why(error: BaseException, endpoint: Endpoint) -> str:
    for link in _chain(error):
        if isinstance(link, requests.ConnectTimeout):
            return f"no connection in {endpoint.connect_timeout:g} s"
        if isinstance(link, requests.Timeout | TimeoutError):
            return f"no answer for {endpoint.read_timeout:g} s"
        if isinstance(link, ssl.SSLError):
            return "no TLS there, or none by [plex] ca_file"
        if isinstance(link, OSError) and link.strerror:
            return link.strerror.lower()
    return "the connection broke"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Follow what each layer has wrapped of the one below.

    Not the context: that may be the failure of an earlier exchange.
    """
    while error is not None:
        yield error
        wrapped = (inner for inner in error.args if isinstance(inner, BaseException))
        error = error.__cause__ or next(wrapped, None)
