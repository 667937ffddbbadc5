"""What status and plan say of quiet hours, and of what came after a failure."""

import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from reconciler.cli.setting import Around
from reconciler.clock import Clock
from tests.cli.desk import Desk
from tests.sandbox.plex.switches import Switches

QUIET = {"quiet": ["23:00-05:00"]}


def at(hour: int, day: int = 1) -> Around:
    """Stand where the clock of this machine shows that hour."""
    local = datetime(2031, 3, day, hour, 30).astimezone()
    return Around(clock=Clock(now=lambda: local.astimezone(UTC)))


def test_quiet_hours_are_told_while_they_hold(desk: Desk) -> None:
    desk.configure(schedule=QUIET)
    desk.scene("one")
    before = desk.plex.snapshot()

    for around in (at(23), at(4)):
        status = desk.run("status", around=around)
        plan = desk.run("plan", around=around)
        assert (status.code, plan.code) == (0, 0)
        quiet = "quiet hours until 05:00"
        assert f"quiet          {quiet}: nothing is written but" in status.out
        assert f"reconcile would leave it for later: {quiet}\n" in plan.out
        for command in ("status", "plan"):
            document = desk.run(command, "--json", around=around).document
            assert document["lulls"] == [quiet]
    reconciled = desk.run("reconcile", around=at(23))
    assert "left for later: quiet hours until 05:00" in reconciled.out
    assert desk.plex.snapshot() == before


def test_at_other_hours_nothing_is_told_of_them(desk: Desk) -> None:
    desk.configure(schedule=QUIET)
    desk.scene("one")

    for command in ("status", "plan"):
        assert "quiet" not in desk.run(command, around=at(5)).out
        document = desk.run(command, "--json", around=at(5)).document
        assert document["lulls"] == []


def test_plex_s_own_hours_are_told_as_far_as_they_are_known(desk: Desk) -> None:
    """Status asks nobody: before a pass that had something to write, it cannot know."""
    desk.configure(schedule={"quiet": ["plex"]})
    desk.scene("one")
    desk.plex.model.butler_hours = (22, 5)
    assert "quiet" not in desk.run("status", around=at(23)).out
    plan = desk.run("plan", around=at(23))
    assert "leave it for later: plex's own maintenance until 05:00\n" in plan.out
    reconciled = desk.run("reconcile", around=at(23))
    assert "left for later: plex's own maintenance until 05:00" in reconciled.out
    assert "0 items written" in reconciled.out

    known = desk.run("status", around=at(23)).out
    assert "quiet          plex's own maintenance until 05:00: nothing is" in known
    assert "quiet" not in desk.run("status", around=at(12)).out
    assert "1 item written" in desk.run("reconcile", around=at(12)).out
    desk.configure(schedule={"quiet": ["03:00-04:00"]})
    assert "quiet" not in desk.run("status", around=at(23)).out


def test_a_stream_is_told(desk: Desk) -> None:
    desk.configure(schedule={"quiet_while_streaming": True})
    desk.scene("one")
    desk.plex.model.playing.append(desk.key("one"))

    plan, reconciled = desk.done("plan"), desk.done("reconcile")

    assert "would leave it for later: somebody is streaming\n" in plan.out
    assert "left for later: somebody is streaming\n" in reconciled.out
    assert desk.title("one") == "one"
    desk.plex.model.playing.clear()
    assert "1 item written" in desk.done("reconcile").out


def test_a_backup_that_plex_does_not_make_is_told_once(desk: Desk) -> None:
    desk.configure(plex={"backup": True})
    desk.plex.model.switches = Switches(butler_status=404)
    for number in range(51):
        desk.scene(f"pond-{number}")

    first, later = desk.done("reconcile", "--json"), desk.done("reconcile", "--json")

    why = "before many items are written for the first time: it does not know how (404)"
    assert first.document["notes"] == [f"plex has not backed up its database {why}"]
    assert first.document["counts"]["written_items"] == 51
    assert later.document["notes"] == []
    desk.stash.update_scene(1, title="Lake")
    assert "backed up" not in desk.done("reconcile").out


@pytest.mark.parametrize("is_document", [False, True])
def test_a_pipe_is_told_at_once_what_is_waited_for(
    desk: Desk, *, is_document: bool
) -> None:
    """On standard error alone, and where no document is asked for."""
    desk.configure(plex={"backup": True})
    for number in range(51):
        desk.scene(f"pond-{number}")
    moment, heard = datetime(2031, 3, 1, tzinfo=UTC), list[str]()

    def wait(seconds: float) -> None:
        nonlocal moment
        moment += timedelta(seconds=seconds)
        errors = sys.stderr.buffer
        assert isinstance(errors, BytesIO)
        heard.append(errors.getvalue().decode())

    around = Around(clock=Clock(now=lambda: moment, wait=wait))
    options = ["--json"] * is_document
    said = desk.run("reconcile", *options, around=around)

    told = "waiting for plex to back up its database, for 1 minute at most"
    assert {told in one for one in heard} == {not is_document}
    assert said.err.count(told) == int(not is_document)
    assert told not in said.out
    assert desk.title("pond-50") == "Pond-50"


def test_an_answer_after_a_failed_pass_is_told(desk: Desk) -> None:
    """The pass in which it came had nothing to record."""
    desk.scene("one")
    desk.done("reconcile")
    _deliver_without_stash(desk)
    failed = desk.done("status")
    assert ": failed, 1 item written" in failed.out
    assert "since then" not in failed.out
    desk.stash_server.start()
    assert desk.run("reconcile", around=at(12)).code == 0

    status = desk.done("status")
    document = desk.done("status", "--json").document

    assert ": failed, 1 item written" in status.out
    assert document["returned"] == at(12).clock.unix()
    assert "since then     what failed has answered, last at 2031-03-" in status.out


def test_while_another_server_is_out_nothing_is_told_of_one_that_answers(
    desk: Desk,
) -> None:
    desk.scene("one")
    desk.scene("two", in_plex=False)
    desk.done("reconcile")
    _deliver_without_stash(desk)
    desk.stash_server.start()
    desk.plex_server.stop()
    said = desk.run("reconcile", around=at(12))
    desk.plex_server.start()
    assert (said.code, len(said.errors)) == (1, 1)

    status = desk.done("status")

    assert ": failed, 1 item written" in status.out
    assert "since then" not in status.out


def _deliver_without_stash(desk: Desk) -> None:
    """Fail with something to record: what was owed is delivered, and no news read."""
    desk.stash.update_scene(1, title="Late")
    desk.plex_server.stop()
    desk.run("reconcile", around=at(8))
    desk.plex_server.start()
    desk.stash_server.stop()
    assert desk.run("reconcile", around=at(10)).code == 1
    assert desk.title("one") == "Late"
