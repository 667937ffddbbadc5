from dataclasses import replace

from state.due import Due
from state.ledger import Ledger
from state.records import (
    DeadLetterRecord,
    EntryRecord,
    FieldRecord,
    LoadRecord,
    Stage,
    TriesRecord,
    WeightRecord,
)
from tests.state.samples import NOW, entry, failure, place, row

PLANNED, RELEASED = Stage.PLANNED, Stage.RELEASED


def owed(ledger: Ledger, link: int = 1) -> EntryRecord | None:
    return ledger.outbox.of_links([link]).get(link)


def test_an_entry_is_read_as_it_was_owed(ledger: Ledger) -> None:
    first = entry(1, "title", "genre")
    ledger.outbox.owe(first, now=NOW)
    assert owed(ledger) == replace(first, fields=("genre", "title"))
    assert owed(ledger, 2) is None


def test_the_newest_wins(ledger: Ledger) -> None:
    """Fields owed before stay owed under the new revision, with no attempt made."""
    ledger.outbox.owe(entry(1, "title", "genre"), now=NOW)
    ledger.outbox.release(1)
    ledger.outbox.postpone(1, now=NOW, not_before=NOW + 60, error="plex is busy")
    newer = entry(1, "title", "summary", revision=2, pass_id=2)
    ledger.outbox.owe(newer, now=NOW + 1)
    assert owed(ledger) == replace(newer, fields=("genre", "summary", "title"))


def test_settled_fields_are_struck_off_until_none_is_left(ledger: Ledger) -> None:
    first = entry(1, "genre", "title")
    ledger.outbox.owe(first, now=NOW)
    ledger.outbox.settle(1, revision=1, fields=["genre", "summary"])
    assert owed(ledger) == replace(first, fields=("title",))
    ledger.outbox.settle(1, revision=1, fields=["title"])
    assert owed(ledger) is None


def test_an_entry_settles_only_under_the_newest_revision(ledger: Ledger) -> None:
    newest = entry(1, "title", revision=2)
    ledger.outbox.owe(newest, now=NOW)
    ledger.outbox.settle(1, revision=1, fields=["title"])
    assert owed(ledger) == newest


def test_what_is_not_owed_cannot_settle(ledger: Ledger) -> None:
    ledger.outbox.settle(1, revision=1, fields=["title"])
    assert owed(ledger) is None


def test_a_postponed_entry_counts_its_attempts(ledger: Ledger) -> None:
    first = entry(1, stage=RELEASED)
    ledger.outbox.owe(first, now=NOW)
    ledger.outbox.postpone(1, now=NOW, not_before=NOW + 30, error="plex is busy")
    ledger.outbox.postpone(1, now=NOW, not_before=NOW + 60, error="no answer")
    ledger.outbox.give_cause(1, "again")
    assert owed(ledger) == replace(
        first,
        attempts=2,
        not_before=NOW + 60,
        error="no answer",
        cause="again",
        tries={"title": TriesRecord(attempts=2, first_at=NOW)},
    )


def test_postponing_keeps_the_cause_unless_told_another(ledger: Ledger) -> None:
    ledger.outbox.owe(entry(1), now=NOW)
    ledger.outbox.postpone(1, now=NOW, not_before=NOW + 30, error="plex is busy")
    assert ledger.outbox.of_links([1])[1].cause == "changed in stash"


def test_only_released_entries_that_were_tried_are_postponed(ledger: Ledger) -> None:
    for link, stage in ((1, RELEASED), (2, RELEASED), (3, PLANNED)):
        ledger.outbox.owe(entry(link, stage=stage), now=NOW)
    for link in (1, 3):
        ledger.outbox.postpone(link, now=NOW, not_before=NOW, error="plex is busy")
    assert ledger.outbox.postponed() == 1
    assert [one.link for one in ledger.outbox.tried(9)] == [1]


def test_what_was_tried_is_read_in_the_order_in_which_it_is_tried_again(
    ledger: Ledger,
) -> None:
    for link, later in ((1, 60), (2, 30), (3, 60)):
        ledger.outbox.owe(entry(link, stage=RELEASED), now=NOW)
        ledger.outbox.postpone(link, now=NOW, not_before=NOW + later, error="busy")

    assert [one.link for one in ledger.outbox.tried(9)] == [2, 1, 3]
    assert [one.link for one in ledger.outbox.tried(1)] == [2]


