"""What becomes of a unit's text on its way into a place; and what is shipped."""

import re
from pathlib import Path

import pytest

from reconciler.units import text
from reconciler.units.installation import at_home

ROOT = Path(__file__).parents[2]
ROOT_HOME = Path("/root")
SHIPPED = {path.name: path.read_text("utf-8") for path in ROOT.glob("systemd/*")}
SERVICES = sorted(name for name in SHIPPED if name.endswith(".service"))


def directives(unit: str) -> list[tuple[str, str]]:
    """Take what systemd reads of a unit, in order."""
    lines = [line for line in unit.splitlines() if re.match("[A-Z]", line)]
    return [(key, value) for key, _, value in (line.partition("=") for line in lines)]


def shut_off(unit: str) -> str:
    """Take the part of a service that says who it is, and what it does without."""
    begin = unit.index("# The secrets,")
    return unit[begin:].partition("\n[Install]")[0].strip()


def test_all_services_are_shut_off_alike() -> None:
    """The three may not drift apart: what the daemon does without, a one-shot does."""
    assert len(SERVICES) == 3
    assert len({shut_off(SHIPPED[name]) for name in SERVICES}) == 1


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    ("program", "written"),
    [
        ("/opt/plexsync/bin/plexsync", "/opt/plexsync/bin/plexsync"),
        ("/opt/100%/plexsync", "/opt/100%%/plexsync"),
        ("/opt/my own/plexsync", '"/opt/my own/plexsync"'),
        ('/opt/a"b\\c/plexsync', '"/opt/a\\"b\\\\c/plexsync"'),
    ],
)
def test_a_unit_starts_the_program_that_it_is_led_to(
    name: str, program: str, written: str
) -> None:
    led = text.led_to(SHIPPED[name], Path(program))

    (start,) = [value for key, value in directives(led) if key == "ExecStart"]
    assert start.startswith(f"{written} --config %E/plexsync/plexsync.toml ")
    assert "/usr/bin/plexsync" not in led


def test_of_a_home_only_the_program_is_seen() -> None:
    folders = [Path("/home/ann/.venv"), Path("/home/ann/py thon")]

    let = directives(text.let_into(SHIPPED["plexsync.service"], folders))

    assert ("ProtectHome", "tmpfs") in let
    assert ("ProtectHome", "yes") not in let
    assert [value for key, value in let if key == "BindReadOnlyPaths"] == [
        "/home/ann/.venv",
        '"/home/ann/py thon"',
    ]
    kept = [pair for pair in let if pair[0] not in {"ProtectHome", "BindReadOnlyPaths"}]
    shipped = directives(SHIPPED["plexsync.service"])
    assert kept == [pair for pair in shipped if pair[0] != "ProtectHome"]


def test_a_program_outside_of_all_homes_leaves_them_closed() -> None:
    unit = SHIPPED["plexsync.service"]

    assert text.let_into(unit, []) == unit


def test_folders_at_home_are_named_once() -> None:
    folders = map(
        Path,
        [
            "/home/ann/app",
            "/home/ann/app/.venv",
            "/usr",
            f"{ROOT_HOME}/app",
            "/homes/x",
            "/home/ann/app2",
        ],
    )

    assert list(at_home(folders)) == [
        Path("/home/ann/app"),
        Path("/home/ann/app2"),
        ROOT_HOME / "app",
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_users_unit_has_all_that_is_not_for_root(name: str) -> None:
    shipped, fitted = (
        directives(SHIPPED[name]),
        directives(text.for_user(SHIPPED[name])),
    )

    dropped = {key for key, _ in shipped} - {key for key, _ in fitted}
    assert dropped <= text.NEEDS_ROOT | {"Wants", "After"}
    assert not {key for key, _ in fitted} & text.NEEDS_ROOT
    assert [pair for pair in fitted if "network-online" in pair[1]] == []
    assert "multi-user" not in text.for_user(SHIPPED[name])
    if name.endswith(".service"):
        assert ("NoNewPrivileges", "yes") in fitted
        assert ("SystemCallFilter", "@system-service") in fitted


def test_a_comment_goes_with_the_line_that_it_is_about() -> None:
    unit = "# One.\n# Two.\nDynamicUser=yes\n# Three.\nUMask=0077\n\n\nUser=a\n\nA=b\n"

    assert text.for_user(unit) == "# Three.\nUMask=0077\n\nA=b\n"


def test_a_seal_tells_what_was_edited() -> None:
    unit = text.sealed(SHIPPED["plexsync.service"], "1.2.3")

    assert text.is_sealed(unit)
    assert text.is_untouched(unit)
    assert directives(unit) == directives(SHIPPED["plexsync.service"])
    for edited in (unit.replace("2min", "9min"), unit + "\n", unit[:-1]):
        assert text.is_sealed(edited)
        assert not text.is_untouched(edited)
    assert not text.is_sealed(SHIPPED["plexsync.service"])
    assert not text.is_untouched(SHIPPED["plexsync.service"])
