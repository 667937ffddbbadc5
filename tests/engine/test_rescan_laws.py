"""Scans of single folders: what they find, what they cost, and what they never cost."""

import pytest

from reconciler.core.folders import MOST
from reconciler.core.lull import Hours
from reconciler.core.values import Field
from reconciler.engine.lulls import Streams
from reconciler.engine.patience import Patience
from state.ledger import Ledger
from tests.crash.boundaries import Crash, watched
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import LOCKED, LOGIN_PAGE, Fault, Request, What
from tests.world import FILMS, Outcome, World, rules

DAY = 24 * 3600
LAKE = "/media/films/lake"


@pytest.fixture
def films(world: World) -> World:
    """Return a library with a film in each of two folders, which Plex knows."""
    world.scene("lake/heron", title="Heron")
    world.scene("sea/kelp", title="Kelp")
    world.reconcile()
    world.asks_for_scans = True
    world.plex.model.scans_wait = True
    world.later(60)
    return world


def arrive(world: World, stem: str) -> int:
    """Put a film on the disk, which Stash has seen and Plex has not."""
    world.plex.scanner.add_file(f"/media/films/{stem}.mp4")
    return world.scene(stem, in_plex=False, title=stem.title())


def later(world: World, seconds: float = 60) -> Outcome:
    world.later(seconds)
    return world.reconcile()


def asked(world: World) -> list[tuple[int, str | None]]:
    """Take the scans that Plex was asked for and has not made yet."""
    return list(world.plex.model.scans_due)


def known(world: World) -> set[str]:
    """Name the files that Plex has items of."""
    return {file for item in world.plex.snapshot().values() for file in item.files}


def tried(world: World) -> int:
    with Ledger(world.state) as ledger:
        return ledger.outbox.postponed()


# what a scan is good for


def test_a_film_arrives_with_a_scan_of_its_folder_and_of_no_other(films: World) -> None:
    arrive(films, "lake/egret")
    films.plex.scanner.add_file("/media/films/sea/gull.mp4")

    first = films.reconcile()

    assert asked(films) == [(films.section, LAKE)]
    assert (first.sent["plex scan"], first.sent["plex files"]) == (1, 1)
    assert first.report.notes == (f"plex was asked to scan {LAKE}",)
    assert (first.report.waiting, first.report.problems, tried(films)) == (1, (), 0)
    films.plex.scanner.finish_scans()
    second = later(films)

    assert films.value("lake/egret", Field.TITLE) == "Lake/Egret"
    assert (second.report.waiting, second.sent["plex scan"]) == (0, 0)
    assert "/media/films/sea/gull.mp4" not in known(films)


def test_a_new_folder_beside_others_costs_one_request(films: World) -> None:
    """Plex has nothing there, so nothing can be lost."""
    arrive(films, "river/otter")

    outcome = films.reconcile()

    assert asked(films) == [(films.section, "/media/films/river")]
    assert (outcome.sent["plex scan"], outcome.sent["plex files"]) == (1, 0)


def test_many_films_of_one_folder_are_one_scan(films: World) -> None:
    for number in range(30):
        arrive(films, f"lake/egret {number}")

    assert films.reconcile().sent["plex scan"] == 1
    films.plex.scanner.finish_scans()
    assert later(films).report.waiting == 0


def test_of_many_folders_ten_are_asked_for_in_a_pass(films: World) -> None:
    count = 2 * MOST + 3
    for number in range(count):
        arrive(films, f"pond {number}/egret")

    sent = [later(films).sent["plex scan"] for _ in range(4)]
    assert sent == [MOST, 0, 0, 0]  # it is at it
    passes = 0
    while films.plex.model.scans_due:
        films.plex.scanner.finish_scans()
        passes += 1
        sent.append(later(films).sent["plex scan"])

    assert sum(sent) == count
    assert passes == 3
    assert later(films).report.waiting == 0


# law 2: quiet is free


