"""What is done to files and folders; a scene is never bumped by any of it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Unpack

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.records import File, FileFields, Folder
from tests.sandbox.stash.store import Store


class Files(Store):
    def path_of(self, file_id: int) -> str:
        file = self.files.must(file_id)
        folder = self.folders.must(file.parent_folder_id)
        return f"{folder.path}{self.separator}{file.basename}"

    def file_at(self, path: str) -> File | None:
        """Return the file whose path this is, letter by letter."""
        above, _, basename = path.rpartition(self.separator)
        folder = self.folder_at(above)
        if folder is None:
            return None
        for file in self.files.values():
            if file.parent_folder_id == folder.id and file.basename == basename:
                return file
        return None

    def folder_at(self, path: str) -> Folder | None:
        return next((f for f in self.folders.values() if f.path == path), None)

    def add_file(self, path: str, **fields: Unpack[FileFields]) -> int:
        """Know of a file that belongs to no scene yet."""
        with self.writing() as now:
            if self.file_at(path) is not None:
                raise StashError(f"file {path} already exists")
            folder, _, basename = path.rpartition(self.separator)
            file_id = self.files.new_id()
            seen: FileFields = {
                "mod_time": now,
                "fingerprints": (("oshash", f"{file_id:016x}"),),
                **fields,
            }
            file = File(
                id=file_id,
                created_at=now,
                updated_at=now,
                basename=basename,
                parent_folder_id=self.make_folder(folder),
                **seen,
            )
            self.files.put(file)
            return file_id

    def make_folder(self, path: str) -> int:
        """Return the id of the folder at *path*, made with those above if need be."""
        with self.writing() as now:
            known = self.folder_at(path)
            if known is not None:
                return known.id
            above = path.rpartition(self.separator)[0]
            folder = Folder(
                parent_folder_id=self.make_folder(above) if above else None,
                id=self.folders.new_id(),
                created_at=now,
                updated_at=now,
                path=path,
                mod_time=now,
            )
            self.folders.put(folder)
            return folder.id

    def move_files(
        self, file_ids: Iterable[int], folder: str, basename: str | None = None
    ) -> None:
        """Move files; only their own `updated_at` moves along."""
        with self.writing() as now:
            ids = tuple(file_ids)
            if basename is not None and len(ids) != 1:
                raise StashError(
                    "must specify one file when providing destination path"
                )
            folder_id = self.make_folder(folder)
            for file_id in ids:
                file = self.files.must(file_id)
                name = basename or file.basename
                if (folder_id, name) == (file.parent_folder_id, file.basename):
                    continue
                new_path = f"{folder}{self.separator}{name}"
                if self.file_at(new_path) is not None:
                    raise StashError(f"file {new_path} already exists")
                self.files.put(
                    replace(
                        file,
                        parent_folder_id=folder_id,
                        basename=name,
                        updated_at=now,
                    )
                )

    def delete_files(self, *file_ids: int) -> None:
        """Delete files that are primary nowhere; their scene is not bumped."""
        with self.writing():
            for file_id in file_ids:
                self.files.must(file_id)
                if any(s.file_ids[:1] == (file_id,) for s in self.scenes.values()):
                    raise StashError(
                        f"cannot delete primary file {self.path_of(file_id)}"
                    )
                self.forget_file(file_id)

    def set_fingerprint(self, file_id: int, kind: str, value: str) -> None:
        """Set a fingerprint by hand; not even the file is bumped."""
        with self.writing():
            file = self.files.must(file_id)
            rest = tuple(pair for pair in file.fingerprints if pair[0] != kind)
            self.files.put(replace(file, fingerprints=(*rest, (kind, value))))

    def drop_fingerprint(self, file_id: int, kind: str) -> None:
        """Take a fingerprint away; not even the file is bumped."""
        with self.writing():
            file = self.files.must(file_id)
            left = tuple(pair for pair in file.fingerprints if pair[0] != kind)
            self.files.put(replace(file, fingerprints=left))

    def forget_file(self, file_id: int) -> None:
        """Drop the row, and with it the file's place in a scene."""
        with self.writing():
            for scene in list(self.scenes.values()):
                if file_id in scene.file_ids:
                    left = tuple(kept for kept in scene.file_ids if kept != file_id)
                    self.scenes.put(replace(scene, file_ids=left))
            self.files.drop(file_id)
