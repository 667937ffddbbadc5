"""What a command reads in before it begins: its own module, and no other command's."""

import importlib
import pkgutil
import subprocess
import sys

from reconciler import cli
from reconciler.cli.main import PLACES
from tests.cli.desk import Desk


def test_every_command_is_where_it_is_looked_for() -> None:
    modules = {
        found.name: importlib.import_module(f"reconciler.cli.{found.name}")
        for found in pkgutil.iter_modules(cli.__path__)
    }
    commands = {
        name: tuple(command.name for command in module.COMMANDS)
        for name, module in modules.items()
        if hasattr(module, "COMMANDS")
    }

    assert commands == PLACES


def test_the_health_check_reads_in_neither_clients_nor_the_daemon() -> None:
    """It is run every half minute."""
    program = (
        "import sys\n"
        "from reconciler.cli.main import cli\n"
        "cli(['healthcheck', '--help'], standalone_mode=False)\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    read_in = set(done.stderr.split())

    assert done.stdout.startswith("Usage: ")
    assert "reconciler.cli.healthcheck" in read_in
    tops = {name.split(".")[0] for name in read_in}
    assert not tops & {"apscheduler", "gql", "plexapi", "prometheus_client", "requests"}
    assert not {name for name in read_in if name.startswith("reconciler.daemon")}


def test_a_wrong_name_is_told_what_it_may_have_been(desk: Desk) -> None:
    said = desk.run("stat")

    assert said.code == 2
    assert "Did you mean one of: 'state', 'status'?" in said.errors[0]
