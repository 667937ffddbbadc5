"""What seeing needs: counts, marks, deletions remembered, and what is not believed."""

from typing import Any

_CHANGES = (
    # the position up to which entities are compared, and the last job that is over
    "ALTER TABLE scan ADD COLUMN named INTEGER",
    "ALTER TABLE scan ADD COLUMN named_zone INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE scan ADD COLUMN job INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE scan ADD COLUMN job_added TEXT NOT NULL DEFAULT ''",
    # a tombstone is a snapshot that has been buried
    "ALTER TABLE snapshot ADD COLUMN buried_at INTEGER",
    "CREATE INDEX snapshot_buried ON snapshot (buried_at) WHERE buried_at IS NOT NULL",
    """CREATE TABLE census (
  kind TEXT NOT NULL PRIMARY KEY,
  count INTEGER NOT NULL,
  tip INTEGER NOT NULL,
  due INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE mark (
  scene INTEGER NOT NULL PRIMARY KEY,
  absent INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE doubt (
  subject TEXT NOT NULL PRIMARY KEY,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  approved INTEGER NOT NULL
) STRICT""",
)


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401 - the runner's own signature
    """Add columns and tables; nothing that is there changes."""
    for statement in _CHANGES:
        db.execute_sql(statement)
