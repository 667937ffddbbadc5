"""What led to an error, as it may be kept: no address and no secret gets in.

What an error of others says may quote a URL with a token in it, so it is not asked; but
what the system says of its own errors holds neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.core.errors import PlexsyncError

_OF_THE_SYSTEM = {"builtins", "socket"}
"""Where the classes are whose words are the system's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One error of a chain."""

    name: str
    """Its class."""
    says: str = ""
    """Our own sentence, or the system's word; empty of all others."""


def causes(error: BaseException) -> tuple[Cause, ...]:
    """Follow an error to what it comes from, the outermost first."""
    return tuple(Cause(name=type(one).__name__, says=_says(one)) for one in _all(error))


def _all(error: BaseException) -> Iterator[BaseException]:
    """Follow what each layer has raised from, or wrapped of, the one below.

    Not the context: that may be the failure of something earlier.
    """
    found: list[BaseException] = []
    below: BaseException | None = error
    while below is not None and below not in found:
        yield below
        found.append(below)
        inner = (one for one in below.args if isinstance(one, BaseException))
        below = below.__cause__ or next(inner, None)


def _says(error: BaseException) -> str:
    if isinstance(error, PlexsyncError):
        return str(error)
    if not isinstance(error, OSError) or type(error).__module__ not in _OF_THE_SYSTEM:
        return ""
    # whatever an OSError is made of: only with a number it is the system's
    says = error.strerror if isinstance(error.errno, int) else None
    return says if isinstance(says, str) else ""
