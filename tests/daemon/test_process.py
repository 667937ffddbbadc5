"""`plexsync run` as its users have it: a process, signals, and commands beside it."""

import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.cli.desk import TOKEN, Desk, Said
from tests.daemon.conftest import POLL, Start, is_soon
from tests.sandbox.server import Request

Ended = Callable[["subprocess.Popen[str]"], Said]


def delivered(desk: Desk, count: int) -> int:
    return sum(
        desk.title(f"reel-{number:03}") == f"Reel-{number:03}"
        for number in range(count)
    )


class Puts:
    """Counts what Plex is sent to write."""

    def __init__(self, desk: Desk) -> None:
        self.sent = 0
        desk.before_plex = self._count

    def _count(self, request: Request) -> None:
        self.sent += request.method == "PUT"


def open_rows(desk: Desk) -> int:
    with closing(sqlite3.connect(desk.state)) as db:
        sql = "SELECT count(*) FROM journal WHERE outcome IS NULL"
        return int(db.execute(sql).fetchone()[0])


def test_an_edit_reaches_plex_by_itself(desk: Desk, start: Start) -> None:
    scene = desk.scene("ice")
    daemon = start()
    assert is_soon(lambda: desk.title("ice") == "Ice")

    desk.stash.update_scene(scene, title="Under the Ice")

    assert is_soon(lambda: desk.title("ice") == "Under the Ice")
    code, took = daemon.stop()
    assert code == 0
    assert took < 3
    assert [one["outcome"] for one in daemon.events("pass ended")] == ["done"] * 2
    assert {one["pass_id"] for one in daemon.events("concluded")} == {1, 2}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_during_delivery_is_clean_and_nothing_is_lost(
    desk: Desk, start: Start, number: signal.Signals
) -> None:
    desk.fill(120)
    puts = Puts(desk)
    daemon = start()
    assert is_soon(lambda: puts.sent >= 20)

    code, took = daemon.stop(number)

    assert code == 0
    assert took < 5
    assert (open_rows(desk), delivered(desk, 120)) == (0, puts.sent)
    assert puts.sent < 120
    desk.done("reconcile")
    assert (puts.sent, delivered(desk, 120)) == (120, 120)


def test_a_plex_that_hangs_keeps_nobody_from_stopping(desk: Desk, start: Start) -> None:
    """The request is left to its open journal row, which the next start resolves."""
    desk.scene("ice")
    hangs, asked = threading.Event(), threading.Event()

    def hang(request: Request) -> None:
        if request.method == "PUT":
            asked.set()
            hangs.wait(30)

    desk.before_plex = hang
    daemon = start()
    assert asked.wait(20)

    code, took = daemon.stop()

    assert code == 0
    assert took < 10
    assert open_rows(desk) == 1
    hangs.set()
    desk.before_plex = lambda _: None
    assert is_soon(lambda: desk.title("ice") == "Ice")
    desk.done("reconcile")
    assert open_rows(desk) == 0


def test_a_second_signal_waits_for_nothing(desk: Desk, start: Start) -> None:
    desk.scene("ice")
    hangs, asked = threading.Event(), threading.Event()

    def hang(_: Request) -> None:
        asked.set()
        hangs.wait(30)

    desk.before_plex = hang
    daemon = start()
    assert asked.wait(20)
    daemon.send(signal.SIGINT)
    daemon.waits_for("stopping")
    daemon.send(signal.SIGINT)

    code, took = daemon.ends()
    assert code == 130
    assert took < 2
    hangs.set()


def test_a_kill_loses_nothing(desk: Desk, start: Start) -> None:
    desk.fill(60)
    puts = Puts(desk)
    first = start()
    assert is_soon(lambda: puts.sent >= 20)
    first.stop(signal.SIGKILL)
    assert delivered(desk, 60) < 60
    second = start()

    assert is_soon(lambda: delivered(desk, 60) == 60)
    second.waits_for("pass ended")
    assert second.stop()[0] == 0
    assert open_rows(desk) == 0
    assert "0 items written" in desk.done("reconcile", "--full").out


def test_a_reconcile_beside_it_is_made_by_it_and_shown(
    desk: Desk, start: Start
) -> None:
    desk.scene("ice")
    desk.configure(schedule={"poll": 3600})
    daemon = start()
    daemon.waits_for("pass ended")
    desk.scene("snow")

    said = desk.process("reconcile", "--count-requests")

    assert (said.code, said.out.splitlines()[0]) == (
        0,
        "pass 2: 1 item written (2 fields)",
    )
    assert desk.title("snow") == "Snow"
    assert daemon.events("concluded")[-1]["pass_id"] == 2
    document = desk.run("reconcile", "--json", "--full").document
    assert (document["exit_code"], document["changes"]) == (0, [])
    daemon.stop()


def test_it_uses_its_own_secrets_for_what_it_is_asked(desk: Desk, start: Start) -> None:
    """So that a person at a shell needs none."""
    desk.scene("ice")
    token = desk.folder / "plex_token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    desk.configure(schedule={"poll": 3600}, plex={"token": ""})
    daemon = start(PLEXSYNC_PLEX__TOKEN=TOKEN)
    daemon.waits_for("pass ended")
    desk.scene("snow")

    assert desk.run("reconcile").code == 0
    assert desk.title("snow") == "Snow"
    daemon.stop()


