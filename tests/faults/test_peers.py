"""What others that do the same have published as their failures, each in numbers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.core.values import Field
from state.ledger import Ledger
from state.models import Outbox
from tests.faults.catalogue import is_put
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import LOCKED, Fault, Request, Response, What
from tests.world import World

HOUR, DAY = 3600.0, 86_400.0
REFUSED = Response(status=400, kind="refused")
BUSY = Response(status=503, kind="maintenance")
GONE = Response(status=404, kind="gone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What some time of passes has cost."""

    sent: Counter[str]
    rows: int
    """The most that the outbox has had after a pass."""

    @property
    def of_plex(self) -> int:
        """Requests to Plex."""
        return sum(n for name, n in self.sent.items() if name.startswith("plex"))


def live(world: World, seconds: float, *, every: float) -> Life:
    """Live on, as a daemon does."""
    world.is_probing = False
    sent, rows = Counter[str](), 0
    for _ in range(int(seconds / every)):
        world.later(every)
        sent += world.reconcile().sent
        rows = max(rows, _rows(world))
    return Life(sent=sent, rows=rows)


def _rows(world: World) -> int:
    with Ledger(world.state):
        return Outbox.select().count()


def _outages(world: World) -> int:
    with Ledger(world.state) as ledger:
        return len(ledger.outages.last(99))


def _waiting(world: World) -> int:
    with Ledger(world.state) as ledger:
        return sum(ledger.waits.counts().values())


def furnish(world: World, count: int) -> None:
    """Make films that say what Stash says."""
    for number in range(count):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.later(600)


def rename_all(world: World, words: str) -> None:
    for scene in list(world.stash.scenes):
        world.stash.update_scene(scene, title=f"{words} {scene}")


def is_told(world: World, words: str, numbers: range) -> bool:
    """Whether these films are called so by now."""
    return all(
        world.value(f"brook-{number}", Field.TITLE) == f"{words} {number + 1}"
        for number in numbers
    )


@pytest.mark.parametrize(
    ("what", "answer", "tries", "kind"),
    [
        (What.ANSWERED, LOCKED, 8, "ambiguous"),
        (What.RESET_BEFORE, LOCKED, 8, "ambiguous"),
        (What.BLACK_HOLE, LOCKED, 8, "ambiguous"),
        (What.DROPPED, LOCKED, 8, "ambiguous"),
        (What.ANSWERED, REFUSED, 1, "permanent"),
    ],
    ids=["locked", "reset", "black hole", "dropped", "refused"],
)
def test_infinite_requeue_what_fails_for_ever_is_tried_eight_times(
    world: World, what: What, answer: Response, tries: int, kind: str
) -> None:
    """Then it is a dead letter, and costs nothing any more; the others arrive."""
    furnish(world, 6)
    key = world.key("brook-5")
    rename_all(world, "Early")

    def is_of_it(request: Request) -> bool:
        return is_put(request) and f"id={key}&" in f"{request.query}&"

    fault = Fault(what=what, matches=is_of_it, answer=answer, times=10**6)
    world.plex_wire.faults.add(fault)

    trying = live(world, 4 * HOUR, every=600)
    assert trying.sent["plex put"] == 5 + tries
    assert (trying.rows, _rows(world)) == (1 if tries > 1 else 0, 0)
    assert is_told(world, "Early", range(5))
    with Ledger(world.state) as ledger:
        (letter,) = ledger.letters.newest(9)
    assert (letter.failure.kind, letter.attempts) == (kind, tries)

    assert live(world, 7 * DAY, every=12 * HOUR).of_plex == 0


def test_queue_balloon_what_plex_has_not_is_not_queued(world: World) -> None:
    """It waits, whatever Stash makes of it meanwhile, and arrives once it is there."""
    furnish(world, 5)
    for number in range(5, 55):
        world.scene(f"brook-{number}", in_plex=False, title="Brook")
    life = live(world, HOUR, every=HOUR)

    for day in range(6):
        rename_all(world, f"Day {day}")
        life = live(world, DAY, every=6 * HOUR)

        assert (life.rows, _rows(world), _waiting(world)) == (0, 0, 50)
        assert life.sent["plex put"] == 5
        # whether the library has changed, once a pass; what changed, twice a day
        assert life.of_plex <= 5 + 4 + 3 + 2

    for number in range(5, 55):
        world.plex.add(world.section, f"/media/films/brook-{number}.mp4")
    life = live(world, HOUR, every=HOUR)
    assert (life.sent["plex put"], life.rows, _waiting(world)) == (50, 0, 0)
    assert is_told(world, "Day 5", range(55))


@pytest.mark.parametrize("is_whole_answer_404", [False, True])
def test_breaker_tripped_by_not_found_what_is_gone_stops_nothing_else(
    tmp_path: Path, *, is_whole_answer_404: bool
) -> None:
    """Forty films of sixty are gone; the others are delivered in that very pass."""
    switches = Switches(batch_read_all_or_404=is_whole_answer_404)
    world = World(folder=tmp_path, switches=switches)
    furnish(world, 60)
    for number in range(40):
        world.plex.scanner.remove(world.section, f"/media/films/brook-{number}.mp4")
    world.plex.scanner.empty_trash(world.section)
    rename_all(world, "Early")

    outcome = live(world, 600, every=600)

    assert outcome.sent["plex put"] == 20
    assert is_told(world, "Early", range(40, 60))
    assert (_outages(world), _rows(world), _waiting(world)) == (0, 0, 40)
    # where one dead key hides the living, they are found by halving what is asked for
    assert outcome.sent["plex items"] <= (5 * 40 if is_whole_answer_404 else 6)


