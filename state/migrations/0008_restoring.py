"""What a state needs that was put back: when, to what, and how far it has caught up."""

from typing import Any

_RESTORATION = """CREATE TABLE restoration (
  id INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  made_at INTEGER,
  pass INTEGER,
  scene INTEGER NOT NULL,
  ended INTEGER
) STRICT"""


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401 - the runner's own signature
    """Add a table and a column; nothing that is there changes."""
    db.execute_sql(_RESTORATION)
    # how many fields an entry would write, once it was looked at
    db.execute_sql("ALTER TABLE outbox ADD COLUMN writes INTEGER")
