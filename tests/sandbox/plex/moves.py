"""What turns an item into another one, or ends it: ids are never used twice."""

from collections.abc import Iterable

from tests.sandbox.plex import items
from tests.sandbox.plex.model import Actor, whole


class Moves(Actor):
    @whole
    def rekey(self, key: int) -> int:
        """Let an item be found anew: another key, and nothing of what was edited."""
        old = self.model.items[key]
        items.drop(self.model, old)
        return items.new_item(
            self.model, self.model.sections[old.section], old.media
        ).key

    def rebuild(self, section: int) -> dict[int, int]:
        """Build a library anew and return which key became which."""
        keys = [item.key for item in self.model.items_of(section)]
        return {key: self.rekey(key) for key in keys}

    @whole
    def move(self, key: int, section: int) -> int:
        """Move an item's files to another library, where they are a new item."""
        old = self.model.items[key]
        items.drop(self.model, old)
        target = self.model.sections[section]
        for part in old.parts:
            name = part.file.replace("\\", "/").rpartition("/")[2]
            moved = f"{target.locations[0][1]}/{name}"
            self.model.disk[moved] = self.model.disk.pop(part.file)
            part.file = moved
        return items.new_item(self.model, target, old.media).key

    @whole
    def merge(self, key: int, others: Iterable[int]) -> None:
        """Make the files of *others* versions of one item; their edits are lost."""
        into = self.model.items[key]
        for other in others:
            merged = self.model.items[other]
            into.media += merged.media
            items.drop(self.model, merged)
        into.updated_at = self.model.now()

    @whole
    def split(self, key: int) -> list[int]:
        """Make every version but the first an item of its own; return their keys."""
        item = self.model.items[key]
        section = self.model.sections[item.section]
        rest, item.media = item.media[1:], item.media[:1]
        item.updated_at = self.model.now()
        return [items.new_item(self.model, section, [media]).key for media in rest]

    @whole
    def delete_section(self, section: int) -> None:
        for item in self.model.items_of(section):
            items.drop(self.model, item)
        for collection in self.model.collections_of(section):
            del self.model.collections[collection.key]
        del self.model.sections[section]
