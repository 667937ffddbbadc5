"""What a pass is made of: who does what, and what each of them may reach."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from reconciler.clock import Clock
from reconciler.engine.backing import Backing
from reconciler.engine.braking import Brake
from reconciler.engine.caution import Caution
from reconciler.engine.concluding import Concluder
from reconciler.engine.delivering import Deliverer
from reconciler.engine.doubting import Doubter
from reconciler.engine.failing import Failing
from reconciler.engine.guarding import (
    PLEX,
    STASH,
    Guard,
    GuardedLibrary,
    GuardedSource,
)
from reconciler.engine.judging import Judge
from reconciler.engine.linking import Linker, OpenPass
from reconciler.engine.listing import Lister
from reconciler.engine.looking import Looker
from reconciler.engine.lulls import Lulls, Streams
from reconciler.engine.pacing import Pacer
from reconciler.engine.patience import Patience
from reconciler.engine.placing import Placer
from reconciler.engine.planned import Comparer
from reconciler.engine.polling import Poller
from reconciler.engine.ports import Library, Source
from reconciler.engine.recording import Recorder
from reconciler.engine.refreshing import Refresher
from reconciler.engine.report import Audience, Tally
from reconciler.engine.rescans import Rescans
from reconciler.engine.restoring import Restorer
from reconciler.engine.settings import Scope, Settings
from reconciler.engine.surveying import Surveyor
from reconciler.engine.sweeping import Sweeper
from reconciler.engine.upgrading import Upgrader
from state.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """All that a pass works with."""

    ledger: Ledger
    source: Source
    library: Library
    settings: Settings
    audience: Audience
    is_paused: Callable[[], bool] = bool
    """Whether nothing is to be written to Plex now."""
    is_called: Callable[[], bool] = bool
    """Whether something else is to be done first: delivery leaves off in good order."""
    is_over: Callable[[], bool] = bool
    """Whether the process is stopping: what was begun is ended, and nothing else."""
    clock: Clock = field(default_factory=Clock)
    chance: Random = field(default_factory=Random)
    is_probing: bool = True
    """Whether a server that rests is asked at once: so a person's commands do."""

    pacer: Pacer | None = None
    """How much of its time Plex is asked to give; None: as much as it takes."""
    streams: Streams | None = None
    """Whether somebody streams; None: that is nothing to us."""
    patience: Patience | None = None
    """How often Plex is asked for what scenes wait for; None: in each pass."""

    def guard(self, server: str) -> Guard:
        """Make what keeps a pass from asking a server that rests."""
        return Guard(
            ledger=self.ledger,
            clock=self.clock,
            chance=self.chance,
            server=server,
            is_probing=self.is_probing,
            is_over=self.is_over,
        )


