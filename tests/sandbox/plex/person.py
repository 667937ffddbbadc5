"""What a person does in Plex's own pages, which send the same edits as any client."""

from urllib.parse import quote

from tests.sandbox.plex import edits, images
from tests.sandbox.plex.model import Actor, whole


class Person(Actor):
    @whole
    def edit(self, key: int, /, *, lock: bool = True, **values: str) -> None:
        """Set fields by their names; *lock* them, or leave their locks alone."""
        query = [(f"{name}.value", value) for name, value in values.items()]
        if lock:
            query += [(f"{name}.locked", "1") for name in values]
        self._put(key, query)

    @whole
    def lock(self, key: int, *names: str) -> None:
        self._put(key, [(f"{name}.locked", "1") for name in names])

    @whole
    def unlock(self, key: int, *names: str) -> None:
        self._put(key, [(f"{name}.locked", "0") for name in names])

    @whole
    def tag(self, key: int, kind: str, *names: str, lock: bool = True) -> None:
        """Add tags; *kind* is `genre`, `actor`, `collection`, `label` ..."""
        query = [(f"{kind}[{i}].tag.tag", name) for i, name in enumerate(names)]
        self._put(key, [*query, *_locks(kind, lock=lock)])

    @whole
    def untag(self, key: int, kind: str, *names: str, lock: bool = True) -> None:
        """Take tags off, each in the spelling that the item shows."""
        listed = ",".join(quote(name, safe="") for name in names)
        self._put(key, [(f"{kind}[].tag.tag-", listed), *_locks(kind, lock=lock)])

    @whole
    def choose_poster(self, key: int, content: bytes) -> str:
        """Upload a poster and choose it, which locks it; return its key."""
        item = self.model.items[key]
        poster = images.upload(self.model, item, "posters", content)
        images.choose(self.model, item, "posters", poster)
        return poster

    def _put(self, key: int, query: list[tuple[str, str]]) -> None:
        section = (self.model.items.get(key) or self.model.collections[key]).section
        address = [("id", str(key))]
        status = edits.edit_section(self.model, section, [*address, *query])
        if status != 200:
            raise ValueError(f"a person's edit of {key} was refused: {status}")


def _locks(kind: str, *, lock: bool) -> list[tuple[str, str]]:
    return [(f"{kind}.locked", "1")] if lock else []
