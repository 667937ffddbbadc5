"""No reason is dead: each is reached by some example of the table or of a wish."""

import pytest

from reconciler.core.memory import Memory, Reason, Verdict
from reconciler.core.values import Field, FieldValue, Policy
from reconciler.engine.conflicts import settled
from tests.core import test_elements, test_granting, test_table

COLUMNS = (Policy.PUSH, Policy.ENFORCE, Policy.FILL)


def test_every_reason_is_reached() -> None:
    rows = [
        row.decide(policy)
        for row in (*test_table.ROWS, *test_table.FOUGHT)
        for policy in COLUMNS
    ]
    elements = [case.decide() for case in test_elements.CASES]
    wishes = [case.decide() for case in test_granting.CASES]
    kept = Memory(base="ours", seen=FieldValue(value="hers"), verdict=Verdict.KEPT)
    given_up = settled(Field.TITLE, kept)

    reached = {decision.reason for decision in (*rows, *elements, *wishes)}
    assert reached | {given_up.reason} == set(Reason)
    assert reached == set(Reason) - {Reason.SETTLED}


def test_a_reason_is_known_by_the_words_of_an_older_state() -> None:
    assert Reason("missing in plex") is Reason.FIRST
    with pytest.raises(ValueError, match="no reason"):
        Reason("no reason")
