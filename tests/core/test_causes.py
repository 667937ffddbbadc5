"""The chain of an error is told without an address and without a secret."""

import itertools
import socket
import ssl

import requests
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.causes import Cause, causes
from reconciler.core.errors import PermanentError, TransientError, UserError

SECRET = "http://plex.test/?X-Plex-Token=token-that-nobody-may-see"


def raised(*errors: BaseException) -> BaseException:
    """Raise each error from the one behind it; return the first."""
    for outer, inner in itertools.pairwise(errors):
        outer.__cause__ = inner
    return errors[0]


def test_our_own_errors_are_told_whole() -> None:
    error = raised(PermanentError("plex refuses"), UserError(["a", "b"]))
    assert causes(error) == (
        Cause(name="PermanentError", says="plex refuses"),
        Cause(name="UserError", says="a; b"),
    )


def test_of_others_only_the_class_is_told_and_what_the_system_says() -> None:
    error = raised(
        TransientError("plex was lost"),
        requests.ConnectionError(SECRET),
        ConnectionResetError(104, "Connection reset by peer"),
    )
    assert causes(error) == (
        Cause(name="TransientError", says="plex was lost"),
        Cause(name="ConnectionError"),
        Cause(name="ConnectionResetError", says="Connection reset by peer"),
    )


def test_a_name_that_is_not_known_is_the_systems_word() -> None:
    error = socket.gaierror(-2, "Name or service not known")
    assert causes(error) == (Cause(name="gaierror", says="Name or service not known"),)


def test_what_only_looks_like_the_systems_word_is_not_told() -> None:
    for error in (
        requests.RequestException(5, SECRET),
        ssl.SSLError(1, SECRET),
        OSError(SECRET),
        OSError(5, None),
        OSError("code", SECRET),
        ValueError(SECRET),
    ):
        assert causes(error) == (Cause(name=type(error).__name__),)


def test_what_a_layer_has_wrapped_is_followed() -> None:
    """As the layers below `requests` do: the cause is an argument."""
    inner = TimeoutError(110, "Connection timed out")
    error = requests.ConnectionError("lost", inner)
    assert causes(error)[1:] == (
        Cause(name="TimeoutError", says="Connection timed out"),
    )


def test_what_failed_before_is_no_cause() -> None:
    error = TransientError("lost")
    error.__context__ = ValueError("before")
    assert causes(error) == (Cause(name="TransientError", says="lost"),)


def test_a_chain_in_a_circle_ends() -> None:
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert [cause.name for cause in causes(one)] == ["ValueError", "KeyError"]


_FOREIGN = st.sampled_from(
    [
        ValueError,
        requests.ConnectionError,
        requests.HTTPError,
        ssl.SSLError,
        OSError,
        KeyError,
    ]
)


@given(st.lists(st.tuples(_FOREIGN, st.booleans()), max_size=6))
def test_no_secret_of_others_gets_in(foreign: list[tuple[type, bool]]) -> None:
    below: list[BaseException] = []
    for kind, is_wrapped in foreign:
        inner = below[-1] if below else None
        error = kind(SECRET, inner) if is_wrapped and inner else kind(SECRET)
        if not is_wrapped:
            error.__cause__ = inner
        below.append(error)
    error = PermanentError("plex refuses")
    error.__cause__ = below[-1] if below else None

    found = causes(error)

    assert len(found) == len(foreign) + 1
    assert all(SECRET not in cause.says for cause in found)
