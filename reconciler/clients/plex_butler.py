"""What Plex tells of its maintenance and of who watches: its answers into our values.

Pure. The names of the settings are recorded, of servers 1.2x and 1.43.4.
"""

from datetime import time
from xml.etree.ElementTree import Element

from reconciler.core.errors import PermanentError
from reconciler.core.lull import Hours

SETTINGS = "/:/prefs"
STREAMS = "/status/sessions"

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
