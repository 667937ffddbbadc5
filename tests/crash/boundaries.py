"""Finds every boundary of a run, before and after each commit and each request.

They are counted by instrumenting the two places through which all of them pass, not
listed by hand.
"""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator

import requests

from state.database import LedgerDatabase

Hit = Callable[[int], None]
"""Called with the number of the boundary, from 1 on."""


class Crash(BaseException):
    """A crash, as far as one process can play it on itself."""


@contextlib.contextmanager
def watched(hit: Hit) -> Iterator[Callable[[], int]]:
    """Call *hit* at every boundary; yields what tells how many there were."""
    reached = 0

    def pass_one() -> None:
        nonlocal reached
        reached += 1
        hit(reached)

    commit, send = LedgerDatabase.commit, requests.Session.send

    def watched_commit(self: LedgerDatabase) -> None:
        pass_one()
        commit(self)
        pass_one()

    def watched_send(
        self: requests.Session, request: requests.PreparedRequest, **options: object
    ) -> requests.Response:
        pass_one()
        response = send(self, request, **options)  # type: ignore[arg-type] # as given
        pass_one()
        return response

    LedgerDatabase.commit = watched_commit  # type: ignore[method-assign,assignment] # put back below
    requests.Session.send = watched_send  # type: ignore[method-assign] # as above
    try:
        yield lambda: reached
    finally:
        LedgerDatabase.commit = commit  # type: ignore[method-assign] # as it was
        requests.Session.send = send  # type: ignore[method-assign] # as it was


def count_only(_number: int) -> None:
    """Let every boundary pass."""


def crash_at(number: int) -> Hit:
    """Raise at one boundary, through every handler there is."""

    def hit(reached: int) -> None:
        if reached == number:
            raise Crash

    return hit


def kill_at(number: int) -> Hit:
    """Kill this process at one boundary; nothing of it runs any more."""

    def hit(reached: int) -> None:
        if reached == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return hit
