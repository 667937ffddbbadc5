"""Records to put into a ledger, each with what a test does not care about filled in."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import state
from state.records import (
    EntityRecord,
    EntryRecord,
    FailureRecord,
    JournalRecord,
    PathRecord,
    SnapshotRecord,
    Stage,
)
from state.scenes import SceneWrite

PACKAGE = Path(state.__file__).parent
MIGRATIONS = PACKAGE / "migrations"
NOW = 1_760_000_000

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
"""In which another process finds this checkout."""


def snapshot(
    scene: int = 1,
    *,
    revision: int = 1,
    stamped_at: int = NOW,
    is_settled: bool = True,
    content: str = "{}",
) -> SnapshotRecord:
    return SnapshotRecord(
        scene=scene,
        stamp="2025-10-09T08:53:20Z",
        stamped_at=stamped_at,
        read_at=NOW + 60,
        is_settled=is_settled,
        revision=revision,
        fingerprint=f"print of {content}",
        content=content,
    )


def entity(kind: str, number: int, name: str) -> EntityRecord:
    return EntityRecord(
        kind=kind, id=number, name=name, parents="[]", digest=f"{kind} {number} {name}"
    )


def write(record: SnapshotRecord, *entities: EntityRecord) -> SceneWrite:
    return SceneWrite(snapshot=record, entities=entities)


def place(
    item: str = "10", path: str = "/media/a.mp4", *, target: int = 1
) -> PathRecord:
    return PathRecord(target=target, item=item, path=path)


def entry(
    link: int = 1,
    *fields: str,
    revision: int = 1,
    target: int = 1,
    pass_id: int = 1,
    stage: Stage = Stage.PLANNED,
) -> EntryRecord:
    return EntryRecord(
        link=link,
        target=target,
        fields=fields or ("title",),
        revision=revision,
        stage=stage,
        cause="changed in stash",
        pass_id=pass_id,
    )


def failure(error: str = "400", *, kind: str = "permanent") -> FailureRecord:
    return FailureRecord(error=error, kind=kind)


def row(
    link: int = 1,
    *,
    item: str = "10",
    scene: int = 1,
    pass_id: int = 1,
    fields: str = "{}",
) -> JournalRecord:
    return JournalRecord(
        id=0,
        link=link,
        target=1,
        item=item,
        scene=scene,
        pass_id=pass_id,
        planned=pass_id,
        revision=1,
        fields=fields,
    )


def process(
    script: str, path: Path, *, before: Callable[[], None] | None = None
) -> "subprocess.Popen[str]":
    """Run *script* in another process, with the state's path as its argument."""
    return subprocess.Popen(  # noqa: S603 - this interpreter, on a script of the tests
        [sys.executable, "-c", script, str(path)],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,  # noqa: PLW1509 - no other thread runs
    )


def finished(running: "subprocess.Popen[str]") -> list[str]:
    """Wait for a process to end well, and read the lines that it wrote."""
    out, err = running.communicate(timeout=30)
    assert running.returncode == 0, err
    return out.splitlines()


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Read every file of a folder, with the time of its last change."""
    return {
        file.name: (file.read_bytes(), file.stat().st_mtime_ns)
        for file in folder.iterdir()
    }
