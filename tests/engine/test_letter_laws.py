"""Dead letters: one field each, told in full, revived by those who may."""

from collections.abc import Callable

import pytest

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.errors import KINDS
from reconciler.core.values import Field, OnDelete, SceneId
from reconciler.engine.errands import Claim, Release, TakeStash
from reconciler.engine.letters import (
    Letter,
    Revived,
    Sought,
    drop,
    find_letters,
    purge,
    revive,
)
from state.records import EntryRecord
from tests.crash.boundaries import Crash, crash_at, watched
from tests.sandbox.server import Fault, Request, Response, What
from tests.world import FILMS, World, rules

DAY = 86400.0
WHOLE = (0, 1)
REFUSED = Response(status=400, headers=(), body=b"", kind="refused")
SECRET = "token-that-nobody-may-see"


def about(field: str) -> Callable[[Request], bool]:
    """Match the writes that are about a field, by its name in Plex."""
    return lambda request: request.method == "PUT" and f"&{field}" in request.query


def refuse(world: World, field: str = "title", times: int = 10**6) -> None:
    """Have Plex refuse every write that is about a field."""
    fault = Fault(what=What.ANSWERED, matches=about(field), answer=REFUSED, times=times)
    world.plex_wire.faults.add(fault)


def lose(world: World, field: str) -> None:
    """Have Plex take writes about a field without an error, and not make them."""
    fault = Fault(what=What.DROPPED, matches=about(field), times=10**6)
    world.plex_wire.faults.add(fault)


def letters(world: World, sought: Sought | None = None) -> list[Letter]:
    with world.opened() as ledger:
        return list(find_letters(ledger, sought or Sought()))


def fields(world: World) -> list[str]:
    return [letter.field for letter in letters(world)]


def retry(world: World, sought: Sought | None = None) -> Revived:
    with world.opened() as ledger:
        return revive(ledger, sought or Sought(), now=world.clock.unix())


def give_up(world: World, sought: Sought | None = None) -> int:
    with world.opened() as ledger:
        return drop(ledger, sought or Sought(), now=world.clock.unix())


def owed(world: World) -> dict[int, EntryRecord]:
    with world.opened() as ledger:
        return ledger.outbox.of_links(range(1, 100))


def wear_out(world: World) -> None:
    """Run passes until nothing is owed any more."""
    for _ in range(20):
        world.later(3600)
        world.reconcile()
        if not owed(world):
            return


@pytest.fixture
def film(world: World) -> World:
    """Return one film with a title, a summary and a genre, quiet and as wanted."""
    nature = world.stash.create_tag("Nature")
    world.scene("brook", title="Brook", details="A brook.", tag_ids=(nature,))
    world.scene("pond")
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.later(600)
    return world


def change(world: World, **changed: object) -> None:
    """Change the film in Stash."""
    world.later(60)
    world.stash.update_scene(1, **changed)  # type: ignore[arg-type] # fields by name


@pytest.fixture
def dead(film: World) -> World:
    """Return it with a title that Plex refuses."""
    refuse(film)
    change(film, title="Brook in May")
    film.reconcile()
    film.later(600)
    return film


def test_a_refused_title_does_not_keep_the_genres_from_arriving(film: World) -> None:
    rivers = film.stash.create_tag("Rivers")
    refuse(film)
    change(film, title="Brook in May", details="Of May.", tag_ids=(rivers,))

    outcome = film.reconcile()

    assert fields(film) == ["title"]
    assert film.value("brook", Field.TITLE) == "Brook"
    assert film.value("brook", Field.SUMMARY) == "Of May."
    assert film.value("brook", Field.GENRES) == ("Rivers",)
    assert outcome.report.counts.get("buried fields") == 1
    assert owed(film) == {}


