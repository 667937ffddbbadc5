"""A World for long histories: cheap to go on with, and open to what comes between."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from state.ledger import Ledger
from tests.sandbox.server import InProcessAdapter, Request, Response
from tests.sandbox.stash.http import StashDouble
from tests.world import World


@dataclass(kw_only=True)
class KeptWorld(World):
    """Opens the state once, and anew after a restart or when another may look at it."""

    before_plex: Callable[[Request], None] = lambda _: None
    """Called with each request that Plex is about to serve."""
    before_stash: Callable[[Request], None] = lambda _: None
    """Called with each request that Stash is about to serve."""
    _kept: Ledger | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        World.__post_init__(self)
        self.plex_wire = InProcessAdapter(self._serve, clock=self.plex.model.clock)
        self._stash_double = StashDouble(self.stash)
        self.stash_wire = InProcessAdapter(self._serve_stash, clock=self.stash_clock)
        self.restart()

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

    def _serve_stash(self, request: Request) -> Response:
        self.before_stash(request)
        return self._stash_double.handle(request)

    def _serve(self, request: Request) -> Response:
        self.before_plex(request)
        return self.plex.handle(request)

    @contextlib.contextmanager
    def copied(self) -> Iterator[Ledger]:
        # models belong to one database at a time
        self.close()
        with World.copied(self) as ledger:
            yield ledger
