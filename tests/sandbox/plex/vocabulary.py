"""The names that Plex gives to fields, tags and types, and what each may hold.

From python-plexapi 4.18.3, recorded answers and the rows of a real database.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Type(IntEnum):
    """The search types that this double knows."""

    MOVIE = 1
    SHOW = 2
    COLLECTION = 18


class Holds(StrEnum):
    """What the column of a field is made of."""

    TEXT = "a varchar(255)"
    LONG = "text of any length"
    RATING = "a float from 0 to 10"
    DATE = "YYYY-MM-DD"
    SECONDS = "unix seconds"
    YEAR = "a year"


FIELDS = MappingProxyType(
    {
        "title": Holds.TEXT,
        "titleSort": Holds.TEXT,
        "originalTitle": Holds.TEXT,
        "studio": Holds.TEXT,
        "contentRating": Holds.TEXT,
        "editionTitle": Holds.TEXT,
        "summary": Holds.LONG,
        "tagline": Holds.LONG,
        "rating": Holds.RATING,
        "audienceRating": Holds.RATING,
        "userRating": Holds.RATING,
        "originallyAvailableAt": Holds.DATE,
        "addedAt": Holds.SECONDS,
        "year": Holds.YEAR,
    }
)

# Fields that can be locked, but whose value is not set by an edit.
LOCK_ONLY = frozenset({"thumb", "art", "theme", "clearLogo", "squareArt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of tag; *listed* is how many of it a listing shows at most."""

    wire: str
    element: str
    number: int
    listed: int


# In the order of a full item. A listing is served from columns that hold no more than
# *listed*: 2 genres, 3 actors, 2 writers, 2 countries; of director and collection one
# was seen, labels and producers never.
KINDS = tuple(
    Kind(wire=wire, element=element, number=number, listed=listed)
    for wire, element, number, listed in (
        ("genre", "Genre", 1, 2),
        ("country", "Country", 8, 2),
        ("collection", "Collection", 2, 1),
        ("director", "Director", 4, 1),
        ("writer", "Writer", 5, 2),
        ("actor", "Role", 6, 3),
        ("producer", "Producer", 7, 0),
        ("label", "Label", 11, 0),
    )
)
KIND = MappingProxyType({kind.wire: kind for kind in KINDS})
LISTED = ("genre", "director", "writer", "country", "collection", "actor")

# A person's own sorting, which no agent knows of.
NOT_THE_AGENTS = frozenset({"collection", "label"})
