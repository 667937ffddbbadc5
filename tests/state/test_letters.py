from dataclasses import replace

from state.ledger import Ledger
from state.records import DeadLetterRecord, FailureRecord
from tests.state.samples import NOW, entry, failure, place

TITLES = ("genre", "title")


def bury(
    ledger: Ledger,
    scene: int = 1,
    *fields: str,
    kind: str = "permanent",
    revision: int = 1,
    now: int = NOW,
) -> int:
    """Make dead letters of a link of its own."""
    link = ledger.links.add(scene, place(str(scene)))
    names = fields or TITLES
    ledger.outbox.owe(entry(link.id, *names, revision=revision), now=now)
    why = failure(kind=kind)
    ledger.outbox.bury(link.id, revision=revision, fields=names, failure=why, now=now)
    return link.id


def named(letters: list[DeadLetterRecord]) -> list[tuple[int, str]]:
    return [(letter.scene, letter.field) for letter in letters]


def test_a_letter_is_read_as_it_was_buried(ledger: Ledger) -> None:
    link = ledger.links.add(7, place())
    why = FailureRecord(
        error="plex refuses",
        kind="permanent",
        chain=({"class": "PermanentError", "says": "plex refuses"},),
        server="1.43",
    )
    ledger.outbox.owe(entry(link.id, "title", revision=3), now=NOW)
    ledger.outbox.bury(link.id, revision=3, fields=["title"], failure=why, now=NOW)
    assert ledger.letters.newest(9) == [
        DeadLetterRecord(
            link=link.id,
            field="title",
            scene=7,
            target=1,
            revision=3,
            attempts=1,
            first_at=NOW,
            buried_at=NOW,
            failure=why,
        )
    ]


def test_letters_are_paged_in_their_order(ledger: Ledger) -> None:
    for scene in (1, 2):
        bury(ledger, scene)
    first = ledger.letters.page(limit=3)
    after = (first[-1].link, first[-1].field)
    assert named(first) == [(1, "genre"), (1, "title"), (2, "genre")]
    assert named(ledger.letters.page(after=after, limit=3)) == [(2, "title")]


def test_letters_are_found_by_scene_field_and_class(ledger: Ledger) -> None:
    bury(ledger, 1)
    bury(ledger, 2, kind="transient")
    page = ledger.letters.page
    assert named(page(limit=9, scenes=[2])) == [(2, "genre"), (2, "title")]
    assert named(page(limit=9, fields=["title"])) == [(1, "title"), (2, "title")]
    assert named(page(limit=9, kind="transient", fields=["title"])) == [(2, "title")]
    assert named(page(limit=9, scenes=[3])) == []


def test_what_is_dropped_is_no_letter_and_is_withheld(ledger: Ledger) -> None:
    link = bury(ledger, 1, revision=4)
    (genre, _) = ledger.letters.page(limit=9)
    assert ledger.letters.drop([], now=NOW) == 0
    assert ledger.letters.drop([genre], now=NOW) == 1
    assert ledger.letters.drop([genre], now=NOW) == 0
    assert named(ledger.letters.newest(9)) == [(1, "title")]
    assert named(ledger.letters.page(limit=9)) == [(1, "title")]
    (dropped,) = ledger.letters.dropped.page(limit=9)
    assert dropped == replace(genre, dropped_at=NOW)
    assert ledger.letters.count() == 1
    assert ledger.letters.withheld([link, 99]) == {link: {"genre": 4, "title": 4}}


def test_what_is_dropped_is_owed_only_of_another_revision(ledger: Ledger) -> None:
    link = bury(ledger, 1)
    ledger.letters.drop(ledger.letters.page(limit=9, fields=["genre"]), now=NOW)
    ledger.outbox.owe(entry(link, "genre"), now=NOW)
    assert ledger.outbox.counts() == {}
    ledger.outbox.owe(entry(link, *TITLES), now=NOW)
    assert ledger.outbox.of_links([link])[link].fields == ("title",)
    ledger.outbox.owe(entry(link, *TITLES, revision=2), now=NOW)
    assert ledger.outbox.of_links([link])[link].fields == TITLES
    assert ledger.letters.withheld([link]) == {}


def test_what_is_dropped_is_owed_where_a_person_asks(ledger: Ledger) -> None:
    link = bury(ledger, 1)
    ledger.letters.drop(ledger.letters.page(limit=9), now=NOW)
    ledger.outbox.ask(entry(link, "genre"), now=NOW)
    assert ledger.outbox.of_links([link])[link].fields == ("genre",)
    assert ledger.letters.withheld([link]) == {link: {"title": 1}}


def test_letters_of_another_revision_are_outdated(ledger: Ledger) -> None:
    link, other = bury(ledger, 1), bury(ledger, 2)
    ledger.letters.outdate(link, 1)
    assert ledger.letters.count() == 4
    ledger.letters.outdate(link, 2)
    assert {letter.link for letter in ledger.letters.newest(9)} == {other}


def test_old_letters_are_pruned_but_what_was_dropped_is_remembered(
    ledger: Ledger,
) -> None:
    old = bury(ledger, 1)
    ledger.letters.drop(ledger.letters.page(limit=9, fields=["genre"]), now=NOW)
    bury(ledger, 2, now=NOW + 1)
    assert ledger.letters.prune(NOW + 1) == 1
    assert {letter.scene for letter in ledger.letters.newest(9)} == {2}
    assert ledger.letters.withheld([old]) == {old: {"genre": 1}}


def test_cleaning_the_outbox_leaves_letters_alone(ledger: Ledger) -> None:
    link = bury(ledger, 1, "title")
    ledger.outbox.owe(entry(link, "genre"), now=NOW)
    ledger.outbox.settle(link, revision=1, fields=["genre"])
    ledger.outbox.owe(entry(link, "genre"), now=NOW)
    ledger.outbox.cancel([link])
    ledger.links.lose([link])
    assert named(ledger.letters.newest(9)) == [(1, "title")]


def test_a_link_that_goes_to_another_scene_takes_no_letters_along(
    ledger: Ledger,
) -> None:
    link = bury(ledger, 1)
    (record,) = ledger.links.get([link]).values()
    ledger.links.take_over(record, 2, "/media/b.mp4")
    assert ledger.letters.withheld([link]) == {}
