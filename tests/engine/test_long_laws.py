"""What does not fit into one PUT: split, each field with a verdict of its own."""

from dataclasses import dataclass

import pytest

from reconciler.core.desire import Rule
from reconciler.core.errors import TransientError
from reconciler.core.memory import Verdict
from reconciler.core.values import Field, Policy
from reconciler.engine.errands import Undo
from reconciler.engine.translate import APPLIED, NOT_SENT, journal_fields, memories_of
from state.ledger import Ledger
from state.records import DeadLetterRecord
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import LOCKED, Fault, Request, Response, What, too_many
from tests.world import FILMS, World, rules

TITLE = "A title " * 300
SUMMARY = "A year on one shore. " * 170
TITLE, SUMMARY = TITLE.strip(), SUMMARY.strip()
"""Together too long for one PUT, each by itself not."""


@dataclass(frozen=True, kw_only=True)
class Books:
    """What the ledger says of the one link there is."""

    owed: set[str]
    verdicts: dict[Field, Verdict | None]
    rows: list[tuple[set[str], str | None]]
    dead: list[DeadLetterRecord]


def books(world: World) -> Books:
    with Ledger(world.state) as ledger:
        entry = ledger.outbox.of_links([1]).get(1)
        memories = memories_of(ledger.links.memories([1])[1])
        rows = ledger.journal.of_links([1]).get(1, [])
        return Books(
            owed=set(entry.fields if entry else ()),
            verdicts={name: memory.verdict for name, memory in memories.items()},
            rows=[({*journal_fields(r.fields)}, r.outcome) for r in rows],
            dead=ledger.letters.newest(9),
        )


def is_put(request: Request) -> bool:
    return request.method == "PUT"


def is_summary(request: Request) -> bool:
    return is_put(request) and "summary.value" in request.query


def fail(world: World, what: What, answer: Response | None = None) -> None:
    """Have the part with the summary fail, once."""
    fault = Fault(what=what, matches=is_summary, answer=answer or LOCKED)
    world.plex_wire.faults.add(fault)


def at_rest(world: World, *, is_full: bool = True) -> None:
    """Hold that nothing is written any more, and nothing owed.

    A full pass tries dead letters again.
    """
    world.later(3600)
    outcome = world.reconcile(is_full=is_full)
    assert (outcome.puts, outcome.report.problems) == (0, ())
    assert books(world).owed == set()


@pytest.fixture
def long(world: World) -> World:
    """One film, whose title and summary want a PUT each."""
    world.scene("glacier", title=TITLE, details=SUMMARY)
    return world


def test_a_write_in_two_parts_is_one_row_and_settles(long: World) -> None:
    outcome = long.reconcile()

    assert outcome.puts == 2
    assert long.value("glacier", Field.TITLE) == TITLE
    assert long.value("glacier", Field.SUMMARY) == SUMMARY
    assert books(long).rows == [({"title", "summary"}, APPLIED)]
    at_rest(long)


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        (What.RESET_BEFORE, None),
        (What.RESET_AFTER, None),
        (What.BLACK_HOLE, None),
        (What.APPLIED_ANSWERED, Response(status=503)),
    ],
)
def test_what_arrived_is_settled_and_the_rest_is_owed(
    long: World, what: What, answer: Response | None
) -> None:
    fail(long, what, answer)

    outcome = long.reconcile()

    found = books(long)
    assert long.value("glacier", Field.TITLE) == TITLE
    assert found.owed == {"summary"}
    assert found.verdicts[Field.TITLE] is Verdict.WRITTEN
    assert Field.SUMMARY not in found.verdicts
    assert [line.field for line in outcome.lines] == [Field.TITLE]
    # it is not known what became of the summary: a row of its own says so until it is
    assert found.rows == [({"title"}, APPLIED), ({"summary"}, None)]
    long.later(3600)
    long.reconcile()
    assert long.value("glacier", Field.SUMMARY) == SUMMARY
    assert books(long).verdicts[Field.SUMMARY] is Verdict.WRITTEN
    assert all(word is not None for _, word in books(long).rows)
    at_rest(long)


