"""What is believed of a server that says less than it did: numbers in, a yes or a why.

A wiped, restored or half-imported Stash, and a library whose disk is not mounted,
answer politely and in full: only their numbers tell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.core.brake import Limits
from reconciler.core.news import Census, Job
from reconciler.core.values import Scene

STASH = "stash"
"""The subject of doubts about Stash; those about a library go by its title."""

_HARMLESS = (
    "Auto-tagging",
    "Batch stash-box",
    "Cleaning generated files",
    "Downloading",
    "Exporting",
    "Generating",
    "Identifying",
    "Installing",
    "Migrating blobs",
    "Migrating scene hashes",
    "Migrating scene screenshots",
    "Optimising",
    "Updating",
)
"""Jobs of Stash that move no file and drop no row without a stamp that tells of it."""

_UPHEAVALS = ("Importing", "Migrating database")
"""Jobs while which nothing that Stash says can be taken for its last word."""

_NO_PRINT = frozenset({"phash"})
"""Kinds of fingerprints that several files may share."""


def lost_rows(before: Census, now: Census) -> bool:
    """Whether rows of a kind have gone in between, however many came.

    Ids are given once and rise by one: what was added, both figures tell alike.
    """
    return now.tip < before.tip or now.count - before.count != now.tip - before.tip


def is_harmless(job: Job) -> bool:
    """Whether a job leaves everything that stamps do not tell as it was."""
    return job.name.startswith(_HARMLESS)


def is_upheaval(job: Job) -> bool:
    """Whether Stash is being filled anew while this job runs."""
    return job.name.startswith(_UPHEAVALS)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobNews:
    """What Stash's jobs tell, beside the last one that was over."""

    last: int
    """The job up to which all are over now."""
    added: str
    """When that job was added; where it was not read, nothing that any job has."""
    needs_listing: bool
    """Whether one has begun that may move or drop what no stamp tells of."""
    is_idle: bool
    """Whether none runs that may."""
    upheaval: str = ""
    """The name of a job that fills Stash anew, while it runs."""


REMEMBERED = 10
"""Jobs that are over and that Stash can still be asked for."""
_STRIDES = 20


def asked(last: int) -> tuple[int, ...]:
    """Say which jobs to ask for: the last one known to be over, and those behind it.

    Beyond those that Stash can still know beside it, every tenth: should the last one
    be forgotten, one of them tells where Stash has come to, 200 jobs on.
    """
    beyond = last + REMEMBERED
    near = range(max(last, 1), beyond)
    return (*near, *range(beyond, beyond + _STRIDES * REMEMBERED, REMEMBERED))


def job_news(last: int, jobs: Sequence[Job], *, added: str) -> JobNews:
    """Tell what has happened since job *last*, of those that were asked for.

    Jobs are numbered from 1 at each start of Stash. So one that it does not know any
    more, or knows as another that was not *added* then, or a gap before one that it
    knows, may have done anything meanwhile. One that runs may never be told to be over:
    a restart ends it as well.
    """
    is_known = last == 0 or any(_is_last(job, last, added) for job in jobs)
    since = last if is_known else 0
    running = [job for job in jobs if not job.is_over]
    behind = {job.id: job for job in jobs if job.id > since}
    reached = max(behind, default=since)
    if running:
        reached = min(job.id for job in running) - 1
    over = [behind.get(number) for number in range(since + 1, reached + 1)]
    is_idle = all(is_harmless(job) for job in running)
    return JobNews(
        last=reached,
        added=next((job.added for job in jobs if job.id == reached), ""),
        needs_listing=not is_known
        or not is_idle
        or any(job is None or not is_harmless(job) for job in over),
        is_idle=is_idle,
        upheaval=next((job.name for job in running if is_upheaval(job)), ""),
    )


def _is_last(job: Job, last: int, added: str) -> bool:
    return job.id == last and job.is_over and job.added == added


