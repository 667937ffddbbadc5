"""The commands by which a person decides, as they are typed."""

from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.cli.test_exit_codes import STRICT

HUGE = "9" * 20


def test_undo_and_history(desk: Desk) -> None:
    desk.scene("one")
    before = desk.plex.snapshot_of(desk.key("one")).values
    desk.done("reconcile")
    history = desk.done("history", "--json").document["writes"]
    assert {write["field"] for write in history} >= {"title"}

    shown = desk.done("undo", "--since", "start", "--dry-run").out
    assert "undo: " in shown
    assert "would be written" in shown
    assert "undone" in shown
    done = desk.done("undo", "--since", "start")

    assert "1 item written" in done.out
    assert desk.plex.snapshot_of(desk.key("one")).values == before
    text = desk.done("history").out
    assert "because" in text
    assert "undone" in text


def test_an_edit_after_an_undo_was_undone_is_a_conflict(desk: Desk) -> None:
    desk.scene("one")
    desk.done("reconcile")
    number = desk.done("undo", "--since", "start", "--json").document["pass"]
    desk.done("undo", "--pass", str(number))
    assert desk.title("one") == "One"

    desk.plex.person.edit(desk.key("one"), title="Mine")
    desk.done("reconcile", "--full")

    listed = desk.done("conflicts", "list", "--json").document["conflicts"]
    assert [(one["field"], one["plex"]) for one in listed] == [("title", "Mine")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["undo"], "say what to undo"),
        (["undo", "--pass", "1", "--since", "start"], "say what to undo"),
        (["undo", "--since", "yesterday"], "is no time"),
        (["undo", "--since", "2999-01-01"], "yet to come"),
        (["undo", "--since", "0h"], "is now: name a time in the past"),
        (["undo", "--since", "9999999d"], "is before all dates"),
        (["undo", "--since", "99999999999d"], "is before all dates"),
        (["undo", "--since", "9" * 5000 + "d"], "is no time"),
        (["undo", "--pass", HUGE], "is not from 1 to"),
        (["undo", "--pass", "0"], "is not from 1 to"),
        (["undo", "--scene", "abc"], '"abc" is not a number'),
        (["passes", "--limit", HUGE], "is not from 1 to"),
        (["history", "--scene", HUGE], "is not from 1 to"),
        (["history", "--limit", HUGE], "is not from 1 to"),
        (["approve", HUGE], "is not from 1 to"),
        (["dead-letters", "show", HUGE], "is not from 1 to"),
        (["dead-letters", "purge", "--older-than", "9999999d"], "is no span"),
        (["conflicts", "take", "stash"], "say which conflicts"),
        (["adopt"], "say where to adopt"),
        (["release", "--library", "Nowhere"], "is not one of [plex] libraries"),
        (["uninstall"], "uninstall only shows"),
        (["reconcile", "--plan", "/nowhere/plan.json"], "cannot read the plan"),
        (["plan", "-o", "/nowhere/plan.json"], "cannot write the plan"),
    ],
)
def test_a_command_that_lacks_something_says_what(
    desk: Desk, arguments: list[str], sentence: str
) -> None:
    said = desk.run(*arguments)

    assert said.code == 2
    assert sentence in said.errors[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("passes", "--limit"),
        ("history", "--limit"),
        ("reconcile", "--limit"),
        ("plan", "--scene"),
        ("history", "--scene"),
        ("undo", "--pass"),
        ("approve",),
    ],
)
def test_the_greatest_number_is_taken_as_any(
    desk: Desk, arguments: tuple[str, ...]
) -> None:
    """No test of the desk hears a traceback."""
    desk.scene("one")
    desk.done("reconcile")

    said = desk.run(*arguments, str(2**63 - 1))

    assert (said.code, len(said.errors)) in {(0, 0), (2, 1)}


