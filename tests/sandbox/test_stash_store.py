"""The double's database: what is undone, what comes late, what an import does."""

import json
from datetime import UTC, timedelta, timezone
from io import BytesIO
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.model import StashModel, Status
from tests.sandbox.stash.times import as_told, in_zone, stamp

AUTUMN = 1_792_889_700.0  # five minutes before clocks go back in Berlin


class Clock:
    def __init__(self, now: float = 1_795_300_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(clock: Clock) -> StashModel:
    return StashModel(clock=clock)


def test_a_stamp_has_whole_seconds_and_the_offset() -> None:
    assert stamp(0.9, UTC) == "1970-01-01T00:00:00Z"
    assert stamp(0, timezone(timedelta(hours=-3, minutes=-30))) == (
        "1969-12-31T20:30:00-03:30"
    )


def test_stamps_fall_back_with_the_clocks(clock: Clock) -> None:
    """For an hour in autumn, what is later has the lesser text."""
    clock.now = AUTUMN
    model = StashModel(clock=clock, zone=ZoneInfo("Europe/Berlin"))
    early = model.create_scene(title="Before")
    clock.now += 15 * 60
    late = model.create_scene(title="After")

    assert model.scenes[early].updated_at == "2026-10-25T02:55:00+02:00"
    assert model.scenes[late].updated_at == "2026-10-25T02:10:00+01:00"


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("2026-11-22T17:04:36Z", "2026-11-22T17:04:36Z"),
        ("2026-11-22T17:04:36-05:00", "2026-11-22T17:04:36-05:00"),
        ("2026-11-22 17:04:36", "2026-11-22T17:04:36Z"),
        ("2026-11-22T17:04", "2026-11-22T17:04:00Z"),
        ("2026-11-22", "2026-11-22T00:00:00Z"),
    ],
)
def test_a_row_without_a_zone_is_told_as_utc(stored: str, told: str) -> None:
    assert as_told(stored) == told


def test_an_import_writes_in_the_servers_zone() -> None:
    zone = timezone(timedelta(hours=10))

    assert in_zone("2020-01-01T20:00:00Z", zone) == "2020-01-02T06:00:00+10:00"


def test_a_failed_operation_leaves_nothing(model: StashModel) -> None:
    made = model.create_scene(title="Heron")
    before = model.backup()

    with pytest.raises(StashError, match="scene with id 99 not found"):
        model.update_scenes({made: {"title": "Egret"}, 99: {"title": "Bittern"}})
    with pytest.raises(StashError, match="not found"):
        model.destroy_scenes(made, 99)
    with pytest.raises(StashError, match="FOREIGN KEY"):
        model.create_scene(title="Fog", tag_ids=(99,))

    assert model.backup() == before


def test_what_is_undone_is_in_its_place_again(model: StashModel) -> None:
    """Tables are read in the order of their ids."""
    ids = [model.create_scene(title=f"Part {n}") for n in range(3)]

    with pytest.raises(StashError):
        model.destroy_scenes(ids[0], 99)

    assert list(model.scenes) == ids


def test_ids_are_never_used_again(model: StashModel) -> None:
    made = model.create_scene(title="Heron")
    model.destroy_scenes(made)

    assert model.create_scene(title="Egret") == made + 1


def test_a_slow_update_is_stamped_long_before_it_is_seen(
    model: StashModel, clock: Clock
) -> None:
    made = model.create_scene(title="Heron")
    clock.now += 100
    stamped = model.now()
    model.slow(30, lambda: model.update_scene(made, title="Egret"))

    clock.now += 29
    model.catch_up()
    assert model.scenes[made].title == "Heron"

    clock.now += 1
    model.catch_up()
    assert model.scenes[made].title == "Egret"
    assert model.scenes[made].updated_at == stamped


def test_a_slow_update_changes_only_its_own_fields(
    model: StashModel, clock: Clock
) -> None:
    made = model.create_scene(title="Heron")
    model.slow(30, lambda: model.update_scene(made, title="Egret"))
    clock.now += 10
    model.update_scene(made, details="Dusk")
    overtaken = model.scenes[made].updated_at

    clock.now += 30
    model.catch_up()

    scene = model.scenes[made]
    assert (scene.title, scene.details) == ("Egret", "Dusk")
    assert scene.updated_at < overtaken


