"""The places that settings come from, and which of them wins.

The environment is before systemd's credentials, and those are before the file.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from reconciler.config.keys import PREFIX, VARIABLES, WHOLE, Key, variable_for
from reconciler.config.kinds import QuietHours
from reconciler.config.models import Settings
from reconciler.config.places import present

CREDENTIALS: Mapping[Key, str] = {
    ("stash", "api_key"): "stash_api_key",
    ("plex", "token"): "plex_token",
    ("notify", "urls"): "notify_urls",
}
"""Every secret, and the name of the systemd credential for it."""

_NEEDED = {"plex_token"}
"""The credentials that there has to be something in."""

Place = Sequence[str | int]
"""The tables, the key and the number of an entry, as pydantic has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One place that settings come from."""

    tables: Mapping[str, Any]
    where: Callable[[Place], str]
    """Name what set a key: a file or a variable."""

    def table(self, section: str) -> Mapping[str, Any]:
        """Return a table, empty where there is none or something else."""
        found = self.tables.get(section)
        return found if isinstance(found, Mapping) else {}

    def sets(self, place: Place) -> Place | None:
        """Return what this layer has for *place*: it, or the file that holds it."""
        section, *inner = place
        content = self.tables.get(str(section))
        if content is None:
            return None
        if section in WHOLE or not isinstance(content, Mapping):
            return place
        names = (inner[0], f"{inner[0]}_file") if inner else ()
        found = next((name for name in names if name in content), None)
        return (section, found, *inner[1:]) if found else None


def where(layers: Sequence[Layer], place: Place) -> str:
    """Name what set the key at *place*; the last layer where nothing did."""
    for layer in layers:
        if found := layer.sets(place):
            return layer.where(found)
    return layers[-1].where(place)


def merged(layers: Sequence[Layer]) -> dict[str, Any]:
    """Lay *layers* over each other, key by key; the first wins."""
    tables: dict[str, Any] = {}
    for layer in reversed(layers):
        for section, content in layer.tables.items():
            below = tables.get(section, {})
            if section in WHOLE or not isinstance(content, Mapping):
                tables[section] = content
            elif isinstance(below, Mapping):  # if not, the models say what it is
                tables[section] = {**below, **content}
    return tables


class _Environment(EnvSettingsSource):
    """pydantic-settings' reading of the names, over a mapping that is passed."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(Settings)
        self.env_vars = {
            PREFIX + "__".join(key): environ[name]
            for name, key in VARIABLES.items()
            if environ.get(name)
        }

    def decode_complex_value(
        self,
        field_name: str,  # noqa: ARG002 - the signature is the library's
        field: FieldInfo,
        value: Any,  # noqa: ANN401 - the signature is the library's
    ) -> Any:  # noqa: ANN401 - the signature is the library's
        """Take JSON, or commas in a list of texts; the models refuse the rest."""
        try:
            decoded = json.loads(value)
        except ValueError:
            decoded = None
        if isinstance(decoded, list | dict):
            return decoded
        parts = get_args(field.annotation)
        has_texts = str in parts or QuietHours in parts
        return [part.strip() for part in value.split(",")] if has_texts else value


def environment(environ: Mapping[str, str]) -> Layer:
    """Return what PLEXSYNC_ variables say; an empty one says nothing."""
    return Layer(tables=_Environment(environ)(), where=variable_for)


def credentials(environ: Mapping[str, str]) -> Layer:
    """Return the secrets that systemd's LoadCredential= put into files.

    A unit names them all, as one that is missing keeps it from starting. An empty one
    says that there is none: a Stash without a password has no key.
    """
    folder = Path(environ.get("CREDENTIALS_DIRECTORY", ""))
    return Layer(
        tables={
            section: {f"{key}_file": str(folder / name)}
            for (section, key), name in CREDENTIALS.items()
            if folder.is_absolute() and _is_given(folder / name)
        },
        where=lambda place: str(folder / CREDENTIALS[_secret(place)]),
    )


def _is_given(file: Path) -> bool:
    if file.name in _NEEDED:
        return present(file)
    try:
        return bool(file.read_bytes().strip())
    except OSError:
        return present(file)  # why it cannot be read is told by who reads it


def _secret(place: Place) -> Key:
    return str(place[0]), str(place[1]).removesuffix("_file")


def document(file: Path, tables: Mapping[str, Any]) -> Layer:
    """Return what the file says."""
    return Layer(tables=tables, where=lambda _: str(file))