def test_conflicts_are_listed_and_taken(desk: Desk) -> None:
    scene = desk.scene("one")
    assert "nothing in Plex stands against Stash" in desk.done("conflicts", "list").out
    desk.done("reconcile")
    desk.plex.person.edit(desk.key("one"), title="Mine")
    desk.done("reconcile", "--full")

    listed = desk.done("conflicts", "list", "--json").document["conflicts"]
    assert [(one["field"], one["plex"]) for one in listed] == [("title", "Mine")]
    assert "edited in plex" in desk.done("conflicts", "list").out
    desk.done("conflicts", "take", "stash", "--scene", str(scene), "--dry-run")
    assert desk.plex.snapshot_of(desk.key("one")).values["title"] == "Mine"
    desk.done("conflicts", "take", "stash", "--scene", str(scene))

    assert desk.plex.snapshot_of(desk.key("one")).values["title"] == desk.title("one")
    desk.plex.person.edit(desk.key("one"), title="Mine")
    desk.done("reconcile", "--full")
    taken = desk.done("conflicts", "take", "plex", "--all").out
    assert "1 field are left to Plex" in taken or "left to Plex" in taken
    assert desk.done("conflicts", "list", "--json").document["conflicts"] == []


def test_a_pause_lets_nothing_be_written_and_everything_be_recorded(
    desk: Desk,
) -> None:
    desk.scene("one")
    assert "paused since" in desk.done("pause").out
    assert "already paused" in desk.done("pause").out

    paused = desk.done("reconcile")

    assert "paused: nothing is written until" in paused.out
    assert "1 item is still owed" in paused.out
    assert desk.done("status", "--json").document["scenes"] == 1
    assert desk.done("status", "--json").document["paused"]
    assert "paused" in desk.done("status").out
    assert desk.done("resume", "--json").document["paused"] is None
    assert "nothing was paused" in desk.done("resume").out
    assert "1 item written" in desk.done("reconcile").out


def test_what_is_asked_for_while_paused_is_undone_by_the_number_it_was_told(
    desk: Desk,
) -> None:
    desk.scene("one")
    desk.done("reconcile")
    desk.done("pause")
    asked = desk.done("undo", "--since", "start", "--json").document["pass"]
    desk.scene("two")
    desk.done("resume")
    done = desk.done("reconcile", "--json").document["pass"]
    assert (asked < done, desk.title("one")) == (True, "one")

    writes = desk.done("history", "--scene", "1", "--json").document["writes"]
    passes = desk.done("passes", "--json").document["passes"]
    desk.done("undo", "--pass", str(asked))

    assert (writes[0]["pass"], writes[0]["planned"]) == (done, asked)
    assert {one["pass"]: one["writes"] for one in passes} == {1: 1, asked: 1, done: 2}
    assert (desk.title("one"), desk.title("two")) == ("One", "Two")


def test_a_saved_plan_is_all_that_is_delivered(desk: Desk, tmp_path: Path) -> None:
    desk.scene("one")
    desk.scene("two")
    plan = tmp_path / "plan.json"
    desk.done("plan", "-o", str(plan), "--scene", "1")

    done = desk.done("reconcile", "--plan", str(plan), "--json").document

    assert {line["scene"] for line in done["changes"]} == {1}
    assert done["owed"] == 0
    assert "1 item written" in desk.done("reconcile").out


def test_a_plan_that_was_delivered_meanwhile_says_so(
    desk: Desk, tmp_path: Path
) -> None:
    for stem in ("one", "two"):
        desk.scene(stem)
    plan = tmp_path / "plan.json"
    desk.done("plan", "-o", str(plan))
    desk.done("reconcile", "--scene", "1")

    half = desk.done("reconcile", "--plan", str(plan))
    again = desk.done("reconcile", "--plan", str(plan), "--json").document

    assert "1 item written (2 fields)" in half.out
    assert "2 fields of the plan were as planned already" in half.out
    assert again["counts"]["already_planned_fields"] == 4
    assert (again["spared"], again["problems"]) == ([], [])


