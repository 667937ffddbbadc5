"""The rows of facts §2 that no client can bring about: scans, tasks, imports."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.model import StashModel

FOLDER = "/data/films/coast"


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_300_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class World:
    """One scene with two files, and a second later."""

    model: StashModel
    clock: Clock
    scene: int
    file: int
    copy: int

    def stamps(self) -> tuple[str, str, str]:
        """Return those of the scene, its file and the file's folder."""
        file = self.model.files[self.file]
        return (
            self.model.scenes[self.scene].updated_at,
            file.updated_at,
            self.model.folders[file.parent_folder_id].updated_at,
        )


@pytest.fixture
def world() -> World:
    clock = Clock()
    model = StashModel(clock=clock, zone=ZoneInfo("America/Halifax"))
    scene = model.scan_new_file(f"{FOLDER}/tide-pool.mp4")
    copy = model.scan_copy(f"{FOLDER}/tide-pool again.mp4", scene)
    clock.now += 60
    return World(model, clock, scene, model.scenes[scene].file_ids[0], copy)


Act = Callable[[World], object]
NOTHING, SCENE, FILE = (False, False, False), (True, False, False), (False, True, False)

TASKS: dict[str, tuple[Act, tuple[bool, bool, bool]]] = {
    "a moved file": (
        lambda w: w.model.scan_moved_file(w.file, f"{FOLDER}/pool.mp4"),
        FILE,
    ),
    "a renamed folder": (
        lambda w: w.model.scan_renamed_folder(FOLDER, "/data/films/shore"),
        NOTHING,
    ),
    "a folder renamed above": (
        lambda w: w.model.scan_renamed_folder("/data/films", "/data/movies"),
        NOTHING,
    ),
    "a copy that joins": (
        lambda w: w.model.scan_copy(f"{FOLDER}/third.mp4", w.scene),
        SCENE,
    ),
    "other content": (lambda w: w.model.scan_changed_file(w.file, size=7), FILE),
    "what was missing": (lambda w: w.model.scan_filled_in(w.file, width=7), NOTHING),
    "a fingerprint": (
        lambda w: w.model.set_fingerprint(w.file, "phash", "00ff"),
        NOTHING,
    ),
    "a phash": (lambda w: w.model.generate_phash(w.file, "00ff"), NOTHING),
    "a cover": (lambda w: w.model.generate_cover(w.scene, b"picture"), SCENE),
    "a heatmap": (lambda w: w.model.generate_heatmap(w.scene), SCENE),
    "an old screenshot": (
        lambda w: w.model.migrate_screenshot(w.scene, b"picture"),
        NOTHING,
    ),
    "auto-tag": (
        lambda w: w.model.auto_tag(w.scene, tag_ids=[w.model.create_tag("Reef")]),
        SCENE,
    ),
    "identify": (lambda w: w.model.identify(w.scene, title="Tide Pools"), SCENE),
    "identify of nothing new": (lambda w: w.model.identify(w.scene, title=""), NOTHING),
    "one of two files gone": (lambda w: w.model.clean(w.copy), SCENE),
    "one of two files deleted": (lambda w: w.model.delete_files(w.copy), NOTHING),
    "another primary file": (
        lambda w: w.model.set_primary_file(w.scene, w.copy),
        SCENE,
    ),
}


@pytest.mark.parametrize("task", TASKS)
def test_what_a_task_moves(world: World, task: str) -> None:
    """Of the stamps of the scene, its file and the file's folder."""
    act, expected = TASKS[task]
    before = world.stamps()

    act(world)

    moved = tuple(old != new for old, new in zip(before, world.stamps(), strict=True))
    assert moved == expected


def test_a_heatmap_moves_nothing_before_v028() -> None:
    clock = Clock()
    model = StashModel(clock=clock, version="0.27.2")
    scene = model.scan_new_file(f"{FOLDER}/tide-pool.mp4")
    before = model.scenes[scene].updated_at
    clock.now += 60

    model.generate_heatmap(scene)

    assert model.scenes[scene].updated_at == before


