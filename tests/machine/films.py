"""Which films there are, whose each is, and what Stash says of it: half of the oracle.

A film is a file, and goes by its stem. Its item keeps what was decided on it, whichever
scene has the file; where none has it, the scene has left.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from reconciler.core.desire import Rules
from reconciler.core.values import Field, OnDelete
from tests.machine.draws import STEMS
from tests.machine.holders import holders, in_plex
from tests.machine.said import falls_back, says
from tests.machine.seen import Seen, Stand, look
from tests.machine.spoken import ValueWord, Word
from tests.machine.spoken_sets import SetWord
from tests.world import World


class Films:
    """Who has each film, and a word for each field of its item."""

    def __init__(self, world: World, rules: Rules) -> None:
        self.world = world
        self.rules = dict(rules)
        self.scenes: dict[str, int] = {}
        """The scene that has a film's file, where one has."""
        self.values: dict[tuple[str, Field], ValueWord] = {}
        self.sets: dict[tuple[str, Field], SetWord] = {}
        self.keys: dict[str, int] = {}
        """The item that holds a film's file, where one does."""
        self.in_doubt = False
        """Whether a write may be open of which it is not known if it landed."""
        self.places = {stem: stem for stem in STEMS}
        """Where Stash has each film's file, or had it last."""
        self.lost: dict[str, int] = {}
        """The item that held a film last, where none does: it may hold it again."""
        self.unread: set[str] = set()
        """Films that have changed hands since all was looked at."""
        self.fresh: set[str] = set()
        """Films that were left since plexsync was last at work."""
        self.had: defaultdict[str, set[int]] = defaultdict(set)
        """The scenes that have ever had a film."""
        self.parted: set[str] = set()
        """Films whose scenes go on without them, or had lost them: none is restored."""
        self.kept: set[int] = set()
        """Items of scenes that have gone from Stash: each can still be undone."""
        self.renewed: set[str] = set()
        """Films whose items have been handed back, and are met anew."""
        self._now = 0

    @property
    def words(self) -> Mapping[tuple[str, Field], Word]:
        return {**self.values, **self.sets}

    @property
    def films(self) -> frozenset[str]:
        """All that a scene has ever had."""
        return frozenset(stem for stem, _ in self.values)

    @property
    def left(self) -> frozenset[str]:
        """The films that no scene has any more."""
        return self.films - self.scenes.keys()

    @property
    def shared(self) -> frozenset[int]:
        """The items that hold several films."""
        holding = self._holding()
        return frozenset(key for key, stems in holding.items() if len(stems) > 1)

    @property
    def contested(self) -> frozenset[int]:
        """The items that hold films of several scenes, as plexsync may know."""
        return frozenset(
            key
            for key, stems in self._holding().items()
            if len({self.scenes[stem] for stem in stems if stem in self.scenes}) > 1
            and not self.unread & set(stems)
        )

    def alone(
        self, seen: Mapping[int, Seen]
    ) -> Iterator[tuple[str, Field, Word, Stand]]:
        """Go through all fields of the items that hold one film, which a scene has."""
        for stem, field, word, stand in self._single(seen):
            if stem in self.scenes:
                yield stem, field, word, stand

    def deserted(
        self, seen: Mapping[int, Seen]
    ) -> Iterator[tuple[str, Field, Word, Stand]]:
        """Go through all fields of the items that hold one film, which none has."""
        for stem, field, word, stand in self._single(seen):
            if stem not in self.scenes:
                yield stem, field, word, stand

    def stash_spoke(self, stem: str) -> None:
        """Hear that a film's scene was saved, whatever other films it has."""
        now, scene = self._tick(), self.scenes[stem]
        for other in (one for one, has in self.scenes.items() if has == scene):
            for field, stand in says(self.world, scene, other).items():
                self._stash(other, field, stand, now)

    def stash_changed(self) -> None:
        """Hear of all scenes that are, have or say otherwise, whoever saw to that."""
        now = self._tick()
        before, self.scenes = self.scenes, self._holders()
        unread = frozenset(self.unread)
        self.unread |= {
            stem
            for stem in before.keys() | self.scenes.keys()
            if before.get(stem) != self.scenes.get(stem)
        }
        for stem in before.keys() - self.scenes.keys():
            is_gone = before[stem] not in self.world.stash.scenes
            self._leave(stem, is_gone=is_gone)
            if not is_gone or stem in unread:
                self.parted.add(stem)
        for stem, scene in self.scenes.items():
            self.had[stem].add(scene)
            if stem in self.films and stem not in before:
                self._come(stem, now)
            self._hear(stem, scene, now)
            if stem in unread and before.get(stem) != scene and not self._waits(stem):
                self.unseen(stem)  # nobody looks for its item where there is another
        self._find(look(self.world))

    def unseen(self, stem: str) -> None:
        """Hear that nothing tells of what a film's scene says now: a sweep has to."""
        for field in Field:
            if (stem, field) in self.words:
                self.words[stem, field].needs_full = True

    def path_of(self, stem: str) -> str:
        """Give the path at which an item has to hold a film."""
        return in_plex(self.places[stem])

    def falls_back(self, stem: str, field: Field) -> bool:
        """Whether a field's value is only the file's name."""
        return field is Field.TITLE and falls_back(self.world, self.scenes[stem])

    def _waits(self, stem: str) -> bool:
        """Whether its scene has no other film's item: every pass looks for it then."""
        scene = self.scenes.get(stem)
        return all(
            other == stem or self.scenes.get(other) != scene for other in self.keys
        )

    def _hear(self, stem: str, scene: int, now: int) -> None:
        for field, stand in says(self.world, scene, stem).items():
            word = self.words.get((stem, field))
            if word is None:
                self._first_word(stem, field, stand)
            elif stand != word.says:
                self._stash(stem, field, stand, now)

    def _first_word(self, stem: str, field: Field, stand: Stand) -> None:
        rule = self.rules[field]
        if field.is_set:
            word = SetWord(says=stand, rule=rule, ever=set(stand.elements))
            self.sets[stem, field] = word
        else:
            self.values[stem, field] = ValueWord(says=stand, rule=rule)

    def _stash(self, stem: str, field: Field, stand: Stand, now: int) -> None:
        if field.is_set:
            self.sets[stem, field].stash(stand, now)
        else:
            self.values[stem, field].stash(stand, now)

    def _holders(self) -> dict[str, int]:
        there = holders(self.world)
        return {
            stem: there[place] for stem, place in self.places.items() if place in there
        }

    def _leave(self, stem: str, *, is_gone: bool) -> None:
        seen = look(self.world)
        is_kept = self.world.on_delete is OnDelete.KEEP or not is_gone
        self.parted.discard(stem)
        self.fresh.add(stem)
        if is_gone and stem in self.keys:
            self.kept.add(self.keys[stem])
        is_open = self.in_doubt or bool(self.world.plex_wire.faults.held)
        for field in Field:
            stand = None
            if not is_open and self.keys.get(stem) in seen:
                stand = seen[self.keys[stem]].fields[field]
            self.words[stem, field].depart(stand, is_done_with=not is_kept)

    def _come(self, stem: str, now: int) -> None:
        is_anew = self.world.on_delete is not OnDelete.KEEP
        if is_anew:
            self.renewed.add(stem)
        for field in Field:
            self.words[stem, field].come(now, is_anew=is_anew)

    def _single(
        self, seen: Mapping[int, Seen]
    ) -> Iterator[tuple[str, Field, Word, Stand]]:
        shared = self.shared
        for (stem, field), word in self.words.items():
            if stem in self.keys and self.keys[stem] not in shared:
                yield stem, field, word, seen[self.keys[stem]].fields[field]

    def _holding(self) -> Mapping[int, list[str]]:
        holding: defaultdict[int, list[str]] = defaultdict(list)
        for stem, key in self.keys.items():
            holding[key].append(stem)
        return holding

    def _find(self, seen: Mapping[int, Seen]) -> None:
        """Find the items anew."""
        raise NotImplementedError

    def _tick(self) -> int:
        self._now += 1
        return self._now
