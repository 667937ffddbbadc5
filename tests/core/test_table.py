"""The table of docs/design.md for fields of one value: a test for every row and column.

Rows 12, 14 and 15 read "lock = true" as "it was locked when we last looked": a value
that was never locked cannot have been handed back.
"""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from reconciler.core.decide import Decision, decide_value
from reconciler.core.desire import Rule, Wanted
from reconciler.core.memory import Memory, Reason, Verdict
from reconciler.core.values import EMPTY, Change, Field, FieldValue, Policy
from tests.core.little_plex import LittlePlex

PUSH, ENFORCE, FILL = Policy.PUSH, Policy.ENFORCE, Policy.FILL
OLD, NEW, HERS = "ours", "new", "hers"


def plain(value: str = "") -> FieldValue:
    return FieldValue(value=value)


def locked(value: str = "") -> FieldValue:
    return FieldValue(value=value, locked=True)


def written(seen: FieldValue, base: str = OLD, first: FieldValue = EMPTY) -> Memory:
    """Remember that we wrote *base*, and that Plex has had *seen* since."""
    return Memory(base=base, seen=seen, verdict=Verdict.WRITTEN, ours=True, first=first)


def left(seen: FieldValue, verdict: Verdict = Verdict.KEPT, base: str = OLD) -> Memory:
    """Remember that *seen* is not ours."""
    return Memory(base=base, seen=seen, verdict=verdict)


NEVER = Memory()
HELD, LOOSE = written(locked(OLD)), written(plain(OLD))


@dataclass(frozen=True, kw_only=True)
class Row:
    """A situation, the row's reason, and under which policies something is written."""

    row: str
    memory: Memory = NEVER
    has: FieldValue = EMPTY
    desired: str = OLD
    reason: Reason
    writes: frozenset[Policy] = frozenset()
    sends: str | None = None
    placeholder: bool = False
    lock: bool = True
    is_fought: bool = False

    def decide(self, policy: Policy) -> Decision:
        rule = Rule(policy=policy, lock=self.lock)
        want = Wanted(value=self.desired, rule=rule)
        return decide_value(
            want,
            self.memory,
            self.has,
            placeholder=self.placeholder,
            is_fought=self.is_fought,
        )


def rows(*policies: Policy, **row: Any) -> Row:  # noqa: ANN401 - the fields of a Row
    return Row(writes=frozenset(policies), **row)


YIELDED, UNDONE = Verdict.YIELDED, Verdict.UNDONE
RELEASED, ADOPTED = Verdict.RELEASED, Verdict.ADOPTED