def test_a_folder_is_asked_for_once_while_a_scene_waits(films: World) -> None:
    scene = arrive(films, "lake/egret")
    films.reconcile()
    films.plex.model.scans_due.clear()
    films.plex.model.sections[films.section].is_scanning = False

    sent = [later(films).sent for _ in range(3)]
    films.stash.update_scene(scene, title="Egret, wider")
    sent.append(later(films).sent)
    films.restart()
    sent.append(later(films, DAY).sent)
    sent.append(films.reconcile(is_full=True).sent)

    assert [one["plex scan"] for one in sent] == [0] * 6
    assert dict(later(films, DAY).sent) == {"stash poll": 1, "plex sections": 1}


def test_it_is_asked_for_again_where_the_scene_gets_another_file(films: World) -> None:
    """As what was filed away days after it came, out of a folder that Plex has not."""
    films.stash.scan_new_file("/data/incoming/egret.mp4")
    assert films.reconcile().sent["plex scan"] == 0
    films.later(3 * DAY)
    films.plex.scanner.add_file(f"{LAKE}/egret.mp4")
    films.stash.move_files([3], "/data/films/lake")

    films.reconcile()

    assert asked(films) == [(films.section, LAKE)]


def test_nobody_who_has_not_asked_for_it_has_plex_scan(films: World) -> None:
    films.asks_for_scans = False
    arrive(films, "lake/egret")

    assert [later(films).sent["plex scan"] for _ in range(3)] == [0, 0, 0]


def test_what_has_waited_for_days_is_not_asked_for_when_it_is_switched_on(
    films: World,
) -> None:
    films.asks_for_scans = False
    arrive(films, "lake/egret")
    films.reconcile()
    films.later(2 * DAY)
    films.asks_for_scans = True

    assert later(films).sent["plex scan"] == 0


def test_a_scan_that_is_due_is_no_reason_to_ask_plex_sooner(films: World) -> None:
    films.patience = Patience(clock=films.clock)
    films.quiet = (Hours.parse("00:00-24:00"),)
    arrive(films, "lake/egret")
    films.reconcile()
    later(films, 2 * 3600)
    films.quiet = ()

    sent = [later(films).sent for _ in range(15)]

    assert [dict(one) for one in sent[:14]] == [{"stash poll": 1}] * 14
    assert (sent[14]["plex sections"], sent[14]["plex scan"]) == (1, 1)


# law 3: only what is ours


def test_a_library_without_such_a_folder_is_never_asked(films: World) -> None:
    shorts = films.plex.add_section("Shorts", "/media/shorts")
    films.plex.add(shorts, "/media/shorts/lake/reed.mp4")
    films.rules = {FILMS: rules(), "Shorts": rules()}
    films.meaning = "another library"
    films.reconcile()
    arrive(films, "lake/egret")
    films.stash.scan_new_file("/data/elsewhere/lake/owl.mp4")

    later(films)
    later(films)

    assert asked(films) == [(films.section, LAKE)]


@pytest.mark.parametrize(
    "stem",
    ["egret", "far/away/egret"],
    ids=["the library's own", "one that plex knows nothing near"],
)
def test_a_folder_that_is_not_shown_to_be_plexs_is_never_asked_for(
    films: World, stem: str
) -> None:
    arrive(films, stem)

    assert [later(films).sent["plex scan"] for _ in range(3)] == [0, 0, 0]


def test_a_folder_that_holds_one_of_the_librarys_own_is_never_asked_for(
    films: World,
) -> None:
    section = films.plex.model.sections[films.section]
    section.locations.append((99, "/media/films/lake/deep"))
    arrive(films, "lake/egret")
    arrive(films, "lake/deep/egret")

    assert [later(films).sent["plex scan"] for _ in range(3)] == [0, 0, 0]


def test_a_saved_plan_and_a_look_ahead_ask_for_nothing(films: World) -> None:
    arrive(films, "lake/egret")

    assert films.plan().sent["plex scan"] == 0
    assert films.reconcile(only={}).sent["plex scan"] == 0
    assert films.reconcile(library=FILMS).sent["plex scan"] == 0
    assert asked(films) == []


