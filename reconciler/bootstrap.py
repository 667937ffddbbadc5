"""The one place that names every concrete class, and ties them to a configuration."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.notices import AppriseSender, senders
from reconciler.clients.plex import PlexClient
from reconciler.clients.spool import Spool
from reconciler.clients.stash import StashClient
from reconciler.clock import Clock
from reconciler.config.models import Config
from reconciler.config.servers import Server
from reconciler.core.errors import UserError
from reconciler.engine.lulls import Streams
from reconciler.engine.pacing import Pacer
from reconciler.engine.parts import Means
from reconciler.engine.report import Audience
from reconciler.engine.settings import Settings
from reconciler.engine.status import AtWork
from state import recovery
from state.backups import Backups
from state.database import read_mounts
from state.door import borrowed
from state.errors import LostError, StateError
from state.ledger import Ledger, copy, held
from state.lock import WriterLock
from state.pause import Pause
from state.recovery import Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The clients of both servers, and the requests that they have sent."""

    stash: StashClient
    plex: PlexClient
    requests: Tally

    @contextlib.contextmanager
    def closing(self) -> Iterator[None]:
        """Let go of the connections at the end."""
        try:
            yield
        finally:
            self.stash.close()


def servers(config: Config) -> Servers:
    """Make both clients; nothing is sent yet."""
    tally = Tally()
    return Servers(
        stash=StashClient(_endpoint(config.stash, config.stash.secret), tally),
        plex=PlexClient(_endpoint(config.plex, config.plex.secret), tally),
        requests=tally,
    )


def means(
    config: Config, ledger: Ledger, to: Servers, audience: Audience, clock: Clock
) -> Means:
    """Put together what a pass works with."""
    settings = Settings(
        rules=config.rules(),
        mappings=config.mappings(),
        limits=config.limits(),
        on_delete=config.stash.on_delete,
        keep=config.journal.keep,
        keep_letters=config.journal.dead_letters,
        quiet=config.schedule.hours,
        is_quiet_with_plex=config.schedule.is_quiet_with_plex,
        is_backed_up=config.plex.backup,
        asks_for_scans=config.plex.scan,
        meaning=config.meaning(),
    )
    return Means(
        ledger=ledger,
        source=to.stash,
        library=to.plex,
        settings=settings,
        audience=audience,
        is_paused=lambda: pause(config).since() is not None,
        clock=clock,
        pacer=Pacer(clock=clock, share=config.plex.share),
        streams=Streams(clock=clock) if config.schedule.quiet_while_streaming else None,
    )


def notifiers(config: Config) -> tuple[AppriseSender, ...]:
    """Make what tells people; a `UserError` where that is configured and cannot be."""
    try:
        return senders(config.notify.addresses)
    except UserError as error:
        problems = [f"{config.file}: {problem}" for problem in error.problems]
        raise UserError(problems) from None


def spool(config: Config) -> Spool | None:
    """Name the folder in which the hook leaves word, made where it is missing."""
    if config.hook.spool is None:
        return None
    made = Spool(config.hook.spool)
    made.make()
    return made


def pause(config: Config) -> Pause:
    """Name the mark that keeps everybody who has this state from writing."""
    return Pause(config.state)


@contextlib.contextmanager
def writing(
    config: Config,
    command: str,
    clock: Clock,
    mounts: Callable[[], str] = read_mounts,
) -> Iterator[Ledger]:
    """Hold the state as `holding` does; a daemon that has it lends it."""
    with (
        borrowed(config.state, command=command),
        holding(config, command, clock, mounts) as ledger,
    ):
        yield ledger