ROWS = [
    rows(row="1-yielded", memory=left(plain(HERS), YIELDED), reason=Reason.LEFT),
    rows(row="1-undone", memory=left(plain(), UNDONE), reason=Reason.LEFT),
    rows(
        row="1-released-and-moved",
        memory=left(plain(HERS), RELEASED),
        has=plain(HERS),
        desired=NEW,
        reason=Reason.LEFT,
    ),
    rows(row="2-never", has=locked(HERS), desired="", reason=Reason.NO_OPINION),
    rows(
        row="2-another-incarnation",
        memory=replace(HELD, seen=None),
        has=plain(HERS),
        desired="",
        reason=Reason.NO_OPINION,
    ),
    rows(row="3-never", has=plain(OLD), reason=Reason.EQUAL),
    rows(row="3-locked-by-others", has=locked(OLD), reason=Reason.EQUAL),
    rows(row="3-ours", memory=HELD, has=locked(OLD), reason=Reason.EQUAL),
    rows(
        row="3-ours-loose",
        memory=LOOSE,
        has=plain(OLD),
        lock=False,
        reason=Reason.EQUAL,
    ),
    rows(
        row="3-both-moved-alike",
        memory=HELD,
        has=locked(NEW),
        desired=NEW,
        reason=Reason.EQUAL,
    ),
    rows(
        row="3-normal-form",
        memory=written(locked("our"), base=OLD),
        has=locked("our"),
        reason=Reason.EQUAL,
    ),
    rows(row="3-both-empty", memory=HELD, has=plain(), desired="", reason=Reason.EQUAL),
    rows(
        PUSH,
        ENFORCE,
        FILL,
        row="4-ours",
        memory=written(locked(OLD), first=plain("first")),
        has=locked(OLD),
        desired="",
        reason=Reason.WITHDRAWN,
        sends="first",
    ),
    rows(
        PUSH,
        ENFORCE,
        FILL,
        row="4-nothing-before",
        memory=HELD,
        has=locked(OLD),
        desired="",
        reason=Reason.WITHDRAWN,
        sends="",
    ),
    rows(
        row="4-adopted",
        memory=left(plain(OLD), ADOPTED),
        has=plain(OLD),
        desired="",
        reason=Reason.WITHDRAWN,
    ),
    rows(
        row="4-kept",
        memory=left(locked(HERS)),
        has=locked(HERS),
        desired="",
        reason=Reason.WITHDRAWN,
    ),
    rows(
        ENFORCE,
        row="5",
        memory=HELD,
        has=locked(HERS),
        desired="",
        reason=Reason.FORGOTTEN,
        sends="",
    ),
    rows(ENFORCE, row="6", has=locked(HERS), reason=Reason.KEPT_LOCKED),
    rows(ENFORCE, row="6-empty", has=locked(), reason=Reason.KEPT_LOCKED),
    rows(
        ENFORCE,
        row="6-another-incarnation",
        memory=replace(HELD, seen=None),
        has=locked(HERS),
        reason=Reason.KEPT_LOCKED,
    ),
    rows(PUSH, ENFORCE, FILL, row="7-empty", reason=Reason.FIRST),
    rows(
        PUSH,
        ENFORCE,
        FILL,
        row="7-placeholder",
        has=plain("stem"),
        placeholder=True,
        reason=Reason.FIRST,
    ),
    rows(
        ENFORCE,
        row="6-placeholder",
        has=locked("stem"),
        placeholder=True,
        reason=Reason.KEPT_LOCKED,
    ),
    rows(PUSH, ENFORCE, row="8", has=plain(HERS), reason=Reason.FOREIGN),
    rows(
        ENFORCE,
        row="9",
        memory=left(locked(HERS)),
        has=locked(HERS),
        reason=Reason.AT_REST,
    ),
    rows(ENFORCE, row="10", memory=HELD, has=locked(HERS), reason=Reason.EDITED),
    rows(ENFORCE, row="10-emptied", memory=HELD, has=locked(), reason=Reason.EDITED),
    rows(
        PUSH,
        ENFORCE,
        row="11",
        memory=LOOSE,
        has=plain(HERS),
        lock=False,
        reason=Reason.REFRESHED,
    ),
    rows(
        PUSH,
        ENFORCE,
        row="11-adopted-never-locked",
        memory=left(plain(OLD), ADOPTED),
        has=plain(HERS),
        reason=Reason.REFRESHED,
    ),
    rows(ENFORCE, row="12", memory=HELD, has=plain(HERS), reason=Reason.HANDED_BACK),
    rows(
        PUSH,
        ENFORCE,
        FILL,
        row="13-ours",
        memory=HELD,
        has=locked(OLD),
        desired=NEW,
        reason=Reason.CHANGED,
    ),
    rows(
        PUSH,
        ENFORCE,
        row="13-not-ours",
        memory=left(plain(HERS)),
        has=plain(HERS),
        desired=NEW,
        reason=Reason.CHANGED,
    ),
    rows(
        PUSH,
        ENFORCE,
        FILL,
        row="13-empty",
        memory=left(plain()),
        has=plain(),
        desired=NEW,
        reason=Reason.CHANGED,
    ),
    rows(
        PUSH,
        ENFORCE,
        FILL,
        row="13-yielded-before",
        memory=replace(LOOSE, verdict=YIELDED),
        has=plain(OLD),
        desired=NEW,
        reason=Reason.CHANGED,
    ),
    rows(
        ENFORCE,
        row="14-locked",
        memory=LOOSE,
        has=locked(HERS),
        desired=NEW,
        lock=False,
        reason=Reason.CONFLICT,
    ),
    rows(
        ENFORCE,
        row="14-unlocked",
        memory=HELD,
        has=plain(HERS),
        desired=NEW,
        reason=Reason.CONFLICT,
    ),
    rows(
        PUSH,
        ENFORCE,
        row="15",
        memory=LOOSE,
        has=plain(HERS),
        desired=NEW,
        lock=False,
        reason=Reason.OVERTAKEN,
    ),
]

FOUGHT = [
    rows(
        row="9-fought",
        memory=left(locked(HERS)),
        has=locked(HERS),
        reason=Reason.FIGHT,
        is_fought=True,
    ),
    rows(
        row="10-fought",
        memory=HELD,
        has=locked(HERS),
        reason=Reason.FIGHT,
        is_fought=True,
    ),
    rows(
        row="11-fought",
        memory=LOOSE,
        has=plain(HERS),
        lock=False,
        reason=Reason.FIGHT,
        is_fought=True,
    ),
    rows(
        row="12-fought",
        memory=HELD,
        has=plain(HERS),
        reason=Reason.FIGHT,
        is_fought=True,
    ),
]
"""What is left of a row that is fought over, where its policy would write."""


