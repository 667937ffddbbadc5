"""Stash compares stamps as text in its own zone; we must miss none for that."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.scanning import (
    EVERYTHING,
    MARGIN,
    Stamp,
    Watermark,
    advance,
    fresh,
    is_set_back,
    is_settled,
    read_stamp,
    since,
)

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSTANTS = st.timedeltas(timedelta(), timedelta(days=9 * 365)).map(
    lambda past: NOON - past
)
WHOLE = INSTANTS.map(lambda moment: moment.replace(microsecond=0))
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: quarters * 900)
STAMPS = st.builds(Stamp, instant=WHOLE, offset=OFFSETS)
WATERMARKS = st.builds(Watermark, instant=INSTANTS, offset=OFFSETS)
FAR_OFFSETS = st.sampled_from([-12 * 3600, 14 * 3600]) | OFFSETS
"""As far west and east as there are zones, above all."""
AFTER = (st.integers(0, 3) | st.integers(0, 48 * 3600)).map(lambda n: SECOND * n)
NEAR = st.integers(-48 * 3600, 48 * 3600).map(lambda seconds: SECOND * seconds)


def text(instant: datetime, offset: int) -> str:
    """Write a stamp as Stash does: RFC 3339 in its own zone, Z if that is UTC."""
    zone = timezone(timedelta(seconds=offset))
    written = instant.astimezone(zone).isoformat(timespec="seconds")
    return written.removesuffix("+00:00") + "Z" if offset == 0 else written


def found(row: str, asked: str) -> bool:
    """Compare as SQLite does: strictly, byte by byte."""
    return row.encode() > asked.encode()


@given(WHOLE, OFFSETS)
def test_a_stamp_is_read_in_any_zone(instant: datetime, offset: int) -> None:
    assert read_stamp(text(instant, offset)) == Stamp(instant=instant, offset=offset)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2024-05-01T12:00:00Z", Stamp(instant=NOON, offset=0)),
        ("2024-05-01T14:00:00+02:00", Stamp(instant=NOON, offset=7200)),
        ("2024-05-01T12:00:00", Stamp(instant=NOON, offset=0)),
        ("2024-05-01 12:00:00", Stamp(instant=NOON, offset=0)),
        ("0001-01-01T00:00:00Z", Stamp(instant=EPOCH, offset=0)),
        ("0001-01-01T00:00:00+02:00", Stamp(instant=EPOCH, offset=0)),
        ("9999-12-31T23:59:59-02:00", Stamp(instant=EPOCH, offset=0)),
        ("yesterday", Stamp(instant=EPOCH, offset=0)),
        ("", Stamp(instant=EPOCH, offset=0)),
    ],
)
def test_a_stamp(stamp: str, expected: Stamp) -> None:
    assert read_stamp(stamp) == expected


@given(st.text() | st.datetimes(timezones=st.timezones()).map(datetime.isoformat))
def test_no_stamp_at_all_stops_a_scan(stamp: str) -> None:
    read = read_stamp(stamp)
    mark = advance(None, [read], NOON)

    assert read.instant >= EPOCH
    assert since(mark) != EVERYTHING != fresh(mark, None)
    assert is_settled(read, NOON) == (read.instant < NOON - MARGIN)


@given(WATERMARKS, AFTER, FAR_OFFSETS)
def test_no_row_of_any_zone_is_missed(
    mark: Watermark, after: timedelta, offset: int
) -> None:
    earliest = mark.instant - MARGIN
    instant = (earliest + after).replace(microsecond=0)

    if instant > earliest:
        assert found(text(instant, offset), since(mark))


@given(WATERMARKS, OFFSETS)
def test_no_more_than_26_hours_are_read_again(mark: Watermark, offset: int) -> None:
    earlier = mark.instant - MARGIN - timedelta(hours=26) - SECOND

    assert not found(text(earlier, offset), since(mark))


@given(WATERMARKS, NEAR)
def test_what_is_newer_comes_in_full(mark: Watermark, apart: timedelta) -> None:
    instant = (mark.instant + apart).replace(microsecond=0)
    is_newer = instant > mark.instant

    assert found(text(instant, mark.offset), fresh(mark, None)) == is_newer


@given(WATERMARKS, NEAR, NEAR)
def test_what_is_unsettled_comes_in_full(
    mark: Watermark, apart: timedelta, back: timedelta
) -> None:
    unsettled = (mark.instant - abs(back)).replace(microsecond=0)
    instant = (mark.instant + apart).replace(microsecond=0)
    asked = fresh(mark, unsettled)

    assert found(text(instant, mark.offset), asked) == (instant >= unsettled)


@given(st.none() | INSTANTS)
def test_without_a_watermark_everything_is_read(unsettled: datetime | None) -> None:
    assert since(None) == fresh(None, unsettled) == EVERYTHING
    assert found(text(EPOCH, 0), EVERYTHING)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(), False),
        (MARGIN, False),
        (MARGIN + SECOND, True),
        (-timedelta(days=1), False),
    ],
)
def test_a_row_is_settled_after_the_margin(
    age: timedelta,
    expected: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert is_settled(Stamp(instant=NOON - age, offset=0), NOON) == expected


def test_nothing_is_settled_without_a_clock() -> None:
    assert not is_settled(Stamp(instant=EPOCH, offset=0), EPOCH)


@given(st.none() | WATERMARKS, st.lists(STAMPS, max_size=4), INSTANTS)
def test_the_watermark_never_passes_the_clock_or_what_was_seen(
    before: Watermark | None, seen: list[Stamp], clock: datetime
) -> None:
    mark = advance(before, seen, clock)
    instants = [one.instant for one in seen if one.instant <= clock]
    instants += [before.instant] if before else []

    if mark is None:
        assert (instants, seen) == ([], [])
    else:
        assert mark.instant == min(clock, max(instants, default=clock))


@given(WATERMARKS, st.lists(STAMPS, max_size=4), st.integers(0, 9))
def test_the_watermark_does_not_go_back_under_a_clock_that_goes_on(
    before: Watermark, seen: list[Stamp], later: int
) -> None:
    after = advance(before, seen, before.instant + SECOND * later)

    assert after is not None
    assert after.instant >= before.instant


@given(WATERMARKS, st.integers(0, 9))
def test_a_scan_that_finds_nothing_new_moves_nothing(
    mark: Watermark, later: int
) -> None:
    again = [Stamp(instant=mark.instant, offset=0)]
    clock = mark.instant + SECOND * later

    assert advance(mark, [], clock) == mark
    assert advance(mark, again, clock) == mark


def test_the_watermark_has_the_zone_of_the_newest_stamp() -> None:
    summer = Stamp(instant=NOON, offset=7200)
    winter = Stamp(instant=NOON - timedelta(days=90), offset=3600)

    assert advance(None, [winter, summer], NOON) == Watermark(instant=NOON, offset=7200)


@pytest.mark.parametrize("seen", [[], [Stamp(instant=NOON, offset=0)]])
def test_the_watermark_goes_back_with_a_clock_that_is_set_back(
    seen: list[Stamp],
) -> None:
    """Or what is stamped from now on would be hidden below it."""
    ahead = Watermark(instant=NOON + timedelta(days=9), offset=0)

    assert advance(ahead, seen, NOON) == Watermark(instant=NOON, offset=0)


@given(WATERMARKS, st.integers(0, 9))
def test_a_row_from_the_future_does_not_move_the_watermark(
    mark: Watermark, later: int
) -> None:
    """Or each scan until then would have something to write."""
    clock = mark.instant + SECOND * later
    future = Stamp(instant=clock + SECOND, offset=0)

    assert advance(mark, [future], clock) == mark


@given(WATERMARKS, st.integers(-9, 9))
def test_a_clock_before_the_watermark_was_set_back(mark: Watermark, later: int) -> None:
    assert is_set_back(mark, mark.instant + SECOND * later) == (later < 0)
    assert not is_set_back(None, mark.instant)


def test_a_row_from_the_future_hides_nothing() -> None:
    future = Stamp(instant=NOON + timedelta(days=9), offset=0)
    mark = advance(None, [future], NOON)

    assert found(text(NOON + SECOND, 0), since(mark))
    assert found(text(NOON + SECOND, 0), fresh(mark, None))
