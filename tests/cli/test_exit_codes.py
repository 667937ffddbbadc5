"""What the exit code says: 0 done, 1 failed, 2 usage, 3 held, 4 taken."""

import os
from pathlib import Path

import pytest

from reconciler.core.wording import moment
from state.ledger import Ledger
from state.lock import WriterLock
from tests.cli.desk import Desk
from tests.sandbox.server import Fault, Request, What

STRICT = {"overwrites": 0, "overwrites_floor": 0}
"""The brake lets no value of others be replaced."""


def is_put(request: Request) -> bool:
    return request.method == "PUT"


def test_waiting_scenes_are_no_failure(desk: Desk) -> None:
    desk.scene("one")
    desk.scene("two", in_plex=False)

    said = desk.done("reconcile")

    assert "1 item written" in said.out
    assert "1 scene waits for an item in Plex; `plexsync check` says why" in said.out


def test_kept_values_are_no_failure(desk: Desk) -> None:
    desk.scene("one")
    desk.plex.person.edit(desk.key("one"), title="Mine")

    said = desk.done("reconcile")

    assert desk.title("one") == "Mine"
    assert "1  locked in plex before us" in said.out


def test_a_quiet_reconcile_says_nothing_where_nothing_is_to_be_said(
    desk: Desk,
) -> None:
    scene = desk.scene("one")
    desk.scene("two", in_plex=False)
    assert "1 item written" in desk.done("reconcile", "--quiet").out

    for scope in ([], ["--full"], ["--sweep"]):
        said = desk.done("reconcile", "--quiet", *scope)
        assert (said.out, said.err) == ("", "")
    document = desk.done("reconcile", "--quiet", "--json").document
    assert document["exit_code"] == 0
    desk.stash.update_scene(scene, title="Again")
    assert "would be written" in desk.done("reconcile", "--quiet", "--dry-run").out


def test_a_quiet_reconcile_tells_what_is_wrong(desk: Desk) -> None:
    desk.scene("one")
    desk.plex.person.edit(desk.key("one"), lock=False, title="Another")
    desk.configure(brake=STRICT)

    held = desk.run("reconcile", "--quiet")
    desk.plex_server.stop()
    failed = desk.run("reconcile", "--quiet", "--full")
    desk.plex_server.start()

    assert (held.code, "held: pass 1" in held.err) == (3, True)
    assert (failed.code, len(failed.errors)) == (1, 1)


def test_what_is_not_delivered_is_a_failure_until_it_is(desk: Desk) -> None:
    """A second run, before the entry may be tried again, still says so."""
    desk.scene("one")
    desk.plex_server.faults.add(Fault(what=What.DROPPED, matches=is_put))

    first = desk.run("reconcile")
    second = desk.run("reconcile")

    assert (first.code, second.code) == (1, 1)
    assert first.errors[0] == (
        "error: plex took a write of summary, title to item"
        f" {desk.key('one')} (one) without an error, and has not made it"
    )
    document = desk.run("reconcile", "--json").document
    (tried,) = desk.done("status", "--json").document["tried"]
    assert (document["put_off"], document["retry_at"]) == (1, tried["not_before"])
    when = moment(document["retry_at"])
    words = "1 item could not be delivered yet and stays owed"
    assert second.errors == [
        f"error: {words}: run again after {when}, when it is tried again"
    ]
    assert "tried in vain" in desk.done("status").out


@pytest.mark.parametrize("scope", [[], ["--scene", "1"]])
def test_a_plan_says_until_when_waits_what_was_tried_in_vain(
    desk: Desk, scope: list[str]
) -> None:
    desk.scene("one")
    desk.plex_server.faults.add(Fault(what=What.DROPPED, matches=is_put))
    desk.run("reconcile")

    said = desk.done("plan", *scope)
    document = desk.done("plan", *scope, "--json").document

    assert (document["changes"], document["put_off"]) == ([], 1)
    when, more = moment(document["retry_at"]), "`plexsync status` says more"
    assert said.out.splitlines() == [
        "0 items would be written (0 fields)",
        f"1 item tried in vain is owed and waits until {when}; {more}",
    ]


