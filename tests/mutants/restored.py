"""Bugs of a state that was put back: what is not known any more, taken for granted."""

from tests.mutants.planting import Bug, carrying, restoring

RESTORED = (
    Bug(
        name="state that was put back writes at once",
        file="reconciler/engine/braking.py",
        old="    if not writing:\n",
        new="    if writing:\n",
        caught_by=restoring("what_was_not_delivered_yet_waits_for_a_person"),
    ),
    Bug(
        name="what was let go before a restore delivered after it",
        file="state/restorations.py",
        old="UPDATE outbox SET stage = 'planned', pass = ?,",
        new="UPDATE outbox SET pass = ?,",
        caught_by=restoring("delivery_alone_sends_nothing_before_all_was_looked_at"),
    ),
    Bug(
        name="wish of before a restore granted after it",
        file="state/restorations.py",
        old='    "UPDATE field SET wish = NULL WHERE wish IS NOT NULL",\n',
        new="",
        caught_by=restoring("what_was_asked_for_then_is_not_done_once_more"),
    ),
    Bug(
        name="approval of before a restore good for another loss",
        file="state/restorations.py",
        old='    "UPDATE doubt SET approved = 0",\n',
        new="",
        caught_by=restoring("an_approval_of_then_is_not_one_of_another_loss"),
    ),
    Bug(
        name="caught up with before Stash was read",
        file="reconciler/engine/running.py",
        old="        if is_whole:\n            self._parts.restorer().end()\n",
        new="        self._parts.restorer().end()\n",
        caught_by=restoring("catching_up_takes_as_many_attempts_as_it_has_to"),
    ),
    Bug(
        name="items not looked at after a restore",
        file="reconciler/engine/restoring.py",
        old="            self.recorder.relink(found, PUT_BACK)\n",
        new="",
        caught_by=restoring(
            "what_a_person_did_since_is_left_though_it_is_not_remembered"
        ),
    ),
    Bug(
        name="dead letters lost with a state that a person replaces",
        file="state/recovery.py",
        old="                ledger.letters.take_over(old)\n",
        new="                pass\n",
        caught_by=carrying("a_letter_is_kept_as_it_was_and_its_field_is_not_tried"),
    ),
    Bug(
        name="dead letters tried again by catching up",
        file="reconciler/engine/linking.py",
        old="_SPARING = frozenset({IN_PLEX, PUT_BACK})",
        new="_SPARING = frozenset({IN_PLEX})",
        caught_by=carrying("a_letter_is_kept_as_it_was_and_its_field_is_not_tried"),
    ),
    Bug(
        name="dead letters of a backup though they were delivered since",
        file="state/carried.py",
        old="DELETE FROM main.dead_letter WHERE link IN (SELECT id FROM met) AND NOT",
        new="DELETE FROM main.dead_letter WHERE 0 AND NOT",
        caught_by=carrying("one_that_has_been_delivered_since_does_not_come_back"),
    ),
    Bug(
        name="dead letter lost where its file was renamed since the backup",
        file="state/carried.py",
        old="AND (here.item = known.item OR here.path = known.path)\nGROUP",
        new="AND here.path = known.path\nGROUP",
        caught_by=carrying(
            "a_letter_is_kept_whatever_befell_its_item_since_the_backup"
        ),
    ),
)
