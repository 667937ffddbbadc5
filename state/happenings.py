"""The tables of what befell, and of what was told of it, as peewee sees them."""

from peewee import IntegerField, TextField

from state.models import Row


class Outage(Row):
    """When a server could not be asked; open until it answers."""

    id = IntegerField(primary_key=True)
    server = TextField()
    began = IntegerField()
    ended = IntegerField(null=True)
    failures = IntegerField()
    rests = IntegerField()
    rests_until = IntegerField()
    asked_until = IntegerField()
    of_write = IntegerField()
    kind = TextField()
    cause = TextField()


Outage.add_index(
    Outage.index(
        Outage.server,
        unique=True,
        where=(Outage.ended.is_null()),
        name="outage_open",
    )
)


class Notice(Row):
    """What a person was told of and not yet told is over."""

    about = TextField(primary_key=True)
    kind = TextField()
    message = TextField()
    count = IntegerField()
    gone = IntegerField(null=True)


class Server(Row):
    """What is remembered of a Plex server as such."""

    machine = TextField(primary_key=True)
    hours = TextField()
    hours_at = IntegerField(null=True)
    backup_at = IntegerField(null=True)
    backup_activity = TextField()
    backup_over = IntegerField(null=True)


class Restoration(Row):
    """When this state was put back to an earlier one."""

    id = IntegerField(primary_key=True)
    at = IntegerField()
    made_at = IntegerField(null=True)
    pass_id = IntegerField(column_name="pass", null=True)
    scene = IntegerField()
    ended = IntegerField(null=True)
