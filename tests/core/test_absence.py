"""What is believed of a server that says less than it did."""

from collections import deque
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.absence import (
    REMEMBERED,
    Gone,
    JobNews,
    asked,
    is_harmless,
    is_stranger,
    is_upheaval,
    job_news,
    limit,
    lost_rows,
    strangers_among,
    too_few_files,
    too_many_gone,
    too_many_strangers,
)
from reconciler.core.brake import Limits
from reconciler.core.news import Census, Job
from reconciler.core.values import Scene, SceneFile, SceneId

COUNTS = st.integers(0, 500)
LIMITS = st.builds(Limits, removals=st.floats(0, 1), removals_floor=st.integers(0, 50))


@dataclass
class Table:
    """Rows that are numbered as Stash numbers them: upwards, no number twice."""

    rows: list[int] = field(default_factory=list)
    newest: int = 0

    def change(self, step: int | None) -> None:
        """Create a row, or delete the one at a place counted from the newest."""
        if step is None:
            self.newest += 1
            self.rows.append(self.newest)
        elif step < len(self.rows):
            del self.rows[-1 - step]

    def census(self) -> Census:
        return Census(count=len(self.rows), tip=max(self.rows, default=0))


CHANGES = st.lists(st.none() | st.integers(0, 12), max_size=25)


@settings(max_examples=300)
@given(CHANGES, CHANGES)
def test_a_row_that_has_gone_never_goes_unnoticed(
    first: list[int | None], then: list[int | None]
) -> None:
    """However many came and went beside it."""
    table = Table()
    for step in first:
        table.change(step)
    rows, before = set(table.rows), table.census()
    for step in then:
        table.change(step)

    has_lost = not rows <= set(table.rows)

    assert lost_rows(before, table.census()) or not has_lost


@given(st.integers(0, 9), CHANGES)
def test_rows_that_came_are_no_rows_lost(known: int, then: list[int | None]) -> None:
    table = Table()
    for _ in range(known):
        table.change(None)
    before = table.census()
    for _ in then:
        table.change(None)

    assert not lost_rows(before, table.census())
    assert not lost_rows(before, before)


@pytest.mark.parametrize(
    ("before", "now", "is_lost"),
    [
        ((0, 0), (0, 0), False),
        ((0, 0), (3, 3), False),
        ((5, 9), (5, 9), False),
        ((5, 9), (7, 11), False),
        ((5, 9), (4, 9), True),
        ((5, 9), (5, 10), True),
        ((5, 9), (4, 8), True),
        ((5, 9), (0, 0), True),
    ],
)
def test_a_census(
    before: tuple[int, int],
    now: tuple[int, int],
    is_lost: bool,  # noqa: FBT001 - a table's column
) -> None:
    figures = [Census(count=count, tip=tip) for count, tip in (before, now)]
    assert lost_rows(*figures) is is_lost


HARMLESS, HARMFUL = "Generating...", "Scanning..."
NAMES = st.sampled_from([HARMLESS, HARMFUL])


@dataclass
class Queue:
    """Stash's jobs: numbered from 1 at each start, the last ten over remembered."""

    jobs: dict[int, Job] = field(default_factory=dict)
    over: deque[Job] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    newest: int = 0
    moment: int = 0
    done: list[tuple[int, Job]] = field(default_factory=list)
    """Every job that was ever over, with the moment of its end."""

    def start(self, name: str) -> None:
        self.newest += 1
        self.moment += 1
        added = f"moment {self.moment}"
        job = Job(id=self.newest, name=name, is_over=False, added=added)
        self.jobs[job.id] = job

    def finish(self, place: int) -> None:
        if place < len(self.jobs):
            job = replace(self.jobs.pop(list(self.jobs)[place]), is_over=True)
            self.moment += 1
            self.over.append(job)
            self.done.append((self.moment, job))

    def restart(self) -> None:
        """Forget everything; what runs is ended, however far it has come."""
        while self.jobs:
            self.finish(0)
        self.newest = 0
        self.over.clear()

    def answer(self, ids: tuple[int, ...]) -> list[Job]:
        """Tell of the jobs that are asked for, and of all that are not over."""
        known = {job.id: job for job in self.over} | self.jobs
        return [
            known[number]
            for number in sorted(known)
            if number in ids or number in self.jobs
        ]


