"""A server that says less than it did: nothing is undone on that; it is told once."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from reconciler.core.brake import Limits
from reconciler.core.errors import UserError
from reconciler.core.match import Mapping
from reconciler.core.values import Field
from reconciler.engine.doubting import approve_doubt
from state.ledger import Ledger
from tests.sandbox.plex.double import Snapshot
from tests.sandbox.plex.state import Maintenance
from tests.sandbox.server import Fault, InProcessAdapter, Request, Response, What
from tests.sandbox.stash.http import StashDouble
from tests.sandbox.stash.model import Status
from tests.sandbox.stash.store import Backup
from tests.world import FILMS, World, rules

COUNT, EARLY = 24, 18
STRICT = Limits(overwrites_floor=10**9, removals_floor=2, removals=0.02)
Trouble = Callable[[World], Callable[[], object]]
"""Begins, and returns what ends it."""


@pytest.fixture
def films(world: World) -> World:
    """Return two dozen films, settled and quiet, with limits that hold three."""
    for number in range(COUNT):
        world.scene(f"brook-{number:02}", title=f"Brook {number}")
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.later(600)
    world.limits = STRICT
    return world


def tombstones(world: World) -> int:
    with Ledger(world.state) as ledger:
        return ledger.scenes.tombstones()


def doubted(world: World) -> set[str]:
    with Ledger(world.state) as ledger:
        return set(ledger.doubts.standing())


def _empty(world: World) -> Callable[[], object]:
    backup = world.stash.backup()
    world.stash.clear()
    return lambda: world.stash.restore(backup)


def _error(answer: Response) -> Trouble:
    def begin(world: World) -> Callable[[], object]:
        faults = world.stash_wire.faults
        faults.add(Fault(what=What.ANSWERED, times=10**9, answer=answer))
        return faults.clear

    return begin


def _said(body: object, status: int = 200) -> Response:
    return Response(
        status=status,
        headers=(("Content-Type", "application/json"),),
        body=json.dumps(body).encode(),
    )


_ERRORS = _said({"errors": [{"message": "database is locked"}], "data": None})
_BROKEN = _said({}, status=502)


def _offline(world: World) -> Callable[[], object]:
    world.stash_wire.up = False
    return lambda: setattr(world.stash_wire, "up", True)


def _unready(world: World) -> Callable[[], object]:
    settings = world.stash.settings
    settings.status = Status.NEEDS_MIGRATION
    return lambda: setattr(settings, "status", Status.OK)


def _importing(world: World) -> Callable[[], object]:
    """Stop in the middle of an import."""
    backup = world.stash.backup()
    steps = world.stash.metadata_import(backup)
    while next(steps) != "half of the scenes":
        pass

    def end() -> None:
        world.stash.jobs.restart()
        world.stash.restore(backup)

    return end


def _half_imported(world: World) -> Callable[[], object]:
    """Break an import off in the middle: all ids are others', and half are gone."""
    end = _importing(world)
    world.stash.jobs.finish(1, "FAILED", "no space left on device")
    return end


def _renumber(world: World) -> Callable[[], object]:
    backup = world.stash.backup()
    ids = list(world.stash.scenes)
    turned = dict(zip(ids, [*ids[1:], ids[0]], strict=True))
    rows = {
        turned[one.id]: replace(one, id=turned[one.id], updated_at=world.stash.now())
        for one in world.stash.scenes.values()
    }
    world.stash.scenes.replace_all(dict(sorted(rows.items())), max(ids))
    return lambda: world.stash.restore(backup)


def _early(backup: Backup) -> Backup:
    """Take a backup of when there were fewer films."""
    scenes = {key: row for key, row in backup.rows["scene"].items() if key <= EARLY}
    return Backup(
        rows={**backup.rows, "scene": scenes},
        last_ids={**backup.last_ids, "scene": EARLY},
    )


def _restore(world: World) -> Callable[[], object]:
    backup = world.stash.backup()
    world.stash.jobs.restart()
    world.stash.restore(_early(backup))
    return lambda: world.stash.restore(backup)


def _restore_and_go_on(world: World) -> Callable[[], object]:
    """Give the ids of what the backup had not to other films."""
    end = _restore(world)
    for number in range(EARLY, COUNT):
        world.scene(f"shore-{number}", in_plex=False, title=f"Shore {number}")
    return end


def _clean_unmounted(world: World) -> Callable[[], object]:
    backup = world.stash.backup()
    world.stash.clean(*world.stash.files)
    world.stash.jobs.finish(world.stash.jobs.start("Cleaning..."))
    return lambda: world.stash.restore(backup)


