"""Bugs of what a person asks for: more done than was asked, or of another's."""

from tests.mutants.planting import Bug, asking, late, losing

ASKED = (
    Bug(
        name="wishes for what was last read of stash",
        file="reconciler/engine/placing.py",
        old="        there = self.recorder.read_now(scenes)\n",
        new="        there = set(scenes)\n",
        caught_by=asking("law_3_adopt_leaves_what_stash_has_begun_to_want"),
    ),
    Bug(
        name="claim deaf to what plex has lost",
        file="reconciler/engine/placing.py",
        old="errand.scenes, errand.library, there, with_lost=with_lost\n",
        new="errand.scenes, errand.library, there\n",
        caught_by=losing(
            "law_1_what_is_claimed_while_its_item_is_gone_is_written_when_it_is_found"
        ),
    ),
    Bug(
        name="delivery silent on what waits for an item that it finds gone",
        file="reconciler/engine/delivering.py",
        old="found.is_lost and self.looker.surveyor.linker.is_reached(found):\n",
        new="not found.is_lost:\n",
        caught_by=losing(
            "law_1_what_is_asked_of_an_item_that_is_found_gone_waits_and_that_is_told"
        ),
    ),
    Bug(
        name="any wish taken for the one that is asked for once more",
        file="reconciler/engine/wishes.py",
        old="        one.wish is not None and one.wish.asked == errand.cause\n",
        new="        one.wish is not None\n",
        caught_by=losing("a_wish_of_another_kind_does_not_make_an_undo_wait"),
    ),
    Bug(
        name="claim of what another scene has decided that has decided itself",
        file="reconciler/engine/wishes.py",
        old="is_shared and all(one.verdict is None for one in known.values())",
        new="is_shared",
        caught_by=asking(
            "law_1_a_claim_of_all_of_an_item_that_two_have_parts_them_no_worse"
        ),
    ),
    Bug(
        name="tombstone's item taken for one that its scene may find again",
        file="reconciler/engine/linking.py",
        old="        return is_living and self._binder().follows(link)\n",
        new="        return self._binder().follows(link)\n",
        caught_by=losing(
            "law_1_what_a_tombstone_was_asked_is_no_word_to_the_next_scene"
        ),
    ),
    Bug(
        name="claim deaf to what another scene has released of the item",
        file="reconciler/engine/wishes.py",
        old="    if one.verdict is Verdict.RELEASED or is_heir:\n",
        new="    if one.verdict is Verdict.RELEASED:\n",
        caught_by=asking(
            "law_1_what_a_scene_has_released_is_claimed_by_the_one_that_has_its_film"
        ),
    ),
    Bug(
        name="claim silent on scenes that have gone",
        file="reconciler/engine/placing.py",
        old="            self.tally.miss(departed(errand, len(unknown)))\n",
        new="            departed(errand, len(unknown))\n",
        caught_by=asking("law_1_a_claim_of_everything_tells_what_is_not_claimed"),
    ),
    Bug(
        name="release of a lost item that is another scene's by now",
        file="reconciler/engine/linking.py",
        old="        return is_living and self._binder().follows(link)\n",
        new="        return is_living\n",
        caught_by=losing("law_9_a_release_is_of_no_film_that_another_scene_has_by_now"),
    ),
    Bug(
        name="a person's lock taken for ours",
        file="reconciler/core/memory.py",
        old="        return replace(self, first=replace(self.first or EMPTY, locked=",
        new="        return replace(self, seen=replace(self.seen or EMPTY, locked=",
        caught_by=asking("law_3_a_lock_that_a_person_put_on_since_stays_on"),
    ),
    Bug(
        name="claim locks what a person took back",
        file="reconciler/core/granting.py",
        old="    is_to_lock = was_locked and is_bare and decision.memory.ours\n",
        new="    is_to_lock = is_bare and decision.memory.ours\n",
        caught_by=asking(
            "law_3_claim_leaves_a_person_what_was_handed_back_before_the_release"
        ),
    ),
    Bug(
        name="what is left ours once all is undone",
        file="reconciler/engine/undoing.py",
        old="    is_ours = is_kept and not is_all",
        new="    is_ours = is_kept",
        caught_by=asking("law_10_nothing_is_ours_once_everything_is_undone"),
    ),
    Bug(
        name="undo that was not read back at once taken for a change in stash",
        file="reconciler/core/conclude.py",
        old="    if memory.verdict not in GIVEN_BACK:\n",
        new="    if memory is not None:\n",
        caught_by=late("law_10_an_undo_that_was_not_read_back_at_once_stays_one"),
    ),
    Bug(
        name="what came later taken for what plex made of it",
        file="reconciler/engine/undoing.py",
        old="write=write, after=after.get(name))",
        new="write=write, after=known[name].seen)",
        caught_by=asking(
            "law_10_undo_of_one_pass_leaves_what_another_put_in_its_place"
        ),
    ),
    Bug(
        name="what an undo of an undo brought back left as undone",
        file="reconciler/core/granting.py",
        old="    return Verdict.WRITTEN if is_wanted else Verdict.UNDONE\n",
        new="    return Verdict.UNDONE\n",
        caught_by=asking("law_10_what_an_undo_of_an_undo_brings_back_is_ours_again"),
    ),
    Bug(
        name="taken anew though plex has it in its own form",
        file="reconciler/core/granting.py",
        old="at.field.is_set and case.is_equal()\n",
        new="at.field.is_set and case.observed.value == case.want.value\n",
        caught_by=asking("law_2_stash_is_not_taken_where_plex_has_it_in_its_own_form"),
    ),
    Bug(
        name="undone only by the number of who sent it",
        file="state/journal.py",
        old="query.where(is_sent | (Journal.planned == extent.pass_id))",
        new="query.where(is_sent)",
        caught_by=asking(
            "law_10_what_is_asked_while_paused_is_undone_by_the_number_that_is_told"
        ),
    ),
)
