"""Imports: they keep the stamps of the JSON they read, however old those are.

A full import drops the database first and numbers everything anew, scenes last.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any, Unpack
from zipfile import ZipFile

from tests.sandbox.stash.files import Files
from tests.sandbox.stash.records import Row, SceneFields
from tests.sandbox.stash.scenes import Scenes
from tests.sandbox.stash.store import Backup, Table
from tests.sandbox.stash.times import in_zone

_STAMPS = ("created_at", "updated_at")
Ids = dict[str, dict[int, int]]  # of each noun, the new id of each old one


class Imports(Files, Scenes):
    def import_scene(
        self, scene_id: int, updated_at: str, **fields: Unpack[SceneFields]
    ) -> None:
        """Overwrite a scene from JSON, the stamp too."""
        with self.writing():
            scene = replace(self.scenes.must(scene_id), **self._checked(fields))
            stamped = in_zone(updated_at, self.zone)
            self.scenes.put(replace(scene, updated_at=stamped))

    def import_objects(self, archive: bytes, duplicates: str) -> None:
        """Read the scenes of *archive*, each with the stamps that its JSON has."""
        with ZipFile(BytesIO(archive)) as content:
            for name in sorted(content.namelist()):
                if name.startswith("scenes/") and name.endswith(".json"):
                    self._import_json(json.loads(content.read(name)), duplicates)

    def _import_json(self, told: Mapping[str, Any], duplicates: str) -> None:
        fields: SceneFields = {"title": told.get("title", "")}
        fields["details"] = told.get("details", "")
        with self.writing() as now:
            stamps = {name: told.get(name) or now for name in _STAMPS}
            files = [self.file_at(path) for path in told.get("files", ())]
            if None in files:
                return  # what cannot be read is told to the log only
            file_ids = tuple(file.id for file in files if file is not None)
            owners = [s.id for s in self.scenes.values() if {*s.file_ids} & {*file_ids}]
            if owners and duplicates == "OVERWRITE":
                self.import_scene(owners[0], stamps["updated_at"], **fields)
            elif not owners:
                fields["file_ids"] = file_ids
                scene_id = self.create_scene(**fields)
                self.import_scene(scene_id, stamps["updated_at"])
                created = in_zone(stamps["created_at"], self.zone)
                scene = self.scenes.must(scene_id)
                self.scenes.put(replace(scene, created_at=created))

    def metadata_import(self, export: Backup) -> Iterator[str]:
        """Fill an emptied database from *export*; stops wherever one may look at it."""
        job = self.jobs.start("Importing...")
        self.clear()
        yield "emptied"
        ids: Ids = {}
        tables = {table.noun: table for table in self.tables}
        for noun in ("folder", "file", "tag", "performer", "studio", "group"):
            self._import_rows(tables[noun], export, ids)
            yield noun
        scenes = self._renumbered(self.scenes, export, ids)
        for number, scene in enumerate(scenes, start=1):
            with self.writing():
                self.scenes.last_id = scene.id
                self.scenes.put(scene)
            if number == (len(scenes) + 1) // 2:
                yield "half of the scenes"
        self._import_rows(self.markers, export, ids)
        self.jobs.finish(job)
        yield "done"

    def _import_rows(self, table: Table[Any], export: Backup, ids: Ids) -> None:
        rows = self._renumbered(table, export, ids)
        with self.writing():
            table.replace_all({row.id: row for row in rows}, len(rows))

    def _renumbered(self, table: Table[Any], export: Backup, ids: Ids) -> list[Any]:
        """Count the rows anew, in the order in which JSON files are read: by name."""
        rows = sorted(export.rows[table.noun].values(), key=_file_name)
        new_ids = {row.id: number for number, row in enumerate(rows, start=1)}
        ids[table.noun] = new_ids
        return [
            replace(row, **self._pointed(row, ids), id=new_ids[row.id]) for row in rows
        ]

    def _pointed(self, row: Row, ids: Ids) -> dict[str, Any]:
        """Return the changed references and stamps of *row*."""
        changed: dict[str, Any] = {
            "created_at": in_zone(row.created_at, self.zone),
            "updated_at": in_zone(row.updated_at, self.zone),
        }
        for field, noun in _REFERENCES.items():
            old = getattr(row, field, None)
            if old is None:
                continue
            if isinstance(old, int):
                changed[field] = ids[noun][old]
            else:
                changed[field] = tuple(_all_pointed(old, ids[noun]))
        return changed


_REFERENCES = {
    "parent_folder_id": "folder",
    "file_ids": "file",
    "parent_ids": "tag",
    "tag_ids": "tag",
    "primary_tag_id": "tag",
    "performer_ids": "performer",
    "parent_id": "studio",
    "studio_id": "studio",
    "groups": "group",
    "scene_id": "scene",
}


def _all_pointed(
    old: Iterable[int | tuple[int, int | None]], new: Mapping[int, int]
) -> Iterator[int | tuple[int, int | None]]:
    for reference in old:
        if isinstance(reference, int):
            yield new[reference]
        else:
            yield (new[reference[0]], reference[1])


def _file_name(row: Row) -> tuple[str, int]:
    for field in ("path", "name", "title", "basename"):
        value = getattr(row, field, "")
        if value:
            return (str(value), row.id)
    return ("", row.id)
