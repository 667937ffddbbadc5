"""The first schema: everything that belongs to a Plex library names its target."""

from typing import Any

_TABLES = """
CREATE TABLE target (
  id INTEGER NOT NULL PRIMARY KEY,
  machine TEXT NOT NULL,
  section TEXT NOT NULL,
  title TEXT NOT NULL,
  marker TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  active INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX target_machine_section ON target (machine, section);
CREATE TABLE scan (
  id INTEGER NOT NULL PRIMARY KEY,
  watermark INTEGER,
  zone INTEGER NOT NULL,
  cursor_clock INTEGER,
  cursor_newest INTEGER,
  cursor_zone INTEGER NOT NULL,
  cursor_scene INTEGER NOT NULL,
  meaning TEXT NOT NULL
) STRICT;
CREATE TABLE snapshot (
  scene INTEGER NOT NULL PRIMARY KEY,
  stamp TEXT NOT NULL,
  stamped_at INTEGER NOT NULL,
  read_at INTEGER NOT NULL,
  unsettled INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX snapshot_unsettled ON snapshot (stamped_at) WHERE unsettled = 1;
CREATE TABLE entity (
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  parents TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX entity_kind_name ON entity (kind, name);
CREATE TABLE reference (
  scene INTEGER NOT NULL,
  kind TEXT NOT NULL,
  entity INTEGER NOT NULL,
  PRIMARY KEY (scene, kind, entity)
) STRICT;
CREATE INDEX reference_kind_entity ON reference (kind, entity);
CREATE TABLE item_path (
  target INTEGER NOT NULL,
  item TEXT NOT NULL,
  path TEXT NOT NULL,
  listing INTEGER NOT NULL,
  PRIMARY KEY (target, item, path)
) STRICT;
CREATE INDEX item_path_path ON item_path (path);
CREATE TABLE link (
  id INTEGER NOT NULL PRIMARY KEY,
  target INTEGER NOT NULL,
  item TEXT NOT NULL,
  scene INTEGER NOT NULL,
  path TEXT NOT NULL,
  evidence TEXT NOT NULL,
  incarnation INTEGER NOT NULL,
  lost INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX link_target_item_scene ON link (target, item, scene);
CREATE INDEX link_scene ON link (scene);
CREATE TABLE field (
  link INTEGER NOT NULL,
  field TEXT NOT NULL,
  base TEXT,
  seen TEXT,
  verdict TEXT,
  reason TEXT,
  ours INTEGER NOT NULL,
  first TEXT,
  owned TEXT NOT NULL,
  yielded TEXT NOT NULL,
  forms TEXT NOT NULL,
  PRIMARY KEY (link, field)
) STRICT;
CREATE TABLE outbox (
  link INTEGER NOT NULL PRIMARY KEY,
  target INTEGER NOT NULL,
  fields TEXT NOT NULL,
  revision INTEGER NOT NULL,
  stage TEXT NOT NULL,
  cause TEXT NOT NULL,
  pass INTEGER NOT NULL,
  owed_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  error TEXT,
  overwrites INTEGER,
  removals INTEGER
) STRICT;
CREATE INDEX outbox_stage_target ON outbox (stage, target);
CREATE TABLE waiting (
  scene INTEGER NOT NULL,
  target INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (scene, target)
) STRICT;
CREATE TABLE journal (
  id INTEGER NOT NULL PRIMARY KEY,
  link INTEGER NOT NULL,
  target INTEGER NOT NULL,
  item TEXT NOT NULL,
  scene INTEGER NOT NULL,
  pass INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  fields TEXT NOT NULL,
  overwrites INTEGER NOT NULL,
  removals INTEGER NOT NULL,
  outcome TEXT
) STRICT;
CREATE INDEX journal_open ON journal (id) WHERE outcome IS NULL;
CREATE INDEX journal_link ON journal (link);
CREATE INDEX journal_opened_at ON journal (opened_at);
CREATE TABLE dead_letter (
  link INTEGER NOT NULL,
  field TEXT NOT NULL,
  target INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  buried_at INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (link, field)
) STRICT;
CREATE TABLE pass (
  id INTEGER NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT,
  counts TEXT NOT NULL
) STRICT;
"""


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401 - the runner's own signature
    """Make every table; the DDL is by hand, so that raw SQL meets the same rules."""
    for statement in _TABLES.split(";"):
        if statement.strip():
            db.execute_sql(statement)
