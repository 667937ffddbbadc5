"""What a person asks for by a command: undo, release, claim, take, adopt."""

from dataclasses import replace

import pytest

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.memory import Memory, Reason, Verdict
from reconciler.core.values import Field, Policy, SceneId
from reconciler.engine.conflicts import can_be_taken, find_conflicts
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Release,
    TakePlex,
    TakeStash,
    Undo,
)
from reconciler.engine.status import read_status
from state.ledger import Ledger
from tests.engine.films import everything, furnish
from tests.world import FILMS, World, rules

START = Undo(since=0)


def last_pass(world: World) -> int:
    with Ledger(world.state) as ledger:
        return ledger.passes.last(1)[0].id


def test_undo_from_the_start_leaves_everything_as_it_was(world: World) -> None:
    scenes = furnish(world, 5)
    key = world.key("reel-0002")
    world.plex.person.edit(key, summary="My own words")
    world.plex.person.tag(key, "actor", "Zora Before", lock=False)
    world.plex.person.tag(key, "actor", "Ada Example", lock=False)
    before = everything(world)
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scenes[2], title="Another", tag_ids=(), details="")
    world.reconcile()

    outcome = world.carry_out(START)

    assert everything(world) == before
    assert outcome.report.problems == ()
    assert outcome.report.spared == ()


def test_what_is_undone_stays_until_stash_changes_it(world: World) -> None:
    scene = furnish(world, 1)[0]
    world.reconcile()
    world.carry_out(START)

    assert world.reconcile(is_full=True).puts == 0
    world.later(600)
    world.stash.update_scene(scene, title="Another")
    world.reconcile()

    assert world.value("reel-0000", Field.TITLE) == "Another"
    assert world.value("reel-0000", Field.STUDIO) == ""


def test_undo_spares_what_a_person_changed_since(world: World) -> None:
    world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="My glacier")

    outcome = world.carry_out(START)

    assert world.value("glacier", Field.TITLE) == "My glacier"
    assert world.value("glacier", Field.SUMMARY) == ""
    assert [(line.field, line.old) for line in outcome.report.spared] == [
        (Field.TITLE, "My glacier")
    ]


def test_one_pass_can_be_undone_and_done_again(world: World) -> None:
    tags = [world.stash.create_tag(name) for name in ("Ice", "Snow", "Wind")]
    scene = world.scene("glacier", title="One", tag_ids=(tags[0], tags[1]))
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scene, title="Two", tag_ids=(tags[1], tags[2]))
    world.reconcile()
    second = last_pass(world)

    world.carry_out(Undo(pass_id=second))

    assert world.value("glacier", Field.TITLE) == "One"
    assert set(world.value("glacier", Field.GENRES)) == {"Ice", "Snow"}
    assert "title" in world.item("glacier").locks

    world.carry_out(Undo(pass_id=last_pass(world)))

    assert world.value("glacier", Field.TITLE) == "Two"
    assert set(world.value("glacier", Field.GENRES)) == {"Snow", "Wind"}

    world.carry_out(START)

    assert world.value("glacier", Field.GENRES) == ()
    assert world.item("glacier").locks == frozenset()


def test_a_pass_that_another_wrote_over_is_spared(world: World) -> None:
    scene = world.scene("glacier", title="One")
    world.reconcile()
    first = last_pass(world)
    world.later(600)
    world.stash.update_scene(scene, title="Two")
    world.reconcile()

    outcome = world.carry_out(Undo(pass_id=first))

    assert world.value("glacier", Field.TITLE) == "Two"
    assert [line.reason for line in outcome.report.spared] == [Reason.SPARED]


def test_foreseeing_writes_nothing_and_shows_what_is_done(world: World) -> None:
    furnish(world, 3)
    world.reconcile()
    before = everything(world)

    foreseen = world.foresee(START)

    assert everything(world) == before
    assert foreseen.changes == world.carry_out(START).changes
    assert foreseen.changes


