"""Both doubles, a ledger and a clock in one object: passes in process, in no time."""

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

import requests

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.plex import PlexClient
from reconciler.clients.stash import StashClient
from reconciler.clock import Clock
from reconciler.core.brake import Limits
from reconciler.core.desire import Rule, Rules
from reconciler.core.lull import Hours
from reconciler.core.match import Mapping
from reconciler.core.values import Field, OnDelete
from reconciler.engine.braking import approve
from reconciler.engine.errands import Errand
from reconciler.engine.lulls import Streams
from reconciler.engine.pacing import Pacer
from reconciler.engine.parts import Means
from reconciler.engine.patience import Patience
from reconciler.engine.report import Line, PassReport
from reconciler.engine.running import Pass
from reconciler.engine.settings import Scope, Settings
from reconciler.engine.status import held_passes
from state.ledger import Ledger, copy
from tests.sandbox.plex.double import PlexDouble, Snapshot
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import InProcessAdapter
from tests.sandbox.stash.http import StashDouble
from tests.sandbox.stash.model import StashModel

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp()
UNBRAKED = Limits(overwrites_floor=10**9, removals_floor=10**9)
FILMS = "Films"
_TAGS = {Field.GENRES: "genre", Field.ACTORS: "actor"}
_VALUES = {
    Field.TITLE: "title",
    Field.SUMMARY: "summary",
    Field.STUDIO: "studio",
    Field.DATE: "originallyAvailableAt",
}


def rules(**each: Rule) -> Rules:
    """Make rules: the default for every field but those named."""
    return {name: each.get(name.value, Rule()) for name in Field}


class Listener:
    """An audience that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def stage(self, name: str, total: int | None) -> None:
        """Take no notice."""

    def advance(self, steps: int = 1) -> None:
        """Take no notice."""

    def line(self, line: Line) -> None:
        self.lines.append(line)


@cache
def empty_state() -> bytes:
    """Make a state once: to migrate one anew costs more than ten passes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plexsync.db"
        with Ledger(path):
            pass
        return path.read_bytes()


