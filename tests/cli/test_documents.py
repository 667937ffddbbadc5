"""The documents of `--json` have the keys that docs/json.md lists, and no others."""

import re
from collections.abc import Iterator, Mapping

import pytest

from tests.cli.desk import ROOT, Desk, Said
from tests.cli.test_exit_codes import STRICT, is_put
from tests.sandbox.server import Fault, Request, Response, What

OPEN = {
    "left",
    "causes",
    "requests",
    "links",
    "waiting",
    "outbox",
    "fields",
    "journal",
    "last.counts",
    "matches.counts",
}
"""Objects whose keys are texts."""


def documented(command: str) -> set[str]:
    """Take the keys that docs/json.md lists for a command."""
    text = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {
        key
        for section in sections
        if command in _heads(section) or "every document" in _heads(section)
        for key in re.findall(r"^- `([^`]+)`:", section, re.MULTILINE)
    }


def _heads(section: str) -> list[str]:
    return section.partition("\n")[0].split(", ")


def keys(value: object, place: str = "") -> Iterator[str]:
    if isinstance(value, Mapping) and place not in OPEN:
        for key, inner in value.items():
            name = f"{place}.{key}" if place else key
            yield name
            yield from keys(inner, name)
    if isinstance(value, list):
        for inner in value:
            yield from keys(inner, f"{place}[]")


def expected(command: str, *absent: str) -> set[str]:
    """Take the documented keys; a parent that is only documented by its parts too."""
    found = documented(command)
    parents = {key.rpartition(".")[0].removesuffix("[]") for key in found} - {""}
    return (found | parents) - set(absent)


@pytest.fixture
def full(desk: Desk) -> Desk:
    """Return a desk with something to say for every key."""
    for stem in ("one", "two", "four"):
        desk.scene(stem)
    desk.scene("three", in_plex=False)
    desk.stash.scan_new_file("/elsewhere/deep/five.mp4")
    desk.plex.add(desk.section, "/media/films/deep/five.mp4")
    return desk


def test_reconcile_and_plan(full: Desk) -> None:
    full.plex.person.edit(full.key("one"), title="Mine")
    for command in ("plan", "reconcile"):
        document = full.done(command, "--json", "--count-requests").document

        spared = {key for key in expected(command) if key.startswith("spared[")}
        assert set(keys(document)) == expected(command) - spared
        assert (document["version"], document["command"]) == (1, command)
        assert (document["exit_code"], document["problems"]) == (0, [])
        assert (document["pass"] is None) == (command == "plan")
        assert document["waiting"] == 2
        assert document["left"] == {"locked in plex before us": 1}


def test_a_change_has_both_values_in_the_fields_own_form(desk: Desk) -> None:
    tag = desk.stash.create_tag("Rivers")
    scene = desk.scene("one", title="Üne \u2028 ☃", details="", tag_ids=(tag,))

    document = desk.done("reconcile", "--json").document

    common = {
        "library": "Films",
        "item": str(desk.key("one")),
        "name": "one",
        "scene": scene,
        "reason": "not set in plex",
        "cause": "found in plex",
        "lock": True,
        "is_cut": False,
    }
    assert sorted(document["changes"], key=lambda line: str(line["field"])) == [
        {**common, "field": "genres", "old": [], "new": ["Rivers"]},
        {**common, "field": "title", "old": "one", "new": desk.title("one")},
    ]


def test_nothing_to_do_has_the_same_keys(full: Desk) -> None:
    full.done("reconcile")

    document = full.done("reconcile", "--json").document

    wanted = {key for key in expected("reconcile", "requests") if "[]" not in key}
    assert set(keys(document)) == wanted
    assert document["changes"] == []


def test_a_held_pass(desk: Desk) -> None:
    desk.scene("one")
    desk.plex.person.edit(desk.key("one"), lock=False, title="Another")
    desk.configure(brake=STRICT)

    held = desk.run("reconcile", "--json").document
    status = desk.done("status", "--json").document
    approved = desk.done("approve", str(held["held_passes"][0]), "--json").document

    assert (held["exit_code"], held["owed"], len(held["held"])) == (3, 1, 1)
    assert {"holds[].pass", "holds[].reasons"} <= set(keys(status))
    assert set(keys(approved)) == expected("approve")
    assert approved["released"] == 1


