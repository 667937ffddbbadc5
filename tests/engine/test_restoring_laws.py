"""A state that was put back: nothing wrong is written, and no person's edit is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.values import Field, SceneId
from reconciler.engine.errands import Release, TakePlex, TakeStash, Undo
from reconciler.engine.status import held_passes
from state.backups import Backups
from state.ledger import Ledger
from state.records import Stage
from state.recovery import begin_anew, recover, restore
from tests.crash.boundaries import Crash, count_only, crash_at, watched
from tests.engine.films import everything, furnish
from tests.faults.catalogue import is_put
from tests.sandbox.faults import Fault, What
from tests.sandbox.plex.state import Maintenance
from tests.world import FILMS, World, rules

UNLOCKED = {FILMS: rules(**{name.value: Rule(lock=False) for name in Field})}
COUNT = 6


def backups(world: World) -> Backups:
    return Backups(world.state, world.folder / "backups")


def back_up(world: World) -> None:
    backups(world).make(world.clock.now())


def put_back(world: World) -> None:
    """Lose all that was learnt since the newest backup."""
    restore(backups(world), None, now=world.clock.now(), mounts=lambda: "")
    world.restart()


def lose(world: World) -> None:
    """Lose all that was ever learnt."""
    for file in world.folder.glob("plexsync.db*"):
        file.write_bytes(b"")
    done = recover(
        Backups(world.state, world.folder / "none"),
        now=world.clock.now(),
        command="run",
        mounts=lambda: "",
    )
    assert done is not None
    world.restart()


@pytest.fixture
def films(world: World) -> World:
    """Return a library in which all is as Stash says, and a backup of its state."""
    furnish(world, COUNT)
    at_rest(world)
    back_up(world)
    return world


def at_rest(world: World) -> None:
    for _ in range(2):
        world.later(600)
        world.reconcile()


def rename(world: World, scene: int, title: str) -> None:
    world.later(600)
    world.stash.update_scene(scene, title=title)


def caught_up(world: World) -> tuple[int, tuple[int, ...]]:
    """Make the pass that catches up; tell what it wrote, and what is held."""
    before, sent = everything(world), world.requests["plex put"]
    world.reconcile()
    with Ledger(world.state) as ledger:
        held = held_passes(ledger)
        assert ledger.restorations.standing() is None
    assert everything(world) == before
    return world.requests["plex put"] - sent, held


def test_a_state_that_was_put_back_at_once_has_nothing_to_do(films: World) -> None:
    """But for one look at every item."""
    put_back(films)

    assert caught_up(films) == (0, ())

    with Ledger(films.state) as ledger:
        assert ledger.outbox.counts() == {}
    at_rest_ = films.state.read_bytes()
    films.later(600)
    assert dict(films.reconcile().sent) == {"stash poll": 1}
    assert films.state.read_bytes() == at_rest_


def test_what_was_delivered_since_is_known_again_and_still_ours(films: World) -> None:
    first = films.item("reel-0000").values["summary"]
    rename(films, 1, "Reel zero")
    at_rest(films)

    put_back(films)
    assert caught_up(films) == (0, ())

    rename(films, 1, "Reel zero, again")
    assert films.reconcile().puts == 1
    assert films.value("reel-0000", Field.TITLE) == "Reel zero, again"
    films.carry_out(Undo(since=0))
    assert films.value("reel-0000", Field.TITLE) == "reel-0000"
    assert films.item("reel-0000").values.get("summary", "") != first
    assert films.item("reel-0000").locks == frozenset()


def test_what_was_not_delivered_yet_waits_for_a_person(films: World) -> None:
    """It cannot be told from what was delivered, and put back by somebody."""
    rename(films, 1, "Reel zero")
    put_back(films)

    puts, held = caught_up(films)

    assert puts == 0
    with Ledger(films.state) as ledger:
        (reasons,) = (ledger.passes.held()[number].reasons for number in held)
    (reason,) = reasons
    assert reason == (
        "the state was put back to that of 2026-03-01 12:20 UTC, and what persons have"
        " undone since is not known: items that would be written: 1, the limit is 0"
    )
    films.approve()
    films.reconcile()
    assert films.value("reel-0000", Field.TITLE) == "Reel zero"
    assert films.reconcile().puts == 0


def test_what_is_held_keeps_nothing_else_from_arriving(films: World) -> None:
    rename(films, 1, "Reel zero")
    put_back(films)
    caught_up(films)

    rename(films, 2, "Reel one")
    rename(films, 1, "Reel zero, again")
    films.reconcile()

    assert films.value("reel-0001", Field.TITLE) == "Reel one"
    assert films.value("reel-0000", Field.TITLE) == "Reel 0"
    films.approve()
    films.reconcile()
    assert films.value("reel-0000", Field.TITLE) == "Reel zero, again"


Since = Callable[[World, int], object]


def _edit(world: World, key: int) -> None:
    world.plex.person.edit(key, title="Mine")
    at_rest(world)


def _edit_unnoticed(world: World, key: int) -> None:
    world.plex.person.edit(key, title="Mine")


def _edit_then_stash(world: World, key: int) -> None:
    _edit(world, key)
    rename(world, 1, "Reel zero")
    at_rest(world)


def _edit_back_by_hand(world: World, key: int) -> None:
    """Put what Stash had said before in the place of what it has said since."""
    rename(world, 1, "Reel zero")
    at_rest(world)
    world.plex.person.edit(key, title="Reel 0")
    at_rest(world)


def _undo_a_change(world: World, _key: int) -> None:
    rename(world, 1, "Reel zero")
    world.reconcile()
    world.later(600)
    world.carry_out(Undo(since=int(world.clock.unix()) - 900))


def _undo_everything(world: World, _key: int) -> None:
    world.later(600)
    world.carry_out(Undo(since=0))


def _take_out_a_genre(world: World, key: int) -> None:
    world.plex.person.untag(key, "genre", "Nature")
    at_rest(world)


def _hand_back(world: World, key: int) -> None:
    world.plex.person.edit(key, title="Mine", lock=False)
    world.plex.person.unlock(key, "title")
    at_rest(world)


def _settle(world: World, key: int) -> None:
    _edit_then_stash(world, key)
    world.carry_out(TakePlex(scenes=frozenset({SceneId(1)})))


def _release(world: World, _key: int) -> None:
    world.later(600)
    world.carry_out(Release())


def _take(world: World, key: int) -> None:
    _edit_then_stash(world, key)
    world.carry_out(TakeStash(scenes=frozenset({SceneId(1)})))


SINCE: dict[str, Since] = {
    "edited": _edit,
    "edited, not noticed": _edit_unnoticed,
    "edited, then changed in stash": _edit_then_stash,
    "edited back by hand": _edit_back_by_hand,
    "undone": _undo_a_change,
    "all undone": _undo_everything,
    "a genre taken out": _take_out_a_genre,
    "handed back": _hand_back,
    "settled for plex": _settle,
    "settled for stash": _take,
    "released": _release,
}


@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "unlocked"])
@pytest.mark.parametrize("name", SINCE)
def test_what_a_person_did_since_is_left_though_it_is_not_remembered(
    world: World, name: str, *, is_locked: bool
) -> None:
    """Through the pass that catches up, the passes after it, a sweep and a full one."""
    world.rules = world.rules if is_locked else UNLOCKED
    furnish(world, COUNT)
    at_rest(world)
    back_up(world)
    SINCE[name](world, world.key("reel-0000"))
    put_back(world)

    puts, _ = caught_up(world)

    assert puts == 0
    before = everything(world)
    for scope in ({}, {"is_full": True}, {"part": (0, 1)}):
        world.later(600)
        assert world.reconcile(**scope).puts == 0
    assert everything(world) == before


def test_what_was_asked_for_then_is_not_done_once_more(films: World) -> None:
    """It was done since, and the person has thought otherwise since."""
    key = films.key("reel-0000")
    films.plex.person.edit(key, title="Mine")
    at_rest(films)
    films.plex.model.maintenance = Maintenance.STARTUP
    films.carry_out(TakeStash(scenes=frozenset({SceneId(1)})))
    with Ledger(films.state) as ledger:
        assert ledger.outbox.asked() > 0
    back_up(films)
    films.plex.model.maintenance = None
    at_rest(films)
    assert films.value("reel-0000", Field.TITLE) == "Reel 0"
    films.plex.person.edit(key, title="Mine again")
    films.later(600)

    put_back(films)
    assert caught_up(films) == (0, ())
    at_rest(films)

    assert films.value("reel-0000", Field.TITLE) == "Mine again"


def test_what_was_on_its_way_then_is_not_sent_once_more(films: World) -> None:
    """What was let go when the backup was made was written since, and undone."""
    rename(films, 1, "Reel zero")
    films.plex.model.maintenance = Maintenance.STARTUP
    films.reconcile()
    films.plex.model.maintenance = None
    back_up(films)
    films.reconcile()
    assert films.value("reel-0000", Field.TITLE) == "Reel zero"
    films.plex.person.edit(films.key("reel-0000"), title="Reel 0")
    films.later(600)

    put_back(films)
    puts, held = caught_up(films)

    assert (puts, len(held)) == (0, 1)
    assert films.value("reel-0000", Field.TITLE) == "Reel 0"


def test_an_approval_of_then_is_not_one_of_another_loss(world: World) -> None:
    world.limits = Limits(removals=0.02, removals_floor=2)
    furnish(world, 12)
    at_rest(world)
    world.later(600)
    world.stash.destroy_scenes(*range(1, 7))
    world.reconcile()
    with Ledger(world.state) as ledger, ledger.transaction():
        assert "stash" in ledger.doubts.standing()
        ledger.doubts.approve("stash")
    back_up(world)
    put_back(world)

    outcome = world.reconcile()

    assert [doubt.subject for doubt in outcome.report.doubts] == ["stash"]
    with Ledger(world.state) as ledger:
        assert ledger.scenes.tombstones() == 0


def test_catching_up_takes_as_many_attempts_as_it_has_to(films: World) -> None:
    """While Stash does not answer it is not over, and what comes is part of it."""
    rename(films, 1, "Reel zero")
    put_back(films)
    films.stash_wire.up = False
    for _ in range(2):
        films.reconcile()
        films.later(3600)
    with Ledger(films.state) as ledger:
        standing = ledger.restorations.standing()
        assert standing is not None
        assert standing.scene == COUNT
    films.stash_wire.up = True

    puts, held = caught_up(films)

    assert (puts, held) == (0, (standing.pass_id,))


def test_a_person_s_command_in_between_is_done(films: World) -> None:
    """But for what it is about nothing is written by it."""
    rename(films, 1, "Reel zero")
    put_back(films)

    films.carry_out(Release(scenes=frozenset({SceneId(2)})))

    assert films.item("reel-0001").locks == frozenset()
    assert films.value("reel-0000", Field.TITLE) == "Reel 0"
    assert len(caught_up(films)[1]) == 1
    assert films.item("reel-0001").locks == frozenset()


def test_delivery_alone_sends_nothing_before_all_was_looked_at(films: World) -> None:
    """What was let go, and did not come off, when the backup was made."""
    rename(films, 1, "Reel zero")
    films.plex_wire.faults.add(Fault(what=What.DROPPED, matches=is_put))
    films.reconcile()
    with Ledger(films.state) as ledger:
        assert ledger.outbox.counts() == {Stage.RELEASED: 1}
    back_up(films)
    put_back(films)
    films.later(3600)

    assert films.resume().puts == 0

    assert len(caught_up(films)[1]) == 1


def test_plan_says_what_would_be_held(films: World) -> None:
    rename(films, 1, "Reel zero")
    put_back(films)
    at_rest_ = films.state.read_bytes()

    outcome = films.plan()

    assert {line.new for line in outcome.lines} == {"Reel zero"}
    (held,) = outcome.report.held
    assert "the state was put back" in held.reasons[0]
    assert films.state.read_bytes() == at_rest_


def test_a_crash_at_any_boundary_of_catching_up_changes_nothing(
    tmp_path: Path,
) -> None:
    def prepared(name: str) -> World:
        folder = tmp_path / name
        folder.mkdir()
        world = World(folder=folder)
        furnish(world, 3)
        at_rest(world)
        back_up(world)
        rename(world, 1, "Reel zero")
        at_rest(world)
        world.plex.person.edit(world.key("reel-0001"), title="Mine")
        rename(world, 3, "Reel two")
        put_back(world)
        return world

    whole = prepared("whole")
    with watched(count_only) as reached:
        whole.reconcile()
    for number in range(1, reached() + 1, 2):  # after each is before the next
        world = prepared(str(number))
        before = everything(world)
        with pytest.raises(Crash), watched(crash_at(number)):
            world.reconcile()
        world.restart()
        world.later(600)
        puts, held = caught_up(world)
        assert (puts, len(held)) == (0, 1), number
        assert everything(world) == before, number
        world.approve()
        world.reconcile()
        assert world.value("reel-0002", Field.TITLE) == "Reel two", number
        assert world.value("reel-0001", Field.TITLE) == "Mine", number
    assert reached() > 20


def test_a_state_that_was_lost_adopts_plex_as_it_is(films: World) -> None:
    """All is equal, and others' from now on; what Stash says anew arrives."""
    films.plex.person.edit(films.key("reel-0003"), title="Mine")
    lose(films)

    assert caught_up(films) == (0, ())

    rename(films, 1, "Reel zero")
    films.reconcile()
    assert films.value("reel-0000", Field.TITLE) == "Reel zero"
    assert films.value("reel-0003", Field.TITLE) == "Mine"
    films.carry_out(Undo(since=0))
    assert films.value("reel-0000", Field.TITLE) == "Reel 0"
    assert "title" in films.item("reel-0000").locks


