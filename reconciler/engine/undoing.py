"""What it takes to undo writes: read from the journal, one wish for each field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.core.canonical import identity
from reconciler.core.conclude import new_forms
from reconciler.core.elements import by_identity
from reconciler.core.memory import Asked, Memory, Reason, Verdict, Wish
from reconciler.core.values import EMPTY, Field, FieldValue
from reconciler.engine.translate import NOTHING_DONE, Written, journal_fields
from state.records import JournalRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What undoing comes to for one field."""

    wish: Wish
    is_spared: bool = False
    """What those writes left does not stand: a person has it, or a later write."""


def undone(
    rows: Sequence[JournalRecord],
    scope: Sequence[JournalRecord],
    known: Mapping[Field, Memory],
    *,
    is_all: bool,
) -> Iterator[tuple[Field, Undone]]:
    """Say what undoing the rows in *scope* takes, of all *rows* of a link.

    *is_all* goes back to before the first write of all, whatever the journal still has.
    """
    chosen = {row.id for row in scope}
    every = _by_field(rows, known)
    for name in sorted(known):
        memory, told = known[name], every.get(name, [])
        mine = [one for one in told if one.row in chosen]
        if name.is_set:
            found = _set(memory, mine, told, is_all=is_all)
        else:
            is_newest = bool(mine) and mine[-1] == told[-1]
            writes = [one.write for one in mine]
            found = _value(memory, writes, is_newest=is_newest, is_all=is_all)
        if found is not None:
            yield name, _unlocked(found) if _is_bared(told, mine) else found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One field of one journal row."""

    row: int
    write: Written
    after: FieldValue | None
    """What was there before the next write; after the last, what was seen."""


def _by_field(
    rows: Sequence[JournalRecord], known: Mapping[Field, Memory]
) -> dict[Field, list[_Told]]:
    found: dict[Field, list[_Told]] = {}
    after = {name: memory.seen for name, memory in known.items()}
    for row in reversed(rows):
        if row.outcome in NOTHING_DONE:
            continue
        for name, write in journal_fields(row.fields).items():
            told = _Told(row=row.id, write=write, after=after.get(name))
            found.setdefault(name, []).insert(0, told)
            after[name] = write.before
    return found


def _is_bared(told: Sequence[_Told], mine: Sequence[_Told]) -> bool:
    """Whether somebody has taken the lock off since, and nobody put it on again."""
    since = mine[-1].row if mine else 0
    for one in reversed(told):
        if one.row < since:
            break
        if one.after is not None and one.after.locked is not _left(one.write).locked:
            return not one.after.locked
    return False


def _unlocked(one: Undone) -> Undone:
    back = replace(one.wish.back, locked=False)
    return replace(one, wish=replace(one.wish, back=back))


def _value(
    memory: Memory, writes: Sequence[Written], *, is_newest: bool, is_all: bool
) -> Undone | None:
    if is_all and memory.ours:
        return Undone(wish=Wish(asked=Asked.UNDO, back=memory.first or EMPTY))
    if not writes:
        return None
    start, last = _start(writes), writes[-1]
    is_back = start.begins or not start.was_ours
    wish = Wish(
        asked=Asked.UNDO,
        back=start.before,
        left=_left(last),
        ours=not is_back,
        first=None if is_back else start.prior,
    )
    if _is_there(memory, start.before):
        return None
    is_spared = not is_newest or not _stands(memory, last)
    if is_spared and memory.seen and memory.seen.value == start.before.value:
        return None  # whoever has put it back since
    return Undone(wish=wish, is_spared=is_spared)


def _start(writes: Sequence[Written]) -> Written:
    """Find the earliest write of the tenure that the last one belongs to."""
    start = writes[-1]
    for write in reversed(writes):
        start = write
        if write.memory.ours and write.begins:
            break
    return start


def _left(last: Written) -> FieldValue:
    lock = last.before.locked if last.change.lock is None else last.change.lock
    change = last.change
    return FieldValue(value=change.value, elements=change.elements, locked=lock)


def _stands(memory: Memory, last: Written) -> bool:
    """Whether nobody has taken over since: ours stays ours only as long as nobody."""
    if last.memory.ours:
        return memory.ours
    return memory.seen is None or memory.seen.value == last.change.value


def _is_there(memory: Memory, back: FieldValue) -> bool:
    # whatever lock it has by now was left, or put, there by somebody else; and what is
    # released gets none of ours until its claim
    is_undone = memory.reason is Reason.UNDONE or memory.verdict is Verdict.RELEASED
    is_done = not memory.ours or is_undone
    return is_done and memory.seen is not None and memory.seen.value == back.value


def _set(
    memory: Memory, mine: Sequence[_Told], told: Sequence[_Told], *, is_all: bool
) -> Undone | None:
    writes, added = [one.write for one in mine], _added(told)
    left = _left(told[-1].write) if told else None
    back = _back(memory, writes, is_all=is_all)
    if back is None:
        return None
    owned = by_identity(memory.owned)
    take, give = _moves(memory, mine)
    # what was there before everything stays, though we have added it again since
    to_go = owned.keys() - by_identity(back.elements).keys() if is_all else take.keys()
    take = {key: name for key, name in owned.items() if key in to_go}
    has_ours = memory.ours and (is_all or memory.verdict is not Verdict.RELEASED)
    if not (take or give or has_ours or _is_reordered(memory, writes, left)):
        return None
    adopted = {key: name for key, name in give.items() if key not in added}
    is_kept = bool(owned.keys() - take.keys() | give.keys() - adopted.keys())
    is_ours = is_kept and not is_all  # nothing is ours once everything is undone
    there = memory.seen or left
    if is_ours and there is not None and mine[-1] != told[-1]:
        back = replace(back, locked=there.locked)  # what is left was locked later
    began = writes[0].prior if writes and writes[0].was_ours else memory.first
    return Undone(
        wish=Wish(
            asked=Asked.UNDO,
            back=back,
            left=None if memory.base else left,
            take=tuple(take.values()),
            give=tuple(give.values()),
            adopted=tuple(adopted.values()),
            ours=is_ours,
            first=began if is_ours else None,
        )
    )


def _back(
    memory: Memory, writes: Sequence[Written], *, is_all: bool
) -> FieldValue | None:
    """Say what was there before some writes of a set, or before everything.

    That is as far back as is remembered; the lock is that before the present tenure.
    """
    if not is_all:
        return writes[0].before if writes else None
    if not writes or (writes[0].was_ours and memory.first):
        return memory.first
    before = writes[0].before
    return replace(before, locked=memory.first.locked) if memory.first else before


def _added(told: Sequence[_Told]) -> set[str]:
    """Name what any write has added; what was adopted was there before them all."""
    return {
        identity(form)
        for write in (one.write for one in told)
        for name in write.memory.owned
        if identity(name) not in by_identity(write.before.elements)
        for form in (name, write.memory.forms.get(identity(name), name))
    }


def _is_reordered(
    memory: Memory, writes: Sequence[Written], left: FieldValue | None
) -> bool:
    """Whether what is not ours has been left in another order than it was in."""
    there = memory.seen or left
    if not writes or there is None or memory.reason is Reason.UNDONE:
        return False
    before = list(by_identity(writes[0].before.elements))
    after = list(by_identity(there.elements))
    return [key for key in before if key in after] != [
        key for key in after if key in before
    ]


def _moves(
    memory: Memory, told: Sequence[_Told]
) -> tuple[dict[str, str], dict[str, str]]:
    """Add up what to take out and what to put back, from the last write on."""
    take: dict[str, str] = {}
    give: dict[str, str] = {}
    for one in reversed(told):
        write, forms = one.write, dict(memory.forms)
        before = by_identity(write.before.elements)
        if one.after is not None:
            # what Plex made of an element is forgotten with it
            forms |= new_forms(write.change, write.before, one.after)
        for name in write.memory.owned:
            key = identity(forms.get(identity(name), name))
            if identity(name) not in before and give.pop(key, None) is None:
                take[key] = name
        for name in write.change.removed:
            if take.pop(identity(name), None) is None:
                give[identity(name)] = name
    return take, give
