"""What a pass's planned entries come to, and what counts beside them: for the brake."""

import json
from collections.abc import Iterable

from state.database import LedgerDatabase
from state.records import LoadRecord

_LOAD = """
WITH mine AS (
  SELECT overwrites, removals, rewrites, taken, writes FROM outbox
  WHERE stage = 'planned' AND pass = ?
), done AS (
  SELECT overwrites, removals, 0 AS rewrites, taken FROM journal
  WHERE opened_at >= ?
    AND (outcome IS NULL OR outcome NOT IN (SELECT value FROM json_each(?)))
    AND planned NOT IN (SELECT id FROM pass WHERE approved)
  UNION ALL
  SELECT overwrites, removals, rewrites, taken FROM outbox
  WHERE stage = 'released' AND pass NOT IN (SELECT id FROM pass WHERE approved)
), mine_taken AS (
  SELECT DISTINCT element.value FROM mine, json_each(mine.taken) AS element
), done_taken AS (
  SELECT DISTINCT element.value FROM done, json_each(done.taken) AS element
)
SELECT
  (SELECT COALESCE(SUM(overwrites), 0) FROM mine),
  (SELECT COALESCE(SUM(removals), 0) FROM mine) + (
    SELECT COUNT(*) FROM mine_taken WHERE value NOT IN (SELECT value FROM done_taken)
  ),
  (SELECT COALESCE(SUM(rewrites), 0) FROM mine),
  (SELECT COUNT(*) FROM mine WHERE writes > 0),
  (SELECT COALESCE(SUM(overwrites), 0) FROM done),
  (SELECT COALESCE(SUM(removals), 0) FROM done) + (SELECT COUNT(*) FROM done_taken),
  (SELECT COALESCE(SUM(rewrites), 0) FROM done)
"""


def add_up(
    db: LedgerDatabase, pass_id: int, since: int, excluding: Iterable[str]
) -> LoadRecord:
    """Add them up, as `OutboxBook.load` says."""
    nothing = json.dumps(list(excluding))
    ((overwrites, removals, rewrites, writing, *done),) = db.ask(
        _LOAD, pass_id, since, nothing
    )
    return LoadRecord(
        overwrites=overwrites,
        removals=removals,
        rewrites=rewrites,
        writing=writing,
        done_overwrites=done[0],
        done_removals=done[1],
        done_rewrites=done[2],
    )
