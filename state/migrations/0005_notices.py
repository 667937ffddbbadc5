"""What telling needs: what a person was told of already."""

from state.database import LedgerDatabase

_NOTICE = """CREATE TABLE notice (
  about TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  count INTEGER NOT NULL,
  gone INTEGER
) STRICT"""


def up(_migrator: object, db: LedgerDatabase) -> None:
    """Add a table; nothing that is there changes."""
    db.ask(_NOTICE)
