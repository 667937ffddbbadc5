"""What the engine needs of the two servers; the clients fit, and so do test doubles.

Every method raises the errors of `reconciler.core.errors` and no others.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from reconciler.core.values import (
    Edit,
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

    def read(self, ids: Sequence[SceneId]) -> Iterator[Scene]:
        """Read scenes in full, in order; those that are not there are left out."""
        ...

    def names(self, kind: Kind) -> Iterator[str]:
        """Name all tags, or all performers, a page to a request."""
        ...


class Library(Protocol):
    """A Plex server, as far as a pass reads and writes it."""

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

    def write(self, edit: Edit) -> None:
        """Send one PUT (more only where the length limit splits it)."""
        ...