def test_what_waits_of_what_was_tried_is_counted_and_says_until_when(
    ledger: Ledger,
) -> None:
    assert ledger.outbox.put_off(NOW, NOW + 99) == (0, None)
    for link, later in ((1, 60), (2, 30), (3, 0), (4, 100), (5, 20), (6, 10)):
        stage = PLANNED if link == 6 else RELEASED
        ledger.outbox.owe(entry(link, stage=stage), now=NOW)
        if link != 5:  # which waits, and was not tried
            at = NOW + later
            ledger.outbox.postpone(link, now=NOW, not_before=at, error="busy")

    assert ledger.outbox.put_off(NOW, NOW + 99) == (2, NOW + 30)
    assert ledger.outbox.put_off(NOW, NOW + 60) == (2, NOW + 30)
    assert ledger.outbox.put_off(NOW + 30, NOW + 59) == (0, None)


def test_a_cancelled_entry_is_owed_no_more(ledger: Ledger) -> None:
    for link in (1, 2, 3):
        ledger.outbox.owe(entry(link), now=NOW)
    ledger.outbox.cancel([1, 3, 99])
    assert set(ledger.outbox.of_links([1, 2, 3])) == {2}


def test_what_a_person_asked_for_stays_owed_when_the_rest_is_cancelled(
    ledger: Ledger,
) -> None:
    for link in (1, 2):
        ledger.outbox.owe(entry(link, "genre", "title"), now=NOW)
    ledger.links.remember(1, {"genre": FieldRecord(wish="release")})

    for link in (1, 2, 99):
        ledger.outbox.cancel_unasked(link)

    assert owed(ledger, 1) == entry(1, "genre")
    assert owed(ledger, 2) is None


def test_buried_fields_are_dead_letters_and_the_others_owed(ledger: Ledger) -> None:
    link = ledger.links.add(7, place())
    ledger.outbox.owe(entry(link.id, "genre", "title"), now=NOW)
    ledger.outbox.postpone(link.id, now=NOW, not_before=NOW, error="400")
    ledger.outbox.bury(
        link.id, revision=1, fields=["title"], failure=failure("400 again"), now=NOW + 5
    )
    assert ledger.outbox.of_links([link.id])[link.id].fields == ("genre",)
    assert ledger.letters.newest(9) == [
        DeadLetterRecord(
            link=link.id,
            field="title",
            scene=7,
            target=1,
            revision=1,
            attempts=2,
            first_at=NOW,
            buried_at=NOW + 5,
            failure=failure("400 again"),
        )
    ]


def test_the_newest_dead_letters_are_read_first(ledger: Ledger) -> None:
    for scene in (1, 2, 3):
        link = ledger.links.add(scene, place(str(scene)))
        ledger.outbox.owe(entry(link.id, "genre", "title"), now=NOW)
        ledger.outbox.bury(
            link.id,
            revision=1,
            fields=["title", "genre"],
            failure=failure(),
            now=NOW + scene,
        )
    letters = [(x.scene, x.field) for x in ledger.letters.newest(3)]
    assert letters == [(3, "genre"), (3, "title"), (2, "genre")]
    assert ledger.letters.count() == 6


def test_a_field_buried_again_is_one_dead_letter(ledger: Ledger) -> None:
    link = ledger.links.add(1, place())
    ledger.outbox.owe(entry(link.id, "genre", "title"), now=NOW)
    for error in ("400", "500"):
        ledger.outbox.bury(
            link.id, revision=1, fields=["title"], failure=failure(error), now=NOW
        )
    assert [x.failure.error for x in ledger.letters.newest(9)] == ["500"]


def test_a_new_change_revives_a_dead_letter(ledger: Ledger) -> None:
    """But only the fields that are owed again."""
    link = ledger.links.add(1, place())
    ledger.outbox.owe(entry(link.id, "genre", "title"), now=NOW)
    ledger.outbox.bury(
        link.id, revision=1, fields=["genre", "title"], failure=failure("400"), now=NOW
    )
    assert owed(ledger, link.id) is None
    ledger.outbox.owe(entry(link.id, "title", revision=2), now=NOW)
    assert [x.field for x in ledger.letters.newest(9)] == ["genre"]


def test_what_was_cancelled_meanwhile_is_not_buried(ledger: Ledger) -> None:
    ledger.outbox.bury(1, revision=1, fields=["title"], failure=failure("400"), now=NOW)
    assert ledger.letters.count() == 0