def test_release_hands_back_and_claim_takes_up_again(world: World) -> None:
    scene = world.scene("glacier", title="Glacier", details="Ice.")
    world.reconcile()

    world.carry_out(Release())
    assert world.item("glacier").locks == frozenset()
    assert world.value("glacier", Field.TITLE) == "Glacier"
    world.later(600)
    world.stash.update_scene(scene, title="Another")
    assert world.reconcile().puts == 0
    assert world.reconcile(is_full=True).puts == 0

    world.carry_out(Claim(scenes=frozenset({SceneId(scene)})))

    assert world.value("glacier", Field.TITLE) == "Another"
    assert {"title", "summary"} <= world.item("glacier").locks
    assert world.reconcile().sent == {"stash poll": 1}


def test_what_was_settled_is_not_taken_while_it_is_released() -> None:
    settled = Memory(verdict=Verdict.YIELDED, reason=Reason.SETTLED)

    assert can_be_taken(settled)
    assert not can_be_taken(replace(settled, verdict=Verdict.RELEASED))


def test_what_was_given_up_to_plex_is_not_taken_with_all_others(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="My glacier")
    world.later(60)
    world.reconcile(is_full=True)
    world.carry_out(TakePlex(scenes=frozenset({SceneId(scene)})))

    world.carry_out(TakeStash())
    assert world.value("glacier", Field.TITLE) == "My glacier"

    world.carry_out(TakeStash(scenes=frozenset({SceneId(scene)})))
    assert world.value("glacier", Field.TITLE) == "Glacier"


def conflicts_counted(world: World) -> int:
    with Ledger(world.state) as ledger:
        return read_status(ledger, bool).conflicts


def test_a_veto_is_counted_whatever_is_written_of_the_other_elements(
    world: World,
) -> None:
    """And no more once the element is there again."""
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    scene = world.scene("glacier", tag_ids=(ice, snow))
    world.reconcile()
    world.plex.person.untag(world.key("glacier"), "genre", "Ice")
    world.reconcile(is_full=True)
    assert conflicts_counted(world) == 1
    world.later(600)
    wind = world.stash.create_tag("Wind")
    world.stash.update_scene(scene, tag_ids=(ice, wind))
    world.reconcile()
    assert world.value("glacier", Field.GENRES) == ("Wind",)
    assert conflicts_counted(world) == 1

    world.plex.person.tag(world.key("glacier"), "genre", "Ice")
    world.reconcile(is_full=True)

    assert conflicts_counted(world) == 0


def test_conflicts_are_listed_and_settled(world: World) -> None:
    scene = world.scene("glacier", title="One", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="Mine", summary="My words")
    world.later(600)
    world.stash.update_scene(scene, title="Two", details="Snow.")
    world.reconcile()
    with Ledger(world.state) as ledger:
        found = list(find_conflicts(ledger))
    assert [(c.field, c.stash, c.plex) for c in found] == [
        (Field.SUMMARY, "Snow.", "My words"),
        (Field.TITLE, "Two", "Mine"),
    ]
    assert conflicts_counted(world) == 2

    world.carry_out(TakeStash(fields=frozenset({Field.TITLE})))
    world.carry_out(TakePlex())

    assert world.value("glacier", Field.TITLE) == "Two"
    assert world.value("glacier", Field.SUMMARY) == "My words"
    with Ledger(world.state) as ledger:
        assert list(find_conflicts(ledger)) == []
    assert conflicts_counted(world) == 0
    world.plex.person.edit(world.key("glacier"), summary="My words, again", lock=False)
    world.plex.person.unlock(world.key("glacier"), "summary")
    assert world.reconcile(is_full=True).puts == 0
    world.later(600)
    world.stash.update_scene(scene, details="Wind.")
    world.reconcile()
    assert world.value("glacier", Field.SUMMARY) == "Wind."


