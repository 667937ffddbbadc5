"""How far Stash is read: the cursor of a scan under way, and the watermark after it."""

from dataclasses import replace
from datetime import UTC, datetime

from reconciler.core import scanning
from reconciler.core.scanning import Stamp, Watermark, read_stamp
from reconciler.core.values import ScanPage
from state.records import CursorRecord, ScanRecord


def watermark(scan: ScanRecord) -> Watermark | None:
    if scan.watermark is None:
        return None
    instant = datetime.fromtimestamp(scan.watermark, UTC)
    return Watermark(instant=instant, offset=scan.zone)


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
    mark = scanning.advance(watermark(scan), seen, clock)
    if mark is None:
        return replace(scan, cursor=None)
    moment = int(mark.instant.timestamp())
    return replace(scan, watermark=moment, zone=mark.offset, cursor=None)
