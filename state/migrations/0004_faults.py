"""What faults need: outages, with the rest that a server is given in them."""

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


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401 - the runner's own signature
    """Add a table; nothing that is there changes."""
    db.execute_sql(_OUTAGE)
    db.execute_sql(
        "CREATE UNIQUE INDEX outage_open ON outage (server) WHERE ended IS NULL"
    )