COLUMNS = [
    pytest.param(row, policy, id=f"{row.row}-{policy}")
    for row in ROWS
    for policy in (PUSH, ENFORCE, FILL)
]


@pytest.mark.parametrize(("row", "policy"), COLUMNS)
def test_a_row_of_the_table(row: Row, policy: Policy) -> None:
    sent = row.desired if row.sends is None else row.sends

    decision = row.decide(policy)

    expected = sent if policy in row.writes else None
    assert (decision.change and decision.change.value) == expected
    assert decision.reason is row.reason


@pytest.mark.parametrize("row", FOUGHT, ids=lambda row: row.row)
@pytest.mark.parametrize("policy", [PUSH, ENFORCE, FILL])
def test_a_row_that_is_fought_over_is_left(row: Row, policy: Policy) -> None:
    calm = replace(row, is_fought=False).decide(policy)

    decision = row.decide(policy)

    assert decision.change is None
    assert decision.reason is (Reason.FIGHT if calm.change else calm.reason)
    if calm.change:
        assert (decision.memory.verdict, decision.memory.ours) == (YIELDED, False)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row)
def test_what_stash_changes_is_no_fight(row: Row) -> None:
    """Nor is what we write for the first time, or take back."""
    calm = row.decide(PUSH)

    fought = replace(row, is_fought=True).decide(PUSH)

    assert fought == calm or fought.reason is Reason.FIGHT
    assert fought == calm or calm.reason is Reason.REFRESHED


def test_what_is_fought_over_is_written_again_once_stash_changes_it() -> None:
    want = Wanted(value=OLD, rule=Rule(lock=False))
    given_up = decide_value(want, LOOSE, plain(HERS), is_fought=True).memory

    assert decided(given_up, plain("theirs"), lock=False).reason is Reason.LEFT
    change = decided(given_up, plain(HERS), NEW, lock=False).change
    assert change == Change(value=NEW)


def test_every_row_is_here() -> None:
    assert {row.row.split("-")[0] for row in ROWS} == {str(n) for n in range(1, 16)}


def test_off_writes_nothing() -> None:
    """`desire` leaves it out already."""
    assert [row.decide(Policy.OFF).change for row in ROWS if row.row[0] != "4"] == [
        None for row in ROWS if row.row[0] != "4"
    ]


def decided(memory: Memory, has: FieldValue, value: str = OLD, **rule: Any) -> Decision:  # noqa: ANN401 - the fields of a Rule
    return decide_value(Wanted(value=value, rule=Rule(**rule)), memory, has)


# row 3: what is equal


def test_an_equal_value_that_we_did_not_write_is_adopted() -> None:
    memory = decided(NEVER, plain(OLD)).memory

    assert memory == Memory(
        base=OLD, seen=plain(OLD), verdict=ADOPTED, reason=Reason.EQUAL
    )


def test_an_equal_value_that_we_wrote_stays_ours() -> None:
    memory = decided(HELD, locked(OLD)).memory

    assert (memory.ours, memory.verdict) == (True, Verdict.WRITTEN)


def test_enforce_locks_again_what_is_ours() -> None:
    decision = decided(HELD, plain(OLD), policy=ENFORCE)

    assert decision.reason is Reason.RELOCK
    assert decision.change == Change(value=OLD, lock=True)
    assert decision.overwrites == 0


def test_enforce_does_not_lock_what_is_not_ours() -> None:
    adopted = left(locked(OLD), ADOPTED)

    assert decided(adopted, plain(OLD), policy=ENFORCE).change is None


def test_enforce_without_locks_is_not_handed_back() -> None:
    """A refresh after it is written over, as the column says."""
    equal = decided(HELD, plain(OLD), policy=ENFORCE, lock=False)
    drift = decided(equal.memory, plain(HERS), policy=ENFORCE, lock=False)

    assert (equal.reason, equal.change) == (Reason.EQUAL, None)
    assert drift.change == Change(value=OLD)


@pytest.mark.parametrize("policy", [PUSH, FILL])
def test_an_equal_value_whose_lock_was_taken_off_is_handed_back(
    policy: Policy,
) -> None:
    decision = decided(HELD, plain(OLD), policy=policy)

    assert decision.reason is Reason.HANDED_BACK_EQUAL
    assert decision.change is None
    assert decision.memory.verdict is YIELDED


