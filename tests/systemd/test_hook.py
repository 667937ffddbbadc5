"""The hook, run by another user than the daemon's; set up as docs/hook.md says."""

import json
from collections.abc import Iterator

import pytest

from tests.systemd.container import Container
from tests.systemd.service import HOME, Service

UNIT = "plexsync.service"
SPOOL = "/var/spool/plexsync"
GROUP = "plexsync-spool"
USER = "stash"


@pytest.fixture
def stash_user(container: Container) -> Iterator[str]:
    container.done("groupadd", "--system", GROUP)
    container.done("useradd", "--system", f"--groups={GROUP}", USER)
    container.done("install", "-d", "-m2770", "-oroot", f"-g{GROUP}", SPOOL)
    yield USER
    container.done("userdel", USER)
    container.done("groupdel", GROUP)
    container.done("rm", "-rf", SPOOL)


def test_a_hook_of_another_user_is_heard(service: Service, stash_user: str) -> None:
    """The next poll is an hour away: it is the hook that the edit arrives by."""
    scene = service.desk.scene("ice")
    group = f"SupplementaryGroups={GROUP}\nReadWritePaths={SPOOL}\n"
    service.drop_in(UNIT, f"[Service]\n{group}")
    service.configure(schedule={"poll": "1h"}, hook={"spool": SPOOL})
    service.systemctl("start", UNIT)

    service.desk.stash.update_scene(scene, title="Under the Ice")
    event = {"hookContext": {"id": scene, "type": "Scene.Update.Post"}}
    said = service.container.done(
        f"{HOME}/bin/plexsync-hook",
        f"--spool={SPOOL}",
        user=stash_user,
        given=json.dumps({"args": event, "server_connection": {}}),
    )

    assert "left" in said
    service.wait_for_title("ice", "Under the Ice")
    assert service.container.done("ls", "-A", SPOOL) == ""
