"""The laws, of what a person asks for: no more than that, and nothing of another's."""

from dataclasses import replace

import pytest

from reconciler.core.desire import Rule
from reconciler.core.values import Field, SceneId
from reconciler.engine.conflicts import find_conflicts
from reconciler.engine.errands import Adopt, Claim, Release, TakeStash, Undo
from tests.engine.films import everything
from tests.sandbox.plex.switches import Switches
from tests.world import FILMS, World, rules

START = Undo(since=0)


def test_law_2_stash_is_not_taken_where_plex_has_it_in_its_own_form(
    world: World,
) -> None:
    """Plex would make the same of it again: that would be tried for ever."""
    world.plex.model.switches = replace(Switches(), newlines_become_spaces=True)
    scene = SceneId(world.scene("glacier", details="Ice.\nSnow."))
    world.reconcile()
    assert world.value("glacier", Field.SUMMARY) == "Ice. Snow."

    outcome = world.carry_out(TakeStash(scenes=frozenset({scene})))

    assert (outcome.puts, outcome.report.problems) == (0, ())
    assert world.reconcile(is_full=True).puts == 0


def test_law_3_adopt_leaves_what_stash_has_begun_to_want(world: World) -> None:
    """Whether it was put on the scene, or is what a tag of it is called by now."""
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    scene = world.scene("glacier", tag_ids=(ice,))
    world.scene("brook", tag_ids=(ice,))
    for stem, name in (("glacier", "Snow"), ("brook", "Frost")):
        world.plex.person.tag(world.key(stem), "genre", name, lock=False)
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, tag_ids=(ice, snow))
    world.stash.update_tag(ice, name="Frost")

    foreseen = world.foresee(Adopt())
    world.carry_out(Adopt())

    assert foreseen.changes == set()
    assert set(world.value("glacier", Field.GENRES)) == {"Ice", "Snow"}
    assert set(world.value("brook", Field.GENRES)) == {"Ice", "Frost"}


def test_law_1_what_a_scene_has_released_is_claimed_by_the_one_that_has_its_film(
    world: World,
) -> None:
    """Stash was filled anew, and nothing has told yet that the first scene is gone."""
    world.scene("glacier", title="Glacier")
    scene = world.scene("brook", title="Brook")
    files = world.stash.scenes[scene].file_ids
    world.reconcile()
    world.carry_out(Release(scenes=frozenset({SceneId(scene)})))
    world.later(600)
    world.stash.destroy_scenes(scene)
    heir = world.stash.create_scene(file_ids=files, title="Brook in May")

    world.reconcile(scenes=frozenset({SceneId(heir)}))
    world.carry_out(Claim(scenes=frozenset({SceneId(heir)})))

    assert world.value("brook", Field.TITLE) == "Brook"
    world.later(600)
    world.reconcile()
    assert world.value("brook", Field.TITLE) == "Brook in May"


def test_law_1_a_claim_of_everything_tells_what_is_not_claimed(world: World) -> None:
    """Of a scene that has gone nothing is known yet of the one that has its film."""
    world.scene("glacier", title="Glacier")
    scene = world.scene("brook", title="Brook")
    files = world.stash.scenes[scene].file_ids
    world.reconcile()
    world.carry_out(Release())
    world.later(600)
    world.stash.destroy_scenes(scene)
    world.stash.create_scene(file_ids=files, title="Brook in May")

    (told,) = world.carry_out(Claim()).report.missing

    assert told.startswith("stash has lost 1 scene since the last pass")
    world.reconcile()
    assert world.carry_out(Claim()).report.missing == ()
    assert world.value("brook", Field.TITLE) == "Brook in May"


def test_law_3_claim_leaves_a_person_what_was_handed_back_before_the_release(
    world: World,
) -> None:
    """Until Stash changes it, as without the release."""
    scene = world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.plex.person.unlock(world.key("glacier"), "title")
    world.reconcile(is_full=True)

    world.carry_out(Release())
    world.carry_out(Claim())

    assert world.item("glacier").locks == {"summary"}
    assert world.reconcile(is_full=True).puts == 0
    world.later(600)
    world.stash.update_scene(scene, title="Another")
    world.reconcile()
    assert world.value("glacier", Field.TITLE) == "Another"
    assert world.item("glacier").locks == {"title", "summary"}


