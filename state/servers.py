"""What is remembered of a Plex server as such: its hours, and its backup."""

from dataclasses import asdict, dataclass

from state.happenings import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRecord:
    """What is remembered of a Plex server as such."""

    machine: str
    hours: str = ""
    """Of its own maintenance, as the caller's text; empty where it has none."""
    hours_at: int | None = None
    """When it told them; None: never yet."""
    backup_at: int | None = None
    """When it was asked for a backup of its database; None: never yet."""
    backup_activity: str = ""
    """The activity that it named then, if it did."""
    backup_over: int | None = None
    """When that was made, or refused, or waited for long enough."""


class Servers:
    """The book of Plex servers, by what they call their machine."""

    def get(self, machine: str) -> ServerRecord:
        """Read what is known of a server; nothing is, of a new one."""
        row = Server.get_or_none(Server.machine == machine)
        if row is None:
            return ServerRecord(machine=machine)
        return ServerRecord(
            machine=row.machine,
            hours=row.hours,
            hours_at=row.hours_at,
            backup_at=row.backup_at,
            backup_activity=row.backup_activity,
            backup_over=row.backup_over,
        )

    def put(self, server: ServerRecord) -> None:
        """Record what is known of a server, in place of what was."""
        Server.insert(asdict(server)).on_conflict_replace().execute()
