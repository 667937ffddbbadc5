"""Times of the day in which nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time


class AllDayError(ValueError):
    """Hours that end where they begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From one local time of the day to another, which may be the next morning."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """Read hours like 02:00-05:00; a `ValueError` says that they are none.

        24:00 is the end of the day, so that 00:00-24:00 is all of it.
        """
        first, last = (part.strip() for part in text.split("-"))
        is_to_the_end = last == "24:00"
        begin = time.fromisoformat(first)
        end = time() if is_to_the_end else time.fromisoformat(last)
        if begin == end and not is_to_the_end:
            raise AllDayError(text)
        return cls(begin=begin, end=end)

    def __str__(self) -> str:
        end = "24:00" if self.end == time() else f"{self.end:%H:%M}"
        return f"{self.begin:%H:%M}-{end}"

    def holds(self, moment: time) -> bool:
        """Whether a moment lies within; an end at the beginning is a whole day."""
        if self.begin < self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end


def within(hours: Iterable[Hours], local: datetime) -> Hours | None:
    """Find the hours in which a local moment lies."""
    return next((one for one in hours if one.holds(local.time())), None)
