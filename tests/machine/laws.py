"""The laws of docs/design.md, asked of the oracle; answers say what is wrong."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from reconciler.core.values import Field, OnDelete, Policy
from tests.machine.oracle import Oracle
from tests.machine.seen import Seen, Stand
from tests.machine.spoken import ValueWord, Word
from tests.machine.spoken_sets import SetWord

Items = Mapping[int, Seen]


def nothing_is_missed(
    oracle: Oracle, seen: Items, *, is_full: bool, held: AbstractSet[int] = frozenset()
) -> Iterator[str]:
    """Law 1: where Stash spoke last, Plex says what Stash says.

    Nothing is said of the items that the brake has *held*.
    """
    for stem, field, word, stand in oracle.alone(seen):
        if oracle.keys[stem] in held:
            continue
        if word.rule.policy is Policy.OFF or (word.needs_full and not is_full):
            continue
        if isinstance(word, SetWord):
            missing = _owed_elements(word) - stand.elements
            if missing:
                yield f"{stem}: {field} lacks {sorted(missing)}"
        elif isinstance(word, ValueWord) and _is_owed(oracle, stem, field, word):
            yield from _difference(f"{stem}: {field}", stand.value, word.says.value)


def what_stash_dropped_is_gone(oracle: Oracle, seen: Items) -> Iterator[str]:
    """Law 1: what we added and Stash no longer wants is taken out again."""
    for stem, field, word, stand in oracle.alone(seen):
        if isinstance(word, SetWord) and _is_ruled(word):
            known = word.says.elements | word.foreign | word.unclear
            if left := stand.elements - known:
                yield f"{stem}: {field} still has {sorted(left)}"


def what_we_wrote_is_locked(oracle: Oracle, seen: Items) -> Iterator[str]:
    """Locks by default: what we wrote where nobody else was is locked."""
    for stem, field, word, stand in oracle.alone(seen):
        is_bare = oracle.falls_back(stem, field) or not word.rule.lock
        if _is_written(stem, field, word) and not is_bare and not stand.locked:
            yield f"{stem}: {field} is not locked"


def only_ours_is_touched(
    linked: AbstractSet[int], before: Items, after: Items
) -> Iterator[str]:
    """Laws 3 and 9: nothing of a stranger's, and nothing that is not managed."""
    if before.keys() != after.keys():
        yield "items came or went during a pass"
        return
    for key, item in before.items():
        now = after[key]
        if item.rest != now.rest:
            yield f"item {key}: {item.rest} became {now.rest}"
        if key not in linked and item.fields != now.fields:
            yield f"item {key} is nobody's: {item.fields} became {now.fields}"


def what_is_contested_is_left(
    contested: AbstractSet[int], before: Items, after: Items
) -> Iterator[str]:
    """Law 9: an item that holds files of two scenes is written for neither."""
    for key in contested:
        if before[key].fields != after[key].fields:
            yield f"item {key} is of two scenes: {before[key]} became {after[key]}"


def only_what_stash_said_is_written(
    oracle: Oracle, before: Items, after: Items
) -> Iterator[str]:
    """Law 3: what is off is left, and others' elements and a person's word stay."""
    for stem, field, word, now in (*oracle.alone(after), *oracle.deserted(after)):
        then = before[oracle.keys[stem]].fields[field]
        if word.rule.policy is Policy.OFF:
            if then != now and not word.is_asked:
                yield f"{stem}: {field} is off, and {then} became {now}"
        elif isinstance(word, SetWord):
            has_left = stem in oracle.left
            yield from _wrongs_of_set(
                f"{stem}: {field}", word, then, now, has_left=has_left
            )
        elif isinstance(word, ValueWord):
            yield from _wrongs_of_value(f"{stem}: {field}", word, then, now)


