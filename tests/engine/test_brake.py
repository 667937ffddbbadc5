"""What the brake holds, what it lets go, and where a delivery stops by itself."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.errors import UserError
from reconciler.core.values import Field, Policy
from reconciler.engine.braking import approve
from reconciler.engine.errands import Undo
from reconciler.engine.status import held_passes
from state.ledger import Ledger
from tests.crash.boundaries import Crash, crash_at, watched
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import Fault, Request, What
from tests.world import FILMS, UNBRAKED, World, rules

ENFORCED = {FILMS: rules(title=Rule(policy=Policy.ENFORCE))}
STRICT = Limits(overwrites=0, overwrites_floor=2, removals=0, removals_floor=2)


def _is_put(request: Request) -> bool:
    return request.method == "PUT"


def _drop(world: World, times: int, skip: int = 0) -> None:
    """Have Plex take writes and not make them."""
    fault = Fault(what=What.DROPPED, matches=_is_put, times=times, skip=skip)
    world.plex_wire.faults.add(fault)


def _batches(world: World) -> list[int]:
    """Note how many items are written between one read and the next, from now on."""
    found: list[int] = [0]

    def note(request: Request) -> bool:
        if _is_put(request):
            found[-1] += 1
        elif found[-1]:
            found.append(0)
        return False

    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=note))
    return found


def _held(world: World) -> tuple[int, ...]:
    with Ledger(world.state) as ledger:
        return held_passes(ledger)


def _approve(world: World, *numbers: int) -> int:
    with Ledger(world.state) as ledger:
        return approve(ledger, numbers or held_passes(ledger))


def _outbox(world: World) -> dict[str, int]:
    with Ledger(world.state) as ledger:
        return ledger.outbox.counts()


def _brooks(world: World, numbers: range, *, foreign: bool = False) -> list[int]:
    """Make scenes with a title, over titles of somebody else's where *foreign*."""
    scenes = [world.scene(f"brook-{n}", title=f"Brook {n}") for n in numbers]
    for number in numbers if foreign else ():
        key = world.key(f"brook-{number}")
        world.plex.person.edit(key, lock=False, title=f"Somebody's {number}")
    return scenes


def _reconfigure(world: World, count: int) -> None:
    """Have titles that persons have edited, and a configuration that enforces ours."""
    _brooks(world, range(count))
    world.reconcile()
    for number in range(count):
        world.plex.person.edit(world.key(f"brook-{number}"), title=f"Mine {number}")
    world.rules, world.meaning = ENFORCED, "another"