def test_a_slow_update_of_what_is_gone_fails_by_itself(
    model: StashModel, clock: Clock
) -> None:
    made = model.create_scene(title="Heron")
    model.slow(30, lambda: model.update_scene(made, title="Egret"))
    model.destroy_scenes(made)
    clock.now += 30

    model.catch_up()

    assert made not in model.scenes


def test_a_restored_backup_forgets_what_came_after(model: StashModel) -> None:
    made = model.create_scene(title="Heron")
    backup = model.backup()
    model.update_scene(made, title="Egret")
    later = model.create_scene(title="Bittern")

    model.restore(backup)

    assert model.scenes[made].title == "Heron"
    assert later not in model.scenes
    assert model.create_scene(title="Another") == later


@pytest.fixture
def library(model: StashModel, clock: Clock) -> StashModel:
    """Fill a Stash so that nothing has the id that its name would give it."""
    performers = (model.create_performer("Zora"), model.create_performer("Abel"))
    tag = model.create_tag("Reef", parent_ids=(model.create_tag("Water"),))
    studio = model.create_studio("Tern", parent_id=model.create_studio("Albatross"))
    group = model.create_group("Seasons", studio_id=studio)
    for title in ("Winter", "Spring", "Autumn"):
        scene = model.scan_new_file(f"/data/{title}.mp4")
        model.update_scene(
            scene,
            title=title,
            performer_ids=performers,
            tag_ids=(tag,),
            studio_id=studio,
            groups=((group, scene),),
        )
    clock.now += 86_400
    return model


def test_an_import_numbers_everything_anew(library: StashModel) -> None:
    old = {scene.title: scene for scene in library.scenes.values()}

    for _ in library.metadata_import(library.backup()):
        pass

    new = {scene.title: scene for scene in library.scenes.values()}
    assert {title: scene.id for title, scene in new.items()} == {
        "Autumn": 1,
        "Spring": 2,
        "Winter": 3,
    }
    assert {scene.id for scene in old.values()} == {1, 2, 3}
    autumn = new["Autumn"]
    assert library.paths_of(autumn.id) == ("/data/Autumn.mp4",)
    names = [library.performers[i].name for i in autumn.performer_ids]
    assert names == ["Zora", "Abel"]
    studio = library.studios[autumn.studio_id or 0]
    assert studio.name == "Tern"
    assert library.studios[studio.parent_id or 0].name == "Albatross"


def test_an_import_keeps_the_old_stamps(library: StashModel) -> None:
    old = {scene.title: scene.updated_at for scene in library.scenes.values()}

    for _ in library.metadata_import(library.backup()):
        pass

    new = {scene.title: scene.updated_at for scene in library.scenes.values()}
    assert new == old


def test_an_import_begins_with_no_database_at_all(library: StashModel) -> None:
    stages = [
        (stage, library.settings.status)
        for stage in library.metadata_import(library.backup())
    ]

    assert stages[0] == ("made anew", Status.NEEDS_MIGRATION)
    assert {status for _, status in stages[1:]} == {Status.OK}


def test_during_an_import_scenes_come_last(library: StashModel) -> None:
    seen = {}
    for stage in library.metadata_import(library.backup()):
        jobs = [job.description for job in library.jobs.queue.values()]
        seen[stage] = (len(library.performers), len(library.scenes), jobs)

    assert seen["emptied"] == (0, 0, ["Importing..."])
    assert seen["group"] == (2, 0, ["Importing..."])
    assert seen["half of the scenes"] == (2, 2, ["Importing..."])
    assert seen["done"] == (2, 3, [])


def test_importing_one_scene_may_take_its_stamp_years_back(
    library: StashModel,
) -> None:
    library.import_scene(1, "2019-05-01T12:00:00+02:00", details="Restored")

    assert library.scenes[1].details == "Restored"
    assert library.scenes[1].updated_at == "2019-05-01T10:00:00Z"


def test_jobs_leave_the_queue_when_they_are_done(model: StashModel) -> None:
    scan = model.jobs.start("Scanning...")
    waiting = model.jobs.start("Cleaning...", waiting=True)

    model.jobs.finish(scan)

    assert list(model.jobs.queue) == [waiting]
    done = model.jobs.find(scan)
    assert done is not None
    assert (done.status, done.progress) == ("FINISHED", 1.0)


