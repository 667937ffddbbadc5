"""Dead letters, as a person is told of them, and what a person does about them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import structlog

from reconciler.core.desire import desire
from reconciler.core.match import stem
from reconciler.core.values import Field, SceneId
from reconciler.engine.report import Content
from reconciler.engine.translate import restored
from state.ledger import Ledger
from state.records import (
    DeadLetterRecord,
    EntryRecord,
    FieldRecord,
    LinkRecord,
    SnapshotRecord,
    Stage,
)

log = structlog.get_logger(__name__)

RETRIED = "dead letter retried"

_BATCH = 50
_DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which dead letters are meant; the default is all."""

    scenes: Collection[SceneId] | None = None
    fields: Collection[Field] | None = None
    kind: str | None = None
    """The class of the error."""
    is_dropped: bool = False
    """Whether what was dropped is meant, and is left still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One dead letter, or one that was dropped."""

    library: str
    item: str
    name: str
    """The file's, without its folder and ending."""
    scene: SceneId
    field: Field
    stash: Content
    """What Stash says."""
    kind: str
    """The class of the error."""
    error: str
    """A sentence."""
    chain: tuple[Mapping[str, str], ...]
    """The error and those that led to it: `class`, and what it `says`."""
    attempts: int
    first_tried_at: int
    """Unix seconds, as the next."""
    last_tried_at: int
    server: str
    """Plex's version; empty where it had not said."""
    dropped_at: int | None


@dataclass(slots=True, kw_only=True)
class Revived:
    """What came of a retry."""

    fields: int = 0
    """Owed again."""
    items: int = 0
    absent: int = 0
    """Fields that stay dead letters, since their item or scene is not there."""
    pass_id: int | None = None
    link: int = 0
    """The last that is owed anything."""


def alive(
    names: Iterable[Field], withheld: Mapping[str, int], revision: int
) -> frozenset[Field]:
    """Leave out the fields that are dead letters of what a scene says now."""
    return frozenset(name for name in names if withheld.get(name) != revision)


def find_letters(ledger: Ledger, sought: Sought) -> Iterator[Letter]:
    """List dead letters, a page at a time, from the ledger."""
    titles = {target.id: target.title for target in ledger.items.targets()}
    for page in _pages(ledger, sought):
        links = ledger.links.get(one.link for one in page)
        scenes = ledger.scenes.get(one.scene for one in page)
        for one in page:
            link, scene = links[one.link], restored(scenes[one.scene])
            wanted = desire(scene, link.path, {})[Field(one.field)]
            yield _letter(one, link, wanted.content, titles[one.target])


def revive(ledger: Ledger, sought: Sought, *, now: int) -> Revived:
    """Owe the fields of dead letters again, as a pass of its own; deliver nothing.

    Those of an item or a scene that is not there stay: they are owed when it is back.
    """
    found = Revived()
    for page in _pages(ledger, sought):
        with ledger.transaction():
            _owe(ledger, page, found, now)
    if found.pass_id is not None:
        counts = {"revived fields": found.fields}
        with ledger.transaction():
            ledger.passes.end(found.pass_id, outcome=_DONE, counts=counts, now=now)
    log.info("revived", fields=found.fields, pass_id=found.pass_id)
    return found


def drop(ledger: Ledger, sought: Sought, *, now: int) -> int:
    """Forget dead letters; their fields are left until the scenes change. How many."""
    dropped = 0
    for page in _pages(ledger, sought):
        with ledger.transaction():
            dropped += ledger.letters.drop(page, now=now)
    log.info("dropped", fields=dropped)
    return dropped


def purge(ledger: Ledger, *, before: int) -> int:
    """Forget the dead letters that were given up before then; tell how many."""
    with ledger.transaction():
        purged = ledger.letters.prune(before)
    log.info("purged", fields=purged)
    return purged


def _pages(ledger: Ledger, sought: Sought) -> Iterator[list[DeadLetterRecord]]:
    after = (0, "")
    book = ledger.letters.dropped if sought.is_dropped else ledger.letters
    while page := book.page(
        after=after,
        limit=_BATCH,
        scenes=sought.scenes,
        fields=sought.fields,
        kind=sought.kind,
    ):
        after = (page[-1].link, page[-1].field)
        yield page


def _owe(
    ledger: Ledger, page: Sequence[DeadLetterRecord], found: Revived, now: int
) -> None:
    """Owe a page of letters; a link whose letters are on two of them is one item."""
    keys = {one.link for one in page}
    links, memories = ledger.links.get(keys), ledger.links.memories(keys)
    scenes = ledger.scenes.get(link.scene for link in links.values())
    for key, group in groupby(page, key=lambda one: one.link):
        link, letters = links[key], list(group)
        snapshot = scenes[link.scene]
        mine = [
            one.field
            for one in letters
            if _is_there(link, snapshot, memories[key].get(one.field))
        ]
        found.absent += len(letters) - len(mine)
        if not mine:
            continue
        if found.pass_id is None:
            found.pass_id = ledger.passes.begin("retry", now=now)
        entry = EntryRecord(
            link=key,
            target=link.target,
            fields=tuple(mine),
            revision=snapshot.revision,
            stage=Stage.PLANNED,
            cause=RETRIED,
            pass_id=found.pass_id,
        )
        ledger.outbox.owe(entry, now=now)
        found.fields += len(mine)
        found.items += int(key != found.link)
        found.link = key


def _is_there(
    link: LinkRecord, snapshot: SnapshotRecord, memory: FieldRecord | None
) -> bool:
    """Whether a field can be written; of a tombstone, only what its going asked for."""
    has_wish = memory is not None and memory.wish is not None
    return not link.is_lost and (snapshot.buried_at is None or has_wish)


def _letter(
    one: DeadLetterRecord, link: LinkRecord, stash: Content, library: str
) -> Letter:
    return Letter(
        library=library,
        item=link.item,
        name=stem(link.path),
        scene=SceneId(one.scene),
        field=Field(one.field),
        stash=stash,
        kind=one.failure.kind,
        error=one.failure.error,
        chain=one.failure.chain,
        attempts=one.attempts,
        first_tried_at=one.first_at,
        last_tried_at=one.buried_at,
        server=one.failure.server,
        dropped_at=one.dropped_at,
    )
