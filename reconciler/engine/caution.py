"""When a delivery goes slowly, and when it stops: what Plex makes of what was sent."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.engine.concluding import ReadBack, Sent
from reconciler.engine.linking import IN_CONFIG, IN_VERSION, PUT_BACK

RISKY = frozenset({IN_CONFIG, IN_VERSION, PUT_BACK})
"""Causes that may concern the whole library, and that no change in Stash stands for."""

_FIRST, _PROVEN = 1, 11
"""Risky items written and read back before more are, and before all are."""

_WINDOW, _LIMIT = 10, 3
"""Of so many items read back, so many that are otherwise than sent are too many."""


@dataclass(slots=True, kw_only=True)
class Caution:
    """Watches one delivery's read-backs; the next delivery begins another window."""

    is_returning: bool = False
    """Whether Plex has just come back from an outage: then every item is risky."""
    proven: int = 0
    window: deque[bool] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    """Of the last items, whether each was read back otherwise than sent."""
    reason: str | None = None
    """Why nothing more is to be written."""

    def is_enough(self, sent: Sequence[Sent]) -> bool:
        """Whether to read back what was *sent* before anything else is written."""
        if self.proven >= _PROVEN:
            return False
        step = _PROVEN - self.proven if self.proven else _FIRST
        causes = [one.entry.cause for one in sent if one.entry is not None]
        return sum(self.is_returning or cause in RISKY for cause in causes) >= step

    def note(self, read: Iterable[ReadBack]) -> None:
        """Take note of items that were read back, in the order they were written."""
        for one in read:
            self.window.append(not one.is_as_sent)
            self.reason = self.reason or self._recent() or self._early(one)

    def _recent(self) -> str | None:
        wrong = sum(self.window)
        if wrong < _LIMIT:
            return None
        return (
            "items that read back otherwise than sent:"
            f" {wrong} of the last {len(self.window)} written,"
            f" the limit is {_LIMIT - 1} of {_WINDOW}"
        )

    def _early(self, one: ReadBack) -> str | None:
        is_risky = one.cause in RISKY
        if self.proven >= _PROVEN or not (is_risky or self.is_returning):
            return None
        self.proven += 1
        if one.is_as_sent or not is_risky:
            return None
        return (
            f"{one.cause}: of the first {_PROVEN} items written, number {self.proven}"
            " reads back otherwise than sent, the limit is 0"
        )
