"""The laws of docs/design.md, each asked of the world: what Plex shows, what is owed.

What a crash must not cost (laws 5 and 6) is asked in tests/crash/test_laws.py.
"""

from dataclasses import replace

import pytest

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.match import Mapping
from reconciler.core.values import Field, Policy, SceneId
from reconciler.engine.braking import approve
from reconciler.engine.errands import Claim, Release, TakePlex, TakeStash, Undo
from reconciler.engine.report import PassReport
from reconciler.engine.running import Pass
from state.ledger import Ledger
from tests.engine.films import everything
from tests.sandbox.faults import too_many
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import Fault, Request, Response, What
from tests.world import FILMS, World, rules

FROM_THE_START = Undo(since=0)
DAY = 86400
_NO_ITEMS = Response(
    headers=(("Content-Type", "text/xml"),),
    body=b'<?xml version="1.0"?><MediaContainer size="0" totalSize="0" offset="0"/>',
    kind="listing",
)


def owed(world: World) -> int:
    with Ledger(world.state) as ledger:
        return sum(ledger.outbox.counts().values())


def genres(world: World, stem: str) -> set[str]:
    return set(world.value(stem, Field.GENRES))


def is_put(request: Request) -> bool:
    return request.method == "PUT"


def unlock(world: World, stem: str, name: str) -> None:
    world.plex.person.unlock(world.key(stem), name)


def refresh(world: World, stem: str, **values: str) -> None:
    """Let Plex itself take a value that nobody has locked."""
    world.plex.person.edit(world.key(stem), lock=False, **values)


# 1: nothing is missed


def test_law_1_an_item_found_anew_is_written_anew(world: World) -> None:
    scene = world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.later(600)
    world.plex.moves.rebuild(world.section)
    world.stash.update_scene(scene, title="Glacier, late")

    world.reconcile()  # the old item is gone: the scene waits
    world.reconcile()  # and has the new one

    assert world.value("glacier", Field.TITLE) == "Glacier, late"
    assert world.value("glacier", Field.SUMMARY) == "Ice."


def test_law_1_a_dead_item_does_not_cost_its_neighbours(world: World) -> None:
    world.plex.model.switches = Switches(batch_read_all_or_404=True)
    scenes = [world.scene(stem, title="One") for stem in ("brook", "glacier", "tarn")]
    world.reconcile()
    world.later(600)
    world.plex.scanner.remove(world.section, "/media/films/glacier.mp4")
    world.plex.scanner.empty_trash(world.section)
    for scene in scenes:
        world.stash.update_scene(scene, title="Two")

    world.reconcile()

    assert world.value("brook", Field.TITLE) == "Two"
    assert world.value("tarn", Field.TITLE) == "Two"


def test_law_1_two_edits_in_one_second_both_arrive(world: World) -> None:
    scene = world.scene("glacier", title="One")
    world.reconcile()
    world.stash.update_scene(scene, title="Two")

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Two"


def test_law_1_a_write_that_plex_drops_is_made_later(world: World) -> None:
    world.scene("glacier", title="Glacier")
    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=is_put))
    world.reconcile()
    world.later(3600)

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier"


