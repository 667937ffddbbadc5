"""The laws, of what a person asks of a scene while Plex does not have its item."""

import pytest

from reconciler.core.memory import Verdict
from reconciler.core.values import Field, SceneId
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


def test_law_9_a_release_is_of_no_film_that_another_scene_has_by_now(
    film: World,
) -> None:
    goes(film)
    (file,) = film.stash.scenes[SCENE].file_ids
    film.stash.destroy_scenes(SCENE)
    film.reconcile()
    heir = film.stash.create_scene(file_ids=(file,), title="Ice")
    film.reconcile()

    outcome = film.carry_out(Release(scenes=ITS))

    assert len(outcome.report.missing) == 1
    film.plex.scanner.add(film.section, "/media/films/brook.mp4")
    film.later(600)
    film.stash.update_scene(heir, title="Brook in May")
    film.reconcile(is_full=True)
    assert film.value("brook", Field.TITLE) == "Brook in May"
