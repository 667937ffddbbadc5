"""Bugs of seeing: what no stamp tells is missed, or what is missing is believed."""

from tests.mutants.planting import Bug, hearing, seeing

UNSEEN = (
    Bug(
        name="names moved on before the marks are made",
        file="reconciler/engine/polling.py",
        old="""\
        moved = self._moved(poll.named)
        for kind, names in moved.items():
""",
        new="""\
        moved = self._moved(poll.named)
        with self.ledger.transaction():
            self._rename(moved)
            self.ledger.scenes.put_scan(_named_upto(scan, poll))
        for kind, names in moved.items():
""",
        caught_by=seeing("law_1_a_rename_crashed_anywhere_reaches_every_scene"),
    ),
    Bug(
        name="job known by its number alone",
        file="reconciler/core/absence.py",
        old="job.id == last and job.is_over and job.added == added",
        new="job.id == last",
        caught_by=seeing("law_1_as_many_jobs_after_a_restart_as_before_hide_nothing"),
    ),
    Bug(
        name="heir owed only what it wants itself",
        file="reconciler/engine/linking.py",
        old="""\
        if left := self._binder().hand_over(link):
            self._owe_heir(left)
""",
        new="        self._binder().hand_over(link)\n",
        caught_by=seeing(
            "law_1_what_a_merged_scene_does_not_say_goes_from_its_new_item"
        ),
    ),
    Bug(
        name="cursor past the clock of plex",
        file="reconciler/engine/surveying.py",
        old="    return reached if clock is None else min(reached, clock)\n",
        new="    return reached if clock is None else reached\n",
        caught_by=seeing("law_1_one_item_of_the_future_hides_no_other"),
    ),
    Bug(
        name="sweep owes what is as it was left",
        file="reconciler/engine/sweeping.py",
        old="        if decision.change is not None\n",
        new="        if decision is not None\n",
        caught_by=seeing("law_2_a_sweep_of_what_is_as_it_was_writes_nothing_anywhere"),
    ),
    Bug(
        name="memories of another scene applied",
        file="reconciler/engine/binding.py",
        old="        if former is Former.ANOTHER:\n",
        new="        if former is None:\n",
        caught_by=seeing("law_3_an_id_that_is_another_scenes_brings_no_memories"),
    ),
    Bug(
        name="takeover forgets what was decided",
        file="reconciler/engine/binding.py",
        old="            if free := self._left(scene, at, own):\n",
        new="            if free := None:\n",
        caught_by=seeing(
            "law_3_what_is_ours_on_an_item_stays_ours_under_another_scene"
        ),
    ),
    Bug(
        name="listing believed against the census",
        file="reconciler/engine/listing.py",
        old="news.is_idle and _figures(scenes) == (seen.rows, seen.tip)\n",
        new="news.is_idle\n",
        caught_by=seeing("law_8_a_listing_that_the_census_contradicts_tells_nothing"),
    ),
    Bug(
        name="missing scene buried without a listing",
        file="reconciler/engine/refreshing.py",
        old="            self.miss([scene for scene in found if scene not in there])\n",
        new="""\
            for scene in found:
                if scene not in there:
                    self._bury(SceneId(scene))
""",
        caught_by=seeing("law_8_a_marked_scene_that_is_not_there_is_no_deleted_one"),
    ),
    Bug(
        name="doubt that was approved never dropped",
        file="reconciler/engine/listing.py",
        old="            self.doubter.drop(absence.STASH)\n",
        new="            pass\n",
        caught_by=seeing("law_8_a_persons_word_is_good_for_one_loss"),
    ),
    Bug(
        name="doubt dropped before what was listed is read",
        file="reconciler/engine/listing.py",
        old="            self.has_listed_all = True\n",
        new="""\
            self.has_listed_all = True
            self.believe()
""",
        caught_by=seeing(
            "law_8_a_persons_word_is_good_though_no_stamp_tells_of_what_was_doubted"
        ),
    ),
    Bug(
        name="item of a doubted scene taken for nobody's",
        file="reconciler/engine/claiming.py",
        old="            if one.path in item.paths and not one.is_lost\n",
        new="            if one.id == link.id\n",
        caught_by=seeing(
            "law_10_an_item_is_its_scenes_until_what_is_doubted_is_believed"
        ),
    ),
    Bug(
        name="word of the hook forgotten before it is marked",
        file="reconciler/engine/hearing.py",
        old="        heard = spool.take(_STRETCH)\n",
        new="        spool.forget(heard := spool.take(_STRETCH))\n",
        caught_by=hearing("law_5_what_was_marked_and_not_forgotten_is_heard_again"),
    ),
    Bug(
        name="word of the hook that a scene is gone believed",
        file="reconciler/engine/hearing.py",
        old="            ledger.census.mark(known)\n",
        new="            ledger.census.mark_absent(known)\n",
        caught_by=hearing(
            "law_8_scenes_gone_all_at_once_are_doubted_though_the_hook_told"
        ),
    ),
    Bug(
        name="word of the hook marks what nobody knows",
        file="reconciler/engine/hearing.py",
        old="    known = sorted(ledger.scenes.stamps(scenes))\n",
        new="    known = sorted(scenes)\n",
        caught_by=hearing(
            "law_2_a_scene_that_never_was_costs_one_poll_and_nothing_else"
        ),
    ),
)
