"""The tables as peewee sees them; private to this package."""

from peewee import SQL, CompositeKey, IntegerField, Model, TextField


class Row(Model):
    """A STRICT table."""

    class Meta:
        strict_tables = True
        legacy_table_names = False


class Target(Row):
    id = IntegerField(primary_key=True)
    machine = TextField()
    section = TextField()
    title = TextField()
    marker = TextField()
    cursor = IntegerField()
    active = IntegerField()

    class Meta:
        indexes = ((("machine", "section"), True),)


class Missing(Row):
    """A library that the configuration names, and that Plex did not have when asked."""

    title = TextField(primary_key=True)
    since = IntegerField()


class Scan(Row):
    """One row: how far Stash has been read."""

    id = IntegerField(primary_key=True)
    watermark = IntegerField(null=True)
    zone = IntegerField()
    cursor_clock = IntegerField(null=True)
    cursor_newest = IntegerField(null=True)
    cursor_zone = IntegerField()
    cursor_scene = IntegerField()
    meaning = TextField()
    named = IntegerField(null=True)
    named_zone = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    job = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    job_added = TextField(default="", constraints=[SQL("DEFAULT ''")])


class Snapshot(Row):
    scene = IntegerField(primary_key=True)
    stamp = TextField()
    stamped_at = IntegerField()
    read_at = IntegerField()
    unsettled = IntegerField()
    revision = IntegerField()
    fingerprint = TextField()
    content = TextField()
    buried_at = IntegerField(null=True)


Snapshot.add_index(
    Snapshot.index(
        Snapshot.stamped_at, where=(Snapshot.unsettled == 1), name="snapshot_unsettled"
    )
)
Snapshot.add_index(
    Snapshot.index(
        Snapshot.buried_at,
        where=(Snapshot.buried_at.is_null(is_null=False)),
        name="snapshot_buried",
    )
)


class Census(Row):
    """How many rows of a kind Stash was last seen to have."""

    kind = TextField(primary_key=True)
    count = IntegerField()
    tip = IntegerField()
    due = IntegerField()


class Mark(Row):
    """A scene that has to be read again, though its stamp does not say so."""

    scene = IntegerField(primary_key=True)
    absent = IntegerField()


class Doubt(Row):
    """What a server says and is not believed."""

    subject = TextField(primary_key=True)
    reason = TextField()
    since = IntegerField()
    approved = IntegerField()


class Entity(Row):
    kind = TextField()
    id = IntegerField()
    name = TextField()
    parents = TextField()
    digest = TextField()

    class Meta:
        primary_key = CompositeKey("kind", "id")
        indexes = ((("kind", "name"), False),)


class Reference(Row):
    scene = IntegerField()
    kind = TextField()
    entity = IntegerField()

    class Meta:
        primary_key = CompositeKey("scene", "kind", "entity")
        indexes = ((("kind", "entity"), False),)


class ItemPath(Row):
    """Which item holds which file, as the last listing had it."""

    target = IntegerField()
    item = TextField()
    path = TextField(index=True)

    class Meta:
        primary_key = CompositeKey("target", "item", "path")


class Link(Row):
    id = IntegerField(primary_key=True)
    target = IntegerField()
    item = TextField()
    scene = IntegerField(index=True)
    path = TextField()
    evidence = TextField()
    incarnation = IntegerField()
    lost = IntegerField()

    class Meta:
        indexes = ((("target", "item", "scene"), True),)


class Field(Row):
    link = IntegerField()
    field = TextField()
    base = TextField(null=True)
    seen = TextField(null=True)
    verdict = TextField(null=True)
    reason = TextField(null=True)
    ours = IntegerField()
    first = TextField(null=True)
    owned = TextField()
    yielded = TextField()
    forms = TextField()
    wish = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("link", "field")
        indexes = ((("verdict", "reason", "link"), False),)


Field.add_index(
    Field.index(
        Field.link, where=(Field.wish.is_null(is_null=False)), name="field_wish"
    )
)


class Outbox(Row):
    link = IntegerField(primary_key=True)
    target = IntegerField()
    fields = TextField()
    revision = IntegerField()
    stage = TextField()
    cause = TextField()
    pass_id = IntegerField(column_name="pass")
    owed_at = IntegerField()
    attempts = IntegerField()
    not_before = IntegerField()
    error = TextField(null=True)
    overwrites = IntegerField(null=True)
    removals = IntegerField(null=True)
    rewrites = IntegerField(null=True)
    taken = TextField(null=True)
    tries = TextField(default="{}", constraints=[SQL("DEFAULT '{}'")])
    writes = IntegerField(null=True)

    class Meta:
        indexes = ((("stage", "target"), False),)


class Waiting(Row):
    scene = IntegerField()
    target = IntegerField()
    since = IntegerField()
    tended = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])

    class Meta:
        primary_key = CompositeKey("scene", "target")


class Journal(Row):
    """One row per PUT, written before it; open until its outcome is known."""

    id = IntegerField(primary_key=True)
    link = IntegerField(index=True)
    target = IntegerField()
    item = TextField()
    scene = IntegerField(index=True)
    pass_id = IntegerField(column_name="pass", index=True)
    revision = IntegerField()
    opened_at = IntegerField(index=True)
    fields = TextField()
    overwrites = IntegerField()
    removals = IntegerField()
    outcome = TextField(null=True)
    taken = TextField(default="[]", constraints=[SQL("DEFAULT '[]'")])
    planned = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])


Journal.add_index(
    Journal.index(Journal.id, where=(Journal.outcome.is_null()), name="journal_open")
)


class DeadLetter(Row):
    link = IntegerField()
    field = TextField()
    target = IntegerField()
    revision = IntegerField()
    attempts = IntegerField()
    buried_at = IntegerField()
    error = TextField()
    first_at = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    kind = TextField(default="failed", constraints=[SQL("DEFAULT 'failed'")])
    chain = TextField(default="[]", constraints=[SQL("DEFAULT '[]'")])
    server = TextField(default="", constraints=[SQL("DEFAULT ''")])
    dropped_at = IntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("link", "field")


class Pass(Row):
    id = IntegerField(primary_key=True)
    kind = TextField()
    started_at = IntegerField()
    ended_at = IntegerField(null=True)
    outcome = TextField(null=True)
    counts = TextField()
    held = TextField(null=True)
    approved = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
