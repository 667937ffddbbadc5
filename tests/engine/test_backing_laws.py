"""Plex backs up its database before many items are written; it is asked for once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.core.lull import Hours
from reconciler.core.values import Field
from reconciler.engine.errands import Undo
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import LOCKED, Fault, Request, Response, What
from tests.world import World, rules

MANY = 60
WHY = "before many items are written for the first time"
UNTOLD = (
    f"plex was asked to back up its database, {WHY}; it does not tell when it is done"
)
MADE = f"plex has backed up its database, {WHY}"


def _add(world: World, count: int, name: str = "fen") -> None:
    for number in range(count):
        world.scene(f"{name}-{number}", title=f"{name.title()} {number}")


def _edit_all(world: World) -> None:
    for scene in world.stash.scenes:
        world.stash.update_scene(scene, title=f"Marsh {scene}, {world.moment}")


@pytest.fixture
def films(world: World) -> World:
    world.is_backed_up = True
    world.plex.model.backup_seconds = 40.0
    _add(world, MANY)
    return world


def _is_for_backup(request: Request) -> bool:
    return request.path == "/butler/BackupDatabase"


def _spoil(world: World, what: What, answer: Response = LOCKED, times: int = 1) -> None:
    world.plex_wire.faults.add(
        Fault(what=what, matches=_is_for_backup, times=times, answer=answer)
    )


def _is_untouched(world: World) -> bool:
    """Whether the one backup that was made holds nothing of ours."""
    (backup,) = world.plex.model.backups
    titles = [values["title"] for values in backup.values.values()]
    return len(titles) == MANY and all(title.startswith("fen-") for title in titles)


def test_many_items_are_written_after_a_backup_that_holds_none_of_it(
    films: World,
) -> None:
    begun = films.moment

    first = films.reconcile()

    assert (first.puts, first.sent["plex backup"]) == (MANY, 1)
    assert first.report.notes == (UNTOLD,)
    assert 60 <= films.moment - begun <= 65
    assert _is_untouched(films)


def test_it_is_asked_for_once(films: World) -> None:
    films.reconcile()
    films.later(86_400)
    _edit_all(films)
    begun = films.moment

    later = films.reconcile()

    assert (later.puts, later.sent["plex backup"]) == (MANY, 0)
    assert later.report.notes == ()
    assert films.moment == begun


def test_where_plex_tells_when_it_is_done_no_more_is_waited(films: World) -> None:
    films.plex.model.switches = Switches(butler_names_activity=True)
    films.plex.model.backup_seconds = 128.0
    begun = films.moment

    outcome = films.reconcile()

    assert outcome.report.notes == (MADE,)
    assert 128 <= films.moment - begun <= 133
    assert (outcome.puts, outcome.sent["plex backup"]) == (MANY, 1)
    assert _is_untouched(films)


def test_after_ten_minutes_no_more_is_waited(films: World) -> None:
    films.plex.model.switches = Switches(butler_names_activity=True)
    films.plex.model.backup_seconds = 10**6
    begun = films.moment

    outcome = films.reconcile()

    (note,) = outcome.report.notes
    assert note.endswith("and is still at it after 10 minutes")
    assert 600 <= films.moment - begun <= 605
    assert outcome.puts == MANY
    _edit_all(films)
    assert films.reconcile().sent["plex backup"] == 0


@pytest.mark.parametrize("status", [400, 403, 404])
def test_where_it_is_refused_that_is_told_once_and_all_is_written(
    films: World, status: int
) -> None:
    answer = Response(status=status, body=b"<html></html>")
    _spoil(films, What.ANSWERED, answer, times=99)
    begun = films.moment

    first = films.reconcile()

    (note,) = first.report.notes
    assert note.startswith(f"plex has not backed up its database {WHY}: ")
    assert str(status) in note
    assert (first.puts, first.report.problems) == (MANY, ())
    assert films.moment == begun
    _edit_all(films)
    later = films.reconcile()
    assert (later.puts, later.report.notes) == (MANY, ())
    assert later.sent["plex backup"] == 0


@pytest.mark.parametrize("what", [What.ANSWERED, What.BLACK_HOLE])
def test_one_that_may_be_made_all_the_same_is_waited_for(
    films: World, what: What
) -> None:
    _spoil(films, what)
    begun = films.moment

    outcome = films.reconcile()

    assert outcome.report.notes == (UNTOLD,)
    assert (outcome.puts, outcome.sent["plex backup"]) == (MANY, 1)
    assert films.moment - begun >= 60


def test_a_plex_without_time_is_asked_again_and_nothing_is_written_before(
    films: World,
) -> None:
    _spoil(films, What.ANSWERED, Response(status=503))

    first = films.reconcile()
    assert (first.puts, len(first.report.problems)) == (0, 1)
    films.later(60)

    second = films.reconcile()
    assert (second.puts, second.sent["plex backup"]) == (MANY, 1)
    assert _is_untouched(films)


def test_fifty_items_are_no_reason(world: World) -> None:
    world.is_backed_up = True
    _add(world, 50)

    outcome = world.reconcile()

    assert (outcome.puts, outcome.sent["plex backup"]) == (50, 0)


def test_what_a_limit_or_a_scope_leaves_is_what_counts(films: World) -> None:
    limited = films.reconcile(limit=5)
    assert (limited.puts, limited.sent["plex backup"]) == (5, 0)
    scoped = films.reconcile(scenes=frozenset({30}))
    assert (scoped.puts, scoped.sent["plex backup"]) == (1, 0)

    rest = films.reconcile()
    assert (rest.puts, rest.sent["plex backup"]) == (MANY - 6, 1)


def test_nothing_is_asked_for_where_nothing_is_to_be_written(films: World) -> None:
    films.is_backed_up = False
    films.reconcile()
    films.state.unlink()
    films.is_backed_up = True

    anew = films.reconcile()

    assert (anew.puts, anew.sent["plex backup"]) == (0, 0)
    _edit_all(films)
    assert films.reconcile().sent["plex backup"] == 1


def test_a_plan_asks_for_none(films: World) -> None:
    plan = films.plan()

    assert plan.report.counts["items to write"] == MANY
    assert plan.sent["plex backup"] == 0


def test_none_is_asked_for_where_it_is_turned_off(films: World) -> None:
    films.is_backed_up = False

    outcome = films.reconcile()

    assert (outcome.puts, outcome.sent["plex backup"]) == (MANY, 0)


def test_none_is_asked_for_in_quiet_hours(films: World) -> None:
    films.quiet = (Hours.parse("00:00-24:00"),)

    outcome = films.reconcile()

    assert (outcome.puts, outcome.sent["plex backup"]) == (0, 0)


def _in_the_middle(world: World, act: Callable[[], None]) -> None:
    """Let something happen at the second look at whether the backup is made."""
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        world.later(seconds)
        if len(waits) == 2:
            act()

    world.clock = replace(world.clock, wait=wait)


def test_who_edits_while_it_is_made_is_not_written_over(films: World) -> None:
    """What was read before is too old to write on."""

    def edit() -> None:
        films.plex.person.edit(films.key("fen-0"), title="A person's own")

    _in_the_middle(films, edit)

    outcome = films.reconcile()

    assert outcome.puts == MANY - 1
    assert films.value("fen-0", Field.TITLE) == "A person's own"


@pytest.mark.parametrize("name", ["is_paused", "is_called", "is_over"])
def test_who_is_stopped_while_it_is_made_waits_for_the_rest_the_next_time(
    films: World, name: str
) -> None:
    """By a pause, by what is to be done first, or by the end of the process."""
    reasons: list[str] = []
    films.is_called = lambda: "is_called" in reasons
    films.is_over = lambda: "is_over" in reasons

    def stop() -> None:
        reasons.append(name)
        films.is_paused = name == "is_paused"

    _in_the_middle(films, stop)
    stopped = films.reconcile()

    assert (stopped.puts, stopped.sent["plex backup"]) == (0, 1)
    assert stopped.report.notes == ()
    assert stopped.report.is_left_off == (name == "is_called")
    reasons.clear()
    films.is_paused = False
    begun = films.moment

    after = films.reconcile()
    assert (after.puts, after.sent["plex backup"]) == (MANY, 0)
    assert after.report.notes == (UNTOLD,)
    assert films.moment - begun < 60
    assert _is_untouched(films)


def test_who_is_called_away_all_the_time_sees_the_end_of_it_all_the_same(
    films: World,
) -> None:
    asked: list[None] = []

    def is_called() -> bool:
        asked.append(None)
        return len(asked) > 1  # but not before it begins to deliver

    films.is_called = is_called
    puts = []
    for _ in range(7):
        asked.clear()
        puts.append(films.reconcile().puts)
        films.later(10)

    # after the backup a batch is written, and the rest when it is not called away
    assert puts == [0] * 6 + [50]
    assert _is_untouched(films)


class Killed(BaseException):
    """Not to be caught."""


def test_who_dies_while_it_is_made_waits_for_the_rest_the_next_time(
    films: World,
) -> None:
    def die() -> None:
        raise Killed

    _in_the_middle(films, die)
    with pytest.raises(Killed):
        films.reconcile()

    after = films.reconcile()
    assert (after.puts, after.sent["plex backup"]) == (MANY, 0)
    assert _is_untouched(films)


def test_a_plex_that_goes_down_while_it_is_made_is_waited_for_when_it_is_back(
    films: World,
) -> None:
    films.plex.model.switches = Switches(butler_names_activity=True)
    films.plex.model.backup_seconds = 300.0

    def go_down() -> None:
        films.plex_wire.up = False

    _in_the_middle(films, go_down)
    first = films.reconcile()
    assert (first.puts, len(first.report.problems)) == (0, 1)
    films.plex_wire.up = True
    films.later(60)

    second = films.reconcile()
    assert (second.puts, second.sent["plex backup"]) == (MANY, 0)
    assert second.report.notes == (MADE,)
    assert _is_untouched(films)


def test_a_plex_that_does_not_list_what_it_is_at_is_waited_for_a_minute(
    films: World,
) -> None:
    films.plex.model.switches = Switches(butler_names_activity=True)
    films.plex_wire.faults.add(
        Fault(
            what=What.ANSWERED,
            matches=lambda request: request.path == "/activities",
            times=99,
            answer=Response(status=404),
        )
    )

    outcome = films.reconcile()

    assert (outcome.puts, outcome.report.notes) == (MANY, (UNTOLD,))
    assert _is_untouched(films)


def test_what_a_person_asks_for_of_many_items_comes_after_a_backup_too(
    films: World,
) -> None:
    films.is_backed_up = False
    films.reconcile()
    films.is_backed_up = True
    films.later(60)

    outcome = films.carry_out(Undo(since=0))

    assert outcome.sent["plex backup"] == 1
    (backup,) = films.plex.model.backups
    assert backup.values[films.key("fen-3")]["title"] == "Fen 3"
    assert films.value("fen-3", Field.TITLE) == "fen-3"


def test_it_is_asked_for_once_whatever_the_libraries(films: World) -> None:
    shorts = films.plex.add_section("Shorts", "/media/shorts")
    films.rules = {"Films": rules(), "Shorts": rules()}
    films.mappings = (
        *films.mappings,
        replace(films.mappings[0], stash="/data/shorts", plex="/media/shorts"),
    )
    for number in range(MANY):
        name = f"shorts/reed-{number}.mp4"
        scene = films.stash.scan_new_file(f"/data/{name}")
        films.stash.update_scene(scene, title=f"Reed {number}")
        films.plex.add(shorts, f"/media/{name}")

    outcome = films.reconcile()

    assert (outcome.puts, outcome.sent["plex backup"]) == (2 * MANY, 1)
    assert len(films.plex.model.backups) == 1
