"""Imports: they keep the stamps of the JSON they read, however old those are.

A full import drops the database first and numbers everything anew, scenes last.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Unpack

from tests.sandbox.stash.records import Row, SceneFields
from tests.sandbox.stash.scenes import Scenes
from tests.sandbox.stash.store import Backup, Table
from tests.sandbox.stash.times import in_zone

Ids = dict[str, dict[int, int]]  # of each noun, the new id of each old one


class Imports(Scenes):
    def import_scene(
        self, scene_id: int, updated_at: str, **fields: Unpack[SceneFields]
    ) -> None:
        """Overwrite a scene from JSON, the stamp too."""
        with self.writing():
            scene = replace(self.scenes.must(scene_id), **self._checked(fields))
            stamped = in_zone(updated_at, self.zone)
            self.scenes.put(replace(scene, updated_at=stamped))

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
