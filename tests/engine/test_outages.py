"""A server that is down costs time: it is asked seldom, and nothing is lost."""

import pytest

from reconciler.core.values import Field
from state.ledger import Ledger
from state.records import OutageRecord
from tests.sandbox.server import Fault, Request, Response, What
from tests.world import World

HOUR = 3600.0
LOGIN = Response(
    status=302, headers=(("Location", "/login"),), body=b"", kind="refused"
)
REFUSED = Response(status=401, headers=(), body=b"", kind="refused")


@pytest.fixture
def films(world: World) -> World:
    """Return twenty films that say what Stash says, under a daemon."""
    for number in range(20):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.is_probing = False
    return world


def _rename_all(world: World, words: str) -> None:
    for scene in world.stash.scenes:
        world.stash.update_scene(scene, title=f"{words} {scene}")


def _outages(world: World) -> list[OutageRecord]:
    with Ledger(world.state) as ledger:
        return ledger.outages.last(10)


def _entries(world: World) -> tuple[int, int]:
    """Count entries, and those of them that were tried in vain."""
    with Ledger(world.state) as ledger:
        return sum(ledger.outbox.counts().values()), ledger.outbox.postponed()


def _is_put(request: Request) -> bool:
    return request.method == "PUT"


def _wait(world: World, seconds: float, *, poll: float = 120.0) -> int:
    """Live on; count the passes in which Plex was asked for anything."""
    asked = 0
    for _ in range(int(seconds / poll)):
        world.later(poll)
        sent = world.reconcile().sent
        asked += any(name.startswith("plex") for name in sent)
    return asked


def test_a_plex_that_is_down_is_asked_seldom_and_what_stash_says_is_recorded(
    films: World,
) -> None:
    films.plex_wire.up = False
    _rename_all(films, "Early")
    probes = _wait(films, 3 * HOUR)
    _rename_all(films, "Late")
    probes += _wait(films, HOUR)

    assert 10 <= probes <= 40
    assert _entries(films) == (20, 0)
    (outage,) = _outages(films)
    assert (outage.server, outage.kind, outage.ended) == ("plex", "unreachable", None)

    films.plex_wire.up = True
    _wait(films, HOUR)

    assert _entries(films) == (0, 0)
    assert films.value("brook-7", Field.TITLE) == "Late 8"
    (outage,) = _outages(films)
    assert outage.ended is not None
    assert outage.ended - outage.began > 4 * HOUR


def test_a_plex_that_has_come_back_is_delivered_slowly_at_first(films: World) -> None:
    films.plex_wire.up = False
    _rename_all(films, "Early")
    _wait(films, HOUR)
    films.plex_wire.up = True
    seen = ""

    def see(request: Request) -> bool:
        nonlocal seen
        seen += "w" if _is_put(request) else "r"
        return False

    films.plex_wire.faults.add(Fault(what=What.DROPPED, matches=see))

    _wait(films, HOUR)

    assert [len(run) for run in seen.split("r") if run] == [1, 10, 9]


def test_neither_a_restart_nor_a_crash_makes_a_rest_shorter(films: World) -> None:
    films.plex_wire.up = False
    _rename_all(films, "Early")
    _wait(films, HOUR)

    films.restart()

    assert not any(name.startswith("plex") for name in films.reconcile().sent)


def test_a_person_need_not_wait_for_the_end_of_a_rest(films: World) -> None:
    films.plex_wire.up = False
    _rename_all(films, "Early")
    _wait(films, HOUR)
    films.plex_wire.up = True
    films.is_probing = True

    assert films.reconcile().puts == 20


def test_a_failed_probe_is_one_request(films: World) -> None:
    films.plex_wire.up = False
    _rename_all(films, "Early")
    _wait(films, HOUR)
    films.is_probing = True

    outcome = films.reconcile()

    assert sum(n for name, n in outcome.sent.items() if name.startswith("plex")) == 1
    assert len(outcome.report.problems) == 1


def test_a_rest_is_told_with_its_end_and_its_cause(films: World) -> None:
    films.plex_wire.up = False
    _rename_all(films, "Early")
    films.reconcile()

    (told,) = films.reconcile().report.problems

    assert "plex is left alone until" in told
    assert "cannot be reached" in told


@pytest.mark.parametrize("answer", [LOGIN, REFUSED])
def test_who_is_not_plex_or_does_not_know_us_makes_no_dead_letters(
    films: World, answer: Response
) -> None:
    """A proxy that wants a login, or a token that was revoked, while writing."""
    _rename_all(films, "Early")
    fault = Fault(what=What.ANSWERED, matches=_is_put, answer=answer, times=10**6)
    films.plex_wire.faults.add(fault)
    _wait(films, 3 * HOUR, poll=300)

    assert _entries(films) == (20, 0)
    (outage,) = _outages(films)
    assert outage.failures > 10
    with Ledger(films.state) as ledger:
        assert ledger.letters.count() == 0
    films.plex_wire.faults.clear()
    _wait(films, HOUR, poll=300)
    assert _entries(films) == (0, 0)


def test_an_outage_of_writes_is_over_when_there_is_nothing_to_write(
    films: World,
) -> None:
    films.stash.update_scene(1, title="Once")
    fault = Fault(what=What.ANSWERED, matches=_is_put, answer=REFUSED, times=10**6)
    films.plex_wire.faults.add(fault)
    films.reconcile()
    films.later(60)
    films.stash.update_scene(1, title="Brook 0")
    films.scene("absent", in_plex=False)

    _wait(films, HOUR, poll=300)

    (outage,) = _outages(films)
    assert outage.ended is not None


def test_nothing_is_written_while_stash_does_not_take_our_key(films: World) -> None:
    fault = Fault(what=What.ANSWERED, matches=_is_put)
    films.plex_wire.faults.add(fault)
    _rename_all(films, "Early")
    films.reconcile()
    owed, _ = _entries(films)
    assert owed
    refused = Fault(what=What.ANSWERED, answer=REFUSED, times=10**6)
    films.stash_wire.faults.add(refused)
    films.plex_wire.faults.clear()

    films.later(HOUR)
    assert films.reconcile().puts == 0
    films.later(1)
    assert films.reconcile().puts == 0

    films.stash_wire.faults.clear()
    films.later(HOUR)
    assert films.reconcile().puts == owed


def test_what_is_not_in_plex_is_no_failure_of_plex(films: World) -> None:
    for number in range(10):
        films.scene(f"absent-{number}", in_plex=False, title="Absent")
        films.plex.scanner.remove(films.section, f"/media/films/brook-{number}.mp4")
    films.plex.scanner.empty_trash(films.section)
    _rename_all(films, "Early")

    _wait(films, HOUR)

    assert _outages(films) == []
    assert films.value("brook-15", Field.TITLE) == "Early 16"
