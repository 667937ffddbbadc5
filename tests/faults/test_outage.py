"""Six hours without Plex, while Stash changes ten thousand times."""

import sys

import pytest

from reconciler.core.values import Field
from state.ledger import Ledger
from tests.sandbox.server import Fault, Request, What
from tests.world import World

SCENES, ROUNDS = 500, 20
POLL, HOUR = 120.0, 3600.0


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
