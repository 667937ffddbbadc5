"""The laws, of what a person asks of a scene while Plex does not have its item."""

from dataclasses import replace

import pytest

from reconciler.core.memory import Verdict
from reconciler.core.values import Field, OnDelete, SceneId
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Errand,
    Release,
    TakePlex,
    TakeStash,
    Undo,
)
from state.ledger import Ledger
from tests.world import World

SCENE = SceneId(1)
ITS = frozenset({SCENE})


@pytest.fixture(params=["the same item", "another"])
def way_back(request: pytest.FixtureRequest) -> str:
    """Return what item comes back for the file."""
    return str(request.param)


@pytest.fixture
def film(world: World, way_back: str) -> World:
    """Return a world with one film, of which all is done; it has locks of ours."""
    world.plex.model.auto_empty_trash = way_back == "another"
    nature = world.stash.create_tag("Nature")
    scene = world.scene("brook", title="Brook", tag_ids=(nature,))
    assert scene == SCENE
    world.reconcile()
    world.later(600)
    return world


def goes(world: World) -> None:
    """Have the item go, and be missed, in a library that has another one."""
    world.scene("frost", title="Frost")
    world.plex.scanner.remove(world.section, "/media/films/brook.mp4")
    world.later(600)
    world.stash.update_scene(SCENE, details="A brook.")
    world.reconcile(is_full=True)
    with Ledger(world.state) as ledger:
        assert ledger.links.counts() == {"linked": 1, "lost": 1}


def comes_back(world: World, **said: str) -> None:
    """Have Plex find the file again, and Stash say more of its scene meanwhile."""
    world.plex.scanner.add(world.section, "/media/films/brook.mp4")
    world.later(600)
    world.stash.update_scene(SCENE, **said)  # type: ignore[arg-type] # by name
    world.reconcile()
    world.later(600)


def test_law_1_what_is_claimed_while_its_item_is_gone_is_written_when_it_is_found(
    film: World,
) -> None:
    film.carry_out(Release(scenes=ITS))
    goes(film)

    outcome = film.carry_out(Claim(scenes=ITS))

    assert outcome.report.missing == ()
    assert outcome.report.notes == ("the claim waits for 1 item that plex has lost",)
    comes_back(film, title="Brook in May")
    assert film.value("brook", Field.TITLE) == "Brook in May"
    assert film.value("brook", Field.GENRES) == ("Nature",)
    assert film.item("brook").locks >= {"title", "genre", "summary"}
    assert film.reconcile(is_full=True).puts == 0
    film.stash.update_scene(SCENE, date="2021-05-04")  # of which it had said nothing
    film.reconcile()
    assert film.value("brook", Field.DATE) == "2021-05-04"


def test_law_3_what_is_released_while_its_item_is_gone_is_left_when_it_is_found(
    film: World,
) -> None:
    goes(film)

    outcome = film.carry_out(Release())

    assert outcome.puts == 1  # of the other film
    comes_back(film, title="Brook in May")
    with Ledger(film.state) as ledger:
        (link,) = ledger.links.of_scenes([SCENE])[SCENE]
        memories = ledger.links.memories([link.id])[link.id]
    assert {one.verdict for one in memories.values()} == {Verdict.RELEASED}
    before = film.item("brook")
    assert film.value("brook", Field.TITLE) != "Brook in May"
    assert before.locks == frozenset()
    assert film.reconcile(is_full=True).puts == 0
    assert film.item("brook") == before


def test_law_2_a_release_that_a_claim_takes_back_leaves_nothing_to_be_done(
    film: World,
) -> None:
    goes(film)
    film.carry_out(Release(scenes=ITS))
    film.carry_out(Claim(scenes=ITS))

    again = film.carry_out(Claim(scenes=ITS))

    assert (again.report.notes, again.report.pass_id) == ((), None)
    comes_back(film)
    assert film.value("brook", Field.SUMMARY) == "A brook."


@pytest.mark.parametrize(
    "errand",
    [
        Undo(scenes=ITS),
        Adopt(scenes=ITS),
        TakeStash(scenes=ITS),
        TakePlex(scenes=ITS),
    ],
    ids=lambda errand: str(errand.cause),
)
def test_law_8_what_needs_an_item_is_refused_while_it_is_gone(
    film: World, errand: Errand
) -> None:
    goes(film)

    outcome = film.carry_out(errand)

    (told,) = outcome.report.missing
    assert told.startswith("scene 1 has lost its item in plex: nothing is done of the ")
    assert "ask for it again once `plexsync reconcile` has found the item" in told


def is_lost_unnoticed(world: World) -> None:
    """Have the item go, in a library that has another one; no pass has missed it."""
    world.scene("frost", title="Frost")
    world.reconcile()
    world.later(600)
    world.plex.scanner.remove(world.section, "/media/films/brook.mp4")
    world.later(600)


@pytest.mark.parametrize(
    ("errand", "words"),
    [
        (Undo(scenes=ITS), "undo"),
        (Undo(since=0), "undo"),
        (Release(scenes=ITS), "release"),
        (TakeStash(scenes=ITS), "take stash"),
    ],
)
def test_law_1_what_is_asked_of_an_item_that_is_found_gone_waits_and_that_is_told(
    film: World, errand: Errand, words: str
) -> None:
    """By the dry run, by the command, and by the same command once more."""
    is_lost_unnoticed(film)
    waits = (f"the {words} waits for 1 item that plex has lost",)

    foreseen = film.foresee(errand)
    first = film.carry_out(errand)
    again = film.carry_out(errand)

    for outcome in (foreseen, first, again):
        assert (outcome.report.notes, outcome.report.missing) == (waits, ())
        assert outcome.report.problems == ()


