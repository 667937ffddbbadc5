"""What no stamp of a scene tells, and what a pass makes of it."""

from collections.abc import Callable

import pytest

from reconciler.core.values import Field
from state.ledger import Ledger
from tests.world import World

Change = Callable[[World], object]


def known(world: World) -> tuple[int, int]:
    with Ledger(world.state) as ledger:
        return ledger.scenes.count(), ledger.scenes.tombstones()


def quiet(world: World) -> None:
    """Nothing is left to do: one request, nothing written anywhere."""
    before = world.state.read_bytes()
    outcome = world.reconcile()
    assert dict(outcome.sent) == {"stash poll": 1}
    assert world.state.read_bytes() == before


@pytest.fixture
def film(world: World) -> World:
    """Return a film with everything that can be renamed, settled and quiet."""
    nature, silent = world.stash.create_tag("Nature"), world.stash.create_tag("Silent")
    ada, ben = (
        world.stash.create_performer(name) for name in ("Ada Brook", "Ben Carr")
    )
    studio = world.stash.create_studio("Meadow Films")
    world.scene(
        "heron",
        title="Heron",
        tag_ids=(nature, silent),
        performer_ids=(ada, ben),
        studio_id=studio,
    )
    world.scene("shore/tide", title="Tide", tag_ids=(nature,))
    world.reconcile()
    world.later(600)
    world.reconcile()
    quiet(world)
    return world


def one(world: World, kind: str, name: str) -> int:
    rows = getattr(world.stash, kind).values()
    return int(next(row.id for row in rows if row.name == name))


RENAMES: dict[str, tuple[Change, Field, object]] = {
    "performer renamed": (
        lambda w: w.stash.update_performer(
            one(w, "performers", "Ada Brook"), name="Ada Beck"
        ),
        Field.ACTORS,
        ("Ben Carr", "Ada Beck"),
    ),
    "performer destroyed": (
        lambda w: w.stash.destroy_performer(one(w, "performers", "Ada Brook")),
        Field.ACTORS,
        ("Ben Carr",),
    ),
    "performers merged": (
        lambda w: w.stash.merge_performers(
            [one(w, "performers", "Ada Brook")], one(w, "performers", "Ben Carr")
        ),
        Field.ACTORS,
        ("Ben Carr",),
    ),
    "tag renamed": (
        lambda w: w.stash.update_tag(one(w, "tags", "Silent"), name="Quiet"),
        Field.GENRES,
        ("Nature", "Quiet"),
    ),
    "tag destroyed": (
        lambda w: w.stash.destroy_tag(one(w, "tags", "Silent")),
        Field.GENRES,
        ("Nature",),
    ),
    "tags merged": (
        lambda w: w.stash.merge_tags(
            [one(w, "tags", "Silent")], one(w, "tags", "Nature")
        ),
        Field.GENRES,
        ("Nature",),
    ),
    "studio renamed": (
        lambda w: w.stash.update_studio(
            one(w, "studios", "Meadow Films"), name="Harbour Pictures"
        ),
        Field.STUDIO,
        "Harbour Pictures",
    ),
    "studio destroyed": (
        lambda w: w.stash.destroy_studio(one(w, "studios", "Meadow Films")),
        Field.STUDIO,
        "",
    ),
}


@pytest.mark.parametrize("name", RENAMES)
def test_what_happens_to_an_entity_reaches_plex_with_the_next_pass(
    film: World, name: str
) -> None:
    change, field, expected = RENAMES[name]
    film.later(60)
    change(film)

    outcome = film.reconcile()

    assert film.value("heron", field) == expected
    assert outcome.puts == 1
    quiet(film)


def test_what_we_do_not_use_of_an_entity_touches_no_scene(film: World) -> None:
    film.later(60)
    film.stash.update_performer(one(film, "performers", "Ada Brook"), favorite=True)

    outcome = film.reconcile()

    assert dict(outcome.sent) == {"stash poll": 1}


def test_a_file_that_moves_is_followed(film: World) -> None:
    film.later(60)
    scene = film.stash.scenes[1]
    film.stash.move_files(scene.file_ids, "/data/films/birds")
    film.plex.scanner.remove(film.section, "/media/films/heron.mp4")
    film.plex.scanner.empty_trash(film.section)
    film.plex.add(film.section, "/media/films/birds/heron.mp4")

    film.reconcile()

    assert film.value("birds/heron", Field.TITLE) == "Heron"
    quiet(film)


