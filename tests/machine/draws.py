"""What the machine draws from: few values, so that they meet; invented names."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.values import Field, Policy
from tests.machine.seen import VALUES
from tests.sandbox.faults import LOCKED, Fault, What, too_many
from tests.sandbox.plex.state import Offer
from tests.sandbox.plex.switches import SentTwice, Spelling, Switches
from tests.sandbox.wire import Request, Response
from tests.world import UNBRAKED

STEMS = ("heron", "tide", "reef", "lichen")
LONG = "A year on one shore " * 15
TAGS = ("Nature", "Silent", "Winter", "Tide pools", LONG.strip())
PEOPLE = ("Ada Brook", "Ben Carr", "Cleo Dune")
STUDIOS = ("Meadow Films", "Harbour Pictures")

TITLES = ("", "Heron", "HERON", "Tide at dawn", "Reef and  kelp ", LONG)
DETAILS = ("", "Filmed at dawn.", "Ice.\nSnow.\r\nWater.", "Cafe\u0301 by the sea")
DATES = ("", "2021-05-04", "1999", "2020-02")

Edit = tuple[str, Any]
EDITS: tuple[Edit, ...] = (
    *(("title", title) for title in TITLES),
    *(("details", details) for details in DETAILS),
    *(("date", date) for date in DATES),
    *(("studio_id", studio) for studio in (None, 0, 1)),
    *(("tag_ids", tags) for tags in ((), (0,), (0, 1), (1, 2, 3), (0, 4), (2,))),
    *(("performer_ids", people) for people in ((), (0,), (0, 1), (1, 2))),
)
"""What a person saves in Stash; numbers count the studios, tags and performers."""

WHOLE: tuple[Edit, ...] = (
    ("title", "Heron"),
    ("details", "Filmed at dawn."),
    ("date", "2021-05-04"),
    ("studio_id", 0),
    ("tag_ids", (0, 1)),
    ("performer_ids", (0, 1)),
)
"""What a scene says before anybody edits it: something in every field."""

NOTHING: tuple[Edit, ...] = (
    ("title", ""),
    ("details", ""),
    ("date", ""),
    ("studio_id", None),
    ("tag_ids", ()),
    ("performer_ids", ()),
)
"""What a scene says that says nothing."""

STEM = st.sampled_from(STEMS)
KIND = st.sampled_from(["tag_ids", "tag_ids", "performer_ids", "studio_id"])
"""Kinds of entities, by what a scene refers to them with."""
NEW_NAME = st.sampled_from(
    ["Outdoors", "NATURE", "Heirloom", "Silent", "Ada Beck", "ben carr", "My studio"]
)
DEPARTURE = st.sampled_from(
    [
        "merged",
        "found anew",
        "found anew",
        "destroyed",
        "destroyed with its file",
        "cleaned",
    ]
)
"""How a scene leaves a film."""
JOB = st.sampled_from(["Scanning...", "Cleaning...", "Generating...", "Importing..."])
ON_DISK = st.sampled_from(
    [
        "moved by stash",
        "moved",
        "moved",
        "folder renamed",
        "joined",
        "assigned",
        "deleted",
        "made primary",
    ]
)
"""What becomes of a film's file."""
UPHEAVAL = st.sampled_from(
    [
        "backed up",
        "backed up",
        "restored",
        "restored",
        "filled anew",
        "filled anew",
        "moved",
        "moved",
        "library emptied",
        "wiped",
    ]
)
"""What befalls a server as a whole."""
MEANWHILE = st.sampled_from(
    ["saved", "saved", "saved", "appears", "renamed", "merged", "destroyed"]
)
"""What befalls Stash in the middle of a pass."""
PAGE = st.sampled_from([1000, 1000, 2, 1])
"""Rows to a page of Stash."""
ENDS = st.sampled_from(["merged", "merged", "destroyed"])
EDIT = st.sampled_from(EDITS)
SOME_EDITS = st.lists(EDIT, min_size=1, max_size=5)

_TEXTS = {
    Field.TITLE: ("", "My heron", "Heron", "Tide at dawn"),
    Field.SUMMARY: ("", "My own words.", "Filmed at dawn."),
    Field.STUDIO: ("", "My studio", "Meadow Films"),
    Field.DATE: ("", "2001-01-01", "2021-05-04"),
}
TYPED = st.sampled_from(
    [(VALUES[name], text) for name, texts in _TEXTS.items() for text in texts]
)
"""What a person types into Plex: an attribute and its value."""

