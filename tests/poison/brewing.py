"""Poison, drawn from a seed: text that has broken something somewhere."""

from dataclasses import dataclass
from random import Random

FRAGMENTS = (
    "\x00",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x9b2J",
    "\x85",
    "\v",
    "\f",
    "\x1c",
    "\u2028",
    "\u2029",
    "\ud800",
    "\udfff",
    "\ud83d",
    "\ufffe",
    "\uffff",
    "\ufffd",
    "\ufeff",
    "\u200b",
    "\u00a0",
    "\u3000",
    "\u202e",
    "\u202c",
    "\u2066",
    "\u2069",
    "\u200f",
    "שלום",
    "مرحبا بالعالم",
    "日本語",
    "🦊",
    "🧑\u200d🌾",
    "👩🏽\u200d🚀",
    "🏴\U000e0067\U000e007f",
    "\U0010ffff",
    "\U0001fffe",
    "\U000e0001",
    "e\u0301",
    "A\u030a",
    "Å",
    "\u0301",
    "a" + "\u0300" * 40,
    "ß",
    "İ",
    "\u0131",
    "ﬁ",
    "ǅ",
    ",",
    ";",
    "%",
    "%2C",
    "%252C",
    "%00",
    "%zz",
    "+",
    "&",
    "=",
    "?",
    "#",
    "/",
    "\\",
    "'",
    '"',
    "`",
    "<",
    ">",
    "]]>",
    "<!--",
    "&amp;",
    "&#0;",
    "[0]",
    "[].tag.tag-=",
    "{}",
    "$(x)",
    "'; DROP TABLE scene; --",
    "null",
    "NaN",
    "-0",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "  ",
    "…",
    "Heron",
    "heron",
    "Tide pools",
    "x" * 70,
)
DATES = (
    None,
    "",
    "2024-05-17",
    "2024-05",
    "2024",
    "2024-13",
    "2024-00",
    "0000-00-00",
    "0000",
    "0001-01-01",
    "9999-12-31",
    "2023-02-29",
    "2024-02-30",
    " 2024-05-17 ",
    "2024-05-17T00:00:00Z",
    "2024-5-7",
    "-2024",
    "20240517",
    "soon",
    "\uff12\uff10\uff12\uff14",
    "2024\x00",
    "\ud800",
    "9" * 30,
)
STEMS = ("heron", "tide & reef", "100%", 'a "b", c', "日本 🦊", "\u202eabc", "it's [1]")
"""Of files: Plex names them as they are, so they can hold no control character."""


@dataclass(frozen=True, slots=True)
class Brewer:
    """Draws poison."""

    chance: Random

    def text(self, most: int = 8) -> str:
        """Draw some fragments, with words between them or without."""
        pieces = self.chance.choices(FRAGMENTS, k=self.chance.randint(0, most))
        return self.chance.choice(("", " ", "a")).join(pieces)

    def value(self) -> str:
        """Draw a text, now and then one of about what there is room for, or more."""
        if self.chance.random() < 0.97:
            return self.text()
        return self._long(self.chance.choice((100_000, 7_500, 2_500, 620)))

    def names(self, count: int) -> list[str]:
        """Draw names; some differ only in case, some not at all, some not visibly."""
        found: list[str] = []
        while len(found) < count:
            name = self.text(3)
            if self.chance.random() < 0.02:
                name = self._long(self.chance.choice((30_000, 1_000, 334, 84, 255)))
            found.append(name)
            twist = self.chance.choice((None, None, str.upper, str.lower, "{} ".format))
            if twist is not None:
                found.append(twist(name))
        return found[:count]

    def _long(self, size: int) -> str:
        piece = self.text(6) or "🦊"
        return (piece * (size // len(piece) + 1))[:size]

    def date(self) -> str | None:
        """Draw a date, or what is none."""
        return self.chance.choice(DATES)

    def stem(self, number: int) -> str:
        """Draw the name of a file; a number keeps it from meeting another."""
        return f"{self.chance.choice(STEMS)} {number}"
