"""Fields in which Plex says otherwise than Stash, and is left to: a person's word."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.core.elements import by_identity, keys_in_plex
from reconciler.core.match import stem
from reconciler.core.memory import GIVEN_BACK, Memory, Reason, Verdict
from reconciler.core.values import EMPTY, Field, SceneId
from reconciler.engine.report import content_of
from reconciler.engine.translate import memories_of
from state.ledger import Ledger
from state.records import LinkRecord

_BATCH = 200

_PERSONAL = frozenset(
    {
        Reason.KEPT_LOCKED,
        Reason.EDITED,
        Reason.HANDED_BACK,
        Reason.CONFLICT,
        Reason.VETO,
        Reason.FIGHT,
    }
)

_LEFT = frozenset({Verdict.KEPT, Verdict.YIELDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One field of one item that is left as Plex has it."""

    library: str
    item: str
    name: str
    """The file's, without its folder and ending."""
    scene: SceneId
    field: Field
    stash: str | tuple[str, ...]
    plex: str | tuple[str, ...]
    reason: str


def find_conflicts(
    ledger: Ledger,
    scenes: Collection[int] | None = None,
    fields: Collection[Field] | None = None,
) -> Iterator[Conflict]:
    """List what is kept against Stash, a page of links at a time, from the ledger."""
    titles = {target.id: target.title for target in ledger.items.targets()}
    for link, known in conflicting(ledger, scenes, fields):
        for name, one in known.items():
            yield _conflict(titles[link.target], link, name, one)


def count_conflicts(ledger: Ledger) -> int:
    """Count them, and read only those of which the reason does not say it.

    They are sets of which something else was written since an element was taken out.
    """
    plain = ledger.verdicts.count(_LEFT, _PERSONAL)
    other = ledger.verdicts.besides(Verdict.YIELDED, (*_PERSONAL, Reason.SETTLED))
    pages = (other[at : at + _BATCH] for at in range(0, len(other), _BATCH))
    return plain + sum(
        is_conflict(one)
        for keys in pages
        for _, known in _read(ledger, keys)
        for one in known.values()
        if one.reason not in _PERSONAL
    )


def conflicting(
    ledger: Ledger,
    scenes: Collection[int] | None,
    fields: Collection[Field] | None,
) -> Iterator[tuple[LinkRecord, dict[Field, Memory]]]:
    """Page through the links that have conflicts, with the memories of those fields."""
    for link, known in _pages(ledger):
        if scenes is not None and link.scene not in scenes:
            continue
        found = {
            name: one
            for name, one in sorted(known.items())
            if is_conflict(one) and (fields is None or name in fields)
        }
        if found:
            yield link, found


def _pages(ledger: Ledger) -> Iterator[tuple[LinkRecord, dict[Field, Memory]]]:
    """Page through the links that something was left of."""
    after = 0
    while keys := ledger.verdicts.page(_LEFT, after=after, limit=_BATCH):
        after = keys[-1]
        yield from _read(ledger, keys)


def _read(
    ledger: Ledger, keys: Sequence[int]
) -> Iterator[tuple[LinkRecord, dict[Field, Memory]]]:
    """Read links that are not lost, with what is remembered of their fields."""
    links, memories = ledger.links.get(keys), ledger.links.memories(keys)
    for key in keys:
        if not links[key].is_lost:
            yield links[key], memories_of(memories[key])


def settled(name: Field, one: Memory) -> Memory:
    """Give a field up to Plex, until Stash changes it."""
    if not name.is_set:
        return replace(one, verdict=Verdict.YIELDED, reason=Reason.SETTLED, wish=None)
    seen = by_identity(one.seen.elements if one.seen else ())
    missing = keys_in_plex(one.base or (), one.forms) - seen.keys()
    return replace(
        one,
        verdict=Verdict.YIELDED,
        reason=Reason.SETTLED,
        wish=None,
        yielded=tuple(sorted(missing | set(one.yielded))),
    )


def is_conflict(one: Memory) -> bool:
    """Whether a field is left as somebody has it in Plex.

    So is a set of which one element was taken out, whatever was written of the others.
    """
    is_settled = one.reason is Reason.SETTLED
    return (
        one.verdict in _LEFT
        and not is_settled
        and (one.reason in _PERSONAL or _has_veto(one))
    )


def can_be_taken(one: Memory) -> bool:
    """Whether Stash's value can be asked for, where its scene is named.

    A word for Plex is taken back by that; what is undone or released is not.
    """
    return one.verdict not in {None, *GIVEN_BACK}


def _has_veto(one: Memory) -> bool:
    if not isinstance(one.base, tuple):
        return False
    there = by_identity(one.seen.elements if one.seen else ())
    gone = set(one.yielded) - there.keys()
    return bool(gone & keys_in_plex(one.base, one.forms))


def _conflict(title: str, link: LinkRecord, name: Field, one: Memory) -> Conflict:
    base = one.base or (() if name.is_set else "")
    return Conflict(
        library=title,
        item=link.item,
        name=stem(link.path),
        scene=SceneId(link.scene),
        field=name,
        stash=base,
        plex=content_of(name, one.seen or EMPTY),
        # what was written last of a set is not why an element is missing
        reason=one.reason if one.reason in _PERSONAL else Reason.VETO,
    )