def test_law_1_a_pass_over_one_field_leaves_the_others_owed(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")

    world.reconcile(fields=frozenset({Field.TITLE}))
    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier"
    assert world.value("glacier", Field.SUMMARY) == "Ice."


def test_law_1_what_stash_empties_goes_back_to_what_was_there(world: World) -> None:
    scene = world.scene("glacier", title="Glacier", details="Ice.")
    refresh(world, "glacier", summary="Somebody's words")
    world.reconcile()
    assert world.value("glacier", Field.SUMMARY) == "Ice."
    world.later(600)
    world.stash.update_scene(scene, details="")

    world.reconcile()

    assert world.value("glacier", Field.SUMMARY) == "Somebody's words"
    assert "summary" not in world.item("glacier").locks


# 2: quiet is free


def test_law_2_an_item_that_is_gone_is_not_asked_for_again(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(600)
    world.plex.scanner.remove(world.section, "/media/films/glacier.mp4")
    world.plex.scanner.empty_trash(world.section)
    world.stash.update_scene(scene, title="Glacier, late")
    world.reconcile()
    world.later(600)
    world.reconcile()

    assert dict(world.reconcile().sent) == {"stash poll": 1, "plex sections": 1}
    assert owed(world) == 0


@pytest.mark.parametrize("policy", [Policy.PUSH, Policy.ENFORCE])
def test_law_2_plexs_own_form_of_a_value_is_not_written_again(
    world: World, policy: Policy
) -> None:
    world.plex.model.switches = replace(Switches(), newlines_become_spaces=True)
    world.rules = {FILMS: rules(summary=Rule(policy=policy))}
    world.scene("glacier", details="Ice.\nSnow.")

    first = world.reconcile()
    world.later(3600)
    second = world.reconcile(is_full=True)

    assert (first.puts, second.puts, owed(world)) == (1, 0, 0)
    assert world.value("glacier", Field.SUMMARY) == "Ice. Snow."


def test_law_2_a_clock_of_stash_that_was_set_back_is_quiet_again(
    world: World,
) -> None:
    world.stash_ahead = 30 * DAY
    world.scene("glacier", title="Glacier")
    world.reconcile()
    world.stash_ahead = 0.0
    world.reconcile()
    world.later(600)
    world.reconcile()

    assert dict(world.reconcile().sent) == {"stash poll": 1}


def test_law_2_a_server_that_asks_for_time_is_given_it(world: World) -> None:
    world.scene("glacier", title="Glacier")
    busy = Fault(what=What.ANSWERED, matches=is_put, answer=too_many(3600))
    world.plex_wire.faults.add(busy)
    world.reconcile()
    world.later(3500)

    early = world.reconcile()
    world.later(120)
    late = world.reconcile()

    assert (early.puts, late.puts) == (0, 1)


def test_law_2_what_others_take_time_and_again_is_left_to_them(world: World) -> None:
    world.rules = {FILMS: rules(summary=Rule(policy=Policy.ENFORCE))}
    world.scene("glacier", details="Ice.")
    world.reconcile()
    for _ in range(4):
        world.later(600)
        refresh(world, "glacier", summary="Another tool's words")
        world.reconcile(is_full=True)

    assert world.value("glacier", Field.SUMMARY) == "Another tool's words"


# 3: only what is ours


def test_law_3_a_genre_that_was_there_before_us_stays(world: World) -> None:
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    scene = world.scene("glacier", tag_ids=(ice, snow))
    world.plex.person.tag(world.key("glacier"), "genre", "Ice", lock=False)
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, tag_ids=())

    world.reconcile()

    assert genres(world, "glacier") == {"Ice"}


@pytest.mark.parametrize("replaces", [False, True])
def test_law_3_genres_of_others_outlive_ours(world: World, replaces: bool) -> None:  # noqa: FBT001 - a parameter's value
    world.plex.model.switches = Switches(tags_replace=replaces)
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    scene = world.scene("glacier", tag_ids=(ice, snow))
    world.plex.person.tag(world.key("glacier"), "genre", "Heirloom", lock=False)
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, tag_ids=(ice,))

    world.reconcile()

    assert genres(world, "glacier") == {"Heirloom", "Ice"}


def test_law_3_a_genre_that_a_person_took_out_stays_out(world: World) -> None:
    tags = [world.stash.create_tag(name) for name in ("Ice", "Snow", "Wind")]
    scene = world.scene("glacier", tag_ids=tuple(tags[:2]))
    world.reconcile()
    world.plex.person.untag(world.key("glacier"), "genre", "Snow")
    world.reconcile(is_full=True)
    world.later(600)
    world.stash.update_scene(scene, tag_ids=tuple(tags))

    world.reconcile()

    assert genres(world, "glacier") == {"Ice", "Wind"}


