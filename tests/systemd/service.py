"""plexsync as systemd runs it, between a Stash and a Plex on loopback."""

import re
import sys
from collections.abc import Mapping
from typing import Any

from tests.cli.desk import KEY, TOKEN, Desk
from tests.systemd.container import Container, wait_until

HOME = "/opt/plexsync"
PLEXSYNC = f"{HOME}/bin/plexsync"
CONFIG = "/etc/plexsync"
STATE = "/var/lib/plexsync"

_STOPPABLE = (
    *("plexsync.service", "plexsync-reconcile.timer", "plexsync-sweep.timer"),
    *("plexsync-reconcile.service", "plexsync-sweep.service"),
)


def install(container: Container) -> None:
    """Install the wheel, without a network, where an operator would."""
    container.done("python3", "-m", "venv", HOME)
    links = ("--find-links=/mnt/needed", "--find-links=/mnt/own")
    pip = (f"{HOME}/bin/pip", "install", "--quiet", "--no-index", *links)
    container.done(*pip, "plexsync")
    container.done(PLEXSYNC, "systemd", "install")


class Service:
    """The units, and what an operator does with them."""

    def __init__(self, container: Container, desk: Desk) -> None:
        self.container = container
        self.desk = desk
        # as `plexsync systemd install` advises: so root's commands find all as well
        del desk.tables["stash"]["api_key"], desk.tables["plex"]["token"]
        desk.tables["stash"]["api_key_file"] = f"{CONFIG}/stash_api_key"
        desk.tables["plex"]["token_file"] = f"{CONFIG}/plex_token"
        desk.tables["state"] = {"path": f"{STATE}/plexsync.db"}
        desk.tables["schedule"] = {"poll": "1s"}
        self._since = container.end_of_journal()

    def prepare(self) -> None:
        """Do what `plexsync systemd install` says is to be done."""
        self.configure()
        self.container.write(f"{CONFIG}/plex_token", f"{TOKEN}\n", 0o600)
        self.container.write(f"{CONFIG}/stash_api_key", f"{KEY}\n", 0o600)

    def clear(self) -> None:
        """Leave nothing to the next test but the units, and what the journal has."""
        drop_ins = [f"/etc/systemd/system/{name}.d" for name in _STOPPABLE]
        state = (STATE, "/var/lib/private/plexsync", CONFIG)
        self.container.run("systemctl", "stop", *_STOPPABLE)
        self.container.done("rm", "-rf", *state, *drop_ins)
        self.container.done("systemctl", "daemon-reload")
        self.container.run("systemctl", "reset-failed")

    def tell(self) -> None:
        """Print the journal: pytest shows that of a test which fails."""
        for entry in self.said("plexsync*"):
            sys.stdout.write(f"{entry.get('SYSLOG_IDENTIFIER')}: {entry['MESSAGE']}\n")

    def configure(self, text: str = "", **changes: Mapping[str, object]) -> None:
        """Write the configuration, which has no secrets in it."""
        self.desk.configure(text, **changes)
        self.container.write(f"{CONFIG}/plexsync.toml", self.desk.config.read_text())

    def typed(self, *command: str) -> str:
        """Type a plexsync command, as root, that has to come off."""
        return self.container.done(PLEXSYNC, *command, HOME="/root")

    def systemctl(self, *words: str) -> str:
        """Have systemd do something that has to come off."""
        return self.container.done("systemctl", *words)

    def shown(self, unit: str, what: str) -> str:
        """Ask systemd for a property of a unit."""
        return self.systemctl("show", "--value", f"--property={what}", unit).strip()

    def drop_in(self, unit: str, text: str) -> None:
        """Change a unit as an operator does."""
        self.container.write(f"/etc/systemd/system/{unit}.d/own.conf", text)
        self.systemctl("daemon-reload")

    def said(self, unit: str) -> list[Mapping[str, Any]]:
        """Read what the journal has of a unit since the test began."""
        since = f"--after-cursor={self._since}"
        return self.container.journal(f"--unit={unit}", since)

    def wait_for_title(self, stem: str, title: str, within: float = 30.0) -> float:
        """Wait until Plex has a title; return after how many seconds it had."""
        return wait_until(
            lambda: self.desk.title(stem) == title,
            within=within,
            what=f"plex has {title!r}",
        )


def exposure(container: Container, unit: str) -> float:
    """Ask systemd how exposed a unit is: from 0, shut off from all, to 10."""
    said = container.done("systemd-analyze", "security", "--no-pager", unit)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert found, said
    return float(found[1])
