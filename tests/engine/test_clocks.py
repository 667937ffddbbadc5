"""Clocks that are wrong, jump or change their zone: all is seen, and nothing storms."""

from dataclasses import replace
from datetime import UTC, timedelta, timezone, tzinfo
from random import Random
from zoneinfo import ZoneInfo

import pytest

from reconciler.clients import stash, stash_polls, stash_queries
from reconciler.core.values import Field
from state.ledger import Ledger
from tests.sandbox.server import Fault, Request, What
from tests.sandbox.stash.times import stamp
from tests.world import START, World

QUIET = {"stash poll": 1}
HOUR, DAY = 3600.0, 86400.0
WEST, EAST = timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))


@pytest.fixture
def films(world: World) -> World:
    """Return three films with an actor, quiet for a while."""
    ada = world.stash.create_performer("Ada Brook")
    for stem in ("heron", "tide", "kelp"):
        world.scene(stem, title=stem.title(), performer_ids=(ada,))
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.later(600)
    quiet(world)
    return world


def quiet(world: World) -> None:
    assert dict(world.reconcile().sent) == QUIET


def follow(world: World, mark: str, *, wait: float = 30.0) -> None:
    """Change a scene, and a name, and see that the next pass has brought both."""
    world.later(wait)
    world.stash.update_scene(1, title=f"Heron {mark}")
    world.stash.update_performer(1, name=f"Ada {mark}")
    world.later(wait)
    outcome = world.reconcile()
    assert world.value("heron", Field.TITLE) == f"Heron {mark}"
    assert world.value("tide", Field.ACTORS) == (f"Ada {mark}",)
    assert outcome.report.problems == ()
    assert outcome.report.doubts == ()
    quiet(world)


JUMPS = (-3 * DAY, -DAY, -HOUR, -90.0, 90.0, HOUR, DAY, 3 * DAY)


@pytest.mark.parametrize("zone", [WEST, UTC, EAST])
@pytest.mark.parametrize("jump", JUMPS)
def test_stash_s_clock_may_jump_there_and_back(
    films: World, jump: float, zone: tzinfo
) -> None:
    films.stash.zone = zone
    follow(films, "before")

    films.stash_ahead = jump
    follow(films, "after the jump")
    films.stash_ahead = 0.0
    follow(films, "after the jump back")


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
def test_a_clock_of_stash_that_is_wrong_for_good_costs_nothing(
    world: World, ahead: float
) -> None:
    world.stash_ahead = ahead
    ada = world.stash.create_performer("Ada Brook")
    for stem in ("heron", "tide"):
        world.scene(stem, title=stem.title(), performer_ids=(ada,))
    world.reconcile()

    follow(world, "first")
    follow(world, "second")


SHIFTS: dict[str, tuple[float, tuple[tzinfo, ...]]] = {
    "east to west": (0.0, (EAST, WEST, EAST)),
    "west to east": (0.0, (WEST, EAST, WEST)),
    "there and UTC": (0.0, (UTC, EAST, UTC, WEST, UTC)),
    # 29 March 2026, 01:00 UTC: an hour is left out; 25 October: one comes twice
    "summer time begins": (27.53, (ZoneInfo("Europe/Berlin"),) * 3),
    "summer time ends": (237.53, (ZoneInfo("Europe/Berlin"),) * 3),
}


@pytest.mark.parametrize("name", SHIFTS)
def test_stash_s_zone_may_change(films: World, name: str) -> None:
    """Each step is half an hour: so the change of the hour falls between them."""
    until, zones = SHIFTS[name]
    if until:
        films.moment = START + until * DAY
    films.stash.zone = zones[0]
    follow(films, "before")

    for number, zone in enumerate(zones):
        films.stash.zone = zone
        follow(films, f"step {number}", wait=0.25 * HOUR)


def test_what_is_stamped_in_the_future_hides_nothing_and_costs_nothing(
    films: World,
) -> None:
    future = stamp(films.moment + 30 * DAY, films.stash.zone)
    scene, ada = films.stash.scenes[2], films.stash.performers[1]
    films.stash.scenes.put(replace(scene, title="Later", updated_at=future))
    films.stash.performers.put(replace(ada, name="Ada Later", updated_at=future))
    films.reconcile()
    assert films.value("tide", Field.TITLE) == "Later"
    assert films.value("heron", Field.ACTORS) == ("Ada Later",)
    quiet(films)
    before = films.state.read_bytes()

    films.later(HOUR)
    quiet(films)
    assert films.state.read_bytes() == before

    follow(films, "meanwhile")
    films.stash.update_scene(2, title="Sooner")
    films.reconcile()
    assert films.value("tide", Field.TITLE) == "Sooner"


def _add(world: World, stem: str, *, listed: bool = True) -> None:
    """Add a film, and see that the next pass has found it."""
    world.later(30)
    world.scene(stem, title=stem.title())
    world.later(30)
    outcome = world.reconcile()
    assert world.value(stem, Field.TITLE) == stem.title()
    assert (outcome.report.problems, outcome.report.waiting) == ((), 0)
    assert (outcome.sent["plex listing"] > 0) is listed
    quiet(world)


