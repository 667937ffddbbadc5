"""What Plex is asked of its disk: whether files are there, and to scan a folder.

Pure. Both are spelled as python-plexapi spells them; what Plex says of files is as
specified.
"""

from collections.abc import Sequence
from urllib.parse import quote, quote_plus
from xml.etree.ElementTree import Element

from reconciler.clients.plex_wire import items_path
from reconciler.core.values import ItemKey, Section

_SAYS = ("exists", "accessible")
"""What Plex says of a file that it has looked for, and only then."""


def scan_path(section: Section, folder: str) -> str:
    """Say how a scan of one folder is asked for; a `ValueError` where it names none."""
    if not folder:
        raise ValueError("no folder: Plex would scan the whole library")
    key = quote(section.key, safe="")
    return f"/library/sections/{key}/refresh?path={quote_plus(folder)}"


def looked_for_path(keys: Sequence[ItemKey]) -> str:
    """Say how items are read so that Plex looks for their files on its disk."""
    return f"{items_path(keys)}?checkFiles=1"


def read_reached(root: Element, asked: Sequence[ItemKey]) -> frozenset[ItemKey]:
    """Name those of *asked* whose files are all there; nothing said is not there."""
    rows = {ItemKey(row.get("ratingKey", "")): row for row in root}
    return frozenset(key for key in asked if key in rows and _is_reached(rows[key]))


def _is_reached(row: Element) -> bool:
    if "deletedAt" in row.attrib:
        return False
    parts = row.findall("Media/Part")
    return bool(parts) and all(
        part.get(says) == "1" for part in parts for says in _SAYS
    )