def test_law_3_a_veto_outlives_a_rebuild_that_a_full_pass_finds(world: World) -> None:
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    world.scene("glacier", tag_ids=(ice, snow))
    world.reconcile()
    world.plex.person.untag(world.key("glacier"), "genre", "Snow")
    world.reconcile(is_full=True)
    world.plex.moves.rebuild(world.section)
    world.later(600)

    world.reconcile(is_full=True)

    assert genres(world, "glacier") == {"Ice"}


def test_law_3_what_a_person_put_on_a_rebuilt_item_is_the_persons(
    world: World,
) -> None:
    ice = world.stash.create_tag("Ice")
    scene = world.scene("glacier", tag_ids=(ice,))
    world.reconcile()
    world.plex.moves.rebuild(world.section)
    world.plex.person.tag(world.key("glacier"), "genre", "Ice", lock=False)
    world.later(600)
    world.stash.update_scene(scene, title="Glacier")
    world.reconcile()  # the old item is gone: the scene waits
    world.reconcile()  # and has the new one
    world.later(600)
    world.stash.update_scene(scene, tag_ids=())

    world.reconcile()

    assert genres(world, "glacier") == {"Ice"}


def test_law_3_nothing_is_blanked_at_first_contact(world: World) -> None:
    world.scene("glacier", title="Glacier")
    key = world.key("glacier")
    refresh(world, "glacier", summary="Words", studio="Meadow Films")
    world.plex.person.tag(key, "genre", "Heirloom", lock=False)

    world.reconcile()
    world.reconcile(is_full=True)

    item = world.item("glacier")
    assert (item.values["summary"], item.values["studio"]) == ("Words", "Meadow Films")
    assert genres(world, "glacier") == {"Heirloom"}
    assert item.locks == {"title"}


def test_law_3_nothing_is_blanked_that_stash_emptied_before_it_was_written(
    world: World,
) -> None:
    scene = world.scene("glacier", title="Glacier", details="Ice.")
    refresh(world, "glacier", summary="Words")
    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=is_put))
    world.reconcile()
    world.later(3600)
    world.stash.update_scene(scene, details="")

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier"
    assert world.value("glacier", Field.SUMMARY) == "Words"


def test_law_3_a_lock_that_a_person_took_off_stays_off(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    unlock(world, "glacier", "summary")
    refresh(world, "glacier", summary="Words")

    world.reconcile(is_full=True)
    world.reconcile(is_full=True)

    assert world.value("glacier", Field.SUMMARY) == "Words"
    assert world.item("glacier").locks == {"title"}


def test_law_3_a_good_title_is_neither_replaced_nor_locked_by_a_files_name(
    world: World,
) -> None:
    world.scene("glacier", details="Ice.")
    world.scene("brook", details="Water.")
    refresh(world, "glacier", title="A good title")

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "A good title"
    assert "title" not in world.item("glacier").locks
    assert "title" not in world.item("brook").locks


def test_law_3_release_leaves_every_value_as_it_is(world: World) -> None:
    scene = world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="My glacier")
    world.later(600)
    world.stash.update_scene(scene, details="Snow.")
    world.reconcile(limit=0)  # what stash says now is known, and still owed
    before = world.item("glacier").values

    world.carry_out(Release())

    assert world.item("glacier").values == before
    assert "summary" not in world.item("glacier").locks


def test_law_3_release_leaves_a_lock_that_was_there_before_us(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    world.plex.person.edit(world.key("glacier"), summary="My words")
    world.reconcile()

    world.carry_out(Release())

    assert world.item("glacier").locks == {"summary"}


def test_law_3_what_was_given_to_plex_stays_given(world: World) -> None:
    scene = world.scene("glacier", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), summary="My words")
    world.later(600)
    world.stash.update_scene(scene, details="Snow.")
    world.reconcile()
    world.carry_out(TakePlex())
    world.reconcile(is_full=True)
    unlock(world, "glacier", "summary")
    world.reconcile(is_full=True)
    refresh(world, "glacier", summary="Words of an agent")

    world.reconcile(is_full=True)

    assert world.value("glacier", Field.SUMMARY) == "Words of an agent"