def test_a_vetoed_genre_comes_back_when_stash_is_taken(world: World) -> None:
    ice, snow = (world.stash.create_tag(name) for name in ("Ice", "Snow"))
    world.scene("glacier", tag_ids=(ice, snow))
    world.reconcile()
    world.plex.person.untag(world.key("glacier"), "genre", "Ice")
    world.reconcile(is_full=True)
    world.reconcile(is_full=True)
    with Ledger(world.state) as ledger:
        assert [c.reason for c in find_conflicts(ledger)] == [Reason.VETO]

    world.carry_out(TakeStash())

    assert set(world.value("glacier", Field.GENRES)) == {"Ice", "Snow"}


def listed(world: World) -> list[tuple[Field, str]]:
    with Ledger(world.state) as ledger:
        return [(one.field, one.reason) for one in find_conflicts(ledger)]


@pytest.mark.parametrize("is_named", [False, True])
def test_a_veto_is_a_conflict_whatever_stash_says_of_the_rest(
    world: World,
    is_named: bool,  # noqa: FBT001 - a parameter of pytest's
) -> None:
    ice, snow, wind = (world.stash.create_tag(n) for n in ("Ice", "Snow", "Wind"))
    scene = world.scene("glacier", tag_ids=(ice, snow))
    world.reconcile()
    world.plex.person.untag(world.key("glacier"), "genre", "Ice")
    world.reconcile(is_full=True)
    world.later(600)
    world.stash.update_scene(scene, tag_ids=(ice, snow, wind))
    world.reconcile()
    assert listed(world) == [(Field.GENRES, Reason.VETO)]

    world.carry_out(TakeStash(scenes=frozenset({SceneId(scene)}) if is_named else None))

    assert set(world.value("glacier", Field.GENRES)) == {"Ice", "Snow", "Wind"}
    assert listed(world) == []


def test_a_veto_that_was_settled_is_not_listed_again(world: World) -> None:
    """Until Stash changes the set, as it was said."""
    ice, snow, wind = (world.stash.create_tag(n) for n in ("Ice", "Snow", "Wind"))
    scene = world.scene("glacier", tag_ids=(ice, snow))
    world.reconcile()
    world.plex.person.untag(world.key("glacier"), "genre", "Ice")
    world.reconcile(is_full=True)
    world.later(600)
    world.stash.update_scene(scene, tag_ids=(ice, snow, wind))
    world.reconcile()

    world.carry_out(TakePlex())
    world.reconcile(is_full=True)

    assert listed(world) == []
    world.later(600)
    world.stash.update_scene(scene, tag_ids=(ice, wind))
    world.reconcile()
    assert world.value("glacier", Field.GENRES) == ("Wind",)
    assert listed(world) == [(Field.GENRES, Reason.VETO)]


def test_stash_is_taken_over_an_edit_that_no_pass_has_seen(world: World) -> None:
    """Of a scene that is named; what is equal is not written, nor locked."""
    scene = SceneId(world.scene("glacier", title="Glacier", details="Ice."))
    world.plex.person.edit(world.key("glacier"), summary="Ice.", lock=False)
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="My glacier")

    outcome = world.carry_out(TakeStash(scenes=frozenset({scene})))

    assert outcome.puts == 1
    assert world.value("glacier", Field.TITLE) == "Glacier"
    assert "summary" not in world.item("glacier").locks
    assert world.carry_out(TakeStash(scenes=frozenset({scene}))).puts == 0


def test_a_field_that_is_off_is_not_taken(world: World) -> None:
    scene = SceneId(world.scene("glacier", title="Glacier", details="Ice."))
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="Mine", summary="My words")
    world.rules = {FILMS: rules(title=Rule(policy=Policy.OFF))}

    world.carry_out(TakeStash(scenes=frozenset({scene})))

    assert world.value("glacier", Field.TITLE) == "Mine"
    assert world.value("glacier", Field.SUMMARY) == "Ice."