def test_breaker_tripped_by_not_found_nor_does_what_goes_while_it_is_written(
    world: World,
) -> None:
    furnish(world, 20)
    rename_all(world, "Early")
    gone = Fault(what=What.ANSWERED, matches=is_put, answer=GONE, times=10)
    world.plex_wire.faults.add(gone)

    assert live(world, 600, every=600).sent["plex put"] == 20

    assert (_outages(world), _rows(world), _waiting(world)) == (0, 0, 10)
    # they are listed in the next pass, since none had gone in truth
    assert live(world, 600, every=600).sent["plex put"] == 10
    assert is_told(world, "Early", range(20))
    assert (_outages(world), _rows(world), _waiting(world)) == (0, 0, 0)


OWN_FORM = Switches(
    trims=True, normalises=True, cuts_at_255=True, newlines_become_spaces=True
)


def test_one_job_processed_thousands_of_times_a_value_in_plexs_own_form_is_written_once(
    tmp_path: Path,
) -> None:
    """It is never what was sent; no pass finds it to be written again for that."""
    world = World(folder=tmp_path, switches=OWN_FORM)
    words = "Ice.\n\nSnow.\r\nWater. "
    world.scene("brook", title="Bru\u0308cke " * 40, details=words)

    assert world.reconcile().puts == 1
    assert world.value("brook", Field.SUMMARY) != words
    for number in range(50):
        world.later(HOUR)
        part = (number % 24, 24) if number % 2 else None
        assert world.reconcile(part=part, is_full=number % 10 == 0).puts == 0


def test_one_job_processed_thousands_of_times_a_thousand_saves_are_one_write(
    world: World,
) -> None:
    furnish(world, 3)
    lives = []
    for _ in range(50):
        for _ in range(20):
            world.later(1)
            world.stash.update_scene(1, title="Brook in spring")
        lives.append(live(world, 60, every=60))

    assert [life.sent["plex put"] for life in lives] == [1] + [0] * 49
    assert [life.of_plex for life in lives[1:]] == [0] * 49
    assert world.value("brook-0", Field.TITLE) == "Brook in spring"


Edit = Callable[[World], None]


def _retitle(world: World) -> None:
    world.stash.update_scene(2, title="Brook in spring")


def _rename(world: World) -> None:
    world.stash.update_performer(1, name="Ada Newname")


def _crossed(world: World, number: int, edit: Edit, seconds: int) -> bool:
    """Reconcile, with an edit just before a request; say whether there is that one."""
    seen = 0

    def see(_: Request) -> bool:
        nonlocal seen
        seen += 1
        if seen == number:
            edit(world)
        world.later(seconds)
        return False

    wires = (world.plex_wire, world.stash_wire)
    for wire in wires:
        wire.faults.add(Fault(what=What.DROPPED, matches=see))
    assert world.reconcile().puts == 3
    for wire in wires:
        wire.faults.clear()
    return seen >= number


@pytest.mark.parametrize("seconds", [0, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("edit", [_retitle, _rename])
@pytest.mark.parametrize("is_known", [False, True])
def test_an_edit_during_a_sync_is_not_lost(
    tmp_path: Path, edit: Edit, seconds: int, *, is_known: bool
) -> None:
    """Whichever request of the pass it comes before; these take so many seconds."""
    number = 0
    while True:
        number += 1
        folder = tmp_path / str(number)
        folder.mkdir()
        world = World(folder=folder)
        ada = world.stash.create_performer("Ada Oldname")
        for stem in ("brook-0", "brook-1", "brook-2"):
            world.scene(stem, title="Brook", performer_ids=(ada,))
        if is_known:
            world.reconcile()
            world.later(DAY)
            rename_all(world, "Early")
        if not _crossed(world, number, edit, seconds):
            break

        world.later(60)
        world.reconcile()

        is_renamed, title = edit is _rename, "Early 2" if is_known else "Brook"
        ada_now = "Ada Newname" if is_renamed else "Ada Oldname"
        assert {world.value(f"brook-{n}", Field.ACTORS) for n in range(3)} == {
            (ada_now,)
        }
        assert world.value("brook-1", Field.TITLE) == (
            title if is_renamed else "Brook in spring"
        )
        assert (world.reconcile().puts, _rows(world)) == (0, 0)
    assert number > 5


@pytest.mark.slow
def test_an_item_that_is_busy_for_a_week_is_asked_for_ever_seldomer(
    tmp_path: Path,
) -> None:
    """It is never given up, and costs a few requests a day; all others arrive."""
    world = World(folder=tmp_path)
    furnish(world, 4)
    busy = world.key("brook-0")

    def is_of_busy(request: Request) -> bool:
        return is_put(request) and f"id={busy}" in request.query

    fault = Fault(what=What.ANSWERED, matches=is_of_busy, times=10**6, answer=BUSY)
    world.plex_wire.faults.add(fault)
    rename_all(world, "Rill")

    week = live(world, 7 * DAY, every=600)

    titles = [world.value(f"brook-{number}", Field.TITLE) for number in range(1, 4)]
    assert titles == ["Rill 2", "Rill 3", "Rill 4"]
    assert week.rows == 1
    assert week.sent["plex put"] < 150
    world.plex_wire.faults.clear()
    live(world, 6 * HOUR, every=600)
    assert world.value("brook-0", Field.TITLE) == "Rill 1"