@pytest.mark.parametrize("jump", JUMPS)
def test_plex_s_clock_may_jump_there_and_back(films: World, jump: float) -> None:
    _add(films, "before")
    films.plex_ahead = jump
    _add(films, "after")
    follow(films, "after the jump")
    _add(films, "later")
    films.plex_ahead = 0.0
    _add(films, "back")
    follow(films, "after the jump back")
    _add(films, "later-still")


def test_an_item_that_is_stamped_in_the_future_hides_no_other(films: World) -> None:
    item = films.plex.model.items[films.key("tide")]
    item.updated_at = int(films.moment + 30 * DAY)

    for number in range(3):
        _add(films, f"brook-{number}")


@pytest.mark.parametrize("jump", JUMPS)
def test_our_own_clock_may_jump_there_and_back(films: World, jump: float) -> None:
    films.ours_ahead = jump
    follow(films, "after the jump")
    _add(films, "brook")
    films.ours_ahead = 0.0
    follow(films, "after the jump back")
    _add(films, "shore")


@pytest.mark.parametrize("what", [What.RESET_AFTER, What.DROPPED])
def test_what_is_put_off_by_a_clock_that_was_ahead_is_tried_soon(
    films: World, what: What
) -> None:
    """It is put off until a time that, once the clock is right, is far away."""
    films.ours_ahead = 30 * DAY
    films.stash.update_scene(1, title="Heron, late")
    films.plex_wire.faults.add(Fault(what=what, matches=_is_put))
    assert films.reconcile().report.undelivered == 1
    films.ours_ahead = 0.0
    films.later(HOUR)

    assert films.reconcile().report.undelivered == 0
    assert films.value("heron", Field.TITLE) == "Heron, late"


def _is_put(request: Request) -> bool:
    return request.method == "PUT"


def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (stash, stash_polls, stash_queries):
        monkeypatch.setattr(module, "SCAN_PAGE", 3)
    monkeypatch.setattr(stash, "READ_PAGE", 2)


class Bustle:
    """What people do between two requests to Stash, each of which takes its time."""

    def __init__(self, world: World, seed: int) -> None:
        self._world, self._chance = world, Random(seed)
        self._number = 0
        self.acts = 0

    def step(self, _: Request) -> bool:
        """Do something before a request is answered; play no fault."""
        self._world.later(self._chance.choice((0, 1, 50, 150)))
        stash, chance = self._world.stash, self._chance
        scene = chance.choice(list(stash.scenes))
        self._number += 1
        match chance.choice(("edit", "name", "tag", "destroy", "add", "nothing")):
            case "edit":
                stash.update_scene(scene, title=f"Edit {self._number}")
            case "name":
                stash.update_performer(1, name=f"Ada {self._number}")
            case "tag":
                stash.update_tag(1, name=f"Water {self._number}")
            case "destroy" if len(stash.scenes) > 6:
                stash.destroy_scenes(scene)
            case "add":
                self._world.scene(f"new-{self._number}", title=f"New {self._number}")
            case _:
                return False
        self.acts += 1
        return False


def check_all(world: World) -> None:
    """Every item says what Stash does, and no more scenes are known than there are."""
    for scene in world.stash.scenes.values():
        (file,) = world.stash.paths_of(scene.id)
        stem = file.rpartition("/")[2].removesuffix(".mp4")
        assert world.value(stem, Field.TITLE) == scene.title
        people = tuple(world.stash.performers[i].name for i in scene.performer_ids)
        tags = tuple(world.stash.tags[i].name for i in scene.tag_ids)
        assert world.value(stem, Field.ACTORS) == people
        assert world.value(stem, Field.GENRES) == tags
    with Ledger(world.state) as ledger:
        assert ledger.scenes.count() == len(world.stash.scenes)


@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_what_is_done_between_the_pages_of_a_scan_is_not_missed(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int, *, is_full: bool
) -> None:
    """The scan takes longer than the margin, and the listings after it do too."""
    _small_pages(monkeypatch)
    ada = world.stash.create_performer("Ada Brook")
    water = world.stash.create_tag("Water")
    for number in range(12):
        stem = f"brook-{number:02}"
        world.scene(stem, title=stem.title(), performer_ids=(ada,), tag_ids=(water,))
    bustle = Bustle(world, seed)
    world.stash_wire.faults.add(Fault(what=What.DROPPED, matches=bustle.step))
    world.reconcile(is_full=is_full)
    world.later(60)
    world.reconcile()
    assert bustle.acts > 5
    world.stash_wire.faults.clear()

    for _ in range(3):
        world.later(150)
        world.reconcile()

    check_all(world)
    assert world.reconcile().sent.keys() <= {"stash poll", "stash scan"}
