"""What stood in each field before plexsync wrote it: what an undo goes back to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.core.canonical import identity
from reconciler.core.values import Field
from tests.machine.seen import NAMES, SETS, Seen, Stand

Place = tuple[int, Field]
"""An item's key, and one of its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    stand: Stand
    order: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Origins:
    """Law 10, counted from outside: nothing of it comes from the ledger."""

    first: dict[Place, _Origin] = field(default_factory=dict)
    touched: set[Place] = field(default_factory=set)
    """What others have changed since."""
    personal: dict[Place, str] = field(default_factory=dict)
    """Values that others gave last, and that were never there before."""
    history: dict[Place, set[str]] = field(default_factory=dict)
    _at_sending: Mapping[int, Seen] | None = None
    """How all stood when plexsync sent what has not been made yet."""

    def ours(self, before: Mapping[int, Seen], after: Mapping[int, Seen]) -> None:
        """Hear what plexsync has changed."""
        for place, then, now in _changed(before, after):
            self.first.setdefault(place, then)
            self.personal.pop(place, None)
            self._known(place).update((then.stand.value, now.stand.value))

    def sent(self, items: Mapping[int, Seen]) -> None:
        """Hear that plexsync has sent what will be made later."""
        self._at_sending = self._at_sending or items

    def late(self, before: Mapping[int, Seen], after: Mapping[int, Seen]) -> None:
        """Hear that what plexsync sent is made, over whatever is there by now."""
        then = self._at_sending or before
        overtaken = {place for place, _, _ in _changed(then, before)}
        self.touched |= {p for p, _, _ in _changed(before, after) if p in overtaken}
        self._at_sending = None
        self.ours(before, after)

    def others(self, before: Mapping[int, Seen], after: Mapping[int, Seen]) -> None:
        """Hear what somebody else has changed."""
        for place, then, now in _changed(before, after):
            self.touched.add(place)
            known, value = self._known(place), now.stand.value
            if value != then.stand.value:
                self.personal.pop(place, None)
                if value not in known:
                    self.personal[place] = value
            known.update((then.stand.value, value))
            if place not in self.first:
                # plexsync has not been here: what it will find is the origin
                self.touched.discard(place)

    def wrongs(
        self, items: Mapping[int, Seen], keys: Mapping[str, int]
    ) -> Iterator[str]:
        """Say what an undo of everything did not bring back, or took from others."""
        for stem, key in keys.items():
            for name in NAMES:
                place, now = (key, name), _origin(items[key], name)
                was = self.first.get(place)
                if was is not None and place not in self.touched and was != now:
                    yield f"{stem} ({key}): {name} was {was}, and is undone to {now}"
                left = self.personal.get(place)
                if was is not None and left not in {None, now.stand.value}:
                    yield f"{stem}: {name} was left {left!r}, and is undone to {now}"

    def _known(self, place: Place) -> set[str]:
        return self.history.setdefault(place, set())


def _changed(
    before: Mapping[int, Seen], after: Mapping[int, Seen]
) -> Iterator[tuple[Place, _Origin, _Origin]]:
    for key in before.keys() & after.keys():
        for name in NAMES:
            then, now = _origin(before[key], name), _origin(after[key], name)
            if then != now:
                yield (key, name), then, now


def _origin(item: Seen, name: Field) -> _Origin:
    # the order of genres is Plex's own affair
    order = item.spelled.get(SETS[name], ()) if name is Field.ACTORS else ()
    return _Origin(stand=item.fields[name], order=tuple(map(identity, order)))
