"""plexsync.toml is the reference of every key, and right about the defaults."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reconciler.config.keys import TABLES, Key
from reconciler.config.loading import load
from reconciler.config.models import Settings
from reconciler.core.values import Field

EXAMPLE = Path(__file__).parents[2] / "plexsync.toml"
HOME = {"HOME": "/home/someone"}

EXAMPLES_ONLY = {
    *("api_key", "api_key_file", "token", "token_file", "ca_file"),
    *("listen", "urls", "urls_file", "spool"),
}


def with_all_keys() -> dict[str, Any]:
    """Read the example with every setting that is commented out."""
    text = re.sub(r"(?m)^#(?=[a-z\[])", "", EXAMPLE.read_text(encoding="utf-8"))
    return tomllib.loads(text)


def keys_in(tables: Mapping[str, Any], above: Key = ()) -> Iterator[Key]:
    for name, content in tables.items():
        if above == ("libraries",) and isinstance(content, dict):
            yield from keys_in(content, above)  # a library's own title
        elif isinstance(content, dict):
            yield from keys_in(content, (*above, name))
        elif name == "paths":
            yield from keys_in(content[0], (*above, name))
        else:
            yield (*above, name)


def test_the_example_loads_without_a_warning(tmp_path: Path) -> None:
    copy = tmp_path / "plexsync.toml"
    copy.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")

    config = load(copy, HOME)

    assert config.plex.libraries == ("Films", "Shorts")
    assert config.warnings == ()
    config.require("stash", "plex")


def test_the_example_has_every_key_and_no_other() -> None:
    known = {
        (*table, name)
        for table, names in TABLES.items()
        for name in names
        if (*table, name) not in TABLES
    }
    library = [("libraries", "fields", name) for name in TABLES["libraries", "fields"]]

    found = set()
    for key in keys_in(with_all_keys()):
        is_override = key[0] == "libraries"
        found.add(("libraries", "fields", key[-1]) if is_override else key)

    assert found == known
    assert set(library) <= found


def test_what_is_commented_out_is_the_default() -> None:
    shown = {
        section: {k: v for k, v in table.items() if k not in EXAMPLES_ONLY}
        for section, table in with_all_keys().items()
        if section not in {"libraries", "paths"}
    }
    for name in ("path", "backups"):
        shown["state"][name] = shown["state"][name].replace("~", HOME["HOME"])
    config = load(EXAMPLE, HOME)

    settings = Settings.model_validate(shown)

    for section in shown.keys() - {"state"}:
        assert getattr(settings, section) == getattr(config, section), section
    state = settings.state
    known = (config.state, config.backups, config.keep_backups)
    assert (state.path, state.backups, state.keep_backups) == known


def test_every_field_has_a_policy_key() -> None:
    assert set(TABLES["fields",]) == {*Field, "lock"}
    assert TABLES["libraries", "fields"] == TABLES["fields",]
