"""One edit on its way to Plex: in parts where it is too long, a verdict for each field.

How long a URL a server takes is learnt from what it refuses, for as long as we run.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from reconciler.clients.plex_faults import TooLongError, place
from reconciler.clients.plex_wire import Part, by_field, edit_parts, parted
from reconciler.core.errors import (
    AmbiguousError,
    PermanentError,
    ServerError,
    TransientError,
)
from reconciler.core.values import Edit, Field


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends edits, for one server."""

    put: Callable[[str], None]
    """Sends one path and query."""
    url: str
    limit: int
    """Characters of a path and query that are put together; a part that cannot be
    split is tried whatever its length."""

    def send(self, edit: Edit) -> Mapping[Field, ServerError]:
        """Send one PUT, or several; say of each field that did not arrive why.

        What Plex refuses is sent once more, field by field, and costs only the fields
        that it refuses then; what else goes wrong keeps the rest from being sent.
        Raises where one error is all that came of it.
        """
        failed: dict[Field, ServerError] = {}
        arrived: set[Field] = set()
        waiting = deque(edit_parts(edit, limit=self.limit))
        while waiting:
            part = waiting.popleft()
            if part.fields <= failed.keys():
                continue  # the rest of a set that was refused
            try:
                self.put(part.path)
            except TooLongError:
                waiting.extendleft(reversed(self._shorter(part, failed)))
            except PermanentError as error:
                if len(part.fields) > 1:
                    waiting.extendleft(reversed(by_field(part)))  # which of them is it?
                else:
                    failed |= dict.fromkeys(part.fields, error)
            except ServerError as error:
                left = part.fields.union(*(one.fields for one in waiting))
                why = self._half_sent(error) if part.fields & arrived else error
                failed |= dict.fromkeys(left - failed.keys(), why)
                break
            else:
                arrived |= part.fields
        return _verdicts(failed, edit.changes.keys())

    def _shorter(self, part: Part, failed: dict[Field, ServerError]) -> list[Part]:
        """Split what was too long; give up the field that cannot be split any more."""
        self.limit = min(self.limit, len(part.path) // 2)
        if len(part.units) > 1:
            return parted(part.head, part.units, limit=self.limit)
        for field in part.fields:
            failed[field] = PermanentError(
                f"{place(self.url)} takes no URL of {len(part.path)} characters (414), "
                f"and its {field} alone needs that much: shorten it in Stash"
            )
        return []

    def _half_sent(self, error: ServerError) -> AmbiguousError:
        """Say that a set is neither written nor not written, whatever stopped it."""
        wait = error.retry_after if isinstance(error, TransientError) else None
        return AmbiguousError(
            f"{place(self.url)} took a part of a set and not the rest: a read will "
            "tell what is left to do",
            retry_after=wait,
        )


def _verdicts(
    failed: Mapping[Field, ServerError], sent: Collection[Field]
) -> Mapping[Field, ServerError]:
    """Raise if everything failed for one and the same reason."""
    errors = list(failed.values())
    if errors and failed.keys() >= set(sent):
        first, *others = errors
        if all(other is first for other in others):
            raise first
    return failed
