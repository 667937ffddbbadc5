"""The one-shots, for those who do without the daemon."""

import pytest

from tests.systemd.container import wait_until
from tests.systemd.gate import REELS, Gate, delivered, fill
from tests.systemd.service import Service, exposure

ONE_SHOTS = ["plexsync-reconcile.service", "plexsync-sweep.service"]


@pytest.mark.parametrize("unit", ONE_SHOTS)
def test_a_one_shot_brings_plex_up_to_date(service: Service, unit: str) -> None:
    service.desk.scene("one", title="First")

    service.systemctl("start", unit)

    assert service.desk.title("one") == "First"
    assert service.shown(unit, "Result") == "success"


def test_a_one_shot_that_is_stopped_ends_in_good_order(
    service: Service, gate: Gate
) -> None:
    unit = "plexsync-reconcile.service"
    fill(service)
    service.systemctl("start", "--no-block", unit)
    wait_until(lambda: gate.puts >= 20, within=60, what="20 films are written")

    service.systemctl("stop", unit)

    said = [entry["MESSAGE"] for entry in service.said(unit)]
    assert any("what was done is recorded" in sentence for sentence in said)
    assert f"{unit}: Deactivated successfully." in said
    assert 20 <= delivered(service) <= gate.puts < REELS
    service.systemctl("start", unit)
    assert delivered(service) == REELS
    assert gate.puts <= REELS + 1  # what was in hand at most, once more


@pytest.mark.parametrize("unit", ONE_SHOTS)
def test_a_one_shot_is_shut_off(service: Service, unit: str) -> None:
    assert exposure(service.container, unit) <= 1.5


def test_a_timer_starts_its_one_shot(service: Service) -> None:
    service.desk.scene("one", title="First")
    often = "OnCalendar=\nOnCalendar=*:*:0/2\nRandomizedDelaySec=0\nAccuracySec=1ms\n"
    service.drop_in("plexsync-reconcile.timer", f"[Timer]\n{often}")

    service.systemctl("start", "plexsync-reconcile.timer")

    service.wait_for_title("one", "First")
