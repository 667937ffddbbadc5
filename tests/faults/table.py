"""What faults have cost, as a table: with `pytest -s`."""

import sys
from dataclasses import dataclass, field

from tests.faults.ground import Trouble
from tests.faults.trial import Trial


@dataclass(slots=True)
class Table:
    rows: list[tuple[str, int, int]] = field(default_factory=list)

    def try_alone(self, trial: Trial, trouble: Trouble) -> int:
        """Let one trouble befall; count the passes until all was as Stash says."""
        before = trial.ground.injected
        passes = trial.live([trouble])
        self.rows.append((trouble.name, trial.ground.injected - before, passes))
        return passes

    def show(self) -> None:
        for name, injected, passes in sorted(self.rows, key=lambda row: -row[2]):
            sys.stdout.write(f"{name:42} {injected:3} injected {passes:3} passes\n")
