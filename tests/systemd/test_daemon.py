"""The daemon under the unit that is shipped: started, stopped, killed, reloaded."""

import re
import threading
import time
from collections.abc import Callable

import pytest

from tests.systemd.container import wait_until
from tests.systemd.gate import REELS, Gate, delivered, fill
from tests.systemd.service import CONFIG, STATE, Service, exposure

UNIT = "plexsync.service"


def is_all_delivered(service: Service) -> bool:
    return delivered(service) == REELS


def pid(service: Service) -> str:
    return service.shown(UNIT, "MainPID")


def test_a_start_ends_once_both_servers_were_asked_and_edits_arrive(
    service: Service,
) -> None:
    """It is shut off all the while, and has an own user and an own folder."""
    scene = service.desk.scene("ice")

    service.systemctl("start", UNIT)

    assert service.desk.title("ice") == "Ice"  # it was ready after the first pass
    assert service.shown(UNIT, "StatusText").startswith("up to date with Stash at ")
    service.desk.stash.update_scene(scene, title="Under the Ice")
    service.wait_for_title("ice", "Under the Ice")
    assert exposure(service.container, UNIT) <= 1.5
    status = service.container.done("cat", f"/proc/{pid(service)}/status")
    uid = re.search(r"^Uid:\t(\d+)", status, re.MULTILINE)
    owner = service.container.done("stat", "--format=%u %a", f"{STATE}/plexsync.db")
    assert uid is not None
    assert int(uid[1]) >= 61184  # one of systemd's own (DynamicUser=)
    assert owner == f"{uid[1]} 600\n"
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert re.search(r"^Seccomp:\t2$", status, re.MULTILINE)


def test_a_start_without_plex_is_ready_and_says_what_is_in_the_way(
    service: Service,
) -> None:
    service.desk.scene("ice")
    service.desk.plex_server.stop()

    service.systemctl("start", UNIT)

    assert service.shown(UNIT, "ActiveState") == "active"
    assert service.shown(UNIT, "StatusText").startswith("degraded: ")
    service.desk.plex_server.start()
    service.wait_for_title("ice", "Ice")
    assert service.shown(UNIT, "NRestarts") == "0"


def test_a_stash_without_a_password_needs_no_key(service: Service) -> None:
    service.container.done("rm", f"{CONFIG}/stash_api_key")
    del service.desk.tables["stash"]["api_key_file"]
    service.configure()
    service.desk.stash.settings.api_key = None
    service.desk.scene("ice")

    service.systemctl("start", UNIT)

    service.wait_for_title("ice", "Ice")


def test_a_wrong_configuration_is_told_once_and_not_tried_again(
    service: Service,
) -> None:
    service.configure(schedule={"poll": "soon"})

    done = service.container.run("systemctl", "start", UNIT)

    assert done.returncode != 0
    wait_until(
        lambda: service.shown(UNIT, "ActiveState") == "failed",
        within=5,
        what="it has failed",
    )
    assert service.shown(UNIT, "ExecMainStatus") == "2"
    assert service.shown(UNIT, "NRestarts") == "0"
    said = [one for one in service.said(UNIT) if "schedule.poll" in one["MESSAGE"]]
    assert [one["PRIORITY"] for one in said] == ["3"]


def test_a_stop_during_delivery_is_clean(service: Service, gate: Gate) -> None:
    fill(service)
    service.systemctl("start", "--no-block", UNIT)
    wait_until(lambda: gate.puts >= 20, within=60, what="20 films are written")

    began = time.monotonic()
    service.systemctl("stop", UNIT)
    took = time.monotonic() - began

    sent = gate.puts
    assert took < 10
    assert service.shown(UNIT, "Result") == "success"
    assert 20 <= delivered(service) == sent < REELS
    service.systemctl("start", UNIT)
    wait_until(lambda: is_all_delivered(service), within=60, what="all is delivered")
    assert gate.puts == REELS  # and nothing twice


def test_a_stop_does_not_wait_for_a_plex_that_hangs(
    service: Service, gate: Gate
) -> None:
    scene = service.desk.scene("ice")
    service.systemctl("start", UNIT)
    gate.close()
    service.desk.stash.update_scene(scene, title="Under the Ice")
    wait_until(lambda: gate.hung > 0, within=30, what="plex is asked")

    began = time.monotonic()
    service.systemctl("stop", UNIT)

    assert time.monotonic() - began < 10
    assert service.shown(UNIT, "Result") == "success"
    assert service.shown(UNIT, "ExecMainStatus") == "0"
    gate.open()
    service.systemctl("start", UNIT)
    service.wait_for_title("ice", "Under the Ice")


def test_what_is_killed_is_started_again_and_loses_nothing(
    service: Service, gate: Gate
) -> None:
    fill(service)
    service.systemctl("start", "--no-block", UNIT)
    wait_until(lambda: gate.puts >= 20, within=60, what="20 films are written")

    service.systemctl("kill", "--signal=KILL", UNIT)
    at_the_kill = delivered(service)

    assert at_the_kill < REELS
    wait_until(lambda: is_all_delivered(service), within=90, what="all is delivered")
    assert service.shown(UNIT, "NRestarts") == "1"
    assert gate.puts <= REELS + 1  # what was in hand at most, once more