# 4: plan shows what reconcile does


def test_law_4_plan_shows_what_was_let_go_before_and_is_still_owed(
    world: World,
) -> None:
    world.scene("glacier", title="Glacier")
    world.scene("brook", title="Brook")
    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=is_put))
    world.reconcile()
    world.later(3600)

    planned = world.plan()

    assert planned.changes
    assert planned.changes == world.reconcile().changes


def test_law_4_plan_leaves_out_what_waits_for_an_unclear_write(world: World) -> None:
    scene = world.scene("glacier", title="One")
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_put))
    world.reconcile()
    world.stash.update_scene(scene, title="Two")

    planned = world.plan()

    assert planned.changes == world.reconcile().changes == set()


def test_law_4_plan_of_one_item_foresees_what_the_brake_makes_of_all(
    world: World,
) -> None:
    world.limits = Limits(overwrites=0.0, overwrites_floor=2)
    foreign(world, 3)

    planned = world.plan(limit=1).report.held

    assert planned
    assert planned == world.reconcile(limit=1).report.held


def test_law_4_plan_counts_what_would_be_let_go_before(world: World) -> None:
    """Two passes are planned: an errand has read the one scene, and judges nothing."""
    names = ("Nature", "Winter")
    tags = [world.stash.create_tag(name) for name in names]
    scenes = [
        world.scene(f"brook-{number}", tag_ids=(tag,))
        for number, tag in enumerate(tags)
    ]
    world.reconcile()
    world.later(2 * DAY)
    world.limits = Limits(removals=0.0, removals_floor=1)
    for scene in scenes:
        world.stash.update_scene(scene, tag_ids=())
    world.carry_out(Claim(scenes=frozenset({SceneId(scenes[0])})))

    planned = world.plan()

    assert planned.report.held
    assert planned.report.held == world.reconcile().report.held


# 6: the watermark never passes what is not recorded


def test_law_6_one_stamp_of_the_future_hides_nothing(world: World) -> None:
    scene = world.scene("glacier", title="One")
    other = world.scene("brook", title="Brook")
    world.later(30 * DAY)
    world.stash.update_scene(other, title="From the future")
    world.later(-30 * DAY)
    world.reconcile()
    world.later(5 * DAY)
    world.stash.update_scene(scene, title="Two")

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Two"


# 7: newest wins at rest


def test_law_7_what_stash_says_while_a_write_is_under_way_is_still_owed(
    world: World,
) -> None:
    scene = world.scene("glacier", title="One")

    def speak(_seconds: float) -> None:
        world.stash.update_scene(scene, title="Two")
        observe(world)

    world.plex_wire._sleep = speak
    slow = Fault(what=What.SLOW_AFTER, matches=is_put, seconds=1.0)
    world.plex_wire.faults.add(slow)

    world.reconcile()
    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Two"


def observe(world: World) -> None:
    """Record what Stash has, as a pass does, in the ledger that is open."""

    def run(one: Pass) -> PassReport:
        one.observe()
        return one._report()

    ledger = Ledger._open
    assert ledger is not None
    world._run(ledger, run, {})


def test_law_7_a_write_without_an_answer_is_ours_once_it_is_seen(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    before = everything(world)
    world.plex_wire.faults.add(Fault(what=What.RESET_AFTER, matches=is_put))
    world.reconcile()
    world.later(3600)
    world.reconcile()
    assert owed(world) == 0

    world.carry_out(FROM_THE_START)

    assert everything(world) == before


def test_law_7_a_lost_write_is_made_though_others_wrote_meanwhile(
    world: World,
) -> None:
    ice = world.stash.create_tag("Ice")
    world.scene("glacier", tag_ids=(ice,))
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_put))
    world.reconcile()
    world.plex.person.tag(world.key("glacier"), "genre", "Heirloom", lock=False)
    world.later(600)

    world.reconcile()
    world.reconcile(is_full=True)

    assert genres(world, "glacier") == {"Heirloom", "Ice"}