def test_a_plan_says_of_the_rest_that_it_is_owed_besides(
    desk: Desk, tmp_path: Path
) -> None:
    for stem in ("one", "two"):
        desk.scene(stem)
    plan = tmp_path / "plan.json"
    desk.done("plan", "-o", str(plan), "--field", "title", "--scene", "1")
    desk.done("pause")
    desk.done("reconcile")
    paused = desk.done("reconcile", "--plan", str(plan))
    desk.done("resume")

    said = desk.done("reconcile", "--plan", str(plan))

    assert "1 item is still owed what the plan has" in paused.out
    assert "1 item is owed besides" in paused.out
    assert "still owed" not in said.out
    assert "2 items are owed besides" in said.out
    assert "looking at what is owed: 1\n" in said.err


def test_a_plan_of_another_state_is_refused_and_told_entry_by_entry(
    desk: Desk, tmp_path: Path
) -> None:
    for stem in ("one", "two", "three"):
        desk.scene(stem)
    plan = tmp_path / "plan.json"
    desk.done("plan", "-o", str(plan), "--field", "title")
    text = plan.read_text(encoding="utf-8")
    places = {"one": "4711", "three": str(desk.key("three"))}
    for stem, other in places.items():
        text = text.replace(f'"item": "{desk.key(stem)}"', f'"item": "{other}"')
    plan.write_text(text.replace('"scene": 3', '"scene": 33'), encoding="utf-8")
    desk.done("reconcile", "--scene", "3")
    desk.stash.update_scene(2, title="")
    desk.done("reconcile", "--scene", "2")

    for arguments in (("--dry-run",), ()):
        said = desk.run("reconcile", "--plan", str(plan), *arguments)

        assert said.code == 1
        assert said.errors == [
            (
                "error: 3 of 3 fields of the plan are not written"
                " (not known to this state: 2, not owed any more: 1): plan anew"
            )
        ]
        assert said.out.count("not known to this state") == 2
    document = desk.run("reconcile", "--plan", str(plan), "--json").document
    assert {(one["item"], one["reason"]) for one in document["spared"]} == {
        ("4711", "not known to this state"),
        (str(desk.key("two")), "not owed any more"),
        (str(desk.key("three")), "not known to this state"),
    }


def test_a_plan_whose_items_are_not_what_they_were_says_so(
    desk: Desk, tmp_path: Path
) -> None:
    stems = ("gone", "moved", "shared", "other")
    scenes = [desk.scene(stem) for stem in stems]
    desk.done("reconcile")
    for scene in scenes:
        desk.stash.update_scene(scene, title="Again")
    plan = tmp_path / "plan.json"
    desk.done("plan", "-o", str(plan))
    desk.plex.scanner.remove(desk.section, "/media/films/gone.mp4")
    path = "/media/films/moved.mp4"
    desk.plex.scanner.rename(desk.section, path, "/media/films/else.mp4")
    desk.plex.moves.merge(desk.key("shared"), [desk.key("other")])

    said = desk.run("reconcile", "--plan", str(plan), "--json")

    assert said.code == 1
    assert {(one["name"], one["reason"]) for one in said.document["spared"]} == {
        ("gone", "item gone"),
        ("moved", "item holds another file"),
        ("shared", "claimed by several scenes"),
        ("other", "item gone"),
    }


def test_what_has_moved_since_the_plan_is_refused(desk: Desk, tmp_path: Path) -> None:
    for stem in ("one", "two"):
        desk.scene(stem)
    plan = tmp_path / "plan.json"
    desk.done("plan", "-o", str(plan))
    desk.plex.person.edit(desk.key("one"), title="Mine")

    said = desk.run("reconcile", "--plan", str(plan))

    assert said.code == 1
    assert said.errors == [
        (
            "error: 1 of 4 fields of the plan is not written (moved since the plan: 1):"
            " plan anew"
        )
    ]
    assert "left as it is: 1 field\n" in said.out
    assert said.out.rstrip().endswith("moved since the plan")
    assert desk.plex.snapshot_of(desk.key("one")).values["title"] == "Mine"
    assert desk.plex.snapshot_of(desk.key("two")).values["title"] == desk.title("two")