def test_a_state_that_was_lost_writes_nothing_that_was_undone(films: World) -> None:
    films.later(600)
    films.carry_out(Undo(scenes=frozenset({SceneId(1)})))
    lose(films)

    puts, held = caught_up(films)

    assert (puts, len(held)) == (0, 1)
    with Ledger(films.state) as ledger:
        (reason,) = ledger.passes.held()[held[0]].reasons
    assert reason.startswith("the state was begun anew, and what persons ")


def test_genres_of_before_a_lost_state_are_others(films: World) -> None:
    scene = films.stash.scenes[1]
    lose(films)
    caught_up(films)
    films.later(600)
    films.stash.update_scene(scene.id, tag_ids=())
    films.reconcile()
    assert films.value("reel-0000", Field.GENRES) == ("Nature",)


def test_an_empty_state_that_a_person_asks_for_is_one_that_was_lost(
    films: World,
) -> None:
    begin_anew(backups(films), now=films.clock.now(), mounts=lambda: "")
    films.restart()
    assert caught_up(films) == (0, ())


@pytest.mark.parametrize("is_saved", [True, False], ids=["backup", "nothing"])
@given(data=st.data())
@settings(max_examples=15)
def test_after_any_history_a_state_that_went_back_writes_nothing_by_itself(
    tmp_path_factory: pytest.TempPathFactory, *, is_saved: bool, data: st.DataObject
) -> None:
    """And what Stash says from then on arrives wherever nothing is held or kept."""
    world = World(folder=tmp_path_factory.mktemp("world"))
    world.rules = data.draw(st.sampled_from([{FILMS: rules()}, UNLOCKED]))
    furnish(world, 3)
    acts = list(SINCE.values())
    moments = data.draw(st.lists(st.sampled_from(acts), max_size=5))
    saved = data.draw(st.integers(0, len(moments)))
    at_rest(world)
    back_up(world)
    for number, act in enumerate(moments):
        if number == saved:
            world.later(60)
            back_up(world)
        act(world, world.key("reel-0000"))
    put_back(world) if is_saved else lose(world)

    puts, held = caught_up(world)

    assert puts == 0
    before = everything(world)
    for scope in ({}, {"part": (0, 1)}):
        world.later(600)
        assert world.reconcile(**scope).puts == 0
    assert everything(world) == before
    rename(world, 3, "Reel two, at last")
    world.reconcile()
    is_left = bool(held) or _release in moments or _undo_everything in moments
    assert is_left or world.value("reel-0002", Field.TITLE) == "Reel two, at last"