def test_law_7_a_late_write_never_lands_on_a_newer_one(world: World) -> None:
    scene = world.scene("glacier", title="One")
    world.plex_wire.faults.add(Fault(what=What.SLOW_BEFORE, matches=is_put))
    world.reconcile()
    world.later(5)
    world.stash.update_scene(scene, title="Two")
    assert world.reconcile().puts == 0
    assert world.reconcile(is_full=True).puts == 0
    world.later(20)
    assert world.plex_wire.faults.release() == 1
    assert world.value("glacier", Field.TITLE) == "One"

    for is_full in (False, True):
        world.later(60)
        world.reconcile(is_full=is_full)

        assert world.value("glacier", Field.TITLE) == "Two"
    assert owed(world) == 0


def test_law_7_a_write_that_cannot_land_any_more_holds_nothing_up(
    world: World,
) -> None:
    scene = world.scene("glacier", title="One")
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_put))
    world.reconcile()
    world.later(5)
    world.stash.update_scene(scene, title="Two")
    assert world.reconcile().puts == 0
    world.later(60)

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Two"
    assert owed(world) == 0


def test_law_7_a_command_waits_until_it_is_known_what_a_write_came_to(
    world: World,
) -> None:
    world.scene("glacier", title="Glacier")
    before = everything(world)
    world.plex_wire.faults.add(Fault(what=What.SLOW_BEFORE, matches=is_put))
    world.reconcile()

    world.later(20)
    foreseen = world.foresee(FROM_THE_START)
    refused = world.carry_out(FROM_THE_START)
    world.plex_wire.faults.release()
    why = (
        "what was last written to plex of scene 1 may still land, so nothing is done:"
        " ask again in 40 seconds"
    )
    assert (foreseen.report.notes, foreseen.report.problems) == ((why,), ())
    assert why in refused.report.problems
    assert world.value("glacier", Field.TITLE) == "Glacier"
    world.carry_out(FROM_THE_START)

    assert everything(world) == before


# 8: absence is proved


def test_law_8_an_empty_listing_unbinds_nothing(world: World) -> None:
    scenes = [world.scene(f"brook-{n}", title=f"Brook {n}") for n in range(25)]
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scenes[0], title="Brook in spring")
    empty = Fault(what=What.ANSWERED, matches=_is_listing, answer=_NO_ITEMS)
    world.plex_wire.faults.add(empty)

    world.reconcile(is_full=True)
    world.plex_wire.faults.clear()
    world.reconcile()

    assert world.value("brook-0", Field.TITLE) == "Brook in spring"


def _is_listing(request: Request) -> bool:
    return request.path.endswith("/all") and request.method == "GET"


def test_law_8_a_listing_of_what_changed_proves_no_absence(world: World) -> None:
    scenes = [world.scene(f"brook-{n}", title=f"Brook {n}") for n in range(3)]
    for stem in ("glacier", "moraine"):
        world.scene(stem, in_plex=False, title="Late")
    world.reconcile()
    for stem in ("glacier", "moraine"):
        world.later(3600)
        world.plex.add(world.section, f"/media/films/{stem}.mp4")
        world.reconcile()
    world.later(600)
    world.stash.update_scene(scenes[0], title="Brook in spring")

    world.reconcile()

    assert world.value("brook-0", Field.TITLE) == "Brook in spring"


# 9: the right item


def test_law_9_an_item_that_two_scenes_claim_is_not_written(world: World) -> None:
    world.scene("glacier", title="Glacier")
    world.scene("glacier-wide", in_plex=False, title="Glacier, wide")
    world.plex.scanner.add_version(
        world.key("glacier"), "/media/films/glacier-wide.mp4"
    )

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "glacier"


