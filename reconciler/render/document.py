"""The `--json` document: a stable contract, written as it comes.

Its keys are never renamed or removed within a version of the contract; new ones may
join. docs/json.md lists them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TextIO

from reconciler.engine.report import Line, PassReport

VERSION = 1

_COUNTS = (
    "changed scenes",
    "items to write",
    "written items",
    "written fields",
    "postponed items",
    "buried fields",
    "settled fields",
    "undone fields",
    "deleted scenes",
    "already planned fields",
)


class Document:
    """An audience that writes each line down at once: no library is held in memory.

    However it ends, `close` leaves one whole JSON document, once.
    """

    def __init__(self, stream: TextIO, command: str) -> None:
        self._stream = stream
        self._head = {"version": VERSION, "command": command}
        self._lines = 0
        self._is_closed = False

    def stage(self, name: str, total: int | None) -> None:
        """Take no notice."""

    def advance(self, steps: int = 1) -> None:
        """Take no notice."""

    def line(self, line: Line) -> None:
        """Write down one field that is planned, or that was written."""
        if not self._lines:
            self._stream.write(json.dumps(self._head)[:-1] + ', "changes": [')
        self._stream.write(",\n" if self._lines else "\n")
        self._stream.write(json.dumps(asdict(line)))
        self._lines += 1

    def close(self, rest: Mapping[str, Any], *, may_change: bool = False) -> None:
        """End the document with everything that is known only now.

        One of a command that *may_change* something has its list of changes, empty too.
        """
        if self._is_closed:
            return
        self._is_closed = True
        if self._lines:
            text = "\n], " + json.dumps(dict(rest))[1:]
        else:
            changes: dict[str, Any] = {"changes": []} if may_change else {}
            text = json.dumps({**self._head, **changes, **rest})
        self._stream.write(text + "\n")


def report_fields(report: PassReport) -> dict[str, Any]:
    """Take what a document says of a pass."""
    already = report.of_plan.already if report.of_plan else 0
    counts = {**report.counts, "already planned fields": already}
    return {
        "pass": report.pass_id,
        "counts": {name.replace(" ", "_"): counts.get(name, 0) for name in _COUNTS},
        "left": report.reasons,
        "causes": report.causes,
        "waiting": report.waiting,
        "undelivered": report.undelivered,
        "put_off": report.put_off,
        "retry_at": report.retry_at,
        "held": [reason for one in report.held for reason in one.reasons],
        "doubts": {one.subject: one.reason for one in report.doubts},
        "paused": report.is_paused,
        "lulls": report.lulls,
        "notes": report.notes,
        "spared": [asdict(line) for line in report.spared],
        "problems": [*report.problems, *report.missing],
    }