@contextlib.contextmanager
def holding(
    config: Config,
    command: str,
    clock: Clock,
    mounts: Callable[[], str] = read_mounts,
    *,
    began: str = "",
) -> Iterator[Ledger]:
    """Hold the state for this process alone, and open it.

    *mounts* tells what is mounted where, in the form of /proc/self/mountinfo. Others
    are told that it is at work since it *began*, in ISO form, or since now. Where the
    state is lost from under us, what it had is kept as a backup.
    """
    backups(config).refuse_lost()
    now = clock.now().isoformat(timespec="seconds")
    with held(
        config.state, command=command, since=now, began=began, mounts=mounts
    ) as ledger:
        try:
            yield ledger
        except LostError as error:
            saved = save(config, ledger, clock)
            raise LostError(f"{error}{saved}") from error


def backups(config: Config) -> Backups:
    """Name the copies of the state."""
    return Backups(config.state, config.backups)


def save(config: Config, ledger: Ledger, clock: Clock) -> str:
    """Keep as a backup what an open state has that is lost; say so, if it comes off."""
    try:
        saved = backups(config).save(ledger, clock.now())
    except StateError:
        return ""  # why it is lost is what is to be told
    return f"; what it had is kept as {saved.path}"


def recover(
    config: Config,
    command: str,
    clock: Clock,
    mounts: Callable[[], str] = read_mounts,
) -> Recovery | None:
    """Put a backup, or an empty state, in the place of one that is lost.

    None where it is not; as `state.recovery.recover` says. Reads all of it.
    """
    now = clock.now()
    return recovery.recover(backups(config), now=now, command=command, mounts=mounts)


def restore(
    config: Config,
    file: Path | None,
    clock: Clock,
    mounts: Callable[[], str] = read_mounts,
    *,
    is_empty: bool = False,
) -> Recovery:
    """Put a backup in the place of the state; a daemon that has it lends it."""
    known, now = backups(config), clock.now()
    with borrowed(config.state, command="state restore"):
        if is_empty:
            return recovery.begin_anew(known, now=now, mounts=mounts)
        return recovery.restore(known, file, now=now, mounts=mounts)


@contextlib.contextmanager
def reading(config: Config) -> Iterator[Ledger | None]:
    """Open the state beside whoever writes it; None where there is none yet."""
    backups(config).refuse_lost()
    if not config.state.exists():
        yield None
        return
    ledger = Ledger(config.state).open(may_write=False)
    try:
        yield ledger
    finally:
        ledger.close()


def at_work(config: Config) -> AtWork | None:
    """Say who has the state now; None: nobody."""
    holder = WriterLock(config.state).holder()
    if holder is None:
        return None
    return AtWork(command=holder.command, since=_moment(holder.began))


def _moment(text: str) -> int | None:
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        return None  # it has not said its name yet


def deliverer(config: Config) -> str:
    """Name, in a sentence, who delivers what is owed from now on."""
    writer = at_work(config)
    is_daemon = writer is not None and writer.is_daemon
    return "the daemon" if is_daemon else "`plexsync reconcile`"


def writes_since(config: Config, moment: int) -> bool:
    """Whether a process writes the state that has held it since before *moment*.

    In unix seconds. One that came later has nothing to do with what began then.
    """
    holder = WriterLock(config.state).holder()
    since = None if holder is None else _moment(holder.since)
    return holder is not None and (since is None or since <= moment)


@contextlib.contextmanager
def copied(config: Config) -> Iterator[Ledger]:
    """Open a copy of the state that is thrown away: whatever is done, nothing is."""
    backups(config).refuse_lost()
    with _folder() as folder:
        place = Path(folder) / "copy.db"
        copy(config.state, place)
        with Ledger(place) as ledger:
            yield ledger


def _folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="plexsync-")
    except OSError as error:
        raise StateError(
            f"no folder for a copy of the state can be made: {error.strerror};"
            " let TMPDIR name one with room"
        ) from error


def _endpoint(server: Server, secret: str) -> Endpoint:
    return Endpoint(
        url=server.url,
        secret=secret,
        connect_timeout=server.connect_timeout,
        read_timeout=server.read_timeout,
        verify=server.trust,
    )
