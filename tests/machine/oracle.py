"""The oracle: it hears what everybody does, and keeps a word for each field."""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.core.absence import DAY
from reconciler.core.canonical import identity
from reconciler.core.desire import Rule, Rules, is_placeholder
from reconciler.core.values import Field
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Errand,
    Release,
    TakePlex,
    TakeStash,
    Undo,
)
from tests.machine.films import Films
from tests.machine.origins import Origins
from tests.machine.seen import NAMES, Seen, look
from tests.machine.spoken import NEVER, Word
from tests.machine.spoken_sets import SetWord
from tests.world import World

ROOT = "/media/films"


class Oracle(Films):
    """Who spoke last about each field of each scene's item."""

    def __init__(self, world: World, rules: Rules) -> None:
        super().__init__(world, rules)
        self.first_keys: dict[str, int] = {}
        self.tenants: defaultdict[int, set[str]] = defaultdict(set)
        """The scenes that an item has ever held a file of."""
        self.lost_at: dict[str, float] = {}
        """When each film was last seen to have no item."""
        self.origins = Origins()

    @property
    def never_rebuilt(self) -> Mapping[str, int]:
        """The items that have been of one scene, and the scene's, ever since."""
        first = self.first_keys
        return {
            stem: key
            for stem, key in self.keys.items()
            if first[stem] == key
            and self.tenants[key] == {stem}
            and stem not in self.renewed
        }

    @property
    def undoable(self) -> Mapping[str, int]:
        """Those of them that are a scene's still, or were when that left Stash."""
        gone = self.left & self.parted
        return {stem: k for stem, k in self.never_rebuilt.items() if stem not in gone}

    @property
    def names(self) -> frozenset[str]:
        """Name what Stash knows, as genres or as actors."""
        stash = self.world.stash
        names = [tag.name for tag in stash.tags.values()]
        names += [person.name for person in stash.performers.values()]
        return frozenset(map(identity, names))

    def asked(self, errand: Errand, about: Iterable[tuple[str, Field]]) -> None:
        """Hear what a person asks for by a command; it may be done later."""
        now = self._tick()
        for key in about:
            word = self.words[key]
            word.ask()
            self._hear_errand(errand, word, now)

    def is_undone(self, stem: str) -> bool:
        """Whether an undo is asked of an item that a scene has left with Stash."""
        asked = any(self.words[stem, name].is_asked for name in NAMES)
        return asked and self.lost.get(stem) in self.kept

    @property
    def released(self) -> tuple[Word, ...]:
        """The fields that are released."""
        return tuple(word for word in self.words.values() if word.is_released)

    def perhaps_released(self, words: Iterable[Word]) -> None:
        """Hear that a command failed, and may never have been written down."""
        for word in words:
            word.is_released = True

    def granted(self) -> None:
        """Hear that nothing that was asked for is left to be done.

        But for what was asked of items that are gone: that waits until they are found.
        """
        for (stem, _), word in self.words.items():
            if stem not in self.lost:
                word.granted()

    def _hear_errand(self, errand: Errand, word: Word, now: int) -> None:
        match errand:
            case Undo():
                word.undo()
            case Release():
                word.release()
            case Claim():
                word.claim(now)
            case TakeStash():
                word.take(now)
            case TakePlex() if isinstance(word, SetWord):
                word.leave()
            case TakePlex():
                word.undo()  # left likewise, until Stash says another
            case Adopt() if isinstance(word, SetWord):
                word.adopt(word.foreign & self.names - word.says.elements)

    @contextlib.contextmanager
    def others(self) -> Iterator[None]:
        """Watch what somebody else does in Plex."""
        before = look(self.world)
        yield
        now, after = self._tick(), look(self.world)
        self.origins.others(before, after)
        for stem, key in self.keys.items():
            if key in after and self.path_of(stem) in after[key].files:
                self._compare(stem, before[key], after[key], now)
        for stem, key in self.lost.items():
            if key in after:
                self._compare(stem, before[key], after[key], now)
        self._find(after)

    def policy(self, field: Field, rule: Rule) -> None:
        """Hear that a field is treated otherwise."""
        now = self._tick()
        self.rules[field] = rule
        for (_, name), word in self.words.items():
            if name is field:
                word.come_under(rule, now)

    def passed(self, before: Mapping[int, Seen], after: Mapping[int, Seen]) -> None:
        """Hear what a pass of plexsync has changed."""
        self.origins.ours(before, after)
        lost = {stem: key for stem, key in self.lost.items() if key in after}
        shared, words = self.shared, self.words
        for stem, key in {**lost, **self.keys}.items():
            for field in NAMES:
                then, now = before[key].fields[field], after[key].fields[field]
                if key in shared and then != now:
                    # it may be the other film's, whose scene has spoken since
                    words[stem, field].landed(then, now)
                if field.is_set:
                    self.sets[stem, field].ours(then, now)
                else:
                    self.values[stem, field].ours(now)

    def landed(self, before: Mapping[int, Seen], after: Mapping[int, Seen]) -> None:
        """Hear that what plexsync sent some time ago has been made."""
        self.origins.late(before, after)
        for stem, key in self.keys.items():
            for field in NAMES:
                then, is_now = before[key].fields[field], after[key].fields[field]
                if then != is_now:
                    self.words[stem, field].landed(then, is_now)

    def cut_short(self) -> None:
        """Hear that a pass did not come to its end."""
        self.in_doubt = True
        self.overtaken()

    def overtaken(self) -> None:
        """Hear that Plex may have been looked at before Stash's last word was read.

        What a person has in Plex is then older than that word, whichever came first.
        """
        for word in self.values.values():
            if word.says != word.settled_says:
                word.held = None

    def settled(self, seen: Mapping[int, Seen]) -> None:
        """Hear that plexsync has looked at everything and owes nothing."""
        now = self._tick()
        self.in_doubt = False
        for _, _, word, stand in self.alone(seen):
            word.settle(stand, now)
        for _, _, word, stand in self.deserted(seen):
            word.bury(stand)
        self.unread = set()

    def _compare(self, stem: str, before: Seen, after: Seen, now: int) -> None:
        for field in NAMES:
            then, is_now = before.fields[field], after.fields[field]
            if then == is_now:
                continue
            if field.is_set:
                word = self.sets[stem, field]
                word.others(then, is_now, now, in_doubt=self.in_doubt)
            else:
                self.values[stem, field].others(then, is_now, now)

    def _find(self, seen: Mapping[int, Seen]) -> None:
        """Find the items anew; one under another key is another incarnation."""
        held = {
            path: key
            for key, item in seen.items()
            for path in item.files
            if item.section == self.world.section
        }
        for stem in self.films:
            key = held.get(self.path_of(stem))
            if key is None and stem in self.keys:
                self.lost[stem] = self.keys.pop(stem)
                self.lost_at[stem] = self.world.moment
                self.unread.add(stem)
            elif key is not None and key == self.lost.get(stem):
                self.keys[stem] = self.lost.pop(stem)
                if not self._is_awaited(stem):
                    self.unseen(stem)
            elif key is not None and self.keys.get(stem) != key:
                self.lost.pop(stem, None)
                self.keys[stem] = key
                is_first = stem not in self.first_keys
                self.first_keys.setdefault(stem, key)
                self._born(stem, seen[key])
                self._follow(stem, self.tenants[key] - {stem})
                self.tenants[key].add(stem)
                if is_first and self._waits(stem):
                    for field in NAMES:
                        self.words[stem, field].needs_full = False

    def _is_awaited(self, stem: str) -> bool:
        """Whether the item that held a film is read again, for its scene that waits.

        So it is for a day, if the scene was ever linked to it.
        """
        is_met = self.words[stem, Field.TITLE].settled_at != NEVER
        is_late = self.world.moment - self.lost_at[stem] > DAY
        return self._waits(stem) and is_met and not is_late

    def _born(self, stem: str, item: Seen) -> None:
        for field in NAMES:
            stand = item.fields[field]
            if field.is_set:
                self.sets[stem, field].born(stand, self._now)
                continue
            is_stem = is_placeholder(field, stand.value, self.path_of(stem))
            is_vacant = is_stem or not stand.value
            self.values[stem, field].born(stand, self._now, is_vacant=is_vacant)

    def _follow(self, stem: str, others: Iterable[str]) -> None:
        """Have a film come to an item on which something was decided for others.

        That stays with the item, and is this one's once the others have left it.
        """
        words = self.words
        for other in others:
            for field in NAMES:
                words[stem, field].follow(words[other, field])
