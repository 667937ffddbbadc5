"""What the engine needs of the two servers; the clients fit, and so do test doubles.

Every method of theirs raises the errors of `reconciler.core.errors` and no others.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from reconciler.core.backup import Asked
from reconciler.core.errors import ServerError
from reconciler.core.lull import Hours
from reconciler.core.news import Heard, Named, Poll, RowsPage
from reconciler.core.values import (
    Edit,
    Field,
    Item,
    ItemKey,
    Kind,
    ListingPage,
    ScanPage,
    Scene,
    SceneId,
    Section,
)


class Source(Protocol):
    """Stash, as far as a pass reads it."""

    def scan(self, *, since: str, fresh: str, after: SceneId) -> ScanPage:
        """Ask in one request what was stamped since, from scene *after* on.

        *since* and *fresh* are texts that Stash compares with `updated_at` by bytes;
        rows above *since* come slim, those above *fresh* in full as well. Up to 1,000
        of each.
        """
        ...

    def poll(  # noqa: PLR0913 - one request, and all that it asks for
        self,
        *,
        since: str,
        fresh: str,
        after: SceneId,
        named: str,
        jobs: Sequence[int],
        with_files: bool,
    ) -> Poll:
        """Ask in one request what `scan` asks, and what no scene's stamp tells.

        *named* is a text as *since* is: performers, tags and studios above it come all,
        files up to 1,000. *jobs* are up to 10 ids. A Stash that cannot tell of files
        is asked once more without them, and not again for them while connected.
        """
        ...

    def rows(self, after: SceneId) -> RowsPage:
        """List scenes with their files, from scene *after* on: up to 1,000.

        A scene that was there from the first page to the last is on one of them:
        whatever fails or is out of order raises.
        """
        ...

    def entities(self, kind: Kind) -> Iterator[tuple[Named, ...]]:
        """List all performers, tags or studios, in the order of their ids.

        One that was there all the time is among them; where Stash changed too much
        meanwhile to say so, `TransientError`, and none of them.
        """
        ...

    def read(self, ids: Sequence[SceneId]) -> Iterator[Scene]:
        """Read scenes in full, in order; those that are not there are left out."""
        ...


class Library(Protocol):
    """A Plex server, as far as a pass reads and writes it."""

    def version(self) -> str:
        """Say its version as it told when we connected; empty before. No request."""
        ...

    def sections(self) -> tuple[Section, ...]:
        """List the server's libraries: one request, and one more to connect."""
        ...

    def listing(self, section: Section, *, since: int | None) -> Iterator[ListingPage]:
        """Page through a section's items: all, or those changed or added since.

        *since* is in unix seconds by Plex's clock and inclusive.
        """
        ...

    def read(self, keys: Sequence[ItemKey]) -> Mapping[ItemKey, Item]:
        """Read up to 50 items in full, in one request; dead ones are left out."""
        ...

    def write(self, edit: Edit) -> Mapping[Field, ServerError]:
        """Send one PUT (more where the length limit splits it, or Plex refuses it).

        Says of the fields that did not arrive why, and raises if that is the same for
        all of them.
        """
        ...

    def hours(self) -> Hours | None:
        """Read the hours of its own maintenance, by its own clock; None: it has none.

        One request. `PermanentError` where it does not tell them.
        """
        ...

    def streams(self) -> int:
        """Count what is being played now, paused or not: one request."""
        ...

    def back_up(self) -> Asked:
        """Ask it to back up its database: one request; it is made after the answer.

        Who is refused that, or is not answered at all, raises nothing.
        """
        ...

    def is_at(self, activity: str) -> bool | None:
        """Say whether an activity goes on: one request; None where it does not tell."""
        ...

    def reached(self, keys: Sequence[ItemKey]) -> frozenset[ItemKey]:
        """Say which of up to 50 items' files it finds on its disk now: one request.

        One of which it does not say so is not among them.
        """
        ...

    def scan(self, section: Section, folder: str) -> str:
        """Ask it to scan one folder: one request; it is done after the answer.

        Says why it does not, where it refuses.
        """
        ...


class Spool(Protocol):
    """Where Stash's hook leaves word of scenes; nothing of it raises."""

    def take(self, limit: int) -> Heard:
        """Say what was left, up to *limit* of it; it stays there until `forget`."""
        ...

    def forget(self, heard: Heard) -> None:
        """Take out what was heard."""
        ...
