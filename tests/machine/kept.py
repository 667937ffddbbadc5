"""A World whose ledger stays open from pass to pass: what it costs to open is saved."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from state.ledger import Ledger
from tests.world import World


@dataclass(kw_only=True)
class KeptWorld(World):
    """Opens the state once, and anew after a restart or when another may look at it."""

    _kept: Ledger | None = field(default=None, init=False)

    def restart(self) -> None:
        self.close()
        World.restart(self)

    def close(self) -> None:
        """Close the state: now the file is all there is of it."""
        if self._kept is not None:
            self._kept.close()
        self._kept = None

    @contextlib.contextmanager
    def opened(self) -> Iterator[Ledger]:
        if self._kept is None:
            self._kept = Ledger(self.state).open()
        yield self._kept

    @contextlib.contextmanager
    def copied(self) -> Iterator[Ledger]:
        # models belong to one database at a time
        self.close()
        with World.copied(self) as ledger:
            yield ledger
