"""Units are put in place, and exactly those are taken out; on a root of their own."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.units import text
from tests.cli.desk import ROOT, Desk, Said
from tests.cli.test_documents import documented, keys

UNITS = sorted(path.name for path in (ROOT / "systemd").iterdir())


class Machine:
    """A root that units are put into, as a package does it."""

    def __init__(self, desk: Desk, root: Path) -> None:
        self._desk = desk
        self.root = root
        self.units = root / "etc/systemd/system"
        self.config = root / "etc/plexsync"
        root.mkdir()

    def type(self, command: str, *options: str) -> Said:
        return self._desk.bare("systemd", command, "--root", str(self.root), *options)

    def contents(self) -> Mapping[str, str]:
        """Read everything: text by path, for folders nothing."""
        return {
            str(path.relative_to(self.root)): path.read_text() if path.is_file() else ""
            for path in sorted(self.root.rglob("*"))
        }


@pytest.fixture
def machine(desk: Desk, tmp_path: Path) -> Machine:
    return Machine(desk, tmp_path / "root")


def did(said: Said) -> list[tuple[str, str]]:
    """Take what a document says was done, and to which file."""
    return [(step["did"], Path(step["path"]).name) for step in said.document["steps"]]


def test_install_puts_every_unit_in_place_for_the_program_at_work(
    machine: Machine,
) -> None:
    said = machine.type("install")

    assert (said.code, said.err) == (0, "")
    assert sorted(path.name for path in machine.units.iterdir()) == UNITS
    program = Path(sys.prefix) / "bin/plexsync"
    for path in machine.units.iterdir():
        assert str(path) in said.out
        assert path.stat().st_mode & 0o777 == 0o644
        starts = [
            line for line in path.read_text().splitlines() if "ExecStart=" in line
        ]
        assert [line.split()[0] for line in starts] in (
            [],
            [f"ExecStart={program}"],
        )


def test_what_is_shipped_is_what_the_repository_has(machine: Machine) -> None:
    """Run `make clean` and make anew where this fails after a unit was edited."""
    installed = Path(sys.prefix) / "share/plexsync/systemd"

    assert {path.name: path.read_text() for path in installed.iterdir()} == {
        name: (ROOT / "systemd" / name).read_text() for name in UNITS
    }


def test_install_makes_places_for_the_secrets_that_only_root_reads(
    machine: Machine,
) -> None:
    mask = os.umask(0)
    try:
        machine.type("install")
    finally:
        os.umask(mask)

    assert machine.config.stat().st_mode & 0o777 == 0o755
    for name in ("plex_token", "stash_api_key"):
        place = machine.config / name
        assert place.read_text() == ""
        assert place.stat().st_mode & 0o777 == 0o600


def test_a_strict_umask_keeps_nobody_from_reading_units(machine: Machine) -> None:
    mask = os.umask(0o077)
    try:
        machine.type("install")
    finally:
        os.umask(mask)

    assert machine.config.stat().st_mode & 0o777 == 0o755
    assert (machine.units / "plexsync.service").stat().st_mode & 0o777 == 0o644


def test_install_twice_changes_nothing(machine: Machine) -> None:
    machine.type("install")
    (machine.config / "plex_token").write_text("secret")
    before = machine.contents()

    again = machine.type("install", "--json")

    assert did(again) == [("as it is", name) for name in UNITS]
    assert machine.contents() == before


def test_an_edited_unit_is_set_aside_and_told(machine: Machine) -> None:
    machine.type("install")
    unit = machine.units / "plexsync.service"
    fresh = unit.read_text()
    for number in ("", "2"):
        edited = fresh.replace("RestartSec=10s", f"RestartSec=1{number}0s\n")
        unit.write_text(edited)

        said = machine.type("install")

        aside = unit.with_name(f"plexsync.service.old{number}")
        assert (
            f"set aside  {unit} (now {aside.name}; somebody has edited it)" in said.out
        )
        assert aside.read_text() == edited
        assert unit.read_text() == fresh


def test_a_unit_that_we_have_not_put_there_is_set_aside(machine: Machine) -> None:
    machine.units.mkdir(parents=True)
    unit = machine.units / "plexsync.service"
    unit.write_text("[Service]\nExecStart=/bin/true\n")

    said = machine.type("install", "--json")

    (step,) = [one for one in said.document["steps"] if one["did"] == "set aside"]
    assert step["why"] == "plexsync has not put it there"
    assert Path(step["aside"]).read_text() == "[Service]\nExecStart=/bin/true\n"
    assert "/bin/true" not in unit.read_text()


def test_an_older_unit_that_nobody_has_edited_is_replaced(machine: Machine) -> None:
    machine.type("install")
    unit = machine.units / "plexsync.service"
    fresh = unit.read_text()
    unit.write_text(_older(fresh))

    said = machine.type("install", "--json")

    assert ("put", "plexsync.service") in did(said)
    assert unit.read_text() == fresh
    assert sorted(path.name for path in machine.units.iterdir()) == UNITS


def test_a_masked_unit_stays_masked(machine: Machine) -> None:
    machine.units.mkdir(parents=True)
    unit = machine.units / "plexsync.service"
    unit.symlink_to("/dev/null")

    put = machine.type("install")
    taken = machine.type("uninstall")

    assert f"left       {unit} (it is a link to /dev/null" in put.out
    assert f"left       {unit} (plexsync has not put it there)" in taken.out
    assert unit.readlink() == Path("/dev/null")


def test_uninstall_takes_out_what_install_has_put_there(machine: Machine) -> None:
    machine.units.mkdir(parents=True)
    (machine.units / "other.service").write_text("[Service]\n")
    before = machine.contents()
    machine.type("install")

    said = machine.type("uninstall")

    assert (said.code, said.err) == (0, "")
    assert machine.contents() == before
    assert "uninstall --dry-run" in said.out  # what Plex keeps


def test_uninstall_leaves_what_a_person_has_made(machine: Machine) -> None:
    machine.type("install")
    kept = {
        machine.config / "plex_token": "secret",
        machine.config / "plexsync.toml": "[plex]\n",
        machine.units / "plexsync.service.d/own.conf": "[Service]\nNice=5\n",
        machine.root / "var/lib/plexsync/plexsync.db": "state",
    }
    for path, content in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    edited = machine.units / "plexsync-sweep.timer"
    edited.write_text(edited.read_text().replace("*:07", "*:08"))

    said = machine.type("uninstall", "--json")

    assert {path: path.read_text() for path in kept} == kept
    left = {machine.config: "the configuration"}
    left[machine.root / "var/lib/plexsync"] = "the state"
    assert {
        Path(step["path"]): step["why"]
        for step in said.document["steps"]
        if step["did"] == "left"
    } == left
    assert ("set aside", edited.name) in did(said)
    assert "*:08" in edited.with_name("plexsync-sweep.timer.old").read_text()
    assert any("plexsync.service.d is yours" in one for one in said.document["next"])
    assert not (machine.config / "stash_api_key").exists()
    assert [
        path.name for path in machine.units.glob("plexsync*") if path.is_file()
    ] == ["plexsync-sweep.timer.old"]


def test_uninstall_where_nothing_is(machine: Machine) -> None:
    said = machine.type("uninstall")

    assert said.code == 0
    assert said.out.startswith("there is nothing of plexsync here\n")


@pytest.mark.parametrize("is_there", [False, True])
def test_a_dry_run_says_the_same_and_does_nothing(
    machine: Machine, *, is_there: bool
) -> None:
    if is_there:
        machine.type("install")
    before = machine.contents()
    command = "uninstall" if is_there else "install"

    words = machine.type(command, "--dry-run")
    dry = machine.type(command, "--dry-run", "--json")
    assert machine.contents() == before
    done = machine.type(command, "--json")

    assert words.out.startswith("nothing is done; it would be:\n")
    assert dry.document == done.document
    assert machine.contents() != before


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_the_document_has_the_keys_that_are_listed(
    machine: Machine, command: str
) -> None:
    machine.type("install")

    document = machine.type(command, "--json").document

    assert set(keys(document)) == documented(f"systemd {command}") | {"steps"}
    assert document["told"] is False


def test_a_user_has_units_of_its_own(desk: Desk) -> None:
    home = desk.folder / "ann"
    home.mkdir()

    said = desk.bare("systemd", "install", "--user", HOME=str(home))

    units = home / ".config/systemd/user"
    assert said.code == 0
    assert sorted(path.name for path in units.iterdir()) == UNITS
    daemon = (units / "plexsync.service").read_text()
    assert f"ExecStart={sys.prefix}/bin/plexsync " in daemon
    assert "DynamicUser" not in daemon
    assert "systemd was not told of it" in said.out
    assert "unlike the system's service:\n  it runs as you" in said.out
    assert "  systemctl --user enable --now plexsync.service\n" in said.out
    assert not (home / ".config/plexsync").exists()

    taken = desk.bare("systemd", "uninstall", "--user", HOME=str(home))

    assert taken.code == 0
    assert list(units.iterdir()) == []


def test_a_user_without_a_home_is_told(desk: Desk) -> None:
    said = desk.bare("systemd", "install", "--user", HOME="")

    assert (said.code, said.errors) == (
        2,
        ["error: --user: nobody's home is known: let HOME name it"],
    )


def test_where_root_is_needed_it_is_said(desk: Desk) -> None:
    """Nobody may make a folder in /sys, whoever they are."""
    said = desk.bare("systemd", "install", "--root", "/sys")

    assert (said.code, len(said.errors)) == (2, 1)
    assert said.errors[0].startswith("error: /sys/etc")
    assert "run it as root, or for yourself with --user" in said.errors[0]


def _older(unit: str) -> str:
    """Make of a unit what an older version would have put there."""
    rest = unit.partition("\n")[2].replace("RestartSec=10s", "RestartSec=5s")
    return text.sealed(rest, "0.0.1")
