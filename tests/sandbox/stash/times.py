"""Times and dates as Stash stores and tells them (facts §3 and §8)."""

import re
from datetime import UTC, datetime, tzinfo

from tests.sandbox.stash.failures import StashError

_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})"
)


def stamp(moment: float, zone: tzinfo) -> str:
    """Write *moment* as a column holds it: whole seconds and the server's offset."""
    return precise(int(moment), zone)


def precise(moment: float, zone: tzinfo) -> str:
    """Write *moment* with what fraction of a second it has."""
    text = datetime.fromtimestamp(moment, zone).isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def as_told(stored: str) -> str:
    """Return what the API says of *stored*: byte for byte, unless it has no offset."""
    if _RFC3339.fullmatch(stored):
        return stored
    # The driver reads a row that was written with a space, or without a zone, as UTC.
    moment = datetime.fromisoformat(stored.removesuffix("Z"))
    return stamp(moment.replace(tzinfo=UTC).timestamp(), UTC)


def instant(stored: str) -> float:
    return datetime.fromisoformat(as_told(stored)).timestamp()


def in_zone(stored: str, zone: tzinfo) -> str:
    """Write *stored* anew in *zone*, as an import does."""
    return stamp(instant(stored), zone)


def parsed_date(text: str, *, partial: bool) -> str:
    """Return *text* as the API tells it back; only since v0.30 may it be *partial*."""
    for shape, layout, told in _LAYOUTS if partial else _LAYOUTS[:3]:
        if shape.fullmatch(text):
            try:
                return datetime.strptime(text, layout).strftime(told)  # noqa: DTZ007 - a date
            except ValueError:
                break
    raise StashError(f'converting date: failed to parse date "{text}"')


_LAYOUTS = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "%Y-%m-%d", "%Y-%m-%d"),
    (_RFC3339, "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"),
    (re.compile(r"\d{4}-\d\d"), "%Y-%m", "%Y-%m"),
    (re.compile(r"\d{4}"), "%Y", "%Y"),
)
