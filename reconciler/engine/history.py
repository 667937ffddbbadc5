"""What was written: the journal, read back line by line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconciler.core.match import stem
from reconciler.core.values import Field, SceneId
from reconciler.engine.report import Content, line_values, lock_moved
from reconciler.engine.status import held_passes, newest
from reconciler.engine.translate import NOTHING_DONE, journal_fields
from state.ledger import Ledger
from state.records import JournalRecord

OPEN = "not known yet"

_BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One field of one write."""

    at: int
    """Unix seconds."""
    pass_id: int
    planned: int
    """The pass that planned it, or in which a person asked for it."""
    library: str
    item: str
    name: str
    """The file's, without its folder and ending."""
    scene: SceneId
    field: Field
    old: Content
    new: Content
    lock: bool | None
    """Whether its lock was put on, or taken off; None: neither."""
    reason: str
    outcome: str


def read_history(ledger: Ledger, scene: SceneId | None, limit: int) -> Iterator[Past]:
    """Read the fields of the last *limit* writes, the newest first."""
    titles = {target.id: target.title for target in ledger.items.targets()}
    before: int | None = None
    left = limit
    while left > 0:
        page = min(left, _BATCH)
        rows = ledger.journal.page(scene=scene, before=before, limit=page)
        links = ledger.links.get(row.link for row in rows)
        for row in rows:
            path = links[row.link].path
            yield from _fields(row, titles[row.target], stem(path))
        if len(rows) < page:
            return
        before, left = rows[-1].id, left - page


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """One pass that did something."""

    number: int
    kind: str
    """`reconcile`, `full`, or what a person asked for, such as `undo`."""
    started_at: int
    """Unix seconds."""
    ended_at: int | None
    outcome: str | None
    """None: it is under way, or was cut short."""
    writes: int
    """Writes that are kept of it, each of one item, whichever pass has sent them."""
    held: bool
    """Whether the brake holds it."""
    under_way: bool
    """Whether it goes on still: else, without an end, it was cut short."""


def read_passes(
    ledger: Ledger, limit: int, goes_on: Callable[[int], bool]
) -> list[Passed]:
    """Read the last *limit* passes, the newest first; *goes_on* as of `read_status`."""
    last, under_way = newest(ledger, goes_on)
    found, held = ledger.passes.last(limit), held_passes(ledger)
    numbers = [one.id for one in found]
    writes = ledger.journal.of_passes(numbers, excluding=NOTHING_DONE)
    return [
        Passed(
            number=one.id,
            kind=one.kind,
            started_at=one.started_at,
            ended_at=one.ended_at,
            outcome=one.outcome,
            writes=writes[one.id],
            held=one.id in held,
            under_way=under_way and one == last,
        )
        for one in found
    ]


def _fields(row: JournalRecord, library: str, name: str) -> Iterator[Past]:
    for field, write in sorted(journal_fields(row.fields).items()):
        old, new = line_values(field, write.before, write.change)
        yield Past(
            at=row.opened_at,
            pass_id=row.pass_id,
            planned=row.planned,
            library=library,
            item=row.item,
            name=name,
            scene=SceneId(row.scene),
            field=field,
            old=old,
            new=new,
            lock=lock_moved(write.before, write.change),
            reason=write.memory.reason or "",
            outcome=row.outcome or OPEN,
        )