def test_what_was_owed_anew_meanwhile_is_not_buried(ledger: Ledger) -> None:
    ledger.outbox.owe(entry(1, "title", revision=2), now=NOW)
    ledger.outbox.bury(1, revision=1, fields=["title"], failure=failure("400"), now=NOW)
    assert ledger.letters.count() == 0
    assert owed(ledger, 1) is not None


def due(ledger: Ledger, asked: Due, limit: int = 99) -> list[int]:
    return [one.link for one in ledger.outbox.due(asked, limit)]


def test_entries_are_asked_for_by_what_is_due(ledger: Ledger) -> None:
    ledger.outbox.owe(entry(4, pass_id=1), now=NOW)
    ledger.outbox.owe(entry(3, pass_id=2, target=2), now=NOW)
    ledger.outbox.owe(entry(2, pass_id=2), now=NOW)
    ledger.outbox.owe(entry(1, stage=RELEASED), now=NOW)
    ledger.outbox.postpone(2, now=NOW, not_before=NOW + 9, error="plex is busy")
    ledger.outbox.forecast({3: WeightRecord()})
    assert due(ledger, Due(stage=RELEASED)) == [1]
    assert due(ledger, Due(stage=PLANNED)) == [2, 3, 4]
    assert due(ledger, Due(stage=PLANNED, now=NOW + 8)) == [3, 4]
    assert due(ledger, Due(stage=PLANNED, now=NOW + 9)) == [2, 3, 4]
    assert due(ledger, Due(stage=PLANNED, now=NOW, horizon=NOW + 9)) == [3, 4]
    assert due(ledger, Due(stage=PLANNED, now=NOW, horizon=NOW + 8)) == [2, 3, 4]
    assert due(ledger, Due(stage=PLANNED, target=1)) == [2, 4]
    assert due(ledger, Due(stage=PLANNED, pass_id=2)) == [2, 3]
    assert due(ledger, Due(stage=PLANNED, is_unseen=True)) == [2, 4]


def test_due_entries_are_paged_behind_a_link(ledger: Ledger) -> None:
    for link in (1, 2, 3, 4):
        ledger.outbox.owe(entry(link), now=NOW)
    assert due(ledger, Due(stage=PLANNED), 2) == [1, 2]
    ledger.outbox.cancel([1, 2])
    assert due(ledger, Due(stage=PLANNED, after=2), 2) == [3, 4]
    assert due(ledger, Due(stage=PLANNED, after=4), 2) == []


def load(ledger: Ledger, pass_id: int = 1) -> LoadRecord:
    return ledger.outbox.load(pass_id, since=NOW, excluding=["not sent"])


def planned(overwrites: int = 0, removals: int = 0, rewrites: int = 0) -> LoadRecord:
    return LoadRecord(
        overwrites=overwrites,
        removals=removals,
        rewrites=rewrites,
        done_overwrites=0,
        done_removals=0,
        done_rewrites=0,
    )


def test_a_pass_weighs_what_its_planned_entries_come_to(ledger: Ledger) -> None:
    ledger.outbox.owe(entry(1), now=NOW)
    ledger.outbox.owe(entry(2), now=NOW)
    ledger.outbox.owe(entry(3, pass_id=2), now=NOW)
    assert load(ledger) == planned()
    heavy = WeightRecord(overwrites=50, removals=50, rewrites=1, taken=("genres:x",))
    ledger.outbox.forecast(
        {
            1: WeightRecord(overwrites=2, removals=1, rewrites=1),
            2: WeightRecord(overwrites=3),
            3: heavy,
        }
    )
    assert load(ledger) == planned(5, 1, 1)


def test_an_element_taken_out_of_many_items_counts_once(ledger: Ledger) -> None:
    for link in (1, 2, 3):
        ledger.outbox.owe(entry(link), now=NOW)
    night = WeightRecord(removals=1, taken=("genres:night",))
    both = WeightRecord(taken=("actors:night", "genres:night"))
    ledger.outbox.forecast({1: night, 2: night, 3: both})
    assert load(ledger) == planned(removals=2 + 2)


