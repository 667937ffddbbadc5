"""One form for each piece of content, so that equal content is equal text.

A snapshot is what a scene says, without the stamp it says it under: a save in Stash
that changes nothing changes the stamp alone.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from reconciler.core.values import (
    Entity,
    Kind,
    Scene,
    SceneFile,
    SceneId,
    Snapshot,
)

VERSION = 2
"""Of the canonical form; a new one recomputes what is wanted, and owes nothing."""

_NOISE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Controls, halves of characters, no characters: XML cannot carry them back."""


def block(text: str) -> str:
    """Put text of several lines in form: NFC, line feeds, nothing unprintable.

    Whatever ends a line anywhere is a line feed; marks of direction and joiners are
    part of how a text is written, and stay.
    """
    unified = "\n".join(text.splitlines()).replace("\t", " ")
    return unicodedata.normalize("NFC", _NOISE.sub("", unified)).strip()


def line(text: str) -> str:
    """Put text of one line in form: as `block`, every run of blanks one space."""
    return " ".join(block(text).split())


@lru_cache(maxsize=10_000)  # a library's items share their genres and actors
def identity(element: str) -> str:
    """Name what Plex takes for the same element: trimmed, without regard to case."""
    return unicodedata.normalize("NFC", line(element).casefold())


def distinct(elements: list[str]) -> tuple[str, ...]:
    """Make elements lines; leave empty ones out, keep the first spelling of each."""
    found: dict[str, str] = {}
    for element in elements:
        if (name := line(element)) and identity(name) not in found:
            found[identity(name)] = name
    return tuple(found.values())


def snapshot(scene: Scene) -> Snapshot:
    """Put *scene* into canonical form."""
    content: dict[str, Any] = {
        "v": VERSION,
        "title": line(scene.title),
        "details": block(scene.details),
        "date": scene.date.strip(),
        "studio": _entity(scene.studio) if scene.studio else None,
        "performers": _entities(scene.performers),
        "tags": _entities(scene.tags),
        "files": [_file(file) for file in scene.files],
    }
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Snapshot(scene=scene, text=text, fingerprint=digest)


def restore(scene: SceneId, stamp: str, text: str) -> Scene:
    """Read a snapshot's text back: what was known of the scene under that stamp."""
    content = json.loads(text)
    studio = content["studio"]
    return Scene(
        id=scene,
        stamp=stamp,
        title=content["title"],
        details=content["details"],
        date=content["date"],
        studio=_restored(Kind.STUDIO, studio) if studio else None,
        performers=tuple(_restored(Kind.PERFORMER, e) for e in content["performers"]),
        tags=tuple(_restored(Kind.TAG, e) for e in content["tags"]),
        files=tuple(
            SceneFile(id=f[0], path=f[1], fingerprints=tuple((t, v) for t, v in f[2]))
            for f in content["files"]
        ),
    )


def entity_digest(entity: Entity) -> str:
    """Tell whether an attribute that we use has moved."""
    text = json.dumps([entity.kind, entity.id, entity.name, sorted(entity.parents)])
    return hashlib.sha256(text.encode()).hexdigest()


def _entities(entities: tuple[Entity, ...]) -> list[list[Any]]:
    # Stash gives performers in no order: by id, equal sets are equal text
    return [_entity(entity) for entity in sorted(entities, key=lambda e: e.id)]


def _entity(entity: Entity) -> list[Any]:
    return [entity.id, line(entity.name), sorted(entity.parents)]


def _file(file: SceneFile) -> list[Any]:
    return [file.id, file.path, sorted(list(pair) for pair in file.fingerprints)]


def _restored(kind: Kind, content: list[Any]) -> Entity:
    return Entity(kind=kind, id=content[0], name=content[1], parents=tuple(content[2]))


def in_any_case(name: str, known: Iterable[str]) -> str | None:
    """Find a name as it is spelled among *known*: just so, or else in another case."""
    names = tuple(known)
    if name in names:
        return name
    alike = [one for one in names if one.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None
