"""A slice verified: what nobody tells of is found; what is as it was costs nothing."""

import pytest

from reconciler.core.values import Field
from reconciler.engine.sweeping import slice_at
from state.ledger import Ledger
from tests.sandbox.faults import Fault, What
from tests.world import World

WHOLE = (0, 1)


@pytest.fixture
def films(world: World) -> World:
    """Return a dozen films, settled and quiet."""
    nature = world.stash.create_tag("Nature")
    for number in range(12):
        world.scene(f"brook-{number}", title=f"Brook {number}", tag_ids=(nature,))
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.later(600)
    return world


def test_a_sweep_of_what_is_as_it_was_writes_nothing_anywhere(films: World) -> None:
    films.reconcile(part=WHOLE)
    before = films.state.read_bytes()

    outcome = films.reconcile(part=(1, 2))

    assert (outcome.puts, outcome.report.pass_id) == (0, None)
    assert films.state.read_bytes() == before


def test_the_first_slice_of_a_round_writes_nothing_either(films: World) -> None:
    """It lists all of Stash and of Plex, and finds both as they are known."""
    films.reconcile(part=WHOLE)
    before = _disk(films)

    outcome = films.reconcile(part=WHOLE)

    assert (outcome.sent["stash entities"], outcome.sent["stash rows"]) == (3, 1)
    assert outcome.sent["plex listing"] == 1
    assert _disk(films) == before


def _disk(world: World) -> dict[str, tuple[int, bytes]]:
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes())
        for path in world.folder.iterdir()
        if path.name.startswith(world.state.name)
    }


@pytest.mark.parametrize("skip", [1, 2, 4])
def test_what_a_round_could_not_list_the_next_pass_lists(
    films: World, skip: int
) -> None:
    """Whichever request fails behind the poll."""
    films.reconcile(part=WHOLE)
    films.stash_wire.faults.add(Fault(what=What.RESET_BEFORE, skip=skip))

    failed = films.reconcile(part=WHOLE)
    again, quiet = films.reconcile(), films.reconcile()

    assert failed.report.problems
    assert again.sent["stash entities"] == 4 - skip
    assert again.sent["stash rows"] == 1
    assert dict(quiet.sent) == {"stash poll": 1}


def test_a_person_s_edit_is_noticed_and_kept(films: World) -> None:
    films.plex.person.edit(films.key("brook-3"), title="My brook")

    outcome = films.reconcile(part=WHOLE)

    assert outcome.puts == 0
    assert films.value("brook-3", Field.TITLE) == "My brook"
    with Ledger(films.state) as ledger:
        assert ledger.verdicts.counts()["kept", "edited in plex"] == 1


def test_what_a_refresh_took_is_put_back(films: World) -> None:
    key = films.key("brook-3")
    films.plex.person.untag(key, "genre", "Nature", lock=False)
    films.plex.person.unlock(key, "genre")

    outcome = films.reconcile(part=WHOLE)

    assert outcome.puts == 0, "handed back: a lock of ours was taken off"
    with Ledger(films.state) as ledger:
        assert sum(
            n for (v, _), n in ledger.verdicts.counts().items() if v == "yielded"
        )


def test_a_change_without_a_stamp_arrives(films: World) -> None:
    row = films.stash.scenes[5]
    object.__setattr__(row, "title", "Brook, by another program")

    outcome = films.reconcile(part=WHOLE)

    assert films.value("brook-4", Field.TITLE) == "Brook, by another program"
    assert outcome.puts == 1


def test_every_scene_has_its_turn_in_a_round(films: World) -> None:
    for scene in list(films.stash.scenes.values()):
        object.__setattr__(scene, "details", "Found by and by.")

    parts = [slice_at(hour * 3600 + 7, 5 * 3600.0) for hour in range(5)]
    found = [films.reconcile(part=part).puts for part in parts]

    assert sorted(parts) == [(number, 5) for number in range(5)]
    assert sum(found) == 12
    assert max(found) == 3


def test_an_item_that_went_between_two_sweeps_is_noticed(films: World) -> None:
    films.plex.scanner.remove(films.section, "/media/films/brook-3.mp4")
    films.plex.scanner.empty_trash(films.section)

    outcome = films.reconcile(part=WHOLE)

    assert outcome.puts == 0
    with Ledger(films.state) as ledger:
        assert ledger.links.counts() == {"linked": 11, "lost": 1}


@pytest.mark.parametrize(
    ("span", "slices"), [(1800.0, 1), (3600.0, 1), (86400.0, 24), (90000.5, 26)]
)
def test_slices_are_as_many_as_hours(span: float, slices: int) -> None:
    assert {slice_at(hour * 3600, span)[1] for hour in range(40)} == {slices}