def test_what_is_done_counts_beside_it_and_no_element_twice(ledger: Ledger) -> None:
    """Done is what was written since, and what was let go and is not yet written."""
    number = ledger.passes.begin("reconcile", now=NOW)
    journal = {"overwrites": 2, "removals": 1, "taken": ["genres:night", "genres:day"]}
    for moment, outcome in ((NOW - 1, "applied"), (NOW, None), (NOW, "not sent")):
        opened = ledger.journal.open(row(pass_id=number), now=moment, **journal)  # type: ignore[arg-type] # by name
        if outcome is not None:
            ledger.journal.close(opened.id, outcome)
    ledger.outbox.owe(entry(1, stage=RELEASED), now=NOW)
    ledger.outbox.owe(entry(2, pass_id=2), now=NOW)
    ledger.outbox.forecast(
        {
            1: WeightRecord(overwrites=4, rewrites=1, taken=("genres:dusk",)),
            2: WeightRecord(taken=("genres:dawn", "genres:dusk", "genres:night")),
        }
    )
    found = LoadRecord(
        overwrites=0,
        removals=1,
        rewrites=0,
        done_overwrites=6,
        done_removals=4,
        done_rewrites=1,
    )
    assert load(ledger, 2) == found
    ledger.passes.approve(number)
    assert load(ledger, 2) == planned(removals=3)


def test_an_entry_owed_anew_is_to_be_weighed_anew(ledger: Ledger) -> None:
    ledger.outbox.owe(entry(1), now=NOW)
    ledger.outbox.forecast({1: WeightRecord(overwrites=2, taken=("genres:x",))})
    ledger.outbox.owe(entry(1, revision=2), now=NOW)
    assert load(ledger) == planned()
    assert due(ledger, Due(stage=PLANNED, is_unseen=True)) == [1]


def test_what_was_let_go_can_be_taken_back(ledger: Ledger) -> None:
    for link, number in ((1, 3), (2, 3), (3, 2)):
        ledger.outbox.owe(entry(link, pass_id=number), now=NOW)
    ledger.outbox.release(3)
    assert ledger.outbox.retract() == [3]
    assert ledger.outbox.retract() == []
    assert ledger.outbox.counts() == {PLANNED: 3}


def test_a_released_pass_is_for_delivery_to_take(ledger: Ledger) -> None:
    for link, number in ((1, 3), (2, 3), (3, 2)):
        ledger.outbox.owe(entry(link, pass_id=number), now=NOW)
    assert ledger.outbox.planned_passes() == [2, 3]
    assert ledger.outbox.release(3) == 2
    assert ledger.outbox.release(3) == 0
    assert ledger.outbox.planned_passes() == [2]
    assert ledger.outbox.counts() == {PLANNED: 1, RELEASED: 2}
    assert due(ledger, Due(stage=RELEASED)) == [1, 2]


def test_what_was_not_let_go_stays_with_the_pass_that_planned_it(
    ledger: Ledger,
) -> None:
    ledger.outbox.owe(replace(entry(1, "genre"), pass_id=4), now=NOW)
    ledger.outbox.owe(replace(entry(1, "title", revision=2), pass_id=9), now=NOW)
    ledger.outbox.release(9)

    (known,) = ledger.outbox.of_links([1]).values()
    assert (known.pass_id, known.stage, known.revision) == (4, Stage.PLANNED, 2)
    assert known.fields == ("genre", "title")


def test_what_a_person_asks_for_needs_no_approval(ledger: Ledger) -> None:
    ledger.outbox.ask(entry(1, "title", stage=PLANNED), now=NOW)
    assert owed(ledger) == entry(1, "title", stage=RELEASED)


def test_asking_beside_a_planned_entry_leaves_it_planned(ledger: Ledger) -> None:
    """Or what the brake holds would go out with what was asked for."""
    ledger.outbox.owe(entry(1, "genre", pass_id=4), now=NOW)
    ledger.outbox.ask(entry(1, "title", stage=RELEASED, pass_id=9), now=NOW)
    assert owed(ledger) == entry(1, "genre", "title", stage=PLANNED, pass_id=4)


def test_asking_beside_a_released_entry_leaves_it_released(ledger: Ledger) -> None:
    ledger.outbox.owe(entry(1, "genre", stage=RELEASED), now=NOW)
    ledger.outbox.postpone(1, now=NOW, not_before=NOW + 60, error="plex is busy")
    ledger.outbox.ask(entry(1, "title", pass_id=9), now=NOW)
    asked = entry(1, "genre", "title", stage=RELEASED, pass_id=9)
    tried = {"genre": TriesRecord(attempts=1, first_at=NOW)}
    assert owed(ledger) == replace(asked, attempts=1, tries=tried)


