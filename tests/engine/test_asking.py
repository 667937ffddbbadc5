"""Errands where things are not as they were: moved, contested, lost, half written."""

import pytest

from reconciler.core.desire import Rule
from reconciler.core.memory import Reason
from reconciler.core.values import Field, Policy, SceneId
from reconciler.engine.conflicts import find_conflicts
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Release,
    TakePlex,
    TakeStash,
    Undo,
)
from reconciler.engine.history import Past, read_history
from state.ledger import Ledger
from tests.engine.films import everything, furnish
from tests.engine.test_errands import START, last_pass
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import Fault, Request, What
from tests.world import FILMS, World, rules


def is_put(request: Request) -> bool:
    return request.method == "PUT"


def owed(world: World) -> int:
    with Ledger(world.state) as ledger:
        return sum(ledger.outbox.counts().values())


def written(world: World) -> list[Past]:
    with Ledger(world.state) as ledger:
        return list(read_history(ledger, None, 100))


# undo, and the items are not what they were


def test_an_item_that_was_built_anew_is_not_undone_into_what_it_never_had(
    world: World,
) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    world.plex.person.edit(world.key("glacier"), lock=False, summary="Before")
    world.reconcile()
    world.later(60)
    world.plex.moves.rebuild(world.section)
    fresh = everything(world)

    outcome = world.carry_out(START)

    assert everything(world) == fresh
    assert outcome.puts == 0
    assert outcome.report.problems == ()
    world.reconcile()
    world.reconcile(is_full=True)
    assert everything(world) == fresh


def test_what_a_person_put_on_an_item_that_was_built_anew_is_not_undone(
    world: World,
) -> None:
    """Nothing of ours is on it yet; and nothing comes there once it was undone."""
    ice = world.stash.create_tag("Ice")
    world.scene("glacier", title="Glacier", details="Ice.", tag_ids=(ice,))
    world.reconcile()
    world.later(60)
    world.plex.moves.rebuild(world.section)
    world.plex.person.tag(world.key("glacier"), "genre", "Ice")
    world.is_paused = True
    world.reconcile(is_full=True)
    world.is_paused = False
    fresh = everything(world)

    world.carry_out(START)
    world.reconcile(is_full=True)

    assert everything(world) == fresh


def test_an_item_that_was_built_anew_and_written_again_is_undone(world: World) -> None:
    ice = world.stash.create_tag("Ice")
    world.scene("glacier", title="Glacier", details="Ice.", tag_ids=(ice,))
    world.reconcile()
    world.later(60)
    world.plex.moves.rebuild(world.section)
    fresh = everything(world)
    world.reconcile(is_full=True)
    assert world.value("glacier", Field.TITLE) == "Glacier"

    world.carry_out(START)

    assert everything(world) == fresh


