"""What telling of libraries needs: which of those that are named Plex does not have."""

from state.database import LedgerDatabase

_MISSING = """CREATE TABLE missing (
  title TEXT NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL
) STRICT"""


def up(_migrator: object, db: LedgerDatabase) -> None:
    """Add a table; nothing that is there changes."""
    db.ask(_MISSING)