@dataclass
class Poller:
    """One who polls, and remembers as much as the ledger does."""

    queue: Queue
    last: int = 0
    added: str = ""
    polled: int = 0
    """When the last poll was."""
    listed: int = 0
    """When the poll was that last made a listing due."""

    def poll(self) -> JobNews:
        jobs = self.queue.answer(asked(self.last))
        news = job_news(self.last, jobs, added=self.added)
        self.last, self.added = news.last, news.added
        self.polled = self.queue.moment
        if news.needs_listing:
            self.listed = self.queue.moment
        return news

    def settle(self) -> None:
        """Poll until nothing is new, which must not take for ever."""
        before: tuple[int, str] | None = None
        for _ in range(60):
            news = self.poll()
            is_due = news.needs_listing and news.is_idle
            if before == (news.last, news.added) and not is_due:
                return
            before = (news.last, news.added)
        raise AssertionError(f"no end to the listings: {self}")


def step(poller: Poller, move: object) -> None:
    queue = poller.queue
    match move:
        case "restart":
            queue.restart()
            if poller.last == 0:
                # whoever knew no job of a Stash cannot tell that it has begun anew
                queue.done = [one for one in queue.done if one[0] <= poller.polled]
        case int(place):
            queue.finish(place)
        case str(name):
            queue.start(name)


ONE_BY_ONE = st.lists(NAMES, max_size=25).map(
    lambda names: [move for name in names for move in (name, 0)]
)
"""Jobs that are over before the next one starts: many more than are remembered."""
QUEUED = st.lists(NAMES | st.just(0), max_size=12)
"""Jobs of which some are left waiting or running."""
RESTART = st.just(["restart"])
ROUNDS = st.lists(
    st.lists(ONE_BY_ONE | QUEUED | RESTART, max_size=3).map(
        lambda parts: [move for part in parts for move in part]
    ),
    max_size=6,
)


@settings(max_examples=300)
@given(ROUNDS)
def test_no_job_that_may_have_moved_anything_goes_unanswered(
    rounds: list[list[object]],
) -> None:
    """A listing after its end, whatever was forgotten or begun anew meanwhile."""
    queue = Queue()
    poller = Poller(queue)
    for moves in rounds:
        for move in moves:
            step(poller, move)
        news = poller.poll()
        assert all(news.last < job for job in queue.jobs)
        assert news.is_idle == all(is_harmless(job) for job in queue.jobs.values())
    while queue.jobs:
        queue.finish(0)
    poller.settle()

    harmful = [ended for ended, job in queue.done if not is_harmless(job)]
    assert poller.listed >= max(harmful, default=0)


CONCURRENT = st.lists(st.lists(NAMES | st.integers(0, 4), max_size=12), max_size=6)


@settings(max_examples=300)
@given(CONCURRENT)
def test_jobs_side_by_side_go_unanswered_neither(rounds: list[list[object]]) -> None:
    """The last one over is never beyond one that runs: that one's end is to come."""
    queue = Queue()
    poller = Poller(queue)
    for moves in rounds:
        for move in moves:
            step(poller, move)
        news = poller.poll()
        assert all(news.last < job for job in queue.jobs)
    while queue.jobs:
        queue.finish(0)
        poller.poll()
    poller.settle()

    harmful = [ended for ended, job in queue.done if not is_harmless(job)]
    assert poller.listed >= max(harmful, default=0)


@given(ONE_BY_ONE, st.booleans(), NAMES)
def test_asking_again_with_nothing_new_tells_nothing_new(
    moves: list[object],
    is_busy: bool,  # noqa: FBT001 - drawn
    name: str,
) -> None:
    """Whether or not a job runs on; one that may move things has a listing due."""
    queue = Queue()
    poller = Poller(queue)
    for move in moves:
        step(poller, move)
    if is_busy:
        queue.start(name)
    poller.settle()
    settled = poller.last

    news = poller.poll()

    assert (news.last, news.needs_listing) == (settled, not news.is_idle)
    assert settled == queue.newest - int(is_busy)