def test_a_moved_file_s_writes_are_undone_where_it_is_now(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(60)
    world.plex.scanner.rename(
        world.section, "/media/films/glacier.mp4", "/media/films/moraine.mp4"
    )

    outcome = world.carry_out(Undo(scenes=frozenset({SceneId(scene)})))

    # nothing shows yet that it is the same film: it is not written
    assert outcome.puts == 0
    assert world.value("moraine", Field.TITLE) == "Glacier"


def test_an_item_that_two_scenes_claim_is_undone_once_they_do_not(
    world: World,
) -> None:
    world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(60)
    rival = world.scene("glacier-wide", in_plex=False, title="Glacier, wide")
    world.plex.scanner.add_version(
        world.key("glacier"), "/media/films/glacier-wide.mp4"
    )
    world.reconcile()

    contested = world.carry_out(START)
    assert contested.puts == 0
    assert contested.report.reasons == {"claimed by several scenes": 1}
    world.later(60)
    world.plex.moves.split(world.key("glacier"))
    world.reconcile(is_full=True)

    assert world.value("glacier", Field.TITLE) == "glacier"
    assert world.value("glacier-wide", Field.TITLE) == "Glacier, wide"
    assert rival in world.stash.scenes


@pytest.mark.parametrize("errand", [START, Undo(pass_id=1)], ids=str)
def test_no_undo_is_asked_of_an_item_that_is_lost(world: World, errand: Undo) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(60)
    world.plex.scanner.remove(world.section, "/media/films/glacier.mp4")
    world.plex.scanner.empty_trash(world.section)
    world.stash.update_scene(scene, title="Glacier, late")
    assert world.reconcile().report.waiting == 1

    outcome = world.carry_out(errand)

    assert outcome.puts == 0
    assert (outcome.report.problems, outcome.report.pass_id) == ((), None)
    assert owed(world) == 0


# undo of part of what was written


def test_undo_since_a_moment_leaves_what_was_written_before(world: World) -> None:
    one, two = furnish(world, 2)
    world.reconcile()
    middle = everything(world)
    world.later(600)
    moment = int(world.moment)
    world.stash.update_scene(one, title="Another", details="", tag_ids=())
    world.stash.update_scene(two, performer_ids=())
    world.reconcile()

    world.carry_out(Undo(since=moment))

    assert everything(world) == middle


def test_undo_of_some_scenes_leaves_the_others(world: World) -> None:
    one, _two = furnish(world, 2)
    before = everything(world)
    world.reconcile()
    written = everything(world)

    world.carry_out(Undo(scenes=frozenset({SceneId(one)})))

    first, second = world.key("reel-0000"), world.key("reel-0001")
    assert everything(world)[first] == before[first]
    assert everything(world)[second] == written[second]


@pytest.mark.parametrize(
    ("is_replacing", "middle"),
    [
        (True, ("Ada Example", "Ben Sample", "Zora Before", "Cleo Unknown")),
        (False, ("Zora Before", "Ada Example", "Cleo Unknown", "Ben Sample")),
    ],
)
def test_actors_are_in_their_order_again(
    world: World, *, is_replacing: bool, middle: tuple[str, ...]
) -> None:
    """As before a pass in the middle where Plex takes an order; as before all ever."""
    world.plex.model.switches = Switches(tags_replace=is_replacing)
    ada, ben, cleo = (
        world.stash.create_performer(name)
        for name in ("Ada Example", "Ben Sample", "Cleo Unknown")
    )
    scene = world.scene("glacier", performer_ids=(ada, ben))
    there = ("Zora Before", "Ada Example")
    world.plex.person.tag(world.key("glacier"), "actor", *there, lock=False)
    before = everything(world)
    world.reconcile()
    for people in ((ada,), (ada, cleo)):
        world.later(600)
        world.stash.update_scene(scene, performer_ids=people)
        world.reconcile()

    world.carry_out(Undo(pass_id=2))
    assert world.value("glacier", Field.ACTORS) == middle
    world.carry_out(START)

    assert everything(world) == before


@pytest.mark.parametrize("errand", [START, Undo(pass_id=1), Undo(since=1)], ids=str)
def test_undo_twice_is_done_once(world: World, errand: Undo) -> None:
    furnish(world, 3)
    before = everything(world)
    world.reconcile()
    world.carry_out(errand)
    assert everything(world) == before

    again = world.carry_out(errand)

    assert again.puts == 0
    assert set(again.sent) <= {"plex items", "plex sections"}
    assert again.report.spared == ()
    assert everything(world) == before
    assert world.reconcile(is_full=True).puts == 0


# writes of which nobody knows what became of them


def test_a_write_without_an_answer_is_undone(world: World) -> None:
    world.scene("glacier", title="Glacier")
    before = everything(world)
    lost = Fault(what=What.RESET_AFTER, matches=is_put)
    world.plex_wire.faults.add(lost)
    world.reconcile()
    assert world.value("glacier", Field.TITLE) == "Glacier"

    world.carry_out(START)
    world.later(3600)
    world.reconcile()

    assert everything(world) == before
    assert owed(world) == 0


def test_an_undo_without_an_answer_is_done_once(world: World) -> None:
    world.scene("glacier", title="Glacier")
    before = everything(world)
    world.reconcile()
    world.plex_wire.faults.add(Fault(what=What.RESET_AFTER, matches=is_put))

    world.carry_out(START)
    world.later(3600)
    outcome = world.reconcile()

    assert everything(world) == before
    assert (outcome.puts, owed(world)) == (0, 0)


def test_an_undo_that_never_arrived_is_done_by_the_next_pass(world: World) -> None:
    world.scene("glacier", title="Glacier")
    before = everything(world)
    world.reconcile()
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_put))

    world.carry_out(START)
    world.later(3600)
    world.reconcile()

    assert everything(world) == before
    assert owed(world) == 0


def test_nothing_is_taken_on_while_a_write_is_open_and_plex_is_away(
    world: World,
) -> None:
    """What the open write leaves to remember would take the place of the wish."""
    scene = world.scene("glacier", title="Glacier")
    before = everything(world)
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, title="Glacier at night")
    world.plex_wire.faults.add(Fault(what=What.RESET_AFTER, matches=is_put))
    world.reconcile()
    world.plex_wire.up = False

    refused = world.carry_out(START)

    assert refused.report.pass_id is None
    assert len(refused.report.problems) == 1
    world.plex_wire.up = True
    world.carry_out(START)
    assert everything(world) == before


