"""Bugs of the brake: written though it should be held, or held for nothing."""

from tests.mutants.planting import Bug, laws

BRAKED = (
    Bug(
        name="brake blind to what was written today",
        file="reconciler/engine/braking.py",
        old="_DAY = 24 * 3600\n",
        new="_DAY = 0\n",
        caught_by=laws("the_brake_holds_what_is_too_much_with_the_last_days_writes"),
    ),
    Bug(
        name="brake counts the day before as well",
        file="reconciler/engine/braking.py",
        old="since=self.clock.unix() - _DAY, excluding",
        new="since=self.clock.unix() - 2 * _DAY, excluding",
        caught_by=laws("the_brake_forgets_what_was_written_longer_than_a_day_ago"),
    ),
    Bug(
        name="a wish lets the whole held entry go",
        file="state/outbox.py",
        old="        stage = Stage.PLANNED if is_planned else Stage.RELEASED\n",
        new="        stage = Stage.RELEASED\n",
        caught_by=laws("the_brake_holds_the_rest_of_what_a_person_asks_a_part_of"),
    ),
    Bug(
        name="brake blind to what is let go and not yet written",
        file="state/loads.py",
        old="  WHERE stage = 'released' AND pass NOT IN",
        new="  WHERE stage = 'let go' AND pass NOT IN",
        caught_by=laws("the_brake_holds_what_is_too_much_with_what_is_let_go"),
    ),
    Bug(
        name="one entity counted on every item",
        file="state/loads.py",
        old="  SELECT DISTINCT element.value FROM mine,",
        new="  SELECT element.value FROM mine,",
        caught_by=laws("the_brake_counts_an_entity_once"),
    ),
    Bug(
        name="what a person approved counted against the next pass",
        file="state/loads.py",
        old="""\
    AND planned NOT IN (SELECT id FROM pass WHERE approved)
  UNION ALL
""",
        new="""\
  UNION ALL
""",
        caught_by=laws("the_brake_does_not_count_what_a_person_approved"),
    ),
    Bug(
        name="changed configuration written at one go",
        file="reconciler/engine/caution.py",
        old="cause in RISKY for cause in causes) >= step\n",
        new="cause in RISKY for cause in causes) > _PROVEN * step\n",
        caught_by=laws("the_brake_stops_at_the_first_that_comes_out_otherwise"),
    ),
    Bug(
        name="brake foreseen on what is shown alone",
        file="reconciler/engine/running.py",
        old="            judge.forecast(number)\n            self._parts",
        new="            self._parts",
        caught_by=laws("law_4_plan_of_one_item_foresees_what_the_brake_makes_of_all"),
    ),
    Bug(
        name="brake foreseen as if nothing were let go before",
        file="reconciler/engine/braking.py",
        old="        self._let_go(pass_id, known)\n\n    def stop",
        new="\n    def stop",
        caught_by=laws("law_4_plan_counts_what_would_be_let_go_before"),
    ),
    Bug(
        name="held pass let go by the next one",
        file="reconciler/engine/braking.py",
        old="""\
            if known is None or known.reasons != reasons:
                with""",
        new="""\
            if known is not None:
                self.ledger.outbox.release(pass_id)
            else:
                with""",
        caught_by=laws("the_brake_holds_a_pass_as_a_whole"),
    ),
    Bug(
        name="what could not be looked at let go unseen",
        file="reconciler/engine/braking.py",
        old="release(pass_id, is_seen=True)",
        new="release(pass_id)",
        caught_by=(
            "tests/engine/test_missing_laws.py::test_what_could_not_be_looked_at_is_not_let_go",
        ),
    ),
    Bug(
        name="what comes out otherwise stops nothing",
        file="reconciler/engine/braking.py",
        old="            stopped = self.ledger.outbox.retract()\n",
        new="            stopped = list[int]()\n",
        caught_by=laws("the_brake_stops_at_the_first_that_comes_out_otherwise"),
    ),
)