def test_what_was_tried_in_vain_is_in_no_plan_that_writes_it(desk: Desk) -> None:
    """Nor does a failure say when: it may be tried at once."""
    desk.scene("one")
    desk.plex_server.faults.add(Fault(what=What.DROPPED, matches=is_put))
    desk.run("reconcile")
    with Ledger(desk.state) as ledger:
        (tried,) = ledger.outbox.tried(1)
        ledger.outbox.postpone(tried.link, not_before=1, error="no answer", now=1)
    desk.done("pause")

    said = desk.done("plan")
    failed = desk.run("reconcile")

    assert "1 item would be written" in said.out
    assert "waits until" not in said.out
    assert failed.errors == [
        "error: 1 item could not be delivered yet and stays owed: run again"
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "missing command"),
        (["recncile"], "recncile"),
        (["--colour"], "--colour"),
        (["plan", "--limit", "0"], "--limit"),
        (["plan", "--limit", "many"], "--limit"),
        (["plan", "--scene", "one"], "--scene"),
        (["plan", "--scene", "0"], "--scene"),
        (["plan", "--field", "rating"], "'title', 'summary', 'studio'"),
        (["plan", "--library", "Shorts"], '[plex] libraries: name "Films"'),
        (["plan", "--full", "--scene", "1"], "leave out --scene or it"),
        (["approve"], "PASS"),
        (["approve", "1", "--all"], "name one PASS, stash or a library"),
        (["approve", "1"], "pass 1 is not held; there is nothing to approve"),
        (["--log-level", "loud", "status"], "--log-level"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(
    desk: Desk, arguments: list[str], words: str
) -> None:
    said = desk.run(*arguments)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert words in said.err


def test_a_held_pass_says_why_and_goes_once_it_is_approved(desk: Desk) -> None:
    desk.scene("one", title="Wanted")
    desk.plex.person.edit(desk.key("one"), lock=False, title="Another")
    desk.configure(brake=STRICT)

    held = desk.run("reconcile")
    again = desk.run("reconcile", "--json")
    still = desk.run("reconcile")
    status = desk.done("status")

    assert (held.code, again.code, still.code) == (3, 3, 3)
    assert desk.title("one") == "Another"
    number = again.document["held_passes"][0]
    (sentence,) = [line for line in held.err.splitlines() if "held: " in line]
    assert sentence.startswith(
        f"held: pass {number}: overwrites of values that are not ours: 1 planned,"
        " the limit is 0"
    )
    assert sentence.endswith(
        f"`plexsync plan` shows it, `plexsync approve {number}` lets it go"
    )
    (reason,) = again.document["held"]
    assert reason in sentence
    (line,) = [line for line in still.err.splitlines() if "held: " in line]
    assert line == (
        f"held: pass {number} is still held; `plexsync status` says why,"
        f" `plexsync approve {number}` lets it go"
    )
    lines = status.out.splitlines()
    (told,) = [line for line in lines if line.startswith("held pass")]
    assert f" the brake holds pass {number}; `plexsync plan` shows" in told
    assert told.endswith(f"`plexsync approve {number}` lets it go")
    assert lines[lines.index(told) + 1].strip() == reason
    holds = desk.done("status", "--json").document["holds"]
    assert holds == [{"pass": number, "reasons": [reason]}]
    assert "Wanted" in desk.done("plan").out
    assert desk.done("approve", str(number)).out == (
        "let 1 item go; `plexsync reconcile` delivers it\n"
    )
    desk.done("reconcile")
    assert desk.title("one") == "Wanted"


def test_a_pass_is_not_called_held_for_an_older_ones_sake(desk: Desk) -> None:
    desk.scene("one")
    desk.plex.person.edit(desk.key("one"), lock=False, title="Another")
    desk.configure(brake=STRICT)
    desk.run("reconcile")
    desk.scene("two")

    later = desk.run("reconcile", "--json").document
    last = desk.done("status", "--json").document["last"]
    listed = desk.done("passes", "--json").document["passes"]

    assert later["held_passes"] == [1]
    assert (last["id"], last["outcome"]) == (2, "done")
    assert [(one["pass"], one["held"]) for one in listed] == [(2, False), (1, True)]
    assert "held by the brake" in desk.done("passes").out
    desk.done("approve", "1")
    assert "held, let go since" in desk.done("passes").out


def test_all_held_passes_can_be_approved_at_once(desk: Desk) -> None:
    desk.configure(brake=STRICT)
    for stem in ("one", "two"):
        desk.scene(stem)
        desk.plex.person.edit(desk.key(stem), lock=False, title="Another")
        desk.run("reconcile")

    numbers = desk.done("status", "--json").document["held"]
    document = desk.done("approve", "--all", "--json").document

    assert len(numbers) == 2
    assert (document["pass"], document["passes"]) == (None, numbers)
    assert document["released"] == 2
    assert desk.done("approve", "--all").out == "nothing is held\n"
    desk.done("reconcile")


def test_an_outage_is_not_called_held(desk: Desk) -> None:
    """What the brake has not looked at yet is nobody's to approve."""
    desk.scene("one")
    desk.done("reconcile")
    desk.stash.update_scene(1, title="Later")
    desk.plex_server.stop()
    desk.run("reconcile")

    status = desk.done("status")
    document = desk.done("status", "--json").document

    desk.plex_server.start()
    assert document["held"] == []
    assert document["outbox"] == {"planned": 1}
    assert "approve" not in status.out
    assert "planned        1 item to look at" in status.out


def test_a_taken_state_names_who_holds_it(desk: Desk) -> None:
    """Looking is still possible: status, plan and check read beside the writer."""
    desk.scene("one")
    desk.done("reconcile")
    lock = WriterLock(desk.state).acquire(command="reconcile", since="2026-03-01")

    taken = desk.run("reconcile")
    as_json = desk.run("reconcile", "--json")
    approve = desk.run("approve", "1")
    looks = [desk.run(command).code for command in ("status", "plan", "check")]

    lock.release()
    assert [taken.code, as_json.code, approve.code] == [4, 4, 4]
    assert as_json.document["exit_code"] == 4
    assert ", reconcile, since 2026-03-01; wait until it is done" in taken.errors[0]
    assert looks == [0, 0, 0]
    desk.done("reconcile")


def test_a_scene_that_is_not_there_is_told(desk: Desk) -> None:
    desk.scene("one")

    for command in ("plan", "reconcile"):
        said = desk.run(command, "--scene", "1", "--scene", "77")

        assert said.code == 2
        assert said.errors == [
            "error: stash has no scene 77: its number is in the address of its page"
        ]
    assert desk.title("one") == "One"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["undo", "--pass", "99"], "there is no pass 99"),
        (["undo", "--scene", "99"], "scene 99 has no item in plex"),
        (["release", "--scene", "99"], "scene 99 has no item in plex"),
        (["claim", "--scene", "99"], "scene 99 has no item in plex"),
        (["adopt", "--scene", "99"], "scene 99 has no item in plex"),
        (["conflicts", "take", "stash", "--scene", "99"], "scene 99 has no item"),
        (["conflicts", "list", "--scene", "99"], "scene 99 is not known here"),
        (["history", "--scene", "99"], "scene 99 is not known here"),
        (["approve", "99"], "pass 99 is not held"),
        (["approve", "Shorts"], '"Shorts" is not doubted'),
    ],
)
def test_what_is_named_and_not_there_is_the_commands_fault(
    desk: Desk, arguments: list[str], words: str
) -> None:
    desk.scene("one")
    desk.done("reconcile")

    said = desk.run(*arguments)

    assert said.code == 2
    assert len(said.errors) == 1
    assert words in said.errors[0]
    assert desk.run(*arguments, "--json").document["exit_code"] == 2
    assert desk.done("status", "--json").document["last"]["id"] == 1


def test_history_of_a_scene_is_of_one_that_is_known(desk: Desk) -> None:
    desk.scene("one", in_plex=False)
    assert desk.run("history", "--scene", "1").code == 2

    desk.done("reconcile")

    assert desk.done("history", "--scene", "1").out == (
        "nothing is remembered as written\n"
    )


def test_the_journal_is_told_how_grave_a_sentence_is(
    desk: Desk, tmp_path: Path
) -> None:
    """Systemd names the file that it reads as the journal; no other has a prefix."""
    desk.configure(schedule={"poll": "soon"})
    with (tmp_path / "stderr").open("w+") as stream:
        status = os.fstat(stream.fileno())
        journal = f"{status.st_dev}:{status.st_ino}"
        env = desk.environment(JOURNAL_STREAM=journal)

        desk.process("plan", stderr=stream, env=env)

        stream.seek(0)
        told = stream.read()
    assert told.startswith("<3>error: ")
    assert desk.process("plan").err == told.removeprefix("<3>")
