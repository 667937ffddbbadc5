"""Failures, classed by what the caller does about them.

Clients raise them with a sentence for the operator (what, where, what to do next); the
outbox decides from the class what becomes of an entry. None carries a secret.
"""

from collections.abc import Sequence
from typing import ClassVar


class PlexsyncError(Exception):
    """A failure that is told to the operator as one sentence, without a traceback."""


class UserError(PlexsyncError):
    """The configuration or the command is wrong: every problem at once, exit code 2."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class StoppedError(PlexsyncError):
    """The process is stopping: nothing more is begun, and nothing is wrong."""


class ServerError(PlexsyncError):
    """A server could not do what was asked."""

    kind: ClassVar[str] = "failed"
    """The class, in the words of docs/design.md."""


class TransientError(ServerError):
    """May work later; not before *retry_after* seconds where the server said so."""

    kind = "transient"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BusyError(TransientError):
    """The server is there but has no time: starting, migrating, its database locked."""

    kind = "busy"


class UnreachableError(TransientError):
    """The server cannot be reached: nothing was sent."""

    kind = "unreachable"


class AmbiguousError(TransientError):
    """A write whose outcome is unknown: only a read can tell."""

    kind = "ambiguous"


class GoneError(ServerError):
    """The item or section that was asked for is not there."""

    kind = "gone"


class UnauthorisedError(ServerError):
    """The server does not take our key; trying again does not help."""

    kind = "unauthorised"


class StrangerError(ServerError):
    """Who answers is not the server that is meant, or cannot be proved to be."""

    kind = "stranger"


class RestingError(ServerError):
    """The server is left alone for a while after it failed: nothing was sent."""

    kind = "resting"

    def __init__(self, message: str, *, is_told: bool) -> None:
        super().__init__(message)
        self.is_told = is_told
        """Whether the failure that it rests after is known already."""


class PermanentError(ServerError):
    """The server refuses this and would refuse it again."""

    kind = "permanent"


KINDS = tuple(
    one.kind
    for one in (
        TransientError,
        BusyError,
        UnreachableError,
        AmbiguousError,
        GoneError,
        UnauthorisedError,
        StrangerError,
        PermanentError,
    )
)
"""The classes that a server's failures come in, by name."""


class DoubtError(ServerError):
    """A server says what would undo much, and is not believed until a person is asked.

    *subject* is what it is about: `stash`, or the title of a library.
    """

    def __init__(self, subject: str, message: str) -> None:
        super().__init__(message)
        self.subject = subject