@dataclass(kw_only=True)
class World:
    """A Stash and a Plex with one library, and a plexsync between them."""

    folder: Path
    switches: Switches = field(default_factory=Switches)
    limits: Limits = UNBRAKED
    rules: dict[str, Rules] = field(default_factory=lambda: {FILMS: rules()})
    meaning: str = "as is"
    on_delete: OnDelete = OnDelete.KEEP
    moment: float = START
    """What time it is; each clock may be wrong by so many seconds."""
    ours_ahead: float = 0.0
    stash_ahead: float = 0.0
    plex_ahead: float = 0.0
    is_paused: bool = False
    share: float = 1.0
    quiet: tuple[Hours, ...] = ()
    is_quiet_with_plex: bool = False
    streams: Streams | None = None
    patience: Patience | None = None
    is_backed_up: bool = False
    asks_for_scans: bool = False
    is_probing: bool = True
    """Whether passes are a person's, or a daemon's."""
    is_called: Callable[[], bool] = bool
    is_over: Callable[[], bool] = bool
    """Whether delivery is called away, or plexsync is stopping."""
    mappings: tuple[Mapping, ...] = (Mapping(stash="/data/films", plex="/media/films"),)
    version: str = "0.30.1"

    def __post_init__(self) -> None:
        if not self.state.exists():
            self.state.write_bytes(empty_state())
        self.stash = StashModel(clock=self.stash_clock, version=self.version)
        self.plex = PlexDouble(Model(clock=self.plex_clock, switches=self.switches))
        self.section = self.plex.add_section(FILMS, "/media/films")
        self.stash_wire = InProcessAdapter(
            StashDouble(self.stash).handle, clock=self.stash_clock
        )
        self.plex_wire = self.plex.adapter()
        self.requests = Tally()
        self.clock = Clock(
            now=lambda: datetime.fromtimestamp(self.moment + self.ours_ahead, UTC),
            monotonic=lambda: self.moment,
            wait=self.later,
        )
        self.restart()

    def restart(self) -> None:
        """Start plexsync anew: nothing is left of it but its state."""
        stash = Endpoint(url="http://stash.test:9999")
        # no proxies are looked for where no certificates are: nothing leaves here
        plex = Endpoint(
            url="http://plex.test:32400", secret=self.plex.model.token, verify=False
        )
        session = requests.Session()
        session.mount("http://", self.plex_wire)
        self.source = StashClient(stash, self.requests, adapter=self.stash_wire)
        self.library = PlexClient(plex, self.requests, session=session)

    def stash_clock(self) -> float:
        return self.moment + self.stash_ahead

    def plex_clock(self) -> float:
        return self.moment + self.plex_ahead

    @property
    def state(self) -> Path:
        return self.folder / "plexsync.db"

    def scene(self, stem: str, *, in_plex: bool = True, **fields: object) -> int:
        """Make a scene with one file, and the item that a scan makes of it."""
        scene = self.stash.scan_new_file(f"/data/films/{stem}.mp4")
        if fields:
            self.stash.update_scene(scene, **fields)  # type: ignore[arg-type] # fields by name
        if in_plex:
            self.plex.add(self.section, f"/media/films/{stem}.mp4")
        return scene

    def item(self, stem: str) -> Snapshot:
        """Take the item of a file as it is."""
        return self.plex.snapshot_of(self.key(stem))

    def key(self, stem: str) -> int:
        path = f"/media/films/{stem}.mp4"
        return self.plex.scanner.key_of(self.section, path)

    def value(self, stem: str, name: Field) -> str | tuple[str, ...]:
        item = self.item(stem)
        if name.is_set:
            return item.tags.get(_TAGS[name], ())
        return item.values.get(_VALUES[name], "")

    def later(self, seconds: float) -> None:
        self.moment += seconds

    def reconcile(self, **scope: object) -> "Outcome":
        with self.opened() as ledger:
            return self._run(ledger, Pass.reconcile, scope)

    def resume(self) -> "Outcome":
        """Go on with what is owed, without asking Stash."""
        with self.opened() as ledger:
            return self._run(ledger, Pass.resume, {})

    def plan(self, **scope: object) -> "Outcome":
        with self.copied() as ledger:
            return self._run(ledger, Pass.plan, scope)

    @contextlib.contextmanager
    def opened(self) -> Iterator[Ledger]:
        """Open the state, for one pass."""
        with Ledger(self.state) as ledger:
            yield ledger

    @contextlib.contextmanager
    def copied(self) -> Iterator[Ledger]:
        """Open a copy of the state, which is thrown away."""
        place = self.folder / "copy.db"
        copy(self.state, place)
        try:
            with Ledger(place) as ledger:
                yield ledger
        finally:
            for leftover in self.folder.glob("copy.db*"):
                leftover.unlink()

    def carry_out(self, errand: Errand) -> "Outcome":
        """Do what a person's command asks for."""
        with self.opened() as ledger:
            return self._run(ledger, lambda one: one.carry_out(errand), {})

    def foresee(self, errand: Errand) -> "Outcome":
        """Show what it would do."""
        with self.copied() as ledger:
            return self._run(ledger, lambda one: one.foresee(errand), {})

    def approve(self) -> None:
        """Let every pass go that is held."""
        with self.opened() as ledger:
            approve(ledger, held_passes(ledger))

    def settings(self) -> Settings:
        return Settings(
            rules=self.rules,
            mappings=self.mappings,
            limits=self.limits,
            on_delete=self.on_delete,
            quiet=self.quiet,
            is_quiet_with_plex=self.is_quiet_with_plex,
            is_backed_up=self.is_backed_up,
            asks_for_scans=self.asks_for_scans,
            meaning=self.meaning,
        )

    def _run(
        self,
        ledger: Ledger,
        run: Callable[[Pass], PassReport],
        scope: dict[str, object],
    ) -> "Outcome":
        listener = Listener()
        before = Counter(self.requests)
        means = Means(
            ledger=ledger,
            source=self.source,
            library=self.library,
            settings=self.settings(),
            audience=listener,
            is_paused=lambda: self.is_paused,
            is_called=self.is_called,
            is_over=self.is_over,
            clock=self.clock,
            chance=Random(7),
            is_probing=self.is_probing,
            pacer=Pacer(clock=self.clock, share=self.share),
            streams=self.streams,
            patience=self.patience,
        )
        report = run(Pass(means, Scope(**scope)))  # type: ignore[arg-type] # by name
        sent = Counter(self.requests) - before
        return Outcome(report=report, lines=listener.lines, sent=sent)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a pass reported, told and sent."""

    report: PassReport
    lines: list[Line]
    sent: Counter[str]

    @property
    def puts(self) -> int:
        return self.sent["plex put"]

    @property
    def changes(self) -> set[tuple[str, str, object, object]]:
        return {(line.item, line.field, line.old, line.new) for line in self.lines}
