"""The rules that docs/design.md states, worked out anew: what Plex has of a scene."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from tests.sandbox.plex.switches import Switches

_VALUE, _NAME = 7_500, 1_000
_MANY = 6_000
_WIDTH = 255
_LOST = 1_600
"""Characters of a query that a cut may cost: a long word, or a heap of accents."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is stated, for a Plex with these habits."""

    switches: Switches

    def block(self, text: str) -> str:
        """Put text of several lines in form."""
        text = re.sub("[\ud800-\udbff][\udc00-\udfff]", _joined, text)
        text = re.sub("[\ud800-\udfff]", "\ufffd", text)
        text = re.sub("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
        text = text.replace("\t", " ")
        kept = (c for c in text if c == "\n" or unicodedata.category(c) != "Cc")
        text = "".join(c for c in kept if c not in "\ufffe\uffff")
        return unicodedata.normalize("NFC", text).strip()

    def line(self, text: str) -> str:
        """Put text of one line in form."""
        return re.sub(r"\s+", " ", self.block(text)).strip()

    def is_summary(self, found: str, said: str) -> bool:
        """Whether a summary is as stated."""
        whole = self.block(said)
        if self.switches.newlines_become_spaces:
            whole = whole.replace("\n", " ")
        return _is_of(found, whole, _VALUE)

    def is_value(self, found: str, said: str) -> bool:
        """Whether a title or a studio is as stated."""
        whole = self.line(said)
        if self.switches.cuts_at_255 and len(whole) > _WIDTH:
            return found == whole[:_WIDTH]
        return _is_of(found, whole, _VALUE)

    def is_set(self, found: Iterable[str], said: Iterable[str]) -> bool:
        """Whether the elements are as stated: all, or the first that have room."""
        there = [_identity(name) for name in found]
        wanted = dict[str, str]()
        lines = filter(None, map(self.line, said))
        for line in sorted(lines, key=lambda one: (one.casefold(), one)):
            wanted.setdefault(_identity(line), line)
        room = sum(min(_length(name), _NAME) + 25 for name in wanted.values())
        keys = list(wanted)
        if room > _MANY:
            keys = keys[: len(there)]
        return (
            all(any(self._is_element(one, key) for key in keys) for one in there)
            and all(any(self._is_element(one, key) for one in there) for key in keys)
            and (room <= _MANY or self._is_full(wanted.values(), len(there)))
        )

    def date(self, said: str | None) -> str:
        """Say what a date comes to."""
        text = (said or "").strip()
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
            return ""
        try:
            return dt.date.fromisoformat(f"{text}-01-01"[:10]).isoformat()
        except ValueError:
            return ""

    def _is_element(self, found: str, wanted: str) -> bool:
        if found == wanted:
            return True
        is_cut = found.endswith("…") and _length(wanted) > _NAME - _LOST
        is_narrow = self.switches.cuts_at_255 and len(found) > _WIDTH - 20
        return (is_cut or is_narrow) and wanted.startswith(found.removesuffix("…"))

    @staticmethod
    def _is_full(names: Iterable[str], count: int) -> bool:
        """Whether there was no room for one more than *count*."""
        rooms = [min(_length(name), _NAME) + 25 for name in names]
        return sum(rooms[: count + 1]) > _MANY - _LOST


def _is_of(found: str, whole: str, room: int) -> bool:
    if _length(whole) <= room:
        return found == whole
    is_near = room - _LOST < _length(found) <= room
    return is_near and found.endswith("…") and whole.startswith(found[:-1])


def _identity(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())


def _length(text: str) -> int:
    return len(quote(text, safe=""))


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