TAGGED = st.sampled_from(
    [
        *(("genre", name) for name in ("Heirloom", "NATURE", "silent", "Winter")),
        *(("actor", name) for name in ("Dov Elm", "ada brook", "Ben Carr")),
    ]
)
LOCKABLE = st.sampled_from(
    ["title", "summary", "studio", "originallyAvailableAt", "genre", "actor"]
)
STRANGE = st.sampled_from(["label", "collection", "writer"])
SETTABLE = st.sampled_from(
    [("contentRating", "G"), ("tagline", "Slow water"), ("userRating", "7")]
)
OFFER = st.sampled_from(
    [
        Offer(guid="plex://movie/1", values={"title": "Heron, a film"}),
        Offer(
            guid="plex://movie/2",
            values={"summary": "By the agent.", "originallyAvailableAt": "2003-03-03"},
            tags={"genre": ("Documentary", "nature")},
        ),
        Offer(
            guid="plex://movie/3",
            values={"studio": "Agent's own", "title": "Tide at dawn"},
            tags={"actor": ("Edda Fenn",), "genre": ()},
        ),
    ]
)
FIELD = st.sampled_from(list(Field))
RULE = st.sampled_from(
    [
        Rule(),
        Rule(),
        Rule(),
        Rule(),
        Rule(lock=False),
        Rule(policy=Policy.ENFORCE),
        Rule(policy=Policy.ENFORCE, lock=False),
        Rule(policy=Policy.FILL),
        Rule(policy=Policy.OFF),
    ]
)
RULES = st.fixed_dictionaries(dict.fromkeys(Field, RULE))
SWITCHES = st.builds(
    Switches,
    tags_replace=st.booleans(),
    adds_come_first=st.booleans(),
    sent_twice=st.sampled_from(SentTwice),
    spelling=st.sampled_from(Spelling),
    unused_tags_go=st.booleans(),
    edits_move_content_changed=st.booleans(),
    edits_move_updated_at=st.booleans(),
    trims=st.booleans(),
    normalises=st.booleans(),
    cuts_at_255=st.booleans(),
    newlines_become_spaces=st.booleans(),
    refresh_resets_title=st.booleans(),
    refresh_empties_unlocked=st.booleans(),
    batch_read_all_or_404=st.booleans(),
    batch_read_in_order=st.booleans(),
)


def _is_put(request: Request) -> bool:
    return request.method == "PUT"


def _is_get(request: Request) -> bool:
    return request.method == "GET"


_MAINTENANCE = Response(status=503, kind="maintenance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A fault, and the server that it befalls."""

    fault: Fault[What]
    of_stash: bool = False


_PLEX_FAULTS = (
    Fault(what=What.ANSWERED, matches=_is_put, answer=LOCKED),
    Fault(what=What.ANSWERED, matches=_is_put, answer=too_many(30)),
    Fault(what=What.ANSWERED, matches=_is_get, answer=_MAINTENANCE, times=2),
    Fault(what=What.RESET_BEFORE, matches=_is_put),
    Fault(what=What.RESET_AFTER, matches=_is_put),
    Fault(what=What.APPLIED_ANSWERED, matches=_is_put, answer=_MAINTENANCE),
    Fault(what=What.BLACK_HOLE, matches=_is_put),
    Fault(what=What.DROPPED, matches=_is_put),
    Fault(what=What.SLOW_AFTER, matches=_is_put),
    Fault(what=What.SLOW_BEFORE, matches=_is_put),
    Fault(what=What.SLOW_BEFORE, matches=_is_put, times=2),
    Fault(what=What.DROPPED, matches=_is_put, times=4),
    Fault(what=What.TRUNCATED, matches=_is_get, skip=1),
    Fault(what=What.RESET_MIDWAY, matches=_is_get, skip=2),
    Fault(what=What.BLACK_HOLE, matches=_is_get),
)
_STASH_FAULTS = (
    Fault(what=What.ANSWERED, answer=_MAINTENANCE),
    Fault(what=What.RESET_BEFORE),
    Fault(what=What.TRUNCATED),
    Fault(what=What.BLACK_HOLE, times=2),
)
PLEX_FAULT = st.sampled_from([Planned(fault=fault) for fault in _PLEX_FAULTS])
STASH_FAULT = st.sampled_from(
    [Planned(fault=fault, of_stash=True) for fault in _STASH_FAULTS]
)
LATE = Planned(fault=Fault(what=What.SLOW_BEFORE, matches=_is_put))
"""A write that lands after its answer was given up."""

SECONDS = st.sampled_from([10, 1, 45, 130, 700, 5000, 2 * 86400, -1, -7, -40])
"""How the clocks go on, or are set back by less than the margin of 2 minutes."""

SHAKEN = st.sampled_from(
    ["rekeyed", "rekeyed", "gone", "moved", "appears", "merged", "parted", "away"]
)
BETWEEN = st.sampled_from(
    ["rekeyed", "gone", "moved", "merged", "parted", "away", "late"]
)
METHOD = st.sampled_from(["GET", "PUT", "PUT"])
LIMITS = st.sampled_from(
    [
        UNBRAKED,
        UNBRAKED,
        *(
            Limits(overwrites_floor=overwrites, removals_floor=removals)
            for overwrites, removals in ((1, 1), (3, 2), (1, 3))
        ),
    ]
)
BOUNDARY = st.integers(1, 70)
SCOPE = st.sampled_from(
    [
        {"is_full": True},
        {},
        {},
        {},
        {"part": (0, 1)},
        {"part": (1, 3)},
        {"limit": 1},
        {"fields": frozenset({Field.TITLE, Field.GENRES})},
        {"is_full": True},
    ]
)
