"""What deciding needs: wishes, held passes, and which elements would be taken out."""

from typing import Any

_CHANGES = (
    # what a person asked of a field, until it is done
    "ALTER TABLE field ADD COLUMN wish TEXT",
    "CREATE INDEX field_wish ON field (link) WHERE wish IS NOT NULL",
    # what the brake judges: whether anything of others' or ours is rewritten, and
    # which elements are taken out, so that one entity's count once
    "ALTER TABLE outbox ADD COLUMN rewrites INTEGER",
    "ALTER TABLE outbox ADD COLUMN taken TEXT",
    "ALTER TABLE journal ADD COLUMN taken TEXT NOT NULL DEFAULT '[]'",
    # the pass that a write was planned in, which may be older than the one that sent it
    "ALTER TABLE journal ADD COLUMN planned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE pass ADD COLUMN held TEXT",
    "ALTER TABLE pass ADD COLUMN approved INTEGER NOT NULL DEFAULT 0",
    # what history and undo ask for
    "CREATE INDEX journal_scene ON journal (scene)",
    "CREATE INDEX journal_pass ON journal (pass)",
)


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401 - the runner's own signature
    """Add columns and indexes; nothing that is there changes."""
    for statement in _CHANGES:
        db.execute_sql(statement)
