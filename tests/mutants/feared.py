"""More bugs, such as a careful reviewer fears."""

from tests.mutants.planting import Bug, crashes, decisions, late, laws, long, parts

FEARED = (
    Bug(
        name="set parted over several PUTs",
        file="reconciler/clients/plex_wire.py",
        old="        yield Unit(field=field, pairs=tuple(_added(name, wanted)))\n",
        new="""\
        for pair in _added(name, wanted):
            yield Unit(field=field, pairs=(pair,))
""",
        caught_by=long("elements_of_others_stay_whatever_has_room"),
    ),
    Bug(
        name="field that did not arrive taken for written",
        file="reconciler/engine/delivering.py",
        old="        return replace(one, writes=writes, is_open=is_open)\n",
        new="        return replace(one, is_open=is_open)\n",
        caught_by=long("what_is_refused_is_a_dead_letter_and_the_rest_is_settled"),
    ),
    Bug(
        name="first scene of the next page skipped",
        file="reconciler/engine/recording.py",
        old="            cursor = replace(cursor, scene=page.rows[-1].id)\n",
        new="            cursor = replace(cursor, scene=page.rows[-1].id + 1)\n",
        caught_by=crashes("law_6_a_scan_crashed_anywhere_misses_nothing"),
    ),
    Bug(
        name="row settled in the second of its stamp",
        file="reconciler/core/scanning.py",
        old="    return read_at - MARGIN > stamp.instant\n",
        new="    return read_at >= stamp.instant\n",
        caught_by=laws("law_1_two_edits_in_one_second_both_arrive"),
    ),
    Bug(
        name="watermark beyond the server's clock",
        file="reconciler/core/scanning.py",
        old="instant=min(newest.instant, clock)",
        new="instant=newest.instant",
        caught_by=laws(
            "law_2_a_clock_of_stash_that_was_set_back_is_quiet_again",
            "law_6_one_stamp_of_the_future_hides_nothing",
        ),
    ),
    Bug(
        name="what was seen of a rebuilt item remembered",
        file="state/links.py",
        old="Field.update(seen=None).where(Field.link == link.id).execute()\n",
        new="pass\n",
        caught_by=laws("law_1_an_item_found_anew_is_written_anew"),
    ),
    Bug(
        name="dropped write taken for done",
        file="reconciler/core/conclude.py",
        old="""\
    if is_same(field, before, after):
        return Outcome.UNCHANGED
""",
        new="""\
    if is_same(field, before, after):
        return Outcome.APPLIED
""",
        caught_by=laws("law_1_a_write_that_plex_drops_is_made_later"),
    ),
    Bug(
        name="what was there cleared instead of put back",
        file="reconciler/core/decide.py",
        old="            back = self.memory.first or EMPTY\n",
        new="            back = EMPTY\n",
        caught_by=laws("law_1_what_stash_empties_goes_back_to_what_was_there"),
    ),
    Bug(
        name="what stash took back stays owed",
        file="reconciler/engine/linking.py",
        old="            self.ledger.outbox.cancel([link.id])\n",
        new="            pass\n",
        caught_by=laws("the_brake_does_not_hold_what_stash_has_taken_back"),
    ),
    Bug(
        name="release writes stash's value",
        file="reconciler/core/granting.py",
        old="    return Change(value=at.observed.value, lock=lock)\n",
        new="    return Change(value=at.want.value or at.observed.value, lock=lock)\n",
        caught_by=laws("law_3_release_leaves_every_value_as_it_is"),
    ),
    Bug(
        name="plan silent on what was let go before",
        file="reconciler/engine/running.py",
        old="        self._show_stages((Stage.RELEASED, Stage.PLANNED), self.scope)\n",
        new="        self._show_stages((Stage.PLANNED,), self.scope)\n",
        caught_by=laws("law_4_plan_shows_what_was_let_go_before_and_is_still_owed"),
    ),
    Bug(
        name="wish forgotten before its write",
        file="reconciler/engine/delivering.py",
        old="            self._leave(look, writes.keys())\n",
        new="""\
            self._leave(look, writes.keys())
            from dataclasses import replace
            forgotten = {
                str(name): memory_record(replace(look.known[name], wish=None))
                for name in writes
                if name in look.known
            }
            self.ledger.links.remember(look.link.id, forgotten)
""",
        caught_by=crashes(
            "law_5_a_command_crashed_anywhere_is_done_whole_or_not_at_all"
        ),
    ),
    Bug(
        name="wish written before it is owed",
        file="reconciler/engine/placing.py",
        old="""\
                self.ledger.links.remember(link.id, records)
                entry = EntryRecord(
""",
        new="""\
                self.ledger.links.remember(link.id, records)
        with self.ledger.transaction():
            for link, known in wished:
                entry = EntryRecord(
""",
        caught_by=crashes(
            "law_5_a_command_crashed_anywhere_is_done_whole_or_not_at_all"
        ),
    ),
    Bug(
        name="row that a crash left open closed unread",
        file="reconciler/engine/concluding.py",
        old="""\
            read = self.conclude(
                [Sent(row=row, writes=journal_fields(row.fields)) for row in rows]
            )
            left += sum(one.is_open for one in read)
""",
        new="""\
            with self.ledger.transaction():
                for row in rows:
                    self.ledger.journal.close(row.id, UNCHANGED)
""",
        caught_by=crashes(
            "law_5_after_a_crash_anywhere_undo_still_restores_everything"
        ),
    ),
    Bug(
        name="unclear write taken for not sent",
        file="reconciler/engine/delivering.py",
        old="        elif not is_open:\n",
        new="        else:\n",
        caught_by=laws("law_7_a_write_without_an_answer_is_ours_once_it_is_seen"),
    ),
    Bug(
        name="items dropped on a short listing",
        file="reconciler/core/absence.py",
        old="    if not known or (listed and",
        new="    if listed >= 0 or (listed and",
        caught_by=laws("law_8_an_empty_listing_unbinds_nothing"),
    ),
    Bug(
        name="items dropped on a listing of what changed",
        file="reconciler/engine/surveying.py",
        old="""\
        elif not section.is_scanning:
            self._drop_unlisted(listing)
""",
        new="        self._drop_unlisted(listing)\n",
        caught_by=laws("law_8_a_listing_of_what_changed_proves_no_absence"),
    ),
    Bug(
        name="item written that holds another file",
        file="reconciler/engine/looking.py",
        old="item.section != section.key or link.path not in item.paths:",
        new="item.section != section:",
        caught_by=laws("law_9_an_item_that_holds_another_file_now_is_not_written"),
    ),
    Bug(
        name="old observation written on",
        file="reconciler/engine/looking.py",
        old="MAX_AGE = 30.0\n",
        new="MAX_AGE = 300.0\n",
        caught_by=laws("law_9_what_a_person_writes_while_others_are_delivered_stands"),
    ),
    Bug(
        name="undo takes out what others added",
        file="reconciler/core/granting.py",
        old="""\
    out = {key for key in map(identity, wish.take) if key in there and key in owned}
""",
        new="""\
    out = there.keys() - by_identity(wish.back.elements).keys()
""",
        caught_by=laws("law_10_undo_spares_what_others_have_added_since"),
    ),
    Bug(
        name="undo leaves the locks on",
        file="reconciler/core/granting.py",
        old="    change = Change(value=wish.back.value, lock=lock)\n",
        new="    change = Change(value=wish.back.value, lock=None)\n",
        caught_by=laws("law_10_undo_restores_values_locks_elements_and_their_order"),
    ),
    Bug(
        name="undo forgets the order",
        file="reconciler/core/granting.py",
        old="    final = _in_order(kept | back, wish.back.elements)\n",
        new="    final = tuple(sorted((kept | back).values()))\n",
        caught_by=laws("law_10_undo_restores_values_locks_elements_and_their_order"),
    ),
    Bug(
        name="undo of one pass does not give back what it took out",
        file="reconciler/engine/undoing.py",
        old="                give[identity(name)] = name\n",
        new="                pass\n",
        caught_by=laws("law_10_undo_of_one_pass_leaves_what_went_before_it"),
    ),
    Bug(
        name="foreign value under fill overwritten",
        file="reconciler/core/decide.py",
        old="    Policy.FILL: frozenset({Reason.WITHDRAWN, Reason.FIRST}),\n",
        new="""\
    Policy.FILL: frozenset({Reason.WITHDRAWN, Reason.FIRST, Reason.FOREIGN}),
""",
        caught_by=decisions("fill_writes_only_over_nothing_and_over_its_own"),
    ),
    Bug(
        name="pass over one field settles the others",
        file="reconciler/engine/delivering.py",
        old="        fields = look.fields - set(written)\n",
        new="        fields = set(map(Field, look.entry.fields)) - set(written)\n",
        caught_by=laws("law_1_a_pass_over_one_field_leaves_the_others_owed"),
    ),
    Bug(
        name="what the server says of when ignored",
        file="reconciler/core/rest.py",
        old="wanted = now + ceil(min(asked or 0.0, LONGEST))",
        new="wanted = now - ceil(min(asked or 0.0, LONGEST))",
        caught_by=laws("law_2_a_server_that_asks_for_time_is_given_it"),
    ),
    Bug(
        name="fight fought for ever",
        file="reconciler/engine/looking.py",
        old="            decisions[name] = decide(replace(at, is_fought=True))\n",
        new="            decisions[name] = decide(at)\n",
        caught_by=laws("law_2_what_others_take_time_and_again_is_left_to_them"),
    ),
    Bug(
        name="release takes off a person's lock",
        file="reconciler/core/granting.py",
        old="    has_lock = memory.holds_lock and observed.locked and is_as_left\n",
        new="    has_lock = observed.locked and is_as_left\n",
        caught_by=laws("law_3_release_leaves_a_lock_that_was_there_before_us"),
    ),
    Bug(
        name="folder mapped by the beginning of its name",
        file="reconciler/core/match.py",
        old="    return path.startswith(inside(folder))\n",
        new="    return path.startswith(_folder(folder))\n",
        caught_by=laws("law_9_a_folder_maps_no_folder_whose_name_begins_alike"),
    ),
    Bug(
        name="journal forgotten while it can be asked for",
        file="reconciler/engine/pruning.py",
        old="- int(settings.keep), _BATCH",
        new="- int(settings.keep / 86400), _BATCH",
        caught_by=laws("law_10_an_older_pass_can_be_undone_as_well"),
    ),
    Bug(
        name="rebuilt item linked beside its old link",
        file="state/items.py",
        old="if of == target and row not in shown)",
        new="if of == target and row < 0)",
        caught_by=laws("law_3_a_veto_outlives_a_rebuild_that_a_full_pass_finds"),
    ),
    Bug(
        name="what is on a rebuilt item taken for ours",
        file="reconciler/core/elements.py",
        old="        passed |= case.there.keys()\n",
        new="        pass\n",
        caught_by=laws("law_3_what_a_person_put_on_a_rebuilt_item_is_the_persons"),
    ),
    Bug(
        name="others' words taken for what became of a lost write",
        file="reconciler/engine/concluding.py",
        old="for n, w in landed.items() if _is_plausible(n, w, after)}",
        new="for n, w in landed.items()}",
        caught_by=laws("law_7_a_lost_write_is_made_though_others_wrote_meanwhile"),
    ),
    Bug(
        name="what is left of a write that was not read back taken for others'",
        file="reconciler/engine/concluding.py",
        old="        if memory is not None:\n",
        new="        if memory is not None and name in done:\n",
        caught_by=late("law_5_what_is_left_of_a_set_that_was_not_read_back_is_ours"),
    ),
    Bug(
        name="newer write sent while an older one may still land",
        file="state/outbox.py",
        old="        not_before = certain_at(self._db, entry.link, now)\n",
        new="        not_before = 0\n",
        caught_by=laws("law_7_a_late_write_never_lands_on_a_newer_one"),
    ),
    Bug(
        name="write that may still land given up for lost",
        file="reconciler/engine/concluding.py",
        old="        if not is_whole and self.failing",
        new="        if one.row.id < 0 and self.failing",
        caught_by=laws("law_7_a_late_write_never_lands_on_a_newer_one"),
    ),
    Bug(
        name="write of a link that is owed nothing any more given up for lost",
        file="reconciler/engine/failing.py",
        old="(entry is None or entry.not_before > now)",
        new="(entry is not None and entry.not_before > now)",
        caught_by=late("law_9_what_lands_when_the_file_has_gone_is_left"),
    ),
    Bug(
        name="write that may still land gone with its link to another item",
        file="state/links.py",
        old="            self._leave_open(link)\n",
        new="            pass\n",
        caught_by=late(
            "law_7_a_late_write_never_lands_on_a_newer_one_of_whoever_has_the_item_now"
        ),
    ),
    Bug(
        name="file that is back left as its going has found it",
        file="reconciler/engine/concluding.py",
        old="            if memory.verdict in GIVEN_BACK and not asked",
        new="            if link.id < 0 and not asked",
        caught_by=late(
            "law_1_a_file_that_is_back_though_its_going_is_not_known_is_met_anew"
        ),
    ),
    Bug(
        name="scene buried while a write of its may still land",
        file="reconciler/engine/refreshing.py",
        old="            if self._is_written(scene):\n",
        new="            if scene < 0:\n",
        caught_by=late("law_10_what_lands_when_the_scene_has_gone_is_no_exception"),
    ),
    Bug(
        name="what lands on an item that has lost the file looked at again",
        file="reconciler/engine/concluding.py",
        old="            if not link.is_lost and snapshot.buried_at is None:\n",
        new="            if snapshot.buried_at is None:\n",
        caught_by=late("law_9_what_lands_when_the_file_has_gone_is_left"),
    ),
    Bug(
        name="write that plex took and did not make closed at once",
        file="reconciler/engine/concluding.py",
        old="        if not left:\n            self._close",
        new="        if one.writes:\n            self._close",
        caught_by=late("law_5_what_lands_after_a_200_is_ours"),
    ),
    Bug(
        name="what was read back concluded once more with what was not",
        file="reconciler/engine/concluding.py",
        old="        elif landed:\n",
        new="        elif not one.writes:\n",
        caught_by=parts("law_3_what_a_person_makes_of_a_part_that_was_read_back_stays"),
    ),
    Bug(
        name="what a person asked for forgotten with its answer",
        file="reconciler/engine/concluding.py",
        old=" and not asked.get(name, NOTHING).wish\n",
        new="\n",
        caught_by=late("law_10_a_release_that_was_not_read_back_at_once_stays_one"),
    ),
    Bug(
        name="what is newer kept waiting longer than a write may land",
        file="state/journal.py",
        old="min(opened, now) + LANDS_WITHIN",
        new="min(opened, now) + 9 * LANDS_WITHIN",
        caught_by=late("law_1_what_is_newer_waits_for_a_minute_at_most"),
    ),
    Bug(
        name="command taken on while a write may still land",
        file="reconciler/engine/concluding.py",
        old="self.failing.landing(left) if left else None\n",
        new="self.failing.landing(left) if left < 0 else None\n",
        caught_by=laws("law_7_a_command_waits_until_it_is_known_what_a_write_came_to"),
    ),
    Bug(
        name="items that plex has merged told from listings alone",
        file="reconciler/engine/claiming.py",
        old="(link.id not in shared and len(item.paths) == 1)",
        new="link.id not in shared",
        caught_by=laws(
            "law_9_an_item_that_plex_has_merged_with_another_is_not_written"
        ),
    ),
    Bug(
        name="what was there before another incarnation put back",
        file="reconciler/core/decide.py",
        old="memory.ours and memory.seen is not None and not is_personal\n",
        new="memory.ours and not is_personal\n",
        caught_by=laws("law_10_undo_leaves_a_rebuilt_item_as_it_came"),
    ),
    Bug(
        name="plan of what is not due yet",
        file="reconciler/engine/looking.py",
        old="        now = None if is_unseen else self.clock.unix()\n",
        new="        now = None if stage is Stage.PLANNED else self.clock.unix()\n",
        caught_by=laws("law_4_plan_leaves_out_what_waits_for_an_unclear_write"),
    ),
)
