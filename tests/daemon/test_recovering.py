"""A daemon that loses its state goes on from a backup, and makes one each day."""

import os
import shutil
from pathlib import Path

import pytest

from state.ledger import Ledger
from tests.cli.desk import Desk
from tests.daemon.conftest import Start, is_soon
from tests.sandbox.server import Request


def folder(desk: Desk) -> Path:
    return desk.state.with_name("plexsync.db.backups")


def backups(desk: Desk) -> list[Path]:
    return sorted(folder(desk).glob("*.db")) if folder(desk).exists() else []


def asides(desk: Desk, word: str) -> list[Path]:
    return list(desk.state.parent.glob(f"plexsync.db.{word}-*"))


def has_caught_up(desk: Desk) -> bool:
    """Whether the state was put back, and a pass has come to know what came since."""
    said = desk.run("status", "--json")
    known = said.document.get("restored")
    return known is not None and known["ended"] is not None


def garble(desk: Desk) -> None:
    with desk.state.open("r+b") as file:
        file.write(b"\xff" * 8192)


def test_a_daemon_makes_a_backup_and_no_other_while_it_is_young(
    desk: Desk, start: Start
) -> None:
    scene = desk.scene("ice")
    daemon = start()
    daemon.waits_for("backed up")
    desk.stash.update_scene(scene, title="Under the Ice")
    assert is_soon(lambda: desk.title("ice") == "Under the Ice")
    daemon.stop()
    again = start()

    assert not is_soon(lambda: len(backups(desk)) > 1, 2.5)

    again.stop()
    (made,) = backups(desk)
    assert made.stat().st_size > 0


@pytest.mark.parametrize("has_backup", [True, False], ids=["backup", "nothing"])
def test_a_corrupted_state_is_set_aside_at_the_start_and_told(
    desk: Desk, start: Start, *, has_backup: bool
) -> None:
    scene = desk.scene("ice")
    desk.done("reconcile")
    desk.done("state", "backup")
    before = desk.plex.snapshot()
    if has_backup:
        garble(desk)
    else:
        shutil.rmtree(folder(desk))
        os.truncate(desk.state, 20_000)
    damaged = desk.state.read_bytes()

    daemon = start()
    assert is_soon(lambda: has_caught_up(desk))
    assert desk.plex.snapshot() == before
    desk.stash.update_scene(scene, title="Under the Ice")
    assert is_soon(lambda: desk.title("ice") == "Under the Ice")
    daemon.stop()

    (aside,) = asides(desk, "corrupt")
    assert aside.read_bytes() == damaged
    told = [one["what"] for one in daemon.events("state recovered")]
    which = " is in its place, as of " if has_backup else "an empty state is in its"
    assert [sentence for sentence in told if which in sentence] != []
    assert [sentence for sentence in told if str(aside) in sentence] != []


def test_a_state_that_is_deleted_under_a_daemon_loses_nothing(
    desk: Desk, start: Start
) -> None:
    """What it had is kept, put back, and gone on with."""
    scene = desk.scene("ice")
    daemon = start()
    assert is_soon(lambda: desk.title("ice") == "Ice")
    daemon.waits_for("backed up")
    desk.stash.update_scene(scene, title="Under the Ice")
    assert is_soon(lambda: desk.title("ice") == "Under the Ice")
    made = len(backups(desk))

    desk.state.unlink()

    daemon.waits_for("state lost")
    daemon.waits_for("state recovered")
    assert is_soon(lambda: has_caught_up(desk))
    desk.stash.update_scene(scene, title="Over the Ice")
    assert is_soon(lambda: desk.title("ice") == "Over the Ice", 40)
    daemon.stop()
    assert len(backups(desk)) == made + 1
    with Ledger(desk.state) as ledger:
        assert ledger.integrity() == "ok"
        assert ledger.journal.page(scene=scene, before=None, limit=9)[-1].id == 1


def test_a_state_that_is_cut_short_under_a_daemon_comes_back_from_its_backup(
    desk: Desk, start: Start
) -> None:
    """And what was delivered since the backup is left as it is."""
    scene = desk.scene("ice")
    daemon = start()
    daemon.waits_for("backed up")
    desk.stash.update_scene(scene, title="Under the Ice")
    assert is_soon(lambda: desk.title("ice") == "Under the Ice")

    os.truncate(desk.state, 10_000)

    daemon.waits_for("state recovered")
    assert is_soon(lambda: has_caught_up(desk))
    assert desk.title("ice") == "Under the Ice"
    desk.stash.update_scene(scene, title="Over the Ice")
    assert is_soon(lambda: desk.title("ice") == "Over the Ice", 40)
    daemon.stop()
    assert len(asides(desk, "corrupt")) >= 1


def test_a_person_restores_beside_a_daemon(desk: Desk, start: Start) -> None:
    scene = desk.scene("ice")
    daemon = start()
    daemon.waits_for("backed up")
    puts: list[Request] = []

    desk.done("state", "restore")

    desk.before_plex = lambda asked: puts.extend([asked] * (asked.method == "PUT"))
    assert is_soon(lambda: has_caught_up(desk))
    desk.stash.update_scene(scene, title="Under the Ice")
    assert is_soon(lambda: desk.title("ice") == "Under the Ice", 40)
    daemon.stop()
    assert len(puts) == 1
    assert len(asides(desk, "before")) == 1
