"""What is done to galleries; a scene is never bumped from a gallery's side."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Unpack

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.names import must_refer
from tests.sandbox.stash.records import Gallery, GalleryFields
from tests.sandbox.stash.store import Store


class Galleries(Store):
    def create_gallery(self, title: str, *, scene_ids: tuple[int, ...] = ()) -> int:
        with self.writing() as now:
            if not title:
                raise StashError("title must not be empty")
            must_refer(self.scenes, scene_ids)
            gallery_id = self.galleries.new_id()
            self.galleries.put(
                Gallery(
                    id=gallery_id,
                    created_at=now,
                    updated_at=now,
                    title=title,
                    scene_ids=scene_ids,
                )
            )
            return gallery_id

    def update_gallery(self, gallery_id: int, **fields: Unpack[GalleryFields]) -> None:
        with self.writing() as now:
            gallery = self.galleries.must(gallery_id)
            must_refer(self.scenes, fields.get("scene_ids", ()))
            self.galleries.put(replace(gallery, **fields, updated_at=now))

    def destroy_galleries(self, *gallery_ids: int) -> None:
        with self.writing():
            for gallery_id in gallery_ids:
                self.galleries.must(gallery_id)
                self.galleries.drop(gallery_id)

    def set_galleries(self, scene_id: int, gallery_ids: Iterable[int]) -> None:
        """Put the scene into exactly these galleries, which are not bumped by it."""
        with self.writing():
            wanted = {self.galleries.must(gallery_id).id for gallery_id in gallery_ids}
            for gallery in list(self.galleries.values()):
                others = tuple(s for s in gallery.scene_ids if s != scene_id)
                held = (*others, scene_id) if gallery.id in wanted else others
                self.galleries.put(replace(gallery, scene_ids=held))

    def galleries_of(self, scene_id: int) -> tuple[int, ...]:
        found = self.galleries.values()
        return tuple(gallery.id for gallery in found if scene_id in gallery.scene_ids)
