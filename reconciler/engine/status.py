"""How things stand, read from the ledger alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from state.ledger import Ledger
from state.records import DeadLetterRecord, PassRecord

_LETTERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How far Plex is behind Stash, and what is in the way; nothing is known yet."""

    watermark: int | None = None
    """Unix seconds: up to where Stash is recorded."""
    scenes: int = 0
    links: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    """The library's title -> scenes without an item in it."""
    contested: int = 0
    outbox: Mapping[str, int] = field(default_factory=dict)
    """Stage -> entries."""
    retrying: int = 0
    held: tuple[int, ...] = ()
    """Passes that the brake has looked at and not let go."""
    doubts: Mapping[str, str] = field(default_factory=dict)
    """What is not believed: about which server or library -> why."""
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
    last: PassRecord | None = None


def read_status(ledger: Ledger) -> Status:
    """Read how things stand; a handful of queries, each over an index or a count."""
    titles = {target.id: target.title for target in ledger.items.targets()}
    waiting = ledger.links.waiting()
    verdicts = ledger.links.verdicts()
    doubts = ledger.doubts.standing()
    return Status(
        watermark=ledger.scenes.scan().watermark,
        scenes=ledger.scenes.count(),
        links=ledger.links.counts(),
        waiting={titles[target]: count for target, count in waiting.items()},
        contested=ledger.links.contested_items(),
        outbox=ledger.outbox.counts(),
        retrying=ledger.outbox.postponed(),
        held=held_passes(ledger),
        doubts={subject: doubt.reason for subject, doubt in doubts.items()},
        believed=tuple(one for one, doubt in doubts.items() if doubt.is_approved),
        deleted=ledger.scenes.tombstones(),
        fields={
            f"{verdict}: {why}": count for (verdict, why), count in verdicts.items()
        },
        journal=ledger.journal.counts(),
        dead=ledger.outbox.dead(),
        letters=tuple(ledger.outbox.dead_letters(_LETTERS)),
        last=next(iter(ledger.passes.last(1)), None),
    )


def held_passes(ledger: Ledger) -> tuple[int, ...]:
    """Name the passes that were judged and not let go; not those yet to be judged."""
    held = ledger.passes.held()
    return tuple(n for n in ledger.outbox.planned_passes() if n in held)