def _clean_and_scan_anew(world: World) -> Callable[[], object]:
    """Find the files again once the disk is mounted: as new scenes, without a word."""
    paths = [path for one in world.stash.scenes for path in world.stash.paths_of(one)]
    end = _clean_unmounted(world)
    for path in paths:
        world.stash.scan_new_file(path)
    world.stash.jobs.finish(world.stash.jobs.start("Scanning..."))
    return end


def _short(cut: Callable[[dict[str, Any]], None]) -> Trouble:
    """Let Stash leave scenes out of its answers."""

    def begin(world: World) -> Callable[[], object]:
        whole = world.stash_wire

        def answer(request: Request) -> Response:
            headers = CaseInsensitiveDict(request.headers)
            headers["Accept-Encoding"] = "identity"
            asked = replace(request, headers=headers)
            response = StashDouble(world.stash).handle(asked)
            told = json.loads(response.body)
            if told.get("data"):
                cut(told["data"])
            return replace(response, body=json.dumps(told).encode())

        def end() -> None:
            world.stash_wire = whole
            world.restart()

        world.stash_wire = InProcessAdapter(answer, clock=world.stash_clock)
        world.restart()
        world.stash.jobs.finish(world.stash.jobs.start("Scanning..."))
        return end

    return begin


def _cut_listing(data: dict[str, Any]) -> None:
    for row in data.get("findScenes", {}).get("scenes", [])[9:]:
        data["findScenes"]["scenes"].remove(row)


def _cut_everywhere(data: dict[str, Any]) -> None:
    _cut_listing(data)
    if "all_scenes" in data:
        data["all_scenes"] = {"count": 9, "rows": [{"id": "9"}]}


def _cut_a_little(data: dict[str, Any]) -> None:
    """Leave out as few as may well be gone; asked for by name, they are there."""
    rows = data.get("findScenes", {}).get("scenes", [])
    del rows[COUNT - 2 :]
    if "all_scenes" in data:
        data["all_scenes"] = {"count": COUNT - 2, "rows": [{"id": f"{COUNT - 2}"}]}


DOUBTS: dict[str, Trouble] = {
    "empty": _empty,
    "short in all it says": _short(_cut_everywhere),
    "half imported": _half_imported,
    "renumbered": _renumber,
    "an older backup restored": _restore,
    "an older backup, and other films since": _restore_and_go_on,
    "cleaned while its disk was not mounted": _clean_unmounted,
    "cleaned so, and scanned anew": _clean_and_scan_anew,
}
PROBLEMS: dict[str, Trouble] = {
    "short where it lists": _short(_cut_listing),
    "errors": _error(_ERRORS),
    "a proxy's error": _error(_BROKEN),
    "offline": _offline,
    "not ready": _unready,
    "importing": _importing,
}
SCOPES: tuple[dict[str, object], ...] = ({}, {"part": (0, 1)}, {"is_full": True}, {})


def passes(world: World, before: dict[int, Snapshot]) -> Iterator[Any]:
    """Run passes of every kind, none of which may write anything."""
    for scope in SCOPES:
        world.later(60)
        outcome = world.reconcile(**scope)
        assert outcome.puts == 0
        assert tombstones(world) == 0
        assert world.plex.snapshot() == before
        yield outcome.report


def check_recovered(world: World, before: dict[int, Snapshot]) -> None:
    for _ in range(2):
        world.later(150)
        outcome = world.reconcile()
    assert (outcome.report.doubts, outcome.report.problems) == ((), ())
    assert outcome.puts == 0
    assert doubted(world) == set()
    assert world.plex.snapshot() == before
    world.stash.update_scene(3, title="Brook, back again")
    world.reconcile()
    assert world.value("brook-02", Field.TITLE) == "Brook, back again"
    world.later(150)
    world.reconcile()
    assert dict(world.reconcile().sent) == {"stash poll": 1}


@pytest.mark.parametrize("name", DOUBTS)
def test_a_stash_that_says_less_is_doubted_once_and_undoes_nothing(
    films: World, name: str
) -> None:
    before = films.plex.snapshot()
    end = DOUBTS[name](films)

    reports = list(passes(films, before))

    news = [[one.is_news for one in report.doubts] for report in reports]
    assert news == [[True], [False], [False], [False]]
    assert {one.subject for report in reports for one in report.doubts} == {"stash"}
    assert [report.problems for report in reports] == [()] * 4
    end()
    check_recovered(films, before)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_stash_that_fails_is_one_sentence_a_pass_and_undoes_nothing(
    films: World, name: str
) -> None:
    before = films.plex.snapshot()
    end = PROBLEMS[name](films)

    for report in passes(films, before):
        assert len(report.problems) == 1
        assert report.doubts == ()
    end()
    check_recovered(films, before)


