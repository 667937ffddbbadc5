"""What a person has to do after units were put in place, in the order to do it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote

from reconciler.units.installation import Installation
from reconciler.units.site import Site

UNLIKE = (
    "it runs as you, with your configuration and your state, not as a user of its own",
    "it takes no credentials: the configuration names the files with the secrets",
    "it is shut off from less: your own systemd may not close folders and devices",
    "it runs while you are logged in, unless `loginctl enable-linger` lets it stay",
)
"""In what the service of a user differs from the system's."""


def after_install(site: Site, installation: Installation) -> Iterator[str]:
    """Yield a sentence for each thing to do."""
    if not site.is_here:
        yield "the rest is to be done there: `plexsync systemd install` on it says what"
        return
    config = site.config / "plexsync.toml"
    if not config.exists():
        yield f"make {config}: {_copy(installation.example, config)}, and fill it in"
    if not site.is_user:
        yield from _of_another_user(site, config)
    yield f"{site.systemctl} enable --now plexsync.service"
    yield (
        f"or, without the daemon: {site.systemctl} enable --now"
        " plexsync-reconcile.timer plexsync-sweep.timer"
    )


def _of_another_user(site: Site, config: Path) -> Iterator[str]:
    """Yield what follows from the service being nobody who types commands."""
    token, key = site.secrets
    yield (
        f"write the Plex token into {token}, and Stash's API key, if it has one,"
        f" into {key}"
    )
    if config.exists() and not config.stat().st_mode & 0o004:
        yield (
            f"take the secrets out of {config}, and chmod o+r it: the service is a"
            " user of its own, which has to read it"
        )
    yield (
        f'let [state] path be "{site.state}/plexsync.db" and [plex] token_file'
        f' "{token}" there: so commands that root types find both as well'
    )


def after_uninstall(dropins: Iterable[Path]) -> Iterator[str]:
    """Yield a sentence for each thing that is for a person to decide."""
    for folder in dropins:
        yield f"{folder} is yours: remove it if you want none of it any more"
    yield (
        "Plex keeps what was written: `plexsync uninstall --dry-run` says how to take"
        " that back"
    )


def _copy(example: Path | None, config: Path) -> str:
    if example is None:
        return "copy the example, plexsync.toml,"
    return f"cp {quote(str(example))} {quote(str(config))}"
