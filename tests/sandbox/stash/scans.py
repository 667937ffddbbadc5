"""What the background tasks do: scan, generate, auto-tag, identify, clean (facts §2).

Scans are the blind spot of `updated_at`: a moved file bumps itself only, and a renamed
folder bumps nothing anywhere.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Unpack

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.files import Files
from tests.sandbox.stash.records import FileFields, SceneFields
from tests.sandbox.stash.scenes import Scenes


class Scans(Files, Scenes):
    def scan_new_file(self, path: str, **fields: Unpack[FileFields]) -> int:
        """Find a file that nobody knew, and make a scene without a title for it."""
        with self.writing():
            file_id = self.add_file(path, **fields)
            return self.create_scene(file_ids=(file_id,))

    def scan_copy(self, path: str, scene_id: int, **fields: Unpack[FileFields]) -> int:
        """Find a file with the hash of the scene's, which it joins; bumps the scene."""
        with self.writing() as now:
            primary = self.files.must(self.scenes.must(scene_id).file_ids[0])
            seen: FileFields = {"fingerprints": primary.fingerprints, **fields}
            file_id = self.add_file(path, **seen)
            self.assign_file(scene_id, file_id)
            scene = self.scenes.must(scene_id)
            self.scenes.put(replace(scene, updated_at=now))
            return file_id

    def scan_moved_file(self, file_id: int, path: str) -> None:
        """Find a known hash at another path; only the file is bumped."""
        with self.writing():
            folder, _, basename = path.rpartition(self.separator)
            self.move_files((file_id,), folder, basename)

    def scan_renamed_folder(self, old: str, new: str) -> None:
        """Find a folder under another name: paths change, and nothing is bumped."""
        with self.writing():
            folder = self.folder_at(old)
            if folder is None:
                raise StashError(f"folder {old} not found")
            above = new.rpartition(self.separator)[0]
            parent = self.make_folder(above) if above else None
            self.folders.put(replace(folder, path=new, parent_folder_id=parent))
            below = f"{old}{self.separator}"
            for inner in list(self.folders.values()):
                if inner.path.startswith(below):
                    path = f"{new}{self.separator}{inner.path.removeprefix(below)}"
                    self.folders.put(replace(inner, path=path))

    def scan_changed_file(self, file_id: int, **fields: Unpack[FileFields]) -> None:
        """Find other content at the same path; only the file is bumped."""
        with self.writing() as now:
            file = self.files.must(file_id)
            self.files.put(replace(file, **fields, updated_at=now))

    def rescan(self, *paths: str) -> None:
        """Read files anew that are as they were, if told to; only they are bumped."""
        with self.writing():
            for file_id in list(self.files):
                path = self.path_of(file_id)
                if any(_is_at(path, asked, self.separator) for asked in paths):
                    self.scan_changed_file(file_id)

    def scan_filled_in(self, file_id: int, **fields: Unpack[FileFields]) -> None:
        """Fill in what was missing of a known file; bumps nothing."""
        with self.writing():
            self.files.put(replace(self.files.must(file_id), **fields))

    def generate_cover(self, scene_id: int, cover: bytes) -> None:
        """Make a cover from the video; bumps."""
        self.update_scene(scene_id, cover=cover)

    def generate_heatmap(self, scene_id: int) -> None:
        """Make an interactive heatmap; bumps since v0.28."""
        with self.writing():
            if self.since("0.28.0"):
                self.update_scene(scene_id)

    def generate_phash(self, file_id: int, value: str) -> None:
        """Bump nothing, not even the file."""
        self.set_fingerprint(file_id, "phash", value)

    def migrate_screenshot(self, scene_id: int, cover: bytes) -> None:
        """Take over a cover of old; bumps nothing although the picture changes."""
        with self.writing():
            self.scenes.put(replace(self.scenes.must(scene_id), cover=cover))

    def auto_tag(
        self,
        scene_id: int,
        *,
        performer_ids: Iterable[int] = (),
        tag_ids: Iterable[int] = (),
        studio_id: int | None = None,
    ) -> None:
        """Add what was found in the file's name; bumps."""
        with self.writing():
            scene = self.scenes.must(scene_id)
            performers = dict.fromkeys((*scene.performer_ids, *performer_ids))
            self.update_scene(
                scene_id,
                performer_ids=tuple(performers),
                tag_ids=tuple(dict.fromkeys((*scene.tag_ids, *tag_ids))),
                studio_id=studio_id if scene.studio_id is None else scene.studio_id,
            )

    def identify(self, scene_id: int, **fields: Unpack[SceneFields]) -> None:
        """Take over what a source knows; bumps only if anything is new."""
        with self.writing():
            scene = self.scenes.must(scene_id)
            if replace(scene, **fields) != scene:
                self.update_scene(scene_id, **fields)

    def clean(self, *file_ids: int) -> None:
        """Forget files that are gone: a scene follows its last one, or is bumped."""
        with self.writing() as now:
            for file_id in file_ids:
                self.files.must(file_id)
                for scene in list(self.scenes.values()):
                    if scene.file_ids == (file_id,):
                        self.destroy_scenes(scene.id)
                    elif file_id in scene.file_ids:
                        self.scenes.put(replace(scene, updated_at=now))
                self.forget_file(file_id)


def _is_at(path: str, asked: str, separator: str) -> bool:
    return path == asked or path.startswith(f"{asked}{separator}")
