"""How far Stash is read: the cursor of a scan under way, and the watermark after it."""

from dataclasses import replace
from datetime import UTC, datetime

from reconciler.core import scanning
from reconciler.core.scanning import Stamp, Watermark, read_stamp
from reconciler.core.values import ScanPage
from state.records import CursorRecord, ScanRecord


def watermark(scan: ScanRecord) -> Watermark | None:
    return mark(scan.watermark, scan.zone)


def mark(moment: int | None, zone: int) -> Watermark | None:
    """Read a position that was written down; None is none yet."""
    if moment is None:
        return None
    return Watermark(instant=datetime.fromtimestamp(moment, UTC), offset=zone)


def seen(cursor: CursorRecord | None, page: ScanPage) -> CursorRecord:
    """Note the server's clock at the scan's first request, and the newest stamp."""
    cursor = cursor or CursorRecord(clock=int(page.clock.timestamp()))
    stamps = [read_stamp(row.stamp) for row in page.rows]
    newest = max(stamps, key=lambda stamp: stamp.instant, default=None)
    if newest is None or newest.instant.timestamp() <= (cursor.newest or 0):
        return cursor
    moment = int(newest.instant.timestamp())
    return replace(cursor, newest=moment, zone=newest.offset)


def arrived(scan: ScanRecord, cursor: CursorRecord) -> ScanRecord:
    """Move the watermark: the scan's last page is being recorded."""
    clock = datetime.fromtimestamp(cursor.clock, UTC)
    seen = []
    if cursor.newest is not None:
        instant = datetime.fromtimestamp(cursor.newest, UTC)
        seen.append(Stamp(instant=instant, offset=cursor.zone))
    reached = scanning.advance(watermark(scan), seen, clock)
    if reached is None:
        return replace(scan, cursor=None)
    moment = int(reached.instant.timestamp())
    return replace(scan, watermark=moment, zone=reached.offset, cursor=None)
