"""Where units go: among the system's or a user's own, of this machine or of a root."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.core.errors import UserError
from reconciler.units import text as texts
from reconciler.units.installation import Installation

_CREDENTIALS = ("plex_token", "stash_api_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The folders that are concerned, and whose systemd reads them."""

    is_user: bool
    is_here: bool
    """Whether this machine's systemd reads them, and not that of another root."""
    units: Path
    config: Path
    """The folder of the configuration."""
    state: Path
    """The folder of the state."""

    @property
    def secrets(self) -> tuple[Path, ...]:
        """Name the files that the units take secrets from; a user's own take none."""
        if self.is_user:
            return ()
        return tuple(self.config / name for name in _CREDENTIALS)

    @property
    def systemctl(self) -> str:
        """Say how a person speaks to it."""
        return "systemctl --user" if self.is_user else "systemctl"

    def fitted(self, installation: Installation) -> Mapping[str, str]:
        """Return what is put here: the text of each unit by its name."""
        return {
            name: texts.sealed(self._fitted(text, installation), installation.version)
            for name, text in sorted(installation.units.items())
        }

    def _fitted(self, text: str, installation: Installation) -> str:
        led = texts.led_to(text, installation.program)
        if self.is_user:
            return texts.for_user(led)
        return texts.let_into(led, installation.at_home)


def site(*, is_user: bool, root: Path | None, environ: Mapping[str, str]) -> Site:
    """Name the folders; raise a `UserError` where a user has no home."""
    config, state = _user_folders(environ) if is_user else _system_folders()
    units = config / "systemd" / ("user" if is_user else "system")
    return Site(
        is_user=is_user,
        is_here=root is None,
        units=_under(root, units),
        config=_under(root, config / "plexsync"),
        state=_under(root, state / "plexsync"),
    )


def _system_folders() -> tuple[Path, Path]:
    return Path("/etc"), Path("/var/lib")


def _user_folders(environ: Mapping[str, str]) -> tuple[Path, Path]:
    home = Path(environ.get("HOME", ""))
    config = Path(environ.get("XDG_CONFIG_HOME", ""))
    state = Path(environ.get("XDG_STATE_HOME", ""))
    if not home.is_absolute():
        raise UserError(["--user: nobody's home is known: let HOME name it"])
    return (
        config if config.is_absolute() else home / ".config",
        state if state.is_absolute() else home / ".local/state",
    )


def _under(root: Path | None, path: Path) -> Path:
    return path if root is None else root / path.relative_to("/")
