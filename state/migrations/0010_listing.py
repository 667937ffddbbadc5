"""What listings need no more: a number on each row of what they had."""

from state.database import LedgerDatabase

_UNNUMBERED = "ALTER TABLE item_path DROP COLUMN listing"


def up(_migrator: object, db: LedgerDatabase) -> None:
    """Take a column away; which item holds which file stays as it is."""
    db.ask(_UNNUMBERED)
