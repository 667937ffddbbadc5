"""What counting needs: fields by what was decided, without reading all of each."""

from state.database import LedgerDatabase

_INDEX = "CREATE INDEX field_verdict_reason_link ON field (verdict, reason, link)"


def up(_migrator: object, db: LedgerDatabase) -> None:
    """Add an index; nothing that is there changes."""
    db.ask(_INDEX)