def job(number: int, name: str = HARMLESS, *, is_over: bool = True) -> Job:
    return Job(id=number, name=name, is_over=is_over, added=f"added {number}")


def test_a_job_that_stash_knows_as_another_is_a_restart() -> None:
    """As many jobs since its start as before it: the numbers alone tell nothing."""
    jobs = [job(5), job(6)]
    assert job_news(5, jobs, added="added 5") == JobNews(
        last=6, added="added 6", needs_listing=False, is_idle=True
    )
    assert job_news(5, jobs, added="added before").needs_listing
    assert job_news(5, [job(5, is_over=False)], added="added 5").needs_listing


def test_where_stash_has_come_to_is_found_200_jobs_on() -> None:
    for newest in range(1, 200):
        known = {number: job(number) for number in range(newest - 9, newest + 1)}
        answer = [known[number] for number in asked(0) if number in known]
        assert answer, newest
        assert job_news(0, answer, added="").last > 0


def test_no_more_is_asked_for_than_a_poll_has_room_for() -> None:
    assert {len(asked(last)) for last in range(300)} == {29, 30}
    assert len(set(asked(7))) == 30


def test_what_fills_stash_anew_is_named_while_it_runs() -> None:
    importing = job(2, "Importing...", is_over=False)
    assert is_upheaval(importing)
    assert job_news(1, [job(1), importing], added="added 1") == JobNews(
        last=1,
        added="added 1",
        needs_listing=True,
        is_idle=False,
        upheaval="Importing...",
    )
    assert job_news(
        1, [job(1), replace(importing, is_over=True)], added="added 1"
    ) == JobNews(last=2, added="added 2", needs_listing=True, is_idle=True)


def scene(*files: tuple[str, dict[str, str]]) -> Scene:
    return Scene(
        id=SceneId(1),
        stamp="",
        files=tuple(
            SceneFile(id=number, path=path, fingerprints=tuple(prints.items()))
            for number, (path, prints) in enumerate(files, start=1)
        ),
    )


HERE = scene(("/a.mp4", {"oshash": "1", "phash": "p"}))


@pytest.mark.parametrize(
    ("now", "is_other"),
    [
        (HERE, False),
        (scene(("/a.mp4", {})), False),
        (scene(("/a.mp4", {"oshash": "2"})), False),
        (scene(("/b.mp4", {"oshash": "1"})), False),
        (scene(("/b.mp4", {"oshash": "2"}), ("/c.mp4", {"oshash": "1"})), False),
        (scene(), False),
        (scene(("/b.mp4", {})), True),
        (scene(("/b.mp4", {"oshash": "2"})), True),
        (scene(("/b.mp4", {"md5": "1"})), True),
        (scene(("/b.mp4", {"phash": "p"})), True),
    ],
)
def test_a_scene_is_known_by_its_files(
    now: Scene,
    is_other: bool,  # noqa: FBT001 - a table's column
) -> None:
    """By a path, or by what is in one; films may look alike, so a phash tells none."""
    assert is_stranger(HERE, now) is is_other
    assert is_stranger(now, HERE) is is_other


def test_strangers_are_named_by_the_id_they_go_by() -> None:
    other = scene(("/b.mp4", {}))
    renamed = replace(HERE, id=SceneId(2))
    assert strangers_among([(HERE, other), (HERE, renamed)]) == {1}
    assert strangers_among([]) == frozenset()


@given(COUNTS, LIMITS, st.booleans())
def test_a_stash_without_scenes_is_never_believed(
    known: int,
    limits: Limits,
    is_approved: bool,  # noqa: FBT001 - drawn
) -> None:
    """Not on a person's word either; but where nothing is known nothing is gone."""
    why = too_many_gone(0, Gone(now=known), known, limits, is_approved=is_approved)
    assert (why is None) == (known == 0)


@given(st.integers(1, 500), COUNTS, COUNTS, COUNTS, LIMITS)
def test_what_more_scenes_may_be_gone_fewer_may(
    listed: int, gone: int, fewer: int, known: int, limits: Limits
) -> None:
    """And a person may say that all of them are."""
    fewer, gone = sorted((fewer, gone))

    def is_believed(count: int, *, is_approved: bool = False) -> bool:
        what = Gone(now=count)
        why = too_many_gone(listed, what, known, limits, is_approved=is_approved)
        return why is None

    assert is_believed(fewer) or not is_believed(gone)
    assert is_believed(gone) == (gone <= limit(known, limits))
    assert is_believed(gone, is_approved=True)


