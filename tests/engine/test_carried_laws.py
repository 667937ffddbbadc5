"""Dead letters outlast a state that is put back, or begun anew."""

from collections.abc import Callable

import pytest

from reconciler.core.values import Field, SceneId
from reconciler.engine.errands import Undo
from reconciler.engine.letters import Letter, Sought
from state.recovery import begin_anew
from tests.engine.test_letter_laws import (
    fields,
    give_up,
    letters,
    refuse,
    retry,
    wear_out,
)
from tests.engine.test_restoring_laws import at_rest, back_up, backups, lose, put_back
from tests.world import FILMS, World, rules


def begin(world: World) -> None:
    begin_anew(backups(world), now=world.clock.now(), mounts=lambda: "")
    world.restart()


RESETS: dict[str, Callable[[World], None]] = {"begun anew": begin, "put back": put_back}

Reset = Callable[[World], None]


@pytest.fixture(params=RESETS)
def reset(request: pytest.FixtureRequest) -> Reset:
    """Return what takes the state away, but for what has to stay."""
    return RESETS[request.param]


@pytest.fixture
def films(world: World) -> World:
    """Return three films as Stash says, and a backup of that."""
    nature = world.stash.create_tag("Nature")
    for name in ("brook", "heron", "pond"):
        world.scene(name, title=name.title(), details=name, tag_ids=(nature,))
    at_rest(world)
    back_up(world)
    return world


def bury(world: World, scene: int = 1) -> Letter:
    """Have Plex refuse a new title of one film until it is given up."""
    world.later(600)
    refuse(world)
    world.stash.update_scene(scene, title="Refused")
    wear_out(world)
    (letter,) = letters(world)
    return letter


def told(letter: Letter) -> tuple[object, ...]:
    """Take what must not change; the library's key in the ledger may."""
    return (
        *(letter.library, letter.item, letter.name, letter.scene, letter.field),
        *(letter.kind, letter.error, letter.chain, letter.attempts, letter.server),
        *(letter.first_tried_at, letter.last_tried_at),
    )


def look_again(world: World) -> int:
    """Make passes of each kind but a full one, let go what is held, count the PUTs."""
    before = world.requests["plex put"]
    for scope in ({}, {}, {"part": (0, 1)}, {}):
        world.later(600)
        world.reconcile(**scope)
        world.approve()
    return world.requests["plex put"] - before


def test_a_letter_is_kept_as_it_was_and_its_field_is_not_tried(
    films: World, reset: Reset
) -> None:
    letter = bury(films)
    reset(films)

    assert list(map(told, letters(films))) == [told(letter)]
    assert look_again(films) == 0
    assert list(map(told, letters(films))) == [told(letter)]


def test_a_change_of_the_scene_revives_it_all_the_same(
    films: World, reset: Reset
) -> None:
    bury(films)
    reset(films)
    look_again(films)
    films.plex_wire.faults.clear()

    films.stash.update_scene(1, title="Taken")
    films.reconcile()

    assert fields(films) == []
    assert films.value("brook", Field.TITLE) == "Taken"


def test_a_change_before_the_state_has_caught_up_revives_it(
    films: World, reset: Reset
) -> None:
    bury(films)
    films.plex_wire.faults.clear()
    films.later(600)
    films.stash.update_scene(1, title="Taken")
    reset(films)

    look_again(films)

    assert fields(films) == []
    assert films.value("brook", Field.TITLE) == "Taken"


def test_other_fields_of_its_scene_and_other_scenes_are_met_as_ever(
    films: World, reset: Reset
) -> None:
    bury(films)
    reset(films)
    look_again(films)

    films.stash.update_scene(1, details="Another brook.")
    films.stash.update_scene(2, details="Another heron.")
    films.later(600)
    films.reconcile()

    assert films.value("brook", Field.SUMMARY) == "Another brook."
    assert films.value("heron", Field.SUMMARY) == "Another heron."


def test_what_was_dropped_stays_so(films: World, reset: Reset) -> None:
    bury(films)
    assert give_up(films) == 1
    reset(films)

    assert look_again(films) == 0
    assert letters(films) == []


def test_a_person_may_retry_it_at_once(films: World, reset: Reset) -> None:
    bury(films)
    reset(films)
    films.plex_wire.faults.clear()

    assert retry(films, Sought(scenes={SceneId(1)})).fields == 1
    look_again(films)

    assert films.value("brook", Field.TITLE) == "Refused"