def test_adopt_takes_out_what_stash_knows_and_does_not_want(world: World) -> None:
    ice = world.stash.create_tag("Ice")
    world.stash.create_tag("Old tool's")
    world.scene("glacier", tag_ids=(ice,))
    for name in ("old tool's", "Heirloom"):
        world.plex.person.tag(world.key("glacier"), "genre", name, lock=False)
    before = everything(world)
    world.reconcile()

    world.carry_out(Adopt())

    assert set(world.value("glacier", Field.GENRES)) == {"Ice", "Heirloom"}
    world.carry_out(START)
    assert sorted(world.value("glacier", Field.GENRES)) == ["Heirloom", "old tool's"]
    assert everything(world).keys() == before.keys()


def test_wishes_are_granted_beside_a_held_pass(world: World) -> None:
    """What the brake holds stays held; only what was asked for is delivered."""
    scene = world.scene("glacier", title="One", details="Ice.")
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="Mine")
    world.reconcile(is_full=True)
    world.limits = Limits(removals_floor=0)
    world.later(600)
    world.stash.update_scene(scene, details="")
    assert world.reconcile().report.held

    world.carry_out(TakeStash())

    assert world.value("glacier", Field.TITLE) == "One"
    assert world.value("glacier", Field.SUMMARY) == "Ice."
    assert world.reconcile().report.held
    with Ledger(world.state) as ledger:
        assert ledger.outbox.planned_passes() == [3]


def test_what_cannot_be_done_now_is_done_later(world: World) -> None:
    world.scene("glacier", title="Glacier")
    world.reconcile()
    world.plex.model.token = "another"
    refused = world.carry_out(START)
    assert refused.report.problems

    world.restart()
    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "glacier"
    assert world.reconcile().sent == {"stash poll": 1}


def test_the_last_word_of_a_person_counts(world: World) -> None:
    """Even where neither could be carried out when it was said."""
    scene = SceneId(world.scene("glacier", title="One", details="Ice."))
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="Mine")
    world.reconcile(is_full=True)
    world.is_paused = True
    world.carry_out(TakeStash())
    world.carry_out(TakePlex())
    world.carry_out(Claim())
    world.carry_out(Release())
    world.carry_out(Claim())
    world.is_paused = False

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Mine"
    assert "summary" in world.item("glacier").locks
    world.carry_out(TakeStash(scenes=frozenset({scene})))
    assert world.value("glacier", Field.TITLE) == "One"


def test_what_is_not_there_to_be_undone_is_told(world: World) -> None:
    world.scene("glacier", title="One")
    world.reconcile()

    found = world.carry_out(Undo(pass_id=77)).report.missing
    found += world.carry_out(Release(scenes=frozenset({SceneId(999)}))).report.missing

    assert "there is no pass 77" in found[0]
    assert "scene 999 has no item" in found[1]


def test_a_pass_that_wrote_nothing_is_not_undone_as_if_it_were_none(
    world: World,
) -> None:
    world.scene("glacier", title="One", in_plex=False)
    world.reconcile()
    number = last_pass(world)

    assert world.carry_out(Undo(pass_id=number)).report.missing == (
        f"pass {number} wrote nothing",
    )


def test_a_pass_whose_writes_are_forgotten_says_so(world: World) -> None:
    world.scene("glacier", title="One")
    world.reconcile()
    number = last_pass(world)
    with Ledger(world.state) as ledger:
        assert ledger.journal.prune(world.clock.unix() + 1, 9) == 1

    assert world.carry_out(Undo(pass_id=number)).report.missing == (
        f"what pass {number} wrote is not kept any more",
    )


def test_the_pass_that_wrote_is_the_one_that_is_undone(world: World) -> None:
    """Not the one that planned it, which may be older."""
    for stem in ("glacier", "valley"):
        world.scene(stem, title=stem.title())
    world.reconcile(limit=1)
    world.reconcile()

    world.carry_out(Undo(pass_id=last_pass(world)))

    assert world.value("glacier", Field.TITLE) == "Glacier"
    assert world.value("valley", Field.TITLE) == "valley"