# nothing is lost by it


@pytest.mark.parametrize("away", [LAKE, "/media/films", "/media/films/lake/deep"])
def test_what_plex_does_not_reach_is_not_scanned_and_loses_nothing(
    films: World, away: str
) -> None:
    """A folder that is not mounted, the whole library, and one folder in the folder."""
    films.plex.add(films.section, f"{LAKE}/deep/reed.mp4")
    films.reconcile(is_full=True)
    before = films.plex.snapshot()
    films.plex.scanner.unmount(away)
    films.scene("lake/egret", in_plex=False, title="Egret")

    outcome = later(films)
    films.plex.scanner.finish_scans()

    assert films.plex.snapshot() == before
    why = "it does not say that it reaches the files that it has there"
    assert outcome.report.notes == (f"{LAKE} is not scanned by plex: {why}",)
    assert outcome.report.problems == ()
    assert later(films).sent["plex files"] == 0


def test_where_plex_does_not_tell_what_it_reaches_nothing_is_scanned(
    films: World,
) -> None:
    films.plex.model.switches = Switches(tells_of_files=False)
    arrive(films, "lake/egret")

    assert later(films).sent["plex scan"] == 0


def test_a_folder_of_more_folders_than_can_be_looked_at_is_not_scanned(
    films: World,
) -> None:
    for number in range(50):
        films.plex.add(films.section, f"{LAKE}/{number}/reed.mp4")
    films.reconcile(is_full=True)
    arrive(films, "lake/egret")

    outcome = later(films)

    assert (outcome.sent["plex scan"], outcome.sent["plex files"]) == (0, 0)
    assert outcome.report.notes == (
        f"{LAKE} is not scanned by plex: it has items in more than 50 folders there",
    )


@pytest.mark.parametrize("company", [False, True])
def test_a_film_that_was_renamed_keeps_its_item(films: World, *, company: bool) -> None:
    """A scan of the new folder alone would make another: Plex has to see both names."""
    key = films.key("lake/heron")
    films.plex.person.edit(key, rating="8")
    films.plex.scanner.rename_file(f"{LAKE}/heron.mp4", "/media/films/sea/heron.mp4")
    films.stash.move_files([1], "/data/films/sea")
    if company:
        arrive(films, "sea/gull")

    for _ in range(3):
        later(films)
        films.plex.scanner.finish_scans()
    films.plex.scanner.scan(films.section)
    later(films)

    assert films.key("sea/heron") == key
    assert films.item("sea/heron").values["rating"] == "8.0"


def test_what_has_lost_its_item_is_not_asked_for(films: World) -> None:
    """As all do whose disk is away: that is not to be scanned again."""
    films.plex.scanner.remove(films.section, f"{LAKE}/heron.mp4")
    films.stash.update_scene(1, title="Heron, wider")

    assert [later(films).sent["plex scan"] for _ in range(3)] == [0, 0, 0]


