"""What is not believed of a server, as a person sees it, and says that it is so."""

import pytest

from tests.cli.desk import Desk

STRICT = {"removals": 0, "removals_floor": 1}
"""More than one scene that is gone takes a person's word."""
FILMS = [f"reel-{number}" for number in range(24)]


@pytest.fixture
def films(desk: Desk) -> Desk:
    """Return a desk with two dozen films that are delivered."""
    for stem in FILMS:
        desk.scene(stem)
    desk.configure(brake=STRICT)
    desk.done("reconcile")
    return desk


def _take_out(desk: Desk) -> None:
    for stem in FILMS[5:]:
        desk.plex.scanner.remove(desk.section, f"/media/films/{stem}.mp4")


def test_scenes_that_are_gone_are_doubted_until_a_person_says_so(films: Desk) -> None:
    before = films.plex.snapshot()
    films.stash.destroy_scenes(1, 2, 3)

    said = films.run("reconcile")
    assert (said.code, said.errors) == (3, [])
    assert "doubted: 3 of 24 scenes are gone from stash, the limit is 1" in said.err
    again = films.run("reconcile")
    assert again.code == 3
    assert again.err == (
        "doubted: stash is still not believed; `plexsync status` says why\n"
    )
    lines = films.done("status").out.splitlines()
    (told,) = [line for line in lines if line.startswith("doubt ")]
    assert told.startswith("doubt          what stash says is not believed; ")
    because = lines[lines.index(told) + 1]
    assert because.startswith("               3 of 24 scenes are gone")

    said = films.done("approve", "stash")
    assert said.out == "stash is believed; `plexsync reconcile` goes on from there\n"
    believed = films.done("status").out
    assert "stash is believed by the next" in believed
    assert "doubt " not in believed
    done = films.done("reconcile")

    assert "3 scenes are gone from Stash, and remembered" in done.out
    status = films.done("status")
    assert "deleted        3 scenes gone from Stash, remembered" in status.out
    assert "doubt" not in status.out
    assert films.plex.snapshot() == before


def test_a_plan_tells_a_doubt_and_keeps_none(films: Desk) -> None:
    films.stash.destroy_scenes(1, 2, 3)

    for _ in range(2):
        said = films.run("plan")
        assert said.code == 0
        assert "doubted: 3 of 24 scenes are gone from stash" in said.err
        assert "would be written" in said.out

    assert films.done("status", "--json").document["doubts"] == {}


def test_a_plan_shows_what_is_gone(films: Desk) -> None:
    films.stash.destroy_scenes(1)

    assert "1 scene is gone from Stash, and remembered" in films.done("plan").out
    assert films.done("status", "--json").document["deleted"] == 0


def test_documents_name_what_is_doubted_and_what_is_approved(films: Desk) -> None:
    films.stash.destroy_scenes(1, 2, 3)

    said = films.run("reconcile", "--json")
    assert said.document["exit_code"] == said.code == 3
    assert list(said.document["doubts"]) == ["stash"]
    assert films.done("approve", "stash", "--json").document["believed"] == "stash"
    status = films.done("status", "--json").document
    assert (list(status["doubts"]), status["believed"]) == (["stash"], ["stash"])


def test_a_sweep_doubts_a_library_and_believes_it_when_told_to(films: Desk) -> None:
    films.configure(brake=STRICT, schedule={"sweep": "1h"})
    _take_out(films)
    films.done("reconcile")

    said = films.run("reconcile", "--sweep")

    assert (said.code, said.errors) == (3, [])
    assert 'doubted: the library "Films" lists 5 files where 24 were known' in said.err
    films.done("approve", "Films")
    assert films.done("reconcile").err.startswith("listing Films: 5")
    assert films.done("status", "--json").document["doubts"] == {}


def test_names_are_known_in_any_case(films: Desk) -> None:
    films.stash.destroy_scenes(1, 2, 3)
    films.run("reconcile")

    document = films.done("approve", "Stash", "--json").document

    assert document["believed"] == "stash"
    assert films.done("status", "--json").document["believed"] == ["stash"]
    films.done("reconcile", "--library", "FILMS")


def test_a_limit_says_what_it_is_of(films: Desk) -> None:
    films.stash.destroy_scenes(1, 2, 3)

    said = films.run("reconcile")

    limit = "the limit is 1 (0 % of 24, at least 1, by [brake] removals)"
    assert f"3 of 24 scenes are gone from stash, {limit}" in said.err


def test_an_empty_listing_is_believed_on_nobodys_word(films: Desk) -> None:
    films.stash.destroy_scenes(*range(1, 25))
    doubted = films.run("reconcile")

    said = films.run("approve", "stash")

    assert (doubted.code, said.code) == (3, 2)
    assert said.errors[0].startswith("error: a word is not enough: stash lists no")
    assert "an empty listing is never believed; see that" in said.errors[0]
    assert films.done("status", "--json").document["believed"] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["approve", "stash"], '"stash" is not doubted; nothing is'),
        (["approve", "99"], "pass 99 is not held"),
        (["approve"], "name one PASS, stash or a library, or give --all"),
        (["approve", "stash", "--all"], "name one PASS, stash or a library"),
        (["reconcile", "--sweep", "--full"], "leave out --full and --scene"),
        (["plan", "--sweep", "--scene", "1"], "leave out --full and --scene"),
    ],
)
def test_what_cannot_be_approved_or_swept_says_why(
    desk: Desk, arguments: list[str], sentence: str
) -> None:
    desk.scene("one")
    desk.done("reconcile")

    said = desk.run(*arguments)

    assert said.code == 2
    assert sentence in said.errors[0]


def test_what_is_doubted_is_named_to_who_approves_something_else(films: Desk) -> None:
    films.stash.destroy_scenes(1, 2, 3)
    films.run("reconcile")

    said = films.run("approve", "Films")

    assert said.errors == [
        'error: "Films" is not doubted; what is doubted: "stash"',
    ]
