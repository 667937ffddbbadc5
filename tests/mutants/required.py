"""The bugs that were agreed to be planted; none of them may be dropped in silence."""

from tests.mutants.planting import Bug, crashes, laws

_UNDO_AFTER_CRASH = crashes(
    "law_5_after_a_crash_anywhere_undo_still_restores_everything"
)
_SCAN_CRASHED = crashes("law_6_a_scan_crashed_anywhere_misses_nothing")

REQUIRED = (
    Bug(
        name="watermark before the last page",
        file="reconciler/engine/recording.py",
        old="            self._record_page(page, cursor, None, is_full=is_full)\n",
        new="""\
            early = replace(
                arrived(scan, cursor), cursor=replace(cursor, scene=page.rows[-1].id)
            )
            self._record_page(page, cursor, early, is_full=is_full)
""",
        caught_by=_SCAN_CRASHED,
    ),
    Bug(
        name="watermark outside the transaction",
        file="reconciler/engine/recording.py",
        old="""\
            self.poller.mark_referring(kind, entities)
        with self.ledger.transaction():
            if chunk is not None:
""",
        new="""\
            self.poller.mark_referring(kind, entities)
        with self.ledger.transaction():
            self.ledger.scenes.put_scan(after)
        with self.ledger.transaction():
            if chunk is not None:
""",
        caught_by=_SCAN_CRASHED,
    ),
    Bug(
        name="inclusive cursor",
        file="reconciler/engine/recording.py",
        old="cursor=replace(cursor, scene=scenes[-1].id))",
        new="cursor=replace(cursor, scene=scenes[-1].id + 1))",
        caught_by=_SCAN_CRASHED,
    ),
    Bug(
        name="stale entry not cancelled",
        file="reconciler/engine/binding.py",
        old="""\
        self.ledger.links.lose([link.id])
        self.ledger.outbox.cancel([link.id])
""",
        new="        self.ledger.links.lose([link.id])\n",
        caught_by=laws("law_2_an_item_that_is_gone_is_not_asked_for_again"),
    ),
    Bug(
        name="settle without the revision",
        file="state/outbox.py",
        old="        if entry is None or entry.revision != revision:\n",
        new="        if entry is None:\n",
        caught_by=laws(
            "law_7_what_stash_says_while_a_write_is_under_way_is_still_owed"
        ),
    ),
    Bug(
        name="journal after the PUT",
        file="reconciler/engine/delivering.py",
        old="""\
        one = self._open(look, look.item)
        if one is not None:
            self._put(look, look.item, one, sent)
""",
        new="""\
        with self.ledger.transaction():  # which ends only after the PUT
            one = self._open(look, look.item)
            if one is not None:
                self._put(look, look.item, one, sent)
""",
        caught_by=_UNDO_AFTER_CRASH,
    ),
    Bug(
        name="applied recorded before the read-back",
        file="reconciler/engine/delivering.py",
        old="""\
        left = {n: d for n, d in look.decisions.items() if n not in written}
        records = {str(name): memory_record(d.memory) for name, d in left.items()}
        self.ledger.links.remember(look.link.id, records)
        fields = look.fields - set(written)
""",
        new="""\
        left = look.decisions
        records = {str(name): memory_record(d.memory) for name, d in left.items()}
        self.ledger.links.remember(look.link.id, records)
        fields = look.fields
""",
        caught_by=_UNDO_AFTER_CRASH,
    ),
    Bug(
        name="owned = all desired",
        file="reconciler/core/elements.py",
        old="        owned=(*owned, *added),\n",
        new="""\
        owned=(
            *owned,
            *(name for key, name in case.desired.items() if key not in case.owned),
        ),
""",
        caught_by=laws("law_3_a_genre_that_was_there_before_us_stays"),
    ),
    Bug(
        name="foreign element removed",
        file="reconciler/core/elements.py",
        old="""\
        case.there[key] for key in case.owned if key in written - case.desired.keys()
""",
        new="""\
        case.there[key] for key in case.there if key not in case.desired
""",
        caught_by=laws("law_3_genres_of_others_outlive_ours"),
    ),
    Bug(
        name="element re-added against a veto",
        file="reconciler/core/elements.py",
        old="if key in there or name in added}\n",
        new="if added or key in there}\n",
        caught_by=laws("law_3_a_genre_that_a_person_took_out_stays_out"),
    ),
    Bug(
        name="empty desired blanks at first contact",
        file="reconciler/core/decide.py",
        old="""\
            return Reason.NO_OPINION
        if self.is_equal():
""",
        new="""\
            is_bare = not self.observed.value or self.observed.locked
            return Reason.NO_OPINION if is_bare else Reason.FOREIGN
        if self.is_equal():
""",
        caught_by=laws(
            "law_3_nothing_is_blanked_at_first_contact",
            "law_3_nothing_is_blanked_that_stash_emptied_before_it_was_written",
        ),
    ),
    Bug(
        name="take plex forgotten after one pass",
        file="reconciler/core/decide.py",
        old="        if reason in {Reason.LEFT, Reason.AT_REST}:\n",
        new="        if reason is Reason.AT_REST:\n",
        caught_by=laws("law_3_what_was_given_to_plex_stays_given"),
    ),
    Bug(
        name="normal form compared raw",
        file="reconciler/core/decide.py",
        old="""\
            and self.memory.seen is not None
            and not self._has_moved()
        )

    def _equal(self)""",
        new="""\
            and self.memory.seen is not None
            and self.observed.value == self.want.value
        )

    def _equal(self)""",
        caught_by=laws("law_2_plexs_own_form_of_a_value_is_not_written_again"),
    ),
    Bug(
        name="undo ignores a later person's edit",
        file="reconciler/core/granting.py",
        old="    if left is None or observed.value != left.value:\n",
        new="    if left is None:\n",
        caught_by=laws("law_10_undo_spares_what_a_person_has_changed_since"),
    ),
    Bug(
        name="lock sent for a kept field",
        file="reconciler/core/decide.py",
        old="        return Decision(reason=reason, memory=self._left(reason))\n",
        new="""\
        change = None
        if reason in _OF_A_PERSON and self.want.rule.lock:
            change = Change(value=self.observed.value, lock=True)
        return Decision(reason=reason, change=change, memory=self._left(reason))
""",
        caught_by=laws("law_3_a_lock_that_a_person_took_off_stays_off"),
    ),
    Bug(
        name="two scenes writing one item",
        file="reconciler/engine/looking.py",
        old="contested = self.claims.contested(links.values(), items, shared)\n",
        new="contested = set[int]()\n",
        caught_by=laws("law_9_an_item_that_two_scenes_claim_is_not_written"),
    ),
    Bug(
        name="brake judged per page",
        file="reconciler/engine/judging.py",
        old="            self._note(self.looker.look(entries))\n",
        new="""\
            self._note(self.looker.look(entries))
            break  # the first page stands for all
""",
        caught_by=laws("the_brake_holds_a_pass_as_a_whole"),
    ),
    Bug(
        name="entry delivered while planned",
        file="reconciler/engine/delivering.py",
        old="""\
        stage = None if is_wished else Stage.RELEASED
        counts = self.ledger.outbox.counts()
        owed = sum(counts.values()) if is_wished else counts.get(Stage.RELEASED, 0)
""",
        new="""\
        stage = None
        counts = self.ledger.outbox.counts()
        owed = sum(counts.values())
""",
        caught_by=laws("the_brake_holds_a_pass_as_a_whole"),
    ),
    Bug(
        name="dead id fails its batch",
        file="reconciler/clients/plex.py",
        old="""\
        except GoneError:
            return None
        return read_items(root, keys)
""",
        new="""\
        except GoneError:
            raise
        return read_items(root, keys)
""",
        caught_by=laws("law_1_a_dead_item_does_not_cost_its_neighbours"),
    ),
    Bug(
        name="title stem locked over a good title",
        file="reconciler/core/desire.py",
        old="        rule = Rule(policy=Policy.FILL, lock=False)\n",
        new="        rule = Rule(policy=Policy.PUSH, lock=True)\n",
        caught_by=laws(
            "law_3_a_good_title_is_neither_replaced_nor_locked_by_a_files_name"
        ),
    ),
)
