"""What partial scans need: whether a scene that waits has been seen to."""

from state.database import LedgerDatabase

_TENDED = "ALTER TABLE waiting ADD COLUMN tended INTEGER NOT NULL DEFAULT 0"


def up(_migrator: object, db: LedgerDatabase) -> None:
    """Add a column; nothing that is there changes."""
    db.ask(_TENDED)
