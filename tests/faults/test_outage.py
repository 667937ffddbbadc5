"""Hours and weeks without Plex while Stash changes: what is kept, what it costs."""

import sys

import pytest

from reconciler.core.values import Field
from state.ledger import Ledger
from state.models import Journal, Link, Outbox
from tests.sandbox.server import Fault, Request, What
from tests.world import World

SCENES, ROUNDS = 500, 20
POLL, HOUR, DAY = 120.0, 3600.0, 86_400.0
LINKS, DAYS = 60, 30


@pytest.mark.slow
def test_ten_thousand_changes_in_six_hours_without_plex_all_arrive(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(SCENES):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    world.reconcile()
    world.later(600)
    world.is_probing, world.share = False, 0.3
    world.plex_wire.up = False

    end, probes, attempts = world.moment + 6 * HOUR, 0, 0
    for round_ in range(ROUNDS):
        for scene in world.stash.scenes:
            world.stash.update_scene(scene, title=f"Brook {scene}, take {round_}")
        until = end - (ROUNDS - 1 - round_) * 6 * HOUR / ROUNDS
        while world.moment < until:
            sent = world.reconcile().sent
            asked = sum(n for name, n in sent.items() if name.startswith("plex"))
            attempts += asked
            probes += asked > 0
            world.later(POLL)

    with Ledger(world.state) as ledger:
        entries, tried = sum(ledger.outbox.counts().values()), ledger.outbox.postponed()
    world.plex_wire.up = True
    runs = _writes_between_reads(world)
    passes = 0
    while _owed(world):
        world.later(POLL)
        world.reconcile()
        passes += 1

    with capsys.disabled():
        sys.stdout.write(
            f" [{SCENES * ROUNDS} changes, {probes} probes, {attempts} requests,"
            f" {passes} passes to deliver {entries} items]"
        )
    assert attempts <= probes
    assert (entries, tried) == (SCENES, 0)
    assert runs[:2] == [1, 10]
    assert passes <= 10
    with Ledger(world.state) as ledger:
        assert ledger.letters.count() == 0
    for scene in world.stash.scenes:
        title = world.value(f"brook-{scene - 1}", Field.TITLE)
        assert title == f"Brook {scene}, take {ROUNDS - 1}"


@pytest.mark.slow
def test_a_month_without_plex_owes_each_link_one_row_and_then_one_write(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """While all of Stash changes daily: films, names, new films, and deleted ones."""
    tag = world.stash.create_tag("Rivers")
    for number in range(LINKS):
        world.scene(f"brook-{number}", title=f"Brook {number}", tag_ids=(tag,))
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.is_probing = False
    journalled, sizes, most = _rows(world, Journal), list[int](), 0
    world.plex_wire.up = False
    for day in range(DAYS):
        for scene in list(world.stash.scenes):
            world.stash.update_scene(scene, title=f"Brook {scene}, day {day}")
        world.stash.update_tag(tag, name=f"Rivers of day {day}")
        world.scene(f"new-{day}", title="Found later")
        if day % 3 == 0:
            world.stash.destroy_scenes(1 + day // 3)
        for _ in range(12):
            world.later(2 * HOUR)
            world.reconcile()
            most = max(most, _rows(world, Outbox))
        sizes.append(world.state.stat().st_size)

    assert most <= LINKS == _rows(world, Link)
    assert _rows(world, Journal) == journalled
    assert sizes[-1] < 2 * sizes[0]
    with Ledger(world.state) as ledger:
        assert len(ledger.outages.last(9)) == 1
        assert ledger.letters.count() == 0
    world.plex_wire.up = True
    written = 0
    for _ in range(20):
        world.later(HOUR)
        written += world.reconcile().puts

    with capsys.disabled():
        sys.stdout.write(
            f" [{DAYS} days, at most {most} rows for {LINKS} links,"
            f" {sizes[0] // 1024} to {sizes[-1] // 1024} kB, {written} writes]"
        )
    living = [scene for scene in world.stash.scenes if scene <= LINKS]
    assert written == len(living) + DAYS
    assert _owed(world) == 0
    for scene in living:
        item = world.item(f"brook-{scene - 1}")
        assert item.values["title"] == f"Brook {scene}, day {DAYS - 1}"
        assert item.tags["genre"] == (f"Rivers of day {DAYS - 1}",)


def _rows(world: World, kind: type[Journal | Link | Outbox]) -> int:
    with Ledger(world.state):
        return kind.select().count()


def _writes_between_reads(world: World) -> list[int]:
    """Count the writes that follow each other without a read, from now on."""
    runs: list[int] = []
    is_after_a_read = True

    def see(request: Request) -> bool:
        nonlocal is_after_a_read
        if request.method != "PUT":
            is_after_a_read = True
        elif is_after_a_read:
            runs.append(1)
            is_after_a_read = False
        else:
            runs[-1] += 1
        return False

    world.plex_wire.faults.add(Fault(what=What.DROPPED, matches=see))
    return runs


def _owed(world: World) -> int:
    with Ledger(world.state) as ledger:
        return sum(ledger.outbox.counts().values())