@pytest.mark.parametrize("count", [300, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_configuration_that_rewrites_a_whole_library_is_held(
    world: World, count: int
) -> None:
    """Once approved it is written step by step, each read back before the next."""
    _brooks(world, range(count))
    for number in range(count):
        world.plex.person.edit(world.key(f"brook-{number}"), title=f"Mine {number}")
    assert world.reconcile().puts == 0
    world.rules, world.meaning, world.limits = ENFORCED, "another", Limits()

    held = world.reconcile()

    assert held.puts == 0
    (one,) = held.report.held
    assert one.reasons[-1] == (
        f"items that a changed configuration would rewrite: {count} planned,"
        f" the limit is {count // 5} (20 % of {count} items, at least 50)"
    )
    assert _approve(world) == count
    batches = _batches(world)
    assert world.reconcile(limit=150).puts == 150
    assert batches == [1, 10, 39, 50, 50, 0]


@pytest.mark.parametrize(
    ("count", "limits"),
    [(20, STRICT), pytest.param(1000, Limits(), marks=pytest.mark.slow)],
)
def test_one_tag_that_is_renamed_everywhere_goes(
    world: World, count: int, limits: Limits
) -> None:
    night, day = (world.stash.create_tag(name) for name in ("Night", "Day"))
    for number in range(count):
        world.scene(f"brook-{number}", tag_ids=(night, day)[: number % 2 + 1])
    world.scene("glacier", tag_ids=(day,))
    world.reconcile()
    world.limits = limits
    world.later(60)
    world.stash.update_tag(night, name="Dusk")

    outcome = world.reconcile(is_full=True)

    assert (outcome.report.held, outcome.puts) == ((), count)
    assert world.value("brook-0", Field.GENRES) == ("Dusk",)
    assert set(world.value("brook-1", Field.GENRES)) == {"Day", "Dusk"}


def test_a_rename_that_is_delivered_in_parts_counts_once_all_the_same(
    world: World,
) -> None:
    """What was written of it, what is owed, and what is planned are one removal."""
    night = world.stash.create_tag("Night")
    scenes = [world.scene(f"brook-{n}", tag_ids=(night,)) for n in range(9)]
    world.reconcile()
    world.limits = replace(STRICT, removals_floor=1)
    world.stash.update_tag(night, name="Dusk")
    for part in (scenes[:3], scenes[3:6], scenes[6:]):
        world.later(60)
        outcome = world.reconcile(scenes=frozenset(part), limit=2)

        assert (outcome.report.held, outcome.puts) == ((), 2)


def test_many_elements_taken_out_are_held(world: World) -> None:
    tags = [world.stash.create_tag(f"Tag {n}") for n in range(3)]
    scene = world.scene("brook", title="Brook", tag_ids=tuple(tags))
    world.reconcile()
    world.limits = STRICT
    world.later(60)
    world.stash.update_scene(scene, tag_ids=())

    outcome = world.reconcile()

    assert outcome.puts == 0
    assert outcome.report.held[0].reasons == (
        "clears and removals: 3 planned, the limit is 2 (0 % of 1 items, at least 2)",
    )


def test_a_held_pass_is_told_once_and_kept_without_another_write(world: World) -> None:
    world.limits = STRICT
    _brooks(world, range(3), foreign=True)
    with structlog.testing.capture_logs() as logged:
        first = world.reconcile()
        world.later(600)
        world.reconcile()
        before = world.state.read_bytes()
        again = world.reconcile()
        planned = world.plan()

    assert [one.is_news for one in first.report.held] == [True]
    assert [one.is_news for one in again.report.held] == [False]
    assert again.report.held[0].reasons == first.report.held[0].reasons
    assert planned.report.held == again.report.held
    assert world.state.read_bytes() == before
    (line,) = [line for line in logged if line["event"] == "held"]
    assert (line["log_level"], line["pass_id"]) == ("warning", _held(world)[0])
    assert line["reasons"] == list(first.report.held[0].reasons)


def test_a_plan_holds_nothing(world: World) -> None:
    world.limits = STRICT
    world.reconcile()
    _brooks(world, range(3), foreign=True)

    with structlog.testing.capture_logs() as logged:
        planned = world.plan()

    assert [one.is_news for one in planned.report.held] == [True]
    assert [line for line in logged if line["event"] == "held"] == []
    assert _held(world) == ()


def test_a_held_pass_holds_nothing_but_itself(world: World) -> None:
    world.limits = STRICT
    _brooks(world, range(3), foreign=True)
    world.reconcile()
    world.scene("glacier", title="Glacier")
    world.plex.person.edit(world.key("glacier"), lock=False, title="Somebody's")

    outcome = world.reconcile()

    assert (outcome.puts, world.value("glacier", Field.TITLE)) == (1, "Glacier")
    assert [one.is_news for one in outcome.report.held] == [False]


def test_what_changes_later_on_the_items_of_a_held_pass_is_held_too(
    world: World,
) -> None:
    world.limits = STRICT
    scenes = _brooks(world, range(3), foreign=True)
    world.reconcile()
    world.later(600)
    world.stash.update_scene(scenes[0], details="A brook.")

    outcome = world.reconcile()

    assert outcome.puts == 0
    assert [one.is_news for one in outcome.report.held] == [False]


def test_a_configuration_that_is_put_back_dissolves_what_it_had_held(
    world: World,
) -> None:
    _brooks(world, range(3))
    world.reconcile()
    for number in range(3):
        world.plex.person.edit(world.key(f"brook-{number}"), title=f"Mine {number}")
    world.reconcile(is_full=True)
    before = (world.rules, world.meaning)
    world.rules, world.meaning, world.limits = ENFORCED, "another", STRICT
    assert world.reconcile().report.held

    world.rules, world.meaning = before
    outcome = world.reconcile()

    assert (outcome.report.held, outcome.puts) == ((), 0)
    assert world.value("brook-0", Field.TITLE) == "Mine 0"
    with Ledger(world.state) as ledger:
        assert ledger.outbox.counts() == {}


def test_other_limits_let_a_held_pass_go(world: World) -> None:
    world.limits = STRICT
    _brooks(world, range(3), foreign=True)
    world.reconcile()
    world.limits = UNBRAKED

    outcome = world.reconcile()

    assert (outcome.report.held, outcome.puts) == ((), 3)
    with Ledger(world.state) as ledger:
        assert ledger.passes.held() == {}


def test_only_a_held_pass_can_be_approved(world: World) -> None:
    world.limits = STRICT
    with pytest.raises(UserError, match="pass 7 is not held; there is nothing"):
        _approve(world, 7)
    _brooks(world, range(3), foreign=True)
    world.reconcile()
    (number,) = _held(world)

    with pytest.raises(UserError, match=f"pass 99 is not held; held are: {number}"):
        _approve(world, number, 99)

    assert _held(world) == (number,)
    assert _approve(world, number) == 3
    assert world.reconcile().puts == 3
    assert _approve(world) == 0


def test_what_a_person_approved_does_not_count_against_the_next_pass(
    world: World,
) -> None:
    world.limits = STRICT
    _brooks(world, range(3), foreign=True)
    world.reconcile()
    _approve(world)
    world.reconcile()
    _brooks(world, range(3, 5), foreign=True)

    outcome = world.reconcile()

    assert (outcome.report.held, outcome.puts) == ((), 2)


def test_what_was_written_today_does(world: World) -> None:
    world.limits = STRICT
    _brooks(world, range(2), foreign=True)
    assert world.reconcile().puts == 2
    _brooks(world, range(2, 3), foreign=True)

    held = world.reconcile()
    world.later(25 * 3600)
    tomorrow = world.reconcile()

    assert (held.puts, tomorrow.puts) == (0, 1)
    assert (
        ": 1 planned and 2 written in the last 24 hours"
        in (held.report.held[0].reasons[0])
    )


def test_a_scan_that_was_cut_short_does_not_pass_by_halves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The half that keeps to the limit goes, and counts though it is not written."""
    monkeypatch.setattr("reconciler.engine.recording.CHUNK", 2)
    world.limits = replace(STRICT, overwrites_floor=6)
    world.reconcile()
    _brooks(world, range(10), foreign=True)
    with pytest.raises(Crash), watched(crash_at(22)):
        world.reconcile(is_full=True)
    world.restart()
    with Ledger(world.state) as ledger:
        first = ledger.scenes.count()
    assert first == 6

    outcome = world.reconcile(limit=1)

    assert (outcome.puts, _outbox(world)["planned"]) == (1, 4)
    assert ": 4 planned and 6 written" in outcome.report.held[0].reasons[0]


def test_what_a_person_asks_for_is_neither_held_nor_counted(world: World) -> None:
    tags = [world.stash.create_tag(f"Tag {n}") for n in range(4)]
    _brooks(world, range(4))
    scenes = [world.scene(f"glacier-{n}", tag_ids=(tags[n],)) for n in range(4)]
    world.reconcile()
    world.limits = STRICT
    world.later(60)

    undone = world.carry_out(Undo(since=0))
    world.stash.update_scene(scenes[0], tag_ids=(), title="Another")
    after = world.reconcile()

    assert (undone.report.held, undone.puts) == ((), 8)
    assert (after.report.held, after.puts) == ((), 1)
    with Ledger(world.state) as ledger:
        load = ledger.outbox.load(0, since=0)
    assert (load.done_overwrites, load.done_removals) == (0, 0)


@pytest.fixture
def owed(world: World) -> Iterator[World]:
    """Return a world that owes sixty items, which the brake has let go."""
    _brooks(world, range(60))
    yield world
    world.plex_wire.faults.clear()


def test_three_of_ten_otherwise_than_sent_hold_what_is_left(owed: World) -> None:
    _drop(owed, 3, skip=20)

    outcome = owed.reconcile()

    assert outcome.puts == 50
    assert _outbox(owed) == {"planned": 10 + 3}
    (one,) = outcome.report.held
    assert one.is_news
    assert one.reasons == (
        (
            "items that read back otherwise than sent: 3 of the last 10 written,"
            " the limit is 2 of 10"
        ),
    )
    again = owed.reconcile()
    assert (again.puts, again.report.held[0].reasons) == (0, one.reasons)
    assert not again.report.held[0].is_news


def test_approval_begins_another_window(owed: World) -> None:
    _drop(owed, 3)
    owed.reconcile()
    owed.later(3600)
    _approve(owed)
    _drop(owed, 2)

    outcome = owed.reconcile()
    owed.later(7200)
    last = owed.reconcile()

    assert (outcome.puts, outcome.report.held) == (13, ())
    assert (last.puts, _outbox(owed)) == (2, {})


def test_two_in_ten_hold_nothing(owed: World) -> None:
    for skip in (0, 1, 12, 13):
        _drop(owed, 1, skip=skip)

    outcome = owed.reconcile()

    assert (outcome.puts, outcome.report.held) == (60, ())


def test_plexs_own_form_is_no_mismatch(world: World) -> None:
    world.plex.model.switches = replace(Switches(), newlines_become_spaces=True)
    for number in range(5):
        world.scene(f"brook-{number}", details="Water.\nMore water.")

    outcome = world.reconcile()

    assert (outcome.puts, outcome.report.held) == (5, ())


def test_an_item_that_is_gone_is_no_mismatch(world: World) -> None:
    _brooks(world, range(5))
    batches = _batches(world)

    def remove(_: Request) -> bool:
        if batches == [5, 0]:
            batches.append(0)
            for number in range(4):
                path = f"/media/films/brook-{number}.mp4"
                world.plex.scanner.remove(world.section, path)
        return False

    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=remove))

    outcome = world.reconcile()

    assert (outcome.puts, outcome.report.held) == (5, ())
    assert outcome.report.counts["written items"] == 1


@pytest.mark.parametrize("skip", [0, 5])
def test_the_first_of_a_changed_configuration_have_to_come_out_right(
    world: World, skip: int
) -> None:
    _reconfigure(world, 20)
    _drop(world, 1, skip=skip)

    outcome = world.reconcile()

    assert outcome.puts == (11 if skip else 1)
    assert _outbox(world) == {"planned": 20 - outcome.puts + 1}
    assert outcome.report.held[0].reasons == (
        (
            f"changed configuration: of the first 11 items written, number {skip + 1}"
            " reads back otherwise than sent, the limit is 0"
        ),
    )
    world.later(3600)
    _approve(world)
    assert world.reconcile().puts == 20 - outcome.puts + 1
    assert world.value("brook-7", Field.TITLE) == "Brook 7"


def test_later_ones_may_be_tried_again(world: World) -> None:
    _reconfigure(world, 20)
    _drop(world, 1, skip=15)

    outcome = world.reconcile()

    assert (outcome.puts, outcome.report.held) == (20, ())
    assert _outbox(world) == {"released": 1}


def test_an_item_that_another_configuration_links_is_its_doing(world: World) -> None:
    from reconciler.core.match import Mapping  # noqa: PLC0415 - only here

    world.mappings = (Mapping(stash="/data/films", plex="/nowhere"),)
    _brooks(world, range(3), foreign=True)
    world.reconcile()
    world.mappings = World.mappings
    world.meaning, world.limits = "another", STRICT

    outcome = world.reconcile()

    assert outcome.puts == 0
    assert (
        "a changed configuration would rewrite: 3"
        in (outcome.report.held[0].reasons[1])
    )


def test_a_plan_holds_what_is_held_though_less_would_be_overwritten_by_now(
    world: World,
) -> None:
    world.limits = replace(STRICT, overwrites_floor=1)
    world.reconcile()
    _brooks(world, range(3), foreign=True)
    assert world.reconcile().report.held
    for number in range(3):
        person = world.plex.person
        person.edit(world.key(f"brook-{number}"), lock=False, title=f"Brook {number}")

    planned = world.plan()

    assert planned.report.held == world.reconcile().report.held != ()
