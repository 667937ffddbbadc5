"""What faults need: outages, tries of each field, and what dead letters tell."""

from typing import Any

_OUTAGE = """CREATE TABLE outage (
  id INTEGER NOT NULL PRIMARY KEY,
  server TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,
  failures INTEGER NOT NULL,
  rests INTEGER NOT NULL,
  rests_until INTEGER NOT NULL,
  asked_until INTEGER NOT NULL,
  of_write INTEGER NOT NULL,
  kind TEXT NOT NULL,
  cause TEXT NOT NULL
) STRICT"""

_COLUMNS = (
    # how often each field was tried, and when first: JSON
    "ALTER TABLE outbox ADD COLUMN tries TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE dead_letter ADD COLUMN first_at INTEGER NOT NULL DEFAULT 0",
    "UPDATE dead_letter SET first_at = buried_at",
    "ALTER TABLE dead_letter ADD COLUMN kind TEXT NOT NULL DEFAULT 'failed'",
    "ALTER TABLE dead_letter ADD COLUMN chain TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE dead_letter ADD COLUMN server TEXT NOT NULL DEFAULT ''",
    # one that is forgotten: its field is left until the scene changes
    "ALTER TABLE dead_letter ADD COLUMN dropped_at INTEGER",
)


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401 - the runner's own signature
    """Add a table and columns; nothing that is there changes."""
    db.execute_sql(_OUTAGE)
    db.execute_sql(
        "CREATE UNIQUE INDEX outage_open ON outage (server) WHERE ended IS NULL"
    )
    for statement in _COLUMNS:
        db.execute_sql(statement)
