"""The session that every request to Plex goes out by: who asks, and whom it trusts."""

import requests

from reconciler import __version__
from reconciler.clients.endpoint import Endpoint
from reconciler.clients.plex_faults import place, refuse_failures
from reconciler.core.errors import UnauthorisedError


class _Identity(requests.auth.AuthBase):
    """Puts on every request, last of all, who asks.

    plexapi itself is never told the token, so it can put it into no URL, and no name of
    its own making (from the machine's network card) reaches Plex. That a session has an
    authentication also keeps `requests` from looking for one in ~/.netrc.
    """

    def __init__(self, token: str) -> None:
        self._headers = {
            "X-Plex-Client-Identifier": "plexsync",
            "X-Plex-Product": "plexsync",
            "X-Plex-Version": __version__,
        }
        if token:
            self._headers["X-Plex-Token"] = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


def prepared(session: requests.Session, endpoint: Endpoint) -> requests.Session:
    """Let a session say who asks, and take no failure for an answer."""
    session.auth = _Identity(endpoint.secret)
    session.hooks["response"].append(refuse_failures)
    session.verify = endpoint.verify
    # What the config says about certificates stands above REQUESTS_CA_BUNDLE; proxies
    # that the environment names go with it.
    session.trust_env = endpoint.verify is True
    return session


def check_token(endpoint: Endpoint) -> None:
    """Refuse what cannot be a header: the error of the layers below would quote it."""
    if not (endpoint.secret.isascii() and endpoint.secret.isprintable()):
        raise UnauthorisedError(
            f"the token for {place(endpoint.url)} has characters that no token has: "
            "check [plex] token"
        )