def test_a_plan_that_is_none_is_refused(desk: Desk, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text("{}")
    said = desk.run("reconcile", "--plan", str(plan))
    assert said.code == 2
    assert "is no whole plan" in said.errors[0]
    desk.done("plan", "-o", str(plan))
    said = desk.run("reconcile", "--plan", str(plan), "--full")
    assert said.code == 2
    assert "--plan says what to deliver" in said.errors[0]


def test_what_leaving_would_do(desk: Desk) -> None:
    desk.scene("one")
    desk.done("reconcile")

    found = desk.done("uninstall", "--dry-run", "--json").document
    assert (found["locks"], found["values"]) == (2, 2)
    assert "puts 2 values back" in desk.done("uninstall", "--dry-run").out
    assert desk.done("release", "--dry-run").code == 0
    desk.done("release")
    assert desk.done("uninstall", "--dry-run", "--json").document["locks"] == 0
    desk.done("claim")
    assert desk.done("uninstall", "--dry-run", "--json").document["locks"] == 2


def test_what_is_owed_beside_what_was_asked_for_is_told_apart(desk: Desk) -> None:
    """So that an undo that is done does not seem not to be."""
    for stem in ("one", "two"):
        desk.scene(stem)
    desk.done("reconcile", "--scene", "2")
    desk.done("pause")
    desk.done("reconcile")
    asked = desk.done("undo", "--scene", "2").out
    desk.done("resume")

    again = desk.done("undo", "--scene", "2").out

    assert "1 item is still owed" in asked
    assert "1 item is owed besides, for the next reconcile" in asked
    assert "still owed" not in again
    assert "1 item is owed besides, for the next reconcile" in again


def test_what_stays_undone_is_told_by_what_does_not_change_it(desk: Desk) -> None:
    scene = str(desk.scene("one"))
    desk.done("reconcile")
    desk.done("release", "--scene", scene)
    desk.done("undo", "--scene", scene)
    sentence = "2 fields stay undone until Stash changes them"

    assert sentence in desk.done("claim", "--scene", scene, "--dry-run").out
    assert sentence in desk.done("claim", "--scene", scene).out
    assert sentence in desk.done("conflicts", "take", "stash", "--scene", scene).out
    one = ("--scene", scene, "--field", "title", "--json")
    taken = desk.done("conflicts", "take", "stash", *one).document
    assert taken["counts"]["undone_fields"] == 1
    assert desk.title("one") == "one"


def test_leaving_counts_what_undo_would_leave(desk: Desk) -> None:
    """What was undone, and then edited by a person, is others' as well."""
    desk.scene("one")
    desk.done("reconcile")
    desk.done("undo", "--since", "start")
    desk.plex.person.edit(desk.key("one"), title="Mine", summary="Mine too")
    desk.done("reconcile", "--full")

    spared = desk.done("undo", "--since", "start", "--dry-run", "--json").document
    found = desk.done("uninstall", "--dry-run", "--json").document

    assert len(spared["spared"]) == found["kept"] == 2
    assert found["values"] == 0


def test_adopting_is_shown_before_it_is_done(desk: Desk) -> None:
    desk.scene("one")
    desk.stash.create_tag("Left over")
    desk.plex.person.tag(desk.key("one"), "genre", "Left over", lock=False)
    desk.done("reconcile")

    shown = desk.done("adopt", "--all", "--dry-run").out
    assert "Left over" in shown
    assert "genre" in desk.plex.snapshot_of(desk.key("one")).tags
    desk.done("adopt", "--all")

    assert "genre" not in desk.plex.snapshot_of(desk.key("one")).tags


def test_a_person_is_not_held_by_the_brake(desk: Desk) -> None:
    desk.scene("one")
    desk.plex.person.edit(desk.key("one"), lock=False, title="Another")
    desk.done("reconcile")
    desk.configure(brake=STRICT)

    desk.done("undo", "--since", "start")

    assert desk.plex.snapshot_of(desk.key("one")).values["title"] == "Another"
