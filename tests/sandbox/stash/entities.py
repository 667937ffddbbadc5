"""What is done to performers, studios and groups; none of it bumps a scene."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Unpack

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.names import (
    exchanged,
    must_be_free,
    must_exist,
    must_have_name,
    must_refer,
    unique,
)
from tests.sandbox.stash.records import (
    Group,
    GroupDetails,
    GroupFields,
    Performer,
    PerformerDetails,
    PerformerFields,
    Studio,
    StudioDetails,
    StudioFields,
)
from tests.sandbox.stash.store import Store
from tests.sandbox.stash.times import parsed_date


class Entities(Store):
    def create_performer(self, name: str, **details: Unpack[PerformerDetails]) -> int:
        with self.writing() as now:
            performer = Performer(
                id=self.performers.new_id(),
                created_at=now,
                updated_at=now,
                name=name,
                **details,
            )
            self._put_performer(performer)
            return performer.id

    def update_performer(
        self, performer_id: int, **fields: Unpack[PerformerFields]
    ) -> None:
        with self.writing() as now:
            performer = self.performers.must(performer_id)
            self._put_performer(replace(performer, **fields, updated_at=now))

    def destroy_performer(self, performer_id: int) -> None:
        with self.writing():
            must_exist(self.performers, performer_id, "performers")
            self._change_performers({performer_id}, None)
            self.performers.drop(performer_id)

    def merge_performers(self, sources: Iterable[int], destination: int) -> None:
        """Do what came after v0.30.1: only *destination* is bumped, no scene.

        It keeps its own values, but for the tags: it has those of all.
        """
        with self.writing() as now:
            source_ids = set(sources)
            if destination in source_ids:
                raise StashError("destination performer cannot be in source list")
            merged = [self.performers.must(destination)]
            merged += [self.performers.must(source) for source in sorted(source_ids)]
            self._change_performers(source_ids, destination)
            for source_id in source_ids:
                self.performers.drop(source_id)
            tag_ids = unique(tag for each in merged for tag in each.tag_ids)
            self.performers.put(replace(merged[0], tag_ids=tag_ids, updated_at=now))

    def create_studio(self, name: str, **details: Unpack[StudioDetails]) -> int:
        with self.writing() as now:
            studio = Studio(
                id=self.studios.new_id(),
                created_at=now,
                updated_at=now,
                name=name,
                **details,
            )
            self._put_studio(studio)
            return studio.id

    def update_studio(self, studio_id: int, **fields: Unpack[StudioFields]) -> None:
        """Bump this studio, not those below it."""
        with self.writing() as now:
            studio = self.studios.must(studio_id)
            self._put_studio(replace(studio, **fields, updated_at=now))

    def destroy_studio(self, studio_id: int) -> None:
        """Leave scenes, groups and the studios below without it; bump none of them."""
        with self.writing():
            must_exist(self.studios, studio_id, "studios")
            for scene in list(self.scenes.values()):
                if scene.studio_id == studio_id:
                    self.scenes.put(replace(scene, studio_id=None))
            for studio in list(self.studios.values()):
                if studio.parent_id == studio_id:
                    self.studios.put(replace(studio, parent_id=None))
            for group in list(self.groups.values()):
                if group.studio_id == studio_id:
                    self.groups.put(replace(group, studio_id=None))
            self.studios.drop(studio_id)

    def create_group(self, name: str, **details: Unpack[GroupDetails]) -> int:
        with self.writing() as now:
            group = Group(
                id=self.groups.new_id(),
                created_at=now,
                updated_at=now,
                name=name,
                **details,
            )
            self._put_group(group)
            return group.id

    def update_group(self, group_id: int, **fields: Unpack[GroupFields]) -> None:
        with self.writing() as now:
            if group_id not in self.groups:
                raise StashError("not found")
            group = self.groups[group_id]
            self._put_group(replace(group, **fields, updated_at=now))

    def destroy_group(self, group_id: int) -> None:
        with self.writing():
            must_exist(self.groups, group_id, "groups")
            for scene in list(self.scenes.values()):
                if any(group_id == kept for kept, _ in scene.groups):
                    left = tuple(pair for pair in scene.groups if pair[0] != group_id)
                    self.scenes.put(replace(scene, groups=left))
            self.groups.drop(group_id)

    def _put_performer(self, performer: Performer) -> None:
        must_have_name("performer", performer.name)
        key = (performer.name.lower(), performer.disambiguation.lower())
        for other in self.performers.values():
            if other.id != performer.id and key == (
                other.name.lower(),
                other.disambiguation.lower(),
            ):
                raise StashError(f"{_named(performer)} already exists")
        self._check_date(performer.birthdate)
        must_refer(self.tags, performer.tag_ids)
        self.performers.put(performer)

    def _put_studio(self, studio: Studio) -> None:
        must_be_free("studio", studio, self.studios.values())
        must_refer(self.studios, (studio.parent_id,))
        must_refer(self.tags, studio.tag_ids)
        above = studio.parent_id
        while above is not None:
            if above == studio.id:
                raise StashError("studio cannot be an ancestor of itself")
            above = self.studios.must(above).parent_id
        self.studios.put(studio)

    def _put_group(self, group: Group) -> None:
        if not group.name:
            raise StashError("name cannot be empty")
        self._check_date(group.date)
        must_refer(self.studios, (group.studio_id,))
        must_refer(self.tags, group.tag_ids)
        self.groups.put(group)

    def _check_date(self, date: str | None) -> None:
        if date is not None:
            parsed_date(date, partial=self.since("0.30.0"))

    def _change_performers(self, old: set[int], new: int | None) -> None:
        for scene in list(self.scenes.values()):
            if not old.isdisjoint(scene.performer_ids):
                ids = exchanged(scene.performer_ids, old, new)
                self.scenes.put(replace(scene, performer_ids=ids))


def _named(performer: Performer) -> str:
    named = f"performer with name '{performer.name}'"
    if performer.disambiguation:
        return f"{named} and disambiguation '{performer.disambiguation}'"
    return named