def test_one_that_has_been_delivered_since_does_not_come_back(films: World) -> None:
    bury(films)
    back_up(films)
    films.plex_wire.faults.clear()
    retry(films)
    wear_out(films)
    assert films.value("brook", Field.TITLE) == "Refused"

    put_back(films)

    assert letters(films) == []
    assert look_again(films) == 0


def test_what_was_still_owed_then_and_is_given_up_since_is_not_tried(
    films: World,
) -> None:
    films.later(600)
    refuse(films)
    films.stash.update_scene(1, title="Refused", details="Told.")
    films.plex_wire.up = False
    films.reconcile()
    back_up(films)
    films.plex_wire.up = True
    wear_out(films)
    assert fields(films) == ["title"]

    put_back(films)

    assert look_again(films) == 0
    assert fields(films) == ["title"]


def _rekey(world: World) -> None:
    world.plex.moves.rekey(world.key("brook"))


def _rename(world: World) -> None:
    """Have its file renamed in both, and keep its key."""
    key = world.key("brook")
    (file,) = world.stash.scenes[1].file_ids
    world.stash.move_files([file], "/data/films", "rill.mp4")
    world.plex.scanner.rename(
        world.section, "/media/films/brook.mp4", "/media/films/rill.mp4"
    )
    assert world.key("rill") == key


def _come_back(world: World) -> None:
    """Come back from the trash, in which it was when the backup was made."""
    world.plex.scanner.scan(world.section)


@pytest.mark.parametrize("befall", [_rekey, _rename, _come_back])
def test_a_letter_is_kept_whatever_befell_its_item_since_the_backup(
    films: World, befall: Callable[[World], None]
) -> None:
    if befall is _come_back:
        films.plex.scanner.trash(films.key("brook"))
        films.later(60)
        films.reconcile(is_full=True)
    back_up(films)
    befall(films)
    films.later(600)
    films.reconcile(is_full=True)
    letter = bury(films)

    put_back(films)
    assert look_again(films) == 0

    assert list(map(told, letters(films))) == [told(letter)]


def test_each_library_keeps_its_letter(films: World) -> None:
    shorts = films.plex.add_section("Shorts", "/media/films")
    films.plex.scanner.scan(shorts)
    films.rules = {FILMS: rules(), "Shorts": rules()}
    films.reconcile()
    films.later(600)
    refuse(films)
    films.stash.update_scene(1, title="Refused")
    wear_out(films)
    kept = sorted(map(told, letters(films)))
    assert [one[0] for one in kept] == [FILMS, "Shorts"]

    begin(films)

    assert sorted(map(told, letters(films))) == kept
    assert look_again(films) == 0
    assert sorted(map(told, letters(films))) == kept


def test_a_state_begun_anew_takes_no_letter_away_of_which_it_never_knew(
    films: World,
) -> None:
    letter = bury(films)
    back_up(films)
    lose(films)
    films.plex_wire.faults.clear()
    films.plex_wire.up = False
    films.reconcile()
    assert letters(films) == []
    films.plex_wire.up = True

    put_back(films)

    assert list(map(told, letters(films))) == [told(letter)]


def test_a_state_that_knows_nothing_takes_no_letter_away(films: World) -> None:
    """As on a new machine, to which a backup of the old one is brought."""
    letter = bury(films)
    back_up(films)
    for file in films.folder.glob("plexsync.db*"):
        file.unlink()

    put_back(films)

    assert list(map(told, letters(films))) == [told(letter)]


def test_letters_of_a_state_that_is_lost_are_lost_with_it(films: World) -> None:
    """What is damaged may read as anything: nothing of it is believed."""
    bury(films)
    lose(films)
    assert letters(films) == []


@pytest.mark.parametrize("is_retried", [True, False])
def test_an_undo_goes_back_behind_a_state_that_was_begun_anew_between(
    films: World, *, is_retried: bool
) -> None:
    """To that one our values were what had been there before us."""
    begin(films)
    look_again(films)
    bury(films)
    put_back(films)
    look_again(films)
    films.plex_wire.faults.clear()
    if is_retried:
        retry(films)
        look_again(films)

    films.carry_out(Undo(since=0))

    assert films.value("brook", Field.TITLE) == "brook"
    assert films.item("brook").locks == frozenset()