def test_a_stash_that_leaves_out_a_few_is_asked_for_them_by_name(films: World) -> None:
    before = films.plex.snapshot()
    end = _short(_cut_a_little)(films)

    for report in passes(films, before):
        assert (report.problems, report.doubts) == ((), ())
    end()
    check_recovered(films, before)


def _take_out(world: World, *, kept: int, is_emptied: bool) -> None:
    world.plex.model.auto_empty_trash = is_emptied
    for number in range(kept, COUNT):
        world.plex.scanner.remove_file(_file(number))
    world.plex.scanner.scan(world.section)


def _put_back(world: World) -> None:
    for number in range(COUNT):
        world.plex.scanner.add_file(_file(number))
    world.plex.model.sections[world.section].is_scanning = False
    world.plex.scanner.scan(world.section)


def _file(number: int) -> str:
    return f"/media/films/brook-{number:02}.mp4"


def _unmounted(world: World) -> Callable[[], object]:
    """Let a disk be away: its items lie in the trash, which is not emptied."""
    _take_out(world, kept=0, is_emptied=False)
    return lambda: _put_back(world)


def _half_unmounted(world: World) -> Callable[[], object]:
    _take_out(world, kept=9, is_emptied=False)
    return lambda: _put_back(world)


def _emptied(world: World) -> Callable[[], object]:
    _take_out(world, kept=0, is_emptied=True)
    return lambda: _put_back(world)


def _half_rebuilt(world: World) -> Callable[[], object]:
    """Stop in the middle of building a library anew, without a word of it."""
    _take_out(world, kept=0, is_emptied=True)
    for number in range(9):
        world.plex.scanner.add_file(_file(number))
    world.plex.scanner.scan(world.section)
    return lambda: _put_back(world)


def _half_scanned(world: World) -> Callable[[], object]:
    _half_rebuilt(world)
    world.plex.model.sections[world.section].is_scanning = True
    return lambda: _put_back(world)


def _plex_offline(world: World) -> Callable[[], object]:
    world.plex_wire.up = False
    return lambda: setattr(world.plex_wire, "up", True)


def _plex_starting(world: World) -> Callable[[], object]:
    world.plex.model.maintenance = Maintenance.STARTUP
    return lambda: setattr(world.plex.model, "maintenance", None)


def _plex_lists_short(world: World) -> Callable[[], object]:
    """Let pages come without some of their items."""
    whole = world.plex_wire

    def answer(request: Request) -> Response:
        response = world.plex.handle(request)
        if not request.path.endswith("/all") or request.method == "PUT":
            return response
        head, *items = response.body.split(b"<Video ")
        tail = items[-1][items[-1].rindex(b"</MediaContainer>") :] if items else b""
        return replace(response, body=b"<Video ".join([head, *items[:9]]) + tail)

    def end() -> None:
        world.plex_wire = whole
        world.restart()

    world.plex_wire = InProcessAdapter(answer, clock=world.plex_clock)
    world.restart()
    return end


def check_only_right(world: World, before: dict[int, Snapshot]) -> None:
    """Whatever is otherwise than before says what the scene of its file says."""
    titles = {_file(n): f"Brook {n}" for n in range(COUNT)}
    for key, item in world.plex.snapshot().items():
        (file,) = item.files
        known = before.get(key)
        if known is None or item.values != known.values:
            stem = file.rpartition("/")[2].removesuffix(".mp4")
            assert item.values["title"] in {titles.get(file, "Short"), stem}


PLEX_DOUBTS: dict[str, Trouble] = {
    "empty": _emptied,
    "unmounted": _unmounted,
    "half unmounted": _half_unmounted,
    "half rebuilt": _half_rebuilt,
}
PLEX_PROBLEMS: dict[str, Trouble] = {
    "offline": _plex_offline,
    "starting": _plex_starting,
    "short pages": _plex_lists_short,
}


def _shorts(world: World) -> int:
    """Have another library, which comes behind the one that is in trouble."""
    world.rules = {FILMS: rules(), "Shorts": rules()}
    world.mappings += (Mapping(stash="/data/shorts", plex="/media/shorts"),)
    shorts = world.plex.add_section("Shorts", "/media/shorts")
    world.reconcile()
    return shorts


