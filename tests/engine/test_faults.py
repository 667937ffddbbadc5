"""What a server's failure costs: time, never what was to be written."""

from reconciler.core.values import Field
from state.ledger import Ledger
from tests.sandbox.plex.state import Maintenance
from tests.sandbox.server import Fault, Request, Response, What
from tests.world import World


def _is_put(request: Request) -> bool:
    return request.method == "PUT"


def _fault(world: World, what: What, **how: object) -> None:
    world.plex_wire.faults.add(Fault(what=what, matches=_is_put, **how))  # type: ignore[arg-type] # by name


def _owed(world: World) -> int:
    with Ledger(world.state) as ledger:
        return sum(ledger.outbox.counts().values())


def test_what_stash_has_is_recorded_while_plex_is_down(world: World) -> None:
    world.scene("glacier", title="Glacier")
    world.reconcile()
    scene = world.scene("brook", title="Brook")
    world.stash.update_scene(scene, title="Brook in spring")
    world.later(60)
    world.plex_wire.up = False

    outcome = world.reconcile()
    assert len(outcome.report.problems) == 1
    world.plex_wire.up = True
    world.reconcile()

    assert world.value("brook", Field.TITLE) == "Brook in spring"


def test_what_is_owed_is_delivered_while_stash_is_down(world: World) -> None:
    world.scene("glacier", title="Glacier")
    world.plex.model.maintenance = Maintenance.STARTUP
    world.reconcile()
    world.plex.model.maintenance = None
    world.reconcile()
    scene = next(iter(world.stash.scenes))
    world.later(60)
    world.stash.update_scene(scene, title="Glacier at night")
    _fault(world, What.ANSWERED)
    world.reconcile()
    world.stash_wire.up = False
    world.later(3600)

    outcome = world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier at night"
    assert len(outcome.report.problems) == 1


def test_a_write_that_is_dropped_is_tried_again(world: World) -> None:
    world.scene("glacier", title="Glacier")
    _fault(world, What.DROPPED)

    first = world.reconcile()
    assert first.report.undelivered == 1
    world.later(3600)
    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier"
    assert _owed(world) == 0


def test_an_applied_write_without_an_answer_is_found_and_verified_later(
    world: World,
) -> None:
    world.scene("glacier", title="Glacier")
    _fault(world, What.RESET_AFTER)

    assert world.reconcile().report.undelivered == 1
    assert world.value("glacier", Field.TITLE) == "Glacier"
    world.later(3600)
    second = world.reconcile()

    assert (second.puts, second.report.undelivered) == (0, 0)
    assert _owed(world) == 0


def test_a_server_that_fails_three_times_is_left_in_peace(world: World) -> None:
    for number in range(10):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    _fault(world, What.ANSWERED, times=10)

    outcome = world.reconcile()

    assert outcome.sent["plex put"] == 3
    world.plex_wire.faults.clear()
    world.later(3600)
    world.reconcile()
    assert _owed(world) == 0


def test_a_token_that_is_not_taken_counts_no_attempt(world: World) -> None:
    world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(60)
    scene = next(iter(world.stash.scenes))
    world.stash.update_scene(scene, title="Glacier at night")
    refused = Response(status=401, headers=(), body=b"", kind="refused")
    _fault(world, What.ANSWERED, answer=refused)

    outcome = world.reconcile()
    assert "token" in " ".join(outcome.report.problems)
    assert outcome.report.undelivered == 0

    assert world.reconcile().puts == 1
    assert world.value("glacier", Field.TITLE) == "Glacier at night"


def test_a_write_that_is_refused_becomes_dead_letters_until_stash_changes_it(
    world: World,
) -> None:
    scene = world.scene("glacier", title="Glacier")
    refused = Response(status=400, headers=(), body=b"", kind="refused")
    _fault(world, What.ANSWERED, answer=refused)
    world.reconcile()

    with Ledger(world.state) as ledger:
        assert {letter.field for letter in ledger.letters.newest(10)} == {"title"}
    assert world.reconcile().puts == 0
    world.later(60)
    world.stash.update_scene(scene, title="Glacier, take two")

    assert world.reconcile().puts == 1
    with Ledger(world.state) as ledger:
        assert ledger.letters.count() == 0


def test_an_observation_that_has_grown_old_is_read_anew(world: World) -> None:
    for number in range(3):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    slow = Fault(what=What.SLOW_AFTER, matches=_is_put, times=3, seconds=20.0)
    world.plex_wire.faults.add(slow)
    world.plex_wire._sleep = world.later

    outcome = world.reconcile()

    # looked at once to judge, once to write, once more when 30 seconds were over, and
    # once to read back
    assert outcome.sent["plex items"] == 4
    assert outcome.puts == 3


def test_a_write_that_plex_fails_for_ever_is_given_up_and_the_others_arrive(
    world: World,
) -> None:
    """It is looked at ever seldomer: at last its fields are dead letters."""
    key = world.scene("glacier", title="Glacier") and world.key("glacier")
    world.scene("brook", title="Brook")
    locked = Fault(
        what=What.ANSWERED,
        matches=lambda asked: _is_put(asked) and f"id={key}" in asked.query,
        times=10**6,
    )
    world.plex_wire.faults.add(locked)
    puts = 0
    for _ in range(48):
        puts += world.reconcile().puts
        world.later(300)

    with Ledger(world.state) as ledger:
        letters = ledger.letters.newest(10)
    assert {letter.failure.kind for letter in letters} == {"ambiguous"}
    assert (_owed(world), world.value("brook", Field.TITLE)) == (0, "Brook")
    assert puts <= 10
