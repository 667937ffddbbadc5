"""What is done to scenes, and which of it moves `updated_at` (facts §2).

Everything that passes through a partial update is stamped, a no-op too; histories,
activity, markers and the assignment of a file are written beside the scene and are not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC
from typing import Unpack

from tests.sandbox.stash.failures import NO_ROWS, StashError
from tests.sandbox.stash.galleries import Galleries
from tests.sandbox.stash.names import must_refer
from tests.sandbox.stash.records import Marker, MarkerFields, Scene, SceneFields
from tests.sandbox.stash.times import parsed_date, stamp

NO_TITLE = "title must be set if scene has no files"


class Scenes(Galleries):
    def create_scene(self, **fields: Unpack[SceneFields]) -> int:
        with self.writing() as now:
            file_ids = fields.pop("file_ids", ())
            if not fields.get("title") and not file_ids:
                raise StashError(NO_TITLE)
            scene = Scene(id=self.scenes.new_id(), created_at=now, updated_at=now)
            self._put(replace(scene, **self._checked(fields)))
            for file_id in file_ids:
                self.assign_file(scene.id, file_id)
            return scene.id

    def update_scene(self, scene_id: int, **fields: Unpack[SceneFields]) -> None:
        """Change what is given, be it to the same value; bumps."""
        with self.writing() as now:
            scene = self.scenes.must(scene_id)
            if fields.get("title") == "" and not scene.file_ids:
                raise StashError(NO_TITLE)
            self._put(replace(scene, **self._checked(fields), updated_at=now))

    def update_scenes(self, changes: Mapping[int, SceneFields]) -> None:
        """Change many, in one transaction."""
        with self.writing():
            for scene_id, fields in changes.items():
                self.update_scene(scene_id, **fields)

    def bulk_update_scenes(
        self, scene_ids: Iterable[int], change: Callable[[Scene], SceneFields]
    ) -> None:
        """Change many in one transaction and with one stamp."""
        with self.writing() as now:
            for scene_id in scene_ids:
                if scene_id not in self.scenes:
                    raise StashError(NO_ROWS)
                scene = self.scenes[scene_id]
                fields = self._checked(change(scene))
                self._put(replace(scene, **fields, updated_at=now))

    def destroy_scenes(self, *scene_ids: int, delete_file: bool = False) -> None:
        """Leave no trace of the scenes; their files stay unless told otherwise."""
        with self.writing():
            for scene_id in scene_ids:
                scene = self.scenes.must(scene_id)
                for marker in self.markers_of(scene_id):
                    self.markers.drop(marker.id)
                self.set_galleries(scene_id, ())
                self.scenes.drop(scene_id)
                for file_id in scene.file_ids if delete_file else ():
                    self.files.drop(file_id)

    def merge_scenes(
        self, sources: Iterable[int], destination: int, **values: Unpack[SceneFields]
    ) -> None:
        """Move files and markers to *destination*, which is bumped; sources vanish."""
        with self.writing():
            source_ids = tuple(dict.fromkeys(sources))
            if destination in source_ids:
                raise StashError("destination scene cannot be in source list")
            merged = [self.scenes.must(source) for source in source_ids]
            for source in merged:
                for marker in self.markers_of(source.id):
                    self.markers.put(replace(marker, scene_id=destination))
                for file_id in source.file_ids:
                    self._give_file(destination, file_id)
            self.update_scene(destination, **values)
            self.destroy_scenes(*source_ids)

    def assign_file(self, scene_id: int, file_id: int) -> None:
        """Give the scene a file that is primary nowhere; bumps neither scene."""
        with self.writing():
            self.files.must(file_id)
            if any(s.file_ids[:1] == (file_id,) for s in self.scenes.values()):
                raise StashError(
                    "assigning file to scene: cannot reassign primary file"
                )
            self._give_file(scene_id, file_id)

    def set_primary_file(self, scene_id: int, file_id: int) -> None:
        with self.writing() as now:
            scene = self.scenes.must(scene_id)
            if file_id not in scene.file_ids:
                raise StashError(f"file with id {file_id} not associated with scene")
            rest = (other for other in scene.file_ids if other != file_id)
            self._put(replace(scene, file_ids=(file_id, *rest), updated_at=now))

    def add_o(self, scene_id: int, *moments: float) -> int:
        with self.writing():
            scene = self.scenes.must(scene_id)
            history = scene.o_history + self._in_utc(moments)
            self._put(replace(scene, o_history=history))
            return len(history)

    def add_play(self, scene_id: int, *moments: float) -> int:
        with self.writing():
            scene = self.scenes.must(scene_id)
            history = scene.play_history + self._in_utc(moments)
            self._put(replace(scene, play_history=history))
            return len(history)

    def delete_o(self, scene_id: int, *moments: float) -> int:
        """Take these out, or the last one."""
        with self.writing():
            scene = self.scenes.must(scene_id)
            history = self._without(scene.o_history, moments)
            self._put(replace(scene, o_history=history))
            return len(history)

    def delete_play(self, scene_id: int, *moments: float) -> int:
        """Take these out, or the last one."""
        with self.writing():
            scene = self.scenes.must(scene_id)
            history = self._without(scene.play_history, moments)
            self._put(replace(scene, play_history=history))
            return len(history)

    def reset_o(self, scene_id: int) -> int:
        with self.writing():
            self._put(replace(self.scenes.must(scene_id), o_history=()))
            return 0

    def reset_play(self, scene_id: int) -> int:
        with self.writing():
            self._put(replace(self.scenes.must(scene_id), play_history=()))
            return 0

    def save_activity(
        self,
        scene_id: int,
        *,
        resume_time: float | None = None,
        play_duration: float = 0.0,
    ) -> None:
        with self.writing():
            scene = self.scenes.must(scene_id)
            resume = scene.resume_time if resume_time is None else resume_time
            played = scene.play_duration + play_duration
            self._put(replace(scene, resume_time=resume, play_duration=played))

    def reset_activity(self, scene_id: int, *, resume: bool, duration: bool) -> None:
        with self.writing():
            scene = self.scenes.must(scene_id)
            left = 0.0 if resume else scene.resume_time
            played = 0.0 if duration else scene.play_duration
            self._put(replace(scene, resume_time=left, play_duration=played))

    def create_marker(
        self,
        scene_id: int,
        title: str,
        *,
        seconds: float,
        primary_tag_id: int,
        tag_ids: Iterable[int] = (),
    ) -> int:
        with self.writing() as now:
            self.scenes.must(scene_id)
            self.tags.must(primary_tag_id)
            marker = Marker(
                id=self.markers.new_id(),
                created_at=now,
                updated_at=now,
                scene_id=scene_id,
                title=title,
                seconds=seconds,
                primary_tag_id=primary_tag_id,
                tag_ids=tuple(t for t in tag_ids if t != primary_tag_id),
            )
            self.markers.put(marker)
            return marker.id

    def update_marker(self, marker_id: int, **fields: Unpack[MarkerFields]) -> None:
        """Change a marker; bumps it, and not its scene."""
        with self.writing() as now:
            marker = replace(self.markers.must(marker_id), **fields, updated_at=now)
            self.scenes.must(marker.scene_id)
            self.tags.must(marker.primary_tag_id)
            others = tuple(t for t in marker.tag_ids if t != marker.primary_tag_id)
            self.markers.put(replace(marker, tag_ids=others))

    def destroy_marker(self, marker_id: int) -> None:
        with self.writing():
            self.markers.must(marker_id)
            self.markers.drop(marker_id)

    def markers_of(self, scene_id: int) -> list[Marker]:
        return [m for m in self.markers.values() if m.scene_id == scene_id]

    def _put(self, scene: Scene) -> None:
        self.scenes.put(scene)

    def _give_file(self, scene_id: int, file_id: int) -> None:
        for scene in list(self.scenes.values()):
            if file_id in scene.file_ids:
                left = tuple(other for other in scene.file_ids if other != file_id)
                self._put(replace(scene, file_ids=left))
        scene = self.scenes.must(scene_id)
        self._put(replace(scene, file_ids=(*scene.file_ids, file_id)))

    def _checked(self, fields: SceneFields) -> SceneFields:
        """Refuse references to what is not there, as the foreign keys do."""
        checked: SceneFields = {**fields}
        must_refer(self.performers, fields.get("performer_ids", ()))
        must_refer(self.tags, fields.get("tag_ids", ()))
        must_refer(self.groups, (group_id for group_id, _ in fields.get("groups", ())))
        must_refer(self.studios, (fields.get("studio_id"),))
        date = fields.get("date")
        if date is not None:
            checked["date"] = parsed_date(date, partial=self.since("0.30.0"))
        return checked

    def _without(
        self, history: tuple[str, ...], moments: tuple[float, ...]
    ) -> tuple[str, ...]:
        gone = self._in_utc(moments) if moments else (max(history, default=""),)
        left = list(history)
        for moment in gone:
            if moment in left:
                left.remove(moment)
        return tuple(left)

    def _in_utc(self, moments: tuple[float, ...]) -> tuple[str, ...]:
        return tuple(stamp(moment, UTC) for moment in moments or (self.clock(),))