def what_is_deserted_is_left(
    oracle: Oracle, seen: Items, *, doubted: AbstractSet[str]
) -> Iterator[str]:
    """Law 8: a scene that has left changes nothing before that is proved and believed.

    Then its item is treated once, as is configured, and left for good.
    """
    on_delete = oracle.world.on_delete
    for stem, field, word, stand in oracle.deserted(seen):
        if word.rest is None or word.rest == stand:
            continue
        is_same = replace(stand, locked=word.rest.locked) == word.rest
        if word.is_buried or stem in doubted or on_delete is OnDelete.KEEP:
            yield f"{stem} has left: {field} was {word.rest}, and is {stand}"
        elif on_delete is OnDelete.RELEASE and not is_same:
            yield f"{stem} is released: {field} was {word.rest}, and is {stand}"


def what_left_is_as_configured(oracle: Oracle, seen: Items) -> Iterator[str]:
    """Law 8: what was ours is released or restored where a scene has left, if told."""
    on_delete = oracle.world.on_delete
    left = oracle.left - oracle.parted
    items = {stem: key for stem, key in oracle.never_rebuilt.items() if stem in left}
    if on_delete is OnDelete.RESTORE:
        yield from oracle.origins.wrongs(seen, items)
    if on_delete is OnDelete.RELEASE:
        for stem, field, word, stand in oracle.deserted(seen):
            if stem in oracle.parted:
                continue
            is_ours = word.rest is not None and not word.is_buried
            if stem in items and is_ours and stand.locked:
                yield f"{stem} is released: {field} is locked"


def _difference(where: str, has: str, wanted: str) -> Iterator[str]:
    if has != wanted:
        yield f"{where} is {has!r}, not {wanted!r}"


def _wrongs_of_set(
    where: str, word: SetWord, then: Stand, now: Stand, *, has_left: bool
) -> Iterator[str]:
    gone, come = then.elements - now.elements, now.elements - then.elements
    if lost := gone & word.foreign:
        yield f"{where} lost {sorted(lost)}, which others put there"
    may_go = has_left or (word.is_asked and word.is_given_up)
    # what Stash did without before it was read last is taken out, and then put back
    wanted = word.says.elements - word.unclear - word.dropped
    if (lost := gone & wanted) and not may_go:
        yield f"{where} lost {sorted(lost)}, which stash wants"
    if strange := come - word.ever:
        yield f"{where} was given {sorted(strange)}, which stash never wanted"
    if back := word.vetoed & now.elements:
        yield f"{where} has {sorted(back)} again, which a person took out"


def _wrongs_of_value(
    where: str, word: ValueWord, then: Stand, now: Stand
) -> Iterator[str]:
    if word.held is not None and now.value != word.held:
        yield f"{where} is {now.value!r}, where a person wrote {word.held!r}"
    if word.held is not None and not now.locked:
        yield f"{where} is not locked, where a person locked {word.held!r}"
    if then.value != now.value and now.value not in word.known_values:
        yield f"{where} became {now.value!r}, which nobody said"


def _owed_elements(word: SetWord) -> frozenset[str]:
    policy = word.rule.policy
    if word.is_given_up or policy is Policy.OFF:
        return frozenset()
    if policy is Policy.FILL and (word.was_ever_touched or not word.is_steady):
        return frozenset()
    return word.says.elements - word.unsure


def _is_owed(oracle: Oracle, stem: str, field: Field, word: ValueWord) -> bool:
    is_untouched = not word.was_ever_touched and not word.is_given_up
    if not word.says.value:
        return is_untouched and word.is_steady
    if oracle.falls_back(stem, field) or word.rule.policy is Policy.FILL:
        return is_untouched
    return word.is_clear


def _is_ruled(word: Word) -> bool:
    return word.rule.policy is not Policy.OFF and not word.is_given_up


def _is_written(stem: str, field: Field, word: Word) -> bool:
    """Whether we wrote a field, and nobody else ever did."""
    if not word.is_steady or word.was_ever_touched or not _is_ruled(word):
        return False
    # what was there already was adopted, and is locked by nobody
    was_there = field is Field.TITLE and word.says.value.casefold() == stem
    return bool(word.says.value or word.says.elements) and not was_there
