"""What the machine has found, each as small as it gets."""

from reconciler.core.desire import Rule
from reconciler.core.values import Field, Policy, SceneId
from reconciler.engine.errands import Adopt, Undo
from tests.sandbox.faults import Fault, What
from tests.sandbox.wire import Response
from tests.world import FILMS, World, rules


def test_an_element_that_a_person_put_on_a_rebuilt_item_is_the_persons(
    world: World,
) -> None:
    ada = world.stash.create_performer("Ada Brook")
    scene = world.scene("heron", performer_ids=(ada,))
    world.reconcile()
    key = world.plex.moves.rekey(world.key("heron"))
    world.plex.person.tag(key, "actor", "Ada Brook", lock=False)
    world.later(600)
    world.stash.update_scene(scene, title="Heron")
    world.reconcile()  # the old item is gone: the scene waits
    world.reconcile()  # and is linked to the new one
    world.later(600)
    world.stash.update_scene(scene, performer_ids=())

    world.reconcile()

    assert world.value("heron", Field.ACTORS) == ("Ada Brook",)


def test_a_veto_outlives_a_rebuild_that_a_full_pass_finds(world: World) -> None:
    people = [world.stash.create_performer(name) for name in ("Ada Brook", "Ben Carr")]
    world.scene("heron", performer_ids=tuple(people))
    world.reconcile()
    world.plex.person.untag(world.key("heron"), "actor", "Ada Brook")
    world.reconcile(is_full=True)
    world.plex.moves.rekey(world.key("heron"))
    world.later(600)

    world.reconcile(is_full=True)

    assert world.value("heron", Field.ACTORS) == ("Ben Carr",)


def test_a_write_that_was_lost_is_made_though_others_wrote_meanwhile(
    world: World,
) -> None:
    nature = world.stash.create_tag("Nature")
    world.scene("heron", tag_ids=(nature,))
    lost = Fault(what=What.RESET_BEFORE, matches=lambda asked: asked.method == "PUT")
    world.plex_wire.faults.add(lost)
    world.reconcile()
    world.plex.person.tag(world.key("heron"), "genre", "Heirloom", lock=False)
    world.later(600)

    world.reconcile()
    world.reconcile(is_full=True)

    assert set(world.value("heron", Field.GENRES)) == {"Heirloom", "Nature"}


def test_what_was_adopted_and_undone_is_another_s_again(world: World) -> None:
    world.stash.create_tag("Silent")
    world.scene("tide")
    world.plex.person.tag(world.key("tide"), "genre", "Silent", lock=False)
    world.reconcile()
    world.carry_out(Adopt())
    assert world.value("tide", Field.GENRES) == ()

    for _ in range(2):
        world.carry_out(Undo(since=0))

        assert world.value("tide", Field.GENRES) == ("Silent",)


def test_a_write_that_was_made_though_plex_said_busy_can_be_undone(
    world: World,
) -> None:
    world.scene("tide", title="High tide")
    busy = Fault(
        what=What.APPLIED_ANSWERED,
        matches=lambda asked: asked.method == "PUT",
        answer=Response(status=503, kind="maintenance"),
    )
    world.plex_wire.faults.add(busy)
    world.reconcile()
    assert world.value("tide", Field.TITLE) == "High tide"
    world.later(600)
    world.reconcile()

    world.carry_out(Undo(since=0))

    assert world.value("tide", Field.TITLE) == "tide"


def test_what_is_off_is_not_adopted(world: World) -> None:
    world.rules = {FILMS: rules(actors=Rule(policy=Policy.OFF))}
    world.stash.create_performer("Ben Carr")
    world.scene("tide")
    world.plex.person.tag(world.key("tide"), "actor", "Ben Carr", lock=True)
    world.reconcile()
    world.carry_out(Adopt())

    world.carry_out(Undo(since=0))

    assert world.value("tide", Field.ACTORS) == ("Ben Carr",)


def test_what_was_adopted_and_then_wanted_stays_when_all_is_undone(
    world: World,
) -> None:
    silent = world.stash.create_tag("Silent")
    scene = world.scene("heron", title="Heron")
    world.plex.person.tag(world.key("heron"), "genre", "silent", lock=False)
    world.reconcile()
    world.carry_out(Adopt())
    assert world.value("heron", Field.GENRES) == ()
    world.later(600)
    world.stash.update_scene(scene, tag_ids=(silent,))
    world.reconcile()

    world.carry_out(Undo(since=0))

    assert world.value("heron", Field.GENRES) == ("silent",)


def test_what_is_asked_of_a_scene_that_merged_loses_nothing_of_its_new_item(
    world: World,
) -> None:
    nature, ada = world.stash.create_tag("Nature"), world.stash.create_performer("Ada")
    heron = world.scene("heron", tag_ids=(nature,), performer_ids=(ada,))
    tide = world.scene("tide")
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.later(600)
    world.stash.merge_scenes([heron], tide)
    world.stash.update_tag(nature, name="Outdoors")
    # it is read before anything tells that the other is gone
    world.reconcile(scenes=frozenset({SceneId(tide)}))
    world.carry_out(Adopt(scenes=frozenset({SceneId(tide)})))

    world.reconcile()

    assert world.value("heron", Field.GENRES) == ()