class Parts:
    """The parts of one pass; they share its ledger, its tally and its number."""

    def __init__(self, means: Means, scope: Scope) -> None:
        self.means, self.scope = means, scope
        self.tally = Tally()
        self.patience = means.patience or Patience(clock=means.clock)
        self.stash_guard, self.plex_guard = means.guard(STASH), means.guard(PLEX)
        self.source: Source = GuardedSource(means.source, self.stash_guard)
        self.library: Library = GuardedLibrary(
            means.library, self.plex_guard, means.pacer or Pacer(clock=means.clock)
        )
        kind = "full" if scope.is_full else "reconcile"
        self.open = OpenPass(ledger=means.ledger, clock=means.clock, kind=kind)
        self.linker = Linker(
            ledger=means.ledger,
            settings=means.settings,
            clock=means.clock,
            open_pass=self.open,
        )
        self.doubter = Doubter(ledger=means.ledger, clock=means.clock, tally=self.tally)
        self.poller = Poller(ledger=means.ledger, source=self.source)
        self.recorder = Recorder(
            ledger=means.ledger,
            source=self.source,
            linker=self.linker,
            poller=self.poller,
            doubter=self.doubter,
            audience=means.audience,
            tally=self.tally,
        )
        self.surveyor = Surveyor(
            ledger=means.ledger,
            library=self.library,
            linker=self.linker,
            recorder=self.recorder,
            doubter=self.doubter,
            audience=means.audience,
            tally=self.tally,
        )
        self.looker = Looker(
            ledger=means.ledger,
            library=self.library,
            surveyor=self.surveyor,
            clock=means.clock,
            scope=scope,
            is_over=means.is_over,
        )
        self.failing = Failing(
            ledger=means.ledger,
            library=self.library,
            clock=means.clock,
            chance=means.chance,
            tally=self.tally,
        )
        self.concluder = Concluder(
            ledger=means.ledger,
            library=self.library,
            failing=self.failing,
            open_pass=self.open,
            audience=means.audience,
            tally=self.tally,
        )

    def judge(self, scope: Scope) -> Judge:
        """Make what looks at entries within *scope*."""
        targets = self.linker.targets
        return Judge(
            ledger=self.means.ledger,
            looker=replace(self.looker, scope=scope),
            audience=self.means.audience,
            tally=self.tally,
            titles=lambda target: targets[target].title,
        )

    def brake(self) -> Brake:
        """Make what lets passes go or holds them."""
        return Brake(
            ledger=self.means.ledger,
            clock=self.means.clock,
            limits=self.means.settings.limits,
            tally=self.tally,
        )

    def placer(self) -> Placer:
        """Make what writes a person's wishes down."""
        return Placer(
            ledger=self.means.ledger,
            looker=self.looker,
            source=self.source,
            recorder=self.recorder,
            clock=self.means.clock,
            open_pass=self.open,
            tally=self.tally,
        )

    def comparer(self) -> Comparer:
        """Make what tells why something of a saved plan was not written."""
        return Comparer(ledger=self.means.ledger, looker=self.looker, tally=self.tally)

    def lister(self) -> Lister:
        """Make what lists Stash where only that can tell."""
        return Lister(
            ledger=self.means.ledger,
            source=self.source,
            poller=self.poller,
            doubter=self.doubter,
            settings=self.means.settings,
            clock=self.means.clock,
            audience=self.means.audience,
        )

    def refresher(self) -> Refresher:
        """Make what reads marked scenes again, and buries those that are gone."""
        return Refresher(
            ledger=self.means.ledger,
            recorder=self.recorder,
            linker=self.linker,
            place=self.placer().place,
            clock=self.means.clock,
            audience=self.means.audience,
            tally=self.tally,
        )

    def sweeper(self) -> Sweeper:
        """Make what verifies a slice of the library."""
        return Sweeper(
            ledger=self.means.ledger,
            recorder=self.recorder,
            refresher=self.refresher(),
            looker=self.looker,
            open_pass=self.open,
            audience=self.means.audience,
            now=self.means.clock.unix(),
        )

    def lulls(self) -> Lulls:
        """Make what knows when nothing is written."""
        return Lulls(
            ledger=self.means.ledger,
            library=self.library,
            surveyor=self.surveyor,
            settings=self.means.settings,
            clock=self.means.clock,
            streams=self.means.streams,
            tally=self.tally,
        )

    def rescans(self) -> Rescans:
        """Make what asks Plex to scan folders."""
        return Rescans(
            ledger=self.means.ledger,
            library=self.library,
            surveyor=self.surveyor,
            lulls=self.lulls(),
            clock=self.means.clock,
            tally=self.tally,
            is_paused=self.means.is_paused,
        )

    def backing(self) -> Backing:
        """Make what has Plex back up its database first."""
        means = self.means
        return Backing(
            ledger=means.ledger,
            library=self.library,
            clock=means.clock,
            audience=means.audience,
            tally=self.tally,
            is_wanted=means.settings.is_backed_up,
            is_stopped=lambda: (
                means.is_paused() or means.is_called() or means.is_over()
            ),
        )

    def restorer(self) -> Restorer:
        """Make what has a state that was put back catch up."""
        return Restorer(
            ledger=self.means.ledger,
            recorder=self.recorder,
            open_pass=self.open,
            clock=self.means.clock,
        )

    def upgrader(self) -> Upgrader:
        """Make what puts stored snapshots into this version's form."""
        return Upgrader(ledger=self.means.ledger, linker=self.linker)

    def deliverer(self, scope: Scope) -> Deliverer:
        """Make what delivers entries within *scope*."""
        return Deliverer(
            ledger=self.means.ledger,
            library=self.library,
            looker=replace(self.looker, scope=scope),
            concluder=self.concluder,
            failing=self.failing,
            recorder=self.recorder,
            clock=self.means.clock,
            is_paused=self.means.is_paused,
            is_called=self.means.is_called,
            is_over=self.means.is_over,
            lulls=self.lulls(),
            backing=self.backing(),
            audience=self.means.audience,
            tally=self.tally,
            brake=self.brake(),
            caution=Caution(is_returning=self.plex_guard.has_returned),
        )