def test_a_field_that_is_tried_in_vain_buries_itself_alone(world: World) -> None:
    """What is newly owed beside it begins with no attempt against it."""
    loose = Rule(lock=False)
    world.rules = {FILMS: rules(title=loose, summary=loose)}
    world.scene("brook", title="Brook", details="A brook.")
    world.reconcile()
    world.later(600)
    lose(world, "title")
    change(world, title="Brook in May")
    for _ in range(7):
        world.later(7200)
        world.reconcile()
    (entry,) = owed(world).values()
    assert (entry.attempts_of("title"), entry.fields) == (7, ("title",))
    world.plex.person.edit(world.key("brook"), lock=False, summary="Refreshed.")
    lose(world, "summary")
    world.later(7200)

    world.reconcile(is_full=True)

    assert fields(world) == ["title"]
    (entry,) = owed(world).values()
    assert (entry.attempts_of("summary"), entry.fields) == (1, ("summary",))


def test_a_letter_tells_all_that_is_known(dead: World) -> None:
    (letter,) = letters(dead)

    moment = dead.clock.unix() - 600
    assert (letter.library, letter.name, letter.scene) == ("Films", "brook", 1)
    assert (letter.item, letter.field) == (str(dead.key("brook")), "title")
    assert (letter.kind, letter.attempts) == ("permanent", 1)
    assert (letter.first_tried_at, letter.last_tried_at) == (moment, moment)
    assert letter.server == dead.plex.model.version
    assert letter.chain == ({"class": "PermanentError", "says": letter.error},)
    assert "refuses PUT" in letter.error
    assert letter.kind in KINDS


def test_a_letter_tells_since_when_it_was_tried(film: World) -> None:
    lose(film, "title")
    change(film, title="Brook in May")
    film.later(3600)
    first = film.clock.unix()
    film.reconcile()
    wear_out(film)

    (letter,) = letters(film)
    assert (letter.kind, letter.attempts) == ("ambiguous", 8)
    assert letter.first_tried_at == first
    assert letter.last_tried_at == film.clock.unix()


def test_a_later_change_of_the_scene_revives_it(dead: World) -> None:
    dead.plex_wire.faults.clear()
    change(dead, details="Another summary.")

    dead.reconcile()

    assert letters(dead) == []
    assert dead.value("brook", Field.TITLE) == "Brook in May"


def test_what_stash_takes_back_is_no_dead_letter_any_more(dead: World) -> None:
    change(dead, title="Brook")

    assert dead.reconcile().puts == 0
    assert letters(dead) == []


def test_a_quiet_pass_and_a_sweep_leave_it_alone(dead: World) -> None:
    assert dead.reconcile().puts == 0
    assert dead.reconcile(part=WHOLE).puts == 0
    assert dead.reconcile(part=WHOLE).report.pass_id is None
    assert fields(dead) == ["title"]


def test_another_item_of_the_scene_revives_none(film: World) -> None:
    """It is found by a sweep, and has its own fields written."""
    film.stash.scan_copy("/data/films/brook-copy.mp4", 1)
    film.later(60)
    refuse(film)
    change(film, title="Brook in May")
    film.reconcile()
    film.plex_wire.faults.clear()
    film.plex.add(film.section, "/media/films/brook-copy.mp4")
    film.later(60)

    film.reconcile(part=WHOLE)

    assert film.value("brook-copy", Field.TITLE) == "Brook in May"
    assert film.value("brook", Field.TITLE) == "Brook"
    assert [letter.item for letter in letters(film)] == [str(film.key("brook"))]


def test_a_sweep_still_verifies_the_other_fields(dead: World) -> None:
    """And the field itself, once its letter is of what the scene says no more."""
    row = dead.stash.scenes[1]
    object.__setattr__(row, "details", "By another program.")

    dead.reconcile(part=WHOLE)

    assert dead.value("brook", Field.SUMMARY) == "By another program."


def test_a_full_pass_tries_it_once_more(dead: World) -> None:
    dead.plex_wire.faults.clear()

    dead.reconcile(is_full=True)

    assert letters(dead) == []
    assert dead.value("brook", Field.TITLE) == "Brook in May"


def test_attempts_survive_full_passes(film: World) -> None:
    lose(film, "title")
    change(film, title="Brook in May")

    found = []
    for _ in range(9):
        film.later(7200)
        found.append(
            bool(film.reconcile(is_full=True).report.counts.get("buried fields"))
        )

    assert found == [False] * 7 + [True, False]


