"""Bugs of dead letters: more given up than was refused, or tried for ever."""

from tests.mutants.planting import Bug, letters

BURIED = (
    Bug(
        name="one refused field buries its item",
        file="reconciler/clients/plex_sending.py",
        old="                if len(part.fields) > 1:\n",
        new="                if len(part.fields) > 99:\n",
        caught_by=letters("a_refused_title_does_not_keep_the_genres_from_arriving"),
    ),
    Bug(
        name="attempts of one field counted against another",
        file="reconciler/engine/failing.py",
        old="entry.attempts_of(name) + 1",
        new="entry.attempts + 1",
        caught_by=letters("a_field_that_is_tried_in_vain_buries_itself_alone"),
    ),
    Bug(
        name="attempts begun anew by whoever owes the same",
        file="state/outbox.py",
        old="tries_of(tried) if revision == entry.revision else {}\n",
        new="{}\n",
        caught_by=letters("attempts_survive_full_passes"),
    ),
    Bug(
        name="dead letter revived by a sweep",
        file="reconciler/engine/letters.py",
        old="if withheld.get(name) != revision)",
        new="if withheld is not None)",
        caught_by=letters("a_quiet_pass_and_a_sweep_leave_it_alone"),
    ),
    Bug(
        name="dead letter revived by another item of its scene",
        file="reconciler/engine/linking.py",
        old="            if cause in _SPARING and not is_new:\n",
        new="            if cause is None:\n",
        caught_by=letters("another_item_of_the_scene_revives_none"),
    ),
    Bug(
        name="dropped letter revived by a full pass",
        file="state/outbox.py",
        old="        fields = set(entry.fields) - {name for (name,) in dropped}\n",
        new="        fields = set(entry.fields)\n",
        caught_by=letters("what_is_dropped_is_left_until_stash_changes_the_scene"),
    ),
    Bug(
        name="letter kept of what stash has taken back",
        file="reconciler/engine/linking.py",
        old="        self.ledger.letters.outdate(link.id, revision)\n",
        new="",
        caught_by=letters("what_stash_takes_back_is_no_dead_letter_any_more"),
    ),
    Bug(
        name="letters kept as long as the journal",
        file="reconciler/engine/pruning.py",
        old="int(settings.keep_letters)",
        new="int(settings.keep)",
        caught_by=letters("letters_are_kept_for_their_own_time"),
    ),
)
