"""Whose value stands: what a person did in Plex is never lost."""

from dataclasses import replace

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.values import Field, Policy
from reconciler.engine.braking import approve
from reconciler.engine.status import held_passes
from state.ledger import Ledger
from tests.sandbox.plex.switches import Switches
from tests.world import FILMS, World, rules


def test_a_persons_edit_stays(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="My glacier")

    world.reconcile(is_full=True)
    world.reconcile(is_full=True)

    assert world.value("glacier", Field.TITLE) == "My glacier"


def test_under_enforce_it_does_not(world: World) -> None:
    world.rules = {FILMS: rules(title=Rule(policy=Policy.ENFORCE))}
    world.scene("glacier", title="Glacier")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="My glacier")

    world.reconcile(is_full=True)

    assert world.value("glacier", Field.TITLE) == "Glacier"


def test_genres_of_others_survive(world: World) -> None:
    nature = world.stash.create_tag("Nature")
    silent = world.stash.create_tag("Silent")
    scene = world.scene("glacier", tag_ids=(nature, silent))
    world.plex.person.tag(world.key("glacier"), "genre", "Heirloom", lock=False)
    world.reconcile()
    world.later(60)
    world.stash.update_scene(scene, tag_ids=(nature,))

    world.reconcile()

    assert set(world.value("glacier", Field.GENRES)) == {"Heirloom", "Nature"}


def test_a_genre_that_a_person_took_out_stays_out(world: World) -> None:
    nature = world.stash.create_tag("Nature")
    silent = world.stash.create_tag("Silent")
    scene = world.scene("glacier", tag_ids=(nature, silent))
    world.reconcile()
    world.plex.person.untag(world.key("glacier"), "genre", "Silent")
    world.reconcile(is_full=True)
    world.later(60)
    extra = world.stash.create_tag("Winter")
    world.stash.update_scene(scene, tag_ids=(nature, silent, extra))

    world.reconcile()

    assert set(world.value("glacier", Field.GENRES)) == {"Nature", "Winter"}


def test_a_title_taken_out_of_stash_goes_back_to_the_files_name(world: World) -> None:
    scene = world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.later(60)
    world.stash.update_scene(scene, title="", details="")

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "glacier"
    assert world.value("glacier", Field.SUMMARY) == ""
    assert "summary" not in world.item("glacier").locks


def test_plexs_own_form_of_a_value_is_not_written_again(world: World) -> None:
    world.plex.model.switches = replace(Switches(), newlines_become_spaces=True)
    world.scene("glacier", title="Glacier", details="Ice.\nSnow.")

    first = world.reconcile()
    second = world.reconcile(is_full=True)

    assert (first.report.problems, second.puts) == ((), 0)
    assert world.value("glacier", Field.SUMMARY) == "Ice. Snow."


def test_tags_that_replace_lose_nobodys(world: World) -> None:
    world.plex.model.switches = replace(Switches(), tags_replace=True)
    nature = world.stash.create_tag("Nature")
    world.scene("glacier", tag_ids=(nature,))
    world.plex.person.tag(world.key("glacier"), "genre", "Heirloom", lock=False)

    world.reconcile()

    assert set(world.value("glacier", Field.GENRES)) == {"Heirloom", "Nature"}


def test_another_policy_is_applied_to_what_is_there(world: World) -> None:
    world.scene("glacier", title="Glacier")
    world.plex.person.edit(world.key("glacier"), title="My glacier")
    world.reconcile()
    assert world.value("glacier", Field.TITLE) == "My glacier"
    world.rules = {FILMS: rules(title=Rule(policy=Policy.ENFORCE))}
    world.meaning = "another"

    outcome = world.reconcile()

    assert outcome.sent["stash poll"] == 1
    assert world.value("glacier", Field.TITLE) == "Glacier"


def test_too_many_foreign_values_hold_the_pass_until_it_is_approved(
    world: World,
) -> None:
    world.limits = Limits(overwrites=0.2, overwrites_floor=3)
    for number in range(10):
        world.scene(f"brook-{number}", title=f"Brook {number}")
        key = world.key(f"brook-{number}")
        world.plex.person.edit(key, lock=False, title=f"Somebody's {number}")

    held = world.reconcile()
    again = world.reconcile()

    assert (held.puts, again.puts) == (0, 0)
    assert ": 10 planned, the limit is 3" in held.report.held[0].reasons[0]
    assert "plex items" not in again.sent
    with Ledger(world.state) as ledger:
        approve(ledger, held_passes(ledger))
    assert world.reconcile().puts == 10


def test_another_change_of_a_held_item_does_not_let_it_go(world: World) -> None:
    world.limits = Limits(overwrites=0.0, overwrites_floor=1)
    scenes = [world.scene(f"brook-{n}", title=f"Brook {n}") for n in range(3)]
    for number in range(3):
        key = world.key(f"brook-{number}")
        world.plex.person.edit(key, lock=False, title=f"Somebody's {number}")
    world.reconcile()
    world.later(60)
    world.stash.update_scene(scenes[0], details="Water.")

    outcome = world.reconcile()
    alone = world.reconcile(scenes=frozenset({scenes[1]}))

    assert (outcome.puts, alone.puts) == (0, 0)
    assert len(outcome.report.held) == 1
    assert world.value("brook-0", Field.TITLE) == "Somebody's 0"


def test_scope_of_library_field_and_limit(world: World) -> None:
    for number in range(5):
        world.scene(f"brook-{number}", title=f"Brook {number}", details="Water.")

    some = world.reconcile(limit=2)
    title = world.reconcile(fields=frozenset({Field.TITLE}))
    rest = world.reconcile()

    assert some.puts == 2
    assert {line.field for line in title.lines} == {Field.TITLE}
    assert {line.field for line in rest.lines} == {Field.SUMMARY}
    assert (title.puts, rest.puts) == (3, 3)