@pytest.mark.parametrize("errand", [TakeStash(), Claim()])
def test_a_person_s_command_about_the_field_revives_it(
    film: World, errand: TakeStash | Claim
) -> None:
    if isinstance(errand, Claim):
        film.carry_out(Release())
    else:
        film.plex.person.edit(film.key("brook"), title="Mine")
        film.reconcile(is_full=True)
    refuse(film)
    film.carry_out(errand)
    assert "title" in fields(film)
    film.plex_wire.faults.clear()

    film.carry_out(errand)

    assert letters(film) == []
    assert film.value("brook", Field.TITLE) == "Brook"


def test_a_retry_is_delivered_by_the_next_pass(dead: World) -> None:
    dead.plex_wire.faults.clear()

    found = retry(dead)

    assert (found.fields, found.items, found.absent) == (1, 1, 0)
    assert letters(dead) == []
    assert dead.value("brook", Field.TITLE) == "Brook"
    dead.reconcile()
    assert dead.value("brook", Field.TITLE) == "Brook in May"
    assert owed(dead) == {}


def test_nothing_to_retry_is_no_pass(film: World) -> None:
    assert retry(film) == Revived()
    with film.opened() as ledger:
        assert {one.kind for one in ledger.passes.last(9)} == {"reconcile"}


def test_after_an_outage_those_of_its_class_come_back(film: World) -> None:
    """And those of another stay: here, something before Plex lets no write through."""
    lose(film, "title")
    change(film, title="Brook in May")
    wear_out(film)
    film.plex_wire.faults.clear()
    for number in range(60):
        film.scene(f"reel-{number}", title=f"Reel {number}", details="A reel.")
    refuse(film, "title")
    refuse(film, "summary")
    film.reconcile()
    kinds = [letter.kind for letter in letters(film)]
    assert (kinds.count("ambiguous"), kinds.count("permanent")) == (1, 120)
    film.plex_wire.faults.clear()
    film.later(3600)

    found = retry(film, Sought(kind="permanent"))
    film.reconcile()

    assert (found.fields, found.items) == (120, 60)
    assert [letter.kind for letter in letters(film)] == ["ambiguous"]
    assert film.value("reel-59", Field.TITLE) == "Reel 59"
    assert film.value("reel-59", Field.SUMMARY) == "A reel."


def test_letters_of_one_item_on_two_pages_are_of_one_item(film: World) -> None:
    for number in range(40):
        film.scene(f"reel-{number}", title=f"Reel {number}", details="A reel.")
    refuse(film, "summary")
    refuse(film, "title")
    wear_out(film)
    with film.opened() as ledger:
        drop(ledger, Sought(scenes={SceneId(3)}, fields={Field.TITLE}), now=1)

    found = retry(film)

    assert (found.fields, found.items) == (79, 40)


def test_the_brake_judges_a_retry(film: World) -> None:
    film.scene("reef", title="Reef")
    film.plex.person.edit(film.key("reef"), lock=False, title="Somebody's")
    refuse(film)
    film.reconcile()
    assert fields(film) == ["title"]
    film.plex_wire.faults.clear()
    film.limits = Limits(overwrites=0, overwrites_floor=0)

    found = retry(film)
    outcome = film.reconcile()

    assert [held.pass_id for held in outcome.report.held] == [found.pass_id]
    assert film.value("reef", Field.TITLE) == "Somebody's"
    film.approve()
    film.reconcile()
    assert film.value("reef", Field.TITLE) == "Reef"


def test_an_item_that_is_not_there_cannot_be_retried(dead: World) -> None:
    dead.plex.scanner.remove(dead.section, "/media/films/brook.mp4")
    dead.plex.scanner.empty_trash(dead.section)
    dead.reconcile(is_full=True)

    found = retry(dead)

    assert (found.fields, found.absent, found.pass_id) == (0, len(letters(dead)), None)


def test_of_a_deleted_scene_only_what_its_going_asked_for_is_retried(
    dead: World,
) -> None:
    dead.stash.destroy_scenes(1)
    dead.reconcile()
    assert retry(dead).fields == 0