def test_a_plex_that_hangs_is_no_reason_to_be_ended(
    service: Service, gate: Gate
) -> None:
    """The watchdog is about us, and not about others."""
    service.drop_in(UNIT, "[Service]\nWatchdogSec=4s\n")
    scene = service.desk.scene("ice")
    service.systemctl("start", UNIT)
    before = pid(service)
    gate.close()
    service.desk.stash.update_scene(scene, title="Under the Ice")
    wait_until(lambda: gate.hung > 0, within=30, what="plex is asked")

    threading.Event().wait(15)

    assert (pid(service), service.shown(UNIT, "NRestarts")) == (before, "0")
    gate.open()
    service.wait_for_title("ice", "Under the Ice", within=60)
    assert pid(service) == before


def stop_all(service: Service) -> None:
    """Have nothing go on."""
    service.systemctl("kill", "--signal=STOP", UNIT)
    service.desk.stash.update_scene(1, title="Under the Ice")


def stop_its_clock(service: Service) -> None:
    """Have only the first thread stand still, which keeps the time, until the end."""
    with service.container.stopped_thread(int(pid(service))) as thread:
        service.desk.stash.update_scene(1, title="Under the Ice")
        thread.wait_for_its_end()
        assert service.desk.title("ice") == "Ice"


@pytest.mark.parametrize("wedge", [stop_all, stop_its_clock])
def test_one_that_is_stuck_is_ended_and_started_again(
    service: Service, wedge: Callable[[Service], None]
) -> None:
    service.drop_in(UNIT, "[Service]\nWatchdogSec=4s\nRestartSec=1s\n")
    service.desk.scene("ice")
    service.systemctl("start", UNIT)
    before = pid(service)

    wedge(service)

    service.wait_for_title("ice", "Under the Ice", within=60)
    assert pid(service) != before
    assert service.shown(UNIT, "NRestarts") == "1"
    said = "\n".join(one["MESSAGE"] for one in service.said(UNIT))
    assert "Watchdog timeout" in said
    assert "Fatal Python error: Aborted" in said
    assert "(most recent call first)" in said  # where each thread stood
    assert "core-dump" not in said


def test_a_changed_configuration_is_taken_without_a_restart(service: Service) -> None:
    scene = service.desk.scene("ice")
    service.systemctl("start", UNIT)
    before = pid(service)

    service.configure(fields={"summary": "off"})
    service.systemctl("reload", UNIT)
    service.desk.stash.update_scene(scene, title="Under the Ice", details="Not seen.")
    service.wait_for_title("ice", "Under the Ice")

    assert service.desk.item("ice").values["summary"] == "About ice."
    wait_until(
        lambda: service.shown(UNIT, "ActiveState") == "active",
        within=5,
        what="it is no more reloading",
    )
    assert pid(service) == before


def test_a_bad_configuration_is_refused_and_the_old_one_stays(service: Service) -> None:
    scene = service.desk.scene("ice")
    service.systemctl("start", UNIT)
    before = pid(service)

    service.configure(schedule={"poll": "soon"})
    service.systemctl("reload", UNIT)
    told = service.shown(UNIT, "StatusText")
    service.desk.stash.update_scene(scene, title="Under the Ice")
    service.wait_for_title("ice", "Under the Ice")

    assert service.shown(UNIT, "ActiveState") == "active"
    assert pid(service) == before
    assert "configuration refused, the old one stays" in told
    assert "configuration refused" in service.shown(UNIT, "StatusText")
    refused = [one for one in service.said(UNIT) if "refused" in one["MESSAGE"]]
    assert {one["PRIORITY"] for one in refused} == {"3"}
    assert "schedule.poll" in refused[0]["MESSAGE"]


def test_a_one_shot_beside_the_daemon_has_it_done(service: Service) -> None:
    service.configure(schedule={"poll": "1h"})
    service.systemctl("start", UNIT)
    service.desk.scene("ice")

    service.systemctl("start", "plexsync-reconcile.service")

    assert service.desk.title("ice") == "Ice"
    assert service.shown("plexsync-reconcile.service", "ExecMainStatus") == "0"
    assert service.shown(UNIT, "ActiveState") == "active"


def test_commands_of_root_leave_nothing_that_the_daemon_cannot_use(
    service: Service,
) -> None:
    """Root is another user, who makes files in the state's folder, too."""
    scene = service.desk.scene("ice")
    service.systemctl("start", UNIT)
    for command in (("reconcile", "--full"), ("pause",), ("status",), ("resume",)):
        service.typed(*command)
    service.systemctl("stop", UNIT)
    service.desk.stash.update_scene(scene, title="Under the Ice")
    service.typed("reconcile")
    service.typed("undo", "--since", "start")
    assert service.desk.title("ice") == "ice"

    service.systemctl("start", UNIT)

    service.desk.stash.update_scene(scene, title="Over the Ice")
    service.wait_for_title("ice", "Over the Ice")


def test_a_state_that_root_has_begun_is_taken_over(service: Service) -> None:
    service.desk.scene("ice")
    service.container.done("mkdir", "--mode=0700", STATE)
    service.typed("reconcile")
    assert service.desk.title("ice") == "Ice"

    service.systemctl("start", UNIT)

    service.desk.stash.update_scene(1, title="Under the Ice")
    service.wait_for_title("ice", "Under the Ice")
    assert service.container.done("readlink", STATE) == "private/plexsync\n"