def test_law_10_an_undo_that_waits_is_done_when_the_item_is_found(film: World) -> None:
    is_lost_unnoticed(film)
    film.carry_out(Undo(scenes=ITS))

    comes_back(film)

    assert film.value("brook", Field.TITLE) == "brook"
    assert film.value("brook", Field.GENRES) == ()
    assert film.item("brook").locks == frozenset()
    with Ledger(film.state) as ledger:
        (link,) = ledger.links.of_scenes([SCENE])[SCENE]
        known = ledger.links.memories([link.id])[link.id]
    assert {one.verdict for one in known.values() if one.verdict} == {Verdict.UNDONE}
    assert film.reconcile(is_full=True).puts == 0


def test_a_wish_of_another_kind_does_not_make_an_undo_wait(film: World) -> None:
    goes(film)
    film.carry_out(Release(scenes=ITS))

    outcome = film.carry_out(Undo(scenes=ITS))

    assert outcome.report.notes == ()
    (told,) = outcome.report.missing
    assert "nothing is done of the undo" in told


def test_an_adoption_that_waits_is_none_of_another_field(film: World) -> None:
    """It was asked for while all is paused, before the item went."""
    film.stash.create_tag("Drone")
    film.plex.person.tag(film.key("brook"), "genre", "Drone", lock=False)
    film.is_paused = True
    film.carry_out(Adopt(scenes=ITS))
    film.is_paused = False
    goes(film)

    other = film.carry_out(Adopt(scenes=ITS, fields=frozenset({Field.ACTORS})))
    again = film.carry_out(Adopt(scenes=ITS))

    assert len(other.report.missing) == 1
    waits = ("the adopt waits for 1 item that plex has lost",)
    assert (again.report.notes, again.report.missing) == (waits, ())


def test_nothing_waits_for_a_deleted_scene_whose_item_is_found_gone(
    film: World,
) -> None:
    is_lost_unnoticed(film)
    film.stash.destroy_scenes(SCENE)
    film.reconcile()
    film.later(600)

    foreseen = film.foresee(Undo(scenes=ITS))
    outcome = film.carry_out(Undo(scenes=ITS))

    assert (foreseen.report.notes, outcome.report.notes) == ((), ())


def copy_goes(world: World) -> None:
    """Have the copy's item go for good."""
    world.plex.scanner.remove_file("/media/films/copy.mp4")
    world.plex.scanner.scan(world.section)
    world.plex.scanner.empty_trash(world.section)
    world.reconcile(is_full=True)
    world.later(600)


@pytest.mark.parametrize("is_lost_first", [True, False])
@pytest.mark.parametrize("on_delete", [OnDelete.RELEASE, OnDelete.RESTORE])
def test_law_1_a_scene_that_is_back_is_met_anew_in_each_of_its_items(
    world: World, on_delete: OnDelete, *, is_lost_first: bool
) -> None:
    """One of two is back under another key."""
    world.on_delete = on_delete
    scene = world.scene("brook", title="Brook")
    world.scene("frost", title="Frost")
    world.stash.scan_copy("/data/films/copy.mp4", scene)
    world.plex.add(world.section, "/media/films/copy.mp4")
    world.reconcile()
    world.later(600)
    if is_lost_first:
        copy_goes(world)
    row = world.stash.scenes[scene]
    world.stash.destroy_scenes(scene)
    assert world.reconcile().report.notes == ()
    world.later(600)
    if not is_lost_first:
        copy_goes(world)
    back = replace(row, updated_at=world.stash.now())
    world.stash.scenes.replace_all(
        dict(sorted({**world.stash.scenes, scene: back}.items())), 2
    )
    world.plex.scanner.add(world.section, "/media/films/copy.mp4")
    world.reconcile(is_full=True)
    world.later(600)
    world.stash.update_scene(scene, title="The brook")

    world.reconcile()

    assert world.value("brook", Field.TITLE) == "The brook"
    assert world.value("copy", Field.TITLE) == "The brook"


def test_law_1_what_a_tombstone_was_asked_is_no_word_to_the_next_scene(
    world: World,
) -> None:
    """A release of everything, and a claim, while a deleted scene's item is away."""
    scene = world.scene("brook", title="Brook")
    world.scene("frost", title="Frost")
    world.reconcile()
    world.later(600)
    key = world.key("brook")
    world.plex.scanner.trash(key)
    world.stash.update_scene(scene, details="A brook.")
    world.reconcile(is_full=True)
    world.later(600)
    (file,) = world.stash.scenes[scene].file_ids
    world.stash.destroy_scenes(scene)
    world.reconcile()
    world.later(600)
    assert world.carry_out(Release()).report.notes == ()
    world.carry_out(Claim())
    world.later(600)
    world.stash.create_scene(file_ids=(file,), title="The brook")
    world.plex.model.items[key].deleted_at = None

    world.reconcile(is_full=True)

    assert world.value("brook", Field.TITLE) == "The brook"


def test_law_9_a_release_is_of_no_film_that_another_scene_has_by_now(
    world: World,
) -> None:
    scene = world.scene("brook", title="Brook")
    world.scene("frost", title="Frost")
    file = world.stash.scan_copy("/data/films/copy.mp4", scene)
    world.plex.add(world.section, "/media/films/copy.mp4")
    world.reconcile()
    world.later(600)
    copy_goes(world)
    heir = world.stash.create_scene(title="Ice")
    world.stash.assign_file(heir, file)
    world.stash.update_scene(scene)
    world.reconcile()

    outcome = world.carry_out(Release(scenes=ITS))

    assert outcome.report.notes == ()
    world.plex.scanner.add(world.section, "/media/films/copy.mp4")
    world.reconcile(is_full=True)
    assert world.value("copy", Field.TITLE) == "Ice"