def test_a_moved_file_has_its_new_path(world: World) -> None:
    world.model.scan_moved_file(world.file, "/data/films/shore/pool.mp4")

    assert world.model.paths_of(world.scene)[0] == "/data/films/shore/pool.mp4"


def test_a_renamed_folder_changes_all_paths_below(world: World) -> None:
    ids = world.model.scenes[world.scene].file_ids

    world.model.scan_renamed_folder("/data/films", "/data/movies")

    assert world.model.paths_of(world.scene) == (
        "/data/movies/coast/tide-pool.mp4",
        "/data/movies/coast/tide-pool again.mp4",
    )
    assert world.model.scenes[world.scene].file_ids == ids


def test_a_renamed_folder_may_move_as_well(world: World) -> None:
    world.model.scan_renamed_folder(FOLDER, "/archive/coast")

    folder = world.model.folder_at("/archive/coast")
    above = world.model.folder_at("/archive")
    assert folder is not None
    assert above is not None
    assert folder.parent_folder_id == above.id


def test_a_windows_server_has_its_own_separator() -> None:
    model = StashModel(separator="\\")

    scene = model.scan_new_file(r"D:\films\coast\tide-pool.mp4")

    assert model.paths_of(scene) == (r"D:\films\coast\tide-pool.mp4",)
    assert [folder.path for folder in model.folders.values()] == [
        "D:",
        r"D:\films",
        r"D:\films\coast",
    ]


def test_a_new_file_makes_a_scene_without_a_title(world: World) -> None:
    scene = world.model.scan_new_file(f"{FOLDER}/heron.mp4")

    assert world.model.scenes[scene].title == ""
    assert world.model.scenes[scene].created_at == world.model.now()


def test_a_known_path_is_not_scanned_twice(world: World) -> None:
    with pytest.raises(StashError, match="already exists"):
        world.model.scan_new_file(f"{FOLDER}/tide-pool.mp4")

    assert len(world.model.scenes) == 1
    assert len(world.model.files) == 2


def test_a_scene_goes_with_its_last_file(world: World) -> None:
    world.model.clean(world.copy, world.file)

    assert not world.model.scenes
    assert not world.model.files


def test_the_next_file_is_primary_when_the_first_is_gone(world: World) -> None:
    world.model.clean(world.file)

    assert world.model.scenes[world.scene].file_ids == (world.copy,)


def test_clean_and_then_scan_makes_another_scene_of_it(world: World) -> None:
    world.model.update_scene(world.scene, title="Tide Pools")
    world.model.clean(world.copy, world.file)

    again = world.model.scan_new_file(f"{FOLDER}/tide-pool.mp4")

    assert again > world.scene
    assert world.model.scenes[again].title == ""


def test_merged_scenes_bring_their_files(world: World) -> None:
    other = world.model.scan_new_file(f"{FOLDER}/heron.mp4")

    world.model.merge_scenes([other], world.scene)

    assert world.model.paths_of(world.scene)[-1] == f"{FOLDER}/heron.mp4"
    assert world.model.scenes[world.scene].updated_at == world.model.now()
    assert other not in world.model.scenes


def test_merged_performers_bump_only_the_one_that_stays(world: World) -> None:
    """After v0.30.1 only, so that no client of that version can do it."""
    one, two = (
        world.model.create_performer("A. Brook"),
        world.model.create_performer("B"),
    )
    world.model.update_scene(world.scene, performer_ids=(one,))
    before = world.model.scenes[world.scene].updated_at
    world.clock.now += 60

    world.model.merge_performers([one], two)

    assert world.model.scenes[world.scene].performer_ids == (two,)
    assert world.model.scenes[world.scene].updated_at == before
    assert world.model.performers[two].updated_at == world.model.now()


def test_a_destroyed_scene_leaves_its_files_unless_told(world: World) -> None:
    other = world.model.scan_new_file(f"{FOLDER}/heron.mp4")
    world.model.destroy_scenes(world.scene)
    world.model.destroy_scenes(other, delete_file=True)

    assert list(world.model.files) == [world.file, world.copy]


def test_the_screenshot_of_old_is_a_new_picture(world: World) -> None:
    world.model.migrate_screenshot(world.scene, b"picture")

    assert world.model.scenes[world.scene].cover == b"picture"
