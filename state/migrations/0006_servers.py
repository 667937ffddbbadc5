"""What politeness needs: a Plex server's hours, and whether it was backed up."""

from typing import Any

_SERVER = """CREATE TABLE server (
  machine TEXT NOT NULL PRIMARY KEY,
  hours TEXT NOT NULL,
  hours_at INTEGER,
  backup_at INTEGER,
  backup_activity TEXT NOT NULL,
  backup_over INTEGER
) STRICT"""


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401 - the runner's own signature
    """Add a table; nothing that is there changes."""
    db.execute_sql(_SERVER)