# release, claim, take


def test_release_of_one_library_leaves_the_other(world: World) -> None:
    world.scene("glacier", title="Glacier")
    shorts = world.plex.add_section("Shorts", "/media/films")
    world.plex.scanner.scan(shorts)
    world.rules = {FILMS: rules(), "Shorts": rules()}
    world.reconcile()
    other = world.plex.scanner.key_of(shorts, "/media/films/glacier.mp4")

    world.carry_out(Release(library=FILMS))

    assert world.item("glacier").locks == frozenset()
    assert world.plex.snapshot_of(other).locks == {"title"}
    world.carry_out(Release())
    assert world.plex.snapshot_of(other).locks == frozenset()
    world.carry_out(Claim(library=FILMS))
    assert world.item("glacier").locks == {"title"}
    assert world.plex.snapshot_of(other).locks == frozenset()


def test_release_leaves_the_lock_on_what_a_person_has_put_there(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="My glacier")

    world.carry_out(Release())
    assert world.item("glacier").locks == {"title"}
    world.carry_out(Claim())

    assert world.value("glacier", Field.TITLE) == "My glacier"
    assert world.item("glacier").locks == {"title", "summary"}


def test_a_field_that_is_off_is_released_all_the_same(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.rules = {FILMS: rules(title=Rule(policy=Policy.OFF))}

    world.carry_out(Release())

    assert world.item("glacier").locks == frozenset()


def test_a_title_that_stash_does_not_have_is_not_taken(world: World) -> None:
    world.scene("glacier")
    world.plex.person.edit(world.key("glacier"), title="My glacier")
    world.reconcile()

    world.carry_out(TakeStash())

    assert world.value("glacier", Field.TITLE) == "My glacier"


def test_conflicts_are_settled_for_some_scenes_and_fields(world: World) -> None:
    one = world.scene("glacier", title="Glacier", details="Ice.")
    two = world.scene("brook", title="Brook", details="Water.")
    for stem in ("glacier", "brook"):
        world.plex.person.edit(world.key(stem), title="Mine", summary="Mine")
    world.reconcile()
    mine = frozenset({SceneId(one)})

    world.carry_out(TakeStash(scenes=mine, fields=frozenset({Field.TITLE})))
    settled = world.carry_out(TakePlex(scenes=mine))

    assert settled.report.counts == {"settled fields": 1}
    assert world.value("glacier", Field.TITLE) == "Glacier"
    assert world.value("glacier", Field.SUMMARY) == "Mine"
    with Ledger(world.state) as ledger:
        assert {c.scene for c in find_conflicts(ledger)} == {two}


def test_a_veto_is_settled_for_plex_until_stash_changes_it(world: World) -> None:
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    scene = world.scene("glacier", tag_ids=(ice, snow))
    world.reconcile()
    world.plex.person.untag(world.key("glacier"), "genre", "Ice")
    world.reconcile(is_full=True)

    world.carry_out(TakePlex())

    with Ledger(world.state) as ledger:
        assert list(find_conflicts(ledger)) == []
    assert world.reconcile(is_full=True).puts == 0
    world.later(600)
    wind = world.stash.create_tag("Wind")
    world.stash.update_scene(scene, tag_ids=(ice, snow, wind))
    world.reconcile()
    assert set(world.value("glacier", Field.GENRES)) == {"Snow", "Wind"}


# adopt


def test_adopt_leaves_the_item_of_a_scene_that_stash_does_not_have(
    world: World,
) -> None:
    ice = world.stash.create_tag("Ice")
    world.stash.create_tag("Snow")
    scene = world.scene("glacier", tag_ids=(ice,))
    world.plex.person.tag(world.key("glacier"), "genre", "Snow", lock=False)
    world.reconcile()
    world.stash.destroy_scenes(scene)

    outcome = world.carry_out(Adopt(scenes=frozenset({SceneId(scene)})))

    assert set(world.value("glacier", Field.GENRES)) == {"Ice", "Snow"}
    assert f"stash has no scene {scene}" in outcome.report.missing[0]


@pytest.mark.parametrize("errand", [Adopt(), TakeStash(), Claim()], ids=str)
def test_what_depends_on_stash_is_not_asked_for_while_it_is_away(
    world: World, errand: Adopt | TakeStash | Claim
) -> None:
    ice = world.stash.create_tag("Ice")
    world.stash.create_tag("Snow")
    scene = world.scene("glacier", title="Glacier", tag_ids=(ice,))
    world.scene("brook", title="Brook")
    world.plex.person.tag(world.key("glacier"), "genre", "Snow", lock=False)
    world.plex.person.edit(world.key("glacier"), title="Mine")
    world.reconcile()
    world.carry_out(Release(scenes=frozenset({SceneId(scene + 1)})))
    world.stash_wire.up = False
    before = everything(world)

    outcome = world.carry_out(errand)

    assert everything(world) == before
    assert len(outcome.report.problems) == 1
    assert owed(world) == 0


def test_stash_is_taken_as_it_is_now(world: World) -> None:
    scene = world.scene("glacier", title="One")
    world.plex.person.edit(world.key("glacier"), title="Mine")
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, title="Two")

    world.carry_out(TakeStash())

    assert [line.new for line in written(world)] == ["Two"]


