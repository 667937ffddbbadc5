"""The commands about dead letters, as a person and a program see them."""

import contextlib
import json
import sqlite3
from datetime import timedelta

import pytest

from reconciler.cli.setting import Around
from reconciler.clock import Clock
from tests.cli.desk import Desk
from tests.cli.test_documents import expected, keys
from tests.sandbox.server import Fault, Request, Response, What

REFUSED = Response(status=400, kind="put")


def is_about_titles(request: Request) -> bool:
    return request.method == "PUT" and "&title." in request.query


@pytest.fixture
def dead(desk: Desk) -> Desk:
    """Return a desk with two films whose titles Plex has refused."""
    for stem in ("one", "two"):
        desk.scene(stem)
    fault = Fault(
        what=What.ANSWERED, matches=is_about_titles, answer=REFUSED, times=10**6
    )
    desk.plex_server.faults.add(fault)
    desk.run("reconcile")
    desk.plex_server.faults.clear()
    return desk


def test_nothing_is_dead(desk: Desk) -> None:
    scene = desk.scene("one")
    assert desk.done("dead-letters", "list").out == "there are no dead letters\n"
    assert desk.done("dead-letters", "list", "--json").document["letters"] == []
    desk.done("reconcile")
    said = desk.done("dead-letters", "show", str(scene))
    assert said.out == f"scene {scene}: there are no dead letters\n"
    assert desk.done("dead-letters", "retry", "--all").out == "nothing is owed again\n"
    said = desk.done("dead-letters", "drop", "--all")
    assert said.out == "there are no dead letters\n"


def test_a_list_has_a_line_for_each_field(dead: Desk) -> None:
    said = dead.done("dead-letters", "list").out.splitlines()

    assert said[0].split() == [
        *("scene", "library", "name", "field", "class", "when", "attempts")
    ]
    assert said[1].split()[:5] == ["1", "Films", "one", "title", "permanent"]
    assert said[2].split()[:5] == ["2", "Films", "two", "title", "permanent"]
    assert "`plexsync dead-letters show SCENE` says why" in said[-1]


def test_the_status_names_the_way(dead: Desk) -> None:
    said = dead.done("status").out
    told = "dead letters   2 fields were given up, of scenes "
    (line,) = [line for line in said.splitlines() if line.startswith(told)]
    assert "; `plexsync dead-letters list` tells more" in line
    assert "               scene 1, title: Plex at" in said


def test_one_is_shown_whole(dead: Desk) -> None:
    said = dead.done("dead-letters", "show", "1", "--field", "title").out

    assert "Films, one: title" in said
    assert "stash says     One\n" in said
    assert "permanent: Plex at" in said
    assert "1 time, 20" in said
    assert f"Plex {dead.plex.model.version}" in said
    other = dead.done("dead-letters", "show", "1", "--field", "date").out
    assert "Plex at" not in other


def test_documents(dead: Desk) -> None:
    shown = dead.done("dead-letters", "show", "2", "--json").document
    dropped = dead.done("dead-letters", "drop", "--scene", "2", "--json").document
    listed = dead.done("dead-letters", "list", "--json").document
    left = dead.done("dead-letters", "show", "2", "--json").document
    tried = dead.done("dead-letters", "retry", "--scene", "1", "--json").document
    purged = dead.done("dead-letters", "purge", "--json").document

    assert set(keys(listed)) == expected("dead-letters list")
    assert set(keys(shown)) | set(keys(left)) == expected("show")
    assert (shown["dropped"], left["letters"]) == ([], [])
    assert left["dropped"] == listed["dropped"]
    about = [(letter["scene"], letter["stash"]) for letter in shown["letters"]]
    assert about == [(2, "Two")]
    for document in (tried, dropped, purged):
        assert set(keys(document)) == expected(document["command"])
    assert (tried["fields"], tried["items"], tried["absent"]) == (1, 1, 0)
    assert (dropped["dropped"], purged["purged"]) == (1, 0)


@pytest.mark.parametrize(
    "named", [("--all",), ("--error", "permanent"), ("--scene", "1", "--scene", "2")]
)
def test_what_is_retried_is_delivered_by_the_next_reconcile(
    dead: Desk, named: tuple[str, ...]
) -> None:
    said = dead.done("dead-letters", "retry", *named)

    assert said.out == (
        "2 fields of 2 items are owed again; `plexsync reconcile` delivers them\n"
    )
    assert dead.title("one") == "one"
    dead.done("reconcile")
    assert (dead.title("one"), dead.title("two")) == ("One", "Two")
    assert "retry" in dead.done("passes").out


def test_those_of_another_class_stay(dead: Desk) -> None:
    said = dead.done("dead-letters", "retry", "--error", "transient")
    assert said.out == "nothing is owed again\n"
    assert len(dead.done("dead-letters", "list", "--json").document["letters"]) == 2


def test_what_has_no_item_any_more_is_told(dead: Desk) -> None:
    for stem in ("one", "two"):
        dead.scene(f"{stem}-else")
    dead.plex.scanner.remove(dead.section, "/media/films/one.mp4")
    dead.plex.scanner.empty_trash(dead.section)
    dead.stash.update_scene(2, details="Else.")
    dead.run("reconcile", "--full")
    assert [
        letter["scene"]
        for letter in dead.done("dead-letters", "list", "--json").document["letters"]
    ] == [1]

    said = dead.done("dead-letters", "retry", "--all").out.splitlines()

    assert said == [
        "1 field left: the item or the scene is not there",
        "nothing is owed again",
    ]


