"""A pass that is called away or stopped: in good order, and the next one goes on."""

from collections import Counter
from pathlib import Path

import pytest

from reconciler.core.brake import Limits
from state.ledger import Ledger
from tests.world import World

MANY = 60


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(folder=tmp_path)
    for number in range(MANY):
        made.scene(f"reel-{number:03}", title=f"Reel {number}")
    return made


def stop_after(world: World, requests: int, kind: str = "") -> None:
    """Have the process stop once so many requests of a kind were sent."""

    def is_over() -> bool:
        sent = sum(n for name, n in world.requests.items() if kind in name)
        return sent >= requests

    world.is_over = is_over


def open_rows(world: World) -> int:
    with Ledger(world.state) as ledger:
        return len(ledger.journal.opened(1000))


def titles(world: World) -> Counter[bool]:
    return Counter(
        item.values["title"].startswith("Reel ")
        for item in world.plex.snapshot().values()
    )


def test_a_stop_takes_no_further_entry_and_reads_back_what_was_sent(
    world: World,
) -> None:
    stop_after(world, 20, "plex put")

    cut = world.reconcile()

    assert (cut.puts, open_rows(world)) == (20, 0)
    assert not cut.report.problems
    assert titles(world) == {True: 20, False: MANY - 20}


def test_what_was_stopped_goes_on_where_it_was(world: World) -> None:
    stop_after(world, 20, "plex put")
    world.reconcile()
    world.is_over = bool

    rest = world.reconcile()
    again = world.reconcile(is_full=True)

    assert (rest.puts, again.puts) == (MANY - 20, 0)
    assert titles(world) == {True: MANY}


@pytest.mark.parametrize("requests", range(1, 9))
def test_a_stop_behind_any_request_loses_nothing(world: World, requests: int) -> None:
    stop_after(world, requests)
    cut = world.reconcile()
    world.is_over = bool

    rest = world.reconcile()

    assert cut.puts + rest.puts == MANY
    assert titles(world) == {True: MANY}
    assert world.reconcile(is_full=True).puts == 0


def test_a_pass_that_is_not_wholly_looked_at_is_not_let_go(world: World) -> None:
    """The brake judges all of it, or it would let a part of too much go."""
    world.limits = Limits(overwrites=0.0, overwrites_floor=55, removals_floor=10**9)
    for number in range(MANY):
        world.plex.person.edit(world.key(f"reel-{number:03}"), title="Mine")
        world.plex.person.unlock(world.key(f"reel-{number:03}"), "title")
    looks = 0

    def is_over() -> bool:
        nonlocal looks
        looks = world.requests["plex items"]
        return looks >= 1

    world.is_over = is_over
    cut = world.reconcile()
    world.is_over = bool
    rest = world.reconcile()

    assert looks == 1
    assert (cut.puts, rest.puts) == (0, 0)
    assert [held.is_news for held in rest.report.held] == [True]


def test_called_away_it_leaves_off_after_a_batch_and_says_so(world: World) -> None:
    world.is_called = lambda: world.requests["plex put"] > 0

    first = world.reconcile()
    world.is_called = bool
    rest = world.resume()

    assert (first.puts, first.report.is_left_off) == (50, True)
    assert (rest.puts, rest.report.is_left_off) == (MANY - 50, False)
    assert rest.sent["stash poll"] == 0
    assert titles(world) == {True: MANY}


def test_going_on_with_nothing_owed_asks_nobody(world: World) -> None:
    world.reconcile()

    assert not world.resume().sent
