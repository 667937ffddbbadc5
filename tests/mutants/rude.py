"""Bugs of politeness: Plex is asked for more than its share, or at the wrong time."""

from tests.mutants.planting import Bug

_SHARE = "tests/engine/test_politeness_laws.py::test_"
_LULLS = "tests/engine/test_lull_laws.py::test_"
_BACKING = "tests/engine/test_backing_laws.py::test_"
_WAITING = "tests/engine/test_waiting_laws.py::test_"
_RESCAN = "tests/engine/test_rescan_laws.py::test_"

RUDE = (
    Bug(
        name="peace as long as the answer took, whatever the share",
        file="reconciler/core/pace.py",
        old="took * (slowness / share - 1.0)",
        new="took * slowness",
        caught_by=(f"{_SHARE}plex_is_busy_with_us_for_its_share_of_the_time",),
    ),
    Bug(
        name="lulls looked for at the beginning only",
        file="reconciler/engine/delivering.py",
        old="if self.is_over() or self._is_lull(look.link.target):",
        new="if self.is_over():",
        caught_by=(
            f"{_LULLS}hours_that_begin_in_the_middle_end_the_writing",
            f"{_LULLS}who_begins_to_stream_in_the_middle_is_left_alone_within_a_minute",
        ),
    ),
    Bug(
        name="hours of Plex asked for in every pass",
        file="reconciler/engine/lulls.py",
        old="not 0 <= now - known.hours_at < _HOUR",
        new="now",
        caught_by=(
            f"{_LULLS}plex_is_asked_for_its_hours_once_an_hour_and_where_something_is_owed",
        ),
    ),
    Bug(
        name="hours of Plex kept for ever",
        file="reconciler/engine/lulls.py",
        old=" or not 0 <= now - known.hours_at < _HOUR:",
        new=":",
        caught_by=(f"{_LULLS}other_hours_of_plex_hold_within_an_hour",),
    ),
    Bug(
        name="written while Plex backs itself up",
        file="reconciler/core/backup.py",
        old="        return waited >= LEAST\n",
        new="        return True\n",
        caught_by=(
            f"{_BACKING}many_items_are_written_after_a_backup_that_holds_none_of_it",
        ),
    ),
    Bug(
        name="written on what was read before the wait",
        file="reconciler/engine/delivering.py",
        old="continue  # by now, what was read is too old",
        new="pass  # by now, what was read is too old",
        caught_by=(f"{_BACKING}who_edits_while_it_is_made_is_not_written_over",),
    ),
    Bug(
        name="backup asked for by whoever is stopped while it is made",
        file="reconciler/engine/backing.py",
        old="        if known.backup_at is None:\n",
        new="        if known.backup_over is None:\n",
        caught_by=(
            f"{_BACKING}who_dies_while_it_is_made_waits_for_the_rest_the_next_time",
        ),
    ),
    Bug(
        name="what waits looked for in each pass, for ever",
        file="reconciler/core/waiting.py",
        old="waited is not None and waited < FRESH",
        new="waited is not None",
        caught_by=(
            f"{_WAITING}law_2_each_pass_of_the_first_hour_looks_and_then_one_each_quarter",
        ),
    ),
    Bug(
        name="what waits looked for less and less, and then no more",
        file="reconciler/core/waiting.py",
        old="looked is None or looked >= PAUSE",
        new="looked is None",
        caught_by=(
            f"{_WAITING}law_1_what_comes_late_is_found_within_a_quarter_of_an_hour",
        ),
    ),
    Bug(
        name="another file waited for as long as the one before",
        file="reconciler/engine/linking.py",
        old="scene.id in known.moved",
        new="False",
        caught_by=(f"{_WAITING}a_scene_that_is_given_another_file_waits_anew",),
    ),
    Bug(
        name="a look that failed taken for one",
        file="reconciler/engine/running.py",
        old="""        self._parts.surveyor.survey(is_full=self.scope.is_thorough)
        self._parts.patience.looked()
""",
        new="""        self._parts.patience.looked()
        self._parts.surveyor.survey(is_full=self.scope.is_thorough)
""",
        caught_by=(f"{_WAITING}a_look_that_failed_is_made_again_with_the_next_pass",),
    ),
    Bug(
        name="scanned whether or not Plex reaches the folder",
        file="reconciler/engine/rescans.py",
        old="self._danger(target, folder) or self.library",
        new="self.library",
        caught_by=(
            f"{_RESCAN}what_plex_does_not_reach_is_not_scanned_and_loses_nothing",
        ),
    ),
    Bug(
        name="scanned where one of the folders below is reached",
        file="reconciler/engine/rescans.py",
        old="not self.library.reached(items) >= set(items)",
        new="not self.library.reached(items)",
        caught_by=(
            f"{_RESCAN}what_plex_does_not_reach_is_not_scanned_and_loses_nothing",
        ),
    ),
    Bug(
        name="the library's own folder scanned",
        file="reconciler/core/folders.py",
        old="inside(location).startswith(inside(folder))",
        new="holds(folder, location)",
        caught_by=(
            f"{_RESCAN}a_folder_that_holds_one_of_the_librarys_own_is_never_asked_for",
        ),
    ),
    Bug(
        name="the new folder of a renamed film scanned alone",
        file="reconciler/engine/rescans.py",
        old="not folder or folders.takes_in(folder, had)",
        new="not folder",
        caught_by=(f"{_RESCAN}a_film_that_was_renamed_keeps_its_item",),
    ),
    Bug(
        name="a folder scanned in each pass while a scene waits",
        file="reconciler/engine/rescans.py",
        old="        self._tend(target, scenes)\n",
        new="",
        caught_by=(f"{_RESCAN}a_folder_is_asked_for_once_while_a_scene_waits",),
    ),
    Bug(
        name="scanned at any time",
        file="reconciler/engine/rescans.py",
        old="not due or self.lulls.reason(target)",
        new="not due",
        caught_by=(f"{_RESCAN}not_while_it_is_paused_or_quiet_or_scanned_but_after",),
    ),
)
