"""What a listing has shown so far, while it goes on: a bit for each row of the state.

It is in memory only, so a listing that finds everything as it is known writes nothing,
and one that is cut short leaves nothing behind to be taken for complete.
"""

from collections.abc import Iterable


class Shown:
    """The rows that one listing has shown, by their numbers in the table.

    Takes a bit for each number up to the highest: 125 kB for a million. None of these
    rows may go while the listing goes on: their numbers would be given to others.
    """

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, rows: Iterable[int]) -> None:
        """Take note of rows that were shown."""
        for row in rows:
            place = row >> 3
            if place >= len(self._bits):
                self._bits.extend(bytes(place + 1 - len(self._bits)))
            self._bits[place] |= 1 << (row & 7)

    def __contains__(self, row: int) -> bool:
        place = row >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (row & 7) & 1)
