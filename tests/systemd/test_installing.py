"""Units are put in place and taken out where a systemd is at work."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import KEY, TOKEN
from tests.systemd.container import Container, wait_until
from tests.systemd.service import HOME, PLEXSYNC, Service, exposure

UNITS = sorted(path.name for path in (Path(__file__).parents[2] / "systemd").iterdir())
USER = "ann"


@pytest.fixture
def user(container: Container) -> Iterator[dict[str, str]]:
    """Return the environment of somebody who has a systemd of their own."""
    container.done("useradd", "--create-home", "--uid=1000", USER)
    container.done("loginctl", "enable-linger", USER)
    wait_until(
        lambda: container.run("systemctl", "is-active", "user@1000").returncode == 0,
        within=30,
        what="ann has a systemd",
    )
    yield {"user": USER, "HOME": f"/home/{USER}", "XDG_RUNTIME_DIR": "/run/user/1000"}
    container.done("loginctl", "disable-linger", USER)
    container.run("systemctl", "stop", "user@1000")
    container.done("userdel", "--remove", "--force", USER)


def test_systemd_finds_nothing_wrong_with_the_units(service: Service) -> None:
    units = [f"/etc/systemd/system/{name}" for name in UNITS]

    done = service.container.run("systemd-analyze", "verify", *units)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_systemd_finds_nothing_wrong_with_a_users_units(
    container: Container, user: dict[str, str]
) -> None:
    container.done(PLEXSYNC, "systemd", "install", "--user", **user)
    units = [f"/home/{USER}/.config/systemd/user/{name}" for name in UNITS]

    done = container.run("systemd-analyze", "--user", "verify", *units, **user)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_systemd_is_told_of_what_is_put_in_place_and_taken_out(
    service: Service,
) -> None:
    """Units that are taken out are stopped, and nothing of them is left enabled."""
    container = service.container
    timer = "plexsync-reconcile.timer"
    service.systemctl("enable", "--now", timer)

    taken = json.loads(service.typed("systemd", "uninstall", "--json"))
    gone = container.run("systemctl", "cat", *UNITS)
    traces = container.done("find", "/etc/systemd", "-name", "plexsync*")
    active = container.run("systemctl", "is-active", timer).stdout
    put = json.loads(service.typed("systemd", "install", "--json"))

    assert taken["told"]
    assert gone.returncode != 0
    assert traces == ""
    assert active == "inactive\n"
    assert put["told"]
    assert service.systemctl("cat", timer)


def test_nobody_but_root_puts_units_in_place_for_the_system(
    container: Container, user: dict[str, str]
) -> None:
    container.done("rm", "/etc/systemd/system/plexsync-sweep.timer")

    done = container.run(PLEXSYNC, "systemd", "install", **user)
    container.done(PLEXSYNC, "systemd", "install")

    assert done.returncode == 2
    assert done.stderr == (
        "error: /etc/systemd/system/.plexsync-sweep.timer.new: permission denied;"
        " run it as root, or for yourself with --user\n"
    )


def test_a_user_runs_it_without_root(service: Service, user: dict[str, str]) -> None:
    """It is configured as by hand: in the home, which names the secrets' files."""
    container, home = service.container, f"/home/{USER}/.config/plexsync"
    service.desk.scene("one", title="First")
    del service.desk.tables["state"]
    service.desk.configure(
        stash={"api_key_file": f"{home}/key"}, plex={"token_file": f"{home}/token"}
    )
    container.write(f"{home}/plexsync.toml", service.desk.config.read_text())
    container.write(f"{home}/key", KEY)
    container.write(f"{home}/token", TOKEN)
    container.done("chown", "--recursive", USER, f"/home/{USER}")
    container.done("chmod", "0600", f"{home}/key", f"{home}/token")

    container.done(PLEXSYNC, "systemd", "install", "--user", **user)
    container.done("systemctl", "--user", "start", "plexsync-reconcile.service", **user)

    assert service.desk.title("one") == "First"
    state = f"/home/{USER}/.local/state/plexsync/plexsync.db"
    assert container.done("stat", "--format=%U", state) == f"{USER}\n"


@pytest.fixture
def at_home(service: Service, user: dict[str, str]) -> Iterator[str]:
    """Put the units of a plexsync in place that is in somebody's home."""
    container, mine = service.container, f"/home/{USER}/plexsync"
    container.done("cp", "--archive", HOME, mine)
    container.done("sed", "--in-place", f"1s,{HOME},{mine},", f"{mine}/bin/plexsync")
    container.done("chmod", "0700", f"/home/{USER}")
    container.done(f"{mine}/bin/plexsync", "systemd", "install")
    yield mine
    container.done(PLEXSYNC, "systemd", "install")


def test_a_plexsync_in_a_closed_home_is_let_in_and_nothing_else_of_it(
    service: Service, at_home: str
) -> None:
    unit = "plexsync-reconcile.service"
    service.desk.scene("one", title="First")
    service.drop_in(unit, f"[Service]\nExecStartPre=/bin/ls -A /home/{USER}\n")

    service.systemctl("start", unit)

    said = [entry["MESSAGE"] for entry in service.said(unit)]
    assert service.desk.title("one") == "First"
    assert service.systemctl("cat", unit).count(at_home) == 2  # started, and shown
    assert "plexsync" in said
    assert ".bashrc" not in said
    assert exposure(service.container, unit) <= 1.5
