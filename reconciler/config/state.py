"""Where the state is, where its backups are, and how many of them are kept."""

from pathlib import Path

from reconciler.config.kinds import Copies, LocalFile
from reconciler.config.table import Table


class State(Table):
    """The ledger's file; `load` knows the folder for it if nobody says."""

    path: LocalFile
    backups: LocalFile | None = None
    keep_backups: Copies = 7

    @property
    def folder(self) -> Path:
        """Where its backups are: beside it, if nobody says."""
        return self.backups or self.path.with_name(f"{self.path.name}.backups")
