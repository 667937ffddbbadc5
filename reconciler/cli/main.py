"""`plexsync`: the global options, and how every failure reaches the operator."""

from collections.abc import Sequence
from pathlib import Path

import click

from reconciler import __version__
from reconciler.cli import looks, passes
from reconciler.cli.setting import Exit, Setting
from reconciler.clock import Clock
from reconciler.core.errors import PlexsyncError, UserError
from state.errors import HeldError, StateError


class Commands(click.Group):
    """A group that tells failures as sentences, and exits by their class."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; no failure of ours or of the state shows a traceback."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            return _fail(error.problems, Exit.USAGE)
        except HeldError as error:
            return _fail([str(error)], Exit.TAKEN)
        except (PlexsyncError, StateError) as error:
            return _fail([str(error)], Exit.FAILED)


def _fail(sentences: Sequence[str], code: Exit) -> object:
    for sentence in sentences:
        click.echo(f"error: {sentence}", err=True)
    raise click.exceptions.Exit(code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="plexsync")
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration file; see plexsync.toml for where it is looked for.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
    default="warning",
    show_default=True,
    help="How much is logged to standard error; names of scenes only at debug.",
)
@click.pass_context
def cli(ctx: click.Context, config_path: Path | None, log_level: str) -> None:
    """Make Plex say what Stash says.

    Exit codes: 0 done, 1 failed or some not delivered, 2 usage or configuration,
    3 held by the brake, 4 another process holds the state.
    """
    setting = Setting(config_path=config_path, log_level=log_level, clock=Clock())
    setting.configure_logs(())
    ctx.obj = setting


for _command in (*passes.COMMANDS, *looks.COMMANDS):
    cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    cli()
