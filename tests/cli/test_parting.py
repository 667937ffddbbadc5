"""A changed configuration by which no scene finds its item any more."""

import pytest

from tests.cli.desk import Desk

FILMS = ("one", "two", "three")


@pytest.fixture
def films(desk: Desk) -> Desk:
    """Return a desk with three films that are delivered."""
    for stem in FILMS:
        desk.scene(stem)
    desk.done("reconcile")
    return desk


def part(desk: Desk) -> None:
    desk.pairs = [("/data/films", "/elsewhere")]
    desk.configure()


def test_paths_that_lose_every_link_are_a_fault_until_they_are_mended(
    films: Desk,
) -> None:
    before = films.plex.snapshot()
    part(films)

    first, again = films.run("reconcile"), films.run("reconcile")

    for said in (first, again):
        assert said.code == 2
        (sentence,) = said.errors
        assert sentence == (
            "error: not one scene has an item, of 3, and plex has 3 files: the two know"
            " their files by different paths, and [[paths]] has to say which are the"
            ' same; stash = "/data/films" with plex = "/media/films" would do:'
            " `plexsync check` tells more"
        )
    assert "3 scenes wait for an item" in first.out
    assert films.plex.snapshot() == before
    films.pairs = [("/data/films", "/media/films")]
    films.configure()
    films.done("reconcile")
    assert films.done("status", "--json").document["waiting"] == {}


def test_a_plan_and_documents_tell_it_too(films: Desk) -> None:
    part(films)

    for command in ("plan", "reconcile"):
        document = films.run(command, "--json").document
        assert document["exit_code"] == 2
        assert document["problems"][0].startswith("not one scene has an item, of 3")


def test_without_a_hint_it_is_told_what_to_compare(films: Desk) -> None:
    for stem in FILMS:
        path = f"/media/films/{stem}.mp4"
        films.plex.scanner.rename(films.section, path, f"/media/films/{stem}-cut.mp4")
    films.run("reconcile", "--full")
    part(films)

    said = films.run("reconcile")

    assert said.code == 2
    advice = "compare a path in stash with that of the same file in plex"
    assert said.errors[0].endswith(advice)


def test_one_link_that_is_left_is_no_fault(films: Desk) -> None:
    films.pairs = [("/data", "/media"), ("/data/films/apart", "/elsewhere")]
    films.stash.scan_new_file("/data/films/apart/four.mp4")
    films.configure()

    assert "1 scene waits for an item" in films.done("reconcile").out


def test_items_that_left_plex_are_no_fault_of_the_paths(films: Desk) -> None:
    for stem in FILMS:
        films.plex.scanner.remove(films.section, f"/media/films/{stem}.mp4")
    films.plex.add(films.section, "/media/films/another.mp4")

    assert "3 scenes wait for an item" in films.done("reconcile", "--full").out
    films.done("reconcile")


def test_a_first_pass_without_paths_says_which_would_do(desk: Desk) -> None:
    """A timer would never tell that nothing of all is synchronised."""
    for stem in ("one", "two", "three"):
        desk.scene(stem)
    desk.pairs = []
    desk.configure()

    said = desk.run("reconcile")

    assert (said.code, len(said.errors)) == (2, 1)
    assert 'stash = "/data" with plex = "/media" would do' in said.errors[0]


def test_a_first_pass_that_finds_nothing_leaves_it_to_check(desk: Desk) -> None:
    """Plex may not have scanned anything of it yet."""
    desk.scene("one", in_plex=False)
    desk.plex.add(desk.section, "/media/films/other.mp4")

    desk.done("reconcile")