@given(st.integers(1, 500), st.integers(1, 500), COUNTS, COUNTS, LIMITS)
def test_a_loss_in_parts_is_the_same_loss(
    listed: int, gone: int, before: int, known: int, limits: Limits
) -> None:
    """But what went before is no news by itself."""

    def is_believed(what: Gone, known: int) -> bool:
        return too_many_gone(listed, what, known, limits, is_approved=False) is None

    whole = is_believed(Gone(now=gone + before), known + before)
    assert is_believed(Gone(now=gone, before=before), known) == whole
    assert is_believed(Gone(now=0, before=before), known)


@given(COUNTS, COUNTS, COUNTS, LIMITS)
def test_what_more_scenes_may_be_others_fewer_may(
    strangers: int, fewer: int, known: int, limits: Limits
) -> None:
    fewer, strangers = sorted((fewer, strangers))
    reasons = [too_many_strangers(n, known, limits) for n in (fewer, strangers)]

    assert reasons[0] is None or reasons[1] is not None
    assert (reasons[1] is None) == (strangers <= limit(known, limits))


@given(COUNTS, COUNTS, st.booleans())
def test_a_library_that_lists_nothing_is_never_believed(
    known: int,
    fewer: int,
    is_approved: bool,  # noqa: FBT001 - drawn
) -> None:
    why = too_few_files("Films", 0, known, is_approved=is_approved)
    assert (why is None) == (known == 0)
    assert why is None or "approve" not in why


@given(st.integers(1, 500), COUNTS, COUNTS)
def test_what_a_shorter_listing_proves_a_longer_one_does(
    listed: int, more: int, known: int
) -> None:
    def is_believed(count: int, *, is_approved: bool = False) -> bool:
        return too_few_files("Films", count, known, is_approved=is_approved) is None

    assert is_believed(listed + more) or not is_believed(listed)
    assert is_believed(listed) == (known <= 20 or listed * 2 >= known)
    assert is_believed(listed, is_approved=True)


def test_a_doubt_says_its_figures_and_what_to_do() -> None:
    limits = Limits()
    assert limit(1000, limits) == 20
    assert limit(5000, limits) == 100
    assert too_many_gone(0, Gone(now=90), 90, limits, is_approved=True) == (
        "stash lists no scenes where 90 are known: none is taken for deleted, since an"
        " empty listing is never believed; see that it has the right database; if it is"
        " meant to be empty, leave it by `plexsync undo --since start` or `plexsync"
        " release`"
    )
    assert too_many_gone(69, Gone(now=21), 90, limits, is_approved=False) == (
        "21 of 90 scenes are gone from stash, the limit is 20 (2 % of 90, at least 20,"
        " by [brake] removals): none is taken for deleted; if they are meant to be"
        " gone, say so by `plexsync approve stash`"
    )
    parts = Gone(now=11, before=10)
    assert too_many_gone(69, parts, 80, limits, is_approved=False) == (
        "21 of 90 scenes are gone from stash within 24 hours, 10 of them before now,"
        " the limit is 20 (2 % of 90, at least 20, by [brake] removals): none of the"
        " others is taken for deleted; if they are meant to be gone, say so by"
        " `plexsync approve stash`"
    )
    assert too_many_strangers(21, 90, limits) == (
        "more than 20 of 90 scenes in stash have other files under the ids that were"
        " known, the limit is 20 (2 % of 90, at least 20, by [brake] removals):"
        " nothing more is read; if stash was filled anew, say so by"
        " `plexsync approve stash`"
    )
    assert too_few_files("Films", 20, 90, is_approved=False) == (
        'the library "Films" lists 20 files where 90 were known, less than 50% of them:'
        " the listing takes nothing for gone (an item that a delivery asks for by"
        " itself and does not find waits); see that its disk is mounted; if they are"
        ' meant to be gone, say so by `plexsync approve "Films"`'
    )
