"""How things stand, read from the ledger alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from state.ledger import Ledger
from state.records import DeadLetterRecord, PassRecord

_LETTERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How far Plex is behind Stash, and what is in the way."""

    watermark: int | None
    """Unix seconds: up to where Stash is recorded."""
    scenes: int
    links: Mapping[str, int]
    waiting: Mapping[str, int]
    """The library's title -> scenes without an item in it."""
    contested: int
    outbox: Mapping[str, int]
    """Stage -> entries."""
    retrying: int
    held: tuple[int, ...]
    """Passes with planned entries: those that the brake has not let go."""
    fields: Mapping[str, int]
    """Verdict and reason -> fields."""
    journal: Mapping[str, int]
    dead: int
    letters: tuple[DeadLetterRecord, ...]
    last: PassRecord | None


def read_status(ledger: Ledger) -> Status:
    """Read how things stand; a handful of queries, each over an index or a count."""
    titles = {target.id: target.title for target in ledger.items.targets()}
    waiting = ledger.links.waiting()
    verdicts = ledger.links.verdicts()
    return Status(
        watermark=ledger.scenes.scan().watermark,
        scenes=ledger.scenes.count(),
        links=ledger.links.counts(),
        waiting={titles[target]: count for target, count in waiting.items()},
        contested=ledger.links.contested_items(),
        outbox=ledger.outbox.counts(),
        retrying=ledger.outbox.postponed(),
        held=tuple(ledger.outbox.planned_passes()),
        fields={
            f"{verdict}: {why}": count for (verdict, why), count in verdicts.items()
        },
        journal=ledger.journal.counts(),
        dead=ledger.outbox.dead(),
        letters=tuple(ledger.outbox.dead_letters(_LETTERS)),
        last=next(iter(ledger.passes.last(1)), None),
    )