def test_law_9_an_item_that_plex_has_merged_with_another_is_not_written(
    world: World,
) -> None:
    """Though nothing but the read before the PUT tells of it yet."""
    scene = merged(world)
    world.stash.update_scene(scene, title="Glacier, late")

    outcome = world.reconcile()

    assert outcome.puts == 0
    assert world.value("glacier", Field.TITLE) == "Glacier"


@pytest.mark.parametrize("is_listed", [False, True])
def test_law_1_items_that_plex_splits_again_are_each_written(
    world: World,
    is_listed: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    scene = merged(world)
    world.stash.update_scene(scene, title="Glacier, late")
    world.stash.update_scene(scene + 1, title="Tarn, late")
    assert world.reconcile(is_full=is_listed).puts == 0
    world.later(600)
    world.plex.moves.split(world.key("glacier"))

    for _ in range(3):
        world.later(600)
        world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier, late"
    assert world.value("tarn", Field.TITLE) == "Tarn, late"


def merged(world: World) -> int:
    """Have two scenes, "glacier" and "tarn", whose items Plex has made one."""
    scene = world.scene("glacier", title="Glacier")
    world.scene("tarn", title="Tarn")
    world.reconcile()
    world.later(600)
    world.plex.moves.merge(world.key("glacier"), [world.key("tarn")])
    return scene


def test_law_9_an_item_that_holds_another_file_now_is_not_written(
    world: World,
) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(600)
    old, new = (f"/media/films/{stem}.mp4" for stem in ("glacier", "moraine"))
    world.plex.scanner.rename(world.section, old, new)
    world.stash.update_scene(scene, title="Glacier, late")

    world.reconcile()

    assert world.value("moraine", Field.TITLE) == "Glacier"


def test_law_9_a_folder_maps_no_folder_whose_name_begins_alike(world: World) -> None:
    world.mappings = (
        *world.mappings,
        Mapping(stash="/data/films/ice", plex="/media/films/snow"),
    )
    world.scene("iceberg", title="Iceberg")
    world.plex.add(world.section, "/media/films/snowberg.mp4")

    world.reconcile()

    assert world.value("iceberg", Field.TITLE) == "Iceberg"
    assert world.value("snowberg", Field.TITLE) == "snowberg"


def test_law_9_what_a_person_writes_while_others_are_delivered_stands(
    world: World,
) -> None:
    for number in range(3):
        world.scene(f"brook-{number}", title=f"Brook {number}")

    def write(seconds: float) -> None:
        world.later(seconds)
        if world.value("brook-2", Field.TITLE) != "My brook":
            world.plex.person.edit(world.key("brook-2"), title="My brook")

    world.plex_wire._sleep = write
    slow = Fault(what=What.SLOW_AFTER, matches=is_put, times=2, seconds=20.0)
    world.plex_wire.faults.add(slow)

    world.reconcile()

    assert world.value("brook-2", Field.TITLE) == "My brook"


# 10: undo restores


@pytest.mark.parametrize("replaces", [False, True])
def test_law_10_undo_restores_values_locks_elements_and_their_order(
    world: World,
    replaces: bool,  # noqa: FBT001 - a parameter's value
) -> None:
    world.plex.model.switches = Switches(tags_replace=replaces)
    names = ("Ada Example", "Ben Sample", "Cleo Placeholder")
    people = [world.stash.create_performer(name) for name in names]
    tags = [world.stash.create_tag(name) for name in ("Ice", "Snow")]
    scene = world.scene(
        "glacier", details="Ice.", tag_ids=tuple(tags), performer_ids=tuple(people)
    )
    key = world.key("glacier")
    refresh(world, "glacier", summary="Words")
    world.plex.person.tag(key, "actor", "Zora Before", "Ben Sample", lock=False)
    before = everything(world)
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, details="Snow.", tag_ids=(tags[1],))
    world.reconcile()

    world.carry_out(FROM_THE_START)

    assert everything(world) == before


