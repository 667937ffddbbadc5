"""What Plex tells of its maintenance and of who watches: its answers into our values.

Pure. The names of the settings are recorded, of servers 1.2x and 1.43.4; that of the
task, and what tells that it goes on, are as specified.
"""

from datetime import time
from xml.etree.ElementTree import Element

from reconciler.core.errors import (
    GoneError,
    PermanentError,
    ServerError,
    UnauthorisedError,
)
from reconciler.core.lull import Hours

SETTINGS = "/:/prefs"
STREAMS = "/status/sessions"
BACKUP = "/butler/BackupDatabase"
ACTIVITIES = "/activities"

ACTIVITY = "X-Plex-Activity"
"""The header of an answer that names what goes on after it."""

_BEGIN, _END = "ButlerStartHour", "ButlerEndHour"


def read_hours(root: Element) -> Hours | None:
    """Read the hours of its maintenance, by its own clock; None: it has none.

    What ends where it begins is taken for none: all day would be for ever.
    """
    told = {row.get("id"): row.get("value", "") for row in root.iterfind("Setting")}
    try:
        begin, end = (time(hour=int(told[name])) for name in (_BEGIN, _END))
    except (KeyError, ValueError):
        raise PermanentError(
            "Plex does not tell the hours of its maintenance: write them into"
            ' [schedule] quiet, like "02:00-05:00", in the place of "plex"'
        ) from None
    return None if begin == end else Hours(begin=begin, end=end)


def read_streams(root: Element) -> int:
    """Count what is being played, paused or not."""
    return len(root)


def read_activities(root: Element) -> frozenset[str]:
    """Name what the server is at."""
    return frozenset(row.get("uuid", "") for row in root)


def refusal(error: ServerError) -> str:
    """Say why it does not do what it was asked to."""
    if isinstance(error, UnauthorisedError):
        return "it does not take that from who has this token (401 or 403)"
    return "it does not know how (404)" if isinstance(error, GoneError) else str(error)
