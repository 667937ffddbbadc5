"""What nobody has shown about a Plex Media Server, one switch each.

Defaults are the less forgiving reading where both are plausible. The numbers are those
of docs/plex-assumptions.md.
"""

from dataclasses import dataclass
from enum import StrEnum


class DeadIdInPut(StrEnum):
    REFUSED = "404, and nothing is applied"
    PARTIAL = "404, and the living are edited"
    SILENT = "200, and the living are edited"


class Spelling(StrEnum):
    FIRST = "that of the first use anywhere on the server"
    LAST = "that of the last use, on every item"
    OWN = "what each item was sent"


class Order(StrEnum):
    TITLE = "by sort title"
    RATING_KEY = "by ratingKey"


class SentTwice(StrEnum):
    KEEPS = "a tag that is there keeps its place"
    MOVES = "a tag that is there moves to where it is sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    # A1: indexed tags replace what is there instead of being added to it
    tags_replace: bool = False
    # A2: in one PUT, clear and removals come after the additions
    adds_come_first: bool = True
    # A3: where a tag goes that is sent again
    sent_twice: SentTwice = SentTwice.KEEPS
    # A4: how a tag is spelled that was first written in another case
    spelling: Spelling = Spelling.FIRST
    # A5: tags differing in the case of a letter beyond ASCII are one tag
    case_beyond_ascii: bool = False
    # A6: a tag that no item has any more is forgotten, its spelling too
    unused_tags_go: bool = False
    # A7: `actor[].tagging.thumb` lands on the person, so on every item
    actor_thumb_per_person: bool = False
    # A8: a collection without items vanishes
    empty_collections_go: bool = True
    # A9: one dead id in a read of several makes the whole answer a 404
    batch_read_all_or_404: bool = False
    # A10: a read of several answers in the order asked, not in that of the ids
    batch_read_in_order: bool = False
    # A11: one dead id among several in a PUT
    dead_id_in_put: DeadIdInPut = DeadIdInPut.REFUSED
    # A12: an edit moves the section's contentChangedAt
    edits_move_content_changed: bool = True
    # A13: an edit moves the item's updatedAt
    edits_move_updated_at: bool = True
    # A14: a renamed file keeps its item
    rename_keeps_rating_key: bool = True
    # A15: characters of path and query above which the answer is a 414
    url_limit: int | None = 8192
    # A16: /identity still answers while all else says 503
    identity_in_maintenance: bool = True
    # A17: white space around a value is cut off on the way in
    trims: bool = False
    # A18: a value is stored in Unicode's NFC
    normalises: bool = False
    # A19: title-like values and tags are cut at 255 characters
    cuts_at_255: bool = False
    # A20: a line break comes back as a space
    newlines_become_spaces: bool = False
    # A21: a listing never gives more than this many items in one page
    page_cap: int | None = None
    # A22: the order of a listing, whatever `sort` says
    order: Order = Order.TITLE
    # A23: a refresh gives an unlocked title in a none-agent section its file stem back
    refresh_resets_title: bool = True
    # A24: a refresh in a none-agent section empties the other unlocked values
    refresh_empties_unlocked: bool = True
    # A25: originallyAvailableAt moves the year
    date_moves_year: bool = True
    # A26: `year.value` is a field that can be edited, not a 400
    year_editable: bool = False
    # A27: an upload locks the thumb, as choosing a poster does
    upload_locks_thumb: bool = False
    # A28: a deleted section is a 404, not an empty container
    deleted_section_is_404: bool = True
    # A29: what a shared user's edit is answered with
    guest_edit_status: int = 403
    # A30: tags in a PUT on /library/metadata/N replace what is there
    metadata_put_replaces_tags: bool = True
    # A31: an edit sends a timeline frame
    edits_echo: bool = True
    # A32: seconds for which a write holds the database; reads wait until it is done
    write_seconds: float = 0.0
    # A33: what the owner's request to start a task of maintenance is answered with
    butler_status: int = 200
    # A34: the answer names an activity, and that is listed until the task is done
    butler_names_activity: bool = False
    # A35: a scan of a path is one of the whole section
    scan_ignores_path: bool = False
    # A36: a scan misses no item where what it was to scan is not there at all
    missing_folder_is_spared: bool = False
    # A37: a read with checkFiles=1 tells of each file whether it is there
    tells_of_files: bool = True
    # A38: a user whom the library is shared with may ask for a scan
    guests_may_scan: bool = False