def test_a_server_that_asks_for_time_is_not_even_asked_what_arrived(
    long: World,
) -> None:
    fail(long, What.ANSWERED, too_many(600))

    outcome = long.reconcile()

    assert len(outcome.report.problems) == 1

    with Ledger(long.state) as ledger:
        standing = ledger.outages.standing("plex")
        assert standing is not None
        assert (standing.failures, standing.kind) == (1, "busy")
        assert standing.rests_until >= long.clock.unix() + 600 - 1
    long.later(300)
    assert long.reconcile().sent["plex items"] == 0
    long.later(600)
    assert long.reconcile().puts == 1
    assert long.value("glacier", Field.SUMMARY) == SUMMARY
    assert books(long).verdicts[Field.TITLE] is Verdict.WRITTEN
    at_rest(long)


def test_a_part_that_never_left_is_out_of_the_row(long: World) -> None:
    """The server goes away between the parts: nothing of the second was sent."""
    client = long.library
    put, sent = client._sender.put, list[str]()

    def leave(path: str) -> None:
        if sent:
            raise TransientError("nobody listens")
        sent.append(path)
        put(path)

    client._sender.put = leave
    long.reconcile()
    client._sender.put = put

    found = books(long)
    assert found.rows == [({"title"}, APPLIED)]
    assert (found.owed, found.dead) == ({"summary"}, [])
    long.later(3600)
    long.reconcile()
    assert long.value("glacier", Field.SUMMARY) == SUMMARY
    assert books(long).rows[1:] == [({"summary"}, APPLIED)]
    at_rest(long)


def test_what_is_refused_is_a_dead_letter_and_the_rest_is_settled(long: World) -> None:
    fail(long, What.ANSWERED, Response(status=400))

    outcome = long.reconcile()

    found = books(long)
    assert found.rows == [({"title"}, APPLIED)]
    assert found.owed == set()
    assert [letter.field for letter in found.dead] == ["summary"]
    assert len(outcome.report.problems) == 1
    at_rest(long, is_full=False)
    long.reconcile(is_full=True)
    assert long.value("glacier", Field.SUMMARY) == SUMMARY
    at_rest(long)


def test_an_item_that_goes_between_two_parts_is_looked_for_again(long: World) -> None:
    fail(long, What.ANSWERED, Response(status=404))

    long.reconcile()
    long.later(3600)
    long.reconcile(is_full=True)

    assert long.value("glacier", Field.TITLE) == TITLE
    assert long.value("glacier", Field.SUMMARY) == SUMMARY
    at_rest(long)


def test_a_token_that_is_refused_between_two_parts_counts_no_attempt(
    long: World,
) -> None:
    fail(long, What.ANSWERED, Response(status=401))

    assert len(long.reconcile().report.problems) == 1

    found = books(long)
    assert found.owed == {"title", "summary"}
    assert found.rows == [({"title"}, None)]
    long.later(3600)
    outcome = long.reconcile()
    assert (outcome.puts, outcome.report.undelivered) == (1, 0)
    assert [word for _, word in books(long).rows] == [APPLIED, APPLIED]
    assert long.value("glacier", Field.SUMMARY) == SUMMARY
    at_rest(long)


def test_a_server_that_takes_shorter_addresses_is_learnt(world: World) -> None:
    world.plex.model.switches = Switches(url_limit=5_000)
    for stem in ("brook", "reef"):
        world.scene(stem, title=TITLE, details="A year on one shore. " * 100)

    outcome = world.reconcile()

    assert outcome.report.problems == ()
    assert outcome.puts == 1 + 2 + 2
    for stem in ("brook", "reef"):
        assert world.value(stem, Field.TITLE) == TITLE
        assert str(world.value(stem, Field.SUMMARY)).endswith("one shore.")
    at_rest(world)


def test_only_the_field_that_never_fits_is_given_up(long: World) -> None:
    long.plex.model.switches = Switches(url_limit=4_000)

    outcome = long.reconcile()

    found = books(long)
    assert long.value("glacier", Field.TITLE) == TITLE
    assert [letter.field for letter in found.dead] == ["summary"]
    (sentence,) = outcome.report.problems
    assert "its summary alone needs that much" in sentence
    assert found.dead[0].failure.error == sentence
    at_rest(long, is_full=False)
    long.stash.update_scene(1, details="Short.")
    long.reconcile()
    assert long.value("glacier", Field.SUMMARY) == "Short."
    assert books(long).dead == []