def test_while_much_is_lost_nothing_is_asked_for(
    films: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.engine.rescans._BATCH", 1)
    films.plex.scanner.remove(films.section, "/media/films/sea/kelp.mp4")
    films.stash.update_scene(2, title="Kelp, wider")
    films.reconcile()
    arrive(films, "lake/egret")

    assert [later(films).sent["plex scan"] for _ in range(3)] == [0, 0, 0]


def test_a_library_that_is_doubted_is_not_asked(films: World) -> None:
    for key in films.plex.snapshot():
        films.plex.scanner.trash(key)
    films.reconcile(is_full=True)
    arrive(films, "lake/egret")

    assert [later(films).sent["plex scan"] for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    "switches",
    [Switches(scan_ignores_path=True), Switches(missing_folder_is_spared=True)],
)
def test_a_plex_that_does_otherwise_loses_nothing(
    films: World, switches: Switches
) -> None:
    films.plex.model.switches = switches
    before = films.plex.snapshot()
    arrive(films, "lake/egret")
    films.reconcile()
    films.plex.scanner.finish_scans()
    later(films)

    after = films.plex.snapshot()
    assert films.value("lake/egret", Field.TITLE) == "Lake/Egret"
    assert {key: after[key] for key in before} == before


# politeness, and faults


def test_not_while_it_is_paused_or_quiet_or_scanned_but_after(films: World) -> None:
    section = films.plex.model.sections[films.section]
    arrive(films, "lake/egret")
    films.is_paused = True
    assert later(films).sent["plex scan"] == 0
    films.is_paused = False
    films.quiet = (Hours.parse("00:00-24:00"),)
    assert later(films).sent["plex scan"] == 0
    films.quiet = ()
    section.is_scanning = True
    assert later(films).sent["plex scan"] == 0
    section.is_scanning = False
    films.streams = Streams(clock=films.clock)
    films.plex.model.playing.append(films.key("sea/kelp"))
    outcome = later(films)
    assert (outcome.sent["plex scan"], outcome.report.lulls) == (0, ())
    films.plex.model.playing.clear()

    assert later(films, 120).sent["plex scan"] == 1


def test_a_folder_that_nothing_is_to_be_asked_for_costs_no_look_at_streams(
    films: World,
) -> None:
    films.streams = Streams(clock=films.clock)
    arrive(films, "egret")

    assert later(films).sent["plex streams"] == 0


def test_what_plex_refuses_is_told_once_and_harms_nothing(films: World) -> None:
    arrive(films, "lake/egret")
    films.stash.update_scene(1, title="Heron, wider")
    is_scan = Fault(what=What.ANSWERED, matches=_is_scan, answer=LOCKED, times=99)
    films.plex_wire.faults.add(is_scan)

    outcome = later(films)

    (note,) = outcome.report.notes
    assert note.startswith(f"{LAKE} is not scanned by plex: ")
    assert (outcome.report.problems, outcome.puts) == ((), 1)
    assert tried(films) == 0
    again = later(films)
    assert (again.sent["plex scan"], again.report.notes) == (0, ())


def _is_scan(request: Request) -> bool:
    return request.path.endswith("/refresh")


def test_a_guest_whose_scan_is_refused_still_reads(films: World) -> None:
    films.plex.model.guests.add(films.plex.model.token)
    films.plex.model.token = "another-owner"
    arrive(films, "lake/egret")

    outcome = later(films)

    assert outcome.report.problems == ()
    why = "it does not take that from who has this token (401 or 403)"
    assert outcome.report.notes == (f"{LAKE} is not scanned by plex: {why}",)
    assert later(films).report.problems == ()


def test_a_plex_that_goes_away_is_asked_when_it_is_back(films: World) -> None:
    arrive(films, "lake/egret")
    films.plex_wire.up = False
    assert later(films).sent["plex scan"] == 0
    films.plex_wire.up = True
    away = Fault(what=What.ANSWERED, matches=_is_scan, answer=LOGIN_PAGE)
    films.plex_wire.faults.add(away)

    outcome = later(films)

    (problem,) = outcome.report.problems
    assert "does not answer like Plex" in problem
    assert (asked(films), outcome.report.notes) == ([], ())
    later(films, 3600)
    assert asked(films) == [(films.section, LAKE)]


def test_law_5_a_crash_behind_a_scan_costs_another_at_most(films: World) -> None:
    arrive(films, "lake/egret")

    def hit(_: int) -> None:
        if asked(films):
            raise Crash

    with pytest.raises(Crash), watched(hit):
        films.reconcile()
    films.restart()
    films.plex.model.scans_due.clear()
    films.plex.model.sections[films.section].is_scanning = False

    assert [later(films).sent["plex scan"] for _ in range(2)] == [1, 0]
    films.plex.scanner.finish_scans()
    assert later(films).report.waiting == 0