def test_status(full: Desk) -> None:
    nothing = full.done("status", "--json").document
    refused = Response(status=400, kind="put")
    full.plex_server.faults.add(
        Fault(
            what=What.ANSWERED,
            matches=lambda request: request.method == "PUT",
            answer=refused,
            times=3,  # once as a whole, then field by field
        )
    )
    failed = full.run("reconcile", "--json").document
    full.stash.update_scene(2, title="Edited")
    full.plex_server.faults.add(Fault(what=What.DROPPED, matches=is_put))
    dropped = full.run("reconcile", "--json").document
    full.plex_server.stop()
    full.scene("unseen", in_plex=False)
    full.run("reconcile")
    document = full.done("status", "--json").document
    full.plex_server.start()

    absent = {"holds[].pass", "holds[].reasons"}
    absent |= {f"restored.{key}" for key in ("at", "of", "pass", "ended")}
    absent |= {"at_work.command", "at_work.since"}
    assert set(keys(document)) == expected("status") - absent
    top = {key for key in expected("status") if not re.search(r"[.\[]", key)}
    assert set(keys(nothing)) == top
    assert (failed["exit_code"], failed["counts"]["buried_fields"]) == (1, 2)
    assert (document["dead"], document["last"]["outcome"]) == (2, "failed")
    (tried,) = document["tried"]
    assert tried["not_before"] > document["last"]["started_at"]
    assert tried["error"] in dropped["problems"]
    del tried["not_before"], tried["error"]
    assert tried == {
        "library": "Films",
        "item": str(full.key("two")),
        "name": "two",
        "scene": 2,
        "fields": ["title"],
        "attempts": 1,
    }


def test_check(full: Desk) -> None:
    document = full.done("check", "--json").document

    assert set(keys(document)) == expected("check")
    assert document["matches"]["scenes"] == 5


def test_an_error_in_the_middle_leaves_a_whole_document(desk: Desk) -> None:
    """The lines that were written before it are in it."""
    for number in range(60):
        desk.scene(f"reel-{number:02}")
    reads = 0

    def refuse(request: Request) -> None:
        # the brake's two looks, the first batch's and its read-back are let through
        nonlocal reads
        reads += request.path.startswith("/library/metadata/")
        if reads == 5:
            desk.plex.model.token = "another"

    desk.before_plex = refuse
    said = desk.run("reconcile", "--json")

    document = said.document
    assert said.code == document["exit_code"] == 1
    assert len(document["changes"]) == 100
    assert [f"error: {problem}" for problem in document["problems"]] == said.errors
    assert "check [plex] token" in said.errors[0]
    desk.before_plex = lambda _: None


def test_a_library_that_was_renamed_is_told(desk: Desk) -> None:
    """It is found out only once Plex is asked, and keeps nothing else from going on."""
    desk.scene("one")
    desk.done("reconcile")
    desk.plex.model.sections[desk.section].title = "Movies"
    desk.scene("two", in_plex=False)
    desk.stash.update_scene(1, title="Edited")

    said: Said = desk.run("reconcile", "--json")

    assert said.code == said.document["exit_code"] == 2
    assert set(keys(said.document)) >= expected("reconcile", "requests") - {
        key for key in expected("reconcile") if "[" in key
    }
    (sentence,) = said.errors
    assert 'plex has no library "Films"; it has "Movies"' in sentence
    assert said.document["counts"]["changed_scenes"] == 2
    assert said.document["owed"] == 1
    desk.plex.model.sections[desk.section].title = "Films"
    desk.done("reconcile")
    assert desk.title("one") == "Edited"


def test_conflicts_history_and_leaving(full: Desk) -> None:
    full.done("reconcile")
    full.plex.person.edit(full.key("one"), title="Mine")
    full.done("reconcile", "--full")
    for arguments in (
        ("conflicts", "list"),
        ("history",),
        ("passes",),
        ("uninstall", "--dry-run"),
    ):
        document = full.done(*arguments, "--json").document

        assert set(keys(document)) == expected(document["command"])


def test_what_undo_spares(full: Desk) -> None:
    full.done("reconcile")
    full.plex.person.edit(full.key("one"), title="Mine")

    document = full.done("undo", "--since", "start", "--json").document

    assert set(keys(document)) == expected("undo", "requests")
    assert [line["field"] for line in document["spared"]] == ["title"]


def test_a_pause(desk: Desk) -> None:
    for command in ("pause", "resume"):
        document = desk.done(command, "--json").document
        assert set(keys(document)) == expected(command)