def check_plex_recovered(world: World) -> None:
    for _ in range(2):
        world.later(150)
        outcome = world.reconcile()
    assert (outcome.report.doubts, outcome.report.problems) == ((), ())
    assert outcome.report.waiting == 0
    assert doubted(world) == set()
    for number in range(COUNT):
        assert world.value(f"brook-{number:02}", Field.TITLE) == f"Brook {number}"
    world.stash.update_scene(24, title="Brook, back again")
    world.reconcile()
    assert world.value("brook-23", Field.TITLE) == "Brook, back again"
    world.later(150)
    world.reconcile()
    assert dict(world.reconcile().sent) == {"stash poll": 1}


PLEX_SCOPES: tuple[dict[str, object], ...] = (
    {"is_full": True},
    {},
    {"part": (0, 1)},
    {},
)


@pytest.mark.parametrize("name", PLEX_DOUBTS)
def test_a_library_that_lists_less_is_doubted_once_and_no_other_waits_for_it(
    films: World, name: str
) -> None:
    shorts = _shorts(films)
    before = films.plex.snapshot()
    end = PLEX_DOUBTS[name](films)
    films.stash.scan_new_file("/data/shorts/tern.mp4")
    films.stash.update_scene(COUNT + 1, title="Short")
    tern = films.plex.add(shorts, "/media/shorts/tern.mp4")
    news = []
    for scope in PLEX_SCOPES:
        films.later(60)
        report = films.reconcile(**scope).report
        news.append([(one.subject, one.is_news) for one in report.doubts])
        assert report.problems == ()
        check_only_right(films, before)

    assert news == [[(FILMS, True)], *[[(FILMS, False)]] * 3]
    assert films.plex.snapshot_of(tern).values["title"] == "Short"
    assert tombstones(films) == 0
    end()
    check_plex_recovered(films)


def test_what_a_person_says_of_a_library_is_believed_by_the_next_pass(
    films: World,
) -> None:
    _take_out(films, kept=9, is_emptied=True)
    films.later(60)
    assert films.reconcile(is_full=True).report.doubts
    with Ledger(films.state) as ledger:
        approve_doubt(ledger, FILMS)

    report = films.reconcile().report

    assert report.doubts == ()
    assert report.waiting == COUNT - 9
    assert doubted(films) == set()
    assert films.reconcile(is_full=True).report.doubts == ()


def test_a_library_that_lists_nothing_is_not_believed_on_a_person_s_word(
    films: World,
) -> None:
    _take_out(films, kept=0, is_emptied=True)
    films.later(60)
    films.reconcile(is_full=True)
    with Ledger(films.state) as ledger:
        with pytest.raises(UserError, match="a word is not enough"):
            approve_doubt(ledger, FILMS)
        with ledger.transaction():
            ledger.doubts.approve(FILMS)  # as if it had been said when less was gone

    (doubt,) = films.reconcile().report.doubts

    assert "lists 0 files where 24 were known" in doubt.reason
    assert doubted(films) == {FILMS}


def test_a_doubt_about_a_library_ends_when_it_is_no_target_any_more(
    films: World,
) -> None:
    _shorts(films)
    _take_out(films, kept=0, is_emptied=True)
    films.reconcile(is_full=True)
    films.rules = {"Shorts": rules()}

    assert films.reconcile().report.doubts == ()
    assert doubted(films) == set()


def test_a_library_that_is_being_scanned_is_not_doubted(films: World) -> None:
    before = films.plex.snapshot()
    end = _half_scanned(films)

    for scope in PLEX_SCOPES:
        films.later(60)
        report = films.reconcile(**scope).report
        assert (report.doubts, report.problems) == ((), ())
        check_only_right(films, before)
    end()
    check_plex_recovered(films)


@pytest.mark.parametrize("name", PLEX_PROBLEMS)
def test_a_plex_that_fails_is_one_sentence_a_pass_that_asks_it(
    films: World, name: str
) -> None:
    before = films.plex.snapshot()
    end = PLEX_PROBLEMS[name](films)

    problems = []
    for scope in SCOPES:
        films.later(60)
        outcome = films.reconcile(**scope)
        problems.append(len(outcome.report.problems))
        assert outcome.report.doubts == ()
        assert outcome.puts == 0
        assert films.plex.snapshot() == before
    # an ordinary pass asks nothing, until a full one has had everything looked at
    assert problems[:3] == [0, 1, 1]
    assert problems[3] <= 1
    end()
    check_plex_recovered(films)