def test_law_10_undo_spares_what_a_person_has_changed_since(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="My glacier")

    world.carry_out(FROM_THE_START)

    assert world.value("glacier", Field.TITLE) == "My glacier"
    assert world.value("glacier", Field.SUMMARY) == ""


def test_law_10_undo_spares_what_others_have_added_since(world: World) -> None:
    ice = world.stash.create_tag("Ice")
    world.scene("glacier", tag_ids=(ice,))
    world.reconcile()
    world.plex.person.tag(world.key("glacier"), "genre", "Heirloom", lock=False)

    world.carry_out(FROM_THE_START)

    assert genres(world, "glacier") == {"Heirloom"}


def test_law_10_undo_leaves_a_rebuilt_item_as_it_came(world: World) -> None:
    """What was there before the first item was written is nothing to the second."""
    world.scene("glacier", title="Glacier", details="Ice.")
    refresh(world, "glacier", title="Glacier, a film")
    world.reconcile()
    world.later(600)
    world.plex.moves.rebuild(world.section)
    refresh(world, "glacier", title="Another film", summary="Ice.")
    before = everything(world)
    world.reconcile(is_full=True)
    assert world.value("glacier", Field.TITLE) == "Glacier"

    world.carry_out(FROM_THE_START)

    assert everything(world) == before


def test_law_10_undo_takes_nothing_from_what_has_come_in_the_items_place(
    world: World,
) -> None:
    ice = world.stash.create_tag("Ice")
    world.scene("glacier", title="Glacier", tag_ids=(ice,))
    world.reconcile()
    world.later(600)
    world.plex_wire.faults.add(Fault(what=What.RESET_BEFORE, matches=is_put))
    world.carry_out(FROM_THE_START)
    world.plex.moves.rebuild(world.section)
    key = world.key("glacier")
    world.plex.person.tag(key, "genre", "Ice", lock=False)
    refresh(world, "glacier", title="Glacier")
    before = everything(world)

    for _ in range(3):
        world.later(600)
        world.reconcile(is_full=True)

    assert everything(world) == before


def test_law_10_undo_of_one_pass_leaves_what_went_before_it(world: World) -> None:
    tags = [world.stash.create_tag(name) for name in ("Ice", "Snow", "Wind")]
    scene = world.scene("glacier", title="One", tag_ids=tuple(tags[:2]))
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, title="Two", tag_ids=tuple(tags[1:]))
    number = world.reconcile().report.pass_id

    world.carry_out(Undo(pass_id=number))

    assert world.value("glacier", Field.TITLE) == "One"
    assert genres(world, "glacier") == {"Ice", "Snow"}
    assert world.item("glacier").locks == {"title", "genre"}


def test_law_10_an_older_pass_can_be_undone_as_well(world: World) -> None:
    world.scene("glacier", title="Glacier")
    number = world.reconcile().report.pass_id
    world.later(30 * DAY)
    world.scene("brook", title="Brook")
    world.reconcile()

    world.carry_out(Undo(pass_id=number))

    assert world.value("glacier", Field.TITLE) == "glacier"
    assert world.value("brook", Field.TITLE) == "Brook"


# the brake: a refusal before writing


def foreign(world: World, count: int, first: int = 0) -> list[int]:
    """Make scenes whose items have summaries that are not ours."""
    scenes = []
    for number in range(first, first + count):
        scenes.append(world.scene(f"brook-{number}", details=f"Brook {number}"))
        refresh(world, f"brook-{number}", summary=f"Somebody's {number}")
    return scenes


def untouched(world: World) -> int:
    return sum(
        item.values.get("summary", "").startswith("Somebody's")
        for item in world.plex.snapshot().values()
    )


def test_the_brake_holds_a_pass_as_a_whole(world: World) -> None:
    world.limits = Limits(overwrites=0.0, overwrites_floor=60)
    foreign(world, 70)

    outcome = world.reconcile()
    again = world.reconcile()

    assert outcome.report.held
    assert (again.puts, untouched(world)) == (0, 70)


