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
    needs_listing: bool
    """Whether one has ended that may have moved or dropped what no stamp tells of."""
    is_idle: bool
    """Whether none runs that may."""
    upheaval: str = ""
    """The name of a job that fills Stash anew, while it runs."""


WINDOW = 9
"""Jobs behind the last one that are asked for: Stash remembers ten that are over."""


def asked(last: int) -> tuple[int, ...]:
    """Say which jobs to ask for: the last one known to be over, and those behind it."""
    return tuple(range(max(last, 1), last + WINDOW + 1))


def job_news(last: int, jobs: Sequence[Job]) -> JobNews:
    """Tell what has happened since job *last*, of those that were asked for.

    Jobs are numbered from 1 at each start of Stash. So one that it does not know any
    more, or a gap before one that it knows, may have done anything meanwhile.
    """
    running = [job for job in jobs if not job.is_over]
    behind = [job for job in jobs if job.id > last]
    is_known = last == 0 or any(job.id == last for job in jobs)
    open_ids = [job.id for job in running]
    reached = max([job.id for job in behind], default=last if is_known else 0)
    if open_ids:
        reached = min(open_ids) - 1
    found = {job.id for job in behind}
    has_gap = any(number not in found for number in range(last + 1, reached + 1))
    over = [job for job in behind if job.is_over]
    upheavals = [job.name for job in running if is_upheaval(job)]
    return JobNews(
        last=reached,
        needs_listing=not is_known
        or has_gap
        or any(not is_harmless(job) for job in over if job.id <= reached),
        is_idle=all(is_harmless(job) for job in running),
        upheaval=upheavals[0] if upheavals else "",
    )


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


def too_many_gone(
    listed: int, gone: int, known: int, limits: Limits, *, is_approved: bool
) -> str | None:
    """Say why a complete listing of scenes is not believed; None believes it."""
    if not listed and known:
        return (
            f"stash lists no scenes where {known} are known: none is taken for deleted;"
            " see that it has the right database"
        )
    most = limit(known, limits)
    if gone <= most or is_approved:
        return None
    return (
        f"{gone} of {known} scenes are gone from stash, the limit is {most}:"
        " none is taken for deleted; if they are meant to be gone, say so by"
        f" `plexsync approve {STASH}`"
    )


def too_many_strangers(strangers: int, known: int, limits: Limits) -> str | None:
    """Say why so many scenes of other files under known ids are not believed."""
    most = limit(known, limits)
    if strangers <= most:
        return None
    return (
        f"more than {most} of {known} scenes in stash have other files under the ids"
        " that were known: nothing more is read; if stash was filled anew, say so by"
        f" `plexsync approve {STASH}`"
    )


def too_few_files(
    title: str, listed: int, known: int, *, is_approved: bool
) -> str | None:
    """Say why a complete listing of a library is not believed; None believes it."""
    if not known or (listed and (known <= _FEW or listed >= known * _SHARE)):
        return None
    if listed and is_approved:
        return None
    approve = f'`plexsync approve "{title}"`'
    advice = f"; if they are meant to be gone, say so by {approve}" if listed else ""
    return (
        f'the library "{title}" lists {listed} files where {known} were known:'
        f" none is taken for gone; see that its disk is mounted{advice}"
    )


_FEW, _SHARE = 20, 0.5


def strangers_among(pairs: Iterable[tuple[Scene, Scene]]) -> frozenset[int]:
    """Name those scenes, of (known, read) pairs, that are others than before."""
    return frozenset(now.id for before, now in pairs if is_stranger(before, now))
