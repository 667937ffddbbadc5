"""`plexsync`: the global options, and the commands."""

from pathlib import Path

import click

from reconciler import __version__
from reconciler.cli import (
    daemon,
    errands,
    healthcheck,
    interrupting,
    letters,
    looks,
    passes,
    past,
    states,
    units,
)
from reconciler.cli.failing import Commands
from reconciler.cli.setting import Around, Setting


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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


for _command in (
    *daemon.COMMANDS,
    *passes.COMMANDS,
    *looks.COMMANDS,
    *errands.COMMANDS,
    *past.COMMANDS,
    *letters.COMMANDS,
    *states.COMMANDS,
    *healthcheck.COMMANDS,
    *units.COMMANDS,
):
    cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    interrupting.heed()
    try:
        cli(prog_name="plexsync")
    finally:
        interrupting.part()
