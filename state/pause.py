"""A pause: a mark beside the state, heeded by whoever holds it.

It is a file of its own, and no row, so that one who does not hold the state can set it
while a pass is being delivered.
"""

import os
from pathlib import Path

from state.errors import refused


class Pause:
    """Whether anything may be written to Plex."""

    def __init__(self, state: Path) -> None:
        self._mark = state.with_name(state.name + ".paused")

    def since(self) -> int | None:
        """Say since when nothing is to be written, as `begin` was told; or None.

        A mark that somebody has made by hand counts as one from the beginning of time.
        """
        try:
            text = self._mark.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise refused(f"read {self._mark}", error) from error
        return int(text) if text.isdecimal() else 0

    def begin(self, moment: int) -> bool:
        """Let nothing be written from *moment* on; say whether that is news."""
        if self.since() is not None:
            return False
        try:
            self._mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(
                self._mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
            )
        except OSError as error:
            raise refused(f"write {self._mark}", error) from error
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as mark:
                mark.write(f"{moment}\n")
        except OSError as error:
            self._mark.unlink()  # what is said to have failed must not hold
            raise refused(f"write {self._mark}", error) from error
        return True

    def end(self) -> bool:
        """Let things be written again; say whether that is news."""
        try:
            self._mark.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise refused(f"remove {self._mark}", error) from error
        return True
