"""What the options of reconcile and plan leave out, and what a dry run does."""

import pytest

from tests.cli.desk import Desk, Said


@pytest.fixture
def films(desk: Desk) -> Desk:
    for stem in ("one", "two", "three"):
        desk.scene(stem)
    return desk


def written(said: Said) -> set[tuple[str, str]]:
    return {(line["name"], line["field"]) for line in said.document["changes"]}


def test_a_dry_run_is_a_plan(films: Desk) -> None:
    plan = films.done("plan", "--json").document
    dry = films.done("reconcile", "--dry-run", "--json").document

    assert {**dry, "command": "plan"} == plan
    assert films.done("reconcile", "--dry-run").out == films.done("plan").out
    assert not films.state.exists()


def test_reconcile_does_what_plan_says(films: Desk) -> None:
    before = films.plex.snapshot()
    plan = films.done("plan", "--json")
    assert films.plex.snapshot() == before

    done = films.done("reconcile", "--json")

    def changes(said: Said) -> list[dict[str, object]]:
        lines = said.document["changes"]
        return sorted(lines, key=lambda line: (line["item"], line["field"]))

    assert changes(plan) == changes(done) != []
    assert films.done("plan", "--json").document["changes"] == []


def test_scene_delivers_that_scene_alone(films: Desk) -> None:
    films.done("reconcile", "--limit", "1")
    said = films.done("reconcile", "--scene", "2", "--json")

    assert written(said) == {("two", "title"), ("two", "summary")}
    assert films.title("three") == "three"


def test_limit_leaves_the_rest_owed(films: Desk) -> None:
    plan = films.done("plan", "--limit", "2", "--json").document
    first = films.done("reconcile", "--limit", "2")
    rest = films.done("reconcile", "--json").document

    assert plan["counts"]["items_to_write"] == 2
    assert "2 items written (4 fields)" in first.out
    assert "1 item is still owed; `plexsync status` says more" in first.out
    assert (rest["counts"]["written_items"], rest["owed"]) == (1, 0)


def test_library_delivers_to_that_library_alone(films: Desk) -> None:
    films.configure(plex={"libraries": ["Films", "Shorts"]})

    shorts = films.done("reconcile", "--library", "Shorts", "--json").document
    both = films.done("reconcile", "--library", "Films", "--json").document

    assert (shorts["counts"]["written_items"], shorts["owed"]) == (0, 3)
    assert (both["counts"]["written_items"], both["owed"]) == (3, 0)


def test_field_delivers_that_field_alone(films: Desk) -> None:
    said = films.done("reconcile", "--field", "summary", "--json")

    assert {field for _, field in written(said)} == {"summary"}
    assert films.title("one") == "one"
    rest = films.done("reconcile", "--json")
    assert {field for _, field in written(rest)} == {"title"}


def test_full_looks_at_everything_and_says_why_it_is_left(films: Desk) -> None:
    films.done("reconcile")
    films.plex.person.edit(films.key("one"), title="Mine")

    quiet = films.done("reconcile")
    full = films.done("reconcile", "--full")

    assert "left alone" not in quiet.out
    assert "left alone: 6 fields, because\n  5  already equal\n  1  edited in plex" in (
        full.out
    )
    assert films.title("one") == "Mine"


def test_count_requests_tells_what_was_sent(films: Desk) -> None:
    films.done("reconcile")

    said = films.done("reconcile", "--count-requests")
    document = films.done("reconcile", "--count-requests", "--json").document

    assert said.out == "0 items written (0 fields)\nsent: 1 request\n  1  stash poll\n"
    assert document["requests"] == {"stash poll": 1}
    assert "requests" not in films.done("reconcile", "--json").document