def test_what_was_handed_back_is_left_until_stash_changes_it() -> None:
    memory = decided(HELD, plain(OLD)).memory

    assert decided(memory, plain(HERS)).reason is Reason.LEFT
    assert decided(memory, plain(OLD), NEW).change == Change(value=NEW, lock=True)


# rows 4 and 5: what is taken back


def test_what_was_there_first_is_put_back_with_its_lock() -> None:
    memory = written(locked(OLD), first=locked("first"))

    decision = decided(memory, locked(OLD), "")

    assert decision.change == Change(value="first", lock=True)
    assert decision.memory == Memory(reason=Reason.WITHDRAWN, first=locked("first"))
    assert decision.removes == 0


def test_what_had_nothing_before_is_cleared_and_unlocked() -> None:
    decision = decided(HELD, locked(OLD), "")

    assert decision.change == Change(value="", lock=False)
    assert decision.removes == 1


@pytest.mark.parametrize(
    "memory", [left(locked(HERS)), left(locked(HERS), ADOPTED), HELD], ids=str
)
def test_what_is_not_as_we_wrote_it_is_forgotten(memory: Memory) -> None:
    decision = decided(memory, locked(HERS), "")

    assert decision.change is None
    assert decision.memory == Memory(reason=decision.reason, first=memory.first)


@pytest.mark.parametrize(
    ("has", "desired"),
    [(locked(HERS), OLD), (plain(HERS), OLD), (locked(HERS), NEW)],
    ids=["edited", "handed back", "conflict"],
)
def test_a_value_that_a_person_put_in_our_place_is_never_taken_back(
    has: FieldValue, desired: str
) -> None:
    """Kept for now, and not ours to clear when Stash has none any more."""
    memory = decided(HELD, has, desired).memory

    assert not memory.ours
    assert decided(replace(memory, verdict=Verdict.KEPT), has, "").change is None


def test_fill_leaves_what_a_person_put_in_our_place() -> None:
    edited = decided(LOOSE, plain(HERS), policy=FILL).memory

    assert decided(edited, plain(HERS), NEW, policy=FILL).change is None


def test_an_edit_after_handing_back_is_not_ours_either() -> None:
    yielded = decided(HELD, plain(OLD), policy=FILL).memory
    edited = decided(yielded, plain(HERS), policy=FILL).memory

    assert decided(edited, plain(HERS), NEW, policy=FILL).change is None


def test_what_stash_emptied_and_names_again_meets_plex_for_the_first_time() -> None:
    memory = Memory(reason=Reason.WITHDRAWN, first=plain("first"))

    assert decided(memory, locked(HERS)).reason is Reason.KEPT_LOCKED


# what a write remembers, and does to the lock


def test_a_write_remembers_what_was_there_first_for_ever() -> None:
    first = decided(NEVER, plain(HERS))
    second = decided(replace(first.memory, seen=locked(OLD)), locked(OLD), NEW)

    assert first.memory.first == second.memory.first == plain(HERS)
    assert (second.memory.ours, second.memory.base) == (True, NEW)
    assert second.memory.verdict is Verdict.WRITTEN


@pytest.mark.parametrize(
    ("memory", "has", "lock", "sent"),
    [
        (NEVER, plain(), True, True),
        (NEVER, plain(), False, None),
        (NEVER, locked(HERS), False, None),
        (HELD, locked(OLD), False, False),
        (written(locked(OLD), first=locked(HERS)), locked(OLD), False, None),
        (left(locked(HERS)), locked(HERS), False, None),
        (LOOSE, locked(OLD), False, None),
        (replace(HELD, seen=None), locked(HERS), False, None),
    ],
    ids=[
        "by default",
        "not configured",
        "locked by others",
        "our own",
        "there before ours",
        "kept",
        "locked by others meanwhile",
        "of another incarnation",
    ],
)
def test_only_our_own_lock_is_taken_off(
    memory: Memory,
    has: FieldValue,
    lock: bool,  # noqa: FBT001 - a table's column
    sent: bool | None,  # noqa: FBT001 - the same
) -> None:
    change = decided(memory, has, NEW, policy=ENFORCE, lock=lock).change

    assert change == Change(value=NEW, lock=sent)


@pytest.mark.parametrize(
    ("memory", "has", "policy", "count"),
    [
        (NEVER, plain(HERS), PUSH, 1),
        (NEVER, plain(), PUSH, 0),
        (NEVER, locked(HERS), ENFORCE, 1),
        (NEVER, locked(), ENFORCE, 0),
        (HELD, locked(HERS), ENFORCE, 1),
        (left(locked(HERS)), locked(HERS), ENFORCE, 1),
        (LOOSE, plain(HERS), PUSH, 0),
    ],
    ids=["row 8", "row 7", "row 6", "row 6 empty", "row 10", "row 9", "row 11"],
)
def test_the_brake_counts_what_others_lose(
    memory: Memory, has: FieldValue, policy: Policy, count: int
) -> None:
    assert decided(memory, has, policy=policy).overwrites == count