def test_what_is_dropped_is_listed_as_long_as_it_is_left(dead: Desk) -> None:
    dead.done("dead-letters", "drop", "--all")

    said = dead.done("dead-letters", "list").out.splitlines()
    assert said[0] == "there are no dead letters"
    assert said[2] == "dropped, and left until Stash changes the scene"
    assert [line.split()[:4] for line in said[4:6]] == [
        ["1", "Films", "one", "title"],
        ["2", "Films", "two", "title"],
    ]
    assert "`plexsync conflicts take stash --scene ID --field F`" in said[-1]
    shown = dead.done("dead-letters", "show", "1").out.splitlines()
    assert shown[0] == "Films, one: title"
    assert shown[-1].startswith("dropped")
    assert shown[-1].endswith(": left until Stash changes the scene")

    dead.stash.update_scene(1, title="Another")
    dead.done("reconcile")
    left = dead.done("dead-letters", "list", "--json").document["dropped"]
    assert [one["scene"] for one in left] == [2]


def test_what_is_dropped_is_forgotten(dead: Desk) -> None:
    said = dead.done("dead-letters", "drop", "--all", "--field", "title")

    assert said.out.startswith("2 dead letters forgotten; their fields are left until")
    assert dead.done("reconcile", "--full").out
    assert dead.title("one") == "one"
    dead.stash.update_scene(1, title="Another")
    dead.done("reconcile")
    assert (dead.title("one"), dead.title("two")) == ("Another", "two")


@pytest.mark.parametrize("is_dropped", [True, False])
def test_what_was_given_up_is_written_once_stash_is_taken(
    dead: Desk, *, is_dropped: bool
) -> None:
    """Though nothing was ever decided of the field."""
    if is_dropped:
        dead.done("dead-letters", "drop", "--all")
    named = ("conflicts", "take", "stash", "--scene", "1", "--field", "title")

    planned = dead.done(*named, "--dry-run").out
    dead.done(*named)

    assert "1 item would be written (1 field)" in planned
    assert (dead.title("one"), dead.title("two")) == ("One", "two")
    listed = dead.done("dead-letters", "list", "--json").document
    left = listed["dropped" if is_dropped else "letters"]
    assert [one["scene"] for one in left] == [2]


def test_it_is_said_what_there_is_where_nothing_is_of_what_was_named(
    dead: Desk,
) -> None:
    none, dates = "there are no dead letters", ("--field", "date")
    only = f"{none} of date, only of title\n"
    scene = ("--scene", "1")

    assert dead.done("dead-letters", "show", "1", *dates).out == f"scene 1: {only}"
    assert dead.done("dead-letters", "drop", *scene, *dates).out == only
    dropped = dead.done("dead-letters", "drop", *scene).out
    again = dead.done("dead-letters", "drop", *scene).out
    assert dead.done("dead-letters", "show", "1", *dates).out == f"scene 1: {only}"

    assert dropped == (
        "1 dead letter forgotten; its field is left until Stash changes the scene\n"
    )
    assert again == (
        f"{none} but what was dropped already: that is left until Stash changes the"
        " scene\n"
    )


@pytest.mark.parametrize(
    ("days", "arguments", "kept"),
    [
        (29, (), 2),
        (31, (), 0),
        (2, ("--older-than", "3d"), 2),
        (4, ("--older-than", "3d"), 0),
    ],
)
def test_what_is_old_is_purged(
    dead: Desk, days: int, arguments: tuple[str, ...], kept: int
) -> None:
    clock = Clock()
    later = Clock(now=lambda: clock.now() + timedelta(days=days))

    said = dead.run("dead-letters", "purge", *arguments, around=Around(clock=later))

    assert said.out == f"{2 - kept} dead letters forgotten\n"
    left = dead.done("dead-letters", "list", "--json").document["letters"]
    assert len(left) == kept


def test_what_led_to_a_letter_is_shown(dead: Desk) -> None:
    """Whatever it is: here, a state in which one that was tried for a day has it."""
    chain = [
        {"class": "TransientError", "says": "plex was lost"},
        {"class": "ConnectionError", "says": ""},
        {"class": "ConnectionResetError", "says": "Connection reset by peer"},
    ]
    with contextlib.closing(sqlite3.connect(dead.state)) as state:
        state.execute(
            "UPDATE dead_letter SET chain = ?, attempts = 8, server = '',"
            " first_at = buried_at - 86400",
            [json.dumps(chain)],
        )
        state.commit()

    said = dead.done("dead-letters", "show", "1").out.splitlines()

    assert [line.split(maxsplit=2)[2] for line in said if "because of" in line] == [
        "ConnectionError",
        "ConnectionResetError: Connection reset by peer",
    ]
    assert " to " in next(line for line in said if line.startswith("tried"))
    assert said[-1].endswith("Plex of unknown version")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["retry"], "say which dead letters: --scene ID, --error CLASS or --all"),
        (["retry", "--all", "--scene", "1"], "say which dead letters"),
        (["retry", "--all", "--error", "permanent"], "say which dead letters"),
        (["retry", "--error", "odd"], "'transient', 'busy'"),
        (["retry", "--scene", "99"], "scene 99 is not known here"),
        (["drop"], "say which dead letters: --scene ID or --all"),
        (["drop", "--field", "title"], "say which dead letters"),
        (["drop", "--scene", "99"], "scene 99 is not known here"),
        (["show"], "SCENE"),
        (["show", "99"], "scene 99 is not known here"),
        (["show", "1", "--field", "rating"], "'title', 'summary'"),
        (["purge", "--older-than", "long"], '"long" is no span: say 30d, 12h or 10m'),
    ],
)
def test_a_wrong_command_line_is_one_sentence(
    dead: Desk, arguments: list[str], words: str
) -> None:
    said = dead.run("dead-letters", *arguments)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert words in said.err