def test_what_the_going_of_a_scene_asked_for_can_be_retried(film: World) -> None:
    film.on_delete = OnDelete.RESTORE
    refuse(film)
    film.stash.destroy_scenes(1)
    film.reconcile()
    assert fields(film) == ["title"]
    film.plex_wire.faults.clear()
    film.later(60)

    assert retry(film).fields == 1
    film.reconcile()

    assert film.value("brook", Field.TITLE) == "brook"


def test_what_is_dropped_is_left_until_stash_changes_the_scene(dead: World) -> None:
    assert give_up(dead) == 1
    assert give_up(dead) == 0
    dead.plex_wire.faults.clear()

    assert letters(dead) == []
    assert dead.reconcile(part=WHOLE).puts == 0
    assert dead.reconcile(is_full=True).puts == 0
    assert retry(dead).fields == 0
    dead.later(400 * DAY)
    assert dead.reconcile(is_full=True).puts == 0

    change(dead, title="Brook in June")
    dead.reconcile()
    assert dead.value("brook", Field.TITLE) == "Brook in June"


def test_letters_are_kept_for_their_own_time(dead: World) -> None:
    """Whatever the journal's is, and whatever is done with what is owed."""
    dead.later(29 * DAY)
    second = dead.scene("reef", title="Reef")
    dead.plex_wire.faults.clear()
    dead.reconcile()
    assert fields(dead) == ["title"]

    dead.later(2 * DAY)
    dead.stash.update_scene(second, title="Reef at night")
    dead.reconcile()
    assert letters(dead) == []


def test_old_letters_are_purged(dead: World) -> None:
    now = dead.clock.unix()
    with dead.opened() as ledger:
        assert purge(ledger, before=now - 600) == 0
        assert purge(ledger, before=now - 599) == 1
    assert letters(dead) == []


def test_no_secret_gets_into_a_letter(film: World) -> None:
    """Neither of the address nor of the request."""
    film.plex.model.token = SECRET
    film.restart()
    refuse(film, "summary")
    lose(film, "title")
    change(film, title="Brook in May", details="Of May.")
    wear_out(film)

    assert sorted(fields(film)) == ["summary", "title"]
    stored = b"".join(path.read_bytes() for path in film.folder.iterdir())
    assert SECRET.encode() not in stored
    assert b"X-Plex-Token" not in stored


@pytest.mark.slow
def test_a_plex_that_is_down_for_a_month_leaves_no_more_than_an_entry_for_each_link(
    world: World,
) -> None:
    for number in range(20):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    world.reconcile()
    world.is_probing = False
    world.plex_wire.up = False
    for day in range(30):
        for scene in world.stash.scenes:
            world.stash.update_scene(scene, title=f"Brook {scene} of day {day}")
        for _ in range(4):
            world.later(DAY / 4)
            world.reconcile()
        world.reconcile(part=WHOLE)
        with world.opened() as ledger:
            assert sum(ledger.outbox.counts().values()) == 20
            assert ledger.letters.count() == 0
    world.plex_wire.up = True

    world.later(DAY)
    world.reconcile()

    assert owed(world) == {}
    assert world.value("brook-7", Field.TITLE) == "Brook 8 of day 29"


def test_a_retry_that_crashes_anywhere_loses_no_letter(dead: World) -> None:
    """What is owed again is no letter any more, and what is a letter is not owed."""
    dead.plex_wire.faults.clear()
    number, is_over = 0, False
    while not is_over and number < 20:
        number += 1
        try:
            with watched(crash_at(number)):
                retry(dead)
            is_over = True
        except Crash:
            dead.restart()
            assert len(letters(dead)) + len(owed(dead)) == 1

    dead.reconcile()

    assert is_over
    assert dead.value("brook", Field.TITLE) == "Brook in May"


def test_a_letter_of_what_plex_has_not_made_names_the_item_and_promises_nothing(
    film: World,
) -> None:
    lose(film, "title")
    change(film, title="Brook in May")
    wear_out(film)

    (letter,) = letters(film)
    assert letter.error == (
        f"plex took a write of title to item {letter.item} (brook) without an error,"
        " and has not made it"
    )
