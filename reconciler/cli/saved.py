"""A plan in a file: written as the `--json` document, read back as a scope."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from reconciler.core.errors import UserError
from reconciler.core.values import Field, ItemKey, SceneId
from reconciler.engine.report import Content
from reconciler.engine.settings import Planned, Scope
from reconciler.render.document import Document


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Change(_Part):
    library: str
    item: str
    name: str
    scene: int
    field: Field
    old: Content
    new: Content
    lock: bool | None


class _Asked(_Part):
    full: bool
    slice: tuple[int, int] | None = None
    scenes: tuple[int, ...] | None
    library: str | None
    fields: tuple[Field, ...] | None


class _Plan(_Part):
    version: Literal[1]
    command: Literal["plan"]
    exit_code: Literal[0]
    scope: _Asked
    changes: tuple[_Change, ...]


def scope_fields(scope: Scope) -> dict[str, Any]:
    """Take what a plan's document says of what it was asked for."""
    return {
        "full": scope.is_full,
        "slice": scope.part,
        "scenes": None if scope.scenes is None else sorted(scope.scenes),
        "library": scope.library,
        "fields": None if scope.fields is None else sorted(scope.fields),
        "limit": scope.limit,
    }


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Document]:
    """Write a plan beside *path*, and put it there once it is whole."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            yield Document(stream, "plan")
        beside.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        beside.unlink(missing_ok=True)


def read(path: Path) -> Scope:
    """Read a saved plan as the scope that delivers it alone.

    Holds the plan in memory: as much as a person has looked through.
    """
    try:
        plan = _Plan.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UserError([f"cannot read the plan {path}: {error.strerror}"]) from error
    except ValidationError as error:
        problem = f"{path} is no whole plan of this version of plexsync: plan anew"
        raise UserError([problem]) from error
    only: dict[tuple[str, ItemKey], dict[Field, Planned]] = {}
    for change in plan.changes:
        item = only.setdefault((change.library, ItemKey(change.item)), {})
        item[change.field] = Planned(
            old=change.old,
            new=change.new,
            lock=change.lock,
            scene=SceneId(change.scene),
            name=change.name,
        )
    asked = plan.scope
    return Scope(
        is_full=asked.full,
        part=asked.slice,
        scenes=None if asked.scenes is None else frozenset(map(SceneId, asked.scenes)),
        library=asked.library,
        fields=None if asked.fields is None else frozenset(asked.fields),
        only=only,
    )


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError([f"cannot write the plan {path}: {error.strerror}"])