@pytest.mark.parametrize("errand", [Release(), START], ids=str)
def test_law_3_a_lock_that_a_person_put_on_since_stays_on(
    world: World, errand: Release | Undo
) -> None:
    """Though a pass has seen it on a value that is still as we wrote it."""
    world.rules = {FILMS: rules(title=Rule(lock=False), genres=Rule(lock=False))}
    ice = world.stash.create_tag("Ice")
    world.scene("glacier", title="Glacier", tag_ids=(ice,))
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="Glacier")
    world.plex.person.tag(world.key("glacier"), "genre", "Ice")
    assert world.item("glacier").locks == {"title", "genre"}
    world.reconcile(is_full=True)

    world.carry_out(errand)

    assert world.item("glacier").locks == {"title", "genre"}


def test_law_10_nothing_is_ours_once_everything_is_undone(world: World) -> None:
    """Not even a genre that was there before us, and that we have added again since."""
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    scene = world.scene("glacier", tag_ids=(ice,))
    world.plex.person.tag(world.key("glacier"), "genre", "Snow", lock=False)
    world.reconcile()
    world.plex.person.untag(world.key("glacier"), "genre", "Snow", lock=False)
    world.reconcile(is_full=True)
    world.later(600)
    world.stash.update_scene(scene, tag_ids=(ice, snow))
    world.reconcile()

    world.carry_out(START)
    assert world.value("glacier", Field.GENRES) == ("Snow",)
    world.later(600)
    world.stash.update_scene(scene, tag_ids=(ice,))
    world.reconcile()

    assert set(world.value("glacier", Field.GENRES)) == {"Ice", "Snow"}


def test_law_10_undo_of_one_pass_leaves_what_another_put_in_its_place(
    world: World,
) -> None:
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    scene = world.scene("glacier", tag_ids=(ice,))
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, tag_ids=(snow,))
    world.reconcile()
    written = everything(world)

    world.carry_out(Undo(pass_id=1))

    assert everything(world)[world.key("glacier")] == written[world.key("glacier")]


def test_law_10_what_an_undo_of_an_undo_brings_back_is_ours_again(
    world: World,
) -> None:
    """So that a person's edit of it is noticed, and left."""
    world.scene("glacier", title="Glacier")
    world.reconcile()
    number = world.carry_out(START).report.pass_id
    world.carry_out(Undo(pass_id=number))
    assert world.value("glacier", Field.TITLE) == "Glacier"

    world.plex.person.edit(world.key("glacier"), title="Mine")
    world.reconcile(is_full=True)

    assert world.value("glacier", Field.TITLE) == "Mine"
    with world.opened() as ledger:
        (conflict,) = find_conflicts(ledger)
    assert (conflict.field, conflict.plex) == (Field.TITLE, "Mine")


def test_law_10_what_is_asked_while_paused_is_undone_by_the_number_that_is_told(
    world: World,
) -> None:
    world.scene("glacier", title="Glacier")
    world.reconcile()
    world.is_paused = True
    asked = world.carry_out(START).report.pass_id
    world.is_paused = False
    world.scene("brook", title="Brook")
    assert world.reconcile().report.pass_id != asked
    assert world.value("glacier", Field.TITLE) == "glacier"

    world.carry_out(Undo(pass_id=asked))

    assert world.value("glacier", Field.TITLE) == "Glacier"
    assert world.value("brook", Field.TITLE) == "Brook"


def test_law_1_a_claim_of_all_of_an_item_that_two_have_parts_them_no_worse(
    world: World,
) -> None:
    """Plex has made one item of two films, and parts them again after the claim."""
    world.scene("ice", title="Ice")
    world.reconcile()
    world.later(600)
    world.scene("snow", title="Snow")
    key = world.key("ice")
    world.plex.moves.merge(key, [world.key("snow")])
    world.reconcile(is_full=True)
    world.later(600)
    world.carry_out(Claim())
    world.later(600)
    world.plex.model.items[key].media.reverse()
    world.plex.moves.split(key)

    for _ in range(3):
        world.reconcile(is_full=True)
        world.later(600)

    assert world.key("snow") == key
    assert world.value("snow", Field.TITLE) == "Snow"
    assert world.value("ice", Field.TITLE) == "Ice"
