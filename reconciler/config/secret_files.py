"""Secrets: taken from one place, read from their files, looked after.

The first layer that speaks of a secret has the say, as itself or as a file that holds
it; what the others say of it is not even read.
"""

import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from reconciler.config.layers import CREDENTIALS, Layer
from reconciler.config.places import expanded


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one layer says of a secret; None where it says nothing."""

    section: str
    key: str
    layer: Layer
    value: Any
    file: Any

    @property
    def file_key(self) -> str:
        return f"{self.key}_file"

    @property
    def is_made(self) -> bool:
        return self.value is not None or self.file is not None

    def problem(self, key: str, sentence: str) -> str:
        where = self.layer.where((self.section, key))
        return f"{where}: {self.section}.{key} {sentence}"


def claims(layers: Sequence[Layer]) -> Iterator[Claim]:
    """Find who has the say over each secret that anyone speaks of."""
    for section, key in CREDENTIALS:
        made = (_claim(section, key, layer) for layer in layers)
        first = next((claim for claim in made if claim.is_made), None)
        if first is not None:
            yield first


def _claim(section: str, key: str, layer: Layer) -> Claim:
    said = {name: v for name, v in layer.table(section).items() if v != ""}
    return Claim(
        section=section,
        key=key,
        layer=layer,
        value=said.get(key),
        file=said.get(f"{key}_file"),
    )


def settle(
    claim: Claim, table: Mapping[str, Any], environ: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Return *table* with the secret in it, in clear, and what is wrong with it."""
    settled = {k: v for k, v in table.items() if k not in {claim.key, claim.file_key}}
    problems = []
    if claim.value is not None:
        settled[claim.key] = claim.value
    if claim.file is not None:
        settled[claim.file_key] = claim.file
    if claim.value is not None and claim.file is not None:
        wrong = f"and {claim.section}.{claim.file_key} are both given; keep one of them"
        problems.append(claim.problem(claim.key, wrong))
    elif claim.file is not None:
        try:
            settled |= {claim.key: _read(claim.file, environ)}
        except _UnusableError as error:
            problems.append(claim.problem(claim.file_key, str(error)))
    return settled, problems


class _UnusableError(Exception):
    """A file that no secret can be had from; says why, after the key's name."""


def _read(named: object, environ: Mapping[str, str]) -> str:
    path = Path(expanded(named, environ)) if isinstance(named, str) else None
    if path is None or not path.is_absolute() or "\0" in str(path):
        return ""  # the models say what is wrong with that
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise _UnusableError(
            f"names a file that cannot be read ({reason}); "
            "correct the path or let plexsync read the file"
        ) from None
    except UnicodeDecodeError:
        raise _UnusableError(
            "names a file that is not text; write the secret and nothing else into it"
        ) from None
    if not text:
        raise _UnusableError("names an empty file; write the secret into it")
    return text


def exposures(
    file: Path, document: Layer, made: Sequence[Claim], environ: Mapping[str, str]
) -> Iterator[str]:
    """Yield a warning for each file with a secret in it that everyone can read."""
    inline = [
        f"{section}.{key}"
        for section, key in CREDENTIALS
        if document.table(section).get(key)
    ]
    if inline:
        yield from _exposure(file, " and ".join(inline))
    for claim in made:
        if isinstance(claim.file, str):
            path = Path(expanded(claim.file, environ))
            yield from _exposure(path, f"{claim.section}.{claim.key}")


def _exposure(path: Path, what: str) -> Iterator[str]:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return  # one that cannot be read, or named, is a problem already
    if mode & stat.S_IROTH:
        yield (
            f"{path}: holds {what} and every user of this machine can read it; "
            f"run chmod o-r {quote(str(path))}"
        )
