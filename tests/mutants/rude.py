"""Bugs of politeness: Plex is asked for more than its share, or at the wrong time."""

from tests.mutants.planting import Bug

_SHARE = "tests/engine/test_politeness_laws.py::test_"
_LULLS = "tests/engine/test_lull_laws.py::test_"
_BACKING = "tests/engine/test_backing_laws.py::test_"

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
)
