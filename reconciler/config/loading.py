"""Reading the configuration: a `Config`, or every mistake at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reconciler.config import layers, places, problems, secret_files
from reconciler.config.models import Config, Settings
from reconciler.core.errors import UserError

_PLACES = ("path", "backups", "spool")


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read *path*, or the file in the usual places, and what *environ* sets.

    Raises a `UserError` with every mistake in them.
    """
    config, found = load_part(path, environ, ())
    if found:
        raise UserError(found)
    return config


def load_part(
    path: Path | None, environ: Mapping[str, str], sections: Collection[str]
) -> tuple[Config, list[str]]:
    """Read it all, or else what is right, *sections* included; tell what is wrong.

    Raises a `UserError` with every mistake, where one is in these, where they lack what
    they need, and where a table or a variable has no meaning: it may be one of these.
    """
    unknown = list(problems.unknown_variables(environ))
    try:
        file = places.find(path, environ)
        document = layers.document(file, places.document(file))
    except UserError as error:
        raise UserError([*error.problems, *unknown]) from None
    stack = (layers.environment(environ), layers.credentials(environ), document)
    claims = tuple(secret_files.claims(stack))
    tables, unusable = _tables(stack, claims, environ)
    where = partial(layers.where, stack)
    found = [*unknown, *unusable, *problems.disagreements(tables, where)]
    try:
        settings = Settings.model_validate(tables)
    except ValidationError as error:
        found += problems.told(error, where)
        wrong = {str(detail["loc"][0]) for detail in error.errors()}
        settings = _part_of(tables, wrong, sections, found)
    if unknown:
        raise UserError(found)
    exposures = secret_files.exposures(file, document, claims, environ)
    warnings = (*exposures, *_openings(settings, where))
    return _config(settings, file, warnings), found


def _part_of(
    tables: Mapping[str, Any],
    wrong: AbstractSet[str],
    sections: Collection[str],
    found: Sequence[str],
) -> Settings:
    is_clear = wrong <= Settings.model_fields.keys() and wrong.isdisjoint(sections)
    if not (sections and is_clear):
        raise UserError(found)
    right = {name: table for name, table in tables.items() if name not in wrong}
    return Settings.model_validate(right)


def _openings(settings: Settings, where: problems.Where) -> Iterator[str]:
    """Yield a warning where other machines may ask."""
    listen = settings.health.listen
    if listen is not None and not listen.is_loopback:
        yield (
            f"{where(('health', 'listen'))}: health.listen lets whoever reaches"
            f" {listen.host} ask how things stand, without a password; write"
            f" 127.0.0.1:{listen.port} unless that is meant"
        )


def _tables(
    stack: Sequence[layers.Layer],
    claims: Sequence[secret_files.Claim],
    environ: Mapping[str, str],
) -> tuple[dict[str, Any], list[str]]:
    tables = layers.merged(stack)
    found: list[str] = []
    for claim in claims:
        if isinstance(tables[claim.section], dict):
            settled, wrong = secret_files.settle(claim, tables[claim.section], environ)
            tables[claim.section] = settled
            found += wrong
    state = tables.setdefault("state", {})
    default = places.state_file(environ)
    if isinstance(state, dict) and default:
        state.setdefault("path", str(default))
    return {name: _expanded(table, environ) for name, table in tables.items()}, found


def _expanded(table: Any, environ: Mapping[str, str]) -> Any:  # noqa: ANN401 - not checked yet
    """Expand ~ in the keys that name a file or a folder of this machine."""
    if not isinstance(table, dict):
        return table
    return {
        key: places.expanded(value, environ)
        if isinstance(value, str) and (key.endswith("_file") or key in _PLACES)
        else value
        for key, value in table.items()
    }


def _config(settings: Settings, file: Path, warnings: tuple[str, ...]) -> Config:
    return Config(
        file=file,
        stash=settings.stash,
        plex=settings.plex,
        state=settings.state.path,
        backups=settings.state.folder,
        keep_backups=settings.state.keep_backups,
        schedule=settings.schedule,
        journal=settings.journal,
        fields=settings.fields,
        libraries=settings.libraries,
        paths=settings.paths,
        brake=settings.brake,
        hook=settings.hook,
        health=settings.health,
        notify=settings.notify,
        warnings=warnings,
    )
