"""What one edit of Plex has room for: a longer text ends early, a longer list too.

An edit is the query of a URL, so what counts is the length there: one character for a
plain letter, three for every byte of UTF-8 otherwise. No limit of Plex is known; 8,000
characters are what servers commonly take, and a field is never parted.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import accumulate

VALUE = 7_500
"""Room for a value, so that it fits into one edit whatever the server is called."""

NAME = 1_000
"""Room for the name of one element."""

NAMES = 6_000
"""Room for all elements of a set; what others have put there comes on top of it."""

_PLAIN = re.compile("[A-Za-z0-9_.~-]+")
"""What stands in a query as it is."""
_ELLIPSIS = "…"
_NUMBERING = 25
"""Of an element in the query: `&actor%5B499%5D.tag.tag=`."""
_LONGEST_WORD = 60
"""Characters that are given up at most for the sake of a whole word."""
_JOINER = "\u200d"


def fitting(text: str, room: int) -> str:
    """Cut *text* to *room*: at the end of a word, with an ellipsis to show it."""
    if len(text) <= room and _length(text) <= room:
        return text
    left = room - _length(_ELLIPSIS)
    lengths = accumulate(map(_length, text[: left + 1]))
    end = sum(length <= left for length in lengths)
    return text[: _end_of_word(text, end)].rstrip() + _ELLIPSIS


def first_fitting(names: Iterable[str], room: int) -> tuple[str, ...]:
    """Take as many of *names* as there is room for, in their order."""
    names = tuple(names)
    lengths = accumulate(_length(name) + _NUMBERING for name in names)
    return names[: sum(length <= room for length in lengths)]


def _length(text: str) -> int:
    """Count what *text* takes in a query, without spelling it."""
    others = _PLAIN.sub("", text)
    return len(text) - len(others) + 3 * len(others.encode())


def _end_of_word(text: str, end: int) -> int:
    """Find where to cut at *end* at the latest: the text goes on there."""
    for place in range(end, max(end - _LONGEST_WORD, 0), -1):
        if text[place].isspace():
            return place
    while end and _belong_together(text[end - 1], text[end]):
        end -= 1
    return end


def _belong_together(left: str, right: str) -> bool:
    # an accent or a joined emoji is no character of its own
    return _JOINER in {left, right} or unicodedata.category(right).startswith("M")