def test_a_folder_that_a_scan_finds_renamed_is_followed(film: World) -> None:
    film.later(60)
    film.stash.scan_renamed_folder("/data/films/shore", "/data/films/coast")
    job = film.stash.jobs.start("Scanning...")
    film.reconcile()
    film.stash.jobs.finish(job)
    film.plex.scanner.remove(film.section, "/media/films/shore/tide.mp4")
    film.plex.add(film.section, "/media/films/coast/tide.mp4")

    film.reconcile()

    assert film.value("coast/tide", Field.TITLE) == "Tide"
    quiet(film)


def test_a_job_that_was_over_between_two_polls_is_noticed(film: World) -> None:
    film.later(60)
    film.stash.jobs.finish(film.stash.jobs.start("Scanning..."))

    assert film.reconcile().sent["stash rows"] == 1
    quiet(film)


def test_a_job_that_moves_nothing_costs_no_listing(film: World) -> None:
    film.later(60)
    film.stash.jobs.finish(film.stash.jobs.start("Generating..."))

    assert film.reconcile().sent["stash rows"] == 0
    quiet(film)


def test_a_restart_of_stash_costs_one_listing(film: World) -> None:
    film.stash.jobs.finish(film.stash.jobs.start("Scanning..."))
    film.reconcile()
    film.later(60)
    film.stash.jobs.restart()

    assert film.reconcile().sent["stash rows"] == 1
    quiet(film)


def test_a_deleted_scene_is_remembered_and_its_item_kept(film: World) -> None:
    before = film.item("heron")
    film.later(60)
    film.stash.destroy_scenes(1)

    outcome = film.reconcile()

    assert known(film) == (1, 1)
    assert outcome.puts == 0
    assert film.item("heron") == before
    quiet(film)


def test_a_file_that_is_given_to_a_new_scene_takes_its_item_along(film: World) -> None:
    copy = film.stash.scan_copy("/data/films/heron again.mp4", 1)
    film.plex.add(film.section, "/media/films/heron again.mp4")
    film.reconcile()
    film.later(600)
    film.reconcile()
    assert film.value("heron again", Field.TITLE) == "Heron"

    film.stash.create_scene(title="Egret", file_ids=(copy,))
    film.reconcile()

    assert film.value("heron again", Field.TITLE) == "Egret"
    assert film.value("heron", Field.TITLE) == "Heron"
    film.later(600)
    film.reconcile()
    quiet(film)


def test_a_file_that_joins_a_scene_is_looked_for_in_plex_once(film: World) -> None:
    film.later(60)
    film.stash.scan_copy("/elsewhere/heron again.mp4", 1)

    assert film.reconcile().sent["plex sections"] == 1
    film.later(600)
    film.reconcile()
    quiet(film)


def test_a_restart_that_as_many_jobs_follow_is_noticed(film: World) -> None:
    """The numbers alone are those of before."""
    film.stash.jobs.finish(film.stash.jobs.start("Scanning..."))
    film.reconcile()
    film.later(60)
    film.stash.jobs.restart()
    film.stash.jobs.finish(film.stash.jobs.start("Scanning..."))

    assert film.reconcile().sent["stash rows"] == 1
    quiet(film)


def test_a_job_that_a_restart_has_ended_is_answered(film: World) -> None:
    film.later(60)
    film.stash.jobs.start("Scanning...")
    assert film.reconcile().sent["stash rows"] == 0
    film.stash.jobs.restart()

    assert film.reconcile().sent["stash rows"] == 1
    quiet(film)


def test_many_jobs_between_two_polls_lose_no_later_one(film: World) -> None:
    film.later(60)
    for _ in range(60):
        film.stash.jobs.finish(film.stash.jobs.start("Generating..."))
    film.reconcile()
    film.reconcile()
    quiet(film)
    film.stash.jobs.finish(film.stash.jobs.start("Scanning..."))

    assert film.reconcile().sent["stash rows"] == 1
    quiet(film)
