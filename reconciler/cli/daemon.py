"""The command that stays: `plexsync run`."""

import os

import click

from reconciler.cli.failing import Command
from reconciler.cli.setting import Setting
from reconciler.config.models import Config
from reconciler.daemon.running import Daemon
from reconciler.daemon.systemd import Notifier


@click.command(cls=Command)
@click.pass_obj
def run(setting: Setting) -> None:
    """Keep Plex up to date until stopped: the daemon, for systemd or a container.

    SIGTERM or an interrupt ends it within ten seconds, a second one at once; SIGHUP has
    it read its configuration anew. Other commands may be used beside it.
    """

    def load() -> Config:
        config = setting.reloaded()
        config.require("stash", "plex")
        return config

    setting.default_level = "info"
    setting.config.require("stash", "plex")
    Daemon(
        config=setting.config,
        load=load,
        clock=setting.clock,
        mounts=setting.around.mounts,
        notifier=Notifier.of(os.environ, os.getpid()),
    ).run()


COMMANDS = (run,)
