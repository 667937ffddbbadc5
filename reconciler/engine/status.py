"""How things stand, read from the ledger alone."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.core.match import stem
from reconciler.core.values import SceneId
from reconciler.engine.conflicts import count_conflicts
from state.ledger import Ledger
from state.records import DeadLetterRecord, OutageRecord, PassRecord
from state.restorations import RestorationRecord

DAEMON = "run"
"""The command that is the daemon."""

_LETTERS = 20
_TRIED = 5
_OUTAGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why the brake holds a pass, as it was last judged."""

    number: int
    reasons: tuple[str, ...]
    """Sentences with their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An item whose delivery did not come off, and is tried again."""

    library: str
    item: str
    name: str
    """The file's, without its folder and ending."""
    scene: int
    fields: tuple[str, ...]
    """Those that were tried in vain."""
    attempts: int
    """Of the field that was tried most often."""
    error: str
    """What the last of them came to, a sentence."""
    not_before: int
    """When it is tried again, in unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """A process that has the state, and what it is."""

    command: str
    """`run` is the daemon."""
    since: int | None
    """Unix seconds; None: it has just begun."""

    @property
    def is_daemon(self) -> bool:
        """Whether all goes on by itself."""
        return self.command == DAEMON


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How far Plex is behind Stash, and what is in the way; nothing is known yet."""

    watermark: int | None = None
    """Unix seconds: up to where Stash is recorded."""
    scenes: int = 0
    links: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    """Libraries that the configuration names and Plex, once asked, did not -> since."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """The library's title -> scenes without an item in it."""
    contested: int = 0
    conflicts: int = 0
    """Fields that are left as somebody has them in Plex."""
    outbox: Mapping[str, int] = field(default_factory=dict)
    """Stage -> entries."""
    retrying: int = 0
    """Released entries that were tried in vain."""
    tried: tuple[Tried, ...] = ()
    """The next of them."""
    held: tuple[int, ...] = ()
    """Passes that the brake has looked at and not let go."""
    holds: tuple[Hold, ...] = ()
    """Why it has not, of each of them."""
    doubts: Mapping[str, str] = field(default_factory=dict)
    """What is not believed: about which server or library -> why."""
    doubted_since: Mapping[str, int] = field(default_factory=dict)
    """The same -> since when, in unix seconds."""
    believed: tuple[str, ...] = ()
    """Those of them that a person has approved; the next pass acts on it."""
    deleted: int = 0
    """Scenes that are gone from Stash and remembered."""
    fields: Mapping[str, int] = field(default_factory=dict)
    """Verdict and reason -> fields."""
    journal: Mapping[str, int] = field(default_factory=dict)
    dead: int = 0
    letters: tuple[DeadLetterRecord, ...] = ()
    """The newest dead letters."""
    outages: tuple[OutageRecord, ...] = ()
    """The newest, the newest first; one without an end goes on."""
    last: PassRecord | None = None
    under_way: bool = False
    """Whether that pass goes on still: else, without an end, it was cut short."""
    restored: RestorationRecord | None = None
    """When this state was last put back to an earlier one, if it ever was."""
    returned: int | None = None
    """When, since that pass failed, a server answered again, and all of them do."""
    paused: int | None = None
    """Since when a person lets nothing be written; the ledger does not know."""
    lulls: tuple[str, ...] = ()
    """Why else nothing is written now; nor does it know that."""
    at_work: AtWork | None = None
    """Who has the state now; nor that."""


def read_status(ledger: Ledger, goes_on: Callable[[int], bool]) -> Status:
    """Read how things stand; a handful of queries, each over an index or a count.

    *goes_on* tells whether somebody writes who began before a moment, in unix seconds.
    """
    titles = {target.id: target.title for target in ledger.items.targets()}
    waiting = ledger.waits.counts()
    verdicts = ledger.verdicts.counts()
    doubts = ledger.doubts.standing()
    last, under_way = newest(ledger, goes_on)
    outages = _outages(ledger)
    reasons, held = ledger.passes.held(), held_passes(ledger)
    return Status(
        watermark=ledger.scenes.scan().watermark,
        scenes=ledger.scenes.count(),
        links=ledger.links.counts(),
        missing=ledger.items.missing(),
        waiting={titles[target]: count for target, count in waiting.items()},
        contested=ledger.links.contested_items(),
        conflicts=count_conflicts(ledger),
        outbox=ledger.outbox.counts(),
        retrying=ledger.outbox.postponed(),
        tried=tuple(_tried(ledger, titles)),
        held=held,
        holds=tuple(Hold(number=n, reasons=reasons[n].reasons) for n in held),
        doubts={subject: doubt.reason for subject, doubt in doubts.items()},
        doubted_since={subject: doubt.since for subject, doubt in doubts.items()},
        believed=tuple(one for one, doubt in doubts.items() if doubt.is_approved),
        deleted=ledger.scenes.tombstones(),
        fields={
            f"{verdict}: {why}": count for (verdict, why), count in verdicts.items()
        },
        journal=ledger.journal.counts(),
        dead=ledger.letters.count(),
        letters=tuple(ledger.letters.newest(_LETTERS)),
        outages=outages,
        restored=ledger.restorations.newest(),
        last=last,
        under_way=under_way,
        returned=_returned(last, outages),
    )


def _tried(ledger: Ledger, titles: Mapping[int, str]) -> Iterator[Tried]:
    entries = ledger.outbox.tried(_TRIED)
    links = ledger.links.get(entry.link for entry in entries)
    for entry in entries:
        link = links[entry.link]
        yield Tried(
            library=titles[entry.target],
            item=link.item,
            name=stem(link.path),
            scene=link.scene,
            fields=tuple(sorted(entry.tries)),
            attempts=entry.attempts,
            error=entry.error or "",
            not_before=entry.not_before,
        )


def _outages(ledger: Ledger) -> tuple[OutageRecord, ...]:
    """Read the newest outages; what is over and was no more than a hiccup is none."""
    found = ledger.outages.last(_OUTAGES)
    return tuple(one for one in found if one.rests or one.ended is None)


def _returned(last: PassRecord | None, outages: Iterable[OutageRecord]) -> int | None:
    """Say when servers answered again after a pass that failed.

    That much is known of the passes that came after it and had nothing to record.
    """
    if last is None or last.outcome != "failed" or last.ended_at is None:
        return None
    ends = [one.ended for one in outages]
    known = [end for end in ends if end is not None and end > last.ended_at]
    return None if None in ends else max(known, default=None)


def newest(
    ledger: Ledger, goes_on: Callable[[int], bool]
) -> tuple[PassRecord | None, bool]:
    """Read the newest pass, and say whether it goes on still."""
    last = next(iter(ledger.passes.last(1)), None)
    if last is None or last.outcome is not None:
        return last, False
    if goes_on(last.started_at):
        return last, True
    # it may have come to its end between the two looks
    return next(iter(ledger.passes.last(1)), last), False


def held_passes(ledger: Ledger) -> tuple[int, ...]:
    """Name the passes that were judged and not let go; not those yet to be judged."""
    held = ledger.passes.held()
    return tuple(n for n in ledger.outbox.planned_passes() if n in held)


def strangers(ledger: Ledger, scenes: Iterable[SceneId]) -> list[SceneId]:
    """Name those of the scenes that are not known, in order."""
    asked = sorted(scenes)
    known = ledger.scenes.get(asked)
    return [scene for scene in asked if scene not in known]
