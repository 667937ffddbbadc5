"""Elements of a set: the presence of each one, decided by the same table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reconciler.core.decide import Decision
from reconciler.core.desire import Rule, Wanted
from reconciler.core.elements import decide_elements
from reconciler.core.memory import Memory, Reason, Verdict
from reconciler.core.values import Change, FieldValue, Policy

PUSH, ENFORCE, FILL = Policy.PUSH, Policy.ENFORCE, Policy.FILL


def plain(*names: str) -> FieldValue:
    return FieldValue(elements=names)


def locked(*names: str) -> FieldValue:
    return FieldValue(elements=names, locked=True)


def added(*names: str, seen: FieldValue | None = None, **more: Any) -> Memory:  # noqa: ANN401 - the fields of a Memory
    """Remember that we added *names*, and that Plex has had *seen* since."""
    has = locked(*names) if seen is None else seen
    memory = Memory(
        base=names, seen=has, verdict=Verdict.WRITTEN, ours=True, owned=names
    )
    return replace(memory, **more)


def decided(
    memory: Memory,
    has: FieldValue,
    *names: str,
    **rule: Any,  # noqa: ANN401 - the fields of a Rule
) -> Decision:
    return decide_elements(Wanted(elements=names, rule=Rule(**rule)), memory, has)


NEVER = Memory()


@dataclass(frozen=True, kw_only=True)
class Case:
    """A situation, and what comes of it."""

    name: str
    memory: Memory = NEVER
    has: FieldValue
    wants: Sequence[str] = ()
    reason: Reason
    policy: Policy = PUSH
    lock: bool = True
    change: Change | None = None

    def decide(self) -> Decision:
        rule = {"policy": self.policy, "lock": self.lock}
        return decided(self.memory, self.has, *self.wants, **rule)


CASES = [
    Case(name="adopt", has=plain("A"), wants="A", reason=Reason.EQUAL),
    Case(
        name="add",
        has=plain("X"),
        wants="AB",
        reason=Reason.FIRST,
        change=Change(elements=("A", "B", "X"), lock=True),
    ),
    Case(
        name="add without a lock",
        has=plain("X"),
        wants="A",
        lock=False,
        reason=Reason.FIRST,
        change=Change(elements=("A", "X")),
    ),
    Case(
        name="first contact, locked",
        has=locked("X"),
        wants="A",
        reason=Reason.KEPT_LOCKED,
    ),
    Case(
        name="first contact, locked and empty",
        has=locked(),
        wants="A",
        reason=Reason.KEPT_LOCKED,
    ),
    Case(
        name="enforce, first contact, locked",
        has=locked("X"),
        wants="A",
        policy=ENFORCE,
        reason=Reason.KEPT_LOCKED,
        change=Change(elements=("A", "X"), lock=True),
    ),
    Case(name="nothing wanted", has=locked("X"), reason=Reason.NO_OPINION),
    Case(
        name="new in stash",
        memory=added("A"),
        has=locked("A"),
        wants="AB",
        reason=Reason.CHANGED,
        change=Change(elements=("A", "B"), lock=True),
    ),
    Case(
        name="gone from stash",
        memory=added("A", "B"),
        has=locked("A", "B", "X"),
        wants="A",
        reason=Reason.TAKEN_OUT,
        change=Change(elements=("A", "X"), removed=("B",), lock=True),
    ),
    Case(
        name="gone from stash, adopted",
        memory=Memory(base=("A", "B"), seen=plain("A", "B")),
        has=plain("A", "B"),
        wants="A",
        reason=Reason.EQUAL,
    ),
    Case(
        name="all gone from stash",
        memory=added("A"),
        has=locked("A", "X"),
        reason=Reason.WITHDRAWN,
        change=Change(elements=("X",), removed=("A",), lock=False),
    ),
    Case(
        name="all gone from stash, and only our lock is left of ours",
        memory=added("A", seen=locked("A", "X"), owned=()),
        has=locked("A", "X"),
        reason=Reason.WITHDRAWN,
        change=Change(elements=("A", "X"), lock=False),
    ),
    Case(
        name="all gone from stash, and a person has edited under our lock",
        memory=added("A", owned=()),
        has=locked("A", "X"),
        reason=Reason.NO_OPINION,
    ),
    Case(
        name="all gone from stash, never locked",
        memory=added("A", seen=plain("A")),
        has=plain("A"),
        lock=False,
        reason=Reason.WITHDRAWN,
        change=Change(removed=("A",)),
    ),
    Case(
        name="gone from both",
        memory=added("A"),
        has=locked("X"),
        reason=Reason.EQUAL,
    ),
    Case(
        name="gone from stash, taken out and come back in plex",
        memory=added("A", seen=locked()),
        has=locked("A"),
        reason=Reason.FORGOTTEN,
    ),
    Case(
        name="one gone from stash, taken out and come back in plex",
        memory=added("A", "B", seen=locked("B")),
        has=locked("A", "B"),
        wants="B",
        reason=Reason.PUT_BACK,
    ),
    Case(
        name="enforce, gone from stash, come back in plex",
        memory=added("A", seen=locked()),
        has=locked("A"),
        policy=ENFORCE,
        reason=Reason.FORGOTTEN,
        change=Change(removed=("A",), lock=False),
    ),
    Case(
        name="enforce, gone from stash, in another incarnation",
        memory=replace(added("A"), seen=None),
        has=plain("A"),
        policy=ENFORCE,
        reason=Reason.NO_OPINION,
    ),
    Case(
        name="veto",
        memory=added("A", "B"),
        has=locked("B"),
        wants="AB",
        reason=Reason.VETO,
    ),
    Case(
        name="veto of an adopted one",
        memory=Memory(base=("A",), seen=locked("A"), verdict=Verdict.ADOPTED),
        has=locked(),
        wants="A",
        reason=Reason.VETO,
    ),
    Case(
        name="enforce, taken out",
        memory=added("A", "B"),
        has=locked("B"),
        wants="AB",
        policy=ENFORCE,
        reason=Reason.VETO,
        change=Change(elements=("A", "B"), lock=True),
    ),
    Case(
        name="vetoed before",
        memory=added("A", "B", seen=locked("B"), owned=("B",), yielded=("a",)),
        has=locked("B"),
        wants="AB",
        reason=Reason.LEFT,
    ),
    Case(
        name="vetoed before, another one is new",
        memory=added("A", seen=locked(), owned=(), yielded=("a",)),
        has=locked(),
        wants="AC",
        reason=Reason.CHANGED,
        change=Change(elements=("C",), lock=True),
    ),
    Case(
        name="handed back",
        memory=added("A", "B"),
        has=plain("A", "B"),
        wants="AB",
        reason=Reason.HANDED_BACK_EQUAL,
    ),
    Case(
        name="a person's own lock taken off what was adopted",
        memory=Memory(base=("A",), seen=locked("A"), verdict=Verdict.ADOPTED),
        has=plain("A"),
        wants="A",
        reason=Reason.EQUAL,
    ),
    Case(
        name="handed back, one taken out",
        memory=added("A", "B"),
        has=plain("B"),
        wants="AB",
        reason=Reason.HANDED_BACK,
    ),
    Case(
        name="handed back, all taken out",
        memory=added("A"),
        has=plain(),
        wants="A",
        reason=Reason.HANDED_BACK,
    ),
    Case(
        name="enforce, lock taken off",
        memory=added("A"),
        has=plain("A", "X"),
        wants="A",
        policy=ENFORCE,
        reason=Reason.RELOCK,
        change=Change(elements=("A", "X"), lock=True),
    ),
    Case(
        name="refresh drift",
        memory=added("A", seen=plain("A")),
        has=plain("X"),
        wants="A",
        lock=False,
        reason=Reason.REFRESHED,
        change=Change(elements=("A", "X")),
    ),
    Case(
        name="fill, empty",
        has=plain(),
        wants="A",
        policy=FILL,
        reason=Reason.FIRST,
        change=Change(elements=("A",), lock=True),
    ),
    Case(
        name="fill, holds others' elements",
        has=plain("X"),
        wants="A",
        policy=FILL,
        reason=Reason.FIRST,
    ),
    Case(
        name="fill, holds ours alone",
        memory=added("A"),
        has=locked("A"),
        wants="AB",
        policy=FILL,
        reason=Reason.CHANGED,
        change=Change(elements=("A", "B"), lock=True),
    ),
    Case(
        name="fill, gone from stash",
        memory=added("A"),
        has=locked("A"),
        policy=FILL,
        reason=Reason.WITHDRAWN,
        change=Change(removed=("A",), lock=False),
    ),
    Case(
        name="kept before",
        memory=Memory(base=("A",), seen=locked("X"), verdict=Verdict.KEPT),
        has=locked("X"),
        wants="A",
        reason=Reason.AT_REST,
    ),
    Case(
        name="enforce, kept before",
        memory=Memory(base=("A",), seen=locked("X"), verdict=Verdict.KEPT),
        has=locked("X"),
        wants="A",
        policy=ENFORCE,
        reason=Reason.AT_REST,
        change=Change(elements=("A", "X"), lock=True),
    ),
    Case(
        name="taken out in plex as stash comes to want it, locked",
        memory=added("A", seen=locked("A", "B")),
        has=locked("A"),
        wants="AB",
        reason=Reason.CONFLICT,
    ),
    Case(
        name="gone from plex as stash comes to want it, unlocked",
        memory=added("A", seen=plain("A", "B")),
        has=plain("A"),
        wants="AB",
        lock=False,
        reason=Reason.OVERTAKEN,
        change=Change(elements=("A", "B")),
    ),
    Case(
        name="undone",
        memory=added("A", seen=plain(), owned=(), verdict=Verdict.UNDONE),
        has=plain(),
        wants="A",
        reason=Reason.LEFT,
    ),
    Case(
        name="undone, and stash has changed the field",
        memory=added("A", seen=plain(), owned=(), verdict=Verdict.UNDONE),
        has=plain(),
        wants="AB",
        reason=Reason.CHANGED,
        change=Change(elements=("A", "B"), lock=True),
    ),
    Case(
        name="released",
        memory=added("A", verdict=Verdict.RELEASED),
        has=plain("X"),
        wants="AB",
        policy=ENFORCE,
        reason=Reason.LEFT,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case(case: Case) -> None:
    decision = case.decide()

    assert decision.change == case.change
    assert decision.reason is case.reason


def test_elements_that_are_fought_over_are_left() -> None:
    """Those that Stash has only now come to want are written all the same."""
    memory = added("A", "B", seen=plain("A", "B"))
    want = Wanted(elements=("A", "B", "C"), rule=Rule(lock=False))

    decision = decide_elements(want, memory, plain("B"), is_fought=True)
    after = replace(decision.memory, seen=plain("B", "C"))
    again = decide_elements(want, after, plain("B", "C"))

    assert (decision.reason, decision.added) == (Reason.CHANGED, ("C",))
    assert decision.memory.yielded == ("a",)
    assert again.change is None


def test_a_set_that_is_fought_over_is_left_as_a_whole() -> None:
    memory = added("A", seen=plain("A"))
    want = Wanted(elements=("A",), rule=Rule(lock=False))

    decision = decide_elements(want, memory, plain(), is_fought=True)

    assert (decision.reason, decision.change) == (Reason.FIGHT, None)
    assert decision.memory.verdict is Verdict.YIELDED
    assert decide_elements(want, decision.memory, plain()).change is None


def test_what_was_there_before_is_never_owned() -> None:
    decision = decided(NEVER, plain("A"), "A", "B")

    assert decision.memory.owned == ("B",)
    assert decision.added == ("B",)


def test_an_adopted_set_is_not_ours() -> None:
    memory = decided(NEVER, plain("A"), "A").memory

    assert (memory.ours, memory.owned, memory.verdict) == (False, (), Verdict.ADOPTED)
    assert memory.seen == plain("A")


def test_a_set_that_was_locked_before_us_is_kept() -> None:
    assert decided(NEVER, locked("X"), "A").memory.verdict is Verdict.KEPT


def test_identity_is_trimmed_and_without_regard_to_case() -> None:
    decision = decided(NEVER, plain(" sci-fi", "STRASSE"), "Sci-Fi", "Straße")

    assert (decision.reason, decision.change) == (Reason.EQUAL, None)


def test_an_element_is_taken_out_as_plex_spells_it() -> None:
    """What Plex does not find spelled so, it leaves in without a word."""
    decision = decided(added("Sci-Fi", seen=locked("SCI-FI")), locked("SCI-FI"))

    assert decision.change == Change(removed=("SCI-FI",), lock=False)
    assert decision.taken == ("SCI-FI",)
    assert decision.removes == 0


def test_an_element_that_stays_keeps_the_spelling_of_plex() -> None:
    change = decided(NEVER, plain("sci-fi", "X"), "Drama", "Sci-Fi").change

    assert change == Change(elements=("Drama", "sci-fi", "X"), lock=True)


def test_two_spellings_in_plex_both_stay() -> None:
    """Whatever Plex tells apart that we do not: a list that replaces must hold both."""
    composed, decomposed = "caf\u00e9", "cafe\u0301"

    change = decided(NEVER, plain(composed, decomposed), "A").change

    assert change == Change(elements=("A", composed, decomposed), lock=True)


def test_a_veto_is_remembered_by_identity() -> None:
    memory = decided(added("A", "B"), locked("B"), "A", "B").memory

    assert memory.yielded == ("a",)
    assert memory.owned == ("B",)
    assert memory.verdict is Verdict.YIELDED


def test_a_veto_ends_when_stash_takes_the_element_out_and_in() -> None:
    memory = decided(added("A", "B"), locked("B"), "A", "B").memory
    without = decided(memory, locked("B"), "B").memory

    again = decided(without, locked("B"), "A", "B")

    assert without.yielded == ()
    assert again.added == ("A",)


def test_an_element_that_a_person_puts_back_is_theirs() -> None:
    memory = decided(added("A", "B"), locked("B"), "A", "B").memory
    put_back = decided(memory, locked("B", "A"), "A", "B").memory

    assert put_back.owned == ("B",)
    assert decided(put_back, locked("B", "A"), "B").change is None


def test_enforce_owns_again_what_it_adds_again() -> None:
    memory = decided(added("A"), locked(), "A", policy=ENFORCE).memory

    assert (memory.owned, memory.yielded) == (("A",), ())
    assert memory.verdict is Verdict.WRITTEN


def test_what_is_handed_back_is_not_taken_out_later() -> None:
    memory = decided(added("A"), plain("A"), "A").memory

    assert memory.yielded == ("a",)
    assert decided(memory, plain("A")).change is None


def test_what_was_there_first_is_remembered_with_the_first_write() -> None:
    adopted = decided(NEVER, plain("A"), "A").memory
    written = decided(adopted, plain("A", "X"), "A", "B").memory
    later = decided(replace(written, seen=locked("A")), locked("A"), "B").memory

    assert adopted.first is None
    assert written.first == later.first == plain("A", "X")


def test_a_kept_set_with_its_lock_is_left_alone_when_others_are_added() -> None:
    """Without locks of our own, a person's lock is not sent either way."""
    kept = decided(NEVER, locked("X"), "A", lock=False).memory

    change = decided(kept, locked("X"), "A", "B", lock=False).change

    assert change == Change(elements=("B", "X"))


def test_what_was_settled_stays_so_while_stash_says_the_same() -> None:
    """Though a refresh has taken another element, which is written again."""
    settled = added("A", "B", seen=plain("B"), yielded=("a",), reason=Reason.SETTLED)
    memory = replace(settled, owned=("B",), verdict=Verdict.YIELDED)

    same = decided(memory, plain(), "A", "B", lock=False)
    more = decided(memory, plain(), "A", "B", "C", lock=False)

    assert (same.added, same.memory.reason) == (("B",), Reason.SETTLED)
    assert (more.added, more.memory.reason) == (("B", "C"), Reason.CHANGED)
