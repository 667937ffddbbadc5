"""What is done to tags; none of it bumps what is tagged."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar, Unpack

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.names import (
    exchanged,
    must_be_free,
    must_exist,
    must_refer,
    unique,
)
from tests.sandbox.stash.records import (
    Group,
    Performer,
    Scene,
    Studio,
    Tag,
    TagDetails,
    TagFields,
)
from tests.sandbox.stash.store import Store, Table

Tagged = TypeVar("Tagged", Scene, Performer, Studio, Group)


class Tags(Store):
    def create_tag(self, name: str, **details: Unpack[TagDetails]) -> int:
        with self.writing() as now:
            tag = Tag(
                id=self.tags.new_id(),
                created_at=now,
                updated_at=now,
                name=name,
                **details,
            )
            self._put_tag(tag)
            return tag.id

    def update_tag(self, tag_id: int, **fields: Unpack[TagFields]) -> None:
        with self.writing() as now:
            self._put_tag(replace(self.tags.must(tag_id), **fields, updated_at=now))

    def destroy_tag(self, tag_id: int) -> None:
        with self.writing():
            if any(m.primary_tag_id == tag_id for m in self.markers.values()):
                raise StashError(
                    "cannot delete tag used as a primary tag in scene markers"
                )
            must_exist(self.tags, tag_id, "tags")
            self._change_tags({tag_id}, None)
            self.tags.drop(tag_id)

    def set_children(self, tag_id: int, child_ids: Iterable[int]) -> None:
        """Put exactly these tags below *tag_id*; they are not bumped by it."""
        with self.writing():
            wanted = set(child_ids)
            must_refer(self.tags, wanted)
            for child in list(self.tags.values()):
                others = tuple(p for p in child.parent_ids if p != tag_id)
                above = (*others, tag_id) if child.id in wanted else others
                if set(above) != set(child.parent_ids):
                    self._put_tag(replace(child, parent_ids=above))

    def merge_tags(self, sources: Iterable[int], destination: int) -> None:
        """Bump nothing at all, not even *destination*."""
        with self.writing():
            merged = [self.tags.must(source) for source in sources]
            source_ids = {tag.id for tag in merged}
            if destination in source_ids:
                raise StashError("cannot merge where source == destination")
            self.tags.must(destination)
            self._change_tags(source_ids, destination)
            for marker in list(self.markers.values()):
                if marker.primary_tag_id in source_ids:
                    self.markers.put(replace(marker, primary_tag_id=destination))
            tag = self.tags.must(destination)
            parents = (*tag.parent_ids, *(p for t in merged for p in t.parent_ids))
            aliases = (a for source in merged for a in (source.name, *source.aliases))
            self.tags.put(
                replace(
                    tag,
                    aliases=unique((*tag.aliases, *aliases)),
                    parent_ids=unique(
                        p for p in parents if p not in {*source_ids, destination}
                    ),
                )
            )
            for source_id in source_ids:
                self.tags.drop(source_id)

    def _put_tag(self, tag: Tag) -> None:
        must_be_free("tag", tag, self.tags.values())
        must_refer(self.tags, tag.parent_ids)
        if self._is_above(tag.id, tag.parent_ids):
            raise StashError(f'cannot apply tag "{tag.name}": it is its own ancestor')
        self.tags.put(tag)

    def _is_above(self, tag_id: int, parent_ids: Iterable[int]) -> bool:
        return any(
            parent_id == tag_id
            or self._is_above(tag_id, self.tags.must(parent_id).parent_ids)
            for parent_id in parent_ids
        )

    def _change_tags(self, old: set[int], new: int | None) -> None:
        _retag(self.scenes, old, new)
        _retag(self.performers, old, new)
        _retag(self.studios, old, new)
        _retag(self.groups, old, new)
        for marker in list(self.markers.values()):
            if not old.isdisjoint(marker.tag_ids):
                ids = exchanged(marker.tag_ids, old, new)
                self.markers.put(replace(marker, tag_ids=ids))
        for tag in list(self.tags.values()):
            if not old.isdisjoint(tag.parent_ids):
                ids = exchanged(tag.parent_ids, old, new)
                self.tags.put(replace(tag, parent_ids=ids))


def _retag(table: Table[Tagged], old: set[int], new: int | None) -> None:
    for row in list(table.values()):
        if not old.isdisjoint(row.tag_ids):
            table.put(replace(row, tag_ids=exchanged(row.tag_ids, old, new)))
