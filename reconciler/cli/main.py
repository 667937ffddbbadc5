"""`plexsync`: the global options, and the commands, read in once they are asked for."""

import importlib
from collections.abc import Iterable
from pathlib import Path

import click

from reconciler import __version__
from reconciler.cli import interrupting
from reconciler.cli.failing import Commands
from reconciler.cli.setting import Around, Setting

PLACES = {
    "daemon": ("run",),
    "passes": ("reconcile", "plan", "approve"),
    "looks": ("status", "check"),
    "errands": ("undo", "release", "claim", "conflicts", "adopt"),
    "past": ("history", "passes", "uninstall", "pause", "resume"),
    "letters": ("dead-letters",),
    "states": ("state",),
    "healthcheck": ("healthcheck",),
    "units": ("systemd",),
}
"""The modules beside this one, and the commands that each has."""


class Everything(Commands):
    """All commands; to run one reads in its module alone, and what that works with."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        places = [place for place, names in PLACES.items() if cmd_name in names]
        self._read_in(places or PLACES)  # one that is not there may be like any other
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._read_in(PLACES)
        return super().list_commands(ctx)

    def _read_in(self, places: Iterable[str]) -> None:
        for place in places:
            module = importlib.import_module(f"reconciler.cli.{place}")
            for command in module.COMMANDS:
                self.add_command(command)


@click.group(cls=Everything, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="plexsync")
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="The configuration file; see plexsync.toml for where it is looked for.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
    help="How much is logged to standard error: error, or info of `run`; names of"
    " scenes only at debug.",
)
@click.pass_context
def cli(ctx: click.Context, config_path: Path | None, log_level: str | None) -> None:
    """Make Plex say what Stash says.

    Exit codes: 0 done, 1 failed or some not delivered, 2 usage or configuration,
    3 held by the brake or not believed, 4 another process holds the state, 130
    interrupted.
    """
    around = ctx.find_object(Around) or Around()
    setting = Setting(config_path=config_path, log_level=log_level, around=around)
    setting.configure_logs(())
    ctx.obj = setting


def main() -> None:
    """Run the command line."""
    interrupting.heed()
    try:
        cli(prog_name="plexsync")
    finally:
        interrupting.part()
