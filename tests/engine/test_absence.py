"""What is made of a Stash that says less than it did: nothing, until it is proved."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.core.brake import Limits
from reconciler.core.errors import UserError
from reconciler.core.values import Field, OnDelete, SceneId
from reconciler.engine.doubting import approve_doubt
from reconciler.engine.errands import Release, Undo
from state.ledger import Ledger
from state.records import DoubtRecord
from tests.sandbox.faults import Fault, What
from tests.sandbox.plex.double import Snapshot
from tests.world import UNBRAKED, World

STRICT = Limits(overwrites_floor=10**9, removals_floor=2, removals=0.02)


def tombstones(world: World) -> int:
    with Ledger(world.state) as ledger:
        return ledger.scenes.tombstones()


def doubts(world: World) -> Mapping[str, DoubtRecord]:
    with Ledger(world.state) as ledger:
        return ledger.doubts.standing()


def believe(world: World, subject: str = "stash") -> None:
    with Ledger(world.state) as ledger:
        approve_doubt(ledger, subject)


def items(world: World) -> dict[int, Snapshot]:
    return world.plex.snapshot()


@pytest.fixture
def films(world: World) -> World:
    """Return ten films, settled and quiet, with limits that hold what is over two."""
    nature = world.stash.create_tag("Nature")
    ada = world.stash.create_performer("Ada Brook")
    for number in range(10):
        world.scene(
            f"brook-{number}",
            title=f"Brook {number}",
            details=f"The brook, part {number}.",
            tag_ids=(nature,),
            performer_ids=(ada,),
        )
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.limits = STRICT
    return world


def test_an_empty_stash_deletes_nothing_and_is_told_once(films: World) -> None:
    before = items(films)
    films.later(60)
    films.stash.destroy_scenes(*films.stash.scenes)

    first = films.reconcile()
    again = films.reconcile()

    (doubt,) = first.report.doubts
    assert "stash lists no scenes where 10 are known" in doubt.reason
    assert doubt.is_news
    assert [one.is_news for one in again.report.doubts] == [False]
    assert (first.puts, again.puts) == (0, 0)
    assert tombstones(films) == 0
    assert items(films) == before


def test_an_empty_stash_is_not_believed_on_a_persons_word_either(films: World) -> None:
    films.later(60)
    films.stash.destroy_scenes(*films.stash.scenes)
    films.reconcile()
    with pytest.raises(UserError, match="a word is not enough"):
        believe(films)
    with Ledger(films.state) as ledger, ledger.transaction():
        ledger.doubts.approve("stash")  # as if it had been said when less was gone

    films.reconcile()

    assert tombstones(films) == 0


def test_many_deletions_wait_for_a_persons_word(films: World) -> None:
    films.later(60)
    films.stash.destroy_scenes(1, 2, 3)

    doubted = films.reconcile()
    assert tombstones(films) == 0
    assert "3 of 10 scenes are gone from stash" in doubted.report.doubts[0].reason
    assert dict(films.reconcile().sent) == {"stash poll": 1}
    believe(films)
    believed = films.reconcile()

    assert tombstones(films) == 3
    assert believed.report.doubts == ()
    assert believed.puts == 0


def test_changes_go_on_while_deletions_are_doubted(films: World) -> None:
    films.later(60)
    films.stash.destroy_scenes(1, 2, 3)
    films.stash.update_scene(7, title="Brook, restored")

    films.reconcile()

    assert films.value("brook-6", Field.TITLE) == "Brook, restored"


def test_what_changes_in_the_second_of_its_coming_back_is_seen(films: World) -> None:
    """It has the stamp that it had when it went, which says nothing of it by now."""
    films.later(60)
    films.stash.update_scene(4, title="Brook, before")
    films.reconcile()
    backup = films.stash.backup()
    films.stash.destroy_scenes(4)
    films.reconcile()
    assert tombstones(films) == 1
    films.stash.restore(backup)
    films.stash.jobs.finish(films.stash.jobs.start("Scanning..."))
    films.reconcile()
    films.stash.update_scene(4, title="Brook, back again")

    films.reconcile()

    assert films.value("brook-3", Field.TITLE) == "Brook, back again"


def test_what_comes_back_takes_the_doubt_away(films: World) -> None:
    backup = films.stash.backup()
    films.later(60)
    films.stash.destroy_scenes(1, 2, 3)
    assert films.reconcile().report.doubts
    films.stash.restore(backup)

    assert films.reconcile().report.doubts == ()
    assert tombstones(films) == 0


def test_nothing_is_taken_for_deleted_while_a_job_may_be_moving_it(
    films: World,
) -> None:
    films.later(60)
    job = films.stash.jobs.start("Cleaning...")
    films.stash.destroy_scenes(1)
    films.reconcile()
    assert tombstones(films) == 0
    films.stash.jobs.finish(job)

    films.reconcile()

    assert tombstones(films) == 1


def test_nothing_is_read_while_stash_is_filled_anew(films: World) -> None:
    before = items(films)
    export = films.stash.backup()
    films.later(60)
    job = films.stash.jobs.start("Importing...")
    for stage in films.stash.metadata_import(export):
        films.later(60)
        outcome = films.reconcile()
        assert outcome.puts == 0
        told = " ".join(outcome.report.problems).lower()
        assert ("waits to migrate" if stage == "made anew" else "importing") in told
    films.stash.jobs.finish(job)

    films.reconcile()

    assert tombstones(films) == 0
    assert items(films) == before


def _fill_anew(world: World) -> None:
    """Export and import all there is: the films come behind a new one, in its order."""
    world.scene("alder", in_plex=False, title="Alder")
    for _ in world.stash.metadata_import(world.stash.backup()):
        world.later(60)


def test_a_doubt_ends_though_what_was_listed_could_not_be_read_at_once(
    films: World,
) -> None:
    films.later(3 * 24 * 3600)
    backup = films.stash.backup()
    _fill_anew(films)
    assert films.reconcile().report.doubts
    films.stash.restore(backup)
    films.stash.jobs.restart()
    films.stash_wire.faults.add(
        Fault(what=What.RESET_BEFORE, matches=lambda asked: b"Several" in asked.body)
    )

    for _ in range(3):
        films.later(60)
        films.reconcile()

    assert doubts(films) == {}


@pytest.mark.parametrize("on_delete", OnDelete)
def test_on_delete_says_what_becomes_of_the_item(
    films: World, on_delete: OnDelete
) -> None:
    films.on_delete = on_delete
    films.later(60)
    films.stash.destroy_scenes(4)

    films.reconcile()

    item = films.item("brook-3")
    has = (
        item.values["title"],
        "title" in item.locks,
        films.value("brook-3", Field.GENRES),
    )
    assert (
        has
        == {
            OnDelete.KEEP: ("Brook 3", True, ("Nature",)),
            OnDelete.RELEASE: ("Brook 3", False, ("Nature",)),
            OnDelete.RESTORE: ("brook-3", False, ()),
        }[on_delete]
    )
    assert tombstones(films) == 1
    assert dict(films.reconcile().sent) == {"stash poll": 1}


def test_a_kept_item_of_a_deleted_scene_can_still_be_undone(films: World) -> None:
    films.later(60)
    films.stash.destroy_scenes(4)
    films.reconcile()

    films.carry_out(Undo(since=0))

    assert films.value("brook-3", Field.TITLE) == "brook-3"


@pytest.mark.parametrize("on_delete", [OnDelete.RELEASE, OnDelete.RESTORE])
def test_nothing_stays_owed_to_an_item_that_went_before_its_deleted_scene(
    films: World, on_delete: OnDelete
) -> None:
    films.on_delete = on_delete
    films.later(60)
    films.plex.moves.rekey(films.key("brook-3"))
    before = items(films)
    films.stash.destroy_scenes(4)

    films.reconcile()

    assert tombstones(films) == 1
    assert items(films) == before
    assert dict(films.reconcile().sent) == {"stash poll": 1}


def test_what_a_person_asked_of_a_scene_is_done_though_it_is_deleted(
    films: World,
) -> None:
    films.later(60)
    films.stash.update_scene(4, title="Brook, renamed at last")
    films.plex_wire.up = False
    films.carry_out(Release(scenes=frozenset({SceneId(4)})))
    films.stash.destroy_scenes(4)
    films.reconcile()
    assert tombstones(films) == 1
    films.plex_wire.up = True
    films.later(600)

    films.reconcile()

    item = films.item("brook-3")
    assert (item.values["title"], "title" in item.locks) == ("Brook 3", False)
    assert dict(films.reconcile().sent) == {"stash poll": 1}


def _content(world: World, scene: int) -> dict[str, object]:
    row = world.stash.scenes[scene]
    return {
        "title": row.title,
        "details": row.details,
        "tag_ids": row.tag_ids,
        "performer_ids": row.performer_ids,
    }


def _recreate(world: World, stem: str, **fields: object) -> int:
    """Scan a file anew, as after a clean: another id, and nothing in it."""
    scene = world.stash.scan_new_file(f"/data/films/{stem}.mp4")
    if fields:
        world.stash.update_scene(scene, **fields)  # type: ignore[arg-type] # fields by name
    return scene


@pytest.mark.parametrize("on_delete", OnDelete)
def test_a_file_that_comes_back_as_another_scene_takes_its_link_over(
    films: World, on_delete: OnDelete
) -> None:
    films.on_delete = on_delete
    before = films.item("brook-3")
    scene = films.stash.scenes[4]
    kept = _content(films, 4)
    films.later(60)
    films.stash.clean(*scene.file_ids)
    _recreate(films, "brook-3", **kept)

    outcome = films.reconcile()

    assert films.item("brook-3") == before
    assert outcome.puts == 0
    assert tombstones(films) == 1
    assert dict(films.reconcile().sent) == {"stash poll": 1}


@pytest.mark.parametrize("on_delete", [OnDelete.RELEASE, OnDelete.RESTORE])
def test_what_could_not_be_handed_back_is_ours_when_it_comes_back(
    films: World, on_delete: OnDelete
) -> None:
    """The item held another file while its scene was deleted."""
    films.on_delete, films.limits = on_delete, UNBRAKED
    path, elsewhere = "/media/films/brook-3.mp4", "/media/films/elsewhere.mp4"
    films.plex.scanner.rename(films.section, path, elsewhere)
    films.stash.update_scene(4, title="Brook 3, late")
    films.later(60)
    films.reconcile()
    films.stash.destroy_scenes(4, delete_file=True)
    films.later(60)
    films.reconcile()
    films.plex.scanner.rename(films.section, elsewhere, path)
    films.scene("brook-3", in_plex=False, title="Brook 3, anew")
    films.later(60)

    films.reconcile()

    assert films.value("brook-3", Field.TITLE) == "Brook 3, anew"
    assert films.value("brook-3", Field.GENRES) == ()


def test_a_file_that_comes_back_later_takes_its_link_over(films: World) -> None:
    before = films.item("brook-3")
    scene = films.stash.scenes[4]
    kept = _content(films, 4)
    films.later(60)
    films.stash.clean(*scene.file_ids)
    films.reconcile()
    films.later(60)
    new = _recreate(films, "brook-3", **kept)
    assert films.reconcile().puts == 0
    assert films.item("brook-3") == before
    films.later(60)

    films.stash.update_scene(new, title="Brook, again")
    films.reconcile()

    assert films.value("brook-3", Field.TITLE) == "Brook, again"
    assert films.value("brook-3", Field.GENRES) == ("Nature",)


@pytest.mark.parametrize("on_delete", OnDelete)
def test_a_merged_scene_leaves_its_item_to_the_other(
    films: World, on_delete: OnDelete
) -> None:
    films.on_delete = on_delete
    films.later(60)
    films.stash.merge_scenes([4], 5)

    films.reconcile()
    films.reconcile()

    for stem in ("brook-3", "brook-4"):
        assert films.value(stem, Field.TITLE) == "Brook 4"
        assert films.value(stem, Field.GENRES) == ("Nature",)
    assert tombstones(films) == 1


def test_a_renumbered_stash_writes_nothing_where_nothing_differs(films: World) -> None:
    """Every id has become another film's: that takes a person's word."""
    before = items(films)
    films.later(60)
    _renumber(films)

    doubted = films.reconcile()
    assert doubted.puts == 0
    assert "other files under the ids" in doubted.report.doubts[0].reason
    believe(films)
    believed = films.reconcile()

    assert believed.report.doubts == ()
    assert believed.puts == 0
    assert items(films) == before
    films.later(60)
    films.stash.update_scene(1, title="Brook, renumbered")
    assert films.reconcile().puts == 1


def test_what_was_decided_of_a_film_is_not_of_another_that_has_its_id_now(
    films: World,
) -> None:
    """Nor when that one's item is found, and the first's is gone."""
    films.carry_out(Release(scenes=frozenset({SceneId(1)})))
    films.later(60)
    other = films.scene("tarn", in_plex=False, title="Tarn")
    row = films.stash.scenes[other]
    films.stash.destroy_scenes(other)
    films.stash.scenes.put(replace(row, id=1, updated_at=films.stash.now()))
    films.plex.scanner.remove(films.section, "/media/films/brook-0.mp4")
    films.later(60)
    films.reconcile()
    films.plex.add(films.section, "/media/films/tarn.mp4")

    films.later(60)
    films.reconcile()

    assert films.value("tarn", Field.TITLE) == "Tarn"


def _renumber(world: World) -> None:
    """Give every scene another id, as a full import does."""
    scenes = list(world.stash.scenes.values())
    ids = [scene.id for scene in scenes]
    turned = dict(zip(ids, [*ids[1:], ids[0]], strict=True))
    rows = {
        turned[scene.id]: replace(
            scene, id=turned[scene.id], updated_at=world.stash.now()
        )
        for scene in scenes
    }
    world.stash.scenes.replace_all(dict(sorted(rows.items())), max(ids))
