"""What scenes refer to: performers, tags and studios; made anew once they are gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.machine.draws import PEOPLE, STUDIOS, TAGS
from tests.sandbox.stash.model import StashModel
from tests.sandbox.stash.records import Performer, Studio, Tag

_NAMES = {"tag_ids": TAGS, "performer_ids": PEOPLE, "studio_id": STUDIOS}


@dataclass(slots=True, kw_only=True)
class Entities:
    """Knows entities by number: so draws mean the same, whatever has become of them."""

    stash: StashModel
    _ids: dict[tuple[str, int], int] = field(default_factory=dict)

    def there(self, kind: str, number: int) -> int:
        """Give an entity; where it is gone, one that is called so, or a new one."""
        names = _NAMES[kind]
        number %= len(names)
        if self._ids.get((kind, number)) not in self._table(kind):
            named = self._called(kind, names[number])
            self._ids[kind, number] = named or self._make(kind)(names[number])
        return self._ids[kind, number]

    def _called(self, kind: str, name: str) -> int | None:
        """Find the entity that has the name, be it as an alias: it is not free then."""
        for row in self._table(kind).values():
            aliases = () if isinstance(row, Performer) else row.aliases
            if name.lower() in {one.lower() for one in (row.name, *aliases)}:
                return row.id
        return None

    def _table(self, kind: str) -> Mapping[int, Tag | Performer | Studio]:
        tables: dict[str, Mapping[int, Tag | Performer | Studio]] = {
            "tag_ids": self.stash.tags,
            "performer_ids": self.stash.performers,
            "studio_id": self.stash.studios,
        }
        return tables[kind]

    def _make(self, kind: str) -> Callable[[str], int]:
        make: dict[str, Callable[[str], int]] = {
            "tag_ids": self.stash.create_tag,
            "performer_ids": self.stash.create_performer,
            "studio_id": self.stash.create_studio,
        }
        return make[kind]
