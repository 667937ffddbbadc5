"""What every command is handed, and what its exit code says."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property
from pathlib import Path

import click

from reconciler import logs
from reconciler.clock import Clock
from reconciler.config.loading import load, load_part
from reconciler.config.models import Config
from reconciler.render.document import Document
from state.database import read_mounts


class Exit(IntEnum):
    """What the exit code says."""

    DONE = 0  # waiting scenes and kept values included
    FAILED = 1  # failed, or some not delivered
    USAGE = 2  # the command or the configuration is wrong
    HELD = 3  # the brake holds the pass
    TAKEN = 4  # another process holds the state
    INTERRUPTED = 130  # what a shell says of SIGINT


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the program finds around it; a test hands in another."""

    clock: Clock = field(default_factory=Clock)
    mounts: Callable[[], str] = read_mounts
    """What is mounted where, in the form of /proc/self/mountinfo."""


@dataclass(kw_only=True)
class Setting:
    """What every command is handed: the global options, and what follows from them."""

    config_path: Path | None
    log_level: str | None
    around: Around
    document: Document | None = None
    """What --json asks for; None writes for people."""
    default_level: str = "error"
    mistakes: Sequence[str] = ()
    """What is wrong with the configuration, and does not matter to the command."""

    @property
    def clock(self) -> Clock:
        """Tell the time."""
        return self.around.clock

    @cached_property
    def config(self) -> Config:
        """Read the configuration, and let the logs know what must not be seen."""
        return self.reloaded()

    def reloaded(self) -> Config:
        """Read the configuration as it is by now."""
        return self._told(load(self.config_path, os.environ))

    def only(self, *sections: str) -> Config:
        """Read some sections of the configuration, whatever is wrong with the others.

        For commands that a daemon is asked about, or stopped by, with a file that it
        would refuse: what is wrong is told, and does not keep them from it.
        """
        config, mistakes = load_part(self.config_path, os.environ, sections)
        self.mistakes = mistakes or config.lacking("stash", "plex")
        return self._told(replace(config, warnings=(*self.mistakes, *config.warnings)))

    def _told(self, config: Config) -> Config:
        self.configure_logs(config.secrets())
        for warning in config.warnings:
            said = f"warning: {warning}"
            said = logs.graded(said, logging.WARNING, sys.stderr, os.environ)
            click.echo(said, err=True)
        return config

    def configure_logs(self, secrets: tuple[str, ...]) -> None:
        """Send the logs to standard error, in the form that suits it."""
        form = logs.form_for(sys.stderr, os.environ)
        colour = logs.colour_for(sys.stderr, os.environ)
        level = self.log_level or self.default_level
        logs.configure(level, form, secrets, sys.stderr, colour=colour)
