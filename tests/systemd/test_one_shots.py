"""The one-shots, for those who do without the daemon."""

import pytest

from tests.systemd.service import Service, exposure

ONE_SHOTS = ["plexsync-reconcile.service", "plexsync-sweep.service"]


@pytest.mark.parametrize("unit", ONE_SHOTS)
def test_a_one_shot_brings_plex_up_to_date(service: Service, unit: str) -> None:
    service.desk.scene("one", title="First")

    service.systemctl("start", unit)

    assert service.desk.title("one") == "First"
    assert service.shown(unit, "Result") == "success"


@pytest.mark.parametrize("unit", ONE_SHOTS)
def test_a_one_shot_is_shut_off(service: Service, unit: str) -> None:
    assert exposure(service.container, unit) <= 1.5


def test_a_timer_starts_its_one_shot(service: Service) -> None:
    service.desk.scene("one", title="First")
    often = "OnCalendar=\nOnCalendar=*:*:0/2\nRandomizedDelaySec=0\nAccuracySec=1ms\n"
    service.drop_in("plexsync-reconcile.timer", f"[Timer]\n{often}")

    service.systemctl("start", "plexsync-reconcile.timer")

    service.wait_for_title("one", "First")