def test_another_incarnation_without_an_opinion_is_forgotten() -> None:
    """Or it would be owed again with every look at the scene."""
    memory = replace(HELD, seen=None)

    assert decided(memory, plain(HERS), "").memory == Memory(
        reason=Reason.NO_OPINION, first=EMPTY
    )


# tenure: what was there when ours began is what comes back


def loose(value: str = "") -> Wanted:
    return Wanted(value=value, rule=Rule(lock=False))


def test_what_was_there_first_comes_back_when_stash_empties_it() -> None:
    plex = LittlePlex(field=Field.SUMMARY, has=plain("X"))

    plex.deliver(Wanted(value="A"))
    plex.deliver(Wanted(value="B"))
    plex.deliver(Wanted())

    assert plex.has == plain("X")
    assert not plex.memory.ours


def test_a_new_tenure_begins_over_what_a_person_put_there() -> None:
    plex = LittlePlex(field=Field.SUMMARY, has=plain("X"))
    plex.deliver(Wanted(value="A"))
    plex.has = plain("Y")

    assert plex.deliver(Wanted(value="A")).reason is Reason.HANDED_BACK
    plex.deliver(Wanted(value="B"))

    assert plex.has == locked("B")
    assert plex.memory.first == plain("Y")
    plex.deliver(Wanted())
    assert plex.has == plain("Y")


@pytest.mark.parametrize("now", ["A", "B"], ids=["edited", "conflict"])
def test_enforce_remembers_a_person_s_last_word(now: str) -> None:
    rule = Rule(policy=ENFORCE)
    plex = LittlePlex(field=Field.SUMMARY, has=plain("X"))
    plex.deliver(Wanted(value="A", rule=rule))
    plex.has = locked("Y")

    plex.deliver(Wanted(value=now, rule=rule))
    assert plex.has == locked(now)
    plex.deliver(Wanted(rule=rule))

    assert plex.has == locked("Y")


def test_a_tenure_goes_on_over_a_refresh() -> None:
    """What Plex found anew is nobody's word."""
    plex = LittlePlex(field=Field.SUMMARY, has=plain("X"))
    plex.deliver(loose("A"))
    plex.has = plain("agent's")

    plex.deliver(loose("A"))
    plex.deliver(loose())

    assert plex.has == plain("X")


def test_what_was_taken_back_begins_anew() -> None:
    plex = LittlePlex(field=Field.SUMMARY, has=plain("X"))
    plex.deliver(Wanted(value="A"))
    plex.deliver(Wanted())
    plex.has = plain("Z")

    plex.deliver(Wanted(value="A"))
    plex.deliver(Wanted())

    assert plex.has == plain("Z")


# a title that Stash has no more


STEM = Wanted(value="stem", rule=Rule(policy=FILL, lock=False), is_fallback=True)


def titled(first: FieldValue) -> LittlePlex:
    plex = LittlePlex(field=Field.TITLE, has=first)
    plex.deliver(Wanted(value="A"))
    assert plex.has == locked("A")
    return plex


def test_a_title_goes_back_to_a_good_one_that_was_there_before() -> None:
    plex = titled(plain("Glacier"))

    plex.deliver(STEM)
    assert plex.has == plain("Glacier")

    assert plex.deliver(STEM).change is None
    assert plex.deliver(STEM).change is None


@pytest.mark.parametrize("first", ["", "Stem", "stem (2021)"])
def test_a_title_over_a_placeholder_goes_to_the_stem(first: str) -> None:
    plex = titled(plain(first))

    plex.deliver(STEM)

    assert plex.has == plain("stem")
    assert plex.deliver(STEM).change is None


@pytest.mark.parametrize("has", [locked("Mine"), plain("Mine")], ids=str)
def test_a_title_of_a_person_stays_when_stash_has_none(has: FieldValue) -> None:
    plex = titled(plain("Glacier"))
    plex.has = has

    plex.deliver(STEM)
    plex.deliver(STEM)

    assert plex.has == has


def test_a_title_of_an_item_built_anew_is_not_taken_back() -> None:
    plex = titled(plain("Glacier"))
    plex.has, plex.memory = plain("Found"), replace(plex.memory, seen=None)

    plex.deliver(STEM)

    assert plex.has == plain("Found")
