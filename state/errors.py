"""Why a state cannot be used; each says what, where, and what to do next."""

import errno

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StateError(Exception):
    """The file or its folder cannot be used."""


class HeldError(StateError):
    """Another process holds it."""


class DamagedError(StateError):
    """It is not whole: nothing but a backup brings back what it had."""


class LostError(StateError):
    """What lies at its path is not what was opened there, or not as it was left."""


class OutdatedError(StateError):
    """It is of a newer plexsync than this one."""


def refused(what: str, error: OSError) -> StateError:
    """Tell that the system refuses something to the file or its folder."""
    advice = (
        "make it and its folder writable for this user, or set another [state] path"
    )
    if error.errno in _FULL:
        advice = "free some space and run again"
    return StateError(f"cannot {what}: {error.strerror}; {advice}")