def test_a_job_does_its_work_when_it_has_run(model: StashModel, clock: Clock) -> None:
    slow = model.jobs.add("Slow...", lambda: model.create_tag("Slow"), seconds=10)
    quick = model.jobs.add("Quick...", lambda: model.create_tag("Quick"))
    clock.now += 9

    model.catch_up()
    statuses = [job.status for job in model.jobs.queue.values()]
    assert (statuses, len(model.tags)) == (["RUNNING", "READY"], 0)

    clock.now += 1
    model.catch_up()
    assert [tag.name for tag in model.tags.values()] == ["Slow", "Quick"]
    ended = [job and job.status for job in map(model.jobs.find, (slow, quick))]
    assert ended == ["FINISHED", "FINISHED"]


def test_a_job_that_fails_does_not_keep_the_others(model: StashModel) -> None:
    failing = model.jobs.add("Failing...", lambda: model.destroy_tag(99))
    model.jobs.add("Next...", lambda: model.create_tag("Next"))

    model.catch_up()

    failed = model.jobs.find(failing)
    assert failed is not None
    assert (failed.status, failed.error) == ("FAILED", "id 99 does not exist in tags")
    assert len(model.tags) == 1


def test_a_job_that_is_stopped_does_nothing(model: StashModel, clock: Clock) -> None:
    running = model.jobs.add("Slow...", lambda: model.create_tag("Slow"), seconds=10)
    waiting = model.jobs.add("Next...", lambda: model.create_tag("Next"))
    clock.now += 1
    model.catch_up()

    model.jobs.stop(waiting)
    model.jobs.stop(running)
    assert [job.status for job in model.jobs.queue.values()] == ["STOPPING"]

    clock.now += 99
    model.catch_up()
    assert not model.jobs.queue
    assert not model.tags
    ended = [job and job.status for job in map(model.jobs.find, (running, waiting))]
    assert ended == ["CANCELLED", "CANCELLED"]


def test_a_job_of_somebodys_own_keeps_the_others_waiting(model: StashModel) -> None:
    scan = model.jobs.start("Scanning...")
    waiting = model.jobs.add("Next...", lambda: model.create_tag("Next"))
    model.catch_up()
    assert model.jobs.queue[waiting].status == "READY"

    model.jobs.finish(scan)
    model.catch_up()

    assert len(model.tags) == 1


@pytest.mark.parametrize(
    ("duplicates", "details"), [("OVERWRITE", "Restored"), ("IGNORE", ""), ("FAIL", "")]
)
def test_an_import_of_a_known_file_overwrites_its_scene_or_leaves_it(
    model: StashModel, duplicates: str, details: str
) -> None:
    scene = model.scan_new_file("/data/heron.mp4")
    stamp = model.scenes[scene].updated_at
    told = {"details": "Restored", "files": ["/data/heron.mp4"]}
    old = {"updated_at": "2019-05-01T12:00:00+02:00"}

    model.import_objects(archive({**told, **old}), duplicates)

    assert list(model.scenes) == [scene]
    assert model.scenes[scene].details == details
    expected = "2019-05-01T10:00:00Z" if details else stamp
    assert model.scenes[scene].updated_at == expected


def test_an_import_of_an_unknown_file_makes_nothing(model: StashModel) -> None:
    model.import_objects(archive({"files": ["/data/heron.mp4"]}), "OVERWRITE")

    assert not model.scenes


def archive(*scenes: dict[str, object]) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as written:
        for number, scene in enumerate(scenes):
            written.writestr(f"scenes/{number}.json", json.dumps(scene))
    return content.getvalue()


def test_a_restart_counts_jobs_from_one(model: StashModel) -> None:
    model.jobs.finish(model.jobs.start("Scanning..."))
    model.jobs.restart()

    assert model.jobs.start("Scanning...") == 1
    assert len(model.jobs.queue) == 1


def test_only_ten_finished_jobs_are_remembered(model: StashModel) -> None:
    for _ in range(12):
        model.jobs.finish(model.jobs.start("Scanning..."))

    assert list(model.jobs.finished) == list(range(3, 13))
