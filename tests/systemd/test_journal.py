"""What the journal is told."""

import json

from tests.cli.desk import KEY, TOKEN, WRONG
from tests.systemd.container import wait_until
from tests.systemd.service import CONFIG, Service

UNIT = "plexsync.service"


def test_events_have_fields_and_priorities_and_no_names(service: Service) -> None:
    """Constant events; ids and counts; the names of scenes only at debug."""
    service.desk.scene("glacier", title="The Last Glacier")
    service.systemctl("start", UNIT)
    service.desk.plex_server.stop()
    service.desk.scene("river", title="A River Bends")
    wait_until(
        lambda: any("problem" in one["MESSAGE"] for one in service.said(UNIT)),
        within=30,
        what="the outage is told",
    )
    service.desk.plex_server.start()

    said = [one for one in service.said(UNIT) if one["SYSLOG_IDENTIFIER"] == "plexsync"]
    ended = next(one for one in said if 'event="pass ended"' in one["MESSAGE"])
    problem = next(one for one in said if "event=problem" in one["MESSAGE"])
    assert ended["PRIORITY"] == "6"
    assert "pass_id=1" in ended["MESSAGE"].split()
    assert "outcome=done" in ended["MESSAGE"].split()
    assert problem["PRIORITY"] == "4"
    assert all(one["_SYSTEMD_UNIT"] == UNIT for one in said)
    assert all(one["MESSAGE"].startswith("level=") for one in said)
    assert "Glacier" not in json.dumps(said)
    assert "River" not in json.dumps(said)


def test_no_secret_gets_into_the_journal(service: Service) -> None:
    """Neither at debug, nor where a server refuses one or does not answer."""
    desk = service.desk
    debug = "ExecStart=\nExecStart=/opt/plexsync/bin/plexsync --log-level debug"
    service.drop_in(UNIT, f"[Service]\n{debug} --config {CONFIG}/plexsync.toml run\n")
    desk.scene("ice")
    service.systemctl("start", UNIT)
    service.wait_for_title("ice", "Ice")
    desk.plex_server.stop()
    desk.scene("snow")
    service.typed("status")
    desk.plex_server.start()
    service.container.write(f"{CONFIG}/plex_token", WRONG, 0o600)
    service.container.write(f"{CONFIG}/stash_api_key", WRONG, 0o600)
    service.systemctl("restart", UNIT)
    wait_until(
        lambda: "degraded" in service.shown(UNIT, "StatusText"),
        within=30,
        what="a wrong key is told",
    )
    service.systemctl("stop", UNIT)

    everything = json.dumps(service.container.journal())
    assert "level=debug" in everything
    assert [one for one in (TOKEN, KEY, WRONG) if one in everything] == []