def test_the_brake_holds_what_is_too_much_with_the_last_days_writes(
    world: World,
) -> None:
    world.limits = Limits(overwrites=0.0, overwrites_floor=5)
    foreign(world, 4)
    world.reconcile()
    world.later(23 * 3600)
    foreign(world, 4, first=4)

    outcome = world.reconcile()

    assert outcome.report.held
    assert untouched(world) == 4


def test_the_brake_holds_what_is_too_much_with_what_is_let_go(world: World) -> None:
    world.limits = Limits(overwrites=0.0, overwrites_floor=5)
    foreign(world, 4)
    world.reconcile(limit=0)
    foreign(world, 4, first=4)

    outcome = world.reconcile()

    assert outcome.report.held
    assert untouched(world) == 4


def test_the_brake_does_not_count_what_a_person_approved(world: World) -> None:
    world.limits = Limits(overwrites=0.0, overwrites_floor=5)
    foreign(world, 6)
    world.reconcile()
    with Ledger(world.state) as ledger:
        approve(ledger, ledger.outbox.planned_passes())
    world.reconcile()
    foreign(world, 4, first=6)

    outcome = world.reconcile()

    assert outcome.report.held == ()
    assert untouched(world) == 0


def test_the_brake_counts_an_entity_once(world: World) -> None:
    world.limits = Limits(removals=0.0, removals_floor=3)
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    scenes = [world.scene(f"brook-{n}", tag_ids=(ice, snow)) for n in range(6)]
    world.reconcile()
    world.later(600)
    for scene in scenes:
        world.stash.update_scene(scene, tag_ids=(snow,))

    outcome = world.reconcile()

    assert outcome.report.held == ()
    assert all(genres(world, f"brook-{n}") == {"Snow"} for n in range(6))


def test_the_brake_stops_at_the_first_that_comes_out_otherwise(world: World) -> None:
    """What a changed configuration owes is proved on one item before the rest."""
    foreign(world, 8)
    world.rules = {FILMS: rules(summary=Rule(policy=Policy.FILL))}
    world.reconcile()
    assert untouched(world) == 8
    world.rules = {FILMS: rules(summary=Rule(policy=Policy.ENFORCE))}
    world.meaning = "another"
    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=is_put))

    world.reconcile()
    world.later(3600)
    world.reconcile()

    assert untouched(world) == 8


def test_the_brake_forgets_what_was_written_longer_than_a_day_ago(
    world: World,
) -> None:
    world.limits = Limits(overwrites=0.0, overwrites_floor=5)
    foreign(world, 4)
    world.reconcile()
    world.later(DAY + 60)
    foreign(world, 4, first=4)

    outcome = world.reconcile()

    assert outcome.report.held == ()
    assert untouched(world) == 0


def test_the_brake_does_not_hold_what_stash_has_taken_back(world: World) -> None:
    scenes = [world.scene(f"brook-{n}", details="Water.") for n in range(3)]
    world.reconcile()
    world.limits = Limits(removals=0.0, removals_floor=1)
    world.later(600)
    for scene in scenes:
        world.stash.update_scene(scene, details="")
    assert world.reconcile().report.held
    world.later(600)
    for scene in scenes:
        world.stash.update_scene(scene, details="Water.")

    outcome = world.reconcile()

    assert outcome.report.held == ()
    assert owed(world) == 0


def test_the_brake_holds_the_rest_of_what_a_person_asks_a_part_of(
    world: World,
) -> None:
    scene = world.scene("glacier", title="One", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="Mine")
    world.reconcile(is_full=True)
    world.limits = Limits(removals_floor=0)
    world.later(600)
    world.stash.update_scene(scene, details="")
    assert world.reconcile().report.held

    world.carry_out(TakeStash())
    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "One"
    assert world.value("glacier", Field.SUMMARY) == "Ice."