def test_a_claim_leaves_what_a_person_wrote_after_stash_changed(world: World) -> None:
    """Though no pass has read in between what Stash said."""
    scene = world.scene("glacier", title="One")
    world.reconcile()
    world.carry_out(Release())
    world.later(600)
    world.stash.update_scene(scene, title="Two")
    world.plex.person.edit(world.key("glacier"), title="Mine")

    world.carry_out(Claim())
    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Mine"
    with Ledger(world.state) as ledger:
        assert [c.reason for c in find_conflicts(ledger)] == [Reason.CONFLICT]


def test_adopt_takes_out_actors_by_the_names_of_performers(world: World) -> None:
    ada = world.stash.create_performer("Ada Example")
    world.stash.create_performer("Ben Sample")
    world.scene("glacier", performer_ids=(ada,))
    world.plex.person.tag(
        world.key("glacier"), "actor", "ben sample", "Cleo Unknown", lock=False
    )
    world.reconcile()

    world.carry_out(Adopt(fields=frozenset({Field.ACTORS})))
    adopting = last_pass(world)

    assert set(world.value("glacier", Field.ACTORS)) == {"Ada Example", "Cleo Unknown"}
    assert world.reconcile(is_full=True).puts == 0
    world.carry_out(Undo(pass_id=adopting))
    assert "ben sample" in world.value("glacier", Field.ACTORS)


def test_adopt_offers_nothing_that_stash_does_not_know(world: World) -> None:
    ice = world.stash.create_tag("Ice")
    world.scene("glacier", tag_ids=(ice,))
    world.plex.person.tag(world.key("glacier"), "genre", "Heirloom", lock=False)
    world.reconcile()

    outcome = world.carry_out(Adopt())

    assert outcome.puts == 0
    assert outcome.report.pass_id is None
    assert set(world.value("glacier", Field.GENRES)) == {"Heirloom", "Ice"}


def test_adopt_leaves_what_is_released_and_what_is_gone(world: World) -> None:
    ice = world.stash.create_tag("Ice")
    world.stash.create_tag("Snow")
    for stem in ("glacier", "brook"):
        world.scene(stem, tag_ids=(ice,))
        world.plex.person.tag(world.key(stem), "genre", "Snow", lock=False)
    world.reconcile()
    world.carry_out(Release())
    world.plex.scanner.remove(world.section, "/media/films/brook.mp4")
    world.plex.scanner.empty_trash(world.section)

    outcome = world.carry_out(Adopt())

    assert outcome.puts == 0
    assert set(world.value("glacier", Field.GENRES)) == {"Ice", "Snow"}
    assert world.reconcile(is_full=True).puts == 0


def test_a_spared_field_is_told_when_it_changes_under_way(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="My glacier")
    world.reconcile(is_full=True)
    world.plex.person.edit(world.key("glacier"), summary="My words")

    outcome = world.carry_out(START)

    spared = {line.field: line.reason for line in outcome.report.spared}
    assert spared == {Field.TITLE: Reason.SPARED, Field.SUMMARY: Reason.SPARED}
    assert world.value("glacier", Field.SUMMARY) == "My words"


def test_what_an_undo_spares_is_not_written_by_what_was_owed_before(
    world: World,
) -> None:
    """We had taken ours back by then, and others have put theirs there."""
    scene = world.scene("glacier", details="Ice.")
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, details="")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), summary="By an agent.", lock=False)
    world.later(600)
    world.stash.update_scene(scene, details="Snow.")
    world.is_paused = True
    world.reconcile()
    world.is_paused = False

    world.carry_out(Undo(since=0))

    assert world.reconcile(is_full=True).puts == 0
    assert world.value("glacier", Field.SUMMARY) == "By an agent."
    world.later(600)
    world.stash.update_scene(scene, details="Snow and ice.")
    world.reconcile()
    assert world.value("glacier", Field.SUMMARY) == "Snow and ice."
