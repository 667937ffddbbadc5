from dataclasses import replace

from state.ledger import Ledger
from state.notices import NoticeRecord
from tests.state.samples import NOW

NOTICE = NoticeRecord(kind="outage", message="plex cannot be asked", count=1)


def test_a_notice_is_read_as_it_was_put(ledger: Ledger) -> None:
    assert ledger.notices.standing() == {}
    gone = replace(NOTICE, gone_at=NOW)
    ledger.notices.put("stash", gone)
    ledger.notices.put("plex", NOTICE)
    assert ledger.notices.standing() == {"plex": NOTICE, "stash": gone}


def test_a_notice_about_the_same_takes_the_place_of_the_first(ledger: Ledger) -> None:
    later = replace(NOTICE, kind="unauthorised", message="no key", count=4)
    for notice in (replace(NOTICE, gone_at=NOW), later):
        ledger.notices.put("plex", notice)
    assert ledger.notices.standing() == {"plex": later}


def test_a_notice_that_is_dropped_leaves_the_others(ledger: Ledger) -> None:
    for about in ("plex", "stash"):
        ledger.notices.put(about, NOTICE)
    ledger.notices.drop("plex")
    ledger.notices.drop("nothing")
    assert list(ledger.notices.standing()) == ["stash"]