def test_a_write_that_is_refused_as_a_whole_was_not_sent(long: World) -> None:
    long.plex.model.switches = Switches(url_limit=200)

    long.reconcile()

    found = books(long)
    assert [word for _, word in found.rows] == [NOT_SENT]
    assert {letter.field for letter in found.dead} == {"title", "summary"}
    at_rest(long, is_full=False)


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("replaces", [False, True])
def test_what_is_more_than_there_is_room_for_ends_early_and_says_so(
    world: World, policy: Policy, *, replaces: bool
) -> None:
    world.plex.model.switches = Switches(tags_replace=replaces)
    world.rules = {FILMS: dict.fromkeys(Field, Rule(policy=policy))}
    people = [world.stash.create_performer(f"Person {n:03}") for n in range(500)]
    world.scene("glacier", details="On one shore. " * 8_000, performer_ids=people)
    world.plex.person.tag(world.key("glacier"), "actor", "Zoe Guest", lock=False)
    planned = world.plan()

    outcome = world.reconcile()

    assert planned.changes == outcome.changes
    if policy is not Policy.OFF:
        summary = world.value("glacier", Field.SUMMARY)
        assert isinstance(summary, str)
        assert summary.endswith(("On…", "one…", "shore.…"))
        assert len(summary) > 5_000
    actors = world.value("glacier", Field.ACTORS)
    assert "Zoe Guest" in actors
    if policy in {Policy.PUSH, Policy.ENFORCE}:
        wanted = [f"Person {n:03}" for n in range(500)]
        ours = [name for name in actors if name != "Zoe Guest"]
        assert 150 < len(ours) < 200
        assert ours == wanted[: len(ours)]
        assert {line.field for line in outcome.lines if line.is_cut} == {
            Field.SUMMARY,
            Field.ACTORS,
        }
    at_rest(world)


def test_what_was_cut_is_undone_like_all_else(world: World) -> None:
    world.scene("glacier", details="On one shore. " * 8_000)
    world.plex.person.edit(world.key("glacier"), summary="Mine")
    world.rules = {FILMS: rules(summary=Rule(policy=Policy.ENFORCE))}
    world.reconcile()

    outcome = world.carry_out(Undo(since=0))

    assert world.value("glacier", Field.SUMMARY) == "Mine"
    assert not any(line.is_cut for line in outcome.lines)


def test_an_end_that_stash_changes_beyond_the_room_is_no_change(world: World) -> None:
    scene = world.scene("glacier", details="On one shore. " * 8_000)
    world.reconcile()
    world.later(60)
    world.stash.update_scene(scene, details="On one shore. " * 8_000 + "The end.")

    assert world.reconcile().puts == 0


@pytest.mark.parametrize("limit", [None, 8_192])
@pytest.mark.parametrize("replaces", [False, True])
def test_elements_of_others_stay_whatever_has_room(
    world: World, limit: int | None, *, replaces: bool
) -> None:
    """Parted, a list would take the place of those before it, where Plex replaces."""
    world.plex.model.switches = Switches(tags_replace=replaces, url_limit=limit)
    ours = [f"Person {n:03}" for n in range(100)]
    guests = [f"A guest by the name of {n:03}" for n in range(150)]
    people = [world.stash.create_performer(name) for name in ours]
    world.scene("glacier", title="Glacier", performer_ids=people)
    world.plex.person.tag(world.key("glacier"), "actor", *guests, lock=False)

    world.reconcile()

    found = set(world.value("glacier", Field.ACTORS))
    assert found == {*guests, *(ours if limit is None else ())}
    assert world.value("glacier", Field.TITLE) == "Glacier"
    dead = [letter.field for letter in books(world).dead]
    assert dead == ([] if limit is None else ["actors"])
    at_rest(world, is_full=False)
