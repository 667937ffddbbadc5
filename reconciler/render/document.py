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


class Document:
    """An audience that writes each line down at once: no library is held in memory."""

    def __init__(self, stream: TextIO, command: str) -> None:
        self._stream = stream
        self._lines = 0
        head = json.dumps({"version": VERSION, "command": command})
        self._stream.write(head[:-1] + ', "changes": [')

    def stage(self, name: str, total: int | None) -> None:
        """Take no notice."""

    def advance(self, steps: int = 1) -> None:
        """Take no notice."""

    def line(self, line: Line) -> None:
        """Write down one field that is planned, or that was written."""
        self._stream.write(",\n" if self._lines else "\n")
        self._stream.write(json.dumps(asdict(line)))
        self._lines += 1

    def close(self, rest: Mapping[str, Any]) -> None:
        """End the document with everything that is known only now."""
        self._stream.write("], " + json.dumps(dict(rest))[1:] + "\n")


def report_fields(report: PassReport) -> dict[str, Any]:
    """Take what a document says of a pass."""
    return {
        "pass": report.pass_id,
        "counts": report.counts,
        "left": report.reasons,
        "causes": report.causes,
        "waiting": report.waiting,
        "undelivered": report.undelivered,
        "held": list(report.held),
        "problems": list(report.problems),
    }