def test_what_a_person_asks_for_is_done_beside_it(desk: Desk, start: Start) -> None:
    desk.scene("ice")
    desk.configure(schedule={"poll": 3600})
    daemon = start()
    daemon.waits_for("pass ended")

    undone = desk.run("undo", "--since", "start")

    assert undone.code == 0
    assert desk.title("ice") == "ice"
    assert "1 item written" in undone.out
    daemon.stop()


def test_the_state_is_lent_to_what_only_writes_there(desk: Desk, start: Start) -> None:
    """A held pass is let go beside the daemon, which then delivers it by itself."""
    desk.fill(8)
    brake = {"overwrites": 1, "overwrites_floor": 2}
    for number in range(8):
        key = desk.key(f"reel-{number:03}")
        desk.plex.person.edit(key, title="Mine")
        desk.plex.person.unlock(key, "title")
    desk.configure(schedule={"poll": 3600}, brake=brake)
    daemon = start()
    daemon.waits_for("pass ended")
    assert delivered(desk, 8) == 0

    standing = desk.done("status").out.split()
    approved = desk.run("approve", "--all")

    assert standing[:3] == ["daemon", "running", "since"]
    assert approved.out == "let 8 items go; the daemon delivers them\n"
    assert is_soon(lambda: delivered(desk, 8) == 8)
    daemon.stop()


def test_a_command_that_is_interrupted_ends_its_pass_and_not_the_daemon(
    desk: Desk, start: Start, ended: Ended
) -> None:
    desk.configure(schedule={"poll": 3600})
    desk.scene("ice")
    daemon = start()
    daemon.waits_for("pass ended")
    desk.fill(120)
    puts = Puts(desk)
    with desk.start("reconcile") as command:
        assert is_soon(lambda: puts.sent >= 20)
        command.send_signal(signal.SIGINT)
        said = ended(command)
    daemon.waits_for("pass ended", 2)

    assert said.code == 130
    assert 20 <= puts.sent < 120
    assert daemon.process.poll() is None
    assert daemon.stop()[0] == 0


def test_a_changed_configuration_is_taken_on_sighup(desk: Desk, start: Start) -> None:
    desk.scene("ice")
    daemon = start()
    daemon.waits_for("pass ended")

    desk.configure(schedule={"poll": POLL}, fields={"summary": "off"})
    daemon.send(signal.SIGHUP)
    daemon.waits_for("configuration read")
    scene = desk.scene("snow", details="Not to be looked at.")
    assert scene
    assert is_soon(lambda: desk.title("snow") == "Snow")
    daemon.stop()

    assert desk.item("snow").values.get("summary", "") == ""


def test_who_corrects_a_key_is_told_how_the_daemon_takes_it(
    desk: Desk, start: Start
) -> None:
    sentence = "`systemctl reload plexsync`, or SIGHUP"
    desk.configure(schedule={"poll": POLL}, plex={"token": "wrong"})
    scene = desk.scene("ice")
    daemon = start()
    daemon.waits_for("pass ended")
    desk.configure(schedule={"poll": POLL})

    before = desk.run("reconcile")
    (note,) = desk.run("undo", "--scene", str(scene), "--json").document["notes"]
    daemon.send(signal.SIGHUP)
    daemon.waits_for("configuration read")
    after = desk.run("reconcile")

    assert sentence in before.out
    assert sentence in note
    assert (before.code, after.code) == (1, 0)
    assert sentence not in after.out
    assert desk.title("ice") == "Ice"


@pytest.mark.parametrize("text", ["[plex", "[plex]\nlibraries = 7", "[nonsense]\n"])
def test_a_bad_configuration_is_refused_and_the_old_one_stays(
    desk: Desk, start: Start, text: str
) -> None:
    scene = desk.scene("ice")
    daemon = start()
    daemon.waits_for("pass ended")

    desk.config.write_text(text)
    daemon.send(signal.SIGHUP)
    daemon.waits_for("configuration refused")
    desk.stash.update_scene(scene, title="Under the Ice")

    assert is_soon(lambda: desk.title("ice") == "Under the Ice")
    assert daemon.stop()[0] == 0


def test_another_state_is_not_taken_while_it_runs(desk: Desk, start: Start) -> None:
    desk.scene("ice")
    daemon = start()
    daemon.waits_for("pass ended")
    desk.configure(state={"path": str(desk.folder / "other.db")})
    daemon.send(signal.SIGHUP)
    daemon.waits_for("configuration refused")
    assert "restart" in daemon.events("configuration refused")[0]["error"]
    daemon.stop()


def test_a_second_daemon_is_refused_and_harms_nothing(desk: Desk, start: Start) -> None:
    desk.scene("ice")
    first = start()
    first.waits_for("pass ended")
    second = start()

    assert second.ends()[0] == 4

    desk.scene("snow")
    assert is_soon(lambda: desk.title("snow") == "Snow")
    assert desk.run("reconcile").code == 0
    assert first.stop()[0] == 0


def test_outages_are_told_once_and_end_by_themselves(desk: Desk, start: Start) -> None:
    scene = desk.scene("ice")
    daemon = start()
    daemon.waits_for("pass ended")
    desk.plex_server.stop()
    desk.stash.update_scene(scene, title="Under the Ice")
    daemon.waits_for("problem")

    desk.plex_server.start()

    assert is_soon(lambda: desk.title("ice") == "Under the Ice", 40)
    daemon.waits_for("server answers")
    assert len(daemon.events("server failed")) <= 4
    daemon.stop()