def test_what_a_person_asks_for_has_its_attempts_before_it(ledger: Ledger) -> None:
    ledger.outbox.owe(entry(1, "genre", stage=RELEASED), now=NOW)
    ledger.outbox.postpone(1, now=NOW, not_before=NOW + 60, error="plex is busy")
    ledger.outbox.ask(entry(1, "genre"), now=NOW)
    assert owed(ledger) == entry(1, "genre", stage=RELEASED)


def test_what_is_owed_again_of_the_same_revision_keeps_its_attempts(
    ledger: Ledger,
) -> None:
    """Or whoever looks at everything would have it tried for ever."""
    ledger.outbox.owe(entry(1, "genre", "title"), now=NOW)
    ledger.outbox.postpone(
        1, now=NOW, not_before=NOW + 60, error="no", fields=["title"]
    )
    ledger.outbox.owe(entry(1, "date", "title"), now=NOW + 1)
    ledger.outbox.postpone(1, now=NOW + 2, not_before=NOW + 60, error="no")
    found = owed(ledger)
    assert found is not None
    assert (found.attempts, found.tries) == (
        2,
        {
            "title": TriesRecord(attempts=2, first_at=NOW),
            "date": TriesRecord(attempts=1, first_at=NOW + 2),
            "genre": TriesRecord(attempts=1, first_at=NOW + 2),
        },
    )
    assert [found.attempts_of(name) for name in ("title", "studio")] == [2, 0]


def test_attempts_of_what_is_settled_are_forgotten(ledger: Ledger) -> None:
    ledger.outbox.owe(entry(1, "genre", "title"), now=NOW)
    ledger.outbox.postpone(
        1, now=NOW, not_before=NOW + 60, error="no", fields=["title"]
    )
    ledger.outbox.settle(1, revision=1, fields=["title"])
    left = replace(entry(1, "genre"), not_before=NOW + 60, error="no")
    assert owed(ledger) == left


def test_what_is_not_owed_cannot_be_postponed(ledger: Ledger) -> None:
    ledger.outbox.postpone(1, now=NOW, not_before=NOW + 60, error="no")
    assert owed(ledger) is None


def test_asking_takes_back_a_dead_letter(ledger: Ledger) -> None:
    ledger.links.add(7, place())
    ledger.outbox.owe(entry(1, "title"), now=NOW)
    ledger.outbox.bury(1, revision=1, fields=["title"], failure=failure("400"), now=NOW)
    ledger.outbox.ask(entry(1, "title"), now=NOW)
    assert ledger.letters.count() == 0


def test_due_entries_may_be_those_that_a_person_asked_for(ledger: Ledger) -> None:
    for link, wish in ((1, None), (2, "{}"), (3, "{}")):
        ledger.links.add(link, place(str(link)))
        fields = {"title": FieldRecord(wish=wish), "genre": FieldRecord()}
        ledger.links.remember(link, fields)
    for link, stage in ((1, RELEASED), (2, RELEASED), (3, PLANNED)):
        ledger.outbox.owe(entry(link, stage=stage), now=NOW)
    assert due(ledger, Due(is_wished=True)) == [2, 3]
    assert due(ledger, Due(is_wished=True, stage=PLANNED)) == [3]
    assert due(ledger, Due(is_wished=True, after=2)) == [3]
    assert due(ledger, Due()) == [1, 2, 3]
    assert ledger.outbox.asked() == 2


def test_only_what_was_looked_at_is_let_go_where_it_has_to_be(ledger: Ledger) -> None:
    for link in (1, 2):
        ledger.outbox.owe(entry(link, "title", pass_id=2), now=NOW)
    ledger.outbox.forecast({1: WeightRecord()})

    assert ledger.outbox.release(2, is_seen=True) == 1
    assert ledger.outbox.counts() == {"planned": 1, "released": 1}
    assert ledger.outbox.release(2) == 1


def test_the_first_of_what_is_put_off_says_when_to_go_on(ledger: Ledger) -> None:
    assert ledger.outbox.next_due(NOW) is None
    for link, later in ((1, 60), (2, 30), (3, -30)):
        ledger.outbox.owe(entry(link, "title"), now=NOW)
        ledger.outbox.postpone(link, now=NOW, not_before=NOW + later, error="busy")
    assert ledger.outbox.next_due(NOW) == NOW + 30
    assert ledger.outbox.next_due(NOW + 30) == NOW + 60
    assert ledger.outbox.next_due(NOW + 60) is None
