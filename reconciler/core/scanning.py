"""Where a scan of Stash begins and what it may skip; facts about Stash's clock.

Stash compares `updated_at` as text in its own zone, in whole seconds, stamped before
the commit. So the watermark is an instant, and what is asked for reaches back far
enough to hold every text that a later instant may have.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

MARGIN = timedelta(minutes=2)
"""How long after its stamp a row may still become visible, or change again under it.

Stash stamps before it commits: a cover fetched by URL may keep it for 60 seconds.
"""

_WEST = timezone(timedelta(hours=-12))
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
EVERYTHING = ""
"""Stash's comparison finds every row above the empty text."""
NOTHING = "9999-12-31T23:59:59"
"""... and none above the last moment that it can write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """The position in Stash up to which everything is recorded, not: delivered."""

    instant: datetime
    offset: int
    """Seconds east of UTC of the newest stamp seen: the server's zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A row's `updated_at`, understood."""

    instant: datetime
    offset: int


def read_stamp(text: str) -> Stamp:
    """Understand a stamp; one without a zone is taken for UTC, as Stash's reader does.

    What cannot be read, or is older than any Stash, is taken for the beginning of time:
    its text still tells whether it has changed.
    """
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        instant = aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return Stamp(instant=_BEGINNING, offset=0)
    offset = aware.utcoffset() or timedelta()
    return Stamp(instant=max(instant, _BEGINNING), offset=int(offset.total_seconds()))


def since(watermark: Watermark | None) -> str:
    """Say above which text every row lies that may have changed after *watermark*.

    In the most westerly zone there is: costs up to 26 hours of slim rows, and misses
    none when the server's zone or daylight saving changes.
    """
    if watermark is None:
        return EVERYTHING
    return _text(watermark.instant - MARGIN, _WEST)


def fresh(watermark: Watermark | None, unsettled: datetime | None) -> str:
    """Say above which text the rows lie that will have to be read in full anyway.

    In the server's own zone: a row that another zone hides is read by its id instead.
    """
    if watermark is None:
        return EVERYTHING
    new = watermark.instant + timedelta(seconds=1)
    zone = timezone(timedelta(seconds=watermark.offset))
    return _text(min(new, unsettled or new), zone)


def is_settled(stamp: Stamp, read_at: datetime) -> bool:
    """Whether a row read at *read_at*, by the server's clock, can only change anew."""
    return read_at - MARGIN > stamp.instant


def advance(
    before: Watermark | None, seen: Iterable[Stamp], clock: datetime
) -> Watermark | None:
    """Move the watermark to the newest stamp seen, but not past the server's clock.

    *clock* is the server's at the scan's first request. One row stamped in the future
    would otherwise hide every change until then, or move the watermark with each scan;
    and where the clock was set back, the watermark goes back with it.
    """
    stamps = tuple(seen)
    past = [stamp for stamp in stamps if stamp.instant <= clock]
    reached: list[Watermark | Stamp] = [*([before] if before else []), *past]
    newest = max(reached or stamps, key=lambda mark: mark.instant, default=None)
    if newest is None:
        return None
    return Watermark(instant=min(newest.instant, clock), offset=newest.offset)


def is_set_back(before: Watermark | None, clock: datetime) -> bool:
    """Whether the server's clock stands before the watermark: it was set back.

    Then what was stamped since may lie below all that a scan from there asks for, and
    only a listing tells.
    """
    return before is not None and clock < before.instant


def _text(moment: datetime, zone: timezone) -> str:
    # without a zone: a prefix of any zoned text of that second, so it counts as below
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