def is_stranger(before: Scene, now: Scene) -> bool:
    """Whether an id has become another scene's, as it does when Stash is filled anew.

    A scene keeps a file by its path, or by what is in it; one without files is not told
    from itself.
    """
    if not before.files or not now.files:
        return False
    return not _marks(before) & _marks(now)


def _marks(scene: Scene) -> set[tuple[str, str]]:
    return {
        mark
        for file in scene.files
        for mark in (("path", file.path), *file.fingerprints)
        if mark[0] not in _NO_PRINT
    }


def limit(known: int, limits: Limits) -> int:
    """Say how many of the *known* scenes may go before a person is asked."""
    return max(limits.removals_floor, int(limits.removals * known))


def _limit_told(known: int, limits: Limits) -> str:
    return (
        f"the limit is {limit(known, limits)} ({limits.removals * 100:g} % of {known},"
        f" at least {limits.removals_floor}, by [brake] removals)"
    )


def approval(subject: str) -> str:
    """Name the command by which a person says that it is as a server says."""
    return (
        f"`plexsync approve {subject}`"
        if subject == STASH
        else (f'`plexsync approve "{subject}"`')
    )


_NEVER = "an empty listing is never believed"


DAY = 24 * 3600
"""For how many seconds scenes that went count along with those that go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """How many scenes a listing does not have: a loss in parts is a loss."""

    now: int
    before: int = 0
    """Those that went within the last day, and are not known any more."""


def too_many_gone(
    listed: int, gone: Gone, known: int, limits: Limits, *, is_approved: bool
) -> str | None:
    """Say why a complete listing of scenes is not believed; None believes it."""
    if not listed and known:
        return (
            f"stash lists no scenes where {known} are known: none is taken for deleted,"
            f" since {_NEVER}; see that it has the right database; if it is meant to be"
            " empty, leave it by `plexsync undo --since start` or `plexsync release`"
        )
    count, total = gone.now + gone.before, known + gone.before
    if not gone.now or count <= limit(total, limits) or is_approved:
        return None
    since, none = "", "none"
    if gone.before:
        since = f" within 24 hours, {gone.before} of them before now"
        none = "none of the others"
    return (
        f"{count} of {total} scenes are gone from stash{since},"
        f" {_limit_told(total, limits)}: {none} is taken for deleted; if they are meant"
        f" to be gone, say so by {approval(STASH)}"
    )


def too_many_strangers(strangers: int, known: int, limits: Limits) -> str | None:
    """Say why so many scenes of other files under known ids are not believed."""
    most = limit(known, limits)
    if strangers <= most:
        return None
    return (
        f"more than {most} of {known} scenes in stash have other files under the ids"
        f" that were known, {_limit_told(known, limits)}: nothing more is read; if"
        f" stash was filled anew, say so by {approval(STASH)}"
    )


_NOTHING = (
    "the listing takes nothing for gone (an item that a delivery asks for by itself and"
    " does not find waits)"
)


def too_few_files(
    title: str, listed: int, known: int, *, is_approved: bool
) -> str | None:
    """Say why a complete listing of a library is not believed; None believes it."""
    if not known or (listed and (known <= _FEW or listed >= known * _SHARE)):
        return None
    if listed and is_approved:
        return None
    if not listed:
        return (
            f'the library "{title}" lists 0 files where {known} were known: {_NOTHING},'
            f" since {_NEVER}; see that its disk is mounted, or take it out of [plex]"
            " libraries"
        )
    return (
        f'the library "{title}" lists {listed} files where {known} were known, less'
        f" than {_SHARE:.0%} of them: {_NOTHING}; see that its disk is"
        f" mounted; if they are meant to be gone, say so by {approval(title)}"
    )


_FEW, _SHARE = 20, 0.5


def strangers_among(pairs: Iterable[tuple[Scene, Scene]]) -> frozenset[int]:
    """Name those scenes, of (known, read) pairs, that are others than before."""
    return frozenset(now.id for before, now in pairs if is_stranger(before, now))
