"""How often Plex is asked whether it has what scenes wait for; all in seconds."""

FRESH = 3600.0
"""So long after a scene has begun to wait, its item may come at any moment."""

PAUSE = 900.0
"""Between two looks after that: a scene that Plex will never have waits for ever."""


def is_time(waited: float | None, looked: float | None) -> bool:
    """Whether to look again, while scenes wait.

    *waited* is how long that scene does which has waited least, None where it is not
    known; *looked* is how long ago the last look was, None where there was none.
    """
    if looked is None or looked >= PAUSE:
        return True
    return waited is not None and waited < FRESH
