"""What is taken over from a state into the one that takes its place: dead letters.

A letter is of a link, and of one revision of its scene, so these go with it: without
them the scene would be new to the next pass, and the field would be tried again.
"""

from pathlib import Path

from state.database import LedgerDatabase

_SCENES = (
    """
CREATE TEMP TABLE taken AS SELECT DISTINCT scene FROM old.link
WHERE id IN (SELECT link FROM old.dead_letter)
""",
    """
INSERT OR REPLACE INTO main.snapshot
  (scene, stamp, stamped_at, read_at, unsettled, revision, fingerprint, content,
   buried_at)
SELECT scene, stamp, stamped_at, read_at, unsettled, revision, fingerprint, content,
  buried_at
FROM old.snapshot WHERE scene IN taken
""",
    "DELETE FROM main.reference WHERE scene IN taken",
    """
INSERT INTO main.reference (scene, kind, entity)
SELECT scene, kind, entity FROM old.reference WHERE scene IN taken
""",
    """
INSERT OR IGNORE INTO main.entity (kind, id, name, parents, digest)
SELECT kind, id, name, parents, digest FROM old.entity
WHERE (kind, id) IN (SELECT kind, entity FROM old.reference WHERE scene IN taken)
""",
)

_LINKS = (
    # without a marker it is listed anew
    """
INSERT OR IGNORE INTO main.target (machine, section, title, marker, cursor, active)
SELECT machine, section, title, '', 0, active FROM old.target WHERE id IN (
  SELECT target FROM old.link WHERE id IN (SELECT link FROM old.dead_letter)
)
""",
    """
CREATE TEMP TABLE known AS
SELECT link.id, target.id AS target, item, scene, path, evidence, incarnation, lost,
  link.id IN (SELECT link FROM old.dead_letter) AS has_letter
FROM old.link JOIN old.target AS former ON former.id = link.target
JOIN main.target USING (machine, section)
""",
    """
INSERT OR IGNORE INTO main.link
  (target, item, scene, path, evidence, incarnation, lost)
SELECT target, item, scene, path, evidence, incarnation, lost FROM known
WHERE has_letter AND NOT EXISTS (
  SELECT 1 FROM main.link AS here
  WHERE here.target = known.target AND here.scene = known.scene
    AND (here.item = known.item OR here.path = known.path)
)
""",
    # a link is the same where it is of the same item, or else of the same file: either
    # may be another since; of all rows of a group, that with the least has the say
    """
CREATE TEMP TABLE met AS
SELECT known.id AS former, here.id, here.target, known.path, known.item, has_letter,
  known.evidence, known.incarnation, known.lost, here.item != known.item AS has_moved,
  min(here.item != known.item)
FROM known JOIN main.link AS here ON here.target = known.target
  AND here.scene = known.scene AND (here.item = known.item OR here.path = known.path)
GROUP BY known.id
""",
    """
UPDATE main.field SET seen = NULL
WHERE link IN (SELECT id FROM met WHERE has_letter AND has_moved)
""",
    """
UPDATE OR IGNORE main.link SET item = met.item, path = met.path,
  evidence = met.evidence, incarnation = met.incarnation, lost = met.lost
FROM met WHERE met.id = link.id AND has_letter
""",
    # or the link would count as lost until its library is listed
    """
DELETE FROM main.item_path
WHERE (target, path) IN (SELECT target, path FROM met WHERE has_letter)
""",
    """
INSERT INTO main.item_path (target, item, path)
SELECT DISTINCT target, item, path FROM met WHERE has_letter AND NOT lost
""",
)

_LETTERS = (
    # what was a letter then and is none now was delivered since, or let go; but of what
    # was before it was begun anew itself, a state does not know
    """
DELETE FROM main.dead_letter WHERE link IN (SELECT id FROM met) AND NOT EXISTS (
  SELECT 1 FROM old.restoration WHERE at >= dead_letter.buried_at
)
""",
    """
INSERT OR REPLACE INTO main.dead_letter
  (link, field, target, revision, attempts, buried_at, error, first_at, kind, chain,
   server, dropped_at)
SELECT met.id, field, met.target, revision, attempts, buried_at, error, first_at, kind,
  chain, server, dropped_at
FROM old.dead_letter AS letter JOIN met ON met.former = letter.link
""",
    # what plex said of its field, or a change in stash would find it never looked at;
    # not of one that is remembered here: what was there before us is known from there
    """
INSERT OR IGNORE INTO main.field
  (link, field, base, seen, verdict, reason, ours, first, owned, yielded, forms)
SELECT met.id, field, base, seen, verdict, reason, ours, first, owned, yielded, forms
FROM old.field JOIN met ON met.former = field.link
WHERE (link, field) IN (SELECT link, field FROM old.dead_letter)
""",
    # what was still owed then has been given up since
    """
UPDATE main.outbox SET fields = (
  SELECT json_group_array(value) FROM json_each(outbox.fields) WHERE value NOT IN (
    SELECT field FROM main.dead_letter WHERE link = outbox.link
  )
) WHERE link IN (SELECT link FROM main.dead_letter)
""",
    "DELETE FROM main.outbox WHERE fields = '[]'",
)


def take_letters(db: LedgerDatabase, old: Path) -> None:
    """Take the dead letters of the state *old*.

    Both are of this version. What *old* knows of the scenes and links of its letters is
    newer than what *db* knows, which gives way; what *db* remembers of fields does not.
    """
    db.ask("ATTACH DATABASE ? AS old", str(old))
    with db.atomic():
        for statement in (*_SCENES, *_LINKS, *_LETTERS):
            db.ask(statement)
